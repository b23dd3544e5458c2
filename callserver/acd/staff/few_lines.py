"""How much one address can make the server write down: who is refused again and again fills neither log nor disk."""

from __future__ import annotations

from collections import Counter

from twisted.internet.interfaces import IReactorTime

LINES_A_MINUTE = 10


class FewLines:
    """Ten lines a minute and address, and an eleventh that says that there are more."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._lines: Counter[str] = Counter()
        self._since_s = 0.0

    def count(self, address: str) -> int:
        """One more from there; how many this minute, that one included."""
        if self._clock.seconds() - self._since_s >= 60:
            self._lines.clear()
            self._since_s = self._clock.seconds()
        self._lines[address] += 1
        return self._lines[address]
