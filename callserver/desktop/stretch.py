"""Speech faster or slower, at the same pitch."""

from __future__ import annotations

from array import array
from operator import sub

HOP = 160  # 20 ms of output at a time
SEARCH, STEP = 80, 4  # a piece is looked for 10 ms around its place: the longest period of a voice
COMPARED = slice(0, HOP, 2)  # every other sample is enough to tell whether two pieces fit
RISE = [(n + 0.5) / HOP for n in range(HOP)]


class Stretch:
    """
    Sound at another speed: pieces of 40 ms, each where it fits best to the end of the one before, faded over each
    other by halves (WSOLA, Verhelst & Roelands 1993).

    :param speed: 2.0 is twice as fast; 1.0 leaves every sample as it is
    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._data = array("h")
        self._place = 0.0  # where the next piece would begin, in `_data`
        self._follows = 0  # where the sound goes on behind the last piece
        self._tail: array[int] | None = None  # the second half of the last piece

    @property
    def n_waiting(self) -> int:
        """Samples that were fed and are not heard yet."""
        return max(0, len(self._data) - self._follows)

    def feed(self, samples: array[int]) -> array[int]:
        """More sound; what there is of it by now, at the other speed."""
        if self.speed == 1.0:
            return samples
        self._data += samples
        output = array("h")
        while max(self._place + SEARCH, self._follows) + 2 * HOP <= len(self._data):
            output += self._piece()
        return output

    def _piece(self) -> array[int]:
        begin = self._best()
        piece = self._data[begin : begin + 2 * HOP]
        tail = self._tail if self._tail is not None else piece[:HOP]
        faded = [round(old + (new - old) * part) for old, new, part in zip(tail, piece[:HOP], RISE, strict=True)]
        self._tail, self._follows = piece[HOP:], begin + HOP
        self._place += HOP * self.speed
        self._forget(min(self._follows, int(self._place) - SEARCH))
        return array("h", faded)

    def _best(self) -> int:
        """Where a piece begins that sounds most like what would have followed: the smallest difference."""
        if self._tail is None:
            return 0
        data, wanted = self._data, self._tail[COMPARED]
        place = int(self._place)
        return min(
            range(max(0, place - SEARCH), place + SEARCH + 1, STEP),
            key=lambda at: sum(map(abs, map(sub, data[at : at + HOP : 2], wanted))),
        )

    def _forget(self, n: int) -> None:
        if n > 0:
            del self._data[:n]
            self._place -= n
            self._follows -= n
