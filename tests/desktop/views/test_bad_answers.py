"""Answers of another shape than expected: the one screen says so, and all others go on."""

from __future__ import annotations

import gc
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.desktop.keys import Act
from callserver.desktop.panels import PANELS, TABS
from callserver.desktop.views.widgets import Notice
from callserver.desktop.window import MainWindow
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.work_case import WorkCase
from tests.once import leave_out_what_stands

ANSWERS: tuple[Any, ...] = (None, "what?", 7, [1, "two"], [{}], {}, {"rows": 3}, {"found": [{}]}, {"number": 600001})
LI = Card("call-1", "13800138000", queue="shop")


class BadAnswerTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        qt.application()
        leave_out_what_stands()

    def answered(self, answer: Any) -> None:
        """Everything that was asked, and what is asked thereupon."""
        for _ in range(30):
            if self.client.waiting:
                self.client.answers(answer)
        self.client.waiting.clear()
        gc.collect()  # what nobody caught is told then

    def goes_on(self, window: MainWindow) -> None:
        """The next things that happen are shown."""
        self.clock.advance(1)
        self.seat(SeatState.HELD, LI)
        self.assertEqual(window.bar.state.text(), "On hold")
        self.seat(SeatState.TALKING, LI)
        self.assertEqual(window.card.name.text(), "13800138000")

    def test_any_shape(self) -> None:
        """Whatever the server answers, bar and card go on, and what broke at the answer does not break again later."""
        window = MainWindow(self.work)
        qt.shown(self, window)
        self.addCleanup(window.leave)
        self.seat(SeatState.TALKING, LI)
        for answer in ANSWERS:
            for act in (*TABS, *PANELS):
                window.act(act) if act in TABS else window.open(act)
                self.clock.advance(0.5)
                self.answered(answer)
                self.flushLoggedErrors()  # it is in the log
                self.goes_on(window)
                again = self.flushLoggedErrors()
                self.assertEqual(
                    [one.value for one in again], [], f"{act.name} {answer!r} {again and again[0].getTraceback()}"
                )

    def test_said(self) -> None:
        """The one screen says in one line that it did not work; what it showed before stays."""
        window = MainWindow(self.work)
        qt.shown(self, window)
        self.addCleanup(window.leave)
        self.client.waiting.clear()
        window.open(Act.FIND)
        QTest.keyClicks(window.focusWidget(), "Li")
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
        self.answered("what?")
        self.assertTrue(self.flushLoggedErrors())
        assert window.panel is not None
        said = [one.label.text() for one in window.panel.findChildren(Notice)]
        self.assertIn("This did not work; the program's log says why", said)
        self.assertEqual(window.bar.notice.label.text(), "")

    def test_record(self) -> None:
        """A customer's record that cannot be understood is said in the tab; the tabs do not break on it."""
        window = MainWindow(self.work)
        qt.shown(self, window)
        self.addCleanup(window.leave)
        self.seat(SeatState.TALKING, LI)
        self.answered({"found": [{"number": 600001}]})
        self.flushLoggedErrors()
        said = [one.label.text() for one in window.tabs.widget(0).findChildren(Notice)]
        self.assertIn("the server says what this program does not understand", said)
