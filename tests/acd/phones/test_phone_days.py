"""Whatever happens at a telephone and in whatever order: no caller is lost, nobody hears whom he should not."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.wire.states import LineState, SeatState
from tests.acd.phones.test_phones import AGENT, CALLER, PIN, PhoneShop
from tests.hearing import Room, all_to_all

PHONE, CUSTOMER = "line 1", "line 2"


class Day:
    """One agent who works by telephone or not, a colleague who pauses, one line for customers."""

    def __init__(self) -> None:
        self.centre = PhoneShop(n_seats=3)
        self.shop, self.room = self.centre.shop, Room(self.centre.shop)
        self.shop.agent("803").pause("lunch")
        self.seat: Seat = self.centre.logs_in()
        self.customer: Call | None = None

    def key(self, keys: str) -> None:
        self.centre.key(keys)
        self.shop.wait(0.5)

    def calls(self) -> None:
        """A customer comes, if his line is free."""
        if self.shop.state(CALLER) is LineState.IDLE:
            self.customer = self.centre.customer()

    def logs_in(self) -> None:
        """The agent calls in anew, if his line is free; what he was told the first time he keys ahead."""
        if self.shop.state(AGENT) is LineState.IDLE:
            self.centre.dials_in()
            self.centre.key(f"*#801#{PIN}#")
            self.shop.wait(4)

    def pulled_out(self) -> None:
        self.shop.lines[AGENT].far_end.unplug()
        self.shop.wait(1)
        self.shop.lines[AGENT].far_end.plug_in()


HAPPEN: dict[str, Callable[[Day], object]] = {
    **{keys: lambda day, keys=keys: day.key(keys) for keys in ("1", "2", "*20", "*21", "*22", "*121", "*11", "*10")},
    "half a code": lambda day: day.key("*3"),
    "no code": lambda day: day.key("*99"),
    "customer calls": lambda day: day.calls(),
    "customer hangs up": lambda day: day.shop.lines[CALLER].far_end.hang_up(),
    "agent hangs up": lambda day: day.shop.lines[AGENT].far_end.hang_up(),
    "line pulled out": lambda day: day.pulled_out(),
    "logs in": lambda day: day.logs_in(),
    "time passes": lambda day: day.shop.wait(7),
    "rings too long": lambda day: day.shop.wait(21),
    "program comes": lambda day: day.seat.person is not None and day.shop.agent("801"),
}


BEGIN: list[list[str]] = [[], ["customer calls", "1"], ["customer calls", "1", "*21"], ["program comes"]]


class DayTests(SynchronousTestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(BEGIN), st.lists(st.sampled_from(sorted(HAPPEN)), max_size=12))
    def test_any_day(self, begin: list[str], happenings: list[str]) -> None:
        """After each: a caller waits, is held, or is talked with; a telephone is up as long as its agent is in."""
        day = Day()
        for happening in [*begin, *happenings]:
            HAPPEN[happening](day)
            day.shop.wait(1)
            self.check_caller(day)
            self.check_telephone(day)
        day.shop.wait(7)  # of a code that was begun
        self.check_hearing(day)

    def check_caller(self, day: Day) -> None:
        call = day.customer
        if call is None or call.ended is not None:
            return
        waits = call in [entry.call for entry in day.centre.queue.waiting]
        together = {part.role for part in call.parts.values()}
        talks = call.stage is Stage.TALK and together == {Role.TALKS} and len(call.parts) == 2
        held = call.stage is Stage.TALK and together == {Role.HELD, Role.ALONE}
        self.assertEqual([waits, talks, held].count(True), 1, (call.stage, together))

    def check_telephone(self, day: Day) -> None:
        up = any(call.stage is Stage.SEAT for call in day.shop.calls)
        self.assertEqual(day.seat.station.by_phone, up)
        if day.seat.status.state is SeatState.OFF:
            self.assertFalse(up)
            self.assertIsNone(day.seat.station.leg)

    def check_hearing(self, day: Day) -> None:
        state = day.seat.status.state
        if state is SeatState.TALKING and day.seat.station.by_phone:
            self.assertEqual(day.room.hears(), all_to_all(PHONE, CUSTOMER))
        elif state is not SeatState.TALKING:
            self.assertEqual(day.room.hears(), {})
