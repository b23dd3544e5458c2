"""Whether a sentence can be heard in what somebody heard."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

Sound = NDArray[np.float32]

PIECE_SAMPLES = 8000  # 1 s
SLACK_SAMPLES = 800  # two clocks may part by so much within a piece's length


def track(path: Path, number: int) -> Sound:
    """One track of a 16-bit WAV, 0 is the left one."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.reshape(-1, file.getnchannels())[:, number].astype(np.float32) / 32768


def likeness(sentence: Sound, heard: Sound) -> float:
    """
    How much of a sentence was heard: normalised cross-correlation after alignment.

    The whole sentence is aligned first; then each second of it within ±100 ms of its place, because an elastic buffer
    may slip a sample here and there. The mean over the seconds, weighted with their energy: 1 is unchanged but for
    loudness, about 0.2 is what a foreign sentence gives.
    """
    heard = np.pad(heard, (SLACK_SAMPLES, SLACK_SAMPLES + sentence.size))
    place = int(np.argmax(_correlation(sentence, heard)))
    total = energy = 0.0
    for start in range(0, sentence.size - PIECE_SAMPLES // 2, PIECE_SAMPLES):
        piece = sentence[start : start + PIECE_SAMPLES]
        first = max(0, place + start - SLACK_SAMPLES)
        around = heard[first : first + piece.size + 2 * SLACK_SAMPLES]
        weight = float(np.sum(piece.astype(np.float64) ** 2))
        total += weight * float(_correlation(piece, around).max())
        energy += weight
    return total / energy


def _correlation(sentence: Sound, heard: Sound) -> NDArray[np.float64]:
    """Normalised cross-correlation at every alignment."""
    sentence_, heard_ = sentence.astype(np.float64), heard.astype(np.float64)
    products = correlate(heard_, sentence_, "valid", "fft")
    sums = np.concatenate(([0.0], np.cumsum(heard_**2)))
    there = sums[sentence.size :] - sums[: -sentence.size]
    scale = np.sqrt(np.maximum(there, 1e-3) * np.sum(sentence_**2))
    return np.asarray(products[: scale.size] / scale[: products.size])
