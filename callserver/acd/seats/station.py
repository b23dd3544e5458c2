"""Where an agent's voice is: the headset at his computer, over the agents' channel, or a telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.dsp.codecs import LINEAR_16
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.wire.causes import Reason

HELD_S = 300.0  # as a line: then who holds it is reminded
NETWORK_SAMPLES = 320  # 40 ms: blocks from another computer come in bunches


class Headset(Protocol):
    """An agent's ear: his program."""

    def send_audio(self, block: bytes) -> None:
        """20 ms of 16-bit linear sound for him to hear."""


class NoSignals:
    """Listens to a headset for keys and tones, of which there are none. Implements LegListener."""

    def key(self, digit: str, at_s: float) -> None: ...
    def tone(self, name: str) -> None: ...


class Instrument(Protocol):
    """What an agent hears and speaks with."""

    @property
    def base(self) -> Call:
        """The call of its line alone."""

    def pick_up(self) -> Leg:
        """
        The leg of a call that begins.

        :raises LookupError: there is none any more
        """

    def put_down(self, leg: Leg) -> None:
        """It is in no call any more."""


class HeadsetStation:
    """
    The voice of one seat; it has a leg while he is in a call. Implements FirstParty, for calls that begin here.

    He speaks into the headset at his computer, or into a telephone that is kept up. It is the same party of its calls
    all the time.

    Nobody holds it without a bound: after five minutes who does is told, and every five minutes from then on.

    :param on_left: told when it is in a call no more
    :param on_recalled: told when a party it holds has waited for too long
    """

    def __init__(
        self,
        name: str,
        bay: PatchBay,
        clock: IReactorTime,
        on_left: Callable[[Call, Reason], None],
        on_recalled: Callable[[Call], None],
    ) -> None:
        self.name = name
        self.leg: Leg | None = None
        self._bay, self._clock, self._on_left, self._on_recalled = bay, clock, on_left, on_recalled
        self._headset: Headset | None = None
        self._telephone: Instrument | None = None
        self._calls: dict[str, Call] = {}  # it takes part in: one, and one it keeps held
        self._held: dict[str, IDelayedCall] = {}  # by others, in these calls

    def plug_in(self, headset: Headset | None) -> None:
        """Another program is his ear from now on; None: nobody hears."""
        self._headset = headset

    @property
    def has_headset(self) -> bool:
        """A program is plugged in."""
        return self._headset is not None

    @property
    def by_phone(self) -> bool:
        """He speaks into a telephone."""
        return self._telephone is not None

    @property
    def own_call(self) -> Call | None:
        """Of the line that keeps his telephone up, if that is where he speaks: without it he has no voice."""
        return self._telephone.base if self._telephone is not None else None

    def use(self, telephone: Instrument | None) -> None:
        """Speak into this from the next call on; None: into the headset."""
        self._telephone = telephone

    def receive(self, block: bytes) -> None:
        """What he says into the headset: 16-bit linear, any number of samples; dropped where that is not used."""
        if self.leg is not None and self._telephone is None:
            self.leg.receive(block)

    def off_hook(self) -> None:
        """
        Have a leg for a call that begins; harmless when it has one.

        :raises LookupError: the telephone is gone
        """
        if self.leg is None:
            self.leg = self._telephone.pick_up() if self._telephone is not None else self._open()

    def _open(self) -> Leg:
        return self._bay.open_leg(
            self.name,
            LINEAR_16,
            send=self._send,
            flush=lambda: None,
            listener=NoSignals(),
            listen_for_signals=False,
            extra_samples=NETWORK_SAMPLES,
        )

    def on_hook(self) -> None:
        """Close the leg, or give it back to its telephone, unless a call is left; harmless when that is done."""
        if not self._calls and self.leg is not None:
            leg, self.leg = self.leg, None
            if self._telephone is not None:
                self._telephone.put_down(leg)
            else:
                leg.close()

    # FirstParty

    async def answer(self, call: Call) -> None:
        self.off_hook()

    def stage_changed(self, call: Call) -> None:
        """The seat shows what it does itself."""

    def role_given(self, call: Call, role: Role) -> None:
        for merged in [one for one in self._calls.values() if one.now is not one]:  # nobody leaves them
            del self._calls[merged.id]
            self._stop_held(merged)
        self._calls[call.id] = call
        self._stop_held(call)
        if role is Role.HELD:
            self._held[call.id] = self._clock.callLater(HELD_S, self._held_too_long, call)

    def left(self, call: Call, reason: Reason) -> None:
        self._calls.pop(call.id, None)
        self._stop_held(call)
        self.on_hook()
        self._on_left(call, reason)

    def recalled(self, call: Call) -> None:
        self._on_recalled(call)

    def _held_too_long(self, call: Call) -> None:
        self._held[call.id] = self._clock.callLater(HELD_S, self._held_too_long, call)
        call.recall(self)

    def _stop_held(self, call: Call) -> None:
        timer = self._held.pop(call.id, None)
        if timer is not None and timer.active():
            timer.cancel()

    def _send(self, block: bytes) -> None:
        if self._headset is not None:
            self._headset.send_audio(block)
