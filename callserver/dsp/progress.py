"""Call progress for a whole bank of channels: dial tone, ring-back, busy and the rest of one country's plan."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.bursts import DELAY_SAMPLES, Began, Burst, BurstFinder, frequency_groups, group_bins
from callserver.dsp.cadences import SILENCE, STRANGE, UNNAMED, CadenceFollower, Interval, Rhythm, Sound
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.front_end import FrontEnd, Spectrum
from callserver.dsp.plans import Plan
from callserver.dsp.sines import MIN_SAMPLES, Sines, find_sines

MIN_PURITY = 0.6
MAX_TWIST_DB = 10.0
LATER_LOOK_SAMPLES = 1600  # the rest of a long burst, if shorter, cannot part what its first half second did
CHECK_TICKS = 5  # how often what goes on is judged
LONGEST_PAUSE_S = 12.0
CUT_SHORT_S = 0.15


@dataclass(frozen=True)
class ToneHeard:
    """A tone of the plan sounds on a channel: frequency, level and cadence fit it and nothing else in the plan."""

    channel: int
    name: str  # "dial", "ringback", "busy" ...: callserver.dsp.plans.TONE_NAMES
    at_sample: int  # when it was certain, in the stream fed
    began_sample: int = 0  # so far back what was heard fits it
    freqs_hz: tuple[float, ...] = ()  # as measured
    level_dbm0: float = 0.0  # of the strongest of them
    purity: float = 0.0  # share of the sound that they are


@dataclass(frozen=True)
class ToneGone:
    """The tone heard last does not go on as its cadence asks."""

    channel: int
    name: str
    at_sample: int
    cut_short: bool = False  # in the middle of a burst: what ring-back does when somebody answers


Event = ToneHeard | ToneGone


def progress_freqs(plan: Plan) -> list[float]:
    """What a front end must measure for a ProgressBank."""
    return [freq_hz for group in frequency_groups(plan) for freq_hz in group_bins(group)]


class PlanSounds:
    """The sounds of a plan's bursts, to be recognised by their sines."""

    def __init__(self, plan: Plan) -> None:
        self._tolerance_hz = plan.tolerance_hz
        bursts = [burst for cadence in plan.tones.values() for burst in cadence.bursts]
        self._side_tones: dict[Sound, set[float]] = {burst.frequencies_hz: set() for burst in bursts}
        for burst in bursts:
            if burst.modulation_hz:
                shifts = (-burst.modulation_hz, burst.modulation_hz)
                self._side_tones[burst.frequencies_hz] |= {f + s for f in burst.frequencies_hz for s in shifts}

    def name(self, sines: Sines) -> Sound:
        """The one that has these sines and no other, or STRANGE."""
        if sines.purity >= MIN_PURITY:
            for sound in self._side_tones:
                if self._is(sound, sines):
                    return sound
        return STRANGE

    def _is(self, sound: Sound, sines: Sines) -> bool:
        levels = [self._level(freq_hz, sines) for freq_hz in sound]
        allowed = [*sound, *self._side_tones[sound]]
        return max(levels) - min(levels) <= MAX_TWIST_DB and all(
            any(self._near(sine.freq_hz, freq_hz) for freq_hz in allowed) for sine in sines.components
        )

    def _level(self, freq_hz: float, sines: Sines) -> float:
        near = [sine.level_dbm0 for sine in sines.components if self._near(sine.freq_hz, freq_hz)]
        return max(near, default=-math.inf)

    def _near(self, measured_hz: float, nominal_hz: float) -> bool:
        return abs(measured_hz - nominal_hz) <= max(self._tolerance_hz, 0.02 * nominal_hz)


