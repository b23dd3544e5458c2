"""Who rings for whom: the check values of the reference, and what settles its doubts."""

from dataclasses import replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.routing.candidates import Candidate, Decision, Member, QueueView, Waiting, is_staffed
from callserver.acd.routing.levels import opening_s
from callserver.acd.routing.matching import match
from callserver.acd.routing.order import in_order
from callserver.acd.routing.settings import Order, QueueSettings, Strategy
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

QUEUED = frozenset({Right.ANSWER_QUEUED})
TEN = 36000.0  # ten o'clock, in seconds
MEMBERS = (Member("801", 1, 1), Member("802", 1, 2), Member("803", 1, 3), Member("804", 2, 1))


def seat(number: str, last_end_s: float | None = None, state: SeatState = SeatState.IDLE_PC, **more: Any) -> Candidate:
    return Candidate(number, state, more.pop("rights", QUEUED), last_end_s, **more)


def at(hours: int, minutes: int) -> float:
    return hours * 3600.0 + minutes * 60


CHECK_SEATS = (
    seat("801", at(9, 50), n_answered=7, talk_s=1500),
    seat("802", at(9, 40), n_answered=9, talk_s=900),
    seat("803", at(9, 55), n_answered=5, talk_s=2100),
    seat("804", at(8, 0)),
)


def view(strategy: Strategy = Strategy.LONGEST_IDLE, **more: Any) -> QueueView:
    last = more.pop("last_offered", "")
    members = more.pop("members", MEMBERS)
    return QueueView(QueueSettings("service", strategy=strategy, **more), members, last)


def caller(sequence: int = 1, entered_s: float = TEN, **more: Any) -> Waiting:
    return Waiting(sequence, more.pop("queue", "service"), entered_s, **more)


def decide(
    waiting: Waiting, queue: QueueView, now_s: float = TEN, seats: tuple[Candidate, ...] = CHECK_SEATS
) -> Decision | None:
    decisions = match([waiting], seats, {"service": queue}, now_s)
    return decisions[0] if decisions else None


def rung(waiting: Waiting, queue: QueueView, now_s: float = TEN, seats: tuple[Candidate, ...] = CHECK_SEATS) -> Any:
    decision = decide(waiting, queue, now_s, seats)
    return decision.rings if decision else ()


