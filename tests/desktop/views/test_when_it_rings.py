"""A call rings: it is said aloud, and whoever types or chooses goes on with it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from callserver.desktop.keys import Act
from callserver.desktop.panels import PANELS, TABS
from callserver.desktop.views import call_card
from callserver.desktop.views.theme import Theme, contrast
from callserver.wire.messages import Card, Identity
from callserver.wire.states import SeatState
from tests.desktop import judge, qt
from tests.desktop.views.main_window_case import MainWindowCase

LI = Card("call-1", "13800138000", queue="shop", identity=Identity("10023", "李明"))
ODD = (("L" + "i" * 299), "李明😀🎉", "محمد علي", "a\nb\u202edcba", "<b>Li</b> & Co")
LEAST = 4.5


class WindowCase(MainWindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.client.waiting.clear()

    def open(self, act: Act) -> None:
        self.window.act(Act.CLOSE)
        self.window.act(act) if act in TABS else self.window.open(act)
        qt.flush()


class RingTests(WindowCase):
    def test_said(self) -> None:
        """Who does not see the card hears it: who calls, once for each call."""
        said: list[str] = []
        self.patch(call_card, "announce", lambda widget, words, assertive: said.append(words))
        self.seat(SeatState.RINGING, LI, rings_for_s=15.0)
        self.clock.advance(3)
        self.assertEqual(said, ["Incoming call 李明"])
        self.seat(SeatState.TALKING, LI)
        self.seat(SeatState.IDLE_PC)
        self.seat(SeatState.RINGING, Card("call-2", "62345678"), rings_for_s=15.0)
        self.assertEqual(said[1:], ["Incoming call 62345678"])

    def test_one_of_several(self) -> None:
        """Where several may be the caller, and only there, a button of the card leads to them."""
        self.open(Act.TAB_2)
        before, button = len(self.client.asked), self.window.card.choose
        self.seat(SeatState.TALKING, LI)
        self.assertFalse(button.isVisible())
        place = [act[0] for act in self.client.asked[before:]].index("caller_customers")
        row = {"name": "李明", "telephones": ["13800138000"], "address": "", "known_by": "number"}
        self.client.waiting[place].callback({"found": [row | {"number": "10023"}, row | {"number": "10024"}]})
        qt.flush()
        self.assertTrue(button.isVisible())
        qt.click(button)
        self.assertIs(self.window.tabs.currentWidget(), self.window.tabs.widget(0))

    def test_focus_after_a_talk(self) -> None:
        """After a talk a digit is its outcome's, and not a field's; who is typing a name goes on typing."""
        self.seat(SeatState.TALKING, LI)
        self.open(Act.TAB_1)
        field = self.window.focusWidget()
        self.seat(SeatState.PAUSED, reason="wrap-up")
        self.assertIs(self.window.focusWidget() or self.window, self.window)
        self.seat(SeatState.TALKING, Card("call-2", "137"))
        self.open(Act.TAB_1)
        QTest.keyClicks(field, "Zhao")
        self.seat(SeatState.PAUSED, reason="wrap-up")
        self.assertIs(self.window.focusWidget(), field)

    def test_menu_closed(self) -> None:
        """A button whose menu has been closed is not painted as if the mouse were still on it."""
        for button in (self.window.bar.menu, self.window.bar.pause):
            button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
            QCursor.setPos(button.mapToGlobal(QPoint(0, 300)))
            button.menu().aboutToHide.emit()
            self.assertFalse(button.underMouse())

    def test_focus_stays(self) -> None:
        """Whatever has the focus keeps it when a call rings; one that cannot be used now leaves it to nobody."""
        moved = []
        for act in (*TABS, *PANELS):
            self.open(act)
            for widget in judge.focusable(self.window):
                widget.setFocus()
                if not widget.hasFocus():
                    continue
                self.seat(SeatState.RINGING, LI, rings_for_s=15.0)
                qt.flush()
                now = self.window.focusWidget()
                if now is not widget and (widget.isEnabled() or isinstance(now, QAbstractButton)):
                    moved.append(f"{act.name}: {type(widget).__name__} {widget.accessibleName()} -> {now}")
                self.seat(SeatState.IDLE_PC)
        self.assertEqual(moved, [], "\n".join(moved))

    def test_open_list(self) -> None:
        """An open list of a combo box, or the menu of pauses, stays open."""
        self.open(Act.TAB_1)
        box = next(one for one in judge.seen(self.window, QComboBox))
        assert isinstance(box, QComboBox)
        box.showPopup()
        self.seat(SeatState.RINGING, LI, rings_for_s=15.0)
        qt.flush()
        self.assertTrue(box.view().isVisible())
        box.hidePopup()
        self.seat(SeatState.IDLE_PC)
        self.window.act(Act.PAUSE)
        popup = QApplication.activePopupWidget()
        assert popup is not None
        self.seat(SeatState.RINGING, LI, rings_for_s=15.0)
        qt.flush()
        self.assertTrue(popup.isVisible())
        popup.close()

    def test_title(self) -> None:
        """A name of 300 characters, an emoji, one from right to left, a line break: the title stays one calm line."""
        for name in ODD:
            self.seat(SeatState.RINGING, Card(name, "1", identity=Identity("1", name)), rings_for_s=15.0)
            title = self.window.windowTitle()
            self.assertLess(len(title), 120)
            self.assertTrue(title.endswith("– Telephone service centre"), title)
            self.assertNotIn("\n", title)
            self.assertNotIn("\u202e", title)
            self.seat(SeatState.IDLE_PC)


class AccessibleTests(WindowCase):
    def controls(self) -> list[tuple[QWidget, QAccessibleInterface]]:
        return [(one, QAccessible.queryAccessibleInterface(one)) for one in judge.focusable(self.window)]

    def test_every_control(self) -> None:
        """Name and role, without a line break, on every screen."""
        self.seat(SeatState.TALKING, LI)
        wrong: list[Any] = []
        for act in (*TABS, *PANELS):
            self.open(act)
            for widget, spoken in self.controls():
                name = spoken.text(QAccessible.Text.Name)
                if not name.strip() or "\n" in name or spoken.role() is QAccessible.Role.NoRole:
                    wrong.append((act.name, type(widget).__name__, name, spoken.role()))
        self.assertEqual(wrong, [])

    def test_contrast(self) -> None:
        """Every label that is to be read stands out from its ground, in light and dark."""
        app = qt.application()
        [theme] = app.findChildren(Theme)
        self.addCleanup(theme.choose, "light")
        self.seat(SeatState.TALKING, LI)
        pale = []
        for worn in ("light", "dark"):
            theme.choose(worn)
            for act in (*TABS, *PANELS):
                self.open(act)
                for label in judge.seen(self.window, QLabel):
                    assert isinstance(label, QLabel)
                    ink, ground = (
                        label.palette().color(role()) for role in (label.foregroundRole, label.backgroundRole)
                    )
                    ratio = contrast(ink.name(), ground.name())
                    if label.text() and label.isEnabled() and ratio < LEAST:
                        pale.append((worn, act.name, label.text(), round(ratio, 1)))
        self.assertEqual(pale, [])
