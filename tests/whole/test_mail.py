"""Voice mail by telephone: guests and owners call a whole shop on virtual time, in both languages."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.whole.mail_case import GUEST, MailShop


class ThinPathTests(SynchronousTestCase):
    def test_survives_a_kill(self) -> None:
        """A guest's message in a box that a menu file names; the plug is pulled; its owner hears it by his PIN."""
        shop = MailShop(self)
        shop.add_box()
        self.assertIn("message-kept", shop.leaves())
        (kept,) = shop.messages()
        self.assertEqual((kept.number, kept.heard), (GUEST, False))
        again = shop.killed()
        told = again.opens(hangs_up=True)
        self.assertIn("mail-new-are", told)
        self.assertIn("…", told)
        (heard,) = again.messages()
        self.assertEqual((heard.id, heard.heard), (kept.id, True))
