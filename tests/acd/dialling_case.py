"""Seats that dial: a shop whose calls out go to people in memory, who answer, talk and hang up as a test wishes."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.moves.dialled import DialledCall
from callserver.acd.moves.dialling import Dialling
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call, Party
from callserver.calls.calls_out import Dialler
from callserver.calls.dial_guard import DialClass, classify
from callserver.calls.operations import hang_up
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.lines.interfaces import Caller
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.calls.test_call import Somebody
from tests.shop import VirtualShop

OUTSIDE = "62345678"
STAFF = ("801", "802", "803", "804")
DIAL_RIGHTS = {
    DialClass.LOCAL: Right.DIAL_LOCAL,
    DialClass.NATIONAL: Right.DIAL_NATIONAL,
    DialClass.INTERNATIONAL: Right.DIAL_INTERNATIONAL,
}


class Outside(Somebody):
    """Somebody whose number was dialled, and the line to him."""

    def __init__(self, shop: VirtualShop, number: str, told: DialledCall) -> None:
        super().__init__(f"outside {number}", shop.bay)
        self.call = shop.calls.begin("out", self, Caller(number))
        self.call.give(self, Role.CALLED)
        self._told, self.is_answered = told, False

    def rings(self) -> None:
        self._told.rings_there()

    def answers(self) -> None:
        self.is_answered = True
        self.call.now.begin_answered(Stage.TALK)
        self.call.now.give(self, Role.TALKS)
        self._told.answered_there()

    def hangs_up(self) -> None:
        hang_up(self.call.now, self, "caller", Reason(Cause.CALLER_HUNG_UP))

    def does_not_answer(self, result: DialResult = DialResult.NO_ANSWER) -> None:
        """The call is over by the time it is told, or is left to who waits for it."""
        call = self.call.now
        if call is self.call:
            call.end("server", Reason(Cause.NO_ANSWER))
        else:
            call.leave(self, Reason(Cause.NO_ANSWER))
        self._told.not_reached(result)

    def left(self, call: Call, reason: Reason) -> None:
        super().left(call, reason)
        if self.leg is not None:
            self.leg.close()
            self.leg = None


class MemoryCallsOut:
    """A CallsOut of the numbers that stand in the plan; `people`: who was called so far, by number."""

    def __init__(self, shop: VirtualShop) -> None:
        self._shop = shop
        self.people: dict[str, Outside] = {}

    def classify(self, number: str) -> DialClass:
        return classify(number, internal=(*STAFF, *self._shop.groups))

    def dial(self, number: str, asks: Dialler, told: DialledCall) -> Call:
        kind = self.classify(number)
        if kind is DialClass.REFUSED:
            raise Refused(Refusal.BAD_ARGUMENT, "number")
        if kind in DIAL_RIGHTS and DIAL_RIGHTS[kind] not in asks.rights:
            raise Refused.no_right(DIAL_RIGHTS[kind])
        self.people[number] = somebody = Outside(self._shop, number, told)
        return somebody.call


class DiallingShop(VirtualShop):
    """Seats 801 to 804, of whom nobody is logged in; `lost`: parties outside that were left by their agents."""

    def __init__(self, n_lines: int = 1, n_outside: int = 4) -> None:
        super().__init__(n_lines, n_seats=len(STAFF) + n_outside)
        self.out = MemoryCallsOut(self)
        self.lost: list[Call] = []
        self.seats_dial = Dialling(self.seats, self.staff, self.calls, self.out, self)

    def find_person(self, call: Call, queue: str, on_refused: object = None) -> None:
        """Of Flows: somebody is found for a caller."""
        self.lost.append(call)

    def heard_by(self, sink: Party) -> set[str]:
        """Whom a party hears, by the patch bay."""
        others = [party for call in self.calls for party in call.parts if party.leg is not None]
        return {one.name for one in others if sink.leg is not None and self.bay.gain(one.leg, sink.leg)}

    def hears_music(self, party: Party) -> bool:
        """Something is played to it."""
        return party.leg is not None and party.leg.player.active

    def let_pass(self, seconds: float) -> None:
        """Time in steps, without sound."""
        clock: Clock = self.clock
        for _ in range(round(seconds * 2)):
            clock.advance(0.5)


class DiallingCase(SynchronousTestCase):
    """Li at 801, Wang at 802, Zhao at 803."""

    def setUp(self) -> None:
        self.shop = self.make_shop()
        self.li, self.wang, self.zhao = map(self.shop.agent, ("801", "802", "803"))

    def make_shop(self) -> DiallingShop:
        return DiallingShop()

    def dial(self, seat: Seat, number: str) -> None:
        self.shop.seats_dial.dial(seat, number)

    def consult(self, seat: Seat, to: str) -> None:
        self.shop.seats_dial.consult(seat, to)

    def person(self, number: str = OUTSIDE) -> Outside:
        return self.shop.out.people[number]

    def states(self) -> list[str]:
        return [seat.status.state.name for seat in (self.li, self.wang, self.zhao)]

    def refusal(self, act: Callable[..., object], *args: object) -> tuple[Refusal, str]:
        refused = self.assertRaises(Refused, act, *args)
        return refused.code, refused.detail
