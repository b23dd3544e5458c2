"""Calls are sent on, asked about, put aside and taken from colleagues by keys of the window, in the whole server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.desktop.client import AgentClient
from callserver.desktop.keys import Act
from callserver.desktop.views.dial import DialView
from callserver.desktop.views.messages import MessagesView
from callserver.desktop.views.transfer import TransferView
from callserver.desktop.window import MainWindow
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.whole.window_case import WindowCase

TALKING, RINGING = SeatState.TALKING, SeatState.RINGING


class MovingCase(WindowCase):
    """Li, 801, talks with a customer at his window; Wang, 802, pauses."""

    def setUp(self) -> None:
        super().setUp()
        for number in ("801", "802"):
            self.allow(number)
        self.wang: AgentClient = self.program("802")
        self.do(self.wang.pause("desk work"))
        self.li: MainWindow = self.window("801")

    def talk(self, seconds: int = 120) -> None:
        self.call("13912345678", seconds=seconds)
        self.press(self.li, Act.ANSWER)
        self.assertIs(self.state("801"), TALKING)
        self.pass_s(2)

    def consult(self, seconds: int = 120) -> None:
        """F8, a digit, Enter: and she answers."""
        self.talk(seconds)
        self.press(self.li, Act.TRANSFER)
        self.type(self.li, "1")
        self.assertIs(self.state("802"), RINGING)
        self.do(self.wang.answer())
        self.pass_s(2)

    def transfer(self) -> TransferView:
        panel = self.li.panel
        assert isinstance(panel, TransferView)
        return panel

    def in_hand(self) -> str:
        seat = self.li.work.model.seat
        return (seat.call.caller_number or "") if seat.call is not None else ""


class ConsultingTests(MovingCase):
    def test_asked_and_handed_over(self) -> None:
        """Four keys: the customer hears music while she is asked, then the two talk, and the panel is gone."""
        self.consult()
        self.assertTrue(self.transfer().consulting.text().startswith("With 802 "))
        self.assertTrue(self.li.card.title.text().startswith("On hold"))
        self.assertIn("13912345678", self.li.card.number.text())
        self.press(self.li, Act.TRANSFER)
        self.assertIs(self.state("802"), TALKING)
        self.assertIs(self.state("801"), SeatState.PAUSED)
        assert self.wang.seat.call is not None
        self.assertEqual(self.wang.seat.call.caller_number, "13912345678")
        self.assertIsNone(self.li.panel)

    def test_swapped(self) -> None:
        """F6 is with the customer, F6 again with her; the card is the customer's all the time."""
        self.consult()
        self.assertEqual(self.in_hand(), "802")
        for number in ("13912345678", "802"):
            self.press(self.li, Act.HOLD)
            self.assertEqual(self.in_hand(), number)
            self.assertIn("13912345678", self.li.card.number.text())
        self.press(self.li, Act.HOLD)
        self.press(self.li, Act.HANG_UP)  # in the first second: nothing
        self.pass_s(2)
        self.press(self.li, Act.HANG_UP)
        self.assertEqual((self.state("801"), self.state("802")), (TALKING, SeatState.PAUSED))
        self.assertEqual(self.in_hand(), "13912345678")

    def test_three(self) -> None:
        """F9: all three talk in one call, both windows say so, and the panel is gone."""
        self.consult()
        self.press(self.li, Act.THREE_WAY)
        self.assertIsNone(self.li.panel)
        (call,) = self.shop.server.calls
        self.assertEqual(sorted(party.name for party in call.parts), ["line 1", "seat 801", "seat 802"])
        bar, card, name = self.li.bar, self.li.card, self.wang.seat.name
        self.assertEqual((bar.state.text(), bar.kept.text()), ("Three-way", f"With 802 {name}"))
        self.assertIn("13912345678", card.number.text())
        self.assertEqual(card.other.text(), f"With 802 {name}")
        assert self.wang.seat.call is not None
        self.assertEqual([one.number for one in self.wang.seat.call.beside], ["801"])

    def test_the_customer_leaves_three(self) -> None:
        """He hangs up: the bar says it, the card is hers as of an internal call, and the tabs are still his."""
        self.consult(seconds=40)
        self.press(self.li, Act.THREE_WAY)
        self.until_his_line_is_free()
        bar, card, model = self.li.bar, self.li.card, self.li.work.model
        self.assertIn("Li Ming · caller hung up", bar.notice.label.text())
        self.assertEqual((bar.state.text(), bar.kept.text()), ("Talking", ""))
        self.assertEqual((card.name.text(), card.number.text()), (self.wang.seat.name, "802"))
        self.assertEqual((card.title.text(), card.identity.text(), card.other.text()), ("Call", "", ""))
        assert model.customer is not None
        self.assertEqual(model.customer.caller_number, "13912345678")
        self.assertEqual((self.state("801"), self.state("802")), (TALKING, TALKING))
        self.assertEqual([model.rows[seat].caller for seat in ("seat 801", "seat 802")], ["802", "801"])
        self.pass_s(25)
        self.assertNotIn("hung up", bar.notice.label.text())
        self.press(self.li, Act.HANG_UP)
        self.assertIs(self.state("802"), SeatState.PAUSED)

    def until_his_line_is_free(self) -> None:
        for _ in range(60):
            if len(self.shop.server.calls) and self.in_hand() == "802":
                return
            self.pass_s(1)
        self.fail("the customer has not hung up")

    def test_cancelled(self) -> None:
        """F4 leaves her, and the customer is back; also while it rings there."""
        self.talk()
        self.press(self.li, Act.TRANSFER)
        self.type(self.li, "802")
        self.assertIs(self.state("802"), RINGING)
        self.pass_s(2)
        self.press(self.li, Act.HANG_UP)
        self.assertEqual((self.state("801"), self.state("802")), (TALKING, SeatState.PAUSED))


