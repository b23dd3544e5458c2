"""Caller ID as sound, in: frequency-shift keying after Bell 202 and ITU-T V.23 for one line that rings."""

from collections import deque

import numpy as np

from callserver.dsp.caller_id.characters import CallerIdEvent, CharacterReader
from callserver.dsp.caller_id.fsk import FskTones
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude

WINDOW_SAMPLES = 8
MIDDLE = FskTones(1250.0, 2150.0)  # between Bell 202 and V.23: 50 Hz are nothing in 8 samples
FLOOR_DBM0 = -44.0  # must hear -38 dBm, shall not hear -48
LARGEST_TWIST = amplitude(12.0) / amplitude(0.0), amplitude(9.0) / amplitude(0.0)  # mark, space the louder
EVENING = 0.5  # full evening would let the leak of a loud tone, at each change, pass for the faint one
MEMORY_BLOCKS = 5  # 100 ms: the loudness of mark and space


def _tone_filters() -> tuple[FloatArray, FloatArray]:
    """Complex correlators that fit both tones at once, so that a loud one does not leak into the other."""
    times = np.arange(WINDOW_SAMPLES) - (WINDOW_SAMPLES - 1) / 2
    angles = [2 * np.pi * freq_hz / RATE_HZ * times for freq_hz in (MIDDLE.mark_hz, MIDDLE.space_hz)]
    waves = np.stack([part(angle) for angle in angles for part in (np.cos, np.sin)], axis=1)
    weights = np.hanning(WINDOW_SAMPLES + 2)[1:-1] ** 0.5
    rows = np.linalg.pinv(waves * weights[:, None]) * weights
    return rows[0] + 1j * rows[1], rows[2] + 1j * rows[3]


def _high_pass(n_taps: int = 48) -> FloatArray:
    """A sample less the fading mean of those before it: no DC, 50 Hz weaker by 9 dB, the bits hardly touched."""
    fading = 0.9 ** np.arange(n_taps)
    return np.concatenate([[1.0], -fading / fading.sum()])


_WITHOUT_DC = _high_pass()
_MARK_FILTER, _SPACE_FILTER = _tone_filters()


class FskReceiver:
    """
    Caller-ID messages in the sound of one line, Bell 202 and V.23 alike; to be fed in the ringing window only.

    Each bit is decided by the louder of its two tones, against their usual loudness in the last 100 ms: so a line that
    weakens one by 10 dB does no harm. Characters are found by their start bits, so the clock may be 1 % off and any
    number of marks, up to 30, may lie between them. A message needs marks before it, a known type, all its stop bits
    and its checksum.
    """

    def __init__(self) -> None:
        self._waiting = np.zeros(0, np.float32)
        self._tail = np.zeros(WINDOW_SAMPLES + len(_WITHOUT_DC) - 2, np.float32)
        self._loudness: deque[tuple[float, float]] = deque(maxlen=MEMORY_BLOCKS)
        self._characters = CharacterReader()

    def feed(self, sound: FloatArray) -> list[CallerIdEvent]:
        """
        Sound, float32, shape (n,), any n.

        :raises ValueError: naming the shape or type, when it is another
        """
        if not isinstance(sound, np.ndarray) or sound.dtype != np.float32 or sound.ndim != 1:
            found = getattr(sound, "dtype", type(sound).__name__)
            raise ValueError(f"sound must be float32 of shape (n,), not {found} of shape {np.shape(sound)}")
        self._waiting = np.concatenate([self._waiting, sound])
        events: list[CallerIdEvent] = []
        while self._waiting.size >= BLOCK_SAMPLES:
            block, self._waiting = self._waiting[:BLOCK_SAMPLES], self._waiting[BLOCK_SAMPLES:]
            events += self._characters.feed(self._decide(block))
        return events

    def _decide(self, block: FloatArray) -> FloatArray:
        """For each sample, how much more of a mark than of a space it is, from -1 to 1; 0 without a signal."""
        joined = np.concatenate([self._tail, block])
        self._tail = joined[block.size :]
        joined = np.convolve(joined, _WITHOUT_DC, "valid")
        mark = np.abs(np.convolve(joined, _MARK_FILTER[::-1], "valid"))
        space = np.abs(np.convolve(joined, _SPACE_FILTER[::-1], "valid"))
        self._loudness.append((_usual_height(mark), _usual_height(space)))
        mark_loudness, space_loudness = np.max(self._loudness, axis=0)
        if max(mark_loudness, space_loudness) < amplitude(FLOOR_DBM0):
            return np.zeros(block.size, np.float32)
        mark = mark / max(mark_loudness, space_loudness / LARGEST_TWIST[1]) ** EVENING
        space = space / max(space_loudness, mark_loudness / LARGEST_TWIST[0]) ** EVENING
        decisions: FloatArray = ((mark - space) / np.maximum(mark + space, 1e-9)).astype(np.float32)
        return decisions


def _usual_height(values: FloatArray) -> float:
    """The ninth of ten."""
    place = len(values) * 9 // 10
    return float(np.partition(values, place)[place])
