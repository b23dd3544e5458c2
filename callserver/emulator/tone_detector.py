"""Call-progress and fax tones in what terminals hear, told apart by their cadence; all terminals in one product."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.dsp.progress.plans import Plan
from callserver.dsp.tones import Cadence, cadence

PROGRESS = ("ringback", "busy", "congestion", "unobtainable")
FAX_CALLING, FAX_ANSWER = "fax calling", "fax answer"
FAX_CALLING_HZ, FAX_ANSWER_HZ = 1100.0, 2100.0  # ITU-T T.30
THRESHOLD_POWER = amplitude(-38.0) ** 2 / 2
SHARE = 0.6  # of the sound's power that the tone must have
EACH = 0.1  # of the tone's power that each of its frequencies must have: 440 Hz alone is no dial tone
LONG_SILENCE_MS = 1000  # longer than any pause of busy or congestion: the burst before it was ringback
FORGET_MS = 7000
MAX_RUNS = 16


class RecognisedTone(NamedTuple):
    """A tone has been recognised on a row."""

    row: int
    tone: str  # "dial", "ringback", "busy", "congestion", "unobtainable", "fax calling", "fax answer"


@dataclass
class _Past:
    """Lengths in ms of the latest bursts and pauses of one tone on one row; a burst comes first."""

    runs_ms: list[int] = field(default_factory=list)

    def add(self, run_ms: int, sounded: bool) -> None:
        if (sounded and len(self.runs_ms) % 2) or run_ms > FORGET_MS:
            self.runs_ms.clear()
        if sounded or self.runs_ms:
            self.runs_ms.append(run_ms)
        del self.runs_ms[: 2 * (len(self.runs_ms) > MAX_RUNS)]


class ToneDetector:
    """
    Names tones on `n_rows`: cadenced ones once their cadence has been heard twice, ringback a second into its silence,
    steady ones (dial, fax answer) when longer than any burst. Each is named again as it goes on.
    """

    def __init__(self, plan: Plan, n_rows: int) -> None:
        of_name = {name: _chord(plan, name) for name in ("dial", *PROGRESS) if name in plan.tones}
        chords = [*dict.fromkeys(of_name.values()), (FAX_CALLING_HZ,), (FAX_ANSWER_HZ,)]
        freqs_hz = np.array([hz for chord in chords for hz in chord])
        angles = np.outer(2 * np.pi * freqs_hz / RATE_HZ, np.arange(BLOCK_SAMPLES))
        phasors = np.concatenate([np.cos(angles), np.sin(angles)]) * np.sqrt(2) / BLOCK_SAMPLES
        self._phasors = phasors.T.astype(np.float32)
        self._chord_starts = np.cumsum([0, *map(len, chords[:-1])])
        self._chord_of = {name: chords.index(chord) for name, chord in of_name.items()}
        self._fax_calling, self._fax_answer = len(chords) - 2, len(chords) - 1
        self._sounds = np.zeros((n_rows, len(chords)), bool)
        self._was_present = np.zeros((n_rows, len(chords)), bool)
        self._run_ms = np.zeros((n_rows, len(chords)), np.int32)
        self._past: dict[tuple[int, int], _Past] = {}
        self._patterns = {name: _spans_ms(plan.tones[name]) for name in PROGRESS if name in plan.tones}
        self._calling = _spans_ms(cadence([FAX_CALLING_HZ], 0.5, 3.0))
        longest_ms = max((max(spans[::2]) for spans in self._patterns.values() if spans), default=1000)
        self._steady_ms = np.full(len(chords), 10**9, np.int32)
        self._steady_ms[self._chord_of["dial"]] = longest_ms * 1.3 // BLOCK_MS * BLOCK_MS
        self._steady_ms[self._fax_answer] = 500

    def feed(self, heard: FloatArray) -> list[RecognisedTone]:
        """One block of every row, shape (n_rows, 160)."""
        present = self._present(heard)
        sounds = present | self._was_present  # two tones 25 Hz apart, or one modulated, vanish for a block at a time
        self._was_present = present
        found: list[RecognisedTone] = []
        for row, chord in np.argwhere(sounds != self._sounds):
            self._changed(int(row), int(chord), bool(sounds[row, chord]), found)
        self._run_ms += BLOCK_MS
        self._sounds = sounds
        steady = sounds & (self._run_ms >= self._steady_ms) & ((self._run_ms - self._steady_ms) % 500 == 0)
        for row, chord in np.argwhere(steady):
            found.append(RecognisedTone(int(row), FAX_ANSWER if chord == self._fax_answer else "dial"))
        ringback = self._chord_of["ringback"]
        for row in np.flatnonzero(~sounds[:, ringback] & (self._run_ms[:, ringback] == LONG_SILENCE_MS)):
            self._silence(int(row), found)
        return found

    def reset(self, row: int) -> None:
        """Another call begins on this row."""
        self._sounds[row], self._run_ms[row] = False, 0
        for chord in range(self._sounds.shape[1]):
            self._past.pop((row, chord), None)

    def _present(self, heard: FloatArray) -> NDArray[np.bool_]:
        products = np.square(heard @ self._phasors)
        half = products.shape[1] // 2
        powers = products[:, :half] + products[:, half:]
        sums = np.add.reduceat(powers, self._chord_starts, axis=1)
        least = np.minimum.reduceat(powers, self._chord_starts, axis=1)
        whole = np.einsum("ij,ij->i", heard, heard)[:, None] / BLOCK_SAMPLES
        return np.asarray((sums > SHARE * whole) & (least > EACH * sums) & (whole > THRESHOLD_POWER))

    def _changed(self, row: int, chord: int, begins: bool, found: list[RecognisedTone]) -> None:
        past = self._past.setdefault((row, chord), _Past())
        made_longer_ms = -BLOCK_MS if begins else BLOCK_MS
        past.add(int(self._run_ms[row, chord]) - made_longer_ms, sounded=not begins)
        self._run_ms[row, chord] = 0
        if not begins:
            return
        if chord == self._fax_calling and _ends(past.runs_ms, self._calling):
            found.append(RecognisedTone(row, FAX_CALLING))
        of_chord = [name for name in PROGRESS if self._chord_of.get(name) == chord]
        if "ringback" in of_chord and _ends(past.runs_ms, self._patterns["ringback"]):
            found.append(RecognisedTone(row, "ringback"))
        names = [name for name in of_chord if name != "ringback" and _is(past.runs_ms, self._patterns[name])]
        found.extend(RecognisedTone(row, name) for name in names[:1])

    def _silence(self, row: int, found: list[RecognisedTone]) -> None:
        runs_ms = self._past.get((row, self._chord_of["ringback"]), _Past()).runs_ms
        if len(runs_ms) % 2 and _ends(runs_ms, self._patterns["ringback"][:-1]):
            found.append(RecognisedTone(row, "ringback"))


def _chord(plan: Plan, name: str) -> tuple[float, ...]:
    """What sounds together in a tone; the bursts of those asked for here are all alike."""
    return tuple(sorted({float(hz) for burst in plan.tones[name].bursts for hz in burst.frequencies_hz}))


def _spans_ms(pattern: Cadence) -> list[float]:
    """On, off, on, off; empty for a steady tone. Pauses of nothing join their neighbours."""
    if any(burst.on_s == float("inf") for burst in pattern.bursts):
        return []
    return [1000 * span_s for burst in pattern.bursts for span_s in (burst.on_s, burst.off_s)]


def _is(runs_ms: list[int], pattern_ms: list[float]) -> bool:
    """Whether the latest whole bursts and pauses are two of the pattern's, from wherever it was joined."""
    if not pattern_ms:
        return False
    wanted = max(len(pattern_ms), 4)
    cyclic = pattern_ms * 3
    starts = range(0, len(pattern_ms), 2)
    return len(runs_ms) >= wanted and any(_near(runs_ms[-wanted:], cyclic[at : at + wanted]) for at in starts)


def _ends(runs_ms: list[int], spans_ms: list[float]) -> bool:
    """Whether the latest bursts and pauses are these."""
    return len(runs_ms) >= len(spans_ms) and _near(runs_ms[-len(spans_ms) :], spans_ms)


def _near(runs_ms: list[int], spans_ms: list[float]) -> bool:
    """Within 12 % and a block and a half: the ends of a burst fall anywhere in a block."""
    return all(
        abs(run_ms - span_ms) <= 0.12 * span_ms + 1.5 * BLOCK_MS
        for run_ms, span_ms in zip(runs_ms, spans_ms, strict=True)
    )
