"""
20 callers shop while a program imports goods over the shop's interface.

    python -m benchmarks.interface [--products 10000] [--quiet]

Prints and writes to benchmarks/results/interface.json: how long the import took and its requests; meanwhile how late
the server's 20-ms tick was, gaps in the modems' streams, and what its reactor did in one piece of 2 ms and more (its
own time on the processor, which others cannot lengthen). `--quiet`: some time without an import, to compare with.
"""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import LoopingCall, deferLater, react
from twisted.internet.threads import deferToThread

from benchmarks.house import TOP, House
from callserver.emulator.loop import SubscriberStage
from callserver.features.shopping.web.goods import ROWS

RESULTS = Path(__file__).parent / "results" / "interface.json"
N_LINES = 20
SETTLE_S, KEY_PACE_S, QUIET_S = 8.0, 2.0, 20.0
ABOUT = {"name_zh": "新茶", "name_en": "New tea", "price_fen": 4200, "order_limit": 10}
FOLLOWED_S = 2.5  # a server knows a new key by then
STORY = ("1", "1", "1001#", "2", "1002#", "2", "1003#", "2", "1005#", "2")
"""Mandarin, order, one item after the other: each is looked for in the database."""


@click.command()
@click.option("--products", default=10_000, show_default=True)
@click.option("--quiet", is_flag=True, help="Nothing is imported.")
def main(products: int, quiet: bool) -> None:
    """Measure callers beside an import."""
    reactor.seconds = time.monotonic
    react(lambda _: Deferred.fromCoroutine(measure(0 if quiet else products)))


async def measure(n_products: int) -> None:
    """Callers first, then the import."""
    house = House(["menu = shop"] * N_LINES, seats=1)
    house.furnish()
    port = free_port()
    with (house.folder.path / "config.ini").open("a") as config:
        config.write(f"[interface]\nenabled = yes\nport = {port}\n")
    await house.start()
    try:
        key = await deferToThread(make_key, house.folder.path)
        await deferToThread(fill_shelves, port, key)
        house.server.transport.signalProcess("TERM")
        await house.server.ended
        await house.start_server()  # a shop that had no goods when it started sends its callers to people
        callers = await call_all(house)
        await deferLater(reactor, SETTLE_S)
        gaps = sum(house.gaps)
        await house.server.asked(signal.SIGUSR1, "counting")
        began_s = time.monotonic()
        took = (
            await deferToThread(import_all, port, key, n_products)
            if n_products
            else await deferLater(reactor, QUIET_S, list)
        )
        figures: dict[str, Any] = {
            "import_s": time.monotonic() - began_s,
            "requests": len(took),
        }
        if took:
            figures |= {"request_p50_s": sorted(took)[len(took) // 2], "request_max_s": max(took)}
        figures |= await house.server.asked(signal.SIGUSR2, "so_far") | {"gaps": sum(house.gaps) - gaps}
        for caller in callers:
            caller.stop()
    finally:
        await house.close()
        shutil.rmtree(house.folder.path)
    print(json.dumps(figures, indent=1, default=str))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1, default=str))


async def call_all(house: House) -> list[LoopingCall]:
    """Everybody is answered, and keys one item after the other."""
    for n, phone in enumerate(house.phones, 1):
        phone.dial(f"8008{n:02}")
    await gatherResults(
        [phone.when(lambda phone=phone: phone.stage is SubscriberStage.TALKING) for phone in house.phones]
    )
    callers = [LoopingCall(press, phone, [0]) for phone in house.phones]
    for n, caller in enumerate(callers):
        reactor.callLater(n * KEY_PACE_S / N_LINES, caller.start, KEY_PACE_S)
    return callers


def press(phone: Any, n: list[int]) -> None:
    """The next step of the story; from its end on, the last two again."""
    for key in STORY[min(n[0], len(STORY) - 2 + n[0] % 2)]:
        phone.press(key)
    n[0] += 1


def fill_shelves(port: int, key: str) -> None:
    """What callers order."""
    time.sleep(FOLLOWED_S)
    send(port, key, "/v1/products", {"products": [{"product": f"100{n}", **ABOUT} for n in range(1, 9)]})
    rows = [{"product": f"100{n}", "quantity": 1000, "reason": "delivery"} for n in range(1, 9)]
    send(port, key, "/v1/stock", {"external_id": "first", "movements": rows})


def import_all(port: int, key: str, n_products: int) -> list[float]:
    """One batch after the other, as fast as it is let; how long each took."""
    took = []
    for first in range(100_000, 100_000 + n_products, ROWS):
        rows = [{"product": str(first + n), **ABOUT} for n in range(ROWS)]
        began_s = time.monotonic()
        send(port, key, "/v1/products", {"products": rows})
        took.append(time.monotonic() - began_s)
    return took


def send(port: int, key: str, path: str, body: dict[str, Any]) -> None:
    """Until it is taken."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), headers)
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()
            return
        except urllib.error.HTTPError as refusal:
            if refusal.code != 429:
                raise
            time.sleep(int(refusal.headers["Retry-After"]))


def make_key(shop: Path) -> str:
    """As an admin does."""
    command = [sys.executable, "-m", "callserver", "interface", "keys", "add", "import", "goods:write", "stock:write"]
    done = subprocess.run([*command, "--shop", str(shop)], cwd=TOP, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def free_port() -> int:
    """That nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
