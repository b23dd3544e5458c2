"""
kill -9 behind a caller's yes, at random moments. `python -m benchmarks.kill_orders [--count 10]`

A real server, and a caller on one of its emulated lines who orders, orders by balance or reserves. The server is killed
within half a second of the key by which he says yes; then it is started again, and its books are looked at: what he has
confirmed is one order, what he has not is none, nothing is reserved twice, and all sums agree.
"""

import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from benchmarks.kills import CONFIG, Half, kill, module, query, start, stop, until_ready
from callserver.server.shop_folder import ShopFolder

WITHIN_S = 0.5
CALLER = ("--number=13912345678", "--heard=/dev/null")
YES = {
    "order": "1 1 1001# 1 2# 2 1 1",
    "order by balance": "1 1 1001# 1 2# 2 2 1 730462# 1",
    "reservation": "1 2 1004# 2# 1",
}
BOOKED_S = 2.0
SELL_THE_POT = (
    "UPDATE products SET stock = 0 WHERE number = '1004'",
    "INSERT INTO stock_movements (product_id, quantity, reason, at_ms) VALUES ('1004', -1, 'correction', 0)",
)
LOOKS = (
    "SELECT count(*) FROM events WHERE kind = 'order_wanted'",
    "SELECT count(*) FROM orders WHERE call_id IS NOT NULL AND NOT is_sample",
    "SELECT count(*) FROM reservations",
    "SELECT count(*) FROM products WHERE stock != "
    "(SELECT sum(quantity) FROM stock_movements WHERE product_id = number)",
    "SELECT count(*) FROM customers WHERE balance_fen != "
    "(SELECT coalesce(sum(amount_fen), 0) FROM balance_movements WHERE customer_id = member_number)",
    "SELECT count(*) FROM orders WHERE total_fen != "
    "(SELECT coalesce(sum(quantity * price_fen), 0) FROM order_lines WHERE order_id = number)",
    "SELECT count(*) FROM orders WHERE payment = 'balance' AND total_fen != "
    "(SELECT coalesce(-sum(amount_fen), 0) FROM balance_movements WHERE order_id = number AND reason = 'order')",
)


@click.command()
@click.option("--count", default=10, show_default=True, help="Kills of each kind.")
@click.option("--seed", default=1, show_default=True)
def main(count: int, seed: int) -> None:
    chance = random.Random(seed)
    top = Path(tempfile.mkdtemp(prefix="callserver-kills-"))
    try:
        for task in YES:
            rounds = CallersYes(top, task)
            found = Counter(rounds.kill_at(WITHIN_S * chance.random()) for _ in range(count))
            click.echo(f"{task}: killed {count} times, found at the next start:")
            for what, n in sorted(found.items()):
                click.echo(f"    {n:4}  {what}")
    finally:
        shutil.rmtree(top)


class CallersYes:
    """
    From the key by which a caller orders or reserves to the word that he hears then; on an emulated line.

    :param task: which of YES he does
    """

    def __init__(self, top: Path, task: str) -> None:
        self._top, self._task, self._n = top, task, 0
        self._fresh = ShopFolder(top / f"fresh {task}")
        self._fresh.path.mkdir()
        self._fresh.config_file.write_text(CONFIG, "utf-8")
        server = start(self._fresh)
        until_ready(server)
        stop(server)
        for statement in SELL_THE_POT:
            query(self._fresh, statement)

    def kill_at(self, after_s: float) -> str:
        """Kill the server so long after his key; what he has bought or reserved, as the next start has it."""
        self._n += 1
        folder = ShopFolder(self._top / f"yes-{self._task}-{self._n}".replace(" ", "-"))
        shutil.copytree(self._fresh.path, folder.path)
        server = start(folder)
        until_ready(server)
        caller = module("callserver.commands.telephone", *CALLER, f"--socket={folder.path / 'exchange.sock'}")
        try:
            press(caller, YES[self._task])
            time.sleep(after_s)
        finally:
            kill(server)
            kill(caller)
        return bought(folder)


def press(caller: "subprocess.Popen[str]", keys: str) -> None:
    """Until the last of them is pressed, each at its question."""
    assert caller.stdin is not None
    assert caller.stdout is not None
    steps = "".join(f"wait silence 1.5 within 60\npress {one}\n" for one in keys.split())
    caller.stdin.write(f"dial 8008\nwait answer\n{steps}")
    caller.stdin.flush()
    left = len(keys.split())
    for line in caller.stdout:
        left -= "press" in line
        if not left:
            return
    raise Half("the caller did not come to his yes")


def bought(folder: ShopFolder) -> str:
    """Start the server there; what callers have bought and reserved, which has to be whole."""
    server = start(folder)
    try:
        until_ready(server)
        time.sleep(BOOKED_S)
        wanted, ordered, reserved, *wrong = (int(query(folder, sql)[0][0]) for sql in LOOKS)
        if ordered != wanted or ordered + reserved > 1 or any(wrong):
            raise Half(f"{wanted} confirmed, {ordered} ordered, {reserved} reserved, wrong sums {wrong}")
    except (Half, OSError, sqlite3.Error) as problem:
        return f"HALF: {problem}"
    finally:
        kill(server)
    return f"{ordered} ordered, {reserved} reserved"


if __name__ == "__main__":
    main()