class CheckValueTests(SynchronousTestCase):
    def test_one_seat(self) -> None:
        """The choices of section 5: everybody free at ten o'clock, 802 offered last."""
        chosen = {
            strategy: rung(caller(), view(strategy, last_offered="802"))
            for strategy in Strategy
            if strategy is not Strategy.RANDOM
        }
        self.assertEqual(
            chosen,
            {
                Strategy.RING_ALL: ("801", "802", "803"),
                Strategy.LONGEST_IDLE: ("802",),
                Strategy.FEWEST_CALLS: ("803",),
                Strategy.LEAST_TALK: ("802",),
                Strategy.ROUND_ROBIN: ("803",),
                Strategy.LINEAR: ("801",),
                Strategy.PROGRESSIVE: ("801",),
            },
        )

    def test_linear(self) -> None:
        """801, then 802, then 803: the first from the top that has not missed this call."""
        missed: tuple[str, ...] = ()
        for expected in ("801", "802", "803"):
            self.assertEqual(rung(caller(missed=missed), view(Strategy.LINEAR)), (expected,))
            missed += (expected,)

    def test_progressive(self) -> None:
        """801 at 0 s, 802 joins at 10 s and 803 at 20 s, all keep ringing; 804 when its level opens."""
        waiting, joined = caller(), []
        seats = {one.number: one for one in CHECK_SEATS}
        for s in range(41):
            for number in rung(waiting, view(Strategy.PROGRESSIVE), TEN + s, tuple(seats.values())):
                joined.append((number, s))
                rings = (*waiting.rings, number)
                waiting = replace(waiting, rings=rings, rung=rings, last_rung_s=TEN + s)
                seats[number] = replace(seats[number], state=SeatState.RINGING)
        self.assertEqual(joined, [("801", 0), ("802", 10), ("803", 20), ("804", 30)])

    def test_round_robin_wraps(self) -> None:
        """Behind the last place comes the first; who is offered last in one moment counts for the next caller."""
        self.assertEqual(rung(caller(), view(Strategy.ROUND_ROBIN, last_offered="803")), ("801",))
        two = match([caller(1), caller(2)], CHECK_SEATS, {"service": view(Strategy.ROUND_ROBIN)}, TEN)
        self.assertEqual([one.rings for one in two], [("801",), ("802",)])
        everybody = view(Strategy.ROUND_ROBIN, members=None, last_offered="802")
        self.assertEqual(rung(caller(), everybody), ("803",))

    def test_random(self) -> None:
        """The same seed draws the same; over many callers everybody is drawn, who stands higher less often."""
        queue = {"service": view(Strategy.RANDOM, level_step_s=0)}
        drawn = [match([caller(n)], CHECK_SEATS, queue, TEN, "a day")[0].rings[0] for n in range(2000)]
        again = [match([caller(n)], CHECK_SEATS, queue, TEN, "a day")[0].rings[0] for n in range(2000)]
        self.assertEqual(drawn, again)
        counts = {number: drawn.count(number) for number in ("801", "802", "803", "804")}
        self.assertLess(counts["804"], min(counts["801"], counts["802"], counts["803"]) * 0.8)
        self.assertGreater(counts["804"], 100)

    def test_ties(self) -> None:
        """Seats that are alike come by level, position and staff number; 99 is before 801."""
        seats = (seat("801"), seat("99"), seat("800"))
        self.assertEqual(rung(caller(), view(members=None), seats=seats), ("99",))

    def test_no_call_yet(self) -> None:
        """Who had no call yet has been idle longest."""
        seats = (seat("801", 1.0), seat("802"))
        self.assertEqual(rung(caller(), view(), seats=seats), ("802",))


class LevelTests(SynchronousTestCase):
    def test_opening(self) -> None:
        """The lowest is open, the k-th opens after k - 1 steps; at once if nobody of the lower ones is logged in."""
        group = {str(n): Member(str(n), level) for n, level in enumerate((1, 3, 7))}
        self.assertEqual(opening_s(group, [seat("0")], 30), {1: 0, 3: 30, 7: 60})
        self.assertEqual(opening_s(group, [seat("1"), seat("2")], 30), {1: 0, 3: 0, 7: 60})
        self.assertEqual(opening_s(group, [seat("0", rights=frozenset()), seat("2")], 30), {1: 0, 3: 0, 7: 0})

    def test_exactly_then(self) -> None:
        """At exactly the step the next level is open, and not a moment before."""
        busy = tuple(replace(one, state=SeatState.TALKING) for one in CHECK_SEATS[:3])
        seats = (*busy, CHECK_SEATS[3])
        self.assertEqual(rung(caller(), view(), TEN + 29.999, seats), ())
        self.assertEqual(rung(caller(), view(), TEN + 30, seats), ("804",))

    def test_lowest_with_a_seat(self) -> None:
        """The strategy chooses within the lowest open level that has a free seat, though 804 is idle longer."""
        self.assertEqual(rung(caller(), view(), TEN + 60), ("802",))

    def test_ring_all_keeps_to_its_level(self) -> None:
        """A higher level that was open from the beginning does not join those that ring."""
        seats = (*(replace(one, state=SeatState.RINGING) for one in CHECK_SEATS[:3]), CHECK_SEATS[3])
        rings = ("801", "802", "803")
        late = caller(entered_s=TEN - 60, rings=rings, rung=rings, last_rung_s=TEN)
        self.assertEqual(rung(late, view(Strategy.RING_ALL), TEN + 1, seats), ())