class SendingOnTests(MovingCase):
    def test_blind(self) -> None:
        """Three keys: it rings there, and he is out of it."""
        self.talk()
        self.press(self.li, Act.TRANSFER)
        self.type(self.li, "1", enter=False)
        self.press(self.li, Act.CARRY_OUT)
        self.assertEqual((self.state("801"), self.state("802")), (SeatState.PAUSED, RINGING))
        self.assertEqual(self.wang.seat.cause, "sent_here: seat 801")

    def test_blind_from_hold(self) -> None:
        """Put on hold first, then sent on: once she has answered nobody is shown as held, here nor at hers."""
        self.talk()
        model = self.li.work.model
        self.press(self.li, Act.HOLD)
        self.assertIs(self.state("801"), SeatState.HELD)
        self.press(self.li, Act.TRANSFER)
        self.type(self.li, "1", enter=False)
        self.press(self.li, Act.CARRY_OUT)
        self.assertEqual((self.state("801"), self.state("802")), (SeatState.PAUSED, RINGING))
        self.assertEqual(model.rows["line 1"].state, "HELD")  # he hears music until she answers
        self.do(self.wang.answer())
        self.pass_s(1)
        self.assertEqual((self.state("801"), self.state("802")), (SeatState.PAUSED, TALKING))
        self.assertEqual(
            {channel: row.state for channel, row in model.rows.items() if row.caller},
            {"line 1": "TALKING", "seat 802": "TALKING"},
        )
        self.assertEqual((self.wang.seat.kept, self.wang.seat.hidden), (None, False))
        self.assertFalse(any(row.kept for row in model.rows.values()))
        self.assertEqual(self.li.card.title.text(), "Last call")

    def test_comes_back(self) -> None:
        """She does not want him: he rings here again, and the card says that it is a transfer that comes back."""
        self.test_blind()
        self.do(self.wang.reject())
        self.pass_s(0.5)
        self.assertIs(self.state("801"), RINGING)
        self.assertTrue(self.li.card.title.text().startswith("Your transfer comes back"))

    def test_who_cannot(self) -> None:
        """Who talks cannot be chosen, and it says so; nothing has happened to the customer."""
        self.talk()
        self.do(self.wang.dial("62345678"))
        self.press(self.li, Act.TRANSFER)
        self.type(self.li, "1")
        self.assertEqual(self.transfer().notice.label.text(), "Takes no call now")
        self.assertIs(self.state("801"), TALKING)

    def test_class_of_a_number(self) -> None:
        """A number outside is a line of its own, and says what it costs."""
        self.talk()
        self.press(self.li, Act.TRANSFER)
        self.type(self.li, "02062345678", enter=False)
        self.assertEqual(self.transfer().list.texts, ["1, 02062345678, national"])

    def test_parked(self) -> None:
        """Ctrl+K puts him aside and says where; who fetches him there talks with him."""
        self.talk()
        self.press(self.li, Act.PARK)
        self.assertIn("Parked at 71", self.li.controls.notice.label.text())
        self.assertEqual(self.li.controls.presenter.problem, "")  # good news: no warning sign
        self.do(self.wang.fetch("71"))
        self.assertIs(self.state("802"), TALKING)

    def test_fetched(self) -> None:
        """In the panel of dialling a star and the place fetch who is parked there."""
        self.talk()
        self.press(self.li, Act.PARK)
        self.press(self.li, Act.DIAL)
        self.type(self.li, "*71")
        self.assertIs(self.state("801"), TALKING)
        self.assertEqual(self.in_hand(), "13912345678")

    def test_fetched_from_the_list(self) -> None:
        """Or from the list beside it, by Enter: place, number, who has parked him; then the record is seen again."""
        self.talk()
        self.press(self.li, Act.PARK)
        self.press(self.li, Act.DIAL)
        panel = self.li.panel
        assert isinstance(panel, DialView)
        self.pass_s(1)
        rows = panel.parked.rows
        self.assertEqual(len(rows.texts), 1)
        self.assertIn("71, 13912345678", rows.texts[0])
        self.assertIn("parked by 801", rows.texts[0])
        rows.setFocus()
        QTest.keyClick(rows, Qt.Key.Key_Down)
        QTest.keyClick(rows, Qt.Key.Key_Return)
        self.pass_s(1)
        self.assertEqual(self.in_hand(), "13912345678")
        self.assertEqual(rows.texts, [])
        focused = self.li.window().focusWidget()
        self.assertIsNone(self.li.panel)
        assert focused is not None
        self.assertTrue(self.li.tabs.isAncestorOf(focused))


