"""A shop whose agents can move calls: menus, one queue, seats; what tests of transfers and the like begin with."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.moves.moves import Moves
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.ivr.interfaces import ICall
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.ivr.test_menu_call import OneMenu
from tests.shop import FewPrompts, VirtualShop, people


class MovingCase(SynchronousTestCase):
    """Callers come by the menu "shop" into the queue "operator"; the menu "balance" asks for keys."""

    n_lines = 3

    def setUp(self) -> None:
        self.shop = VirtualShop(n_lines=self.n_lines, **self.shop_options())
        self.queue = people(self.shop, wrap_up_s=0, **self.queue_options())
        self.keyed: list[str] = []
        self.broken_off: list[str] = []
        self.voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        menus = {"shop": OneMenu(self.to_a_person), "balance": OneMenu(self.balance)}
        self.runner = MenuRunner(menus, self.menu_call, "operator")
        shop = self.shop
        self.moves = Moves(shop.seats, self.queue.queues, self.runner, shop.staff, shop.calls, **self.services())

    def shop_options(self) -> dict[str, Any]:
        """What else the shop has."""
        return {}

    def queue_options(self) -> dict[str, Any]:
        """What else its queue is set to."""
        return {}

    def services(self) -> dict[str, Any]:
        """What else the moves work with."""
        return {}

    def menu_call(self, call: Call) -> MenuCall:
        return MenuCall(call, self.voice, self, self.shop.clock)

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        """People, for menus."""
        return await self.queue.queues.enter(queue, call)

    async def to_a_person(self, call: ICall) -> None:
        try:
            await call.transfer_to_queue("operator")
        finally:
            self.broken_off.append("shop")

    async def balance(self, call: ICall) -> None:
        while True:
            self.keyed.append(await call.collect("question"))

    def caller(self, line: int = 0) -> Call:
        """Somebody calls and asks for a person."""
        self.shop.lines[line].far_end.ring(Caller(f"1391234567{line}"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        self.runner.serve(call, "shop")
        self.shop.wait(0.1)
        return call

    def talk(self, number: str = "801", line: int = 0) -> tuple[Seat, Call]:
        """An agent comes, and talks with a caller."""
        seat = self.shop.agent(number)
        call = self.caller(line)
        self.assertIs(seat.status.state, SeatState.RINGING)
        seat.answer()
        self.shop.wait(0.1)
        return seat, call

    def paused(self, number: str) -> Seat:
        """An agent who takes no queued calls now."""
        seat = self.shop.agent(number)
        seat.pause("lunch")
        return seat

    def without(self, number: str, *rights: Right) -> None:
        """These were taken from a person."""
        self.shop.staff.held[number] = self.shop.staff.rights(number) - set(rights)

    def refusal(self, act: Any, *args: Any) -> str:
        """Why it is not done, as it goes over the wire."""
        with self.assertRaises(Refused) as caught:
            act(*args)
        self.assertIsInstance(caught.exception.code, Refusal)
        return str(caught.exception)

    def shown(self, seat: Seat) -> tuple[SeatState, str]:
        """What the seat shows, and why."""
        causes = [data["reason"] for kind, data in self.shop.happened("state") if data["to"] == seat.status.state.value]
        return seat.status.state, causes[-1]

    def is_with(self, seat: Seat, line: int = 0) -> bool:
        """Whether the caller on a line and this agent hear each other."""
        heard = self.shop.hears(line, seat)
        leg, own = self.shop.in_service[line].leg, seat.station.leg
        return heard and leg is not None and own is not None and self.shop.bay.gain(leg, own) == 1

    def hears_music(self, line: int = 0) -> bool:
        """Whether the caller on a line hears something, and nobody."""
        leg = self.shop.in_service[line].leg
        self.shop.lines[line].far_end.heard.clear()
        self.shop.wait(0.2)
        silent = not any(self.shop.bay.gain(other, leg) for other in self.shop.bay.legs) if leg else False
        return silent and self.shop.loudest(line) > 0.005
