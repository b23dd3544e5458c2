"""
What changes on the board, for all screens at once.

Each change of a channel or a queue is told once to each program that may see it. Changes that come within 0.1 s of the
last telling go together, and of what changes several times only the newest look is told: people do not see faster, and
a hall of fifty programs is written to ten times a second at most. The first change after a quiet moment is told at
the end of the turn in which it happens.

What is told is the same for all who may see the same (`Sight`), so it is put into bytes once for them. That holds only
while one telling lasts: a program that reads later gets what is so then, with the age of then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.acd.supervision.sight import Sight
from callserver.agents.desk import WaitingLists
from callserver.calls.board import Board, ChannelStatus
from callserver.wire.convert import to_wire
from callserver.wire.messages import ChannelRow, QueueRow
from callserver.wire.packed import PackedCall

log = Logger()

WINDOW_S = 0.1


class Watcher(Protocol):
    """A screen."""

    def channel_changed(self, channel: str) -> None:
        """It looks otherwise; `tell` comes soon."""

    def queue_changed(self, queue: str) -> None:
        """Likewise."""

    def tell(self) -> None:
        """Tell all that has changed."""


class BoardFeed:
    """Watches board and waiting lists for all screens of the agents' channel."""

    def __init__(self, clock: IReactorTime, board: Board, waiting: WaitingLists) -> None:
        self._clock, self._board, self._waiting = clock, board, waiting
        self._screens: list[Watcher] = []
        self._waits_changed = False
        self._queues: dict[str, QueueRow] = {}  # as they were told
        self._telling: IDelayedCall | None = None
        self._told_s = clock.seconds() - WINDOW_S
        self._packed: dict[tuple[str, str, Sight], PackedCall] | None = None  # while all are told
        board.watch(self._channel_changed)
        waiting.watch(self._waiting_changed)

    def watch(self, screen: Watcher) -> Callable[[], None]:
        """Tell a screen what looks otherwise; returns what ends it."""
        if not self._screens:
            self._queues = {row.queue: row for row in self._waiting.rows()}
        self._screens.append(screen)
        return lambda: self._forget(screen)

    def rows(self, sight: Sight) -> tuple[ChannelRow, ...]:
        """All that may be seen, as it is now."""
        return tuple(
            sight.row(status, self._board.age_s(status))
            for status in self._board.statuses.values()
            if sight.shows(status)
        )

    def queues(self, sight: Sight) -> tuple[QueueRow, ...]:
        """All queues, as they are now."""
        return tuple(map(sight.queue, self._waiting.rows()))

    def shows(self, channel: str, sight: Sight) -> bool:
        """Whether this one may be seen."""
        return sight.shows(self._board.statuses[channel])

    def channel(self, channel: str, sight: Sight) -> PackedCall:
        """The telling of how it looks now."""
        return self._once("row", channel, sight, lambda: self._row(channel, sight))

    def queue(self, queue: str, sight: Sight) -> PackedCall:
        """The telling of who waits there now."""
        return self._once("queue", queue, sight, lambda: sight.queue(self._queue_now(queue)))

    def _once(self, what: str, name: str, sight: Sight, look: Callable[[], ChannelRow | QueueRow]) -> PackedCall:
        if self._packed is None:
            return PackedCall(what, to_wire(look()))
        key = what, name, sight
        if key not in self._packed:
            self._packed[key] = PackedCall(what, to_wire(look()))
        return self._packed[key]

    def _row(self, channel: str, sight: Sight) -> ChannelRow:
        status = self._board.statuses[channel]
        return sight.row(status, self._board.age_s(status))

    def _queue_now(self, queue: str) -> QueueRow:
        if self._packed is not None:
            return self._queues[queue]
        return next((row for row in self._waiting.rows() if row.queue == queue), QueueRow(queue))

    # What happens

    def _channel_changed(self, status: ChannelStatus) -> None:
        for screen in self._screens:
            screen.channel_changed(status.channel)
        self._soon()

    def _waiting_changed(self) -> None:
        self._waits_changed = True
        self._soon()

    def _soon(self) -> None:
        if self._telling is None and self._screens:
            due_s = self._told_s + WINDOW_S - self._clock.seconds()
            self._telling = self._clock.callLater(max(0.0, due_s), self._tell)

    def _tell(self) -> None:
        self._telling, self._told_s = None, self._clock.seconds()
        queues = self._changed_queues()
        self._packed = {}
        for screen in tuple(self._screens):
            try:
                for queue in queues:
                    screen.queue_changed(queue)
                screen.tell()
            except Exception:  # the others are told all the same
                log.failure("a screen could not be told of the board")
        self._packed = None

    def _forget(self, screen: Watcher) -> None:
        self._screens.remove(screen)
        if not self._screens and self._telling is not None:
            self._telling.cancel()
            self._telling = None

    def _changed_queues(self) -> Sequence[str]:
        if not self._waits_changed:
            return ()
        self._waits_changed = False
        before, now = self._queues, {row.queue: row for row in self._waiting.rows()}
        self._queues = now | {name: QueueRow(name) for name in before.keys() - now.keys()}
        return [
            name for name, row in self._queues.items() if name not in before or ageless(before[name]) != ageless(row)
        ]


def ageless(row: QueueRow) -> QueueRow:
    """The same without what grows by itself."""
    return replace(row, oldest_s=0.0, waiters=tuple(replace(waiter, since_s=0.0) for waiter in row.waiters))
