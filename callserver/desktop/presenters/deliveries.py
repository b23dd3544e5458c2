"""The tab of deliveries: where the parcel is that a caller asks about, before he has said which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callserver.desktop.presenters.clocks import moment
from callserver.desktop.presenters.order_list import OrderList
from callserver.desktop.presenters.order_rows import UNDER_WAY, OrderRow, day, parcel, state_word


@dataclass(frozen=True)
class DeliveriesData:
    """
    :param heading: the parcel that is looked at: how far it is, since when, who brings it
    :param facts: of which order it is, and where it goes
    :param steps: when, and what it came to; the newest first
    :param orders: number, state, since when, carrier, parcel of each
    """

    heading: str
    facts: str
    steps: tuple[tuple[str, str], ...]
    orders: tuple[tuple[str, ...], ...]
    row: int
    note: str
    problem: str


class Deliveries(OrderList[DeliveriesData]):
    """What is still under way stands first, on every page of the list; the first of them is looked at."""

    def data(self) -> DeliveriesData:
        row = self.place
        order = self.whole or (self.rows[row] if row >= 0 else None)
        steps = self.whole["steps"][::-1] if self.whole is not None else ()
        return DeliveriesData(
            heading=self._heading(order) if order is not None else "",
            facts=self._facts(self.whole) if self.whole is not None else "",
            steps=tuple((moment(step["at"]), state_word(self.work, step["state"])) for step in steps),
            orders=self.cells,
            row=row,
            note=self.note,
            problem=self.problem,
        )

    def cells_of(self, order: OrderRow) -> tuple[str, ...]:
        carrier = str(order[f"carrier_{self.work.language}"])
        word = state_word(self.work, order["state"])
        return str(order["order"]), word, day(order["since"]), carrier, str(order["parcel"])

    def arranged(self, page: Sequence[OrderRow]) -> list[OrderRow]:
        return sorted(page, key=lambda one: one["state"] not in UNDER_WAY)

    def _heading(self, order: OrderRow) -> str:
        since = f"{state_word(self.work, order['state'])} {moment(order['since'])}"
        return " · ".join(filter(None, (since, parcel(self.work, order) or self.work.words("no parcel yet"))))

    def _facts(self, whole: Mapping[str, Any]) -> str:
        order = self.work.words("Order {order}", order=whole["order"])
        return " · ".join(filter(None, (order, str(whole["address"]))))
