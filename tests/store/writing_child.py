"""A server that only keeps records, to be killed: an event and a call after the other; prints what is acknowledged."""

import os
import signal
import sys
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from twisted.internet import reactor, task
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.wire.records import CallRecord, EventRecord
from tests.alarms import Alarms


def say(*words: object) -> None:
    os.write(1, " ".join(map(str, words)).encode() + b"\n")


async def write_for_ever(folder: Path) -> None:
    store = Store(folder / "shop.db", reactor, Alarms())
    await store.start()
    journal = Journal(store, reactor, folder / "spool.jsonl", "shop")
    await journal.start()
    say("ready")
    sys.stdin.readline()
    for n in count():
        call_id = f"call {n}"
        journal.write(EventRecord(datetime.now(UTC), time.monotonic(), "shop", "ring", call_id, data={"n": n}))
        await journal.open_call(CallRecord(call_id, "in", "line 1", None, None, datetime.now(UTC)))
        say(n)
        await deferLater(reactor, 0.002)


signal.alarm(60)
task.react(lambda _: Deferred.fromCoroutine(write_for_ever(Path(sys.argv[1]))))
