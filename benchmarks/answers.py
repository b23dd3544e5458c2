"""
From a key pressed to the first sound of the answer, while 20 callers walk through the shop's menu by telephone.

    python -m benchmarks.answers [--seconds 120]

Ten callers are strangers who order tea; ten are customers who prove who they are, hear their account and their orders,
and order. Each listens to every question to its end, waits until nothing was heard for WAITS_S, and presses the
key. A figure is the time from the beginning of the (last) key's tone at the caller's mouth to the first block of 20 ms
above silence at his ear, the echo of his own tone taken off; a tone lasts 100 ms, so an answer heard after 250 ms came
150 ms after the key was let go. Prints a table by step and writes benchmarks/results/answers.json.
"""

from __future__ import annotations

import json
import platform
import shutil
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater, react

from benchmarks.house import House
from benchmarks.load import percentile
from callserver.dsp.frames import FloatArray
from callserver.emulator.handset import SILENCE, is_sound
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import Phone, PhoneListener
from callserver.features.shopping import rules, sample
from callserver.store.opening import database_at, open_database
from callserver.store.tables import database

RESULTS = Path(__file__).parent / "results" / "answers.json"
N_LINES, GOAL_MS = 20, 250.0
SETTLE_S = 10.0
WAITS_S = 0.9  # longer than any silence inside a prompt
GIVES_UP_S = 4.0  # before the menu asks again
ECHO_SAMPLES, ECHO_GAIN = 32, np.float32(10 ** (-14 / 20))  # of the emulated exchange's hybrid
PIECES = 100_000  # of each item: nobody meets an empty shelf
PIN = "730462"

Step = tuple[str, str]  # what it is, and its keys
ITEM = [("item", "1001#"), ("wanted", "1"), ("pieces", "1#"), ("more", "1"), ("item", "1005#"), ("wanted", "1")]
BASKET = [("order", "1"), *ITEM, ("pieces", "2#"), ("done", "2")]
ORDERS = [("yes", "1"), ("my orders", "4"), ("back", "4")]
STRANGER = [("language", "1"), *BASKET, ("new customer", "1"), *ORDERS], [*BASKET, *ORDERS]
ACCOUNT = [("movements", "1"), ("back", "2")]
PAYS = [("pays the courier", "1"), *ORDERS]
CUSTOMER = (
    [("language", "1"), ("account", "3"), ("it is me", "1"), ("PIN", f"{PIN}#"), *ACCOUNT, *BASKET, *PAYS],
    [("account", "3"), *ACCOUNT, *BASKET, *PAYS],
)


def steps(once: list[Step], again: list[Step]) -> Iterator[Step]:
    """One task after the other, until the time is over."""
    return chain(once, (step for _ in count() for step in again))


class Caller:
    """Walks, and measures when each answer begins: `took_ms`; `lost`: steps that nothing was heard after."""

    def __init__(self, phone: Phone, walk: Iterator[Step]) -> None:
        self.took_ms: list[tuple[str, float]] = []
        self.lost: list[str] = []
        self._phone, self._walk = phone, walk
        self._step, self._n_left = "", 0  # what is asked, and keys of it that have not begun
        self._speaks = False
        self._before = np.zeros(ECHO_SAMPLES, np.float32)
        self._heard_s = self._pressed_s = time.monotonic()
        phone.attach(PhoneListener(on_sound=self._hear))

    def _hear(self, block: FloatArray) -> None:
        """In step with the exchange: what he says in this block, and what he hears."""
        now_s, said = time.monotonic(), self._phone.said
        said = SILENCE if said is None else said
        if is_sound(said) and not self._speaks:
            self._pressed_s, self._n_left = now_s, self._n_left - 1
        self._speaks = is_sound(said)
        if is_sound(block - self._echo(said)):
            self._sounds(now_s)
        elif not self._step and now_s - self._heard_s > WAITS_S:
            self._press()
        elif self._step and not self._n_left and now_s - self._pressed_s > GIVES_UP_S:
            self.lost.append(self._step)
            self._step = ""

    def _echo(self, said: FloatArray) -> FloatArray:
        both = np.concatenate((self._before, said))
        self._before = both[-ECHO_SAMPLES:]
        return both[: said.size] * ECHO_GAIN

    def _sounds(self, now_s: float) -> None:
        if self._step and not self._n_left:
            self.took_ms.append((self._step, 1000 * (now_s - self._pressed_s)))
            self._step = ""
        self._heard_s = now_s

    def _press(self) -> None:
        self._step, keys = next(self._walk)
        self._n_left = len(keys)
        self._phone.press(keys)


