"""Mailboxes at agents' programs: waiting marks at once, messages by right, transfers into a box."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.wire.messages import MailMark
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.targets import Target
from tests.whole.mail_case import ENCRYPTED, NEXT, MailShop


class Marks(AgentListener):
    def __init__(self) -> None:
        self.told: list[MailMark] = []

    def mail(self, mark: MailMark) -> None:
        self.told.append(mark)


class DeskCase(SynchronousTestCase):
    """In a shop that encrypts: nobody sees a difference."""

    def setUp(self) -> None:
        self.shop = MailShop(self, 2, target="queue operator", settings=ENCRYPTED)
        self.shop.add_box("12", owner="801", name="Li")
        self.shop.add_box("13", owner="802", name="Wang")
        self.marks = Marks()
        self.li = self.comes("801", self.marks, set(Right) - {Right.SUPERVISOR})

    def comes(self, number: str, listener: AgentListener, rights: Iterable[Right]) -> AgentClient:
        """Somebody logs in at a program, with these rights."""
        shop = self.shop
        shop.rights_of(number, *rights)
        way = shop.world.network.way(f"10.0.0.{number[-1]}")
        client = AgentClient(shop.world.reactor, way, number, shop.passwords[number], listener)
        client.start()
        self.addCleanup(client.stop)
        shop.until_so(lambda: client.seat.state is not SeatState.OFF)
        return client

    def ask(self, act: str, *args: object, client: AgentClient | None = None) -> Any:
        """The answer, or the refusal's code."""
        try:
            return self.shop.until((client or self.li).ask(act, *args))
        except Refused as refused:
            return refused.code

    def message(self, box: str = "12") -> str:
        """A guest leaves one there; its id."""
        mail = self.shop.mailboxes
        sounds, now = mail.guest.intake.sounds, self.shop.server.events.now()
        from callserver.features.voicemail.rules import Message, Sounding

        sounds.prepare()
        id_ = f"m{box}{len(self.shop.messages(box))}"
        length_s = sounds.keep(id_, self.shop.words)
        self.shop.until(mail.owner.sending.put([Message(id_, box, Sounding(id_, length_s), now, number="62345678")]))
        self.shop.wait(0.5)
        return id_

    def audits(self, act: str) -> list[tuple[str | None, object]]:
        found = [event for event in self.shop.events if event.kind == "audit" and event.data["act"] == act]
        return [(event.person, event.data["result"]) for event in found]


class MarkTests(DeskCase):
    def test_at_once(self) -> None:
        """After a log-in, when a message comes, when it is heard: of one's own boxes, and of no others."""
        self.assertEqual(self.marks.told, [MailMark("12", "Li")])
        own = self.message()
        self.assertEqual(self.marks.told[1:], [MailMark("12", "Li", new=1)])
        self.message("13")
        self.assertEqual(len(self.marks.told), 2)
        self.assertIsNone(self.ask("mark_message", own, True))
        self.shop.wait(0.5)
        self.assertEqual(self.marks.told[2:], [MailMark("12", "Li", old=1)])