class MissTests(SynchronousTestCase):
    def test_fresh_seats_first(self) -> None:
        """A fresh seat of any open level comes before one that has missed him; then the oldest miss."""
        missed = caller(missed=("802", "801", "803"))
        self.assertEqual(rung(missed, view(), TEN + 30), ("804",))
        self.assertEqual(rung(missed, view(), TEN + 29), ("802",))
        everybody = replace(missed, missed=("804", "803", "801", "802"))
        decision = decide(everybody, view(), TEN + 30)
        assert decision is not None
        self.assertEqual((decision.candidates, decision.why), (("804", "803", "801", "802"), "oldest miss"))

    def test_ring_all_again(self) -> None:
        """When all have missed him, all ring again together."""
        missed = caller(missed=("802", "801", "803"))
        self.assertEqual(rung(missed, view(Strategy.RING_ALL)), ("802", "801", "803"))

    def test_missed_does_not_join_a_fresh_one(self) -> None:
        """While a fresh seat rings for him, one that has missed him stays out; it joins when none but such ring."""
        seats = (CHECK_SEATS[0], replace(CHECK_SEATS[1], state=SeatState.RINGING))
        waiting = caller(missed=("801",), rings=("802",), rung=("802",), last_rung_s=TEN)
        self.assertEqual(rung(waiting, view(Strategy.PROGRESSIVE), TEN + 10, seats), ())
        again = replace(waiting, missed=("802", "801"))
        self.assertEqual(rung(again, view(Strategy.PROGRESSIVE), TEN + 10, seats), ("801",))

    def test_told(self) -> None:
        """Each that is passed over has its reason."""
        seats = (
            seat("1", state=SeatState.TALKING),
            seat("2", rights=frozenset()),
            seat("3", reachable=False),
            seat("4", state=SeatState.PAUSED),
            seat("5", skills={"en": 3}),
            seat("6", rests=True),
            seat("7", skills={"en": 1}),
            seat("8"),
            seat("9", skills={"en": 2}),
            seat("10", skills={"en": 2}),
        )
        members = (*(Member(str(n)) for n in range(1, 9)), Member("10", 2))
        decision = decide(caller(skills={"en": 2}), view(members=members, group="tea"), TEN, seats)
        assert decision is not None
        self.assertEqual(decision.rings, ("5",))
        self.assertEqual(
            {number: str(why) for number, why in decision.passed_over.items()},
            {
                "1": "talking",
                "2": "no right to queued calls",
                "3": "client lost",
                "4": "paused",
                "6": "has just missed a call",
                "7": "lacks a skill: en 2",
                "8": "lacks a skill: en 2",
                "9": "not in the group: tea",
                "10": "level not open yet: 30",
            },
        )


class OrderTests(SynchronousTestCase):
    def order(self, waiting: list[Waiting], **queues: QueueSettings) -> list[int]:
        return [one.sequence for one in in_order(waiting, queues)]

    def test_priority(self) -> None:
        """Higher priority first, then who came first, then the number of arrival."""
        waiting = [caller(4, 5), caller(1, 9), caller(2, 5), caller(3, 7, priority=1)]
        self.assertEqual(self.order(waiting, service=QueueSettings("service")), [3, 2, 4, 1])

    def test_aging(self) -> None:
        """A step of priority is worth a minute of waiting; equal scores by arrival."""
        settings = QueueSettings("service", order=Order.AGING, aging_bonus_s=60)
        waiting = [caller(1, 0), caller(2, 59.9, priority=1), caller(3, 60, priority=1), caller(4, 61, priority=1)]
        self.assertEqual(self.order(waiting, service=settings), [2, 1, 3, 4])

    def test_weights(self) -> None:
        """The queue that weighs more is served first, whatever the others' callers have waited."""
        a, b = QueueSettings("a"), QueueSettings("b", weight=1)
        waiting = [caller(1, 0, queue="a", priority=9), caller(2, 50, queue="b")]
        self.assertEqual(self.order(waiting, a=a, b=b), [2, 1])

    def test_queues_of_one_weight(self) -> None:
        """Of equal weight: one row by priority and arrival; where the rules differ, merged by arrival."""
        waiting = [caller(1, 5, queue="a"), caller(2, 0, queue="b"), caller(3, 9, queue="a", priority=1)]
        a, b = QueueSettings("a"), QueueSettings("b")
        self.assertEqual(self.order(waiting, a=a, b=b), [3, 2, 1])
        b = QueueSettings("b", order=Order.AGING)
        self.assertEqual(self.order(waiting, a=a, b=b), [2, 3, 1])


