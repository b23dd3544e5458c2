"""`callserver status`: whether the server runs, which lines live and why the others do not, who talks and who waits."""

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import click

from callserver.commands.options import language_option
from callserver.commands.start import shop_option
from callserver.commands.status_words import report
from callserver.server import lock
from callserver.server.status_client import FILE_NAME, Asked, ask
from callserver.wire.catalogue import text
from callserver.wire.terminal import complaint, here

WATCH_S = 1.0
HOME, REST_OF_SCREEN, REST_OF_LINE = "\x1b[H", "\x1b[J", "\x1b[K"
ALL_RIGHT, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3  # as monitoring plugins answer (Nagios, Icinga)

HELP = (
    here("Show how the server is: lines and why not, calls, queues, seats, alarms."),
    here("Exit code for monitors: 0: all right. 1: a line is dead, or the server starts or stops."),
    here("2: no server, no answer, or no line alive. 3: no shop."),
)


@click.command(help="\n\n".join(HELP))
@shop_option
@click.option("--watch", is_flag=True, help=here("Show it anew each second, until Ctrl-C; not when piped."))
@language_option
@click.option("--json", "as_json", is_flag=True, help=here("For other programs."))
def status(shop: Path, watch: bool, language: str, as_json: bool) -> None:
    if watch and not as_json and sys.stdout.isatty():
        sys.exit(_keep_showing(shop, language))
    found = look(shop)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(report(found, language)))
    sys.exit(exit_code(found))


def look(shop: Path) -> dict[str, Any]:
    """
    The server's snapshot, or one that says why there is none.

    `state` is then "no shop", "not running", "killed", "starting", "silent" or "unreadable"
    """
    try:
        return _understood(shop, ask(shop))
    except (FileNotFoundError, NotADirectoryError):
        return _without(shop, "no shop")
    except OSError as problem:
        return _without(shop, "unreadable", problem=problem.strerror or str(problem))
    except lock.FolderError as problem:
        return _without(shop, "unreadable", problem=complaint(problem))


def exit_code(found: dict[str, Any]) -> int:
    """For a monitor: see `HELP`."""
    state = found["state"]
    if state in ("no shop", "unreadable"):
        return UNKNOWN
    if state not in ("starting", "ready", "stopping"):
        return CRITICAL
    wanted = [line["alive"] for line in found.get("lines", []) if line["enabled"]]
    if wanted and not any(wanted) and state == "ready":
        return CRITICAL
    return ALL_RIGHT if state == "ready" and all(wanted) else WARNING


def _understood(shop: Path, asked: Asked) -> dict[str, Any]:
    if asked.answer is not None:
        try:
            found: dict[str, Any] = json.loads(asked.answer)
            return found
        except ValueError:  # it ended while it answered
            pass
    holder = lock.holder(shop)
    pid = asked.pid or (holder.pid if holder else None)
    if asked.listens:
        return _without(shop, "silent", pid=pid)
    if holder is not None:
        return _without(shop, "starting", pid=pid)
    if not (shop / "config.ini").exists():
        return _without(shop, "no shop")
    left = (shop / FILE_NAME).exists()
    return _without(shop, "killed" if left else "not running")


def _without(shop: Path, state: str, pid: int | None = None, problem: str = "") -> dict[str, Any]:
    return {"version": 1, "shop": str(shop.absolute()), "state": state, "pid": pid, "problem": problem}


def _keep_showing(shop: Path, language: str) -> int:
    click.clear()
    try:
        while True:
            found = look(shop)
            rows = [*report(found, language), "", text(language, "Ctrl-C ends this look; the server goes on.")]
            height = shutil.get_terminal_size().lines
            shown = rows if len(rows) < height else [*rows[: height - 2], "…"]
            click.echo(HOME + "".join(f"{row}{REST_OF_LINE}\n" for row in shown) + REST_OF_SCREEN, nl=False)
            time.sleep(WATCH_S)
    except KeyboardInterrupt:
        return exit_code(found)
