"""From marks and spaces to characters and messages of caller ID."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.caller_id.fsk import BAUD
from callserver.dsp.caller_id.messages import MESSAGE_TYPES, CallerIdError, CallerIdMessage, parse_message
from callserver.dsp.frames import RATE_HZ, FloatArray

BIT_SAMPLES = RATE_HZ / BAUD
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


def _byte(bits: FloatArray) -> int:
    return int(np.packbits(bits[1:9] > 0, bitorder="little")[0])
