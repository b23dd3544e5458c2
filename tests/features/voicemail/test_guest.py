"""Guests at a box, one key after the other, in both languages: what is kept, and what they are told."""

from __future__ import annotations

import errno
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.config import VoicemailConfig
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Look
from callserver.features.voicemail.files import Envelope
from callserver.features.voicemail.old_messages import OldMessages
from callserver.features.voicemail.rules import Left, Sounding
from callserver.features.voicemail.tables import BoxKind, GreetingKind
from callserver.lines.interfaces import Caller
from tests.features.voicemail.mail_room import GOES, GUEST, NOW, OWNER, PERSON, PIN, ListedCall, MailRoom


class GuestCase(SynchronousTestCase):
    language = "zh"

    def setUp(self) -> None:
        self.room = MailRoom(self, self.language)

    def leaves(self, *does: str, **about: Any) -> tuple[str, list[str]]:
        outcome, call = self.room.guest(*does, **about)
        return outcome, call.told


class GuestTests(GuestCase):
    def test_anew(self) -> None:
        """2 as often as he likes: the last is kept, and nothing is left of those before."""
        self.room.add_box()
        outcome, told = self.leaves("#", "say 5", "2", "say 6", "2", "say 7", "2", "say 8", "#")
        self.assertEqual((outcome, told[-1]), ("left", "message-kept"))
        (kept,) = self.room.messages()
        self.assertApproximates(kept.length_s, 8, 0.5)
        self.assertEqual(self.room.files(), [f"{kept.sound.id}.wav"])

    def test_marks(self) -> None:
        """3 and 4, each taken back by the same key; 1 lets him hear it."""
        self.room.add_box()
        _, call = self.room.guest("#", "say 5", "3", "4", "3", "1", "#")
        self.assertEqual([one for one in call.told if "-now-" in one or "-not-" in one],
                         ["mail-now-private", "mail-now-urgent", "mail-not-private"])  # fmt: skip
        (kept,) = self.room.messages()
        self.assertEqual((kept.private, kept.urgent, kept.number), (False, True, GUEST))
        self.assertApproximates(call.heard_s[0], 5, 0.5)

    def test_too_short(self) -> None:
        """Three in a row that are too short: told each time, nothing is kept; one that is long enough begins anew."""
        self.room.add_box()
        outcome, told = self.leaves("#", "say 1", "say 2", "say 5", "2", "say 1", "say 1", "say 1", "say 9")
        self.assertEqual((outcome, told.count("mail-too-short")), ("discarded", 5))
        self.assertEqual((self.room.messages(), self.room.files()), ([], []))

    def test_not_recorded(self) -> None:
        """Nothing can be recorded: told so, at once."""
        self.room.add_box()
        self.room.no_room = True
        outcome, told = self.leaves("#", "say 5", "say 5")
        self.assertEqual((outcome, told.count("message-not-kept")), ("not_kept", 1))

    def test_time_over(self) -> None:
        """Who may say no more is told why it ends."""
        self.room.add_box(message_s=10)
        _, told = self.leaves("#", "say 30", "#")
        self.assertLess(told.index("mail-time-over"), told.index("mail-guest-keys"))
        self.assertNotIn("mail-time-over", self.leaves("#", "say 5", "#")[1])

    def test_goes(self) -> None:
        """Gone while he speaks, or at the question, or to a person: what he has said is kept if it is long enough."""
        self.room.add_box()
        for does, outcome in ((("say 5 goes",), GOES), (("say 5",), GOES), (("say 5", "0"), PERSON)):
            self.assertEqual(self.leaves("#", *does)[0], outcome)
        self.leaves("#", "say 2 goes")
        self.assertEqual(len(self.room.messages()), 3)

    def test_no_key(self) -> None:
        """Silence twice keeps it; a wrong key in between is told so, and begins anew."""
        self.room.add_box()
        outcome, told = self.leaves("#", "say 5", "", "9", "", "")
        self.assertEqual(outcome, "left")
        self.assertEqual(told.count("not-understood"), 1)

    def test_goes_before_all_is_on_disk(self) -> None:
        """Who hangs up in mid-word: his message waits for the last of it, which the recorder has not written yet."""
        self.room.add_box()
        self.room.on_disk = Deferred()
        self.leaves("#", "say 5 goes")
        self.assertEqual(self.room.messages(), [])
        raw = next(self.room.recordings.iterdir())
        self.room.words(raw, 9)
        self.room.on_disk.callback(None)
        (kept,) = self.room.messages()
        self.assertApproximates(kept.length_s, 9, 0.5)
        self.assertFalse(raw.exists())

    def test_told_when_it_is_on_disk(self) -> None:
        """'Kept' is said when its envelope is durable, and not before; a disk that takes too long is no 'kept'."""
        self.room.add_box()
        slow: Deferred[None] = Deferred()
        with patch.object(self.room.intake, "write_down", side_effect=[Deferred.fromCoroutine(_done()), slow]):
            outcome, told = self.leaves("#", "say 5", "#")
        self.assertEqual((outcome, told[-1]), ("not_kept", "message-not-kept"))
        slow.callback(None)
        self.assertEqual(len(self.room.messages()), 1)

    def test_envelope_not_on_disk(self) -> None:
        """Neither is it 'kept' where the disk takes the envelope, and not that he wants it kept."""
        self.room.add_box()
        for n_written in (0, 1):
            written = [succeed(None)] * n_written + [fail(OSError(errno.ENOSPC, "full")) for _ in range(2 - n_written)]
            with patch.object(self.room.intake, "write_down", side_effect=written):
                self.assertEqual(self.leaves("#", "say 5", "#")[0], "not_kept")
        self.flushLoggedErrors(OSError)


