"""Who waits in which queue, as programs and screens show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from twisted.logger import Logger

from callserver.acd.queues.entry import Entry
from callserver.acd.queues.queue import Queue
from callserver.wire.messages import QueueRow, Waiter

log = Logger()


class WaitingLists:
    """
    All queues with those who wait, in the order of service; whoever watches is told when one is otherwise.

    :param waited_s: how long an entry has waited
    """

    def __init__(self, queues: Mapping[str, Queue], waited_s: Callable[[Entry], float]) -> None:
        self._queues, self._waited_s = queues, waited_s
        self._watchers: list[Callable[[], None]] = []

    def rows(self) -> Sequence[QueueRow]:
        """Every queue as it is now, with the numbers of callers; who may see those is asked by whoever shows them."""
        return tuple(self._row(queue) for queue in self._queues.values())

    def callers(self) -> list[str]:
        """The calls of those who can be grabbed or given another priority, in the order of service, queue by queue."""
        entries = [entry for queue in self._queues.values() for entry in queue.in_order()]
        return [entry.call.id for entry in entries if entry.call is not None]

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` when somebody comes, goes, or is another's turn; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def changed(self) -> None:
        """Somebody has come or gone, rings, or has another place."""
        for watcher in tuple(self._watchers):
            try:
                watcher()
            except Exception:
                log.failure("a watcher of the waiting lists failed")

    def _row(self, queue: Queue) -> QueueRow:
        waiters = tuple(self._waiter(entry) for entry in queue.in_order())
        oldest_s = max((waiter.since_s for waiter in waiters), default=0.0)
        return QueueRow(queue.name, len(waiters), oldest_s, waiters)

    def _waiter(self, entry: Entry) -> Waiter:
        return Waiter(
            entry.card.call_id,
            entry.card.caller_number,
            self._waited_s(entry),
            entry.priority,
            call_back=entry.call is None and entry.colleague is None,
            rings_at=", ".join(entry.ringing.offers) or None,
        )
