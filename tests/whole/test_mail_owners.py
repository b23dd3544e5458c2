"""Owners in their boxes, by telephone, in both languages: every key; who gets in, and who does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ
from callserver.emulator.script_run import run_script
from callserver.features.voicemail import rules
from callserver.features.voicemail.rules import Message, Sounding
from callserver.features.voicemail.tables import BoxKind
from callserver.wire.rights import Right
from tests.whole.mail_case import ENCRYPTED, GUEST, OWNER, PIN, MailShop

OTHER = "13800000007"


class OwnerCase(SynchronousTestCase):
    """A box with three messages, each of some seconds."""

    language = "zh"
    n_messages = 3
    n_lines = 1
    settings: Mapping[str, str] = MappingProxyType({})

    def setUp(self) -> None:
        self.shop = MailShop(self, self.n_lines, language=self.language, settings=self.settings)
        self.shop.add_box("12", owner="801", name="Li")
        self.shop.add_box("13", name="Wang")
        for n in range(self.n_messages):
            self.put(n)

    def put(self, n: int, box: str = "12", seconds: int = 2, **about: object) -> Message:
        """A message that came in the nth minute of the last hour."""
        shop = self.shop
        shop.mailboxes.guest.intake.sounds.prepare()
        id_ = f"message-{box}-{n}"
        came = shop.server.events.now() - timedelta(minutes=60 - n)
        length_s = shop.mailboxes.guest.intake.sounds.keep(id_, np.resize(shop.words, seconds * RATE_HZ))
        message = Message(id_, box, Sounding(id_, length_s), came, number=GUEST, **about)  # type: ignore[arg-type]
        shop.until(shop.server.store.write(rules.put, [message]))
        shop.look()
        return message

    def state(self, box: str = "12") -> dict[str, bool]:
        """The messages there, and whether they were heard, in the order of hearing."""
        return {one.id.rpartition("-")[2]: one.heard for one in self.shop.messages(box)}


class InAMessageTests(OwnerCase):
    def test_goes_through(self) -> None:
        """6 to the next, 4 back, 5 once more; behind the last are no more; heard ones are old when he has left."""
        told = self.shop.opens("6", "4", "5", "6", "6", "6", "*")
        numbers = [told[at + 1] for at, one in enumerate(told) if one == "mail-message-number"]
        self.assertEqual(numbers, [f"number-{n}" for n in (1, 2, 1, 1, 2, 3)])
        self.assertIn("mail-no-more", told)
        self.assertIn("mail-main-keys", told)
        self.assertEqual(self.state(), {"0": True, "1": True, "2": True})
        spoken = {event.data["language"] for event in self.shop.events if event.kind == "prompt"}
        self.assertEqual(spoken, {self.language})

    def test_deletes(self) -> None:
        """7 deletes, 7 takes it back, 9 keeps it new; it happens when he leaves, by hanging up too."""
        told = self.shop.opens("7", "6", "7", "7", "6", "9", hangs_up=True)
        self.assertEqual([told.count(f"mail-{one}") for one in ("deleted", "undeleted", "stays-new")], [2, 1, 1])
        self.assertEqual(self.state(), {"2": False, "1": True})
        self.assertFalse((self.shop.folder.messages / "message-12-0.wav").exists())

    def test_killed_before_he_has_left(self) -> None:
        """What he has deleted is there: he had not left."""
        self.shop.begins(f"{{next}}press 2\n{{next}}press 12#\n{{next}}press {PIN}#\n{{next}}press 7\nwait 60\n", OWNER)
        self.shop.until_so(lambda: "mail-deleted" in self.shop.told())
        again = self.shop.killed()
        self.assertEqual(len(again.messages()), 3)

    def test_about_it(self) -> None:
        """3: when it came, from which number, how long it is; then back to the message."""
        told = self.shop.opens("3", "2", "*", "*", "*")
        about = told[told.index("mail-came") :]
        self.assertIn("mail-from", about)
        self.assertIn("mail-length-is", about)
        self.assertIn("mail-call-back-or-on", about)

    def test_winds(self) -> None:
        """While it plays 0 pauses and goes on, * goes back, # on; * and # are no log-in of the staff here."""
        self.put(9, urgent=True, seconds=30)
        script = f"{{next}}press 2\n{{next}}press 12#\n{{next}}press {PIN}#\nwait 9\npress 0\nwait 4\npress 0\nwait 1\n"
        told = self.shop.calls(f"{script}press *\nwait 1\npress #\nwait 1\npress #\nwait 1\nhang up\n", OWNER)
        self.assertEqual(told.count("mail-paused"), 1)
        self.assertGreaterEqual(told.count("…"), 4)
        self.assertNotIn("seat-enter-number", told)
        self.assertFalse(self.state()["9"])  # not heard to its end, nor left for another

    def test_help(self) -> None:
        """* says what there is; * once more goes up; silence says it too."""
        told = self.shop.opens("5", "*", "*", "*")
        self.assertIn("mail-message-keys", told)
        self.assertIn("mail-main-keys", told)

    def test_settings_from_a_message(self) -> None:
        """0 leads to greetings and PIN, * back to the message."""
        told = self.shop.opens("3", "2", "0", "*", "*", "*", "*")
        self.assertIn("mail-settings-keys", told)


