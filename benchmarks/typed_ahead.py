"""
Whether a key that is typed ahead is ever lost: 20 callers type a whole order through emulated modems, again and again.

    python -m benchmarks.typed_ahead [--rounds 6]

Each begins at another moment of the greeting, so that its keys meet prompts that begin, end and are silenced. Prints
how many calls have all keys in the event log, in order; of those that have not, whether the server has lost sound in
that call, as it does on a machine that is too busy to be a telephone. Exit code 1 if a key was lost without that.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from collections import Counter, defaultdict

import click
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater, react

from benchmarks.answers import Shop
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import Phone

KEYS = "111001#12#21"  # Mandarin, order, the item, yes, two, no more, new here
APART_S, LATER_S, FIRST_S = 0.13, 0.37, 0.3  # each caller after the other, each round later in the greeting
HEARD_S, FREE_S = 2.0, 6.0  # after the last key; until the lines are free again


@click.command()
@click.option("--rounds", default=6, show_default=True, help="Calls on each line.")
def main(rounds: int) -> None:
    """Type ahead, and count what arrives."""
    reactor.seconds = time.monotonic
    react(lambda _: Deferred.fromCoroutine(measure(rounds)))


async def measure(rounds: int) -> None:
    """All rounds; then the event log is asked."""
    shop = Shop()
    shop.furnish()
    await shop.start()
    try:
        for n in range(rounds):
            calls = [call(shop, line, phone, n) for line, phone in enumerate(shop.phones)]
            await gatherResults([Deferred.fromCoroutine(one) for one in calls])
            await deferLater(reactor, FREE_S)
    finally:
        await shop.close()
    found = heard(str(shop.folder.path / "callserver.db"))
    shutil.rmtree(shop.folder.path)
    for (keys, lost_sound), n_calls in found.most_common():
        why = ", and the server has lost sound" if lost_sound else ""
        click.echo(f"{n_calls} calls: {'all keys' if keys == KEYS else keys}{why}")
    if any(keys != KEYS and not lost_sound for keys, lost_sound in found):
        sys.exit(1)


async def call(shop: Shop, line: int, phone: Phone, n: int) -> None:
    """One caller, from his call to his hanging up."""
    await deferLater(reactor, APART_S * line)
    phone.dial(f"8008{line + 1:02}")
    await phone.when(lambda: phone.stage is SubscriberStage.TALKING)
    await deferLater(reactor, FIRST_S + LATER_S * n)
    await phone.press(KEYS)
    await deferLater(reactor, HEARD_S)
    phone.hang_up()


def heard(database: str) -> Counter[tuple[str, bool]]:
    """The keys of each call, and whether sound was lost in it; how many calls are alike."""
    keys: dict[str, str] = defaultdict(str)
    lost = set()
    with sqlite3.connect(database) as connection:
        events = "SELECT call_id, kind, data FROM events WHERE kind IN ('key', 'recording_mark') ORDER BY seq"
        for call_id, kind, data in connection.execute(events):
            about = json.loads(data)
            if kind == "key":
                keys[call_id] += about["digit"]
            elif about["text"] == "lost":
                lost.add(call_id)
    return Counter((typed, call_id in lost) for call_id, typed in keys.items())


if __name__ == "__main__":
    main()