class Hearing:
    """One channel on which bursts of the plan are being heard."""

    def __init__(self, rhythms: dict[str, Rhythm]) -> None:
        self.follower = CadenceFollower(rhythms)
        self.sound = SILENCE  # what sounds now, if anything does
        self.current: str | None = None
        self._sines = Sines((), 0.0)

    @property
    def named(self) -> bool:
        """What sounds now has been looked at."""
        return self.sound not in (SILENCE, UNNAMED)

    def began(self, pause_s: float) -> None:
        """A burst begins."""
        self.follower.finished(Interval(SILENCE, pause_s))
        self.sound = UNNAMED

    def burst(self, burst: Burst, sound: Sound, sines: Sines) -> None:
        """A burst is over, or goes on and was looked at; no sines: too little new sound to look at."""
        if sines.components or not self.named:
            self.sound = sound if not self.named or sound == self.sound else STRANGE
            self._sines = sines
        if burst.over:
            self.follower.finished(Interval(self.sound, burst.duration_s, self._level_dbm0))
            self.sound = SILENCE

    def heard(self, channel: int, name: str, pending: Interval, at_sample: int) -> ToneHeard:
        """The event, with what was measured last."""
        began = at_sample - DELAY_SAMPLES - round(self.follower.lasting_s(name, pending) * RATE_HZ)
        freqs_hz = tuple(round(sine.freq_hz, 1) for sine in self._sines.components)
        level_dbm0, purity = round(self._level_dbm0, 1), round(self._sines.purity, 3)
        return ToneHeard(channel, name, at_sample, max(began, 0), freqs_hz, level_dbm0, purity)

    @property
    def _level_dbm0(self) -> float:
        return max((sine.level_dbm0 for sine in self._sines.components), default=-math.inf)


class ProgressBank:
    """
    Names the tones of one plan on `n_channels` channels.

    Each burst's sines are measured (at least 60 % of the energy, every frequency within the plan's tolerance), then the
    rhythm of bursts and pauses decides.

    :param front_end: shared with other detectors, made with `progress_freqs(plan)` among its tones; then call `hear`
        with its spectra. Without one, `feed` sound.
    """

    def __init__(self, n_channels: int, plan: Plan, front_end: FrontEnd | None = None) -> None:
        self._front_end = front_end or FrontEnd(n_channels, progress_freqs(plan))
        self._finder = BurstFinder(n_channels, plan, self._front_end)
        self._sounds = PlanSounds(plan)
        self._rhythms = {name: Rhythm(cadence) for name, cadence in plan.tones.items()}
        self._hearings: dict[int, Hearing] = {}
        self._tick = 0

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """Where something like a tone of the plan sounds, shape (n_channels,), as of DELAY_SAMPLES ago."""
        return self._finder.sounding

    def feed(self, block: FloatArray) -> list[Event]:
        """
        Sound of all channels, float32, shape (n_channels, n), any n.

        :raises ValueError: naming the shape or type, when it is another
        """
        return [event for spectrum in self._front_end.feed(block) for event in self.hear(spectrum)]

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._finder.reset(channel)
        self._hearings.pop(channel, None)

    def hear(self, spectrum: Spectrum) -> list[Event]:
        """What the newest 20 ms bring."""
        changed = set()
        for news in self._finder.hear(spectrum):
            changed.add(news.channel)
            if isinstance(news, Began):
                self._hearings[news.channel].began(news.pause_s)
            else:
                self._take(news)
        self._tick += 1
        end_sample = spectrum.start_sample + BLOCK_SAMPLES
        due = [channel for channel in self._hearings if channel in changed or (self._tick + channel) % CHECK_TICKS == 0]
        return [event for channel in due for event in self._judge(channel, end_sample)]

    def _take(self, burst: Burst) -> None:
        hearing = self._hearings.get(burst.channel)
        enough = MIN_SAMPLES if hearing is None or not hearing.named else LATER_LOOK_SAMPLES
        sines = find_sines(burst.sound) if burst.sound.size >= enough else Sines((), 0.0)
        sound = self._sounds.name(sines)
        if hearing is None:
            if sound == STRANGE:
                return
            hearing = self._hearings[burst.channel] = Hearing(self._rhythms)
            hearing.began(burst.pause_s)
            self._finder.followed[burst.channel] = True
        hearing.burst(burst, sound, sines)

    def _judge(self, channel: int, end_sample: int) -> list[Event]:
        hearing = self._hearings[channel]
        on, duration_s = self._finder.pending(channel)
        pending = Interval(hearing.sound, duration_s)
        name = hearing.follower.name(pending, hearing.current)
        if hearing.follower.hopeless or (not on and duration_s > LONGEST_PAUSE_S):
            del self._hearings[channel]
            self._finder.followed[channel] = False
        if name == hearing.current:
            return []
        was, hearing.current = hearing.current, name
        cut_short = not on and duration_s < CUT_SHORT_S
        gone: list[Event] = [] if was is None else [ToneGone(channel, was, end_sample, cut_short)]
        return gone if name is None else [*gone, hearing.heard(channel, name, pending, end_sample)]
