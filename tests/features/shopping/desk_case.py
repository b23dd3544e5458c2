"""A shop whose callers are talked with at seat 801, whose agent asks for acts."""

import json
from typing import Any

from twisted.internet.defer import maybeDeferred

from callserver.acd.seats.acts import perform
from callserver.acd.seats.looks import Looks
from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.features.shopping.customer_desk import CustomerDesk
from callserver.features.shopping.order_desk import OrderDesk
from callserver.features.shopping.selling import Selling
from callserver.store.tables import EventRow
from callserver.wire.refusals import Refused
from tests.features.shopping.shop_case import LI_MING, ShopCase
from tests.shop import People, people


class InQueue:
    """People: whoever enters waits in the shop's one queue."""

    def __init__(self, queue: People) -> None:
        self._queue = queue

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        return await self._queue.enter(call)


class DeskCase(ShopCase):
    def setUp(self) -> None:
        super().setUp()
        store: Any = self.store
        events, looks, choice = self.shop.events, Looks(self.shop.events), self.draw
        self.drawn = 20_000_000
        selling = Selling(store, events, self.menu.bookings, self.menu.visitors, looks, choice)
        customers = CustomerDesk(store, events, self.menu.visitors, looks, choice)
        orders = OrderDesk(store, events, looks, choice)
        self.acts = selling.acts() | customers.acts() | orders.acts()
        self.seat = self.shop.agent("801")
        self.people = InQueue(people(self.shop))  # type: ignore[assignment]

    def draw(self, of: Any) -> int:
        """The next number."""
        self.drawn += 1
        return self.drawn

    def ask(self, act: str, *args: Any) -> Any:
        """The agent asks for an act, for which no right is needed; its answer."""
        return self.successResultOf(perform(self.acts, frozenset(), self.seat, act, args))

    def refused(self, act: str, *args: Any) -> Refused:
        asked = maybeDeferred(perform, self.acts, frozenset(), self.seat, act, args)
        failure = self.failureResultOf(asked, Refused)
        return failure.value  # type: ignore[no-any-return]

    def talk(self, number: str = LI_MING, keys: tuple[str, ...] = ("1",), line: int = 0) -> Call:
        """A caller presses keys, then 0, and the agent has him."""
        call = self.ring(number, keys, line)
        self.seat.answer()
        self.shop.wait(0.2)
        return call

    def ring(self, number: str = LI_MING, keys: tuple[str, ...] = ("1",), line: int = 0) -> Call:
        """A caller presses keys, then 0, and the agent's seat rings for him."""
        if self.seat.status.wrap_up:
            self.seat.ready()
        call = self.call(number, line)
        self.press(*keys, "0", line=line)
        self.shop.wait(1)
        return call

    def audits(self) -> list[tuple[str, str]]:
        """What is in the event log of what agents did, act and target: what changed the books by itself last."""
        kept = EventRow.select().where(EventRow.kind == Kind.AUDIT.value).order_by(EventRow.seq)
        told = [data for _, data in self.shop.happened("audit")] + [json.loads(row.data) for row in kept]
        return [(str(data["act"]), str(data["target"])) for data in told]
