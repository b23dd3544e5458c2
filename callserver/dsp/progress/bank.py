"""Call progress for a whole bank of channels: dial tone, ring-back, busy and the rest of one country's plan."""

import math

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.front_end import FrontEnd, Spectrum
from callserver.dsp.progress.bursts import DELAY_SAMPLES, Began, BurstFinder, BurstHeard, frequency_groups, group_bins
from callserver.dsp.progress.cadences import SILENCE, STRANGE, UNNAMED, CadenceFollower, Interval, Rhythm, SoundName
from callserver.dsp.progress.events import ProgressEvent, ToneGone, ToneHeard, ToneMissed
from callserver.dsp.progress.plan_sounds import MIN_PURITY, PlanSounds
from callserver.dsp.progress.plans import Plan
from callserver.dsp.sines import MIN_SAMPLES, Sines, find_sines

__all__ = ["ProgressBank", "ProgressEvent", "ToneGone", "ToneHeard", "ToneMissed", "progress_freqs"]

NEAR_PURITY = 0.5
LATER_LOOK_SAMPLES = 1600  # the rest of a long burst, if shorter, cannot part what its first half second did
CHECK_TICKS = 5  # how often what goes on is judged
LONGEST_PAUSE_S = 12.0
CUT_SHORT_S = 0.15


def progress_freqs(plan: Plan) -> list[float]:
    """What a front end must measure for a ProgressBank."""
    return [freq_hz for group in frequency_groups(plan) for freq_hz in group_bins(group)]


class Hearing:
    """One channel on which bursts of the plan are being heard."""

    def __init__(self, rhythms: dict[str, Rhythm]) -> None:
        self.follower = CadenceFollower(rhythms)
        self.sound = SILENCE  # what sounds now, if anything does
        self.current: str | None = None
        self.ever_named = False
        self._sines = Sines((), 0.0)

    @property
    def named(self) -> bool:
        """What sounds now has been looked at."""
        return self.sound not in (SILENCE, UNNAMED)

    def began(self, pause_s: float) -> None:
        """A burst begins."""
        self.follower.finished(Interval(SILENCE, pause_s))
        self.sound = UNNAMED

    def burst(self, burst: BurstHeard, sound: SoundName, sines: Sines) -> None:
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
        return ToneHeard(channel, name, at_sample, max(began, 0), *_figures(self._sines))

    def missed(self, channel: int, at_sample: int) -> ToneMissed:
        """Its bursts were in no rhythm of the plan."""
        rhythm_s = self.follower.rhythm_s
        return ToneMissed(channel, at_sample, "no such rhythm", rhythm_s, *_figures(self._sines))

    @property
    def _level_dbm0(self) -> float:
        return _figures(self._sines)[1]


def _figures(sines: Sines) -> tuple[tuple[float, ...], float, float]:
    """Frequencies, level of the strongest, purity."""
    level_dbm0 = max((sine.level_dbm0 for sine in sines.components), default=-math.inf)
    return tuple(round(sine.freq_hz, 1) for sine in sines.components), round(level_dbm0, 1), round(sines.purity, 3)


