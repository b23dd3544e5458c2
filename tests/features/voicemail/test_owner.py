"""Owners in their boxes, one key after the other, in both languages: what they hear, send, change; whose it is."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.voicemail import rules
from callserver.features.voicemail.rules import Left
from callserver.features.voicemail.tables import BoxKind, GreetingKind, TellingRow
from callserver.features.voicemail.visit import Who
from callserver.wire.rights import Right
from tests.features.voicemail.mail_room import GUEST, HUNG_UP_ON, PIN, ListedCall, MailRoom

UP = "*"


class OwnerCase(SynchronousTestCase):
    language = "zh"

    def setUp(self) -> None:
        self.room = MailRoom(self, self.language)
        self.room.add_box("12", owner="801", name="Li")
        self.room.add_box("13", name="Wang", owner="802")


class HearingTests(OwnerCase):
    def state(self) -> dict[str, bool]:
        return {one.id: one.heard for one in self.room.messages()}

    def test_skipped(self) -> None:
        """Gone past before its sound began, it is not heard, and stays new; in mid-sound it is."""
        first, second = self.room.put(), self.room.put()
        self.room.owner("?6", "!6")
        self.assertEqual(self.state(), {first.id: False, second.id: True})

    def test_about(self) -> None:
        """3: the caller's number, another box, or nobody known; only a number can be called back."""
        for about, said in (
            ({"number": GUEST}, "mail-from"),
            ({"number": None, "from_box": "13"}, "mail-from-box"),
            ({"number": None}, "mail-from-unknown"),
        ):
            message = self.room.put(**about)
            call = self.room.owner("3", UP, "7")
            self.assertIn(said, call.told)
            self.assertEqual("mail-call-back-or-on" in call.told, "number" in about and bool(about["number"]))
            self.room.store.run(rules.leave, "12", Left(deleted=frozenset((message.id,))))

    def test_called_back(self) -> None:
        """3 1: the number that called, by the owner's right for it at this moment; whose box is nobody's has none."""
        self.room.put()
        self.room.put("13")
        self.room.store.run(rules.set_box, "13", {"owner": ""})
        self.room.look()
        for rights, box, connected in (
            ((Right.DIAL_LOCAL,), "12", []),
            ((Right.DIAL_NATIONAL,), "13", []),
            ((Right.DIAL_NATIONAL,), "12", [GUEST]),
        ):
            self.room.rights["801"] = frozenset(rights)
            call = self.room.owner("3", "1", "9", UP, UP, box=box)
            self.assertEqual((self.room.connected, "seat-not-allowed" in call.told), (connected, not connected))
        self.assertIn("mail-not-reached", call.told)

    def test_taken_by_one_of_the_same_name(self) -> None:
        """Two of a group have one name: the second hears that it is taken."""
        self.room.members["service"] = ("801", "802")
        self.room.add_box("20", kind=BoxKind.GROUP, owner="service", pin="")
        self.room.put("20")
        told = []
        for number in ("801", "802", "801"):
            self.room.who = SimpleNamespace(number=number, name="Li Wei")
            call = ListedCall(self.room, ("5", UP), None, "zh")
            self.room._told(self.room.mailboxes.open_mailbox(call, "20"))
            told.append("mail-taken-by" in call.told)
        self.assertEqual(told, [False, True, False])

    def test_gone_meanwhile(self) -> None:
        """A colleague has deleted it: nobody has taken it, and its sound is not there; the next one is heard."""
        self.room.members["service"] = ("801",)
        self.room.add_box("20", kind=BoxKind.GROUP, owner="service", pin="")
        gone, _ = self.room.put("20"), self.room.put("20")
        self.room.who = SimpleNamespace(number="801", name="Li Wei")
        call = ListedCall(self.room, ("6", UP), None, "zh")
        tells = self.room.mailboxes.owner.__class__._tell_counts

        async def deleted_then(owner: Any, call: Any, visit: Any) -> None:
            sounds = self.room.store.run(rules.leave, "20", Left(deleted=frozenset((gone.id,))))
            self.room.intake.sounds.delete(sounds)
            await tells(owner, call, visit)

        with patch.object(self.room.mailboxes.owner.__class__, "_tell_counts", deleted_then):
            self.room._told(self.room.mailboxes.open_mailbox(call, "20"))
        self.assertNotIn("mail-taken-by", call.told)
        self.assertIn("mail-sound-gone", call.told)
        self.assertEqual(len(call.heard_s), 1)

    def test_new_ones_that_came_meanwhile(self) -> None:
        """Who has heard what there was is still called for what has come while he was in his box."""
        self.room.store.run(rules.set_box, "12", {"tell_number": "62345678"})
        for comes, tellings in ((False, 0), (True, 1)):
            self.room.put()
            self.room.store.run(rules.want_telling, "12", self.room.now(), self.room.intake.zone)
            stays = self.room.mailboxes.owner.__class__._leave

            def leave(owner: Any, call: Any, visit: Any, comes: bool = comes, stays: Any = stays) -> None:
                if comes:
                    self.room.put()
                stays(owner, call, visit)

            with patch.object(self.room.mailboxes.owner.__class__, "_leave", leave):
                self.room.owner("6", UP)
            self.assertEqual(self.room.store.run(lambda: TellingRow.select().count()), tellings)

    def test_delivered(self) -> None:
        """Who lifts where messages are delivered hears the new ones alone, and changes nothing."""
        old, new = self.room.put(seconds=1), self.room.put(seconds=2)
        self.room.store.run(rules.leave, "12", Left(heard=frozenset((old.id,))))
        call = ListedCall(self.room, ("7", "8", "3", "0", "6", UP), None, "zh")
        owner, box = self.room.mailboxes.owner, self.room.mailboxes.directory.box("12")
        self.room._told(owner.visit(call, box, Who(), proved=False))
        self.assertEqual(([round(one) for one in call.heard_s], call.told.count("seat-not-allowed")), ([2], 4))
        self.assertIn("mail-no-more", call.told)
        self.assertEqual(self.state(), {new.id: True, old.id: True})

    def test_damaged(self) -> None:
        """One whose file was cut is told so, and stays new; the next one is heard."""
        cut, whole = self.room.put(), self.room.put()
        (self.room.folder / "messages" / f"{cut.id}.wav").write_bytes(b"RIFF")
        call = self.room.owner("6", "", UP, UP)
        self.assertEqual((call.told.count("mail-sound-gone"), len(call.heard_s)), (1, 1))
        self.assertEqual(self.state(), {cut.id: False, whole.id: True})

    def test_deletes(self) -> None:
        """7 and out, or gone: it is deleted with its sound, and the screens know; 7 twice, or 9 after it: it is not."""
        one, back, kept = self.room.put(), self.room.put(), self.room.put()
        self.room.owner("7", "6", "7", "7", "6", "7", "9")
        self.assertEqual(self.state(), {back.id: True, kept.id: False})
        self.assertNotIn(f"{one.id}.wav", self.room.files())
        self.assertEqual(self.room.mailboxes.directory.count("12").all, 2)

    def test_wanders(self) -> None:
        """Nobody comes behind the last or before the first; silence says what there is, and goes up in the end."""
        self.room.put()
        call = self.room.owner("4", "", "", "", "", UP)
        self.assertIn("mail-first", call.told)
        self.assertEqual(call.asked[-4:], ["mail-message-keys"] * 3 + ["mail-main-keys"])