class Shop(House):
    """The sample's goods without end; every second caller is a customer of it."""

    def __init__(self) -> None:
        super().__init__(["menu = shop"] * N_LINES, seats=1)
        self.callers: list[Caller] = []

    def furnish(self) -> None:
        """Its books before the server's first start: a shop without goods sends its callers to people."""
        super().furnish()
        place = str(self.folder.path / "callserver.db")
        books = database_at(place)
        database.initialize(books)
        open_database(books, place)
        with books.atomic():
            fill([phone.line.number for phone in self.phones[1::2]])
        books.close()

    async def call_all(self) -> None:
        """Everybody is answered; one after the other, so that they do not walk in step."""
        for n, phone in enumerate(self.phones):
            phone.dial(f"8008{n + 1:02}")
            await phone.when(lambda phone=phone: phone.stage is SubscriberStage.TALKING)
            self.callers.append(Caller(phone, steps(*(CUSTOMER if n % 2 else STRANGER))))


def fill(customers: list[str]) -> None:
    """Goods, and customers by their numbers, as a shop's admin enters them."""
    now = datetime.now(UTC)
    sample.load(now)
    for item in ("1001", "1005"):
        rules.move_stock(item, PIECES, "delivery", now)
    for n, telephone in enumerate(customers, 700_001):
        rules.save_customer(str(n), "李明 Li Ming", "北京市海淀区中关村大街 27 号", [telephone], language="zh")
        rules.pay_in(str(n), 50_000, now)
        rules.set_pin(str(n), rules.pin_stored(PIN))


@click.command()
@click.option("--seconds", default=120.0, show_default=True, help="How long the callers are measured.")
def main(seconds: float) -> None:
    """Measure how soon a key is answered."""
    reactor.seconds = time.monotonic
    react(lambda _: Deferred.fromCoroutine(measure(seconds)))


async def measure(seconds: float) -> None:
    """The shop opens, its callers call and walk."""
    shop = Shop()
    shop.furnish()
    await shop.start()
    try:
        await shop.call_all()
        await deferLater(reactor, SETTLE_S)
        for caller in shop.callers:
            caller.took_ms.clear()
        await shop.server.asked(signal.SIGUSR1, "counting")
        cpu_s, gaps = shop.server.cpu_s, sum(shop.gaps)
        await deferLater(reactor, seconds)
        figures = {
            "machine": platform.platform(),
            "took_ms": [took for caller in shop.callers for took in caller.took_ms],
            "lost": [step for caller in shop.callers for step in caller.lost],
            "cpu_share": (shop.server.cpu_s - cpu_s) / seconds,
            "modem_gaps": sum(shop.gaps) - gaps,
        } | await shop.server.asked(signal.SIGUSR2, "so_far")
    finally:
        await shop.close()
        shutil.rmtree(shop.folder.path)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1))
    show(figures)


def show(figures: dict[str, Any]) -> None:
    """The table, and whether the goal is met."""
    by_step: dict[str, list[float]] = defaultdict(list)
    for step, took_ms in figures["took_ms"]:
        by_step[step].append(took_ms)
    table = Table("step", "answers", "median", "worst")
    for step, took_ms in by_step.items():
        table.add_row(step, str(len(took_ms)), f"{median(took_ms):.0f} ms", f"{max(took_ms):.0f} ms")
    console, all_ms = Console(width=120), [took_ms for _, took_ms in figures["took_ms"]]
    console.print(table)
    p99 = percentile(all_ms, 0.99)
    console.print(f"{len(all_ms)} answers: median {median(all_ms):.0f} ms, p99 {p99:.0f} ms (aim {GOAL_MS:.0f})")
    console.print(f"never answered: {figures['lost'] or 'none'}; server {figures['cpu_share']:.1%} of a core", end="; ")
    console.print(f"tick late p99 {figures['late_p99_ms']:.0f} ms; gaps {figures['modem_gaps']}; written to {RESULTS}")


if __name__ == "__main__":
    main()