class EnglishInAMessageTests(InAMessageTests):
    language = "en"


class CallBackTests(OwnerCase):
    n_lines = 3  # one stays free of calls out
    n_messages = 1

    def test_by_right(self) -> None:
        """3 1 calls who has left it, by the owner's right for that number; without it nothing is dialled."""
        keys = "".join(f"{{next}}press {one}\n" for one in ("2", "12#", f"{PIN}#", "3", "1"))
        self.shop.rights_of("801")
        self.assertIn("seat-not-allowed", self.shop.calls(f"{keys}{{next}}hang up\n", OWNER))
        self.assertEqual(self.shop.happened("dialled"), [])
        self.put(1)
        self.shop.rights_of("801", Right.DIAL_LOCAL, Right.DIAL_NATIONAL)
        caller = run_script(
            self.shop.exchange,
            "wait ring within 300\nanswer\nwait 8\nhang up\n",
            phone=self.shop.exchange.add_phone(GUEST),
        )
        self.shop.begins(f"{keys}wait 60\nhang up\n", OWNER)
        self.shop.until(caller)
        (dialled,) = self.shop.happened("dialled")
        self.assertEqual(dialled["number"], GUEST)


class SendsCase(OwnerCase):
    n_messages = 1

    RECORDS = "speak {voice}\nwait 0.3\npress #\n{next}press #\n{next}"

    def does(self, *steps: str) -> list[str]:
        """After the PIN: keys, or whole lines of a script."""
        lines = "".join(one if "\n" in one else f"press {one}\n{{next}}" for one in steps)
        script = f"{{next}}press 2\n{{next}}press 12#\n{{next}}press {PIN}#\n{{next}}{lines}hang up\n"
        return self.shop.calls(script, OWNER)


class SendsTests(SendsCase):
    def test_forwarded(self) -> None:
        """8 1 1: with words of his own before it; the sound is not stored anew, and says from which box it comes."""
        told = self.does("3", "2", "8", "1", "1", "13#", "1", self.RECORDS)
        self.assertIn("mail-sent", told)
        (came,) = self.shop.messages("13")
        self.assertEqual((came.sound.id, came.from_box, came.number), ("message-12-0", "12", GUEST))
        self.assertIsNotNone(came.words)

    def test_private(self) -> None:
        """A private message is not forwarded."""
        self.put(1, private=True)
        self.assertIn("mail-not-forwarded", self.does("6", "3", "2", "8", "1"))
        self.assertEqual(self.shop.messages("13"), [])

    def test_reply(self) -> None:
        """8 2: to the box it came from, without its number; to a caller from outside there is none."""
        self.assertIn("mail-no-reply", self.does("3", "2", "8", "2"))
        self.put(1, from_box="13", urgent=True)
        self.assertIn("mail-sent", self.does("3", "2", "8", "2", self.RECORDS))
        (came,) = self.shop.messages("13")
        self.assertEqual(came.from_box, "12")

    def test_to_all(self) -> None:
        """Right 1 may: one sound, a message in each box; without it nobody gets any."""
        self.shop.add_box("14", name="Zhao", suspended=True)
        self.shop.rights_of("801", Right.SUPERVISOR)
        told = self.does("3", "2", "*", "*", "8", "2", self.RECORDS)
        self.assertIn("mail-sent", told)
        sounds = {box: [one.sound.id for one in self.shop.messages(box)] for box in ("12", "13", "14")}
        (shared,) = sounds["13"]
        self.assertIn(shared, sounds["12"])
        self.assertEqual(sounds["14"], [])
        self.shop.rights_of("801")
        self.assertIn("seat-not-allowed", self.does("3", "*", "*", "8", "2"))


class EnglishOwnerTests(SendsCase):
    language = "en"

    def test_all_in_one_call(self) -> None:
        """Forwarded with words, answered, sent anew, a greeting, another PIN; in English."""
        self.put(1, from_box="13")
        greets = (
            "{next}press 1\n{next}press 2\n{next}speak {voice}\nwait 0.3\npress #\n{next}press #\n{next}press *\n{next}"
        )
        told = self.does(
            *("3", "2", "8", "1", "1", "13#", "1", self.RECORDS, "6", "3", "2", "8", "2", self.RECORDS, "*", "*"),
            *("8", "1", "13#", self.RECORDS, "0", greets, "5", "905173#", "905173#", "*", "*"),
        )
        self.assertEqual(told.count("mail-sent"), 3)
        self.assertIn("prompts-kept", told)
        self.assertIn("pin-changed", told)
        self.assertEqual(len(self.shop.messages("13")), 3)
        spoken = {event.data["language"] for event in self.shop.events if event.kind == "prompt"}
        self.assertEqual(spoken, {"en"})


