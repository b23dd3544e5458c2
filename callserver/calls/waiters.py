"""Several may wait for the same thing."""

from __future__ import annotations

from typing import Generic, TypeVar

from twisted.internet.defer import Deferred

T = TypeVar("T")


class Waiters(Generic[T]):
    """
    Gives each who waits a Deferred of his own; true while somebody waits.

    Who is told may cancel another's wait, or wait anew: for the next time, not for this one.
    """

    def __init__(self) -> None:
        self._waiting: list[Deferred[T]] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def wait(self) -> Deferred[T]:
        """Fires the next time; cancel it to stop."""
        waiter: Deferred[T] = Deferred(self._forget)
        self._waiting.append(waiter)
        return waiter

    def fire(self, value: T) -> None:
        """All who wait now are told."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.called:  # cancelled by who was told before it
                waiter.callback(value)

    def _forget(self, waiter: Deferred[T]) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