class ManyQueuesTests(SynchronousTestCase):
    def test_no_seat_twice(self) -> None:
        """Callers choose in their order, each his best seat that is left; the last one finds none."""
        waiting = [caller(n, TEN + n) for n in range(1, 5)]
        decisions = match(waiting, CHECK_SEATS[:3], {"service": view()}, TEN + 5)
        self.assertEqual(
            [(one.sequence, one.rings) for one in decisions], [(1, ("802",)), (2, ("801",)), (3, ("803",))]
        )

    def test_not_blocked(self) -> None:
        """A caller whom no free seat can serve does not block those behind him."""
        decisions = match([caller(1, skills={"fr": 1}), caller(2)], CHECK_SEATS, {"service": view()}, TEN)
        self.assertEqual([one.sequence for one in decisions], [2])

    def test_call_back_waits(self) -> None:
        """A call-back does not go past a caller who stands before it and has no seat, though he needs another one."""
        waiting = [caller(1, skills={"fr": 1}), caller(2, is_call_back=True)]
        self.assertEqual(match(waiting, CHECK_SEATS, {"service": view()}, TEN), [])
        self.assertEqual(len(match(waiting[1:], CHECK_SEATS, {"service": view()}, TEN)), 1)

    def test_call_back_right(self) -> None:
        """It is offered only to who may dial the number."""
        may = seat("803", 50.0, rights=QUEUED | {Right.DIAL_NATIONAL})
        one = caller(is_call_back=True, dial_right=Right.DIAL_NATIONAL)
        decision = decide(one, view(), TEN, (*CHECK_SEATS[:2], may))
        assert decision is not None
        self.assertEqual(
            (decision.rings, str(decision.passed_over["801"])), (("803",), "no right to dial the number: 11")
        )

    def test_a_program_that_is_gone(self) -> None:
        """Why its seat is not rung: not that it pauses, which nobody wished."""
        gone = seat("804", state=SeatState.PAUSED, reachable=False)
        decision = decide(caller(), view(), TEN, (*CHECK_SEATS[:1], gone))
        assert decision is not None
        self.assertEqual(str(decision.passed_over["804"]), "client lost")

    def test_sticky(self) -> None:
        """Who talked with him last is asked first and alone, also from a higher open level, and only once."""
        one = caller(sticky="804")
        self.assertEqual(rung(one, view(Strategy.RING_ALL), TEN + 30), ("804",))
        self.assertEqual(rung(one, view(Strategy.RING_ALL), TEN + 29), ("801", "802", "803"))
        self.assertEqual(rung(replace(one, missed=("804",)), view(), TEN + 30), ("802",))
        self.assertEqual(rung(replace(one, rings=("804",), rung=("804",), alone=True), view(Strategy.RING_ALL)), ())


class StaffedTests(SynchronousTestCase):
    def test_rules(self) -> None:
        """Only members who are there with the right count; those who pause as the queue says, wrap-up always."""
        pausing, wrapping = (
            seat("801", state=SeatState.PAUSED),
            seat("802", state=SeatState.PAUSED, wraps_up=True),
        )
        self.assertTrue(is_staffed(view(), [pausing]))
        self.assertFalse(is_staffed(view(wait_for_paused=False), [pausing]))
        self.assertTrue(is_staffed(view(wait_for_paused=False), [wrapping]))
        for nobody in (seat("809"), seat("801", rights=frozenset()), seat("801", staffed=False)):
            self.assertFalse(is_staffed(view(), [nobody]))
