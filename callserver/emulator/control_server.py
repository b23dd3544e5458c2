"""The exchange's end of its control socket."""

# mypy: disable-error-code="no-untyped-call, untyped-decorator"
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from twisted.application.internet import UNIXServer
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.threads import deferToThreadPool
from twisted.protocols.amp import AMP
from twisted.python.failure import Failure

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import FloatArray
from callserver.emulator.control import Failed, Lines, OpenPhone, PhoneEvent, RunScript, SendSound, SoundHeard
from callserver.emulator.exchange import Exchange
from callserver.emulator.phone import Phone, PhoneListener, ignored
from callserver.emulator.script_fax import InThread
from callserver.emulator.script_run import ScriptEvent, ScriptRun
from callserver.wire.catalogue import N_
from callserver.wire.script_words import ScriptError

TAKEN = N_("another telephone has this number: give yours another, with --number")
Ports = Callable[[], dict[str, str]]  # line number -> path of its modem's port


class ControlServer(AMP):
    """One program that has come in; it holds at most one telephone, which is on hook when the program goes."""

    def __init__(self, exchange: Exchange, ports: Ports, in_thread: InThread = maybeDeferred) -> None:
        super().__init__()
        self._exchange, self._ports, self._in_thread = exchange, ports, in_thread
        self._run: ScriptRun | None = None
        self._listener = PhoneListener()
        self._brought: Phone | None = None  # a telephone that goes with this program
        self._under_way: list[Deferred[None]] = []

    @Lines.responder
    def lines(self) -> dict[str, Any]:
        ports = self._ports()
        return {
            "lines": [
                {"number": line.number, "path": ports.get(line.number, ""), "stage": line.stage.value}
                for line in self._exchange.lines
                if line.number
            ]
        }

    @OpenPhone.responder
    def take(self, number: str, name: str, withheld: bool, folder: str, recording: str, listen: bool) -> dict[str, Any]:
        if self._run:
            raise Failed("this connection has opened a telephone already")
        phone = self._phone(number, name)
        try:
            self._run = ScriptRun(
                self._exchange,
                self._tell,
                phone,
                Path(recording) if recording else None,
                Path(folder),
                self._in_thread,
            )
        except (ValueError, OSError) as problem:
            self._give_back()
            raise Failed(str(problem)) from problem
        if phone:
            phone.taken, phone.line.withheld = True, withheld
            self._listener = PhoneListener(on_ringing=self._rings, on_sound=self._heard if listen else ignored)
            phone.attach(self._listener)
        return {}

    @RunScript.responder
    def do(self, script: str) -> Deferred[dict[str, Any]]:
        run = self._opened()
        done = Deferred.fromCoroutine(run.do(script))
        self._under_way.append(done)

        def over(result: None) -> dict[str, Any]:
            self._under_way.remove(done)
            return {"stage": self._stage()}

        def broke(failure: Failure) -> Failure:
            self._under_way.remove(done)
            if failure.check(ScriptError, ValueError, CancelledError):
                raise Failed(failure.getErrorMessage())
            return failure

        return done.addCallbacks(over, broke)

    @SendSound.responder
    def say(self, sound: bytes) -> dict[str, Any]:
        phone = self._opened().phone
        if phone and len(sound) % LINEAR_16.bytes_per_sample == 0:
            phone.transmitter.feed(LINEAR_16.decode(np.frombuffer(sound, np.uint8)))
        return {}

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        for step in list(self._under_way):
            step.cancel()
        if self._run:
            if self._run.phone:
                self._run.phone.detach(self._listener)
                self._run.phone.taken = False
            self._run.close()
        self._give_back()

    def _phone(self, number: str, name: str) -> Phone | None:
        """The one with this number, if nobody else has it."""
        if not number:
            return None
        is_new = number not in self._exchange.phones
        if not is_new and self._exchange.phones[number].in_use:
            raise Failed(TAKEN)
        try:
            phone = self._exchange.add_phone(number, name)
        except ValueError as problem:
            raise Failed(str(problem)) from problem
        self._brought = phone if is_new else None
        return phone

    def _give_back(self) -> None:
        if self._brought:
            self._exchange.remove_phone(self._brought)
        self._brought = None

    def _opened(self) -> ScriptRun:
        if not self._run:
            raise Failed("no telephone is open")
        return self._run

    def _stage(self) -> str:
        phone = self._opened().phone
        return phone.stage.value if phone else ""

    def _tell(self, event: ScriptEvent) -> None:
        self.callRemote(PhoneEvent, at_s=event.at_s, line=event.line, what=event.what, stage=self._stage())

    def _rings(self, on: bool) -> None:
        self._opened().happens("bell" if on else "bell stops")

    def _heard(self, block: FloatArray) -> None:
        self.callRemote(SoundHeard, sound=LINEAR_16.encode(block).tobytes())


def control_service(reactor: Any, exchange: Exchange, socket: Path, ports: Ports = dict) -> UNIXServer:
    """
    Listens on the socket, for this user only; add it to the exchange's parent.

    :param ports: the modems' ports, asked for each time
    :raises CannotListenError: on its start, when another exchange uses the socket
    """
    in_thread: InThread = partial(deferToThreadPool, reactor, reactor.getThreadPool())
    factory = Factory.forProtocol(lambda: ControlServer(exchange, ports, in_thread))
    factory.noisy = False
    return UNIXServer(str(socket), factory, mode=0o600, wantPID=True, reactor=reactor)
