"""The column at the right and the panels that move calls: what a person presses there, and what is painted."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from callserver.desktop.keys import Act
from callserver.desktop.views.keypad import KeypadView
from callserver.desktop.views.messages import MessagesView
from callserver.desktop.views.transfer import TransferView
from callserver.desktop.window import SIDE_FROM_PX, MainWindow
from callserver.wire.messages import Card, ChannelRow, QueueRow, Waiter
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.work_case import WorkCase

LI, ZHAO = Card("call-1", "13800138000", caller_name="李明"), Card("call-2", "802", caller_name="刘洋")
BOARD = (
    ChannelRow("seat 801", "IDLE_PC", name="王芳"),
    ChannelRow("seat 802", "IDLE_PC", since_s=310, name="刘洋"),
    ChannelRow("seat 803", "RINGING", name="陈静"),
    ChannelRow("seat 804", "IDLE_PC", name="محمد " * 40),
)
QUEUES = (QueueRow("shop", 1, 80, (Waiter("w1", "139", 80),)),)


class MovingViewsCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.log_in(BOARD, QUEUES)
        self.window = MainWindow(self.work)
        qt.shown(self, self.window)
        self.addCleanup(self.window.leave)
        self.client.asked.clear()

    def acts(self, *names: str) -> list[tuple[object, ...]]:
        """What was asked of the server of these."""
        return [asked for asked in self.client.asked if asked[0] in names]


class SideTests(MovingViewsCase):
    def test_read_aloud(self) -> None:
        """Each row is a list item with words, and the list has a name."""
        listed = QAccessible.queryAccessibleInterface(self.window.side.colleagues)
        self.assertEqual(listed.text(QAccessible.Text.Name), "Colleagues")
        self.assertEqual(listed.child(0).text(QAccessible.Text.Name), "802 刘洋, Idle 5:10")

    def test_chosen_and_taken(self) -> None:
        """The chosen row stays chosen while others change; the key takes the call from there."""
        self.window.side.colleagues.choose("803")
        self.model.row(ChannelRow("seat 805", "IDLE_PC", name="周"))
        self.assertEqual(self.window.side.colleagues.key, "803")
        QTest.keySequence(self.window, "Ctrl+U")
        QTest.keySequence(self.window, "Ctrl+G")
        qt.flush()
        self.assertEqual(self.acts("pick_up", "grab"), [("pick_up", "803"), ("grab", "w1")])

    def test_nobody(self) -> None:
        """A list that is empty says so in its own place: no heading and no button moves."""
        side = self.window.side
        before = side.waiting.y(), side.grab_button.y()
        self.model.queue(replace(self.model.queues["shop"], waiters=()))
        qt.flush()
        self.assertEqual((side.nobody_waits.y(), side.grab_button.y()), before)

    def test_narrow(self) -> None:
        """In a narrow window it is a tab, and in a wide one a column again."""
        for width, is_tab in ((SIDE_FROM_PX - 1, True), (SIDE_FROM_PX, False), (960, True), (1280, False)):
            self.window.resize(width, 720)
            qt.flush()
            self.assertEqual(self.window.tabs.indexOf(self.window.side) >= 0, is_tab, width)
            self.assertEqual(self.window.width(), width)


class TransferTests(MovingViewsCase):
    def setUp(self) -> None:
        super().setUp()
        self.seat(SeatState.TALKING, LI)
        self.clock.advance(5)
        QTest.keySequence(self.window, "F8")
        qt.flush()
        panel = self.window.panel
        assert isinstance(panel, TransferView)
        self.panel = panel

    def test_digit_and_enter(self) -> None:
        """F8, a digit, Enter: asked. With Ctrl: sent on."""
        QTest.keyClicks(self.panel.field, "1")
        QTest.keyClick(self.panel.field, Qt.Key.Key_Return)
        QTest.keySequence(self.window, "Ctrl+Return")
        qt.flush()
        self.assertEqual(self.acts("consult", "transfer"), [("consult", "seat 802"), ("transfer", "seat 802")])

    def test_arrows(self) -> None:
        """Down and up choose in the list, while the focus stays in the field."""
        QTest.keyClick(self.panel.field, Qt.Key.Key_Down)
        self.assertEqual(self.panel.list.key, "seat 803")
        QTest.keyClick(self.panel.field, Qt.Key.Key_Up)
        self.assertEqual(self.panel.list.key, "seat 802")
        self.assertTrue(self.panel.field.hasFocus())

    def test_star(self) -> None:
        """Ctrl+D makes the chosen one a favourite."""
        QTest.keyClick(self.panel.field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        qt.flush()
        self.assertEqual(self.work.settings.now.favourites, ("seat 802",))

    def test_completed(self) -> None:
        """F8 again while somebody is asked: the two have each other, and the panel goes."""
        self.seat(SeatState.TALKING, ZHAO, kept=LI)
        self.assertTrue(self.panel.complete.isVisible())
        self.client.waiting.clear()
        QTest.keySequence(self.window, "F8")
        qt.flush()
        self.assertEqual(self.acts("join"), [("join",)])
        self.client.answers()
        self.assertIsNone(self.window.panel)

    def test_card_stays(self) -> None:
        """The card is the customer's while she is asked, and names her with her clock."""
        self.seat(SeatState.TALKING, ZHAO, kept=LI)
        self.clock.advance(5)
        qt.flush()
        card = self.window.card
        self.assertEqual((card.name.text(), card.title.text()), ("李明", "On hold 0:05"))
        self.assertEqual(card.other.text(), "With 802 刘洋 0:05")


class PanelTests(MovingViewsCase):
    def test_keypad(self) -> None:
        """Typed keys and clicked ones are sent."""
        self.seat(SeatState.TALKING, LI)
        self.window.open(Act.KEYPAD)
        panel = self.window.panel
        assert isinstance(panel, KeypadView)
        QTest.keyClicks(panel, "4#")
        qt.click(panel.buttons.button(9))
        self.assertEqual(self.acts("send_keys"), [("send_keys", "4"), ("send_keys", "#"), ("send_keys", "*")])

    def test_messages(self) -> None:
        """A colleague chosen by Enter, words, Enter: sent; the field is empty for the next."""
        self.window.open(Act.MESSAGES)
        panel = self.window.panel
        assert isinstance(panel, MessagesView)
        panel.people.choose("802")
        QTest.keyClick(panel.people, Qt.Key.Key_Return)
        QTest.keyClicks(panel.text, "hello")
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
        self.assertEqual(self.acts("tell_people"), [("tell_people", ["802"], "hello")])
        self.client.waiting[-1].errback(Refused(Refusal.SERVER))
        self.assertEqual(panel.text.text(), "hello", "what was refused stays")
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
        self.client.waiting[-1].callback({"told": ["802"], "kept": [], "full": []})
        self.assertEqual(panel.text.text(), "")
