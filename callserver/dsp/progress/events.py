"""What is told of call-progress tones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ToneHeard:
    """A tone of the plan sounds on a channel: frequency, level and cadence fit it and nothing else in the plan."""

    channel: int
    name: str  # "dial", "ringback", "busy" ...: callserver.dsp.progress.plans.TONE_NAMES
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


@dataclass(frozen=True)
class ToneMissed:
    """A burst that nearly was one of the plan, or bursts of the plan in no rhythm of it."""

    channel: int
    at_sample: int
    reason: str  # "no such frequency", "not pure enough", "no such rhythm"
    rhythm_s: tuple[float, ...]  # burst, pause, burst ...
    freqs_hz: tuple[float, ...]
    level_dbm0: float
    purity: float


ProgressEvent = ToneHeard | ToneGone | ToneMissed
