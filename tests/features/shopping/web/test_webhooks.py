"""Messages of changes: signed, in order, tried again, never lost, whatever a target does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionRefusedError
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping.rules.feed import ORDER, append_change, changes_since
from callserver.features.shopping.tables import Change
from callserver.features.shopping.web.tables import DeadLetter
from callserver.features.shopping.web.webhooks import letters
from callserver.features.shopping.web.webhooks.courier import ANSWER_S, LOOK_S, Courier
from callserver.features.shopping.web.webhooks.hosts import TargetFault, check_target
from callserver.features.shopping.web.webhooks.retries import REFUSED_TRIES, TRIES, WAITS_S
from callserver.features.shopping.web.webhooks.signing import HEADER, is_ours, signature
from tests.features.shopping.web.served import BEGAN
from tests.store.inline import StubbornStore

URL = "http://127.0.0.1:9000/changes"
SECRET = "a secret"
HOUR_S = 3600


class Receiver:
    """A program that is sent messages; `status` is what it answers, None: nothing, ever."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.status: int | None = 200
        self.is_there = True
        self.got: list[int] = []  # sequence numbers that it has taken
        self.asked = 0
        self.hanging: list[Deferred[int]] = []

    def post(self, url: str, headers: dict[str, str], body: bytes) -> Deferred[int]:
        self.asked += 1
        assert is_ours(SECRET, headers[HEADER], body, self._now())
        if not self.is_there:
            return fail(ConnectionRefusedError())
        if self.status is None:
            hanging: Deferred[int] = Deferred()
            self.hanging.append(hanging)
            return hanging
        if self.status == 200:
            self.got.append(json.loads(body)["sequence"])
        return succeed(self.status)


class Office:
    """A shop whose changes one program is told of."""

    def __init__(self, url: str = URL, allowed: tuple[str, ...] = ()) -> None:
        self.store = StubbornStore()
        self.clock = self.store.reactor
        self.receiver = Receiver(self.now)
        self.store.run(letters.add_target, "web-shop", url, ("shop.example.com", *allowed), lambda: SECRET)
        self.courier = self.make_courier(allowed)

    def make_courier(self, allowed: tuple[str, ...] = ()) -> Courier:
        courier = Courier(
            self.clock,
            self.store,  # type: ignore[arg-type]
            self.receiver.post,
            self.now,
            self.store.alarms,
            allowed,
        )
        courier.startService()
        return courier

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.clock.seconds())

    def happens(self, n: int = 1) -> None:
        for _ in range(n):
            self.store.run(append_change, ORDER, "58204713", "placed", self.now())

    def wait(self, seconds: float) -> None:
        self.clock.pump([1.0] * int(seconds) if seconds < 7200 else [60.0] * int(seconds / 60))

    def status(self) -> letters.TargetStatus:
        (found,) = self.store.run(letters.all_targets)
        return found

    def close(self) -> None:
        self.courier.stopService()
        self.store.database.close()


class CourierTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.office = Office()
        self.addCleanup(lambda: self.office.close())
        self.receiver = self.office.receiver

    def test_in_order(self) -> None:
        """Each change arrives once, in its order; what was before the target was added does not."""
        self.office.happens(5)
        self.office.wait(10)
        self.assertEqual(self.receiver.got, [1, 2, 3, 4, 5])
        self.assertEqual(self.office.status().waiting, 0)

    def test_at_once(self) -> None:
        """A change that the server is told of is not kept until the next look."""
        self.office.happens()
        self.office.courier.look()
        self.office.clock.advance(0)
        self.office.clock.advance(0)
        self.assertEqual(self.receiver.got, [1])

    def test_down_for_an_hour(self) -> None:
        """A target that is down for an hour has everything a quarter of an hour after it is back, in order, once."""
        self.receiver.is_there = False
        for _ in range(60):
            self.office.happens()
            self.office.wait(60)
        self.assertEqual(self.receiver.got, [])
        self.assertLess(self.receiver.asked, 12)
        self.receiver.is_there = True
        self.office.wait(WAITS_S[-1] + 90)
        self.assertEqual(self.receiver.got, list(range(1, 61)))
        self.assertEqual(self.office.store.alarms, [])

    def test_growing_waits(self) -> None:
        """It is asked again soon, then more and more seldom."""
        self.receiver.status = 503
        self.office.happens()
        asked_at, before = [], 0
        for second in range(2500):
            self.office.wait(1)
            if self.receiver.asked > before:
                asked_at.append(second)
                before = self.receiver.asked
        waits = [later - sooner for sooner, later in itertools.pairwise(asked_at)]
        for wait, planned in zip(waits, WAITS_S, strict=False):
            self.assertLessEqual(abs(wait - planned - LOOK_S / 2), LOOK_S)

    def test_never_answers(self) -> None:
        """Who takes a message and never answers is left after ten seconds; others get theirs meanwhile."""
        self.office.store.run(letters.add_target, "erp", "http://localhost/x", (), lambda: SECRET)
        self.receiver.status = None
        self.office.happens()
        self.office.wait(LOOK_S + 1)
        self.assertEqual(len(self.receiver.hanging), 2)
        self.office.wait(ANSWER_S)
        for target in self.office.store.run(letters.all_targets):
            self.assertEqual((target.tries, target.trouble), (1, "no answer in 10 s"))
        self.receiver.status = 200
        self.office.wait(30)
        self.assertEqual(sorted(self.receiver.got), [1, 1])

    def test_never_answers_for_a_day(self) -> None:
        """For a day: one try at a time, more and more seldom, no alarm; when it answers it has all, in order, once."""
        self.receiver.status = None
        for _ in range(12):
            self.office.happens()
            self.office.wait(2 * HOUR_S)
        self.assertEqual([one.called for one in self.receiver.hanging[:-1]], [True] * (self.receiver.asked - 1))
        self.assertLess(self.receiver.asked, TRIES)
        self.assertEqual((self.office.status().waiting, self.office.status().dead), (12, 0))
        self.assertEqual((self.office.status().trouble, self.office.store.alarms), ("no answer in 10 s", []))
        self.receiver.status = 200
        self.office.wait(WAITS_S[-1] + 2 * ANSWER_S)
        self.assertEqual(self.receiver.got, list(range(1, 13)))
        self.assertEqual((self.office.status().waiting, self.office.status().trouble), (0, ""))

    def test_dead_letter(self) -> None:
        """A message that is refused again and again is laid aside with an alarm, and the next ones go out."""
        self.receiver.status = 400
        self.office.happens(2)
        self.office.wait(LOOK_S + 1)
        while self.office.status().dead == 0:
            self.office.wait(60)
        self.assertEqual(self.receiver.asked - self.receiver.asked % REFUSED_TRIES, REFUSED_TRIES)
        (alarm,) = self.office.store.alarms
        self.assertIn("web-shop does not take the message of change 1: HTTP 400", alarm)
        self.receiver.status = 200
        self.office.wait(600)
        self.assertEqual(self.receiver.got, [2])
        (dead,) = self.office.store.run(letters.dead_letters)
        self.assertEqual((dead.sequence, dead.trouble), (1, "HTTP 400"))

    def test_dead_letter_again(self) -> None:
        """A person can send what was laid aside once more; what is taken then is off the list, else it stays."""
        self.test_dead_letter()
        self.receiver.status = 500
        self.assertEqual(self.office.store.run(letters.send_again, "web-shop", 1), 1)
        self.office.wait(10)
        self.assertEqual([one.trouble for one in self.office.store.run(letters.dead_letters)], ["HTTP 500"])
        self.receiver.status = 200
        self.office.store.run(letters.send_again, "web-shop")
        self.office.wait(10)
        self.assertEqual((self.receiver.got, self.office.store.run(letters.dead_letters)), ([2, 1], []))
        self.assertEqual(self.office.status().trouble, "")

    def test_dead_letter_of_the_sample(self) -> None:
        """What is told of the sample goes with it: a dead letter about it holds up nothing, and sends nothing else."""
        self.test_dead_letter()
        self.office.store.run(lambda: Change.delete().where(Change.sequence == 1).execute())
        self.office.store.run(letters.send_again, "web-shop")
        self.office.happens()
        self.office.wait(60)
        self.assertEqual(self.receiver.got, [2, 3])

    def test_gone_for_days(self) -> None:
        """A target that is not there for more than a day: its oldest change is laid aside; the rest waits on."""
        self.receiver.is_there = False
        self.office.happens(3)
        self.office.wait(TRIES * WAITS_S[-1] + HOUR_S)
        self.assertEqual((self.office.status().dead, self.office.status().waiting), (1, 2))

    def test_restart(self) -> None:
        """After a restart it goes on where it was: with the same wait, and without a message twice."""
        self.office.happens()
        self.office.wait(5)
        self.receiver.is_there = False
        self.office.happens()
        self.office.wait(30)
        tries = self.office.status().tries
        self.office.courier.stopService()
        self.office.courier = self.office.make_courier()
        self.office.wait(1)
        self.assertEqual(self.office.status().tries, tries)
        self.receiver.is_there = True
        self.office.wait(120)
        self.assertEqual(self.receiver.got, [1, 2])

    def test_stop_while_sending(self) -> None:
        """A stop waits for nobody who does not answer."""
        self.receiver.status = None
        self.office.happens()
        self.office.wait(3)
        self.office.courier.stopService()
        self.assertEqual(self.office.clock.getDelayedCalls(), [])
        self.assertEqual(self.office.status().tries, 0)
        self.office.courier.startService()

    def test_database_fails(self) -> None:
        """What came of a message cannot be kept: it is sent again, and not skipped."""
        store = self.office.store
        self.patch(store, "read", lambda f, *arguments: succeed(store.run(f, *arguments)))
        store.full = True
        self.office.happens(2)
        self.office.wait(5)
        self.assertEqual(set(self.receiver.got), {1})
        self.assertGreater(len(self.flushLoggedErrors()), 0)
        self.office.store.full = False
        self.office.wait(10)
        self.assertEqual(self.receiver.got[-2:], [1, 2])

    def test_removed_meanwhile(self) -> None:
        """A target that is removed while its message is under way is gone, with what it had not got."""
        self.receiver.status = None
        self.office.happens()
        self.office.wait(3)
        self.office.store.run(letters.remove_target, "web-shop")
        self.office.wait(30)
        self.assertEqual(self.office.store.run(letters.all_targets), [])
        self.assertRaises(TargetFault, self.office.store.run, letters.remove_target, "web-shop")

    def test_no_longer_allowed(self) -> None:
        """A host that config.ini does not name any more gets nothing, also if it was added before."""
        self.office.close()
        self.office = Office("https://shop.example.com/changes")
        self.office.happens()
        self.office.wait(10)
        self.assertEqual(self.office.receiver.asked, 0)
        self.assertIn("is not allowed", self.office.status().trouble)


