"""What a line is to the rest of the server; no modem words here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from twisted.internet.defer import Deferred

from callserver.dsp.codecs import Codec
from callserver.fax.modulations import Modulation
from callserver.fax.signals import Asked, Heard
from callserver.wire.catalogue import Complaint
from callserver.wire.dial_results import DialResult


@dataclass(frozen=True)
class Caller:
    """What the exchange says of the calling party; a claim, not a proof."""

    number: str | None = None  # [0-9*#]{0,24}, as received
    name: str | None = None  # at most 32 characters, no control characters
    withheld: bool = False
    normal: str | None = field(default=None, compare=False)  # the number as one dials it here, [0-9*#]+

    @property
    def known_by(self) -> str | None:
        """What is compared and looked up: one number is one, however exchanges write it."""
        return self.normal or self.number

    def completed(self, later: Caller) -> Caller:
        """With what a later report of the same call knows beside; what is known is not emptied by it."""
        numbered = later if self.number is None else self
        withheld = numbered.number is None and (self.withheld or later.withheld)
        return Caller(numbered.number, self.name or later.name, withheld, numbered.normal)


@dataclass(frozen=True)
class Capabilities:
    """What this line can do; decides what may be offered on it."""

    full_duplex: bool
    reports_keys: bool  # it finds DTMF itself
    fax: bool = False  # it makes the signals of a fax machine itself
    flash: bool = False  # its exchange takes a hook flash and a number as a transfer


@dataclass(frozen=True)
class DialPermit:
    """A number the dial guard has let through; nothing else makes one, and a line dials nothing else."""

    digits: str  # [0-9]+
    asked_by: str


class LineFailure(Complaint):
    """The line could not do what was asked; the text says what happened."""


class DialFailure(LineFailure):
    """The line says itself what has come of the number."""

    def __init__(self, result: DialResult, msgid: str, /, **details: object) -> None:
        super().__init__(msgid, **details)
        self.result = result


class ILineListener(Protocol):
    """Told by a line what happens on it, in the reactor thread."""

    def line_up(self, capabilities: Capabilities) -> None:
        """The line is on hook and can be used."""

    def line_lost(self, reason: Complaint) -> None:
        """
        The line is out of service, with whatever call was on it; line_up follows when it comes back.

        Told again when the reason is another one by now.
        """

    def ring(self) -> None:
        """One burst of ringing."""

    def caller_id(self, caller: Caller) -> None:
        """Who calls: before the first ring, between the first two, or never."""

    def sound(self, data: bytes) -> None:
        """What the far end says, in the line's codec; any number of samples."""

    def key(self, digit: str) -> None:
        """A key that the line's own hardware heard (only where it is this line's source of keys)."""

    def far_end_gone(self, reason: str) -> None:
        """The line's own report that the other party hung up."""

    def sound_trouble(self, kind: str) -> None:
        """'underrun' (we sent too late) or 'overrun' (we read too late)."""


class IFaxModem(Protocol):
    """
    The fax of a line that makes the signals itself, while it has taken the place of the call's sound.

    `modulations`: of images, both ways
    """

    modulations: frozenset[Modulation]

    def asked(self, asked: Asked) -> None:
        """What T.30 wants now; what is heard comes to `on_heard`."""

    def end(self) -> Deferred[None]:
        """The voice comes back; fires when sound flows again, or the call has ended. Fails with LineFailure."""


class ILine(Protocol):
    """One subscriber line, however it is attached."""

    name: str  # "line 3"
    codec: Codec  # of both directions, fixed once line_up was told

    def attach(self, listener: ILineListener) -> None:
        """Whom to tell; before the line's service starts."""

    def answer(self) -> Deferred[None]:
        """Off hook, sound flowing both ways; fails with LineFailure."""

    def seize(self) -> Deferred[None]:
        """
        Off hook to dial, sound flowing both ways; fails with LineFailure.

        What is heard then is the exchange's dial tone, or a caller who was about to ring: only who listens knows.
        """

    def dial(self, permit: DialPermit) -> Deferred[None]:
        """
        The digits, once, on a line that was seized; sound flows again when it fires, and what follows is heard.

        Fails with LineFailure if refused, with DialFailure where the line knows the result itself: it is on hook then.
        """

    def flash_transfer(self, permit: DialPermit) -> Deferred[None]:
        """
        In a call: flash, and the digits. On hook after that, the exchange connects the far end with that number.

        Fails with LineFailure where the line cannot (`Capabilities.flash`) or the exchange refuses; the call goes on.
        """

    def fax(self, on_heard: Callable[[Heard], None], on_lost: Callable[[], None]) -> Deferred[IFaxModem]:
        """
        In a call: the modem's own fax signals in place of the sound, which stops until the fax modem is ended.

        Fails with LineFailure where the line cannot (`Capabilities.fax`): sound flows as before. `on_lost` is told once
        if the fax ends otherwise than by its `end`: hung up, unplugged, stuck.
        """

    def hang_up(self) -> Deferred[None]:
        """
        On hook, from whatever the line does; fires when it is; harmless when already so.

        Asked while the line is answered, seized or dials, it ends that, which then fails. Fails with LineFailure if the
        line does not obey.
        """

    def send(self, block: bytes) -> None:
        """One 20-ms block to the far end, in the line's codec, each 20 ms while off hook."""

    def flush(self) -> None:
        """Forget what was sent and not yet heard (barge-in)."""
