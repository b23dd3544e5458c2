"""Music on hold, composed here so that nobody's rights are in the way; it joins its own beginning."""

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import RATE_HZ, FloatArray

LEVEL_DBFS = -22.0
BAR_S = 3.0
NOTES_PER_BAR = 6
# Semitones above E4. E major without its fourth, A: 440 Hz would sound like the exchange's 450-Hz tones to a detector.
E4_HZ = 329.63
CHORDS = ((0, 4, 7), (-3, 0, 4), (4, 7, 11), (-5, -1, 2), (0, 4, 7), (-3, 4, 7), (-3, 2, 7), (-5, 2, 7))
PATTERN = (0, 1, 2, 3, 2, 1)  # of the chord's tones and the first one's octave
MELODY = (16, None, 14, 12, 11, None, 14, None)  # one long note a bar above the broken chord
HARMONICS = (1.0, 0.4, 0.15, 0.05)


def compose() -> FloatArray:
    """The piece: shape (192000,), 24 s at 8 kHz, mean power -22 dBFS, without a seam when it is repeated."""
    piece = np.zeros(round(len(CHORDS) * BAR_S * RATE_HZ), np.float64)
    for bar, (chord, high) in enumerate(zip(CHORDS, MELODY, strict=True)):
        start_s = bar * BAR_S
        for beat, index in enumerate(PATTERN):
            semitones = (*chord, chord[0] + 12)[index]
            _add(piece, start_s + beat * BAR_S / NOTES_PER_BAR, _note(semitones, 0.006, 0.6))
        for semitones in chord:
            _add(piece, start_s, 0.25 * _note(semitones, 0.6, 1.5))
        if high is not None:
            _add(piece, start_s, 0.5 * _note(high, 0.03, 1.2))
    rms = float(np.sqrt(np.mean(np.square(piece))))
    return np.asarray(piece * (10 ** (LEVEL_DBFS / 20) / rms), np.float32)


def _note(semitones: int, attack_s: float, decay_s: float) -> NDArray[np.float64]:
    t = np.arange(round((attack_s + 5 * decay_s) * RATE_HZ)) / RATE_HZ
    freq_hz = E4_HZ * 2 ** (semitones / 12)
    tone = sum(
        a * np.sin(2 * np.pi * n * freq_hz * t) * np.exp(-(n - 1) * t / decay_s) for n, a in enumerate(HARMONICS, 1)
    )
    return np.asarray(tone * np.minimum(1, t / attack_s) * np.exp(-t / decay_s))


def _add(piece: NDArray[np.float64], at_s: float, note: NDArray[np.float64]) -> None:
    """Mix a note in; what rings past the end rings over the beginning."""
    where = (round(at_s * RATE_HZ) + np.arange(note.size)) % piece.size
    np.add.at(piece, where, note)