class EnglishGuestTests(GuestTests):
    language = "en"


class WayInTests(GuestCase):
    def test_last_place(self) -> None:
        """One place is left, and two are greeted at once: the second hears that the box is full before he speaks."""
        box = self.room.add_box(messages_max=1)
        directory = self.room.mailboxes.directory
        with directory.place_in(box):
            self.assertEqual(self.leaves("", "say 5")[0], "full")
        self.assertEqual(self.leaves("#", "say 5", "#")[0], "left")
        self.assertEqual(directory.on_the_way["12"], 0)
        self.assertEqual(self.leaves("", "say 5")[0], "full")

    def test_place_is_given_back(self) -> None:
        """Whatever he does in the greeting: 0, *, a box below, hanging up."""
        self.room.add_box(messages_max=1)
        self.room.add_box("13", parent="12", key="3", messages_max=1)
        for does in (("0",), ("*", "1", "1", "1"), ("3",), ()):
            self.leaves(*does)
            self.assertEqual(set(self.room.mailboxes.directory.on_the_way.values()), {0})

    def test_not_taken(self) -> None:
        """Full, suspended: said before anything is recorded; 0 leads to a person."""
        self.room.add_box(suspended=True)
        self.assertEqual(self.leaves("")[0], "suspended")
        self.assertEqual(self.leaves("0")[0], PERSON)
        self.assertEqual(self.leaves(box="77")[0], "no_box")

    def test_owner(self) -> None:
        """* in the greeting, and the PIN: he is in his box."""
        self.room.add_box()
        outcome, told = self.leaves("*", PIN, "*", number=OWNER)
        self.assertEqual(outcome, "opened")
        self.assertIn("mail-none", told)
        self.assertNotIn("mail-enter-box", told)

    def test_below(self) -> None:
        """The keys of boxes below are said with their names, in turn; a key that leads nowhere records."""
        self.room.add_box()
        self.room.add_box("14", parent="12", key="5", name="Cups")
        self.room.add_box("13", parent="12", key="3", name="Tea")
        _, told = self.leaves("7", "say 5", "#")
        self.assertLess(told.index("“Tea”"), told.index("“Cups”"))
        self.leaves("5", "#", "say 5", "#")
        self.assertEqual([len(self.room.messages(box)) for box in ("12", "13", "14")], [1, 0, 1])
        _, call = self.room.guest("5", "")
        self.assertEqual(call.waits_s, [3.0, 0.4])  # time to choose, where there is a choice
        self.greet(GreetingKind.BUSY, 2, "14")
        _, call = self.room.guest("5", "", busy=True)
        self.assertEqual(len(call.heard_s), 1)

    def test_greetings(self) -> None:
        """By circumstance; one that cannot be read, or not in time, is the server's own."""
        self.room.add_box()
        self.greet(GreetingKind.STANDARD, 1)
        self.greet(GreetingKind.BUSY, 2)
        for busy, seconds in ((False, 1.0), (True, 2.0)):
            _, call = self.room.guest(busy=busy)
            self.assertEqual([round(one) for one in call.heard_s], [seconds])
        with patch.object(self.room.intake, "read", side_effect=lambda ids: Deferred()):
            self.assertIn("mail-standard", self.leaves()[1])
        file = self.room.folder / "messages" / "standard.wav"
        file.write_bytes(file.read_bytes()[:20])
        outcome, told = self.leaves("#", "say 5", "#")
        self.assertEqual((outcome, told[0]), ("left", "mail-standard"))

    def greet(self, kind: GreetingKind, seconds: float, box: str = "12") -> None:
        sound = Sounding(kind.value, seconds)
        self.room.words(self.room.folder / "messages" / f"{kind.value}.wav", seconds)
        self.room.store.run(rules.set_greeting, box, kind, sound)
        self.room.look()

    def test_names_are_text(self) -> None:
        """A caller's or a box's name that is SQL or a formula stays what it is."""
        evil = "=1+1'); DROP TABLE mail_boxes;--"
        self.room.add_box(name=evil)
        with patch.object(ListedCall, "caller", Caller(GUEST, evil)):
            self.leaves("#", "say 5", "#")
        self.assertEqual([box.name for box in self.room.store.run(rules.all_boxes)], [evil])
        self.assertEqual([one.name for one in self.room.messages()], [evil])

    def test_name(self) -> None:
        """The spoken name stands within the server's own sentence."""
        self.room.add_box()
        self.greet(GreetingKind.NAME, 1)
        _, told = self.leaves()
        self.assertEqual(told[:2], ["…", "mail-not-here"])


