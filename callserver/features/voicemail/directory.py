"""The boxes as they are now, in memory: a guest is served while the database cannot be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.features.voicemail import rules
from callserver.features.voicemail.rules import Box, Count, Sounding
from callserver.features.voicemail.tables import GreetingKind
from callserver.store.database import Store
from callserver.store.following import Follower

log = Logger()


@dataclass(frozen=True)
class Look:
    """All boxes at one moment, by their numbers."""

    boxes: Mapping[str, Box] = field(default_factory=dict)
    greetings: Mapping[str, Mapping[GreetingKind, Sounding]] = field(default_factory=dict)
    counts: Mapping[str, Count] = field(default_factory=dict)


class Directory(Follower):
    """
    `on_the_way`: so many messages are being left in a box, or wait to be put into it.
    """

    def __init__(self, clock: IReactorTime, store: Store) -> None:
        super().__init__(clock)
        self.now = Look()
        self.on_the_way: Counter[str] = Counter()
        self._store = store
        self._watchers: list[Callable[[], None]] = []
        self._n_looks = self._n_seen = 0

    async def follow(self) -> None:
        self._n_looks += 1
        nth = self._n_looks
        try:
            look = await self._store.read(_look)
        except Exception as problem:
            log.warn("the mailboxes are not looked at: {problem}", problem=problem)
            return
        if nth < self._n_seen:  # an older look that was answered late
            return
        self._n_seen = nth
        before, self.now = self.now, look
        if before != look:
            for watcher in self._watchers:
                watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` when something looks otherwise."""
        self._watchers.append(watcher)

    def soon(self) -> None:
        """Something has changed by us."""
        Deferred.fromCoroutine(self.follow())

    def box(self, number: str) -> Box | None:
        return self.now.boxes.get(number)

    def below(self, number: str) -> list[Box]:
        """Its sub-boxes, by their keys."""
        return sorted((box for box in self.now.boxes.values() if box.parent == number), key=lambda box: box.key)

    def count(self, number: str) -> Count:
        return self.now.counts.get(number, Count())

    def is_full(self, box: Box) -> bool:
        """With those that are being left in it."""
        return self.count(box.number).all + self.on_the_way[box.number] >= box.messages_max

    @contextmanager
    def place_in(self, box: Box) -> Iterator[None]:
        """Nobody else gets it meanwhile: of twenty who are greeted at once only so many as it takes may speak."""
        self.on_the_way[box.number] += 1
        try:
            yield
        finally:
            self.on_the_way[box.number] -= 1


def _look() -> Look:
    boxes = {box.number: box for box in rules.all_boxes()}
    return Look(boxes, rules.all_greetings(), rules.counts())
