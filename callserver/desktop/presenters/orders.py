"""The tab of orders: all that a customer has ordered, the one that is looked at, and its end while it is not packed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callserver.desktop.presenters.order_list import OrderList
from callserver.desktop.presenters.order_rows import (
    OrderRow,
    day,
    goods_line,
    money,
    parcel,
    payment_word,
    state_word,
)
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.workplace import Workplace


@dataclass(frozen=True)
class OrdersData:
    """
    :param orders: number, day, state, sum, parcel of each
    :param row: the place of the one that is looked at; -1: none is
    :param lines: item, name, price, pieces, sum of its goods
    :param note: why there is nothing to see
    """

    orders: tuple[tuple[str, ...], ...]
    row: int
    lines: tuple[tuple[str, ...], ...]
    facts: str
    address: str
    may_cancel: bool
    question: Question | None
    note: str
    told: str
    problem: str


class Orders(OrderList[OrdersData]):
    """Nothing is cancelled before it has been asked about, with the order's number and its sum."""

    def __init__(self, work: Workplace, show: Callable[[OrdersData], None]) -> None:
        super().__init__(work, show)
        self._asks = ""  # the order whose end is asked about
        self._told = ""

    def data(self) -> OrdersData:
        whole = self.whole
        return OrdersData(
            orders=self.cells,
            row=self.place,
            lines=tuple(goods_line(self.work, line) for line in whole["lines"]) if whole is not None else (),
            facts=self._facts(whole) if whole is not None else "",
            address=str(whole["address"]) if whole is not None else "",
            may_cancel=whole is not None and whole["may_be_cancelled"] and not self._asks,
            question=self._question(),
            note=self.note,
            told=self._told if not self.problem else "",
            problem=self.problem,
        )

    def cells_of(self, order: OrderRow) -> tuple[str, ...]:
        word, sum_ = state_word(self.work, order["state"]), money(order["total_fen"])
        return str(order["order"]), day(order["placed"]), word, sum_, parcel(self.work, order)

    # What the person does

    def choose(self, row: int) -> None:
        self._asks = self._told = ""
        super().choose(row)

    def ask_to_cancel(self) -> None:
        """The order that is looked at is not wanted any more."""
        if self.whole is not None and self.whole["may_be_cancelled"]:
            self._asks, self._told = self.chosen, ""
            self.refresh()

    def answer(self, yes: bool) -> None:
        """What is said to the question."""
        number, self._asks = self._asks, ""
        if yes and number:
            self.do(self.client.ask("cancel_order", number), self._cancelled)
        self.refresh()

    # What it is made of

    def _another(self) -> None:
        if self.work.record.member != self.member:
            self._asks = self._told = ""
        super()._another()

    def _cancelled(self, answer: Mapping[str, Any]) -> None:
        self._told = self.work.words("Order {order} is cancelled", order=answer["order"])
        self._shown_whole(answer)
        self.work.record.look_again()

    def _question(self) -> Question | None:
        if not self._asks or self.whole is None:
            return None
        words = self.work.words
        asked = words("Cancel order {order} of ¥{total_fen}?", order=self._asks, total_fen=self.whole["total_fen"])
        return Question(asked, words("Cancel order"), words("Keep order"))

    def _facts(self, whole: Mapping[str, Any]) -> str:
        words = self.work.words
        facts = (
            words("Order {order}", order=whole["order"]),
            f"{state_word(self.work, whole['state'])} {day(whole['since'])}",
            words("Total {sum}", sum=money(whole["total_fen"])),
            payment_word(self.work, whole["payment"]),
        )
        return " · ".join(facts)
