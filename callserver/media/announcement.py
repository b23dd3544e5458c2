"""A recording that is to be a prompt: brought to the telephone, or refused; and what its announcer should know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.hearing import Heard, hear_tracks
from callserver.dsp.progress.plans import Plan
from callserver.media.telephone_voice import ACTIVE_LEVEL_DBFS, active_level_dbfs, telephone_voice
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Phrase

LONGEST_S = 60.0
PAD_S = 0.1
SILENT_DBFS = -55.0  # of speech; the noise of an open microphone is below it
LEVEL_OFF_DB = 3.0
FULL_SCALE, CLIPPED_RUN = 0.999, 3  # so many samples in a row at full scale are no accident
BEFORE_S, AFTER_S = 0.5, 1.0
QUIET_DB = 30.0  # so far below the speech begins what is silence to an announcer
NOISE_DB = 20.0
ABOVE_NOISE_DB = 8.0  # so far above a noise begins the voice
BREATH_S = 0.16  # left for the cut at the words themselves
QUIETEST = 5  # per cent of the frames are the noise
KEY_AT_END_S = 1.5  # who ends a recording by a key holds it no longer
UNHEARD_KEY_S = 0.1
BEFORE_KEY_S = 0.04  # a key is certain some time after it began
QUIET = N_("it was recorded at {level} dBFS and is heard at {aim}: speak nearer to the microphone, or louder")
LOUD = N_("it was recorded at {level} dBFS and is heard at {aim}: speak farther from the microphone, or more softly")
SILENT = N_("nothing is heard in this recording: look at the microphone, and record it again")
SIGNALS = ("key", "tone", "fax")


class RecordingRefused(Complaint):
    """No prompt can be made of it; the text says why and what to do."""


@dataclass(frozen=True)
class Announcement:
    """
    What callers will hear, shape (n,), 8 kHz, and what was noted of the recording.

    :param level_dbfs: of the speech, as it was recorded
    """

    sound: FloatArray
    level_dbfs: float
    remarks: tuple[Phrase, ...]


def announcement(samples: FloatArray, rate_hz: int, plan: Plan) -> Announcement:
    """
    Make a prompt of a recording.

    :param samples: shape (n,), full scale ±1.0
    :param plan: the tones of the shop's exchange
    :raises RecordingRefused: silent, too long, or our own detectors hear a key, an exchange's tone or a fax in it
    """
    length_s = samples.size / rate_hz
    if length_s > LONGEST_S:
        raise RecordingRefused(N_("{s} s: a prompt has {max} s at most"), s=round(length_s, 1), max=round(LONGEST_S))
    spoken = _spoken(samples, rate_hz)
    sound = _voice(samples[spoken.first : spoken.last], rate_hz)
    refuse_signals(sound, plan)
    return Announcement(sound, round(spoken.level, 1), tuple(_remarks(samples, spoken)))


def refuse_signals(sound: FloatArray, plan: Plan) -> None:
    """
    A prompt that sounds like a key would press it, on our side and on every machine that listens.

    :raises RecordingRefused: naming what is heard, and when
    """
    for heard in signals(sound, plan):
        what = str(heard.figures.get("key") or heard.figures.get("tone") or heard.figures.get("signal"))
        raise RecordingRefused(
            N_("at {s} s our own detectors hear {kind_word} {what}: record it again without"),
            s=round(heard.at_s, 2),
            kind_word=KINDS[heard.what],
            what=what,
        )


KINDS = {"key": N_("key"), "tone": N_("the tone"), "fax": N_("the fax signal")}


def signals(sound: FloatArray, plan: Plan) -> list[Heard]:
    """Keys, tones of exchanges, signals of fax machines in a sound at 8 kHz."""
    return [heard for heard in hear_tracks(sound[np.newaxis], plan) if heard.what in SIGNALS]


def without_last_key(sound: FloatArray, plan: Plan) -> FloatArray:
    """
    A recording of a call, at 8 kHz, up to the key that ended it.

    A call hears a key some 60 ms after it began and ends the recording then: so little of a tone is no key to a
    detector yet, but would be a click to callers. Whatever the last tenth of a second is, it is no word.
    """
    sound = sound[: max(0, sound.size - round(UNHEARD_KEY_S * RATE_HZ))]
    n_end = round(KEY_AT_END_S * RATE_HZ)
    keys = [heard.at_s for heard in signals(sound, plan) if heard.what == "key"]
    at_end = [at_s for at_s in keys if at_s * RATE_HZ >= sound.size - n_end]
    return sound[: max(0, round((at_end[0] - BEFORE_KEY_S) * RATE_HZ))] if at_end else sound


def is_off(level_dbfs: float) -> bool:
    """Whether speech of this level is heard as louder or quieter than the other prompts."""
    return abs(level_dbfs - ACTIVE_LEVEL_DBFS) > LEVEL_OFF_DB


@dataclass(frozen=True)
class SpeechSpan:
    """Where in a recording somebody speaks, in samples, with a breath before and after; levels in dBFS."""

    first: int
    last: int
    before_s: float
    after_s: float
    level: float
    noise: float


def _spoken(samples: FloatArray, rate_hz: int) -> SpeechSpan:
    if samples.size < rate_hz // 10 or not np.any(np.abs(samples) > 10 ** (SILENT_DBFS / 20)):
        raise RecordingRefused(SILENT)
    n = rate_hz // 50
    frames = samples[: samples.size // n * n].reshape(-1, n).astype(np.float64)
    levels = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    level, noise = active_level_dbfs(samples), float(np.percentile(levels, QUIETEST))
    loud = np.flatnonzero(levels > max(level - QUIET_DB, min(noise + ABOVE_NOISE_DB, level - ABOVE_NOISE_DB)))
    first, last = int(loud[0]), int(loud[-1]) + 1
    breath = round(BREATH_S * 50)
    begin, end = max(0, first - breath) * n, min(len(levels), last + breath) * n
    return SpeechSpan(begin, end, first / 50, (len(levels) - last) / 50, level, noise)


def _voice(samples: FloatArray, rate_hz: int) -> FloatArray:
    try:
        return telephone_voice(samples, rate_hz, PAD_S)
    except ValueError as problem:
        raise RecordingRefused(SILENT) from problem


def _remarks(samples: FloatArray, spoken: SpeechSpan) -> Iterator[Phrase]:
    if is_off(spoken.level):
        yield Phrase(
            QUIET if spoken.level < ACTIVE_LEVEL_DBFS else LOUD,
            {"level": f"{spoken.level:.1f}", "aim": round(ACTIVE_LEVEL_DBFS)},
        )
    if n := _clipped_runs(samples):
        yield Phrase(N_("too loud at {n} places, where it is distorted"), {"n": n})
    if spoken.before_s > BEFORE_S:
        yield Phrase(N_("{s} s of silence before the words were cut off"), {"s": f"{spoken.before_s:.1f}"})
    if spoken.after_s > AFTER_S:
        yield Phrase(N_("{s} s of silence after the words were cut off"), {"s": f"{spoken.after_s:.1f}"})
    below = spoken.level - spoken.noise
    if below < NOISE_DB:
        yield Phrase(N_("noise is only {db} dB below the voice: record in a quieter place"), {"db": round(below)})


def _clipped_runs(samples: FloatArray) -> int:
    full = np.concatenate([[0], (np.abs(samples) >= FULL_SCALE).view(np.int8), [0]])
    edges = np.flatnonzero(np.diff(full))
    return int(np.sum(edges[1::2] - edges[::2] >= CLIPPED_RUN))
