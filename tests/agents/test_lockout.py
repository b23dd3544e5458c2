"""Passwords at the agents' channel, as the staff book has them: guessed, first ones, changed, taken away."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import normalize
from unittest.mock import patch

from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs

from callserver.acd.organisation.staff_tables import AttemptRow
from callserver.acd.staff import passwords
from callserver.acd.staff.book import StaffBook
from callserver.desktop.client import AgentClient
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.versions import CHANNEL_NUMBER
from tests.agents.channel_case import ChannelCase
from tests.agents.small_centre import PASSWORD, SmallCentre
from tests.agents.test_attacks import HELLO, message
from tests.agents.wires import Stranger
from tests.store.inline import InlineStore


class BookCase(ChannelCase):
    """A centre whose staff book is the real one."""

    def setUp(self) -> None:
        cheap = patch.object(passwords, "N", 2)
        cheap.start()
        self.addCleanup(cheap.stop)
        self.store = store = InlineStore()
        self.clock = store.reactor
        began = datetime(2026, 1, 5, 9, tzinfo=UTC)
        book = StaffBook(
            store,  # type: ignore[arg-type]
            self.clock,
            lambda: began + timedelta(seconds=self.clock.seconds()),
            on_gone=lambda number: self.centre.seats.dismiss(number),
        )
        self.book = book
        for number, name in (("801", "李明"), ("802", "王芳")):
            self.successResultOf(book.add(number, name, PASSWORD, [Right.ANSWER_QUEUED]))
        self.open(SmallCentre(self.clock, book))

    def outcome(self, number: str, password: str, new_password: str | None = None) -> object:
        """What a program that connects now is told."""
        _, diary = self.program(number, password, new_password)
        self.wires.pass_time(2)
        return diary.lines[-1]


class LockoutTests(BookCase):
    def test_locked_account(self) -> None:
        """After five wrong passwords the right one is refused too, in the same words; a colleague gets in."""
        refused = ("refused", Refusal.LOG_IN)
        self.assertEqual(self.outcome("801", PASSWORD), ("logged in", "李明"))
        self.assertEqual([self.outcome("802", "wrong horse") for _ in range(5)], [refused] * 5)
        self.assertEqual(self.outcome("802", PASSWORD), refused)
        self.assertEqual(self.outcome("801", PASSWORD), ("logged in", "李明"))
        self.wires.pass_time(15 * 60, step_s=2.5)
        self.assertEqual(self.outcome("802", PASSWORD), ("logged in", "王芳"))


class PasswordTests(BookCase):
    NEW = "walnuts+dates"

    def refused(self, code: Refusal) -> object:
        return ("refused", code)

    def test_first_password(self) -> None:
        """A password that somebody else has chosen opens nothing but its own change; then it is void."""
        first = passwords.first()
        self.successResultOf(self.book.set_password("801", first))
        self.assertEqual(self.outcome("801", first), self.refused(Refusal.MUST_CHANGE))
        self.assertEqual(self.outcome("801", PASSWORD), self.refused(Refusal.LOG_IN))
        self.assertEqual(self.outcome("801", first, "short"), self.refused(Refusal.WEAK_PASSWORD))
        self.assertEqual(self.outcome("801", first, first), self.refused(Refusal.WEAK_PASSWORD))
        self.assertEqual(self.outcome("801", first, self.NEW), ("logged in", "李明"))
        self.assertEqual(self.outcome("801", first), self.refused(Refusal.LOG_IN))
        self.assertEqual(self.outcome("801", self.NEW), ("logged in", "李明"))

    def test_nothing_before_the_change(self) -> None:
        """Whatever a program asks for before that is refused, whatever else is the matter."""
        self.successResultOf(self.book.set_password("801", passwords.first()))
        stranger = Stranger(self.channel.factory.wrappedFactory)
        self.addCleanup(stranger.leave)
        stranger.says(HELLO)
        for act in (b"hello", b"ready", b"answer", b"audio"):
            stranger.says(message(act))
        self.assertEqual(self.centre.seats.candidates(), [])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_own_password(self) -> None:
        """Logged in, he changes his own with the one he has; by his open program alone nobody else does."""
        client, _ = self.program()
        refused = self.later_refused(client.change_password("not his", self.NEW))
        self.assertIs(refused.code, Refusal.LOG_IN)
        weak = self.later_refused(client.change_password(PASSWORD, "80180180"))
        self.assertEqual(
            weak.text("en"), "the new password cannot be taken: it is made of too few different characters"
        )
        self.ask(client.change_password(PASSWORD, self.NEW))
        self.wires.pumps[0].clientIO.disconnecting = True
        self.wires.pass_time(3)
        self.assertTrue(self.is_here(), "it comes back with the new one")
        self.assertEqual(self.outcome("801", PASSWORD), self.refused(Refusal.LOG_IN))

    def later_refused(self, asked: Deferred[Any]) -> Refused:
        self.wires.pass_time(1)
        return self.refusal(asked)

    def test_odd_passwords(self) -> None:
        """Ten thousand characters, half characters, NUL, blanks at the ends: refused with a rule, nothing breaks."""
        for odd in ("x1y2" * 2500, "pass\ud800word!", "pass\0word!", " password1", "password1 ", "a\u2028bcdefgh"):
            self.assertEqual(self.outcome("801", PASSWORD, odd), self.refused(Refusal.WEAK_PASSWORD), repr(odd[:9]))
            self.assertEqual(self.outcome("802", odd), self.refused(Refusal.LOG_IN), repr(odd[:9]))
            self.successResultOf(self.book.unlock("802"))
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_as_it_was_typed(self) -> None:
        """A password and a number are the same however a keyboard puts them together, at both ends."""
        composed, decomposed = "crème brûlée", normalize("NFD", "crème brûlée")
        self.assertEqual(self.outcome("801", PASSWORD, decomposed), ("logged in", "李明"))
        self.assertEqual(self.outcome("８０１", composed), ("logged in", "李明"))
        raw = self.book.log_in("801", decomposed, "10.0.0.9")  # a program that leaves it as it was typed
        self.assertEqual(self.successResultOf(raw).number, "801")

    def test_wrong_password_with_a_new_one(self) -> None:
        """Who mistypes the one he has is refused at once; it counts as one wrong password, not as two."""
        self.assertEqual(self.outcome("801", "wrong horse", self.NEW), self.refused(Refusal.LOG_IN))
        self.assertEqual(AttemptRow.select().where(~AttemptRow.ok).count(), 1)

    def test_answer_lost(self) -> None:
        """The connection breaks after the change and before its answer: it is in with the new one all the same."""
        client, diary = self.program("801", PASSWORD, self.NEW)
        client.stop()
        self.wires.settle()
        client, diary = self.program("801", self.NEW)
        self.assertEqual(diary.lines[-1], ("logged in", "李明"))
        late = AgentClient(self.clock, self.wires, "801", PASSWORD, diary, new_password=self.NEW, take_over=True)
        late._perhaps_changed = True  # it was asked, and never heard
        late.start()
        self.addCleanup(late.stop)
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], ("logged in", "李明"))

    def test_changed_and_not_let_in(self) -> None:
        """A program of another version changes a first password and may not work then: it knows which one counts."""
        with patch("callserver.agents.perspective.CHANNEL_NUMBER", CHANNEL_NUMBER + 1):
            client, diary = self.program("801", PASSWORD, self.NEW)
            self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], self.refused(Refusal.VERSIONS))
        self.assertTrue(client.password_is_new)
        client, _ = self.program("801", PASSWORD, "short")
        self.wires.pass_time(2)
        self.assertFalse(client.password_is_new)

    def test_disabled_while_logged_in(self) -> None:
        """His session ends at once and he does not come back; the caller he talks with is found somebody else."""
        for forbid in (self.book.disable, self.book.delete):
            client, diary = self.program("802")
            offer = self.centre.ring("802")
            self.wires.settle()
            self.ask(client.answer())
            self.successResultOf(forbid("802"))
            self.wires.pass_time(3)
            self.assertEqual(diary.lines[-1], ("logged out", "dismissed"))
            self.assertEqual((offer.given_back, offer.end, self.state("802")), (1, "", SeatState.OFF))
            self.assertEqual(self.outcome("802", PASSWORD), self.refused(Refusal.LOG_IN))
            if forbid == self.book.disable:
                self.successResultOf(self.book.enable("802"))

    def test_disabled_during_the_log_in(self) -> None:
        """Disabled by another process while his password is being hashed: he gets no seat."""
        self.clock.thread_s = 0.2
        _, diary = self.program("802")
        with patch.object(self.clock, "thread_s", 0.0):
            self.successResultOf(StaffBook(self.store, self.clock).disable("802"))  # type: ignore[arg-type]
        self.wires.pass_time(3)
        self.assertEqual(diary.lines, [self.refused(Refusal.LOG_IN)])
        self.assertEqual(self.centre.seats.candidates(), [])

    def test_guessing_fills_no_disk(self) -> None:
        """Thousands of refused log-ins from one address: some lines a minute, and some events."""
        with capturedLogs() as logged:
            for n in range(40):
                self.outcome("801", f"guess number {n}")
        self.assertLess(len(logged), 30)
        self.assertLess(len(self.centre.complaints), 30)
