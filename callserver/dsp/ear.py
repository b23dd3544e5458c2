"""One object listens to all lines: what they say, less what we play, as keys and tones."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from callserver.dsp.echo.canceller import EchoCanceller
from callserver.dsp.fax_tones.bank import FAX_FREQS, FaxHeard, FaxToneBank
from callserver.dsp.framer import Framer
from callserver.dsp.frames import FloatArray
from callserver.dsp.front_end import NO_SHIFTS, FrontEnd
from callserver.dsp.keys.bank import DtmfBank, KeyEvent
from callserver.dsp.keys.tone_windows import TONES_HZ
from callserver.dsp.progress.bank import ProgressBank, ProgressEvent, progress_freqs
from callserver.dsp.progress.plans import PLANS, Plan
from callserver.dsp.progress.regular import RegularToneBank
from callserver.dsp.sound.activity import ActivityBank
from callserver.wire.catalogue import N_

Bank = DtmfBank | ProgressBank | RegularToneBank | FaxToneBank


@dataclass(frozen=True)
class DetectorFailed:
    """A mistake in one detector cost what it was following, on all channels; the others have heard the tick."""

    detector: str  # one of DETECTORS
    error: Exception


DETECTORS = (
    N_("echo canceller"),
    N_("activity"),
    N_("front end"),
    N_("keys"),
    N_("call progress"),
    N_("regular tones"),
    N_("fax tones"),
    N_("caller ID"),
)
EarEvent = KeyEvent | ProgressEvent | FaxHeard | DetectorFailed


@dataclass(frozen=True)
class LineFigures:
    """What a line sounds like, as it is now."""

    level_dbm0: float  # over half a second
    noise_dbm0: float  # when nobody speaks
    hum_dbm0: float  # of the mains
    echo_loss_db: float  # by how much it weakens what we play before it comes back; inf where unknown
    cancelled_db: float  # by how much the canceller lowers it further


class Ear:
    """
    All detectors of all channels on one front end, behind the echo canceller.

    One that fails costs itself alone, and begins anew: what its mistake left behind must not make it fail for ever.

    :param n_channels: rows of every array fed, until `resize`
    :param plan: whose exchange's tones are named
    `cleaned`: float32, shape (n_channels, n): received less the echo of what was played, for the tick of the last
    `hear`, or those that the last `feed` completed; the very array that was given where there was none.
    `activity`: who speaks.
    """

    def __init__(self, n_channels: int, plan: Plan = PLANS["cn"]) -> None:
        self.n_channels = n_channels
        self.canceller = EchoCanceller(n_channels)
        self.cleaned: FloatArray = np.zeros((n_channels, 0), np.float32)
        self.activity = ActivityBank(n_channels)
        self._received, self._played = Framer(n_channels), Framer(n_channels)
        self._front_end = FrontEnd(n_channels, [*TONES_HZ, *progress_freqs(plan), *FAX_FREQS])
        self._make_bank: dict[str, Callable[[], Bank]] = {
            "keys": lambda: DtmfBank(self.n_channels, self._front_end),
            "call progress": lambda: ProgressBank(self.n_channels, plan, self._front_end),
            "regular tones": lambda: RegularToneBank(self.n_channels, self._front_end, self._is_named),
            "fax tones": lambda: FaxToneBank(self.n_channels, self._front_end),
        }
        self._banks = {name: make() for name, make in self._make_bank.items()}

    def feed(self, received: FloatArray, played: FloatArray | None = None) -> list[EarEvent]:
        """
        What one tick brings.

        :param received: float32, shape (n_channels, n), full scale ±1.0, any n
        :param played: what was sent to the same channels meanwhile, of the same shape; None: nothing
        :raises ValueError: naming the shape or type, when it is another
        """
        if played is None:
            played = np.zeros(np.shape(received), np.float32)
        elif np.shape(played) != np.shape(received):
            raise ValueError(f"received {np.shape(received)}, played {np.shape(played)}")
        events: list[EarEvent] = []
        cleaned = [self.cleaned[:, :0]]
        for heard, sent in zip(self._received.feed(received), self._played.feed(played), strict=True):
            events += self.hear(heard, sent)
            cleaned.append(self.cleaned)
        self.cleaned = np.concatenate(cleaned, axis=1)
        return events

    def hear(self, received: FloatArray, played: FloatArray, shifts: Mapping[int, int] = NO_SHIFTS) -> list[EarEvent]:
        """
        Exactly one tick, both of shape (n_channels, 160); the arrays may be used again by the caller.

        :param shifts: channels whose sound is late (1) or lacks something (-1), so that keys survive it: see
            `FrontEnd.measure`
        """
        events: list[EarEvent] = []
        self.cleaned = received
        with self._isolated("echo canceller", events):
            self._shift(self.canceller, shifts)
            self.cleaned = self.canceller.clean(received, played)
        with self._isolated("activity", events):
            self.activity.hear(self.cleaned)
        with self._isolated("front end", events):
            spectrum = self._front_end.measure(self.cleaned, shifts)
            for name, bank in self._banks.items():
                with self._isolated(name, events):
                    if isinstance(bank, DtmfBank):
                        self._shift(bank, shifts)
                    events += bank.hear(spectrum)
        return events

    def resize(self, n_channels: int) -> None:
        """
        Listen to so many channels from now on: the first ones go on as they were, new ones begin.

        :raises ValueError: for no channels
        """
        self.n_channels = n_channels
        self.cleaned = np.zeros((n_channels, 0), np.float32)
        for part in (self._received, self._played, self._front_end, self.canceller, self.activity):
            part.resize(n_channels)
        for bank in self._banks.values():
            bank.resize(n_channels)

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._received.forget(channel)
        self._played.forget(channel)
        self.canceller.reset(channel)
        for bank in self._banks.values():
            bank.reset(channel)
        self.activity.reset(channel)

    def is_like_a_tone(self, channel: int) -> bool:
        """Whether what sounds now may be a tone of the plan."""
        progress = self._banks["call progress"]
        return isinstance(progress, ProgressBank) and bool(progress.sounding[channel])

    def sounding_key(self, channel: int) -> str | None:
        """The key that sounds now, as it seems: it may turn out to be none."""
        keys = self._banks["keys"]
        return keys.sounding.get(channel) if isinstance(keys, DtmfBank) else None

    def figures(self, channel: int) -> LineFigures:
        """One line's running figures."""
        heard, echo = self.activity, self.canceller
        arrays = (heard.level_dbm0, heard.noise_dbm0, heard.hum_dbm0, echo.line_loss_db, echo.loss_db)
        return LineFigures(*(round(float(array[channel]), 1) for array in arrays))

    def _is_named(self, channel: int) -> bool:
        progress = self._banks["call progress"]
        return isinstance(progress, ProgressBank) and progress.names(channel)

    def _shift(self, part: EchoCanceller | DtmfBank, shifts: Mapping[int, int]) -> None:
        for channel, n_ticks in shifts.items():
            part.shift(channel, n_ticks)

    @contextmanager
    def _isolated(self, detector: str, events: list[EarEvent]) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            events.append(DetectorFailed(detector, error))
            self._begin_anew(detector)

    def _begin_anew(self, detector: str) -> None:
        if detector in self._make_bank:
            self._banks[detector] = self._make_bank[detector]()
        elif detector == "echo canceller":
            self.canceller = EchoCanceller(self.n_channels)
        elif detector == "activity":
            self.activity = ActivityBank(self.n_channels)