class ProgressBank:
    """
    Names the tones of one plan on `n_channels` channels.

    Each burst's sines are measured (at least 60 % of the energy, every frequency within the plan's tolerance), then the
    rhythm of bursts and pauses decides.

    :param front_end: shared with other detectors, made with `progress_freqs(plan)` among its tones; then call `hear`
        with its spectra. Without one, `feed` sound.
    :param tell_misses: also report what nearly was a tone and why not
    """

    def __init__(
        self, n_channels: int, plan: Plan, front_end: FrontEnd | None = None, tell_misses: bool = False
    ) -> None:
        self._front_end = front_end or FrontEnd(n_channels, progress_freqs(plan))
        self._finder = BurstFinder(n_channels, plan, self._front_end)
        self._sounds = PlanSounds(plan)
        self._rhythms = {name: Rhythm(name, cadence) for name, cadence in plan.tones.items()}
        self._hearings: dict[int, Hearing] = {}
        self._tick = 0
        self._tell_misses = tell_misses

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """Where something like a tone of the plan sounds, shape (n_channels,), as of DELAY_SAMPLES ago."""
        return self._finder.sounding

    def names(self, channel: int) -> bool:
        """Whether what sounds on this channel is a tone of the plan."""
        return channel in self._hearings and self._hearings[channel].current is not None

    def feed(self, block: FloatArray) -> list[ProgressEvent]:
        """
        Sound of all channels, float32, shape (n_channels, n), any n.

        :raises ValueError: naming the shape or type, when it is another
        """
        return [event for spectrum in self._front_end.feed(block) for event in self.hear(spectrum)]

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._finder.reset(channel)
        self._hearings.pop(channel, None)

    def resize(self, n_channels: int) -> None:
        """So many channels from now on, as the front end."""
        self._finder.resize(n_channels)
        self._hearings = {channel: hearing for channel, hearing in self._hearings.items() if channel < n_channels}

    def hear(self, spectrum: Spectrum) -> list[ProgressEvent]:
        """What the newest 20 ms bring."""
        self._tick += 1
        changed, events, end_sample = set[int](), list[ProgressEvent](), spectrum.start_sample + BLOCK_SAMPLES
        for news in self._finder.hear(spectrum):
            changed.add(news.channel)
            if isinstance(news, Began):
                if news.channel in self._hearings:  # else it follows at once on a burst that nobody follows
                    self._hearings[news.channel].began(news.pause_s)
            else:
                events += self._take(news, end_sample)
        due = [channel for channel in self._hearings if channel in changed or (self._tick + channel) % CHECK_TICKS == 0]
        for channel in due:
            events += self._judge(channel, end_sample)
        return events

    def _take(self, burst: BurstHeard, end_sample: int) -> list[ProgressEvent]:
        hearing = self._hearings.get(burst.channel)
        enough = MIN_SAMPLES if hearing is None or not hearing.named else LATER_LOOK_SAMPLES
        sines = find_sines(burst.sound) if burst.sound.size >= enough else Sines((), 0.0)
        sound = self._sounds.name(sines)
        if hearing is None:
            if sound == STRANGE:
                return self._stray(burst, sines, end_sample)
            hearing = self._hearings[burst.channel] = Hearing(self._rhythms)
            hearing.began(burst.pause_s)
            self._finder.followed[burst.channel] = True
        hearing.burst(burst, sound, sines)
        return []

    def _stray(self, burst: BurstHeard, sines: Sines, end_sample: int) -> list[ProgressEvent]:
        """A burst that is none of the plan's, where nothing is being followed."""
        if not self._tell_misses or not burst.over or sines.purity < NEAR_PURITY:
            return []
        reason = "no such frequency" if sines.purity >= MIN_PURITY else "not pure enough"
        return [ToneMissed(burst.channel, end_sample, reason, (round(burst.duration_s, 3),), *_figures(sines))]

    def _judge(self, channel: int, end_sample: int) -> list[ProgressEvent]:
        hearing = self._hearings[channel]
        on, duration_s = self._finder.pending(channel)
        pending = Interval(hearing.sound, duration_s)
        name = hearing.follower.name(pending, hearing.current)
        over = hearing.follower.hopeless or (not on and duration_s > LONGEST_PAUSE_S)
        missed = [hearing.missed(channel, end_sample)] if over and self._tell_misses and not hearing.ever_named else []
        if over:
            del self._hearings[channel]
            self._finder.followed[channel] = False
        if name == hearing.current:
            return [*missed]
        was, hearing.current = hearing.current, name
        cut_short = not on and duration_s < CUT_SHORT_S
        gone: list[ProgressEvent] = [] if was is None else [ToneGone(channel, was, end_sample, cut_short)]
        if name is None:
            return gone
        hearing.ever_named = True
        return [*gone, hearing.heard(channel, name, pending, end_sample)]
