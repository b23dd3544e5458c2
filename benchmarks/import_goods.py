"""
A list of 10,000 goods imported while the shop is open: how long it takes, and how long a caller's order would wait.

    python -m benchmarks.import_goods
    python -m benchmarks.import_goods --goods 100000

Runs `callserver goods import` on a shop of its own, first with new goods, then with all prices changed and all shelves
counted. Meanwhile another writer takes the database's lock every 5 ms, as a caller's order does; the longest that it
waits is what the import costs callers. Exit code 1 if the import takes more than 20 s or the writer waits over 1 s.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from decimal import Decimal
from pathlib import Path

import click

from callserver.server.shop_folder import TOP
from callserver.store.opening import database_at, open_database
from callserver.store.sheets.csv_sheets import write_csv
from callserver.store.sheets.xlsx_sheets import write_xlsx
from callserver.store.tables import database

TITLES = ("item", "name in Chinese", "name in English", "price in yuan", "in stock", "pieces in one order")
TIME_MAX_S, WAIT_MAX_S = 20.0, 1.0
PAUSE_S = 0.005


class Writer(threading.Thread):
    """Somebody who writes all the time."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path, self._over = path, threading.Event()
        self.longest_s, self.n = 0.0, 0

    def run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=60)
        while not self._over.wait(PAUSE_S):
            began_s = time.monotonic()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
            self.longest_s, self.n = max(self.longest_s, time.monotonic() - began_s), self.n + 1
        connection.close()

    def stop(self) -> None:
        self._over.set()
        self.join()


def shop(folder: Path) -> Path:
    """A shop whose database is there and empty; the database's path."""
    (folder / "config.ini").write_bytes((TOP / "config.ini").read_bytes())
    path = folder / "callserver.db"
    made = database_at(str(path))
    database.initialize(made)
    open_database(made, str(path))
    made.close()
    return path


def goods_file(folder: Path, n: int, *, more_fen: int) -> Path:
    """A workbook; a CSV where a workbook would be too large to be read."""
    rows = [
        (f"{100_000 + k}", f"茶{k}", f"tea {k}", Decimal(1000 + k % 5000 + more_fen).scaleb(-2), k % 50 + more_fen, 20)
        for k in range(n)
    ]
    file = folder / ("goods.xlsx" if n <= 20_000 else "goods.csv")
    file.write_bytes((write_xlsx if file.suffix == ".xlsx" else write_csv)(TITLES, rows))
    return file


def imported(folder: Path, path: Path, file: Path) -> tuple[float, float]:
    """How long it took, and the longest that the other writer waited."""
    writer = Writer(path)
    writer.start()
    began_s = time.monotonic()
    command = [sys.executable, "-m", "callserver", "goods", "import", str(file), "--count-stock"]
    environment = os.environ | {"CALLSERVER_SHOP": str(folder), "PYTHONPATH": str(TOP), "CALLSERVER_LANGUAGE": "en"}
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True)
    finally:
        took_s = time.monotonic() - began_s
        writer.stop()
    return took_s, writer.longest_s


@click.command()
@click.option("--goods", "n", type=int, default=10_000, show_default=True)
def main(n: int) -> None:
    """See the module."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, is_slow = shop(folder), False
        for what, more_fen in (("new", 0), ("changed", 1)):
            file = goods_file(folder, n, more_fen=more_fen)
            took_s, waited_s = imported(folder, path, file)
            is_slow |= took_s > TIME_MAX_S or waited_s > WAIT_MAX_S
            waited = f"another writer waited {waited_s:.3f} s at most"
            click.echo(f"{n} goods, all {what} ({file.suffix[1:]}): {took_s:.1f} s, {waited}")
    sys.exit(is_slow)


if __name__ == "__main__":
    main()
