"""Where calls end in a mailbox: queues, transfers, who is served by nobody; and calls to owners."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.parts import Part
from callserver.emulator.script_run import run_script
from callserver.features.voicemail import rules
from callserver.wire.catalogue import told
from tests.whole.mail_case import ENCRYPTED, GUEST, NEXT, PIN, MailShop

THERE = "62345678"
ALWAYS = {"call_hours = mon-sun 08:00-21:00": "call_hours =", "time_zone =": "time_zone = Asia/Shanghai"}
SPEAKS = f"{NEXT}speak {{voice}}\nwait 0.3\npress #\n{NEXT}press #\nwait hang up within 90\nhang up\n"


class PlacesTests(SynchronousTestCase):
    def test_queue_overflows(self) -> None:
        """A queue that nobody serves sends its callers to a box; they hear its greeting for busy owners."""
        shop = MailShop(self, target="queue operator")
        shop.add_box("12")
        setting = {"on_nobody": "box 12"}
        shop.until(shop.server.centre.organisation.save(Part.QUEUE, "operator", setting))
        told = shop.calls(f"{NEXT}press 1\n{SPEAKS}")
        self.assertIn("message-kept", told)
        self.assertEqual(len(shop.messages()), 1)
        record = shop.records()[0][0]
        self.assertEqual(record.end_reason, "message_left: 12")

    def test_queue_names_no_such_box(self) -> None:
        """A setting that names a box there is not is refused, with those there are."""
        shop = MailShop(self)
        shop.add_box("12")
        saving = shop.server.centre.organisation.save(Part.QUEUE, "operator", {"on_nobody": "box 77"})
        with self.assertRaises(Exception) as raised:
            shop.until(saving)
        self.assertIn("there is no mailbox 77", str(raised.exception))

    def test_served_by_nobody(self) -> None:
        """The general box takes the message of whom nobody served."""
        shop = MailShop(self, target="queue operator", settings={"general =": "general = 12"})
        shop.add_box("12")
        told = shop.calls(f"{NEXT}press 1\n{NEXT}press 1\n{SPEAKS}")
        self.assertIn("message-or-call-back", told)
        self.assertIn("message-kept", told)
        self.assertEqual(len(shop.messages()), 1)


class OwnerCallTests(SynchronousTestCase):
    def open(self, **settings: Any) -> MailShop:
        self.shop = shop = MailShop(self, 2, settings=ALWAYS)
        shop.add_box("12", tell_number=THERE, **settings)
        shop.leaves()
        self.assertEqual(len(shop.messages()), 1)
        return shop

    def lifts(self, script: str) -> Deferred[Any]:
        phone = self.shop.exchange.add_phone(THERE)
        return run_script(self.shop.exchange, f"wait ring within 1200\nanswer\n{script}", phone=phone)

    def test_called(self) -> None:
        """A minute later her telephone rings; she presses 1, keys in her PIN, hears it; then nobody calls more."""
        shop = self.open()
        shop.until(self.lifts(f"speak {shop.voice}\n{NEXT}press 1\n{NEXT}press {PIN}#\n{NEXT}wait 8\nhang up\n"))
        shop.wait(3)
        self.assertIn("mail-shop-calls", shop.told())
        self.assertIn("mail-new-are", shop.told())
        self.assertEqual([one.heard for one in shop.messages()], [True])
        self.assertEqual(shop.ask(rules.due_tellings, shop.server.events.now()), [])

    def test_no_content_without_the_pin(self) -> None:
        """A stranger who lifts and presses 1 hears nothing of it; a machine that presses nothing not even that."""
        shop = self.open()
        shop.until(self.lifts(f"speak {shop.voice}\n{NEXT}press 1\n{NEXT}press 999111#\n{NEXT}hang up\n"))
        shop.wait(3)
        self.assertNotIn("mail-new-are", shop.told())
        self.assertEqual([one.heard for one in shop.messages()], [False])

    def test_delivered(self) -> None:
        """At the time that is set for the box it is played to who presses 1 there."""
        shop = self.open(deliver_at="09:10")
        shop.until(self.lifts(f"speak {shop.voice}\n{NEXT}press 1\n{NEXT}wait 10\nhang up\n"))
        shop.wait(3)
        self.assertNotIn("enter-pin", shop.told())
        self.assertEqual([one.heard for one in shop.messages()], [True])

    def test_only_what_the_shop_has_set(self) -> None:
        """A class of numbers that the shop does not call is not called; no digits leave a line."""
        shop = self.open()
        shop.until(shop.server.store.write(rules.set_box, "12", {"tell_number": "02162345678"}))
        shop.wait(180)
        self.assertEqual(shop.happened("dialled"), [])


class MailTests(SynchronousTestCase):
    def test_mailed(self) -> None:
        """
        With its sound attached, as anybody plays it; kept or not, as the box says. A server that does not take it is
        asked again.
        """
        mail = {"server =\nsender =": "server = 127.0.0.1:25\nsender = shop@example.com"}
        shop = MailShop(self, settings=mail | dict(ENCRYPTED))
        shop.add_box("12", mail_to="li@example.com", mail_delete=True)
        with patch("callserver.server.mail.MailServer.send", return_value=fail(OSError("no route"))):
            shop.leaves()
            shop.wait(30)
        self.assertEqual(len(shop.messages()), 1)
        self.assertIn("messages could not be mailed", str(shop.happened("alarm")))
        self.flushLoggedErrors(OSError)
        with patch("callserver.server.mail.MailServer.send", return_value=succeed(None)) as send:
            shop.wait(320)
        (to, subject, _text, attached), _ = send.call_args
        self.assertEqual(to, "li@example.com")
        self.assertIn(GUEST, told(subject, "en"))
        self.assertTrue(attached[0].endswith(".wav"))
        self.assertTrue(attached[1].startswith(b"RIFF"))
        self.assertEqual(shop.messages(), [])
        self.assertEqual(list(shop.folder.messages.glob("*.wav*")), [])


class ManyTests(SynchronousTestCase):
    def test_twenty_at_once(self) -> None:
        """Twenty guests record at the same time; each message is there, whole, from its own number."""
        shop = MailShop(self, 20)
        shop.add_box("12")
        numbers = [f"139{n:08}" for n in range(20)]
        script = f"{NEXT}press 1\n{SPEAKS}"
        callers = [shop.begins(script, number) for number in numbers]
        for one in callers:
            shop.until(one)
        found = shop.messages()
        self.assertEqual(sorted(one.number for one in found), numbers)
        said_s = shop.words.size / 8000
        for one in found:
            self.assertApproximates(one.length_s, said_s + 0.3, 0.5)
