"""What agents may do with mailboxes: whose they are, by which right, and what of it is written down."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import maybeDeferred
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.voicemail import rules
from callserver.features.voicemail.desk import MailDesk
from callserver.features.voicemail.rules import Left
from callserver.features.voicemail.tables import BoxKind
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.features.voicemail.mail_room import MailRoom


class DeskTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.room = MailRoom(self)
        self.room.add_box("12", owner="801", name="Li")
        self.room.add_box("13", owner="802", name="Wang")
        self.own, self.others = self.room.put("12", 20), self.room.put("13", 20)

    def ask(self, act: str, *args: Any, number: str = "801") -> Any:
        """The answer, or the refusal's code."""
        status = SimpleNamespace(state=SeatState.IDLE_PC)
        seat: Any = SimpleNamespace(
            number=number, person=SimpleNamespace(name=f"N{number}"), status=status, in_hand=None
        )
        found = self.room.feature.acts[act]
        if found.misfit(args) is not None:
            return Refusal.BAD_ARGUMENT
        answer: list[Any] = []
        maybeDeferred(found.do, seat, *args).addBoth(answer.append)
        if isinstance(answer[0], Failure):
            answer[0].trap(Refused)  # type: ignore[no-untyped-call]
            return answer[0].value.code
        return answer[0]

    def audits(self) -> list[str]:
        """What is written down, and is forgotten then."""
        found = [
            f"{event.data['act']} {event.data['result']}" for event in self.room.book.events if event.kind == "audit"
        ]
        self.room.book.events.clear()
        return found

    def may(self, *rights: Right) -> None:
        self.room.rights["801"] = frozenset(rights)

    def test_list_of_anothers(self) -> None:
        """One's own box is not noted; another's takes right 1, and is, refused too."""
        self.assertEqual(len(self.ask("list_messages", "12")), 1)
        self.assertEqual(self.audits(), [])
        self.assertEqual(self.ask("list_messages", "13"), Refusal.NOT_YOURS)
        self.may(Right.SUPERVISOR)
        self.assertEqual([one["message"] for one in self.ask("list_messages", "13")], [self.others.id])
        self.assertEqual(self.audits(), ["list_messages not-yours", "list_messages done"])

    def test_heard_from_the_middle(self) -> None:
        """Whoever begins to hear a message is written down, once, wherever in it he begins."""
        for at in (65536, 131072, 0):
            self.ask("open_message", self.own.id, at)
        self.assertEqual(self.audits(), ["open_message done"] * 2)
        self.assertEqual(self.ask("open_message", self.others.id, 65536), Refusal.NOT_YOURS)
        self.assertEqual(self.ask("open_message", self.others.id, 65536), Refusal.NOT_YOURS)
        self.assertEqual(self.audits(), ["open_message not-yours"] * 2)
        whole = b"".join(self.ask("open_message", self.own.id, at)["octets"] for at in range(0, 320_045, 65536))
        self.assertEqual(len(whole), self.ask("open_message", self.own.id, 0)["total"])

    def test_sent_where_one_hears_it(self) -> None:
        """Another's message is forwarded by who may hear it, and by nobody else."""
        self.may(Right.SUPERVISOR)
        self.assertEqual(self.ask("forward_message", self.others.id, "12"), Refusal.NO_RIGHT)
        self.may(Right.SUPERVISOR, Right.PLAY_RECORDINGS)
        self.assertIsNone(self.ask("forward_message", self.others.id, "12"))
        self.assertEqual(self.audits(), ["forward_message no-right: 6", "forward_message done"])
        came = next(one for one in self.room.messages("12") if one.id != self.own.id)
        self.assertEqual(
            (came.sound.id, came.from_box, came.heard, came.taken_by), (self.others.sound.id, "13", False, "")
        )

    def test_not_forwarded(self) -> None:
        """A private one, one that is gone, to a box that is full, suspended, a bulletin, or none."""
        private = self.room.put("12", private=True)
        self.room.add_box("60", kind=BoxKind.BULLETIN)
        self.room.add_box("14", suspended=True)
        self.room.add_box("15", messages_max=1)
        self.room.put("15")
        for message, box in ((private, "13"), (self.own, "60"), (self.own, "14"), (self.own, "15"), (self.own, "77")):
            self.assertEqual(self.ask("forward_message", message.id, box), Refusal.NOT_SAVED)
        found = MailDesk._found

        async def deleted_then(desk: Any, *about: Any) -> Any:
            answer = await found(desk, *about)
            self.room.store.run(rules.leave, "12", Left(deleted=frozenset((self.own.id,))))
            return answer

        with patch.object(MailDesk, "_found", deleted_then):
            self.assertEqual(self.ask("forward_message", self.own.id, "13"), Refusal.NOT_SAVED)
        self.assertEqual(len(self.room.messages("13")), 1)

    def test_group(self) -> None:
        """The first of a group who opens it has it; the others are told who; they see its mark."""
        self.room.members["service"] = ("801", "802")
        self.room.add_box("20", kind=BoxKind.GROUP, owner="service", pin="")
        message = self.room.put("20")
        for number in ("801", "802"):
            self.assertEqual(self.ask("open_message", message.id, 0, number=number)["taken_name"], "N801")
            self.assertIn("20", [mark.box for mark in self.room.mailboxes.marks(number)])
        self.assertEqual(self.ask("open_message", message.id, 0, number="803"), Refusal.NOT_YOURS)

    def test_marked(self) -> None:
        """Heard, new again, deleted, with its sound: at once."""
        for heard in (True, False):
            self.ask("mark_message", self.own.id, heard)
            self.assertEqual([one.heard for one in self.room.messages()], [heard])
        self.ask("delete_message", self.own.id)
        self.assertEqual((self.room.messages(), self.room.files()), ([], [f"{self.others.id}.wav"]))
        self.assertEqual(self.room.mailboxes.directory.count("12").all, 0)

    def test_settings(self) -> None:
        """A value of another kind than the setting's is no setting; nothing changes, nothing breaks."""
        self.may(Right.SUPERVISOR)
        wrong = {
            "away": "no",
            "messages_max": "9",
            "message_s": True,
            "deliver_at": 5,
            "parent": 13,
            "key": 3,
            "name": None,
        }
        for settings in (*({key: value} for key, value in wrong.items()), {"kind": "group"}, {"pin": "1"}, []):
            self.assertEqual(self.ask("set_mailbox", "12", settings), Refusal.BAD_ARGUMENT)
        self.assertEqual(self.ask("set_mailbox", "12", {"messages_max": 0}), Refusal.NOT_SAVED)
        self.assertIsNone(
            self.ask("set_mailbox", "12", {"parent": "13", "key": "3", "suspended": True, "language": "en"})
        )
        box = self.room.look("12")
        self.assertEqual((box.parent, box.key, box.suspended, box.language), ("13", "3", True, "en"))
        self.assertEqual([one.split(":")[0] for one in self.audits()], ["set_mailbox not-saved", "set_mailbox done"])

    def test_own_settings(self) -> None:
        """One's own box: away, and nothing else without right 1."""
        self.assertIsNone(self.ask("set_mailbox", "12", {"away": True}))
        self.assertEqual(self.ask("set_mailbox", "12", {"away": False, "mail_to": "x@example.com"}), Refusal.NO_RIGHT)
        self.assertEqual(self.ask("set_mailbox", "13", {"away": True}), Refusal.NOT_YOURS)
        self.assertTrue(self.room.look("12").away)
