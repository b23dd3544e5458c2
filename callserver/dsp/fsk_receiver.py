"""Caller ID as sound, in: frequency-shift keying after Bell 202 and ITU-T V.23 for one line that rings."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.caller_id import MESSAGE_TYPES, CallerIdError, CallerIdMessage, parse_message
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.dsp.fsk import BAUD, FskTones

BIT_SAMPLES = RATE_HZ / BAUD
WINDOW_SAMPLES = 8
MIDDLE = FskTones(1250.0, 2150.0)  # between Bell 202 and V.23: 50 Hz are nothing in 8 samples
FLOOR_DBM0 = -44.0  # must hear -38 dBm, shall not hear -48
LARGEST_TWIST = amplitude(12.0) / amplitude(0.0), amplitude(9.0) / amplitude(0.0)  # mark, space the louder
EVENING = 0.5  # full evening would let the leak of a loud tone, at each change, pass for the faint one
MEMORY_BLOCKS = 5  # 100 ms: the loudness of mark and space
LEADING_MARK_BITS = 12
LONGEST_GAP_BITS = 30
CLEARNESS = 0.3  # how much the tone of a bit must exceed the other, on average
CHARACTER_SAMPLES = round(10 * BIT_SAMPLES) + 2


@dataclass(frozen=True)
class CallerIdHeard:
    """A message with a right checksum."""

    message: CallerIdMessage
    raw: bytes
    at_sample: int  # of its end


@dataclass(frozen=True)
class CallerIdDamaged:
    """Something began like a message and was none; never shown to people as a caller."""

    raw: bytes
    reason: str
    at_sample: int


CallerIdEvent = CallerIdHeard | CallerIdDamaged


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


class CharacterReader:
    """Start bits, characters and messages, from the decision of every sample; any cut gives the same."""

    def __init__(self) -> None:
        self._decisions = np.zeros(0, np.float32)
        self._start = 0  # number of the first of them
        self._cursor = 0  # marks, or not yet looked at, from here on
        self._marks_from = 0.0
        self._message = bytearray()
        self._clearness: list[float] = []

    def feed(self, decisions: FloatArray) -> list[CallerIdEvent]:
        """The decisions of more samples."""
        self._decisions = np.concatenate([self._decisions, decisions])
        events: list[CallerIdEvent] = []
        while (edge := self._next_start_bit(events)) is not None:
            bits = self._bits(edge)
            if self._message:
                self._go_on(edge, bits, events)
            elif not self._begin(edge, bits):
                self._go_past(edge)
        keep = max(self._cursor - self._start - 2, 0)
        self._decisions, self._start = self._decisions[keep:], self._start + keep
        return events

    def _next_start_bit(self, events: list[CallerIdEvent]) -> float | None:
        """The next edge from mark to space, as soon as the whole character after it is there."""
        first, end = self._cursor - self._start, self._start + self._decisions.size
        spaces = self._cursor + np.flatnonzero(self._decisions[first:] <= 0)
        at = int(spaces[0]) if spaces.size and self._message else self._after_marks(spaces, end)
        if self._message and at - self._marks_from > LONGEST_GAP_BITS * BIT_SAMPLES:
            self._damaged("no more characters", events)
        self._cursor = at
        if at + CHARACTER_SAMPLES > end:
            return None
        if at == self._start:
            return float(at)
        before, after = self._decisions[at - self._start - 1 : at - self._start + 1]
        return at - float(np.clip(after / min(after - before, -1e-6), 0, 1))

    def _after_marks(self, spaces: NDArray[np.intp], end: int) -> int:
        """The first space that follows marks enough to begin a message; `end` if there is none yet."""
        marks_from = np.concatenate([[self._marks_from], spaces[:-1] + 1.0]) if spaces.size else np.zeros(0)
        enough = np.flatnonzero(spaces - marks_from >= LEADING_MARK_BITS * BIT_SAMPLES)
        if enough.size:
            self._marks_from = float(marks_from[enough[0]])
            return int(spaces[enough[0]])
        if spaces.size:
            self._marks_from = float(spaces[-1] + 1)
        return end

    def _bits(self, edge: float) -> FloatArray:
        """The ten bits of a character, start and stop bit among them, as decisions in their middles."""
        middles = np.rint(edge + (np.arange(10) + 0.5) * BIT_SAMPLES).astype(np.intp) - self._start
        around = self._decisions[middles[:, None] + np.arange(-1, 2)]
        middle: FloatArray = around.mean(axis=1)
        return middle

    def _begin(self, edge: float, bits: FloatArray) -> bool:
        if bits[0] >= 0 or bits[9] <= 0 or _byte(bits) not in MESSAGE_TYPES:
            return False
        self._message, self._clearness = bytearray(), []
        self._append(edge, bits)
        return True

    def _go_on(self, edge: float, bits: FloatArray, events: list[CallerIdEvent]) -> None:
        if bits[0] >= 0 or bits[9] <= 0:
            self._damaged("no stop bit", events)
            self._go_past(edge)
            return
        self._append(edge, bits)
        if len(self._message) >= 2 and len(self._message) == self._message[1] + 3:
            self._finish(events)

    def _append(self, edge: float, bits: FloatArray) -> None:
        self._message.append(_byte(bits))
        self._clearness.append(float(np.abs(bits).mean()))
        self._marks_from = edge + 9 * BIT_SAMPLES
        self._cursor = int(edge + 9.5 * BIT_SAMPLES)

    def _go_past(self, edge: float) -> None:
        """No character begins here."""
        self._cursor = int(edge) + 2
        self._marks_from = float(self._cursor)

    def _finish(self, events: list[CallerIdEvent]) -> None:
        try:
            message = parse_message(bytes(self._message))
        except CallerIdError as problem:
            self._damaged(str(problem), events)
            return
        if np.mean(self._clearness) < CLEARNESS:
            self._damaged("too faint against the noise", events)
            return
        events.append(CallerIdHeard(message, bytes(self._message), self._cursor))
        self._message = bytearray()

    def _damaged(self, reason: str, events: list[CallerIdEvent]) -> None:
        events.append(CallerIdDamaged(bytes(self._message), reason, self._cursor))
        self._message = bytearray()


def _usual_height(values: FloatArray) -> float:
    """The ninth of ten."""
    place = len(values) * 9 // 10
    return float(np.partition(values, place)[place])


def _byte(bits: FloatArray) -> int:
    return int(np.packbits(bits[1:9] > 0, bitorder="little")[0])
