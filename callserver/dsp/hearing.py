"""Everything that all detectors hear in a recording, and what they nearly heard: for people and for other programs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.caller_id.characters import CallerIdDamaged, CallerIdHeard
from callserver.dsp.caller_id.receiver import FskReceiver
from callserver.dsp.fax_tones.bank import FAX_FREQS, FaxHeard, FaxToneBank
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.front_end import FrontEnd
from callserver.dsp.keys.bank import DtmfBank
from callserver.dsp.keys.events import KeyDown, KeyMissed, KeyUp
from callserver.dsp.keys.tone_windows import TONES_HZ
from callserver.dsp.progress.bank import ProgressBank, progress_freqs
from callserver.dsp.progress.events import ToneGone, ToneHeard, ToneMissed
from callserver.dsp.progress.plans import Plan
from callserver.dsp.progress.regular import RegularToneBank
from callserver.dsp.sound.activity import ActivityBank

Bank = DtmfBank | ProgressBank | RegularToneBank | FaxToneBank
CLOSING_SAMPLES = RATE_HZ  # silence after the end, so that what sounds there is still told


@dataclass(frozen=True)
class Heard:
    """One thing heard on one track; `figures` as for --json."""

    track: int
    at_s: float
    what: str
    figures: dict[str, Any]


def hear_tracks(tracks: FloatArray, country: Plan) -> Iterator[Heard]:
    """
    Everything in a recording, shape (n_tracks, n), in the order in which it was certain; last a summary of each track.

    `sound_percent` of a summary: time in which it was louder than the noise, with voices, tones or anything else.
    A detector that fails costs that moment of its own; the first time is told.
    """
    n_tracks = len(tracks)
    front_end = FrontEnd(n_tracks, [*TONES_HZ, *progress_freqs(country), *FAX_FREQS])
    progress = ProgressBank(n_tracks, country, front_end, tell_misses=True)
    banks: dict[str, Bank] = {
        "keys": DtmfBank(n_tracks, front_end, tell_misses=True),
        "call progress": progress,
        "regular tones": RegularToneBank(n_tracks, front_end, progress.names),
        "fax tones": FaxToneBank(n_tracks, front_end),
    }
    receivers, activity = [FskReceiver() for _ in range(n_tracks)], ActivityBank(n_tracks)
    isolated = _Isolated()
    n_ticks = -(-(tracks.shape[1] + CLOSING_SAMPLES) // BLOCK_SAMPLES)
    padded = np.pad(tracks, ((0, 0), (0, n_ticks * BLOCK_SAMPLES - tracks.shape[1])))
    voiced_ticks = np.zeros(n_tracks, np.intp)
    for start in range(0, padded.shape[1], BLOCK_SAMPLES):
        frame = np.ascontiguousarray(padded[:, start : start + BLOCK_SAMPLES])
        spectrum = front_end.measure(frame)
        for name, bank in banks.items():
            events = isolated(name, bank.hear, spectrum)
            yield from (_heard(event.channel, event) for event in events if _worth_telling(event))
        for track, receiver in enumerate(receivers):
            yield from (_heard(track, event) for event in isolated("caller ID", receiver.feed, frame[track]))
        yield from isolated.failures(start / RATE_HZ)
        if start < tracks.shape[1]:
            voiced_ticks += activity.hear(frame)
    yield from _summaries(tracks, activity, voiced_ticks)


class _Isolated:
    """Calls detectors; the mistake of one is an event of its own, told once."""

    def __init__(self) -> None:
        self._errors: dict[str, Exception] = {}
        self._told: set[str] = set()

    def __call__(self, detector: str, hear: Callable[[Any], list[Any]], sound: Any) -> list[Any]:
        try:
            return hear(sound)
        except Exception as error:
            self._errors.setdefault(detector, error)
            return []

    def failures(self, at_s: float) -> Iterator[Heard]:
        """Of detectors that failed for the first time."""
        for detector in self._errors.keys() - self._told:
            self._told.add(detector)
            figures = {"detector": detector, "problem": repr(self._errors[detector])}
            yield Heard(0, round(at_s, 3), "failed", figures)


def _worth_telling(event: Any) -> bool:
    return not isinstance(event, KeyMissed) or event.duration_ms > 0


def _heard(track: int, event: Any) -> Heard:
    describe: Callable[[Any], tuple[int, str, dict[str, Any]]] = DESCRIPTIONS[type(event)]
    at_sample, what, figures = describe(event)
    return Heard(track, round(at_sample / RATE_HZ, 3), what, figures)


def _key(event: KeyDown) -> dict[str, Any]:
    return {
        "key": event.key,
        "low_dbm0": event.low_dbm0,
        "high_dbm0": event.high_dbm0,
        "twist_db": round(event.low_dbm0 - event.high_dbm0, 1),
        "low_offset_percent": round(event.low_offset * 100, 2) + 0.0,
        "high_offset_percent": round(event.high_offset * 100, 2) + 0.0,
        "purity": event.purity,
    }


def _tone(event: ToneHeard | ToneMissed) -> dict[str, Any]:
    return {"freqs_hz": list(event.freqs_hz), "level_dbm0": event.level_dbm0, "purity": event.purity}


def _fax(event: FaxHeard) -> dict[str, Any]:
    return {"signal": event.signal.value, "freq_hz": round(event.freq_hz, 1), "level_dbm0": round(event.level_dbm0, 1)}


def _caller(event: CallerIdHeard) -> dict[str, Any]:
    message = event.message
    names = {"number": message.number, "name": message.name_text(), "date_time": message.date_time}
    return {**names, "absence": message.absence, "bytes": event.raw.hex(" ")}


DESCRIPTIONS: dict[type, Callable[[Any], tuple[int, str, dict[str, Any]]]] = {
    KeyDown: lambda event: (event.onset_sample, "key", _key(event)),
    KeyUp: lambda event: (event.end_sample, "key_end", {"key": event.key}),
    KeyMissed: lambda event: (
        event.would_be.onset_sample,
        "no_key",
        {**_key(event.would_be), "duration_ms": event.duration_ms, "reasons": list(event.reasons)},
    ),
    ToneHeard: lambda event: (event.began_sample, "tone", {"tone": event.name, **_tone(event)}),
    ToneGone: lambda event: (event.at_sample, "tone_end", {"tone": event.name}),
    ToneMissed: lambda event: (
        event.at_sample,
        "no_tone",
        {"reasons": [event.reason], "rhythm_s": list(event.rhythm_s), **_tone(event)},
    ),
    FaxHeard: lambda event: (event.at_sample, "fax", _fax(event)),
    CallerIdHeard: lambda event: (event.at_sample, "caller", _caller(event)),
    CallerIdDamaged: lambda event: (
        event.at_sample,
        "no_caller",
        {"reasons": [event.reason], "bytes": event.raw.hex(" ")},
    ),
}


def _summaries(tracks: FloatArray, activity: ActivityBank, voiced_ticks: NDArray[np.intp]) -> Iterator[Heard]:
    length_s = tracks.shape[1] / RATE_HZ
    for track in range(len(tracks)):
        figures = {
            "level_dbm0": round(float(activity.level_dbm0[track]), 1),
            "noise_dbm0": round(float(activity.noise_dbm0[track]), 1),
            "hum_dbm0": round(float(activity.hum_dbm0[track]), 1),
            "dc": round(float(activity.dc[track]), 4),
            "sound_percent": round(100 * float(voiced_ticks[track]) * BLOCK_SAMPLES / max(tracks.shape[1], 1)),
        }
        yield Heard(track, round(length_s, 3), "line", figures)
