"""Answers of a server's acts on recordings, in their real shapes; and something that plays."""

from __future__ import annotations

from array import array
from typing import Any

from twisted.internet.task import Clock


def row(number: int, **more: Any) -> dict[str, Any]:
    """One of `list_recordings`: a call of Li Ming, answered by 801."""
    return {
        "number": number,
        "call": f"call-{number}",
        "started": "2026-03-02T04:00:00+00:00",
        "length_s": 60.0,
        "caller": "13800138000",
        "name": "李明",
        "line": "line 7",
        "direction": "in",
        "outcome": "answered",
        "agents": ["801"],
        "queues": ["shop"],
        "orders": [],
        "by": "",
        "class": "",
        "note": "",
        "protected": False,
    } | more


def page(*rows: dict[str, Any], after: str = "") -> dict[str, Any]:
    """An answer of `list_recordings`."""
    return {"found": list(rows), "next": after}


def sound(n_samples: int, of: int, loudness: int = 5000) -> dict[str, Any]:
    """An answer of `play_recording`: a tone's part; there are `of` samples in all."""
    tone = [loudness if n // 10 % 2 else -loudness for n in range(n_samples)]
    return {"octets": array("h", tone).tobytes(), "samples": of}


class FakeSpeaker:
    """Plays at the clock's pace what was written; `heard` is all of it."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._over_s = clock, clock.seconds()
        self.heard = b""
        self.is_there, self.stopped = True, False

    def write(self, data: bytes) -> None:
        self.heard += data
        self._over_s = max(self._over_s, self._clock.seconds()) + len(data) / 2 / 8000

    def queued_s(self) -> float:
        return max(0.0, self._over_s - self._clock.seconds())

    def alive(self) -> bool:
        return self.is_there

    def stop(self) -> None:
        self.stopped = True
