"""
A list of goods is imported and killed with -9 before its nth statement, for every n until it comes to its end.

For `test_killed_import`, in a process that has no reactor yet: each try is a fork of it, and the command itself.
`python -m tests.commands.killed_import SHOP FILE` prints a line a try: the exit status, and what the books say then.
"""

import json
import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from peewee import Database

from callserver.commands.goods import goods

TRIES_MAX = 500
BOOKS = (
    "SELECT number, name_zh, stock, order_limit, is_sample FROM products ORDER BY number",
    "SELECT product_id, price_fen FROM prices ORDER BY id",
    "SELECT product_id, quantity FROM stock_movements ORDER BY id",
    "SELECT data FROM events WHERE kind = 'audit' ORDER BY seq",
)


def books(shop: Path) -> list[Any]:
    database = sqlite3.connect(shop / "callserver.db")
    try:
        return [database.execute(question).fetchall() for question in BOOKS]
    finally:
        database.close()


def import_until(n: int, shop: Path, file: Path) -> None:
    left, execute = [n], Database.execute_sql

    def execute_sql(*of: Any, **how: Any) -> Any:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return execute(*of, **how)

    Database.execute_sql = execute_sql
    goods(["import", str(file), "--shop", str(shop)], standalone_mode=False)


def main(shop: Path, file: Path) -> None:
    for n in range(TRIES_MAX):
        child = os.fork()
        if child == 0:
            try:
                import_until(n, shop, file)
            except SystemExit as end:
                os._exit(1 if end.code else 0)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([status, books(shop)]))
        if status == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
