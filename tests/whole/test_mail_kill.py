"""The plug is pulled at each step of a message: what the caller was told is kept is there, once; a full disk."""

from __future__ import annotations

import errno
from unittest.mock import patch

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.voicemail.files import Sounds
from tests.whole.mail_case import NEXT, MailShop

SPEAKS = f"{NEXT}press 1\n{NEXT}speak {{voice}}\nwait 0.5\n"
KEEPS = f"{SPEAKS}press #\n{NEXT}press #\nwait hang up within 90\nhang up\n"


class KillTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = MailShop(self)
        self.shop.add_box()

    def again(self) -> MailShop:
        """The next start, when it has looked around."""
        again = self.shop.killed()
        again.wait(5)
        return again

    def one_message(self, shop: MailShop) -> None:
        (found,) = shop.messages()
        self.assertGreater(found.length_s, 3)
        self.assertEqual(list(shop.folder.messages.rglob("*.json")), [])

    def test_while_he_speaks(self) -> None:
        """What he has said until then is his message: as if he had hung up."""
        self.shop.begins(SPEAKS + "wait 60\n")
        self.shop.until_so(lambda: bool(self.shop.happened("recording")[1:]))
        self.shop.wait(6.5)
        self.one_message(self.again())

    def test_before_he_has_decided(self) -> None:
        """Recorded, and no key pressed yet."""
        self.shop.begins(f"{SPEAKS}press #\nwait 60\n")
        self.shop.until_so(lambda: "mail-guest-keys" in self.shop.told())
        self.one_message(self.again())

    def test_told(self) -> None:
        """In the very moment in which he is told that it is kept; whatever had been done of the rest."""
        self.shop.begins(KEEPS)
        self.shop.until_so(lambda: "message-kept" in self.shop.told())
        self.one_message(self.again())

    def test_at_each_step(self) -> None:
        """Killed before each step of putting it into its box: told it is kept, and it is there once."""
        for step in ("keep", "forget"):
            with self.subTest(step), patch.object(Sounds, step, side_effect=RuntimeError("killed here")):
                self.shop.begins(KEEPS)
                self.shop.until_so(lambda: "message-kept" in self.shop.told())
                self.shop.wait(1)
            before, self.shop = self.shop, self.again()
            self.one_message(self.shop)
            self.flushLoggedErrors(RuntimeError)
            self.shop.until(self.shop.server.store.write(_empty))
            self.assertIsNot(before, self.shop)

    def test_database_away(self) -> None:
        """The database cannot be written: the message is safe, the caller is told so, and it comes when it can."""
        with patch.object(self.shop.server.store, "write", side_effect=lambda *a: _never()):
            told = self.shop.calls(KEEPS)
        self.assertIn("message-kept", told)
        self.assertEqual(self.shop.messages(), [])
        self.one_message(self.again())


class FullDiskTests(SynchronousTestCase):
    def test_full(self) -> None:
        """Nothing can be written: he is told that his message could not be kept, and the shop is told."""
        shop = MailShop(self)
        shop.add_box()
        full = OSError(errno.ENOSPC, "No space left on device")
        with patch.object(Sounds, "write_down", side_effect=full), patch.object(Sounds, "keep", side_effect=full):
            told = shop.calls(KEEPS)
        self.assertIn("message-not-kept", told)
        self.assertNotIn("message-kept", told)
        self.assertIn("messages are safe", str(shop.happened("alarm")))
        self.flushLoggedErrors(OSError)


def _empty() -> None:
    from callserver.features.voicemail.tables import MessageRow

    MessageRow.delete().execute()


def _never() -> Deferred[None]:
    return Deferred()