class ActTests(DeskCase):
    def test_own(self) -> None:
        """Listed, opened part by part as a WAV file, sent on, deleted: each is in the log."""
        own = self.message()
        self.assertEqual([one["box"] for one in self.ask("list_mailboxes")], ["12"])
        (row,) = self.ask("list_messages", "12")
        self.assertEqual((row["message"], row["number"], row["heard"]), (own, "62345678", False))
        first = self.ask("open_message", own, 0)
        rest = self.ask("open_message", own, len(first["octets"])) if len(first["octets"]) < first["total"] else None
        whole = first["octets"] + (rest["octets"] if rest else b"")
        self.assertEqual((whole[:4], len(whole) >= 65536), (b"RIFF", first["total"] >= 65536))
        self.assertIsNone(self.ask("forward_message", own, "13"))
        (sent,) = self.shop.messages("13")
        self.assertEqual((sent.sound.id, sent.from_box), (own, "12"))
        for file in self.shop.folder.messages.glob(f"{own}.*"):
            file.unlink()
        with self.assertRaises(Refused) as gone:
            self.shop.until(self.li.ask("open_message", own, 0))
        self.assertIn("the file is gone", str(gone.exception))
        self.assertIsNone(self.ask("delete_message", own))
        self.assertEqual(self.shop.messages(), [])
        for act in ("open_message", "forward_message", "delete_message"):
            self.assertEqual(self.audits(act)[0], ("801", "done"))

    def test_others(self) -> None:
        """Of a colleague nothing without right 1, and its sound not without 6; refusals are in the log."""
        other = self.message("13")
        self.assertEqual(self.ask("list_messages", "13"), Refusal.NOT_YOURS)
        for act, args in (("open_message", (other, 0)), ("delete_message", (other,)), ("mark_message", (other, True))):
            self.assertEqual(self.ask(act, *args), Refusal.NOT_YOURS)
            self.assertEqual(self.audits(act), [("801", "not-yours")])
        self.shop.rights_of("801", Right.SUPERVISOR)
        self.assertEqual({one["box"] for one in self.ask("list_mailboxes")}, {"12", "13"})
        self.assertEqual(self.ask("open_message", other, 0), Refusal.NO_RIGHT)
        self.shop.rights_of("801", Right.SUPERVISOR, Right.PLAY_RECORDINGS)
        self.assertEqual(self.ask("open_message", other, 0)["octets"][:4], b"RIFF")

    def test_settings(self) -> None:
        """Away by oneself; everything else by right 1."""
        self.assertIsNone(self.ask("set_mailbox", "12", {"away": True}))
        self.assertEqual(self.ask("set_mailbox", "12", {"suspended": True}), Refusal.NO_RIGHT)
        self.shop.rights_of("801", Right.SUPERVISOR)
        self.assertIsNone(self.ask("set_mailbox", "13", {"suspended": True}))
        self.assertEqual(self.ask("set_mailbox", "13", {"messages_max": 0}), Refusal.NOT_SAVED)
        self.assertEqual(self.ask("set_mailbox", "13", {"pin": "1"}), Refusal.BAD_ARGUMENT)
        self.shop.wait(1)
        boxes = {one["box"]: one for one in self.ask("list_mailboxes")}
        self.assertEqual((boxes["12"]["away"], boxes["13"]["suspended"]), (True, True))

    def test_nonsense(self) -> None:
        """What there is not, or what is none: refused in words, nothing else."""
        self.assertEqual(self.ask("list_messages", "77"), Refusal.NOT_SAVED)
        self.assertEqual(self.ask("open_message", "nothing", 0), Refusal.NOT_SAVED)
        self.assertEqual(self.ask("open_message", "x' OR 1=1", 0), Refusal.BAD_ARGUMENT)
        self.assertEqual(self.ask("list_messages", "1 OR 1"), Refusal.BAD_ARGUMENT)


class TransferTests(DeskCase):
    def test_into_a_box(self) -> None:
        """Who is transferred there leaves his message; to no such box, or without right 9: refused, they talk on."""
        self.shop.begins(f"{NEXT}press 1\nwait 5\nspeak {{voice}}\n{NEXT}speak {{voice}}\nwait 0.3\npress #\nwait 60\n")
        self.shop.until_so(lambda: self.li.seat.state is SeatState.RINGING)
        self.shop.until(self.li.answer())
        self.shop.wait(1)
        self.assertEqual(self.ask("transfer", "box 77"), Refusal.NOWHERE)
        self.shop.rights_of("801", Right.ANSWER_QUEUED)
        self.assertEqual(self.ask("transfer", "box 12"), Refusal.NO_RIGHT)
        self.shop.rights_of("801", *Right)
        self.assertIsNone(self.ask("transfer", str(Target.parse("box 12"))))
        self.shop.until_so(lambda: "message-kept" in self.shop.told() or len(self.shop.messages()) > 0)
        self.assertEqual(len(self.shop.messages()), 1)
