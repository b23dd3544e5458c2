"""Spans and places of time as screens show them."""

from __future__ import annotations

from datetime import datetime


def moment(iso: str) -> str:
    """A moment that the server tells, as the clock on this computer's wall has it: "2026-11-26 14:03"."""
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")


def stopwatch(seconds: float) -> str:
    """As "0:04", "12:30", "1:02:03"; whole seconds that have passed."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
