"""Whatever agents, callers and supervisors do, in any order: nobody hears whom he should not, nobody is left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.ear import call_of
from callserver.acd.seats.seat import Seat
from callserver.acd.supervision.supervision import Supervision
from callserver.calls.call import Call, Party
from callserver.calls.operations import PRESENT
from callserver.calls.roles import LISTENERS, Role
from callserver.media.leg import Leg
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.acd.seats.test_seat import TestOffer
from tests.shop import VirtualShop

AGENTS, SUPERVISORS = ("801", "802"), ("900", "902")
LINES = (0, 1, 2)
agents, supervisors, lines = map(st.sampled_from, (AGENTS, SUPERVISORS, LINES))
everybody = st.sampled_from(AGENTS + SUPERVISORS)
channels = st.sampled_from(("seat 801", "seat 802", "seat 900", "line 1", "line 2", "line 3"))
RIGHTS = (Right.LISTEN, Right.BARGE_IN)


class SupervisionMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.shop = VirtualShop(n_lines=len(LINES), n_seats=len(AGENTS + SUPERVISORS))
        self.waiting: list[Call] = []
        self.supervision = Supervision(
            self.shop.seats,
            self.shop.calls,
            self.shop.staff,
            tone=None,
            queues=("operator",),
            find_person=lambda call, queue: self.waiting.append(call),
            set_priority=lambda call_id, priority: None,
        )
        self.seats = {number: self.shop.agent(number) for number in AGENTS + SUPERVISORS}

    def try_(self, act: Callable[..., object], *args: object) -> None:
        """What is refused has changed nothing."""
        with contextlib.suppress(Refused):
            act(*args)

    # Agents and callers

    @rule(number=everybody, line=lines)
    def comes(self, number: str, line: int) -> None:
        """A caller rings at a seat, and is answered if it is free."""
        if self.is_free(line):
            call = self.shop.answered_call(line)
            with contextlib.suppress(Refused):
                self.seats[number].offer(TestOffer(call))
                self.seats[number].answer()

    @rule(line=lines)
    def goes(self, line: int) -> None:
        self.shop.lines[line].far_end.hang_up()

    @rule()
    def time_passes(self) -> None:
        """Until a line may ring again."""
        self.shop.wait(1.2)

    @rule(
        number=everybody,
        act=st.sampled_from((Seat.hold, Seat.retrieve, Seat.hang_up, Seat.join, Seat.cancel, Seat.swap)),
    )
    def acts(self, number: str, act: Callable[[Seat], None]) -> None:
        self.try_(act, self.seats[number])

    @rule(number=everybody)
    def three_way(self, number: str) -> None:
        self.try_(self.seats[number].three_way)

    @rule(number=everybody, line=lines)
    def consults(self, number: str, line: int) -> None:
        """He holds whom he talks with, and another caller is the third party."""
        seat = self.seats[number]
        if self.is_free(line) and seat.status.state is SeatState.TALKING and not seat.listening:
            self.try_(seat.hold)
            self.try_(seat.dial, TestOffer(self.shop.answered_call(line), right=None, wrap_up_s=0, is_queued=False))
            self.try_(seat.rings_there)
            self.try_(seat.answered_there)

    @rule(number=everybody, lost=st.booleans())
    def program(self, number: str, lost: bool) -> None:
        (Seat.client_lost if lost else Seat.client_back)(self.seats[number])

    @rule(number=everybody)
    def dismissed(self, number: str) -> None:
        """And somebody else comes in his place."""
        self.shop.seats.dismiss(number)
        self.shop.agent(number)

    # Supervisors

    @rule(number=supervisors, channel=channels)
    def listens(self, number: str, channel: str) -> None:
        self.try_(self.supervision.listen, self.seats[number], channel)

    @rule(number=supervisors, act=st.sampled_from(("whisper", "barge_in", "take_over", "stop_listening")))
    def supervises(self, number: str, act: str) -> None:
        self.try_(getattr(self.supervision, act), self.seats[number])

    @rule(number=supervisors, channel=channels, to=st.sampled_from(("hang up", "queue operator")))
    def breaks_off(self, number: str, channel: str, to: str) -> None:
        self.try_(self.supervision.break_off, self.seats[number], channel, to)

    @rule(number=supervisors, right=st.sampled_from(RIGHTS), given=st.booleans())
    def right(self, number: str, right: Right, given: bool) -> None:
        before = self.shop.staff.rights(number)
        after = before | {right} if given else before - {right}
        self.shop.staff.held[number] = after
        self.shop.seats.rights_changed(number, before, after)

    # What must hold

    @invariant()
    def nobody_hears_a_listener(self) -> None:
        """And a whisper is heard by agents alone."""
        stations = [seat.station.leg for seat in self.seats.values()]
        for seat in self.seats.values():
            listening = seat.listening
            if listening is None or listening.role is Role.TALKS:
                continue
            hears = self.hears(seat.station.leg)
            assert listening.role is Role.WHISPERS or not hears, hears
            assert all(leg in stations for leg in hears), hears

    @invariant()
    def is_where_he_should_be(self) -> None:
        """A supervisor's seat shows that he listens while he does, and he is in the call of whom he listens to."""
        open_ones = [seat.listening for seat in self.seats.values() if seat.listening is not None]
        assert set(open_ones) == set(self.supervision._listenings)
        for seat in self.seats.values():
            listening = seat.listening
            assert seat.status.supervises == (listening is not None), seat.status
            if listening is not None and listening.role is not Role.TALKS:
                assert listening.call is call_of(self.shop.calls, listening.party)
                assert self.roles(seat, listening.call) & set(LISTENERS)
                assert right_of(listening.role) <= self.shop.staff.rights(seat.number)
            elif listening is not None:
                assert seat.station in listening.call.parts
                assert Right.BARGE_IN in self.shop.staff.rights(seat.number)

    @invariant()
    def no_leg_is_left(self) -> None:
        """Whoever is in no call, and listens to none, has no place in the patch bay."""
        parties = [party for call in self.shop.calls for party in call.parts]
        for seat in self.seats.values():
            if seat.station not in parties and seat.listening is None:
                assert seat.station.leg is None, seat.number
        open_legs = {party.leg for party in parties} | {line.leg for line in self.shop.in_service}
        assert set(self.shop.bay.legs) <= open_legs

    @invariant()
    def no_caller_in_silence(self) -> None:
        """A caller talks with somebody, hears music, or is with a menu or a queue."""
        for call in self.shop.calls:
            talks = [party for party, part in call.parts.items() if part.role is Role.TALKS]
            for party in talks:
                if self.is_line(party):
                    assert len(talks) > 1, call.parts

    @invariant()
    def who_listens_is_no_party(self) -> None:
        """No call lives for its listeners alone."""
        for call in self.shop.calls:
            assert any(part.role in PRESENT for part in call.parts.values()), call.parts

    def is_free(self, line: int) -> bool:
        return self.shop.state(line) is LineState.IDLE

    def hears(self, source: Leg | None) -> list[Leg]:
        return [leg for leg in self.shop.bay.legs if source is not None and self.shop.bay.gain(source, leg)]

    def roles(self, seat: Seat, call: Call) -> set[Role]:
        return {part.role for party, part in call.parts.items() if party.name == seat.station.name}

    def is_line(self, party: Party) -> bool:
        return any(party is line for line in self.shop.in_service)


def right_of(role: Role) -> set[Right]:
    return {Right.LISTEN, Right.BARGE_IN} if role is Role.WHISPERS else {Right.LISTEN}


class SupervisionMachineTests(SynchronousTestCase):
    def test_any_order(self) -> None:
        """All of that, in any order."""
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            SupervisionMachine, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
        )
