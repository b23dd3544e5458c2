"""The subscriber's loop: what an exchange and the telephone or modem at its end say to each other."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall

from callserver.dsp.frames import FloatArray
from callserver.dsp.tones import ToneSource


class CallProgress(Enum):
    """What a mobile network tells its telephone; an analog modem only hears the tones."""

    RINGBACK = "ringback"
    ANSWERED = "answered"
    BUSY = "busy"
    UNOBTAINABLE = "unobtainable"
    GONE = "gone"  # the other one has hung up


class SubscriberStage(Enum):
    """Where the exchange is with a subscriber."""

    ON_HOOK = "on hook"
    RINGING = "ringing"
    DIALLING = "dialling"  # dial tone, or some digits have come
    RINGBACK = "ringback"
    TALKING = "talking"
    TONE = "tone"  # busy, congestion, unobtainable: until it hangs up


@dataclass(frozen=True)
class CallerId:
    """What the exchange sends between the first two rings; no number: withheld by the caller."""

    number: str | None
    name: str
    sent: datetime


class Terminal(Protocol):
    """What hangs on a loop. Every 20 ms the exchange calls `read_sound`, then `feed_sound`; the rest as it happens."""

    hears_signals: bool  # wants to be told of keys and tones in what it hears

    def read_sound(self) -> FloatArray | None:
        """Its next block, shape (160,); None for silence. Called on hook too."""

    def feed_sound(self, block: FloatArray | None) -> None:
        """What comes from the line, shape (160,), valid until the next block; None while on hook."""

    def key_heard(self, key: str, down: bool) -> None:
        """A DTMF key in what it hears has begun, or ended."""

    def tone_heard(self, tone: str) -> None:
        """A tone in what it hears has been recognised by its cadence; again for each further cycle."""

    def ringing(self, on: bool) -> None:
        """Ringing current begins or stops."""

    def caller_id(self, caller: CallerId) -> None:
        """Once, in the first long pause of the ringing."""

    def progress(self, progress: CallProgress) -> None:
        """How its call gets on."""

    def loop_break(self) -> None:
        """The exchange has interrupted the loop current: the other one has hung up."""


class NoTerminal:
    """A socket without a telephone."""

    hears_signals = False

    def read_sound(self) -> FloatArray | None:
        return None

    def feed_sound(self, block: FloatArray | None) -> None: ...

    def key_heard(self, key: str, down: bool) -> None: ...

    def tone_heard(self, tone: str) -> None: ...

    def ringing(self, on: bool) -> None: ...

    def caller_id(self, caller: CallerId) -> None: ...

    def progress(self, progress: CallProgress) -> None: ...

    def loop_break(self) -> None: ...


class ICallControl(Protocol):
    """Where a line's off-hook, on-hook and dialled digits go: the exchange's switch."""

    @property
    def country(self) -> str:
        """Its two letters."""

    def lifted(self, line: "SubscriberLine") -> None:
        """Off hook."""

    def hung_up(self, line: "SubscriberLine") -> None:
        """On hook."""

    def asked_for(self, line: "SubscriberLine", number: str) -> None:
        """A number in one piece, as mobile telephones send it."""

    def dialled(self, line: "SubscriberLine", key: str) -> None:
        """One key."""

    def flashed(self, line: "SubscriberLine") -> None:
        """A hook flash."""


@dataclass(eq=False)
class SubscriberLine:
    """One subscriber's line, from its exchange to its socket; `terminal` is what is plugged in there."""

    number: str
    row: int  # of the exchange's arrays
    switch: ICallControl
    name: str = ""
    withheld: bool = False  # do not show the number to those it calls
    terminal: Terminal = field(default_factory=NoTerminal)
    stage: SubscriberStage = SubscriberStage.ON_HOOK
    peer: "SubscriberLine | None" = None
    tone: ToneSource | None = None
    digits: str = ""
    timer: IDelayedCall | None = None
    takes_flash: bool = False  # a service that must be ordered
    held: "SubscriberLine | None" = None  # whom a flash has set aside
    held_by: "SubscriberLine | None" = None

    @property
    def country(self) -> str:
        """Its two letters."""
        return self.switch.country

    @property
    def off_hook(self) -> bool:
        return self.stage not in (SubscriberStage.ON_HOOK, SubscriberStage.RINGING)

    def lift(self) -> None:
        """Off hook: answers when it rings, else dial tone."""
        self.switch.lifted(self)

    def hang_up(self) -> None:
        """On hook; harmless when it is."""
        self.switch.hung_up(self)

    def dial(self, number: str) -> None:
        """Ask for a number in one piece, as a mobile telephone does; off hook if it is not."""
        self.switch.asked_for(self, number)

    def flash(self) -> None:
        """The loop is broken for a moment: a second call, or back to the first."""
        self.switch.flashed(self)

    def key(self, key: str) -> None:
        """A key that the exchange's register has heard."""
        self.switch.dialled(self, key)
