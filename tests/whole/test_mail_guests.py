"""Guests of mailboxes, by telephone, in both languages: every key; and what stands in their way."""

from __future__ import annotations

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.features.voicemail.tables import BoxKind
from tests.whole.mail_case import GUEST, NEXT, PIN, MailShop


class GuestKeyTests(SynchronousTestCase):
    language = "zh"

    def setUp(self) -> None:
        self.shop = MailShop(self, language=self.language)
        self.shop.add_box()

    def test_kept(self) -> None:
        """He hears it (1), makes it private (3) and urgent (4), and keeps it (#): told so, in his language."""
        told = self.shop.leaves("134#")
        self.assertEqual(
            [one for one in told if one in ("…", "mail-now-private", "mail-now-urgent", "message-kept")],
            ["…", "mail-now-private", "mail-now-urgent", "message-kept"],
        )
        (kept,) = self.shop.messages()
        self.assertEqual((kept.private, kept.urgent, kept.number), (True, True, GUEST))
        languages = {event.data["language"] for event in self.shop.events if event.kind == "prompt"}
        self.assertEqual(languages, {self.language})

    def test_taken_back(self) -> None:
        """Marks are taken back by the same key; silence in the end is as good as #."""
        script = f"{NEXT}press 1\n{NEXT}speak {{voice}}\nwait 0.3\npress #\n{NEXT}press 3\n{NEXT}press 3\n"
        told = self.shop.calls(f"{script}wait hang up within 90\nhang up\n")
        self.assertIn("mail-not-private", told)
        self.assertIn("message-kept", told)
        (kept,) = self.shop.messages()
        self.assertFalse(kept.private)

    def test_discarded(self) -> None:
        """After * nothing of it is left: no message, and no recording but the call's own."""
        self.assertIn("mail-discarded", self.shop.leaves("*"))
        self.assertEqual(self.shop.messages(), [])
        self.assertEqual(self.files(), [])

    def files(self) -> list[str]:
        """What lies in the folder of messages, or waits to come there."""
        return [path.name for path in self.shop.folder.messages.rglob("*") if path.is_file()]

    def test_hangs_up(self) -> None:
        """Who hangs up while he speaks, or before he has pressed a key, has left his message; a word or two is none."""
        voice = f"{NEXT}press 1\n{NEXT}speak {{voice}}\n"
        self.shop.calls(f"{voice}hang up\n")
        self.shop.calls(f"{voice}press #\n{NEXT}hang up\n")
        self.assertEqual(len(self.shop.messages()), 2)
        write_wav(self.shop.voice, read_wav(self.shop.voice)[: 2 * RATE_HZ])
        self.shop.calls(f"{voice}hang up\n")
        self.assertEqual(len(self.shop.messages()), 2)

    def test_recorded_anew(self) -> None:
        """2: what is kept is what he said last; then he is told that a message is too short, and records it again."""
        script = (
            f"{NEXT}press 1\n{NEXT}speak {{voice}}\nwait 0.3\npress #\n{NEXT}press 2\n"
            f"{NEXT}wait 1\npress #\n{NEXT}speak {{voice}}\nwait 0.3\npress #\n{NEXT}press #\n"
            "wait hang up within 90\nhang up\n"
        )
        told = self.shop.calls(script)
        self.assertIn("mail-too-short", told)
        self.assertIn("message-kept", told)
        self.assertEqual(len(self.shop.messages()), 1)

    def test_person(self) -> None:
        """0 goes to people; what he has said is kept."""
        told = self.shop.leaves("0")
        self.assertIn("nobody-logged-in", told)
        self.assertEqual(len(self.shop.messages()), 1)


class EnglishGuestKeyTests(GuestKeyTests):
    language = "en"


class BoxTests(SynchronousTestCase):
    def shop_with(self, target: str = "mailbox 12", **settings: object) -> MailShop:
        self.shop = MailShop(self, target=target)
        if settings:
            self.shop.add_box(**settings)  # type: ignore[arg-type]
        return self.shop

    def test_full(self) -> None:
        """A full box says so before anything is recorded, and offers a person."""
        shop = self.shop_with(messages_max=1)
        shop.leaves()
        self.assertIn("mail-box-full", shop.calls(f"{NEXT}press 1\n{NEXT}wait hang up within 60\nhang up\n"))
        told = shop.calls(f"{NEXT}press 1\n{NEXT}press 0\n{NEXT}hang up\n")
        self.assertIn("nobody-logged-in", told)
        self.assertNotIn("beep-record", told)
        self.assertEqual(len(shop.messages()), 1)

    def test_suspended(self) -> None:
        """Likewise one that takes no messages."""
        told = self.shop_with(suspended=True).calls(f"{NEXT}press 1\n{NEXT}wait hang up within 60\nhang up\n")
        self.assertIn("mail-box-suspended", told)
        self.assertNotIn("beep-record", told)

    def test_no_such_box(self) -> None:
        """A box that a menu names and that there is not: he is told, and the call goes on."""
        told = self.shop_with("mailbox 77").calls(f"{NEXT}press 1\n{NEXT}wait hang up within 60\nhang up\n")
        self.assertIn("mail-no-box", told)

    def test_box_below(self) -> None:
        """A key in the greeting leads to the box below; its message lies there."""
        shop = self.shop_with(name="Sales")
        shop.add_box("121", name="Tea", parent="12", key="3")
        told = shop.calls(
            f"{NEXT}press 1\n{NEXT}press 3\n{NEXT}speak {{voice}}\nwait 0.3\npress #\n{NEXT}press #\n"
            "wait hang up within 60\nhang up\n"
        )
        self.assertIn("“Tea”", told)
        self.assertEqual((len(shop.messages("12")), len(shop.messages("121"))), (0, 1))

    def test_bulletins(self) -> None:
        """Its owner records the next bulletin by 8; callers hear it, and leave nothing."""
        shop = self.shop_with(name="News", kind=BoxKind.BULLETIN)
        records = f"{NEXT}press 8\n{NEXT}speak {{voice}}\nwait 0.3\npress #\n{NEXT}press #\n{NEXT}press *\n"
        shop.calls(f"{NEXT}press 2\n{NEXT}press 12#\n{NEXT}press {PIN}#\n{records}{NEXT}hang up\n")
        told = shop.calls(f"{NEXT}press 1\n{NEXT}press *\nwait hang up within 60\nhang up\n")
        self.assertIn("…", told)
        self.assertIn("mail-bulletin-keys", told)
        self.assertEqual(len(shop.messages()), 1)

    def test_tone_and_key_are_cut_off(self) -> None:
        """Neither the key that ended it nor the busy tone of a line that was hung up is heard in the message."""
        shop = self.shop_with(name="Li")
        shop.leaves()
        shop.calls(f"{NEXT}press 1\n{NEXT}speak {{voice}}\nhang up\n")
        spoken_s = read_wav(shop.voice).size / RATE_HZ
        for one in shop.messages():
            self.assertApproximates(one.length_s, spoken_s + 0.4, 0.4)
            sound = read_wav(shop.folder.messages / f"{one.sound.id}.wav")
            spectrum = np.abs(np.fft.rfft(sound[-RATE_HZ // 5 :] * np.hanning(RATE_HZ // 5)))
            self.assertLess(spectrum.max(), 20)