class GeneralBoxTests(GuestCase):
    def test_general(self) -> None:
        """Whoever is sent to no box in particular comes to the general one, as it is set; one that is gone is none."""
        self.room.add_box("70")
        self.assertEqual((self.room.mailboxes.general, self.leaves(box="")[0]), ("", "no_box"))
        for general, there, outcome in (("77", "", "no_box"), ("70", "70", "left")):
            self.room.house.settings = lambda general=general: SimpleNamespace(
                voicemail=VoicemailConfig(general=general)
            )
            self.assertEqual(self.room.mailboxes.general, there)
            self.assertEqual(self.leaves("#", "say 5", "#", box="")[0], outcome)

    def test_all_keys(self) -> None:
        """While he is there * and # log nobody of the staff in; behind it they do again."""
        self.room.add_box()
        keeps: list[bool] = []
        call = ListedCall(self.room, (), GUEST, "zh")
        with patch.object(ListedCall, "play", lambda call, *prompts: keeps.append(call.keeps_keys) or _done()):
            self.room._told(self.room.mailboxes.leave_message(call, "77"))
            self.room._told(self.room.mailboxes.open_mailbox(ListedCall(self.room, ("12", "1"), None, "zh")))
        self.assertEqual((keeps, call.keeps_keys), ([True, True], False))

    def test_marks_when_something_has_changed(self) -> None:
        """Screens are told when something looks otherwise, and not with every look."""
        told: list[int] = []
        self.room.mailboxes.watch(lambda: told.append(1))
        self.room.add_box()
        self.room.look()
        self.room.look()
        self.assertEqual(len(told), 1)
        self.room.put()
        self.assertEqual(len(told), 2)

    def test_late_look(self) -> None:
        """An older look that the database answers late does not undo a newer one."""
        late: Deferred[Any] = Deferred()
        with patch.object(self.room.store, "read", return_value=late):
            self.room.look()
        self.room.add_box()
        late.callback(Look())
        self.assertIsNotNone(self.room.mailboxes.directory.box("12"))


