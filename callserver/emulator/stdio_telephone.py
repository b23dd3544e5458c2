"""The telephone on standard input: lines of script from a program, or keys typed by a person."""

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
from callserver.emulator.keypad import Keypad
from callserver.emulator.narration import told

CLEAR_LINE = b"\r\x1b[K"


class ScriptedTelephone(LineReceiver):
    """Lines of script from a program or a file, done one after the other; `quit` or the end of input ends."""

    delimiter = b"\n"
    transport: ITransport

    def __init__(self, telephone: RemotePhone, tell: Callable[[str], None] = click.echo) -> None:
        self.over: Deferred[int] = Deferred()
        self._telephone, self._tell = telephone, tell
        self._lines: list[str] = []
        self._busy, self._failures = False, 0

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
            Deferred.fromCoroutine(self._do(self._lines.pop(0))).addErrback(self._broke)

    async def _do(self, line: str) -> None:
        if line in ("quit", "exit"):
            if not self.over.called:
                self.over.callback(self._failures)
            return
        try:
            await self._telephone.do(line)
        except Failed as problem:
            self._failures += 1
            self._tell(str(problem).removeprefix("line 1: "))
        self._busy = False
        self._next()

    def _broke(self, failure: Failure) -> None:
        if not self.over.called:
            self.over.errback(failure)


class KeyboardTelephone(Protocol):
    """A person at the keyboard, with a status line."""

    transport: ITransport

    def __init__(self, telephone: RemotePhone, keypad: Keypad, clock: Any) -> None:
        self.over: Deferred[int] = Deferred()
        self._telephone, self._keypad, self._clock = telephone, keypad, clock
        self._note, self._since_s = "", clock.seconds()
        self._showing = LoopingCall(self._show)

    def connectionMade(self) -> None:
        self._showing.start(1.0)

    def dataReceived(self, data: bytes) -> None:
        for key in data.decode("latin-1"):
            line = self._keypad.feed(key)
            if line == "quit":
                self._end()
            elif line:
                Deferred.fromCoroutine(self._do(line)).addErrback(lambda failure: self._end())
        self._show()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._end()

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
            self._note = str(problem).removeprefix("line 1: ")
            self._show()

    def _show(self) -> None:
        if not self.over.called:
            status = self._keypad.status(self._clock.seconds() - self._since_s, self._note)
            self.transport.write(CLEAR_LINE + status.encode())

    def _end(self) -> None:
        if not self.over.called:
            self._showing.stop()
            self.transport.write(b"\r\n")
            self.over.callback(0)
