"""
A call's waits in queues, from ENTRY to LEAVE.

A wait that goes on in another queue keeps its first moment; a caller who comes back to a queue from an agent is counted
there once, as answered. Over all queues a call counts once, in the quarter in which it first came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from callserver.features.statistics.folding.told import OF_BOTH, OF_QUEUE, OF_SHOP, Rows, WaitRow

ANSWERED = ("answered", "grabbed")


@dataclass
class Waits:
    """
    Of one call.

    :param rows: by queue; "" is of all of them, where there are several
    :param open: the queue it waits in now
    :param entered_ms: when this wait began, in whichever queue
    """

    rows: dict[str, WaitRow] = field(default_factory=dict)
    open: str = ""
    entered_ms: int = 0
    last: str = ""  # the queue it has left last
    refused: bool = False  # at a door; counted once for the shop

    def enter(self, call_id: str, queue: str, line: str, at_ms: int, rows: Rows) -> None:
        """It waits from now on."""
        if not self.entered_ms:
            self.entered_ms = at_ms
        self.open = queue
        if queue not in self.rows:
            self._add(WaitRow(call_id, queue, OF_BOTH, self.entered_ms, line))
        for row in self._of(queue):
            if row.outcome not in ANSWERED:
                row.outcome = ""
        self._keep(rows)

    def leave(self, outcome: str, wait_ms: int, rows: Rows) -> None:
        """The wait is over."""
        queue, self.open, self.last = self.open, "", self.open
        for row in self._of(queue):
            row.longest_ms = max(row.longest_ms, wait_ms)
            if row.outcome not in ANSWERED:
                row.outcome, row.wait_ms = outcome, wait_ms
        if outcome in ANSWERED:
            self.entered_ms = 0
        self._keep(rows)

    def change(self, queue: str, change: Callable[[WaitRow], None], rows: Rows) -> None:
        """Something is added to what is known of it there."""
        for row in self._of(queue):
            change(row)
        self._keep(rows)

    def _add(self, new: WaitRow) -> None:
        if not self.rows:
            self.rows[new.queue] = new
            return
        if "" not in self.rows:
            (first,) = self.rows.values()
            self.rows[""] = replace(first, queue="", scope=OF_SHOP)
            first.scope = OF_QUEUE
        self.rows[new.queue] = replace(new, scope=OF_QUEUE)

    def _of(self, queue: str) -> Iterator[WaitRow]:
        for name in (queue, "") if queue else ():
            if name in self.rows:
                yield self.rows[name]

    def _keep(self, rows: Rows) -> None:
        for row in self.rows.values():
            rows.waits[row.call_id, row.queue] = row