class BelowTests(OwnerCase):
    def test_his_with_the_one_above(self) -> None:
        """2 and its key, or its number and the PIN above: his, without another PIN to choose; rights are his, too."""
        self.room.add_box("121", pin="", parent="12", key="1", name="Tea")
        message = self.room.put("121")
        call = self.room.owner("2", "1", UP, UP)
        self.assertEqual(call.told.count("mail-new-are"), 1)
        self.assertTrue(self.room.messages("121")[0].heard)
        self.room.rights["801"] = frozenset((Right.DIAL_NATIONAL, Right.DIAL_LOCAL))
        self.room.store.run(rules.leave, "121", Left(kept_new=frozenset((message.id,))))
        self.room.look()
        self.assertEqual(self.room.happened("mailbox")[-1]["box"], "121")
        self.assertIn("mail-new-are", self.room.owner(box="121").told)
        self.assertEqual(self.room.book.events[-2].person, "801")

    def test_first_pin(self) -> None:
        """A box below that was given a PIN: to be changed by who comes in by it, not by who comes from above."""
        self.room.add_box("121", parent="12", key="1", name="Tea")
        self.room.store.run(lambda: rules.set_pin("121", rules.pin_stored(PIN), is_first=True))
        self.room.look()
        self.assertNotIn("mail-must-change-pin", self.room.owner("2", "1", UP, UP).told)
        self.assertIn("mail-must-change-pin", self.room.owner(box="121").told)

    def test_somebody_elses(self) -> None:
        """A box below that is a colleague's is not opened from above."""
        self.room.add_box("121", parent="12", key="1", name="Tea", owner="802")
        self.room.put("121")
        self.assertIn("mail-no-box", self.room.owner("2").told)
        self.assertNotIn("mail-new-are", self.room.owner("2", "1").told)
        self.assertFalse(self.room.mailboxes.access.is_his(self.room.mailboxes.directory.box("121"), "801"))

    def test_marks(self) -> None:
        """The waiting mark of a box below is shown to who has the one above."""
        self.room.add_box("121", pin="", parent="12", key="1", name="Tea")
        self.assertEqual([mark.box for mark in self.room.mailboxes.marks("801")], ["12", "121"])
        self.assertEqual([mark.box for mark in self.room.mailboxes.marks("802")], ["13"])


