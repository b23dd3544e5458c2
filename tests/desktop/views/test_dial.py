"""The panel of dialling: what was dialled last is dialled again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.desktop.presenters.dial import RECENT_MAX
from callserver.desktop.views.dial import DialView
from callserver.wire.messages import ChannelRow
from callserver.wire.refusals import Refusal, Refused
from tests.desktop import qt
from tests.desktop.board_shop import SEATS
from tests.desktop.presenters.work_case import WorkCase


class DialViewTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.log_in(SEATS)
        qt.application()
        self.view = DialView(self.work)
        qt.shown(self, self.view, 640, 480)
        self.view.begin()
        self.addCleanup(self.view.leave)

    def type(self, number: str) -> None:
        self.view.number.setText(number)
        QTest.keyClick(self.view.number, Qt.Key.Key_Return)
        qt.flush()

    def dialled(self) -> list[str]:
        return [act[1] for act in self.client.asked if act[0] == "dial"]

    def test_nothing_yet(self) -> None:
        """Before anything was dialled a sentence says what will stand there; Enter in the empty field dials nothing."""
        self.assertIn("stand here afterwards", self.view.nothing.text())
        self.type("")
        self.assertEqual((self.dialled(), self.view.number.text()), ([], ""))

    def test_last_ones(self) -> None:
        """The last ten numbers stand there, the last one first, each once, a colleague's with his name."""
        for number in ("802", *(f"1391234567{n}" for n in range(10)), "802"):
            self.type(number)
        texts = self.view.recent.texts
        self.assertEqual((len(texts), texts[:2]), (RECENT_MAX, ["802 刘洋", "13912345679"]))
        self.assertFalse(self.view.nothing.isVisible())

    def test_nobody_there(self) -> None:
        """Of a seat where nobody is only the number stands there; a name from the right turns nothing around."""
        self.log_in((ChannelRow("seat 805", "OFF"), ChannelRow("seat 806", "IDLE_PC", person="806", name="سارة")))
        for number in ("806", "805"):
            self.type(number)
        self.assertEqual(self.view.recent.texts, ["805", "806 \u2068سارة\u2069"])

    def test_again(self) -> None:
        """A click puts a number into the field, Enter on it dials it; in the empty field Enter shows the last one."""
        for number in ("*71", "10086", "(0755) 2222-3333"):
            self.type(number)
        rows = self.view.recent
        place = rows.visualRect(rows.model().index(1, 0)).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.assertEqual(self.view.number.text(), "10086")
        QTest.keyClick(rows, Qt.Key.Key_Return)
        self.assertEqual(self.dialled(), ["10086", "075522223333", "10086"])
        self.type("")
        self.assertEqual(self.view.number.text(), "10086")

    def test_parked(self) -> None:
        """Who is parked stands beside it, asked for while it is seen; Enter on him, or a double click, fetches him."""
        self.assertIn("Who is parked", self.view.parked.nobody.text())
        parked = {"place": "71", "caller": "13912345678", "since_s": 30.0, "by": "802"}
        self.client.answers([parked, parked | {"place": "72", "caller": None}])
        self.clock.advance(1)
        qt.flush()
        rows = self.view.parked.rows
        first, second = (text.replace("\u2068", "").replace("\u2069", "") for text in rows.texts)
        self.assertEqual(first, "71, 13912345678, 0:31 · parked by 802 刘洋")
        self.assertIn("72, number withheld", second)
        rows.setFocus()
        QTest.keyClick(rows, Qt.Key.Key_Down)
        QTest.keyClick(rows, Qt.Key.Key_Return)
        QTest.keyClick(rows, Qt.Key.Key_Return)
        fetched = [act for act in self.client.asked if act[0] == "fetch"]
        self.assertEqual(len(fetched), 1)
        self.client.answers(Refused(Refusal.NO_CALL), act="fetch")
        qt.flush()
        self.assertTrue(self.view.parked.notice.isVisible())
        self.view.hide()
        n_asked = len(self.client.asked)
        self.clock.pump([1.0] * 10)
        self.assertEqual(len(self.client.asked), n_asked)

    def test_remembered(self) -> None:
        """They are there after the next log-in too."""
        self.type("10086")
        again = DialView(self.work)
        qt.shown(self, again, 640, 480)
        again.begin()
        self.addCleanup(again.leave)
        self.assertEqual(again.recent.texts, ["10086"])
