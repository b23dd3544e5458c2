"""
kill -9 at random moments: of a shop's first start, and of a restore. `python -m benchmarks.kills [--count 40]`

Each round is a process of its own in a folder of its own, killed after a random part of the time that the work takes
on this machine, from the first change of the folder on (measured first, unkilled, twice). Then the server is started in
the same folder, undisturbed, and the shop is looked at: is it whole, and of one kind?
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from callserver.server.lock import FILE_NAME as LOCK_FILE
from callserver.server.restore import NEW, is_unfinished
from callserver.server.shop_folder import TOP, ShopFolder

READY_S = 120.0
CONFIG = (TOP / "config.ini").read_text("utf-8").replace("port = 8787", "port = 0").replace("[line 1-20]", "[line 1]")
N_STAFF, N_GOODS = 5, 6


@dataclass
class Half(Exception):
    """A shop that is not whole: what is wrong with it."""

    what: str


@click.command()
@click.option("--count", default=40, show_default=True, help="Kills of each kind.")
@click.option("--seed", default=1, show_default=True)
def main(count: int, seed: int) -> None:
    chance = random.Random(seed)
    top = Path(tempfile.mkdtemp(prefix="callserver-kills-"))
    try:
        for name, rounds in (("first start", FirstStarts(top)), ("restore", Restores(top))):
            found = Counter(rounds.kill_at(rounds.whole_s * chance.random()) for _ in range(count))
            click.echo(f"{name:12} {rounds.whole_s:5.2f} s, killed {count} times, found at the next start:")
            for what, n in sorted(found.items()):
                click.echo(f"    {n:4}  {what}")
    finally:
        shutil.rmtree(top)


class FirstStarts:
    """From the command to the word that the server is ready."""

    def __init__(self, top: Path) -> None:
        self._top, self._n = top, 0
        self.whole_s = max(self._time() for _ in range(2))

    def kill_at(self, after_s: float) -> str:
        """Kill one after so long; what the next start finds and makes of it."""
        folder = self._new()
        server = start(folder)
        wait_for(folder.path / LOCK_FILE, server)
        time.sleep(after_s)
        kill(server)
        was = "nothing yet" if folder.life() is None else "a shop"
        return f"{was}, then {whole_first_life(folder)}"

    def _new(self) -> ShopFolder:
        self._n += 1
        folder = ShopFolder(self._top / f"first-{self._n}")
        folder.path.mkdir()
        folder.config_file.write_text(CONFIG, "utf-8")
        return folder

    def _time(self) -> float:
        folder = self._new()
        server = start(folder)
        wait_for(folder.path / LOCK_FILE, server)
        began_s = time.monotonic()
        until_ready(server)
        whole_s = time.monotonic() - began_s
        kill(server)
        return whole_s


class Restores:
    """From the command to its end, over a shop with other goods."""

    def __init__(self, top: Path) -> None:
        self._top, self._n = top, 0
        self._old, self._backup = top / "old", top / "backup.zip"
        self._make_both()
        self.whole_s = max(self._time() for _ in range(2))

    def kill_at(self, after_s: float) -> str:
        """Kill one after so long; which shop there is then."""
        folder = self._new()
        child = self._restore(folder)
        wait_for(folder.path / NEW, child)
        time.sleep(after_s)
        kill(child)
        unfinished = ", finished by the start" if is_unfinished(folder.path) else ""
        return f"the {old_or_new(folder)} shop, whole{unfinished}"

    def _make_both(self) -> None:
        for path in (self._top / "new", self._old):
            folder = ShopFolder(path)
            path.mkdir()
            folder.config_file.write_text(CONFIG, "utf-8")
            for n in range(30):
                (path / "prompts" / "zh").mkdir(parents=True, exist_ok=True)
                (path / "prompts" / "zh" / f"{n}.wav").write_bytes(path.name.encode() * 20_000)
            server = start(folder)
            until_ready(server)
            stop(server)
            if path is not self._old:
                run("backup", str(self._backup), f"--shop={path}")

    def _new(self) -> ShopFolder:
        self._n += 1
        path = self._top / f"restore-{self._n}"
        shutil.copytree(self._old, path)
        return ShopFolder(path)

    def _restore(self, folder: ShopFolder) -> "subprocess.Popen[str]":
        return program("restore", str(self._backup), "--replace", f"--shop={folder.path}")

    def _time(self) -> float:
        folder = self._new()
        child = self._restore(folder)
        wait_for(folder.path / NEW, child)
        began_s = time.monotonic()
        if child.wait(READY_S) != 0:
            raise SystemExit(f"restore: {child.stdout.read() if child.stdout else ''}")
        return time.monotonic() - began_s


def whole_first_life(folder: ShopFolder) -> str:
    """Start the server there; the shop that is open then, which has to be whole."""
    server = start(folder)
    try:
        until_ready(server)
        n_staff, n_goods, n_shops = (count_of(folder, table) for table in ("staff", "products", "shop"))
        if (n_staff, n_shops) != (N_STAFF, 1) or n_goods < N_GOODS:
            raise Half(f"{n_staff} staff, {n_goods} goods, {n_shops} lives")
        if len([folder.first_password(f"80{n}") for n in range(N_STAFF)]) != N_STAFF or folder.life() is None:
            raise Half("no first passwords, or no life")
    except (Half, OSError, sqlite3.Error) as problem:
        return f"HALF A SHOP: {problem}"
    finally:
        kill(server)
    return "a whole one"


def old_or_new(folder: ShopFolder) -> str:
    """Start the server there; which shop is open then: all of it has to be of the same."""
    server = start(folder)
    try:
        until_ready(server)
        prompts = {file.read_bytes()[:3] for file in (folder.path / "prompts" / "zh").iterdir()}
        life = folder.life()
        n_prompts = len(list((folder.path / "prompts" / "zh").iterdir()))
        shops = ids_of(folder)
        if len(prompts) != 1 or life is None or shops != [life.shop] or n_prompts != 30:
            raise Half(f"{prompts}, {n_prompts} prompts, {shops}")
        which = prompts.pop().decode()
        if shops != ids_of(ShopFolder(folder.path.parent / which)):
            raise Half(f"prompts of the {which} shop, and not its database")
    except (Half, OSError, sqlite3.Error) as problem:
        return f"HALF: {problem}"
    finally:
        kill(server)
    return which


def count_of(folder: ShopFolder, table: str) -> int:
    (n,) = query(folder, f"SELECT count(*) FROM {table}")[0]
    return int(n)


def ids_of(folder: ShopFolder) -> list[str]:
    return [shop for (shop,) in query(folder, "SELECT id FROM shop")]


def query(folder: ShopFolder, sql: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(folder.path / "callserver.db", timeout=30)) as database, database:
        return list(database.execute(sql))


def start(folder: ShopFolder) -> "subprocess.Popen[str]":
    return program("start", f"--shop={folder.path}")


def program(*arguments: str) -> "subprocess.Popen[str]":
    """bin/callserver in a session of its own, so that its children end with it."""
    return module("callserver", *arguments)


def module(*arguments: str) -> "subprocess.Popen[str]":
    """Another program of ours, likewise."""
    environment = os.environ | {"PYTHONPATH": str(TOP), "LANG": "C.UTF-8"}
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(*arguments: str) -> None:
    child = program(*arguments)
    said, _ = child.communicate()
    if child.returncode:
        raise SystemExit(said)


def wait_for(path: Path, child: "subprocess.Popen[str]") -> None:
    """Until the folder is changed for the first time."""
    while not path.exists() and child.poll() is None:
        time.sleep(0.001)


def until_ready(server: "subprocess.Popen[str]") -> None:
    """Until it says that it is; Half if it ends without."""
    assert server.stdout is not None
    said = ""
    for line in server.stdout:
        said += line
        if "is ready" in line:
            return
    raise Half(f"it did not start: {said}")


def kill(child: "subprocess.Popen[str]") -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def stop(server: "subprocess.Popen[str]") -> None:
    server.terminate()
    server.communicate()


if __name__ == "__main__":
    main()