class SendingTests(OwnerCase):
    def audits(self) -> list[tuple[str | None, str]]:
        return [(event.person, event.data["result"]) for event in self.room.book.events if event.kind == "audit"]  # type: ignore[misc]

    def test_forwarded_twice(self) -> None:
        """With words of his, then on without any: the first one's words go with it; the sound is stored once."""
        first = self.room.put(urgent=True)
        self.room.owner("8", "1", "1", "13", "1", "say 3", "#", UP, UP)
        self.room.add_box("14")
        call = self.room.owner("8", "1", "1", "14", "2", UP, UP, box="13")
        self.assertIn("mail-sent", call.told)
        (came,) = self.room.messages("14")
        assert came.words is not None
        self.assertEqual((came.sound.id, came.from_box, came.number, came.urgent), (first.sound.id, "13", GUEST, True))
        self.assertEqual(self.room.files(), sorted(f"{one}.wav" for one in came.sounds))
        self.assertApproximates(self.room.owner(UP, UP, box="14").heard_s[0], 5.4, 0.5)

    def test_private(self) -> None:
        """A private message is not forwarded."""
        self.room.put(private=True)
        self.assertIn("mail-not-forwarded", self.room.owner("8", "1", "1", "13", "2").told)
        self.assertEqual(self.room.messages("13"), [])

    def test_receiver_is_told(self) -> None:
        """Who has a number to be called at is called for what colleagues send him, too."""
        self.room.store.run(rules.set_box, "13", {"tell_number": "62345678"})
        self.room.owner("8", "1", "13", "say 3", "#", UP)
        later = self.room.now() + timedelta(minutes=2)
        self.assertEqual([one.box for one in self.room.store.run(rules.due_tellings, later)], ["13"])

    def test_forwarded_what_is_gone(self) -> None:
        """A colleague has deleted it while its words were recorded: told that it is not sent, and nothing comes."""
        message = self.room.put()
        record = ListedCall.record

        async def deleted_then(call: Any, *args: Any) -> str:
            self.room.store.run(rules.leave, "12", Left(deleted=frozenset((message.id,))))
            return await record(call, *args)

        with patch.object(ListedCall, "record", deleted_then):
            call = self.room.owner("8", "1", "1", "13", "1", "say 3", "#", UP, UP)
        self.assertIn("mail-not-sent", call.told)
        self.assertEqual(self.room.messages("13"), [])

    def test_told_before_he_speaks(self) -> None:
        """A box that takes nothing says so before anything is recorded: sent anew, forwarded, replied, a bulletin."""
        self.room.store.run(rules.set_box, "13", {"suspended": True})
        self.room.put(from_box="13")  # looks, too
        for keys in (("8", "1", "1", "13"), ("5", "8", "2")):
            call = self.room.owner(*keys, "say 3", "#")
            self.assertIn("mail-box-suspended", call.told)
            self.assertNotIn("prompts-record", call.told)
        self.assertIn("mail-box-suspended", self.room.owner("8", "1", "13", "say 3").told)
        self.room.add_box("60", kind=BoxKind.BULLETIN, messages_max=1)
        self.assertIn("mail-sent", self.room.owner("8", "say 3", "#", box="60").told)
        self.assertIn("mail-box-full", self.room.owner(UP, UP, "8", "say 3", box="60").told)

    def test_to_all(self) -> None:
        """By right 1, which is noted, as its refusal is; stored once; where none takes it, it is not sent."""
        self.room.add_box("60", kind=BoxKind.BULLETIN)
        keys = ("8", "2", "say 3", "#", UP)
        self.assertIn("seat-not-allowed", self.room.owner(*keys).told)
        self.room.rights["801"] = frozenset((Right.SUPERVISOR,))
        self.assertIn("mail-sent", self.room.owner(*keys).told)
        self.assertEqual([len(self.room.messages(box)) for box in ("12", "13", "60")], [1, 1, 0])
        self.assertEqual(len({one.sound.id for box in ("12", "13") for one in self.room.messages(box)}), 1)
        for box in ("12", "13"):
            self.room.store.run(rules.set_box, box, {"suspended": True})
        self.room.look()
        self.assertIn("mail-not-sent", self.room.owner(UP, UP, *keys).told)
        self.assertEqual([result for _, result in self.audits()], ["no-right: 1", "done", "done"])

    def test_database_away(self) -> None:
        """What cannot be written is told as not sent, and he goes on in his box."""
        put = self.room.mailboxes.owner.sending.__class__.put
        with patch.object(self.room.mailboxes.owner.sending.__class__, "put", lambda *about: Deferred()):
            call = self.room.owner("8", "1", "13", "say 3", "#", UP)
        self.assertEqual((call.asked[-1], "mail-not-sent" in call.told), ("mail-main-keys", True))
        self.assertIsNotNone(put)
        self.flushLoggedErrors()

    def test_no_such_box(self) -> None:
        """Three times a number that is none, or a bulletin box: told each time, and back; * goes back at once."""
        self.room.add_box("60", kind=BoxKind.BULLETIN)
        call = self.room.owner("8", "1", "77", "60", "", UP)
        self.assertEqual(call.told.count("mail-no-box"), 3)
        self.assertEqual(self.room.owner("8", "1", UP, UP).told.count("mail-no-box"), 0)