class BulletinTests(GuestCase):
    def setUp(self) -> None:
        super().setUp()
        self.room.add_box("60", kind=BoxKind.BULLETIN)

    def hears(self, *does: str) -> tuple[str, list[int], list[str]]:
        outcome, call = self.room.guest(*does, box="60")
        return outcome, [round(one) for one in call.heard_s], call.told

    def test_none(self) -> None:
        """Told so; nothing is recorded."""
        outcome, _, told = self.hears("say 5")
        self.assertEqual((outcome, told), ("nothing", ["mail-no-bulletins"]))

    def test_in_turn(self) -> None:
        """The newest first, by itself to the last; 4 and 6 go back and on, 5 plays it again, * ends."""
        for seconds in (1, 2, 3):
            self.room.put("60", seconds)
        self.assertEqual(self.hears("*")[:2], ("heard", [3, 2, 1]))
        self.assertEqual(self.hears("4", "6", "5", "*")[1], [3, 2, 1, 2, 1, 1, 1])
        self.assertEqual(self.hears("!6", "!4", "!4")[1], [3, 2, 3, 3, 2, 1])
        self.assertEqual(self.hears("!#", "!*", "!7", "*")[0], "heard")

    def test_damaged(self) -> None:
        """One whose file was cut is said to be in trouble; the others are heard."""
        for seconds in (1, 2):
            cut = self.room.put("60", seconds)
        (self.room.folder / "messages" / f"{cut.id}.wav").write_bytes(b"RIFF")
        outcome, heard, told = self.hears("*")
        self.assertEqual((outcome, heard, told.count("system-trouble")), ("heard", [1], 1))

    def test_database_away(self) -> None:
        """It cannot be asked, or not in time: there is no news, and the call goes on."""
        for answer in (Deferred(), Deferred.fromCoroutine(_broken())):
            with patch.object(self.room.store, "read", return_value=answer):
                self.assertEqual(self.hears()[0], "nothing")