class TargetTests(SynchronousTestCase):
    def test_allowed(self) -> None:
        """This computer in the clear; others by name and encrypted."""
        hosts = ("shop.example.com",)
        for url in ("http://127.0.0.1:80/x", "http://localhost/", "http://[::1]:8/", "https://shop.example.com/x?y=1"):
            check_target(url, hosts)
        for url in (
            "http://shop.example.com/",
            "https://other.example.com/",
            "https://shop.example.com.evil.example/",
            "https://user:secret@shop.example.com/",
            "https://169.254.169.254/latest",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "http://127.0.0.1:99999/",
            "http://[::1",
            "http://127.0.0.1/\r\nX: y",
            "http:///x",
            "x" * 600,
            "",
        ):
            self.assertRaises(TargetFault, check_target, url, hosts)

    def test_signature(self) -> None:
        """A message with another word, moment or secret is not ours; nor is an old one that somebody sends again."""
        signed = signature(SECRET, BEGAN, b"body")
        self.assertTrue(is_ours(SECRET, signed, b"body", BEGAN + timedelta(seconds=200)))
        self.assertFalse(is_ours(SECRET, signed, b"bodY", BEGAN))
        self.assertFalse(is_ours("other", signed, b"body", BEGAN))
        self.assertFalse(is_ours(SECRET, signed, b"body", BEGAN + timedelta(seconds=301)))
        later = signed.replace("t=1", "t=2", 1)
        self.assertFalse(is_ours(SECRET, later, b"body", BEGAN))
        for garbage in ("", "t=,v1=", "t=1,v1=é", signed + "0"):
            self.assertFalse(is_ours(SECRET, garbage, b"body", BEGAN))


class CourierMachine(RuleBasedStateMachine):
    """Changes, time, faults of the target and of the server in any order: nothing is lost, nothing out of order."""

    @initialize()
    def open(self) -> None:
        self.office = Office()
        self.n_again = 0

    @rule(n=st.integers(1, 3))
    def something_happens(self, n: int) -> None:
        self.office.happens(n)

    @rule(seconds=st.sampled_from((1, 5, 20, 120, 1000)))
    def time_passes(self, seconds: int) -> None:
        self.office.wait(seconds)

    @rule(status=st.sampled_from((200, 200, 204, 301, 400, 500, None)))
    def it_answers_otherwise(self, status: int | None) -> None:
        self.office.receiver.status = 200 if status == 204 else status

    @rule(is_there=st.booleans())
    def it_comes_and_goes(self, is_there: bool) -> None:
        self.office.receiver.is_there = is_there

    @rule()
    def the_server_is_killed(self) -> None:
        self.office.courier.stopService()
        self.office.courier = self.office.make_courier()

    @rule()
    def somebody_sends_again(self) -> None:
        self.n_again += self.office.store.run(letters.send_again, "web-shop")

    @invariant()
    def nothing_is_skipped(self) -> None:
        """Each change up to the position was taken or lies aside; those behind it were not taken yet."""
        newest = len(self.office.store.run(changes_since, 0, 10_000))
        position = newest - self.office.status().waiting
        aside = {one.sequence for one in self.office.store.run(letters.dead_letters)}
        assert set(range(1, position + 1)) == (set(self.office.receiver.got) | aside) & set(range(1, position + 1))
        assert not self.office.store.run(lambda: DeadLetter.select().where(DeadLetter.sequence > position).exists())

    @invariant()
    def in_order(self) -> None:
        """Beside dead letters that were wanted again, sequence numbers only grow."""
        first = list(dict.fromkeys(self.office.receiver.got))
        falls = sum(later < sooner for sooner, later in itertools.pairwise(first))
        assert falls <= self.n_again

    def teardown(self) -> None:
        if not hasattr(self, "office"):
            return
        self.office.receiver.status, self.office.receiver.is_there = 200, True
        self.office.store.run(letters.send_again, "web-shop")
        self.office.wait(2000)
        assert self.office.status().waiting == self.office.status().dead == 0
        self.office.close()


class AnyOrderTests(SynchronousTestCase):
    def test_any_order(self) -> None:
        """Whatever happens in whatever order, each change is taken, or lies aside for a person."""
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            CourierMachine, settings=settings(max_examples=12, stateful_step_count=12, deadline=None)
        )