class EnglishSendingTests(SendingTests):
    language = "en"


class SettingsTests(OwnerCase):
    def greetings(self) -> dict[GreetingKind, float]:
        found = self.room.store.run(rules.greetings, "12")
        return {kind: round(one.length_s) for kind, one in found.items()}

    def test_each(self) -> None:
        """1 to 4: recorded, heard, recorded anew, removed; nothing is left of what was replaced or not kept."""
        keys = {"1": GreetingKind.STANDARD, "2": GreetingKind.NAME, "3": GreetingKind.ABSENCE, "4": GreetingKind.BUSY}
        for key, kind in keys.items():
            call = self.room.owner("0", key, "2", "say 3", "1", "2", "say 4", "#", "1", UP, UP, UP)
            self.assertEqual([round(one) for one in call.heard_s], [3, 4])
            self.assertEqual(self.greetings(), {kind: 4})
            self.assertEqual(len(self.room.files()), 1)
            self.room.owner("0", key, "2", "say 7", "*", UP, UP, UP)
            self.assertEqual(self.greetings(), {kind: 4})
            self.room.owner("0", key, "2", "say 2", "#", UP, UP, UP)
            self.assertEqual((self.greetings(), len(self.room.files())), ({kind: 2}, 1))
            self.assertEqual(self.room.look("12").away, key >= "3")  # who records that for absence is going away
            self.assertIn("mail-greeting-removed", self.room.owner("0", key, "3", UP, UP, UP).told)
            self.assertEqual((self.greetings(), self.room.files()), ({}, []))

    def test_limits(self) -> None:
        """A name has ten seconds, a greeting a minute; a word is enough, nothing is none."""
        self.room.owner("0", "2", "2", "say 30", "#", UP, UP, UP)
        self.room.owner("0", "1", "2", "say 90", "#", UP, UP, UP)
        self.assertEqual(self.greetings(), {GreetingKind.NAME: 10, GreetingKind.STANDARD: 60})
        self.assertIn("prompts-nothing-heard", self.room.owner("0", "4", "2", "say 0.2", UP, UP, UP).told)
        self.assertNotIn(GreetingKind.BUSY, self.greetings())

    def test_recorder_is_not_disturbed(self) -> None:
        """What was recorded is deleted when the recorder is through with it, which would make it again."""
        self.room.on_disk = Deferred()
        self.room.owner("0", "1", "2", "say 3 goes")
        self.assertEqual(len(list(self.room.recordings.iterdir())), 1)
        self.room.on_disk.callback(None)
        self.assertEqual(list(self.room.recordings.iterdir()), [])

    def test_full_disk(self) -> None:
        """What cannot be kept is told so; the greeting before stays."""
        self.room.owner("0", "1", "2", "say 3", "#", UP, UP, UP)
        full = OSError(28, "No space left on device")
        with patch.object(self.room.intake.sounds.__class__, "keep", side_effect=full):
            call = self.room.owner("0", "1", "2", "say 4", "#", UP, UP, UP)
        self.assertIn("prompts-not-kept", call.told)
        self.assertEqual(self.greetings(), {GreetingKind.STANDARD: 3})
        self.assertIn("No space left", self.room.alarms[0])

    def test_pin(self) -> None:
        """0 5: an easy one, two that differ, a new one; the old one opens nothing any more."""
        call = self.room.owner("0", "5", "123456", "905173", "905174", "905173", "905173", UP, UP)
        self.assertEqual([one for one in call.told if one.startswith("pin")],
                         ["pin-too-easy", "pin-once-more", "pins-differ", "pin-once-more", "pin-changed"])  # fmt: skip
        self.assertIn("mail-log-in-failed", self.room.owner().told)
        self.assertIn("mail-none", self.room.owner(pin="905173").told)
        self.assertEqual(self.room.owner("0", "5", "1", "1", "1", UP, UP, pin="905173").told.count("pin-too-easy"), 3)

    def test_first_pin(self) -> None:
        """One that the shop has given is changed before anything is heard; who does not hears nothing."""
        self.room.put()
        self.room.store.run(lambda: rules.set_pin("12", rules.pin_stored(PIN), is_first=True))
        self.room.look()
        self.assertNotIn("mail-new-are", self.room.owner("1", "1", "1").told)
        told = self.room.owner("905173", "905173").told
        self.assertLess(told.index("mail-must-change-pin"), told.index("pin-changed"))
        self.assertLess(told.index("pin-changed"), told.index("mail-new-are"))
        self.assertNotIn("mail-must-change-pin", self.room.owner(pin="905173").told)

    def test_group(self) -> None:
        """A group's box has no PIN to change."""
        self.room.members["service"] = ("801",)
        self.room.add_box("20", kind=BoxKind.GROUP, owner="service", pin="")
        self.room.who = SimpleNamespace(number="801", name="Li")
        call = ListedCall(self.room, ("0", "5", UP, UP), None, self.language)
        self.room._told(self.room.mailboxes.open_mailbox(call, "20"))
        self.assertIn("seat-not-allowed", call.told)

    def test_language(self) -> None:
        """A box's owner is spoken to in its language."""
        other = "en" if self.language == "zh" else "zh"
        self.room.store.run(rules.set_box, "12", {"language": other})
        self.room.look()
        self.assertEqual(self.room.owner(UP).language, other)


