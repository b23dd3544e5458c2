"""Patience: how often a command is said, how long something is waited for; and what is told at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callserver.fax.t30.timers import N_TRIES
from callserver.wire.fax_results import FaxResult


class Command:
    """Said three times in all. `first` says it together with what goes before it, `again` alone."""

    def __init__(self, first: Callable[[], None], again: Callable[[], None] | None = None) -> None:
        self.begin(first, again)

    def begin(self, first: Callable[[], None], again: Callable[[], None] | None = None) -> None:
        """Another command takes this one's place."""
        self._again, self._n_left = again or first, N_TRIES - 1
        first()

    def again(self) -> bool:
        """:return: was there a try left?"""
        self._n_left -= 1
        if self._n_left >= 0:
            self._again()
        return self._n_left >= 0


class Until:
    """A time at which patience ends."""

    def __init__(self, now_s: float, patience_s: float) -> None:
        self._end_s = now_s + patience_s

    def left_s(self, now_s: float) -> float:
        """Zero or less when it has ended."""
        return self._end_s - now_s


@dataclass
class Goodbye:
    """The result that is told once DCN is on the line."""

    result: FaxResult
