"""What was said and heard in a session, with milliseconds, for whoever must find out why a fax failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MAX_LINES = 5_000  # a session of thirty minutes has some hundreds


class Side(Enum):
    """Value: as shown."""

    US = ">"
    FAR = "<"
    NOTE = "."


@dataclass(frozen=True)
class TraceLine:
    """`at_ms` from the session's beginning."""

    at_ms: int
    side: Side
    text: str

    def __str__(self) -> str:
        minutes, ms = divmod(self.at_ms, 60_000)
        return f"{minutes:02}:{ms // 1000:02}.{ms % 1000:03} {self.side.value} {self.text}"


class Trace:
    """The lines so far; of a session that says endlessly the same the beginning is kept."""

    def __init__(self) -> None:
        self.lines: list[TraceLine] = []
        self.now_s = self._began_s = 0.0

    def begin(self, now_s: float) -> None:
        """Milliseconds count from here."""
        self.now_s = self._began_s = now_s

    def add(self, side: Side, text: str) -> None:
        """At the time that was last told in `now_s`."""
        if len(self.lines) < MAX_LINES:
            self.lines.append(TraceLine(round((self.now_s - self._began_s) * 1000), side, text))

    def note(self, text: str) -> None:
        """What is neither said nor heard: a decision, a timer."""
        self.add(Side.NOTE, text)
