"""Whatever callers and agents do: nobody is overtaken but by rule, no seat has two calls, call-backs hold."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, succeed
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues.call_back_offer import NoLine
from callserver.acd.queues.call_backs import CallBacks
from callserver.acd.queues.entry import Entry
from callserver.acd.queues.wait import Speaking
from callserver.acd.routing.order import in_order
from callserver.acd.routing.settings import Order, QueueSettings, Strategy
from callserver.acd.seats.seats import SeatChange
from callserver.calls.call import Call
from callserver.calls.dial_guard import classify
from callserver.calls.keys import Key
from callserver.calls.outgoing import DialListener
from callserver.calls.stages import Stage
from callserver.lines.interfaces import Caller
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refused
from callserver.wire.states import LineState, SeatState
from tests.acd.queues.test_call_backs import Asks, Kept
from tests.shop import Agent, VirtualShop, queues

N_LINES, N_SEATS, WRAP_UP_S = 4, 3, 7.0
QUEUES = ("a", "b", "c")
BUSY = Reason(Cause.NOT_REACHED, "busy")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("calls"), st.integers(0, N_LINES - 1), st.sampled_from(QUEUES), st.integers(0, 2)),
        st.tuples(st.sampled_from(("key", "key", "goes")), st.integers(0, 3)),
        st.tuples(st.sampled_from(("answer", "answer", "reject", "hang up")), st.integers(0, 2)),
        st.tuples(st.sampled_from(("pause", "log in")), st.integers(1, N_SEATS)),
        st.tuples(st.sampled_from(("reached", "busy")), st.integers(0, 3)),
        st.tuples(st.just("time"), st.sampled_from((0.5, 3, 7, 16, 31, 310))),
    ),
    min_size=5,
    max_size=40,
)
CALLS = st.tuples(st.sampled_from(QUEUES), st.integers(0, 2), st.booleans())  # who would rather be called back
FIRST = st.lists(CALLS, min_size=N_LINES, max_size=N_LINES)
RULES = st.tuples(st.sampled_from(list(Strategy)), st.sampled_from(list(Order)), st.integers(0, 1))


class Day:
    """Lines, three queues that share three agents, callers, call-backs; every event is looked at when it happens."""

    def __init__(self, rule: tuple[Strategy, Order, int]) -> None:
        strategy, order, weight = rule
        self.shop = VirtualShop(n_lines=N_LINES, n_seats=N_SEATS)
        self.broken: list[str] = []
        self.dials: list[tuple[DialListener, Call]] = []
        self.reached: set[Call] = set()
        self.ended_s: dict[str, float] = {}
        common: dict[str, Any] = {"order": order, "wrap_up_s": WRAP_UP_S, "call_back_key": "2", "misses": 0}
        shared = queues(
            self.shop,
            QueueSettings("a", strategy=strategy, **common),
            QueueSettings("b", strategy=strategy, weight=weight, **common),
            QueueSettings("c", **common),
            call_backs=self.make_call_backs,
            asking=Asks(),
            seed="day",
        )
        self.centre = shared.queues
        self.centre._speaking = Speaking(lambda call, words: succeed(None), *[lambda language, n: ()] * 3)
        self.shop.events.watch(self.happened)
        self.shop.seats.watch(self.seat_changed)
        for n in range(1, N_SEATS + 1):
            self.log_in(n)

    def make_call_backs(self, lists: Any, sequence: Any) -> CallBacks:
        return CallBacks(
            self.shop.clock, self.shop.calls, Kept(), lists, dial=self.dial, classify=classify, sequence=sequence
        )

    def dial(self, number: str, seat: str, told: DialListener) -> Call:
        call = self.shop.calls.begin("out", NoLine(), Caller(number))
        self.dials.append((told, call))
        call.when_ended().addCallback(lambda _: self.over(told, call))
        return call

    def over(self, told: DialListener, call: Call) -> None:
        """What the line tells when the call ends before anybody has answered."""
        if call not in self.reached:
            told.not_reached(DialResult.BUSY if call.ended == BUSY else DialResult.GAVE_UP)

    # What happens is looked at

    def happened(self, event: EventRecord) -> None:
        if event.kind == "offer":
            entry = next(e for e in self.entries() if e.card.call_id == event.call_id)
            self.overtakes(entry)

    def overtakes(self, entry: Entry) -> None:
        """Everybody serves everybody here: who stands before him must ring somewhere already."""
        rules = {name: queue.settings for name, queue in self.centre.by_name.items()}
        for one in in_order((e.as_waiting() for e in self.entries() if not e.busy), rules):
            if one.sequence == entry.sequence:
                return
            if not one.rings:
                self.broken.append(f"{entry.card.call_id} rings before {one}")

    def seat_changed(self, change: SeatChange) -> None:
        number, state, now_s = change.status.number, change.status.state, self.shop.clock.seconds()
        if change.status.wrap_up:
            self.ended_s.setdefault(number, now_s)
        elif state is SeatState.RINGING and number in self.ended_s and now_s < self.ended_s[number] + WRAP_UP_S - 1e-6:
            self.broken.append(f"{number} rings {now_s - self.ended_s[number]} s after its call")
        if state is SeatState.TALKING:
            self.ended_s.pop(number, None)

    def entries(self) -> list[Entry]:
        return [entry for queue in self.centre.by_name.values() for entry in queue.waiting]

    def check(self) -> None:
        """No seat has two calls, and what rings for somebody rings at that seat."""
        rings = [number for entry in self.entries() for number in entry.ringing.offers]
        assert len(rings) == len(set(rings)), rings
        for entry in self.entries():
            for number, offer in entry.ringing.offers.items():
                assert self.shop.seats[number].ringing is offer, (number, entry.card.call_id)
        assert not self.broken, self.broken

    # What is done

    def do(self, act: str, *about: Any) -> None:
        if act == "time":
            for _ in range(round(about[0] * 2)):
                self.shop.clock.advance(0.5)
        elif act == "calls":
            self.calls(*about)
        elif act == "log in":
            self.log_in(about[0])
        elif act in ("goes", "key"):
            self.caller_does(act, about[0])
        elif act == "pause":
            self.shop.seats[f"80{about[0]}"].pause("lunch")
        elif act in ("reached", "busy"):
            self.dialled(act, about[0])
        else:
            state = SeatState.TALKING if act == "hang up" else SeatState.RINGING
            for seat in [seat for seat in self.shop.seats if seat.status.state is state][about[0] :][:1]:
                {"answer": seat.answer, "reject": seat.reject, "hang up": seat.hang_up}[act]()

    def log_in(self, n: int) -> None:
        agent = Agent(f"80{n}")
        if self.shop.seats.log_in(agent, agent).status.state is SeatState.PAUSED:
            self.ended_s.pop(agent.number, None)  # he ends his wrap-up himself
            self.shop.seats[agent.number].ready()

    def calls(self, line: int, queue: str, priority: int) -> None:
        if self.shop.state(line) is LineState.IDLE:
            call = self.shop.answered_call(line, f"6234567{line}")
            waiting = Deferred.fromCoroutine(self.centre.enter(queue, call, priority))
            call.when_ended().addCallback(lambda _: waiting.cancel())
            waiting.addErrback(lambda failure: None)

    def caller_does(self, act: str, n: int) -> None:
        for call in [entry.call for entry in self.entries() if entry.call is not None][n:][:1]:
            if act == "goes":
                call.end("caller", Reason(Cause.CALLER_HUNG_UP))
            else:
                call.keys.press(Key("2", "sound", self.shop.clock.seconds()))

    @property
    def calling(self) -> list[Call]:
        """Dialled, and nobody has answered yet."""
        return [call for _, call in self.dials if call not in self.reached]

    def dialled(self, act: str, n: int) -> None:
        """What comes of a dial that is under way."""
        alive = [(told, call) for told, call in self.dials if call.ended is None and call in self.calling]
        if n < len(alive):
            told, call = alive[n]
            if act == "reached":
                self.reached.add(call)
                call.begin_answered(Stage.TALK)
                told.answered_there()
            else:
                call.end("called", BUSY)


class RulesTests(SynchronousTestCase):
    @given(RULES, FIRST, STEPS)
    @settings(max_examples=60, deadline=None)
    def test_any_day(self, rule: tuple[Strategy, Order, int], first: list[Any], more: list[tuple[Any, ...]]) -> None:
        """Callers have come while all pause; then any acts in any order, and a second time the same."""
        steps = [("pause", n) for n in range(1, N_SEATS + 1)]
        steps += [("calls", line, queue, priority) for line, (queue, priority, _) in enumerate(first)]
        steps += [("key", n) for n in reversed(range(N_LINES)) if first[n][2]]
        steps += [("log in", n) for n in range(1, N_SEATS + 1)] + [("answer", 0), ("reject", 0), ("answer", 0), *more]
        self.assertEqual(self.live(rule, steps), self.live(rule, steps), "the same seed gives the same day")

    def live(self, rule: tuple[Strategy, Order, int], steps: list[tuple[Any, ...]]) -> list[Any]:
        day = Day(rule)
        for act in steps:
            with capturedLogs(), contextlib.suppress(Refused):
                day.do(*act)
            day.shop.clock.advance(0.01)
            day.check()
        self.one_dial_each(day)
        self.one_outcome_each(day)
        self.assertEqual(self.flushLoggedErrors(), [])
        return day.shop.happened("entry", "offer", "miss", "connect", "leave", "called_back")

    def one_dial_each(self, day: Day) -> None:
        """Each dial was for one acceptance, and has come to one result or is under way."""
        told = [data["outcome"] for _, data in day.shop.happened("called_back") if data["outcome"] != "called_again"]
        under_way = [call for call in day.calling if call.ended is None]
        self.assertEqual(len(day.dials), len(told) + len(under_way))

    def one_outcome_each(self, day: Day) -> None:
        """Each wait that has begun waits on, or has ended once."""
        waits = Counter(event.call_id for event in day.shop.book.events if event.kind == "entry")
        waits.subtract(event.call_id for event in day.shop.book.events if event.kind == "leave")
        on = Counter(entry.call.id for entry in day.entries() if entry.call is not None)
        refused = {"no_agent"}
        for event in day.shop.book.events:
            if event.kind == "leave" and event.data["outcome"] in refused:
                waits[event.call_id] += 1
        self.assertEqual(+waits, on)