class EnglishSettingsTests(SettingsTests):
    language = "en"


class DoorTests(OwnerCase):
    def test_three_wrong(self) -> None:
        """Three wrong ones, or silence: hung up on; each is in the log with the number, and the box is locked."""
        call = self.room.owner("12", "111119", "", "", pin="111119")
        self.assertEqual((call.told.count("mail-log-in-failed"), call.told[-1]), (3, HUNG_UP_ON))
        self.assertEqual([one["act"] for one in self.room.happened("log_in_refused")],
                         ["mailbox 12", "mailbox 12", "mailbox ?"])  # fmt: skip
        self.room.owner("12", "111119", pin="111119", number=None)
        self.assertIn("telephone withheld", [one["address"] for one in self.room.happened("log_in_refused")])
        self.assertNotIn("mail-none", self.room.owner().told)

    def test_unknown(self) -> None:
        """A box there is not sounds as one whose PIN was wrong; so does one that is locked."""
        told = [self.room.owner(box="999").told]
        for _ in range(3):
            told.append(self.room.owner(pin="111119").told)
        told.append(self.room.owner().told)
        self.assertEqual(told, [["mail-enter-box", "enter-pin", "mail-log-in-failed", "mail-enter-box"]] * 5)

    def test_one_without_a_pin(self) -> None:
        """It is not opened by telephone, with whatever PIN."""
        self.room.add_box("14", pin="")
        self.assertNotIn("mail-none", self.room.owner("14", "", box="14").told)

    def test_group(self) -> None:
        """Of the group, or with rights 1 and 6, which is noted; too many tries are told once."""
        self.room.add_box("20", kind=BoxKind.GROUP, owner="service", pin="")
        opened = []
        for rights in ((), (Right.SUPERVISOR,), (Right.SUPERVISOR, Right.PLAY_RECORDINGS)):
            self.room.rights["801"] = frozenset(rights)
            self.room.who = SimpleNamespace(number="801", name="Li")
            call = ListedCall(self.room, (UP,), None, "zh")
            self.room._told(self.room.mailboxes.open_mailbox(call, "20"))
            opened.append("mail-none" in call.told)
        self.assertEqual(opened, [False, False, True])
        self.assertEqual([one["result"] for one in self.room.happened("audit")], ["not-yours", "not-yours", "done"])
        self.room.who = None
        call = ListedCall(self.room, ("20",), None, "zh")
        self.room._told(self.room.mailboxes.open_mailbox(call))
        self.assertEqual(call.told, ["mail-enter-box", "goodbye", HUNG_UP_ON])
