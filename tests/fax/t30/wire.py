"""A line between two ends with perfect modems, on virtual time; a test may bend what is heard."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import count
from typing import Protocol

from callserver.fax import signals as s

Bend = Callable[[s.Heard], Iterable[s.Heard]]
START_S = 12_345.0  # a clock is somewhere when a call begins
GAP_S = 0.075
IMAGE_PIECE_S = 0.5


def unbent(heard: s.Heard) -> Iterable[s.Heard]:
    return [heard]


class End(Protocol):
    """A terminal, ours or a scripted one."""

    next_deadline_s: float | None

    def start(self, now_s: float) -> None: ...
    def feed(self, heard: s.Heard, now_s: float) -> None: ...
    def on_time(self, now_s: float) -> None: ...


class Modem:
    """The modem below one end."""

    def __init__(self, line: Line, bend: Bend) -> None:
        self.line, self.bend = line, bend
        self.asked: list[s.Asked] = []
        self.listens: s.Listen | None = None
        self.calls = self.hears_everything = False
        self.burst = 0  # the number of what is being sent; what was broken off has an old one
        self.end: End
        self.other: Modem

    def ask(self, asked: s.Asked) -> None:
        self.asked.append(asked)
        self.burst = next(self.line.numbers)
        self.calls = asked == s.SendTone(s.FaxTone.CNG)
        if isinstance(asked, s.Listen):
            self.listens = asked
            return
        self.listens = None
        at_s = self.line.now_s + GAP_S
        for after_s, heard in signal_of(asked):
            self.line.later(at_s + after_s, self._reaches(heard, asked, self.burst))
        self.line.later(at_s + length_s(asked), self._is_sent(self.burst))

    def _reaches(self, heard: s.Heard, asked: s.Asked, burst: int) -> Callable[[], None]:
        def act() -> None:
            if self.burst == burst:
                self.other.hear(heard, asked)

        return act

    def _is_sent(self, burst: int) -> Callable[[], None]:
        def act() -> None:
            if self.burst == burst:
                self.end.feed(s.Sent(), self.line.now_s)

        return act

    def hear(self, heard: s.Heard, sent: s.Asked) -> None:
        if not self.calls and self.listens is None:
            return
        if isinstance(sent, s.SendImage) and not self.hears_everything:
            wanted = self.listens and (self.listens.image, self.listens.short)
            if self.listens is None or self.listens.image is None:
                return
            if wanted != (sent.modulation, sent.short) and not isinstance(heard, s.ImageOver):
                return
        for bent in self.bend(heard):
            self.end.feed(bent, self.line.now_s)


class Line:
    """Time, and the two modems on it."""

    def __init__(self, bend_a: Bend = unbent, bend_b: Bend = unbent) -> None:
        self.now_s, self.numbers = START_S, count(1)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self.a, self.b = Modem(self, bend_a), Modem(self, bend_b)
        self.a.other, self.b.other = self.b, self.a

    @property
    def elapsed_s(self) -> float:
        """Since the beginning."""
        return self.now_s - START_S

    def after(self, delay_s: float, act: Callable[[], None]) -> None:
        """So many seconds from now."""
        self.later(self.now_s + delay_s, act)

    def later(self, at_s: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at_s, next(self.numbers), act))

    def run(self, a: End, b: End, until_s: float = START_S + 4000.0) -> float:
        """From the start to both ends' end. :return: seconds it took"""
        self.a.end, self.b.end = a, b
        a.start(self.now_s)
        b.start(self.now_s)
        while self.now_s < until_s:
            deadlines = [end.next_deadline_s for end in (a, b) if end.next_deadline_s is not None]
            if not deadlines:
                return self.now_s - START_S
            self._step(min(deadlines))
            for end in (a, b):
                if end.next_deadline_s is not None and end.next_deadline_s <= self.now_s:
                    end.on_time(self.now_s)
        raise AssertionError(f"not over at {until_s} s")

    def _step(self, deadline_s: float) -> None:
        if self._events and self._events[0][0] <= deadline_s:
            self.now_s, _, act = heapq.heappop(self._events)
            act()
        else:
            self.now_s = max(deadline_s, self.now_s)


def signal_of(asked: s.Asked) -> list[tuple[float, s.Heard]]:
    """What the other end hears of it, each some seconds after the beginning."""
    end_s = length_s(asked)
    match asked:
        case s.SendTone(tone):
            return [(0.2, s.ToneHeard(tone))]
        case s.SendFrames(frames):
            heard: list[tuple[float, s.Heard]] = [(0.1, s.FlagsHeard())]
            at_s = 1.0
            for frame in frames:
                at_s += frame_s(frame)
                heard.append((at_s, s.FrameHeard(frame, good=True)))
            return [*heard, (end_s, s.FramesOver())]
        case s.SendImage(modulation):
            piece, training_s = int(modulation.bit_rate * IMAGE_PIECE_S / 8), training(asked)
            pieces = [
                (training_s + (at + piece) * 8 / modulation.bit_rate, s.ImageHeard(octets))
                for at, octets in zip(count(0, piece), asked.pieces(piece))
            ]
            return [(training_s, s.Trained()), *((min(at, end_s), one) for at, one in pieces), (end_s, s.ImageOver())]
    raise AssertionError(asked)


def frame_s(frame: bytes) -> float:
    return (len(frame) + 3) * 8 / 300


def training(asked: s.SendImage) -> float:
    return 0.14 if asked.short else 1.4


def length_s(asked: s.Asked) -> float:
    match asked:
        case s.SendTone(tone):
            return 3.5 if tone is s.FaxTone.CNG else 3.3
        case s.SendFrames(frames):
            return 1.1 + sum(frame_s(frame) for frame in frames)
        case s.SendImage(modulation):
            return training(asked) + sum(map(len, asked.pieces(1000))) * 8 / modulation.bit_rate + 0.02
    raise AssertionError(asked)