class GreetingTests(OwnerCase):
    """In a shop that encrypts: all is heard as it is anywhere."""

    n_messages = 0
    settings = ENCRYPTED

    def test_recorded(self) -> None:
        """0 2 2: his name; a guest hears it within the server's sentence. 3: it is gone again."""
        script = (
            f"{{next}}press 2\n{{next}}press 12#\n{{next}}press {PIN}#\n{{next}}press 0\n{{next}}press 2\n"
            "{next}press 2\n{next}speak {voice}\nwait 0.3\npress #\n{next}press #\n{next}press 1\n{next}hang up\n"
        )
        self.assertIn("prompts-kept", self.shop.calls(script, OWNER))
        told = self.shop.leaves()
        self.assertIn("mail-not-here", told)
        self.assertNotIn("mail-standard", told)
        kept = sorted(one.suffix for one in self.shop.folder.messages.iterdir() if one.is_file())
        self.assertEqual(kept, [".sealed", ".sealed"])
        self.assertIn("mail-greeting-removed", self.shop.opens("3", "*", "*", "0", "2", "3", *"*****"))
        self.assertIn("mail-standard", self.shop.leaves())

    def test_away(self) -> None:
        """The greeting for absence is switched on and off by 4; without a recording the usual one is heard."""
        told = self.shop.opens("0", "3", "4", "4", "1", "*", "*", "*")
        self.assertEqual(
            [one for one in told if one.startswith("mail-away")][:3], ["mail-away-off", "mail-away-on", "mail-away-off"]
        )
        self.assertIn("mail-no-greeting", told)

    def test_pin(self) -> None:
        """0 5: a new one twice; an easy one is refused; the old one opens nothing more; none is written down."""
        told = self.shop.opens("0", "5", "123456#", "905173#", "905173#", "*", "*")
        self.assertEqual(
            [one for one in told if one.startswith("pin-")], ["pin-too-easy", "pin-once-more", "pin-changed"]
        )
        self.assertIn("mail-log-in-failed", self.shop.opens(hangs_up=True))
        self.assertIn("mail-none", self.shop.opens("*", pin="905173"))
        written = "".join(str(event.data) for event in self.shop.events)
        for pin in ("905173", PIN):
            self.assertNotIn(pin, written)


class ComesInTests(OwnerCase):
    n_messages = 1

    def test_three_wrong(self) -> None:
        """Three wrong PINs: he is hung up on; the box is locked for the right one too, and the lock outlives a kill."""
        told = self.shop.opens("12#", "111119#", "12#", "111119#", pin="111119")
        self.assertEqual(told.count("mail-log-in-failed"), 3)
        self.assertIn("too-many-tries", told)
        refused = self.shop.happened("log_in_refused")
        self.assertEqual([(one["act"], one["address"]) for one in refused], [("mailbox 12", f"telephone {OWNER}")] * 3)
        again = self.shop.killed()
        self.assertIn("mail-log-in-failed", again.opens(number=OTHER, hangs_up=True))

    def test_from_the_greeting(self) -> None:
        """* while its greeting is heard: his PIN, and he is in; his box is known."""
        told = self.shop.calls(
            f"{{next}}press 1\nwait 1\npress *\n{{next}}press {PIN}#\n{{next}}wait 6\nhang up\n", OWNER
        )
        self.assertNotIn("mail-enter-box", told)
        self.assertIn("mail-new-are", told)

    def test_group(self) -> None:
        """A member opens it by his staff number and PIN; the first to fetch a message has it, the other hears who."""
        shop = self.shop
        shop.group("service", "801", "802")
        shop.add_box("20", kind=BoxKind.GROUP, owner="service", pin="")
        self.put(5, box="20")
        told = {}
        for number in ("801", "802"):
            shop.until(shop.server.centre.staff.set_pin(number, "470815"))
            keys = "".join(f"{{next}}press {one}\n" for one in ("2", "20#", f"{number}#", "470815#"))
            told[number] = shop.calls(f"{keys}{{next}}press 5\nwait 8\nhang up\n", OWNER)
        self.assertNotIn("mail-taken-by", told["801"])
        self.assertIn("mail-taken-by", told["802"])
        (taken,) = shop.messages("20")
        self.assertEqual(taken.taken_by, "801")
        shop.until(shop.server.centre.staff.set_pin("803", "470815"))
        keys = "".join(f"{{next}}press {one}\n" for one in ("2", "20#", "803#", "470815#"))
        self.assertIn("seat-not-allowed", shop.calls(f"{keys}{{next}}wait 4\nhang up\n", OTHER))