class TakingTests(MovingCase):
    def setUp(self) -> None:
        super().setUp()
        self.do(self.wang.ready())
        self.do(self.li.work.client.pause("break"))
        self.pass_s(0.5)

    def test_picked_up(self) -> None:
        """It rings at hers; Ctrl+U takes it from there."""
        self.call("13912345678")
        self.assertIs(self.state("802"), RINGING)
        self.press(self.li, Act.PICK_UP)
        self.assertEqual((self.state("801"), self.in_hand()), (TALKING, "13912345678"))

    def test_grabbed(self) -> None:
        """Who waits is in the column; Ctrl+G takes the first."""
        self.do(self.wang.pause("desk work"))
        self.call("13912345678")
        self.assertTrue(any("13912345678" in text for text in self.li.side.waiting.texts))
        self.press(self.li, Act.GRAB)
        self.assertEqual((self.state("801"), self.in_hand()), (TALKING, "13912345678"))

    def test_ringing_moves_no_focus(self) -> None:
        """Who types goes on typing when a call rings: not a letter is lost, nothing is pressed."""
        self.do(self.wang.pause("desk work"))
        self.do(self.li.work.client.ready())
        self.press(self.li, Act.DIAL)
        field = self.li.focusWidget()
        assert field is not None
        QTest.keyClicks(field, "62")
        self.call("13912345678")
        self.assertIs(self.state("801"), RINGING)
        self.assertIs(self.li.focusWidget(), field)
        QTest.keyClicks(self.li.focusWidget(), "3")
        QTest.keyClick(self.li.focusWidget(), Qt.Key.Key_Space)
        qt.flush()
        self.assertIs(self.state("801"), RINGING)


class MessagesTests(MovingCase):
    def test_read_and_answered(self) -> None:
        """She writes; it is counted on the button until it is looked at; the answer reaches her."""
        self.do(self.wang.ask("tell_people", ["801"], "Li Ming calls at ten"))
        self.pass_s(0.5)
        self.assertEqual(self.li.controls.buttons[Act.MESSAGES].word, "Messages 1")
        self.press(self.li, Act.MESSAGES)
        panel = self.li.panel
        assert isinstance(panel, MessagesView)
        self.assertIn("Li Ming calls at ten", panel.list.texts[0])
        self.assertEqual(self.li.controls.buttons[Act.MESSAGES].word, "Messages")
        self.type(self.li, "802")
        self.type(self.li, "Good")
        self.assertTrue(panel.notice.label.text().startswith("Sent: 1"))
        self.assertEqual(panel.list.texts[0].rpartition(", ")[2], "Good")
