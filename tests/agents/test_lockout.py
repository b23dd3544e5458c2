"""Guessing at the agents' channel locks the account, as the staff book has it, and only that."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from callserver.acd import passwords
from callserver.acd.staff import StaffBook
from callserver.wire.refusals import Refusal
from callserver.wire.rights import Right
from tests.agents.channel_case import ChannelCase
from tests.agents.small_centre import PASSWORD, SmallCentre
from tests.store.inline import InlineStore


class LockoutTests(ChannelCase):
    def setUp(self) -> None:
        cheap = patch.object(passwords, "N", 2)
        cheap.start()
        self.addCleanup(cheap.stop)
        store = InlineStore()
        self.clock = store.reactor
        began = datetime(2026, 1, 5, 9, tzinfo=UTC)
        book = StaffBook(store, self.clock, lambda: began + timedelta(seconds=self.clock.seconds()))  # type: ignore[arg-type]
        for number, name in (("801", "李明"), ("802", "王芳")):
            self.successResultOf(book.add(number, name, PASSWORD, [Right.ANSWER_QUEUED]))
        self.open(SmallCentre(self.clock, book))

    def outcome(self, number: str, password: str) -> object:
        """What a program that connects now is told."""
        _, diary = self.program(number, password)
        self.wires.pass_time(2)
        return diary.lines[-1]

    def test_locked_account(self) -> None:
        """After five wrong passwords the right one is refused too, in the same words; a colleague gets in."""
        refused = ("refused", Refusal.LOG_IN)
        self.assertEqual(self.outcome("801", PASSWORD), ("logged in", "李明"))
        self.assertEqual([self.outcome("802", "wrong horse") for _ in range(5)], [refused] * 5)
        self.assertEqual(self.outcome("802", PASSWORD), refused)
        self.assertEqual(self.outcome("801", PASSWORD), ("logged in", "李明"))
        self.wires.pass_time(15 * 60, step_s=2.5)
        self.assertEqual(self.outcome("802", PASSWORD), ("logged in", "王芳"))
