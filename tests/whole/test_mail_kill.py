"""The plug is pulled at each step of a message: what the caller was told is kept is there, once; a full disk."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.sound.files import read_wav
from callserver.features.voicemail import files
from callserver.features.voicemail.files import Sounds
from callserver.media import vault
from callserver.media.vault import write_whole
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
        """
        The disk is full while three speak: who was told before that his is kept has it; the others are told that theirs
        are not, and the shop is told. Calls go on, and with room again messages are kept again. What was said until the
        disk was full may come then, too; nothing comes twice, and nothing is left over.
        """
        shop = MailShop(self, 4)
        shop.add_box()
        shop.until(shop.begins(KEEPS, "13900000000"))
        with self.full_when(shop):
            callers = [shop.begins(KEEPS, f"1390000000{n}") for n in (1, 2, 3)]
            shop.until_so(lambda: len(shop.happened("recording")) == 8, "a recording of each call, and of each message")
            shop.wait(2)
            shop.world.disk_full = True
            for one in callers:
                shop.until(one)
            told = shop.told()
            self.assertEqual([told.count(name) for name in ("message-kept", "message-not-kept")], [1, 3])
            shop.world.disk_full = False
            shop.wait(60)
            self.assertIn("message-kept", shop.leaves(number="13900000004"))
        self.one_each(shop, {"13900000000", "13900000004"})
        self.assertEqual(list(shop.folder.messages.rglob("*.json")), [])
        self.assertIn("messages are safe", str(shop.happened("alarm")))
        self.flushLoggedErrors(OSError)

    def one_each(self, shop: MailShop, kept: set[str]) -> None:
        """Those are in the box, and whatever else is, once and with its sound."""
        found = shop.messages()
        numbers = [one.number for one in found]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertTrue(kept <= set(numbers), numbers)
        for one in found:
            self.assertApproximates(read_wav(shop.folder.messages / f"{one.id}.wav").size / 8000, one.length_s, 0.01)

    @contextmanager
    def full_when(self, shop: MailShop) -> Iterator[None]:
        """Recordings find no room when the world says so; nor do messages."""

        def write(path: Path, octets: bytes) -> None:
            if shop.world.disk_full:
                raise OSError(errno.ENOSPC, "No space left on device")
            write_whole(path, octets)

        with patch.object(vault, "write_whole", write), patch.object(files, "write_whole", write):
            yield


def _empty() -> None:
    from callserver.features.voicemail.tables import MessageRow

    MessageRow.delete().execute()


def _never() -> Deferred[None]:
    return Deferred()
