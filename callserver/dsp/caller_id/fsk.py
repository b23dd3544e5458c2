"""Caller ID as sound: frequency-shift keying after Bell 202 and ITU-T V.23, out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import RATE_HZ, FloatArray, amplitude

BAUD = 1200
SEIZURE_BITS, MARK_BITS, CLOSING_BITS = 300, 180, 5
SENT_DBM0 = -13.5


@dataclass(frozen=True)
class FskTones:
    """The two frequencies of a standard."""

    mark_hz: float  # 1
    space_hz: float  # 0


BELL_202 = FskTones(1200.0, 2200.0)  # North America, China
V_23 = FskTones(1300.0, 2100.0)  # ETSI, United Kingdom


def message_bits(message: bytes, extra_marks: int = 0, seizure_bits: int = SEIZURE_BITS) -> NDArray[np.uint8]:
    """A message with its channel seizure, marks, start and stop bits; `extra_marks` after each byte."""
    seizure = np.arange(seizure_bits, dtype=np.uint8) % 2
    data = np.unpackbits(np.frombuffer(message, np.uint8)[:, None], axis=1, bitorder="little")
    framed = np.pad(np.pad(data, ((0, 0), (1, 0))), ((0, 0), (0, 1 + extra_marks)), constant_values=1)
    ones = [np.ones(n_bits, np.uint8) for n_bits in (MARK_BITS, CLOSING_BITS)]
    return np.concatenate([seizure, ones[0], framed.reshape(-1), ones[1]])


def modulate(
    bits: NDArray[np.uint8],
    tones: FskTones = BELL_202,
    level_dbm0: float = SENT_DBM0,
    *,
    twist_db: float = 0.0,
    baud: float = BAUD,
) -> FloatArray:
    """
    Bits as phase-continuous sound, shape (n,).

    :param twist_db: so much louder the mark is than the space
    """
    times = np.arange(int(len(bits) / baud * RATE_HZ))
    ones = bits[np.minimum((times * baud / RATE_HZ).astype(np.intp), len(bits) - 1)] == 1
    phase = np.cumsum(np.where(ones, tones.mark_hz, tones.space_hz)) * (2 * np.pi / RATE_HZ)
    levels = np.where(ones, amplitude(level_dbm0 + twist_db / 2), amplitude(level_dbm0 - twist_db / 2))
    return (levels * np.sin(phase)).astype(np.float32)


def caller_id_sound(message: bytes, tones: FskTones = BELL_202, level_dbm0: float = SENT_DBM0) -> FloatArray:
    """A whole spill between two rings: seizure, marks, message."""
    return modulate(message_bits(message), tones, level_dbm0)
