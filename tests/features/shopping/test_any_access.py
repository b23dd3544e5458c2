"""
Every task of a caller; the books fail him at each access in turn, locked, slow, gone, once; or the server is killed.

No caller is left without words, none is told what is not so, and each comes to a person or goes on. What he has
confirmed is one order after a kill at any moment, what he has not is none, and the books agree.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from peewee import OperationalError
from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import passwords
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules, sample
from callserver.features.shopping.booking import Bookings
from callserver.features.shopping.flow.counter import Premises
from callserver.features.shopping.flow.menu import ShopMenu
from callserver.features.shopping.tables import Order, OrderState, OrderStep, Payment, Reservation
from callserver.ivr.trying.call import TryCall
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.run import run_menu
from callserver.lines.interfaces import Caller
from callserver.store.journal import append_event
from callserver.store.tables import EventRow
from callserver.wire.records import EventRecord
from tests.features.shopping.agreement import check_books
from tests.store.inline import InlineStore

CUSTOMER, MEMBER, PIN, TEA, POT = "13912345678", "600001", "730462", "1001", "1004"
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
BUY = f"1 1 {TEA}# 1 2# 2"
TASKS = {  # keys, question by question
    "order": f"{BUY} 1 1 hangup",
    "by balance": f"{BUY} 2 1 {PIN}# 1 hangup",
    "reserve": f"1 2 {POT}# 2# 1 hangup",
    "account": f"1 3 1 {PIN}# 1 2 hangup",
    "orders": "1 4 1 2 90317562# # hangup",
    "cancel": "1 4 3 1 4 hangup",
    "list": "1 1 *# 1 1 1# 2 1 1 hangup",
}
TOLD = {"system-trouble", "outcome-unknown", "order-noted", "being-booked"}
SLOW_S = 5.0
Answer = Deferred[Any]


class FailingStore(InlineStore):
    """Its accesses are counted from the beginning of a call; `fault` may stand in for each, by its number."""

    def __init__(self) -> None:
        super().__init__()
        self.begin(None)

    def begin(self, fault: Callable[[int, Callable[[], Answer]], Answer] | None) -> None:
        self.n, self._fault = 0, fault

    def write(self, f: Callable[..., Any], *args: Any) -> Answer:
        do = lambda: InlineStore.write(self, f, *args)  # noqa: E731
        n, self.n = self.n, self.n + 1
        return do() if self._fault is None else self._fault(n, do)


class Book:
    """The event log keeps what it is told at once."""

    def write(self, event: EventRecord) -> None:
        append_event(event)


@dataclass(frozen=True)
class Called:
    """How it ended, and all that was said."""

    ended: str
    said: list[str]


class AnyAccessCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = FailingStore()
        self.addCleanup(self.store.database.close)
        self.patch(passwords, "N", 2)
        sample.load(BEGAN)
        rules.set_pin(MEMBER, rules.pin_stored(PIN))
        rules.move_stock(POT, -1, "correction", BEGAN)
        self.events = EventLog(Book(), self.store.reactor, "test", self.now)  # type: ignore[arg-type]

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.store.reactor.seconds())

    def new_bookings(self) -> Bookings:
        return Bookings(self.store, self.events, secrets.choice)  # type: ignore[arg-type]

    def before(self, task: str) -> None:
        """What there is when he calls."""
        if task == "cancel":
            buyer, stamp = rules.find_buyer(CUSTOMER), self.events.stamp
            rules.confirm(
                "before", buyer, [(TEA, 2)], stamp(Kind.ORDER, call_id="before"), CUSTOMER, payment=Payment.BALANCE
            )

    def call(self, task: str, fault: Callable[[TryCall, int, Callable[[], Answer]], Answer] | None = None) -> Called:
        """The whole call, with these keys."""
        premises = Premises(self.store, self.now, "cn", UTC, maybeDeferred)  # type: ignore[arg-type]
        self.bookings = self.new_bookings()
        menu = ShopMenu(premises, self.events, self.bookings, announce_recording=False)
        call = TryCall(Script(TASKS[task]), BEGAN, Caller(CUSTOMER))
        self.store.begin(None if fault is None else lambda n, do: fault(call, n, do))
        ended = run_menu(menu, call)
        self.n_met = self.store.n
        said = [str(one) for heard in call.trace if heard.kind == "said" for one in heard.data["prompts"]]  # type: ignore[attr-defined]
        return Called(ended, said)

    def each(self, task: str) -> Iterator[int]:
        """Each access of this task, with the books as they were; what was begun there is rolled back."""
        for n in count():
            with self.store.database.atomic("IMMEDIATE") as transaction:
                self.before(task)
                yield n
                transaction.rollback()
            self.flushLoggedErrors()
            if self.n_met <= n:
                self.assertGreater(n, 2, task)
                return


class FaultTests(AnyAccessCase):
    def setUp(self) -> None:
        super().setUp()
        self.waiting: list[tuple[Answer, Callable[[], Answer]]] = []

    def test_every_task(self) -> None:
        """As the others below meet it, without a fault."""
        for task in TASKS:
            with self.store.database.atomic("IMMEDIATE") as transaction:
                self.before(task)
                called = self.call(task)
                self.assertEqual((called.ended, TOLD & {*called.said}), ("caller", set()), task)
                self.check_truth(called)
                transaction.rollback()

    def test_gone(self) -> None:
        """From one access on nothing is answered any more but an error."""
        self.fails(lambda _, wrong, n, do: fail(OperationalError("gone")) if n >= wrong else do())

    def test_locked(self) -> None:
        """From one access on nothing is answered for as long as he is on the telephone."""
        self.fails(lambda _, wrong, n, do: self.wait(do) if n >= wrong else do())

    def wait(self, do: Callable[[], Answer]) -> Answer:
        self.waiting.append((Deferred(), do))
        return self.waiting[-1][0]

    def unlock(self) -> None:
        waiting, self.waiting = self.waiting, []
        for answer, do in waiting:
            do().addBoth(lambda found, answer=answer: answer.callback(found) if not answer.called else None)  # type: ignore[misc]

    def test_once(self) -> None:
        """One access fails, and no other."""
        self.fails(lambda _, wrong, n, do: fail(OperationalError("disk I/O error")) if n == wrong else do())

    def test_slow(self) -> None:
        """From one access on each takes five seconds; whoever is known by then is served as ever."""
        for task in TASKS:
            for wrong in self.each(task):
                called = self.call(task, lambda call, n, do, wrong=wrong: late(call, do) if n >= wrong > 0 else do())  # type: ignore[misc]
                self.assertEqual((called.ended, TOLD & {*called.said}), ("caller", set()), (task, wrong))
                self.check_truth(called)

    def fails(self, fault: Callable[[TryCall, int, int, Callable[[], Answer]], Answer]) -> None:
        for task in TASKS:
            for wrong in self.each(task):
                called = self.call(task, lambda call, n, do, wrong=wrong: fault(call, wrong, n, do))  # type: ignore[misc]
                self.store.begin(None)
                self.unlock()
                self.store.reactor.advance(10)
                self.assertNotIn("broken", called.ended, (task, wrong))
                if called.ended.startswith("person"):
                    self.assertTrue(TOLD & {*called.said}, (task, wrong, called))
                else:
                    self.assertEqual(called.ended, "caller", (task, wrong))
                self.check_truth(called)

    def check_truth(self, called: Called) -> None:
        """What he was told of what he had done is so; and what is so he was told, be it that nobody knows."""
        cancelled = OrderStep.select().where(OrderStep.state == OrderState.CANCELLED).count()
        for done, sure, unsure in (
            (ordered(), {"order-taken", "order-noted"}, {"order-noted"}),
            (Reservation.select().count(), {"reserved"}, {"outcome-unknown"}),
            (cancelled, {"cancel-done"}, {"outcome-unknown"}),
        ):
            is_told = bool(sure & {*called.said})
            self.assertTrue(done == 1 if is_told else done == 0 or unsure & {*called.said}, (called, done, sure))
        if "order-taken" in called.said:
            check_books(self.now())


class KillTests(AnyAccessCase):
    def test_killed(self) -> None:
        """The plug is pulled before an access, or behind it; the next start books what was confirmed, and once."""
        for task in ("order", "by balance", "reserve", "cancel"):
            for is_done in (False, True):
                for wrong in self.each(task):
                    self.call(task, killed_at(wrong, is_done))
                    self.check_after_kill(task)
                    if is_done:  # else all is as behind the access before
                        check_books(self.now())

    def check_after_kill(self, task: str) -> None:
        self.store.begin(None)
        wanted = EventRow.select().where(EventRow.kind == "order_wanted").count()
        for _ in range(2):
            bookings = self.new_bookings()
            bookings.startService()
            bookings.stopService()
        self.assertEqual(ordered(), wanted, task)
        self.assertLessEqual(wanted, 1)
        self.assertLessEqual(Reservation.select().count(), 1)


def killed_at(wrong: int, is_done: bool) -> Callable[[TryCall, int, Callable[[], Answer]], Answer]:
    """The server is no more: nothing is answered; what was begun last may be on disk."""

    def fault(call: TryCall, n: int, do: Callable[[], Answer]) -> Answer:
        if n < wrong:
            return do()
        if n == wrong and is_done:
            do().addErrback(lambda failure: failure.trap(rules.OrderRefused))
        return Deferred()

    return fault


def late(call: TryCall, do: Callable[[], Answer]) -> Answer:
    return deferLater(call.clock, SLOW_S, do).addCallback(lambda answer: answer)


def ordered() -> int:
    """By callers, but for what there was before."""
    return int(Order.select().where(Order.call_id == "try").count())
