"""Nobody talks with a person before he was told that the call may be recorded."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.emulator.script_run import run_script
from tests.server.virtual_server import VirtualServer

IMPATIENT = "caller 13912345678\ndial 8008\nwait answer\nwait 2\npress 0\nwait tone busy within 120\nhang up\n"
NOTICE = "recorded-notice"


class NoticeTests(SynchronousTestCase):
    def told(self, announce: str, script: str) -> list[object]:
        """The prompts that a caller heard, one after the other."""
        shop = VirtualServer(self, Path(self.mktemp()).absolute(), announce=announce).open()
        assert shop.server.exchange is not None
        shop.until(run_script(shop.server.exchange, script))
        prompts = [event.data["names"] for event in shop.events if event.kind == Kind.PROMPT.value]
        return [name for names in prompts for name in names]  # type: ignore[union-attr]

    def test_who_asks_for_a_person_at_once(self) -> None:
        """He is told before anything else is said on the way to a person; once."""
        told = self.told("yes", IMPATIENT)
        self.assertEqual(told.count(NOTICE), 1)
        self.assertLess(told.index(NOTICE), told.index("nobody-logged-in"))

    def test_who_was_told_by_the_menu(self) -> None:
        """He is not told twice."""
        told = self.told("yes", IMPATIENT.replace("wait 2", "wait 20"))
        self.assertEqual(told.count(NOTICE), 1)
        self.assertLess(told.index(NOTICE), told.index("main-menu"))

    def test_a_shop_that_does_not_announce(self) -> None:
        """Nobody is told anything."""
        self.assertNotIn(NOTICE, self.told("no", IMPATIENT))