class IntakeTests(GuestCase):
    """What becomes of a message that its guest has let go of."""

    def setUp(self) -> None:
        super().setUp()
        self.room.add_box()

    def again(self) -> None:
        """Half a minute goes by."""
        self.room.clock.advance(31)

    def test_file_that_cannot_be_read_now(self) -> None:
        """Too many files are open: it is tried again, and comes."""
        self.room.intake.startService()
        from callserver.dsp.sound import files

        read, fails = files.read_riff, [OSError(errno.EMFILE, "Too many open files")] * 2

        def sometimes(content: bytes) -> Any:
            if fails and self.room.on_disk is not None:
                raise fails.pop()
            return read(content)

        with patch.object(files, "read_riff", sometimes):
            self.room.on_disk = Deferred()
            self.leaves("#", "say 5 goes")
            self.room.on_disk.callback(None)
            self.assertEqual(self.room.messages(), [])
            self.again()
            self.again()
        self.assertEqual(len(self.room.messages()), 1)
        self.assertEqual(len(self.room.alarms), 1)
        self.flushLoggedErrors()

    def test_box_that_has_just_gone(self) -> None:
        """Removed while he spoke: the shop is told where his message lies, which it still does."""
        with patch.object(rules, "put", side_effect=lambda messages: self.room.store.run(rules.remove_box, "12") or []):
            self.leaves("#", "say 5", "#")
        (said,) = self.room.alarms
        self.assertIn("mailbox 12 is gone", said)
        (file,) = self.room.files()
        self.assertIn(file.removesuffix(".wav"), said)

    def test_recording_that_is_gone(self) -> None:
        """A message that was told to be kept, and whose recording somebody has removed: the shop is told."""
        with patch.object(self.room.intake.sounds.__class__, "raw", side_effect=_missing):
            self.leaves("#", "say 5 goes")
            self.assertEqual(self.room.alarms, [f"a message for mailbox 12 cannot be read: {_FILE}"])

    def found(self, **about: Any) -> None:
        """The server before this one has left such an envelope."""
        envelope = Envelope(**{"id": "old", "box": "12", "raw": "gone.wav", "came": NOW.isoformat()} | about)
        self.room.intake.sounds.write_down(envelope)
        self.room.intake.startService()
        self.addCleanup(self.room.intake.stopService)

    def test_recording_is_nowhere(self) -> None:
        """Of a message that was told to be kept nothing is there: the shop is told; not of one that never began."""
        self.found()
        self.assertEqual((self.room.alarms, self.room.files()), ([], []))
        self.found(kept=True)
        self.assertEqual(len(self.room.alarms), 1)
        self.assertEqual(self.room.files(), [])

    def test_came_before_the_kill(self) -> None:
        """The message is in its box, and the kill left only its envelope: nothing is told, nothing comes twice."""
        self.room.put(id="old")
        self.found(kept=True)
        self.assertEqual((self.room.alarms, len(self.room.messages())), ([], 1))

    def test_of_this_run(self) -> None:
        """One that is being left while the server looks for old ones is its guest's, until he lets go of it."""
        self.room.words(self.room.recordings / "now.wav", 5)
        self.room.intake.write_down(Envelope("now", "12", "now.wav", NOW.isoformat()))
        self.room.intake.startService()
        self.addCleanup(self.room.intake.stopService)
        self.assertEqual(self.room.messages(), [])

    def test_what_follows(self) -> None:
        """It is in the event log, with its call, once; its owner is to be called, where the shop has set a number."""
        self.room.store.run(rules.set_box, "12", {"tell_number": "62345678"})
        self.leaves("#", "say 5", "4", "#")
        (told,) = [event for event in self.room.book.events if event.kind == "message"]
        (kept,) = self.room.messages()
        self.assertEqual((told.call_id, told.data["message"], told.data["urgent"]), ("call-1", kept.id, True))
        later = self.room.now() + timedelta(minutes=2)
        self.assertEqual([one.box for one in self.room.store.run(rules.due_tellings, later)], ["12"])

    def test_told_kept(self) -> None:
        """What its guest was told is kept is a message, however short it is found to be."""
        for kept, n in ((False, 0), (True, 1)):
            self.room.words(self.room.recordings / "short.wav", 2)
            self.found(raw="short.wav", kept=kept)
            self.assertEqual(len(self.room.messages()), n)

    def test_few_at_once(self) -> None:
        """A hundred that wait for the database are not in memory all at once; each comes when it can."""
        waiting: list[Deferred[Any]] = []

        def slow(job: Any, *args: Any) -> Deferred[Any]:
            waiting.append(Deferred())
            waiting[-1].addCallback(lambda _: self.room.store.run(job, *args))
            return waiting[-1]

        with patch.object(self.room.store, "write", side_effect=slow):
            for _ in range(10):
                self.leaves("#", "say 5 goes")
            self.assertEqual(len(waiting), 4)
            for one in waiting:  # it grows meanwhile
                one.callback(None)
        self.assertEqual(len(self.room.messages()), 10)
        self.assertEqual(self.room.mailboxes.directory.on_the_way["12"], 0)


class OldMessagesTests(GuestCase):
    def test_by_the_hour(self) -> None:
        """After keep_days what was heard goes, within an hour, with its sound; 0 keeps it."""
        self.room.add_box()
        settings = VoicemailConfig()
        self.room.house.settings = lambda: SimpleNamespace(voicemail=settings)
        service: Any = next(one for one in self.room.feature.services if isinstance(one, OldMessages))
        service.startService()
        self.addCleanup(service.stopService)
        one = self.room.put()
        self.room.store.run(rules.leave, "12", Left(heard=frozenset((one.id,))))
        for days, left in ((0, 1), (3, 1), (2, 0)):
            settings = VoicemailConfig(keep_days=days)
            self.room.clock.advance(86400 if days else 86400 * 1.5)
            self.assertEqual((len(self.room.messages()), len(self.room.files())), (left, left))
        self.assertEqual(self.room.mailboxes.directory.count("12").all, 0)


_FILE = "x.wav: No such file or directory"


def _missing(*args: object) -> None:
    from callserver.dsp.sound.files import SoundFileError

    raise SoundFileError("{file}: {problem}", file="x.wav", problem="No such file or directory")


async def _done() -> None: ...


async def _broken() -> None:
    raise ZeroDivisionError
