"""
Our own fax on an emulated exchange, as a process: `python -m tests.peers.our_fax_station sends|receives sound|class-1
FOLDER`.

The port of line 800801 is printed for the program at the far end; number 100 is ours. It sends FOLDER/ours.tif when it
reads a line, and says when the other rings; or it receives into FOLDER/got.tif when it is rung. What came of it is
printed. All that is printed is JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater
from twisted.internet.threads import deferToThreadPool
from twisted.python import log

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import NoTerminal, SubscriberLine, SubscriberStage
from callserver.emulator.pty_modem import PtyModem
from callserver.fax.modulations import Modulation
from callserver.fax.signals import Asked, Heard
from callserver.fax.soft_modem import SoftModem
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.coded import coded, decoded
from callserver.fax.t30.documents import PageNeeded, PageShape, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station, Terminal
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.lines.interfaces import DialPermit
from callserver.lines.modem_line import ModemLine
from tests.lines.contract import Diary

OURS, THEIRS = "100", "800801"
STATION = Station(Capabilities(modulations=frozenset(Modulation) - {Modulation.V21}), "100")
QUIET = np.zeros(BLOCK_SAMPLES, np.float32)


class ByTelephone(NoTerminal):
    """The soft modem in the place of a telephone."""

    def __init__(self, line: SubscriberLine) -> None:
        self._line, self._next, self._rung = line, QUIET, Deferred[None]()
        self._modem: SoftModem | None = None
        line.terminal = self

    async def call(self, on_heard: Callable[[Heard], None]) -> Callable[[Asked], None]:
        self._line.dial(THEIRS)
        return self._begin(on_heard)

    async def answer(self, on_heard: Callable[[Heard], None]) -> Callable[[Asked], None]:
        await self._rung
        self._line.lift()
        return self._begin(on_heard)

    async def hang_up(self) -> None:
        self._line.hang_up()

    def _begin(self, on_heard: Callable[[Heard], None]) -> Callable[[Asked], None]:
        self._modem = SoftModem(on_heard)
        return self._modem.asked

    def ringing(self, on: bool) -> None:
        if not self._rung.called:
            self._rung.callback(None)

    def read_sound(self) -> FloatArray | None:
        return self._next

    def feed_sound(self, block: FloatArray | None) -> None:
        if self._modem is not None:
            self._next = self._modem.exchange(QUIET if block is None else block.astype(np.float32))


class ByClass1:
    """A line with a modem on a serial port."""

    def __init__(self, exchange: Exchange, reactor: Any) -> None:
        self._modem = PtyModem(exchange.add_line(OURS), reactor)
        self._reactor, self._diary = reactor, Diary()
        self._line = ModemLine("ours", self._modem.path, reactor)
        self._line.attach(self._diary)
        self._line.startService()
        self._ticking = LoopingCall(lambda: self._line.send(self._line.codec.silence * BLOCK_SAMPLES))
        self._ticking.start(0.02).addErrback(log.err)

    async def call(self, on_heard: Callable[[Heard], None]) -> Callable[[Asked], None]:
        await self._until("up")
        await self._line.seize()
        await deferLater(self._reactor, 1)
        await self._line.dial(DialPermit(THEIRS, "test"))
        return (await self._line.fax(on_heard, lambda: None)).asked

    async def answer(self, on_heard: Callable[[Heard], None]) -> Callable[[Asked], None]:
        await self._until("ring")
        await self._line.answer()
        return (await self._line.fax(on_heard, lambda: None)).asked

    async def hang_up(self) -> None:
        await self._line.hang_up()

    async def _until(self, told: str) -> None:
        while told not in self._diary.told:
            await deferLater(self._reactor, 0.1)


def sender(folder: Path, ask: Callable[[Asked], None], over: Callable[[Outcome], None]) -> SendingTerminal:
    pages = list(read_tiff(folder / "ours.tif"))

    def need(needed: PageNeeded) -> None:
        terminal.page_ready(needed, coded(pages[needed.number], needed.form), time.monotonic())

    terminal = SendingTerminal(
        STATION, [PageShape(page.width, page.resolution, len(page.rows)) for page in pages], ask, need, over
    )
    return terminal


def receiver(folder: Path, ask: Callable[[Asked], None], over: Callable[[Outcome], None]) -> ReceivingTerminal:
    def keep(received: ReceivedPage) -> None:
        append_page(folder / "got.tif", decoded(received))
        terminal.kept(received, time.monotonic())

    terminal = ReceivingTerminal(STATION, ask, keep, over)
    return terminal


async def fax(reactor: Any, role: str, how: str, folder: Path) -> None:
    exchange = Exchange(reactor)
    theirs = PtyModem(exchange.add_line(THEIRS), reactor)
    party = ByTelephone(exchange.add_line(OURS)) if how == "sound" else ByClass1(exchange, reactor)
    exchange.start()
    say({"port": theirs.path})
    if role == "sends":
        await deferToThreadPool(reactor, reactor.getThreadPool(), sys.stdin.readline)
        Deferred.fromCoroutine(tell_ring(reactor, theirs.line)).addErrback(log.err)
    over: Deferred[Outcome] = Deferred()
    wishes: list[Callable[[Asked], None]] = []
    terminal: Terminal = (sender if role == "sends" else receiver)(
        folder, lambda asked: wishes[0](asked), over.callback
    )

    def hear(heard: Heard) -> None:
        terminal.feed(heard, time.monotonic())

    wishes.append(await (party.call(hear) if role == "sends" else party.answer(hear)))
    terminal.start(time.monotonic())
    ticking = LoopingCall(lambda: terminal.on_time(time.monotonic()))
    ticking.start(0.02).addErrback(log.err)
    outcome = await over
    ticking.stop()
    say({"result": outcome.result.value, "agreed": outcome.agreed, "trace": [str(line) for line in outcome.trace]})
    await party.hang_up()
    await deferLater(reactor, 1)


async def tell_ring(reactor: Any, line: SubscriberLine) -> None:
    while line.stage is not SubscriberStage.RINGING:
        await deferLater(reactor, 0.1)
    say({"rings": line.number})


def say(something: dict[str, object]) -> None:
    print(json.dumps(something), flush=True)


def main() -> None:
    from twisted.internet import reactor as the_reactor

    reactor: Any = the_reactor
    reactor.seconds = time.monotonic
    role, how, folder = sys.argv[1:]

    def begin() -> None:
        done = Deferred.fromCoroutine(fax(reactor, role, how, Path(folder)))
        done.addErrback(lambda failure: failure.printTraceback(sys.stderr))
        done.addBoth(lambda _: reactor.stop())

    reactor.callWhenRunning(begin)
    reactor.run()


if __name__ == "__main__":
    main()
