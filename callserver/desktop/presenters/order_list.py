"""A customer's orders, asked for page by page, and the one of them that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall

from callserver.desktop.presenters.order_rows import OrderRow
from callserver.desktop.presenters.paged_list import PagedList
from callserver.desktop.presenters.record_tab import RecordTab
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Hello

Data = TypeVar("Data")
REST_S = 0.15  # who moves through the list does not ask for each order that he passes


class OrderList(PagedList[Data], RecordTab[Data]):
    """
    Of the customer in the tabs. It asks only while its tab is seen, and for a page only when its place is seen.

    `rows` are as `list_orders` tells them, `whole` as `show_order` tells the one that is looked at; None: not yet.
    """

    def __init__(self, work: Workplace, show: Callable[[Data], None]) -> None:
        super().__init__(work, show)
        self.member = ""  # whose they are
        self.rows: list[OrderRow] = []
        self.cells: tuple[tuple[str, ...], ...] = ()  # the rows as they are painted
        self.whole: Mapping[str, Any] | None = None
        self.chosen = ""  # number of the order that is looked at
        self._was_told = False
        self._rest: IDelayedCall | None = None

    def stop(self) -> None:
        super().stop()
        self._ask_later(None)

    def cells_of(self, order: OrderRow) -> tuple[str, ...]:
        """A row of the table."""
        raise NotImplementedError

    def arranged(self, page: Sequence[OrderRow]) -> list[OrderRow]:
        """A page in the order in which it is shown."""
        return list(page)

    @property
    def place(self) -> int:
        """The place of what is looked at; -1: nothing is."""
        numbers = [one["order"] for one in self.rows]
        return numbers.index(self.chosen) if self.chosen in numbers else -1

    @property
    def note(self) -> str:
        """Why there is nothing to see."""
        if not self.work.record.member:
            return self.work.words("No customer is shown")
        return self.work.words("No orders yet") if self._was_told and not self.rows else ""

    # What the person does

    def choose(self, row: int) -> None:
        """This one is looked at."""
        number = str(self.rows[row]["order"]) if 0 <= row < len(self.rows) else ""
        if number and number != self.chosen:
            self.chosen, self.whole = number, None
            self._ask_later(self._look)
            self.refresh()

    def logged_in(self, hello: Hello) -> None:
        if not self.work.record.member:
            self._another()

    # What it is made of

    def _another(self) -> None:
        member = self.work.record.member
        if member != self.member:
            self.member, self.rows, self.cells = member, [], ()
            self._another_list()
            self.chosen, self.whole, self._was_told, self.problem = "", None, False, ""
        if self._is_open and member:
            self._ask_first()
        self.refresh()

    def ask_page(self, place: str) -> Deferred[Mapping[str, Any]]:
        return self.client.ask("list_orders", self.member, place)

    def _first(self, page: Mapping[str, Any]) -> None:
        """What is new stands before what was there; what was scrolled to stays."""
        told, self._was_told = [one["order"] for one in page["found"]], True
        rest = [one for one in self.rows if one["order"] not in told]
        if not rest or rest == self.rows:
            self._next, rest = page["next"], []
        self._put(self.arranged(page["found"]) + rest)
        if self.place < 0:
            self.chosen, self.whole = (str(self.rows[0]["order"]) if self.rows else ""), None
        self._look()

    def _behind(self, page: Mapping[str, Any]) -> None:
        more = self.arranged(page["found"])
        self.rows, self.cells = self.rows + more, self.cells + tuple(map(self.cells_of, more))

    def _put(self, rows: list[OrderRow]) -> None:
        self.rows, self.cells = rows, tuple(map(self.cells_of, rows))

    def _look(self) -> None:
        self._ask_later(None)
        if self.chosen and self._is_open:
            self.do(self.client.ask("show_order", self.chosen), self._shown_whole)

    def _shown_whole(self, answer: Mapping[str, Any]) -> None:
        if answer["order"] == self.chosen:
            self.whole = answer
            self._put([answer if one["order"] == self.chosen else one for one in self.rows])

    def _ask_later(self, ask: Callable[[], None] | None) -> None:
        if self._rest is not None and self._rest.active():
            self._rest.cancel()
        self._rest = self.work.clock.callLater(REST_S, ask) if ask is not None else None
