"""The sound of a recording, fetched part by part while it is heard: never all of it."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

PART_SAMPLES = 32768  # 64 KiB, 4 s
KEPT_PARTS = 8


class RecordingSound:
    """
    :param ask: from which sample on; fires with an answer of `play_recording`
    :param failed: told why a part did not come
    """

    def __init__(self, ask: Callable[[int], Deferred[Any]], failed: Callable[[Any], None]) -> None:
        self.n_samples: int | None = None  # in all; known with the first part
        self._ask, self._failed = ask, failed
        self._parts: OrderedDict[int, array[int]] = OrderedDict()
        self._asked: set[int] = set()

    def read(self, first: int, n_samples: int) -> array[int] | None:
        """
        So many samples from there on, fewer at the end of a part, none at the end of all; None: it is not here yet,
        and has been asked for. What comes behind is asked for as well.
        """
        if self.n_samples is not None and first >= self.n_samples:
            return array("h")
        number, within = divmod(first, PART_SAMPLES)
        self._fetch(number)
        if number not in self._parts:
            return None
        self._parts.move_to_end(number)
        if self.n_samples is not None and (number + 1) * PART_SAMPLES < self.n_samples:
            self._fetch(number + 1)
        return self._parts[number][within : within + n_samples]

    def _fetch(self, number: int) -> None:
        if number in self._parts or number in self._asked:
            return
        self._asked.add(number)
        asked = self._ask(number * PART_SAMPLES)
        asked.addBoth(self._answered, number)
        asked.addCallback(self._came, number)
        asked.addErrback(self._failed)

    def _answered(self, answer: Any, number: int) -> Any:
        self._asked.discard(number)
        return answer

    def _came(self, answer: dict[str, Any], number: int) -> None:
        self.n_samples = answer["samples"]
        octets = answer["octets"]
        part = array("h", octets[: len(octets) // 2 * 2])
        self._parts[number] = part
        if len(self._parts) > KEPT_PARTS:
            self._parts.popitem(last=False)
