"""A line of the shop that is plugged straight into the emulated exchange: sound in blocks, no modem between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.dsp.codecs import A_LAW, Codec
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.emulator.loop import CallerId, CallProgress, SubscriberLine
from callserver.fax.signals import Heard
from callserver.lines.interfaces import Caller, Capabilities, DialPermit, IFaxModem, ILineListener, LineFailure

LIFT_S = 0.1  # a relay, and what a modem's commands take
AHEAD_BLOCKS = 12  # 240 ms: more would not be heard in time
DEAF_S = 10.0  # so long until a line that answers nothing is given up
PLAIN = Capabilities(full_duplex=True, reports_keys=False)


class ExchangeLine(Service):
    """
    Implements ILine for the shop and Terminal for the exchange.

    :param on_permit: told the digits of each permit that is used
    Faults on demand: `unplug`, `plug_in`, `go_deaf`.
    """

    name: str
    hears_signals = False

    def __init__(
        self,
        name: str,
        subscriber: SubscriberLine,
        clock: IReactorTime,
        on_permit: Callable[[str], None] = lambda digits: None,
    ) -> None:
        self.name = name
        self.codec: Codec = A_LAW
        self.plugged_in = self.off_hook = self.deaf = self._seized = False
        self._subscriber, self._clock, self._on_permit = subscriber, clock, on_permit
        self._listener: ILineListener
        self._said: deque[bytes] = deque()
        self._lifting: tuple[IDelayedCall, Deferred[None]] | None = None
        self._giving_up: IDelayedCall | None = None

    # The line's life

    def attach(self, listener: ILineListener) -> None:
        self._listener = listener

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self.plug_in()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        self._on_hook()
        self._stop_giving_up()
        self.plugged_in = False

    def plug_in(self) -> None:
        """The line is there, fresh and hearing."""
        self.deaf = False
        self._stop_giving_up()
        if not self.plugged_in:
            self.plugged_in = True
            self._subscriber.terminal = self
            self._listener.line_up(PLAIN)

    def unplug(self, reason: str = "the modem was unplugged") -> None:
        """The line is gone, with whatever call was on it."""
        if self.plugged_in:
            self.plugged_in = False
            self._stop_giving_up()
            self._on_hook()
            self._listener.line_lost(LineFailure(reason))

    def go_deaf(self) -> None:
        """It takes everything and answers nothing; after a while it is given up as ModemLine gives up a stuck modem."""
        if self.plugged_in and not self.deaf:
            self.deaf = True
            self._giving_up = self._clock.callLater(DEAF_S, self.unplug, "the modem does not answer")

    # ILine

    def answer(self) -> Deferred[None]:
        self._seized = False
        return self._lift(self._subscriber.lift)

    def seize(self) -> Deferred[None]:
        self._seized = True
        return self._lift(self._subscriber.lift)

    def flash_transfer(self, permit: DialPermit) -> Deferred[None]:
        return fail(LineFailure(f"{self.name} is on an exchange that takes no flash"))

    def fax(self, on_heard: Callable[[Heard], None], on_lost: Callable[[], None]) -> Deferred[IFaxModem]:
        return fail(LineFailure(f"{self.name} has no fax of its own"))

    def dial(self, permit: DialPermit) -> Deferred[None]:
        if not (self.off_hook and self._seized) or self.deaf:
            return fail(LineFailure(f"{self.name} is not seized"))
        self._seized = False
        self._on_permit(permit.digits)
        self._subscriber.dial(permit.digits)
        return succeed(None)

    def hang_up(self) -> Deferred[None]:
        self._on_hook()
        return succeed(None)

    def send(self, block: bytes) -> None:
        if self.off_hook and len(self._said) < AHEAD_BLOCKS:
            self._said.append(block)

    def flush(self) -> None:
        self._said.clear()

    # Terminal

    def read_sound(self) -> FloatArray | None:
        if not self._said or self.deaf:
            return None
        return self.codec.decode(np.frombuffer(self._said.popleft(), np.uint8))

    def feed_sound(self, block: FloatArray | None) -> None:
        if self.off_hook and not self.deaf:
            heard = self.codec.silence * BLOCK_SAMPLES if block is None else self.codec.encode(block).tobytes()
            self._listener.sound(heard)

    def key_heard(self, key: str, down: bool) -> None: ...

    def tone_heard(self, tone: str) -> None: ...

    def ringing(self, on: bool) -> None:
        if on and self._hears_the_bell:
            self._listener.ring()

    def caller_id(self, caller: CallerId) -> None:
        if self._hears_the_bell:
            self._listener.caller_id(Caller(caller.number, caller.name or None, withheld=caller.number is None))

    def progress(self, progress: CallProgress) -> None: ...

    def loop_break(self) -> None:
        if self.off_hook and not self.deaf:
            self._listener.far_end_gone("loop current interrupted")

    @property
    def _hears_the_bell(self) -> bool:
        return self.plugged_in and not self.deaf and not self.off_hook

    def _lift(self, lift: Callable[[], None]) -> Deferred[None]:
        if not self.plugged_in or self.off_hook or self._lifting:
            return fail(LineFailure(f"{self.name} is {'busy' if self.plugged_in else 'not there'}"))
        lifted: Deferred[None] = Deferred(lambda _: self._on_hook())
        if self.deaf:
            self._lifting = self._clock.callLater(DEAF_S / 2, self._on_hook), lifted
        else:
            self._lifting = self._clock.callLater(LIFT_S, self._lifted, lift), lifted
        return lifted

    def _lifted(self, lift: Callable[[], None]) -> None:
        assert self._lifting is not None
        (_, lifted), self._lifting = self._lifting, None
        self.off_hook = True
        self._said.clear()
        lift()
        lifted.callback(None)

    def _on_hook(self) -> None:
        lifting, self._lifting = self._lifting, None
        self.off_hook = False
        self._said.clear()
        self._subscriber.hang_up()
        if lifting is not None:
            timer, lifted = lifting
            if timer.active():
                timer.cancel()
            if not lifted.called:
                lifted.errback(LineFailure(f"{self.name} does not go off hook"))

    def _stop_giving_up(self) -> None:
        if self._giving_up is not None and self._giving_up.active():
            self._giving_up.cancel()
        self._giving_up = None
