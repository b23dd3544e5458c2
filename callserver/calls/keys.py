"""
The keys a caller has pressed and nobody has taken yet.

A key is written down when it is taken, not when it is pressed: only then is it known whether it belongs to a secret.
So a PIN typed ahead of its question is as secret as one typed after it. What nobody takes is written down masked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.defer import Deferred

KEYS_MAX = 32  # so many may wait for a menu; more are noise
TWICE_S = 1.0  # an end key that follows another so soon is the same, pressed twice
MASK = "?"
SEQUENCE_S = 2.0  # keys that are one sequence follow each other within so long


@dataclass(frozen=True)
class Key:
    """One key; `at_s`: when it began, on the monotonic clock."""

    digit: str
    source: str  # "sound" or "modem"
    at_s: float

    def __repr__(self) -> str:
        return f"<Key from {self.source}>"  # may be part of a secret


class Keys:
    """
    One caller's keys, in order.

    :param write: writes one key down: the digit, or "?" where it is secret or nobody took it
    `last_at_s`: when the newest key began, on the monotonic clock.
    """

    def __init__(self, write: Callable[[Key, str], None]) -> None:
        self._write = write
        self.last_at_s = 0.0
        self._untaken: deque[Key] = deque()
        # The end key of the input before, until when, and whether it may come twice
        self._due: tuple[str, float, bool] | None = None
        self._waiting: list[Deferred[None]] = []
        self._typed = ""  # the last keys, as far as they may be one sequence
        self._awaited: list[tuple[str, Deferred[None]]] = []

    def __len__(self) -> int:
        return len(self._untaken)

    def press(self, key: Key) -> None:
        """A key was pressed: whoever waits for one is told. The end key that is due belongs to the input before."""
        self._typed = (self._typed if key.at_s - self.last_at_s <= SEQUENCE_S else "") + key.digit
        self.last_at_s = key.at_s
        if self._completes(key):
            return
        if self._is_due(key):
            self._write(key, key.digit)
            return
        if len(self._untaken) == KEYS_MAX:
            self._write(self._untaken.popleft(), MASK)
        self._untaken.append(key)
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.called:
                waiter.callback(None)

    def when_pressed(self, *, anew: bool = False) -> Deferred[None]:
        """A fresh Deferred that fires at the next key (at once if one waits, unless it is to be pressed `anew`)."""
        waiter: Deferred[None] = Deferred(self._forget)
        if self._untaken and not anew:
            waiter.callback(None)
        else:
            self._waiting.append(waiter)
        return waiter

    def when_typed(self, sequence: str) -> Deferred[None]:
        """A fresh Deferred that fires when these keys were pressed one after the other; the last is no input then."""
        waiter: Deferred[None] = Deferred()
        self._awaited.append((sequence, waiter))
        return waiter

    def end_key_due(self, digit: str, until_s: float) -> None:
        """An input has ended without its end key: that key alone, if it comes next and in time, is no new input."""
        self._due = (digit, until_s, True)
        self._take_due()

    def end_key_taken(self, digit: str, at_s: float) -> None:
        """An input has ended with its end key: that key once more, at once, was pressed twice and is no new input."""
        self._due = (digit, at_s + TWICE_S, False)
        self._take_due()

    def _completes(self, key: Key) -> bool:
        """Whether this key ends a sequence that somebody waits for; he is told."""
        found = next((one for one in self._awaited if self._typed.endswith(one[0])), None)
        self._typed = "" if found else self._typed[-KEYS_MAX:]
        if found is None:
            return False
        self._awaited.remove(found)
        self._write(key, key.digit)
        found[1].callback(None)
        return True

    def _take_due(self) -> None:
        while self._untaken and self._is_due(self._untaken[0]):
            key = self._untaken.popleft()
            self._write(key, key.digit)

    def _is_due(self, key: Key) -> bool:
        due, self._due = self._due, None
        if due is None or key.digit != due[0] or key.at_s > due[1]:
            return False
        if due[2]:
            self._due = (key.digit, key.at_s + TWICE_S, False)
        return True

    def take(self, *, secret: bool = False) -> str:
        """
        The oldest key, written down as it is, or masked.

        :raises IndexError: there is none
        """
        key = self._untaken.popleft()
        self._write(key, MASK if secret else key.digit)
        return key.digit

    def first_at_s(self) -> float | None:
        """When the oldest key that waits was pressed."""
        return self._untaken[0].at_s if self._untaken else None

    def drop(self) -> None:
        """Nobody will take what waits; nor is anything due."""
        self._due = None
        while self._untaken:
            self._write(self._untaken.popleft(), MASK)

    def _forget(self, waiter: Deferred[None]) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
