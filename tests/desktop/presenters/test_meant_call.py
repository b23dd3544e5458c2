"""The window says with each command which call it is for: that which the person has before his eyes."""

from __future__ import annotations

from callserver.desktop.keys import Act
from callserver.desktop.presenters.board import Board
from callserver.desktop.presenters.call_card import CallCard
from callserver.desktop.presenters.controls import Controls
from callserver.desktop.presenters.deeds import Deed
from callserver.desktop.presenters.faults import Faults
from callserver.desktop.presenters.fax import Fax
from callserver.desktop.presenters.keypad import Keypad
from callserver.desktop.presenters.transfer import Transfer
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop.board_shop import LINES, QUEUES, SEATS, heard
from tests.desktop.presenters.work_case import WorkCase

LI, ZHAO = Card("c1", "13912345678", "李梅"), Card("c2", "802", "赵军")


class MeantCase(WorkCase):
    def meant(self) -> list[tuple[str, str]]:
        """Which act was sent for which call, what is only looked up left out."""
        sent = zip(self.client.asked, self.client.meant, strict=True)
        looks = ("list_", "caller_customers", "alarms", "show_", "find_")
        return [(act, call) for (act, *_), call in sent if not act.startswith(looks) or call]


class ButtonTests(MeantCase):
    def setUp(self) -> None:
        super().setUp()
        self.controls = Controls(self.work, lambda data: None, lambda act: None)
        self.controls.start()
        self.addCleanup(self.controls.stop)

    def test_of_a_talk(self) -> None:
        """Each of its keys carries the id of the talk."""
        self.seat(SeatState.TALKING, LI)
        self.clock.advance(2)
        for act in (Act.HOLD, Act.RECORD, Act.SECRET, Act.PARK, Act.HANG_UP):
            self.controls.act(act)
        wanted = [("hold", "c1"), ("start_recording", "c1"), ("hide_secret", "c1"), ("park", "c1"), ("hang_up", "c1")]
        self.assertEqual(self.meant(), wanted)

    def test_what_rings(self) -> None:
        """By the row of buttons and by those of the card."""
        card = CallCard(self.work, lambda data: None)
        self.seat(SeatState.RINGING, LI)
        self.controls.act(Act.ANSWER)
        self.controls.act(Act.REJECT)
        card.answer()
        card.reject()
        self.assertEqual(self.meant(), [("answer", "c1"), ("reject", "c1")] * 2)

    def test_of_a_consultation(self) -> None:
        """The one in hand is meant, whichever of the two it is."""
        for call, kept in ((ZHAO, LI), (LI, ZHAO)):
            self.client.asked.clear()
            self.client.meant.clear()
            self.seat(SeatState.TALKING, call, kept=kept)
            self.clock.advance(2)
            for act in (Act.HOLD, Act.TRANSFER, Act.THREE_WAY, Act.HANG_UP):
                self.controls.act(act)
            self.assertEqual(self.meant(), [(act, call.call_id) for act in ("swap", "join", "three_way", "cancel")])

    def test_given_up(self) -> None:
        """The one that is dialled is hung up on, and the kept one fetched."""
        self.client.waiting.clear()
        self.seat(SeatState.DIALING, ZHAO, kept=LI)
        self.clock.advance(2)
        self.client.waiting.clear()
        self.controls.act(Act.HANG_UP)
        self.client.answers()
        self.assertEqual(self.meant(), [("hang_up", "c2"), ("retrieve", "c1")])

    def test_of_others(self) -> None:
        """Who listens leaves the call that he hears."""
        self.seat(SeatState.TALKING, LI, reason="listens")
        self.clock.advance(2)
        self.controls.act(Act.HANG_UP)
        self.assertEqual(self.meant(), [("stop_listening", "c1")])


class PanelTests(MeantCase):
    def test_keypad(self) -> None:
        """Keys go into the talk on the screen."""
        keypad = Keypad(self.work, lambda data: None)
        self.seat(SeatState.TALKING, LI)
        keypad.press("1")
        self.assertEqual(self.meant(), [("send_keys", "c1")])

    def test_transfer(self) -> None:
        """Sent on, or asked about: the call whose name stands in the title."""
        transfer = Transfer(self.work, lambda data: None)
        self.log_in(SEATS, QUEUES)
        self.seat(SeatState.TALKING, LI)
        transfer.choose("queue service")
        transfer.consult()
        transfer.send()
        self.assertEqual(self.meant(), [("consult", "c1"), ("transfer", "c1")])

    def test_fax(self) -> None:
        """A fax goes to whom he talks with."""
        fax = Fax(self.work, lambda data: None)
        self.seat(SeatState.TALKING, LI)
        fax.receive()
        fax.send("document 7", "")
        fax.stop_fax()
        self.assertEqual(self.meant(), [("receive_fax", "c1"), ("send_fax", "c1"), ("stop_fax", "c1")])

    def test_fault(self) -> None:
        """A fault is of the caller of whom it was written, and he is put through."""
        self.work.record.begin()
        self.addCleanup(self.work.record.end)
        faults = Faults(self.work, lambda data: None)
        self.seat(SeatState.TALKING, LI)
        faults.type("no hot water")
        faults.report()
        self.assertEqual(self.meant()[-1], ("report_fault", "c1"))


class BoardTests(MeantCase):
    def setUp(self) -> None:
        super().setUp()
        self.log_in(LINES + SEATS, QUEUES)
        self.board = Board(self.work, lambda data: None)
        self.board.start()
        self.addCleanup(self.board.stop)
        self.there = self.model.rows["line 3"].call_id or ""

    def test_of_the_line(self) -> None:
        """What is done to a line's call is done to the one that the tile showed."""
        self.board.select("line 3")
        self.board.act(Deed.LISTEN)
        self.board.act(Deed.BARGE_IN)
        self.board.act(Deed.BREAK_OFF)
        self.board.confirm("hang up")
        self.assertEqual(self.meant(), [(act, self.there) for act in ("listen", "barge_in", "break_off")])

    def test_of_what_is_heard(self) -> None:
        """Whisper, barge in, take over and end are about the call that he listens to."""
        self.board.select("line 3")
        self.model.status(heard())
        for deed in (Deed.WHISPER, Deed.BARGE_IN, Deed.LISTEN):
            self.board.act(deed)
        self.assertEqual(self.meant(), [(act, self.there) for act in ("whisper", "barge_in", "stop_listening")])
