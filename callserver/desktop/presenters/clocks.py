"""Spans and places of time as screens show them."""

from __future__ import annotations


def stopwatch(seconds: float) -> str:
    """As "0:04", "12:30", "1:02:03"; whole seconds that have passed."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
