"""The telephone on standard input: lines of script from a program, or keys typed by a person."""

import re
from collections.abc import Callable
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import LoopingCall
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from callserver.emulator.client import RemotePhone
from callserver.emulator.control import Failed
from callserver.emulator.keypad import HELP, Keypad
from callserver.emulator.narration import told
from callserver.wire.cells import columns, cut, wrapped
from callserver.wire.terminal import as_bytes, here

PLACE = re.compile(r"^line 1(?:, column \d+)?: ")  # each line that is typed is a script of its own
CLEAR_LINE = b"\r\x1b[K"


class _End:
    """The end of the telephone's use, for all who wait for it; the first end counts."""

    def __init__(self) -> None:
        self.come = False
        self._result: int | Failure = 0
        self._waiting: list[Deferred[int]] = []

    def when(self) -> Deferred[int]:
        """Fires with the number of failures, at once if it has come."""
        waits: Deferred[int] = Deferred()
        if self.come:
            waits.callback(self._result)
        else:
            self._waiting.append(waits)
        return waits

    def tell(self, result: int | Failure) -> None:
        """It has come."""
        if not self.come:
            self.come, self._result = True, result
            for waits in self._waiting:
                waits.callback(result)  # a Failure too: it calls the errbacks


class ScriptedTelephone(LineReceiver):
    """Lines of script from a program or a file, done one after the other; `quit` or the end of input ends."""

    delimiter = b"\n"
    transport: ITransport

    def __init__(self, telephone: RemotePhone, tell: Callable[[str], None] = click.echo) -> None:
        self._end = _End()
        self._telephone, self._tell = telephone, tell
        self._lines: list[str] = []
        self._busy, self._failures = False, 0

    def when_over(self) -> Deferred[int]:
        """Fires with the number of lines that failed when the last is done."""
        return self._end.when()

    def lineReceived(self, line: bytes) -> None:
        self._lines.append(line.decode("utf-8", "replace").strip())
        self._next()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._lines.append("quit")
        self._next()

    def happened(self, at_s: float, line: int, what: str, stage: str) -> None:
        self._tell(told(at_s, what))

    def _next(self) -> None:
        if not self._busy and self._lines:
            self._busy = True
            Deferred.fromCoroutine(self._do(self._lines.pop(0))).addErrback(self._end.tell)

    async def _do(self, line: str) -> None:
        if line in ("quit", "exit"):
            self._end.tell(self._failures)
            return
        try:
            await self._telephone.do(line)
        except Failed as problem:
            self._failures += 1
            self._tell(PLACE.sub("", str(problem)))
        self._busy = False
        self._next()


class KeyboardTelephone(Protocol):
    """A person at the keyboard, with a status line that never takes more than one of the terminal."""

    transport: ITransport

    def __init__(self, telephone: RemotePhone, keypad: Keypad, clock: Any) -> None:
        self._end = _End()
        self._telephone, self._keypad, self._clock = telephone, keypad, clock
        self._note, self._since_s = "", clock.seconds()
        self._showing = LoopingCall(self._show)
        self._showing.clock = clock

    def when_over(self) -> Deferred[int]:
        """Fires with 0 when the person has left."""
        return self._end.when()

    def connectionMade(self) -> None:
        for line in wrapped(here(HELP), columns() - 1):
            self.transport.write(as_bytes(line) + b"\r\n")
        self._showing.start(1.0)

    def dataReceived(self, data: bytes) -> None:
        for key in data.decode("latin-1"):
            line = self._keypad.feed(key)
            if line == "quit":
                self._leave()
            elif line:
                Deferred.fromCoroutine(self._do(line)).addErrback(lambda failure: self._leave())
        self._show()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._leave()

    def happened(self, at_s: float, line: int, what: str, stage: str) -> None:
        self._now(stage, told(at_s, what).strip())

    def _now(self, stage: str, note: str) -> None:
        if stage and stage != self._keypad.stage:
            self._keypad.stage, self._since_s = stage, self._clock.seconds()
        self._note = note
        self._show()

    async def _do(self, line: str) -> None:
        try:
            self._now(await self._telephone.do(line), line)
        except Failed as problem:
            self._note = PLACE.sub("", str(problem))
            self._show()

    def _show(self) -> None:
        if not self._end.come:
            status = self._keypad.status(self._clock.seconds() - self._since_s, self._note)
            self.transport.write(CLEAR_LINE + as_bytes(cut(status, columns() - 1)))  # a full line would scroll

    def _leave(self) -> None:
        if not self._end.come:
            self._showing.stop()
            self.transport.write(b"\r\n")
            self._end.tell(0)
