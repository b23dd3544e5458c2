"""The staff editor, by keys, in the whole server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem

from callserver.desktop.keys import Act
from callserver.desktop.model import Connection
from callserver.desktop.views.staff import StaffView
from callserver.desktop.views.theme import colours
from callserver.desktop.window import MainWindow
from callserver.wire.rights import Right
from tests.desktop import qt
from tests.whole.window_case import WindowCase

LONG = "赵" * 64


class StaffTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.at = self.supervisor("800")
        self.at.open(Act.STAFF)
        self.pass_s(1)
        panel = self.at.panel
        assert isinstance(panel, StaffView)
        self.editor = panel

    def supervisor(self, number: str) -> MainWindow:
        """Who has every right from the start on has logged in."""
        window = self.window(number)
        self.shop.until(self.shop.server.centre.staff.set_rights(number, frozenset(Right)))
        self.pass_s(1)
        return window

    def choose(self, number: str) -> None:
        """Down in the list until he is shown."""
        QTest.keyClick(self.editor.people, Qt.Key.Key_Home)
        while self.editor.number.text() != number:
            QTest.keyClick(self.editor.people, Qt.Key.Key_Down)
        qt.flush()

    def rights(self, number: str) -> frozenset[Right]:
        return self.shop.server.centre.staff.rights(number)

    def is_grey(self, number: str) -> bool:
        """How he stands in the list."""
        people = self.editor.people
        place, option = list(self.editor.presenter.rows).index(number), QStyleOptionViewItem()
        option.palette = people.palette()
        people.itemDelegate().initStyleOption(option, people.rows.index(place, 0))
        return option.palette.text().color().name() == colours(people.palette()).disabled

    def press_right(self, right: Right) -> None:
        self.editor.rights[right].setFocus()
        QTest.keyClick(self.editor.rights[right], Qt.Key.Key_Space)

    def test_right_counts_at_once(self) -> None:
        """A right that is given by keys is his at once, and so is it gone."""
        self.choose("802")
        self.assertNotIn(Right.LISTEN, self.rights("802"))
        self.press_right(Right.LISTEN)
        self.press(self.at, Act.SAVE)
        self.pass_s(1)
        self.assertIn(Right.LISTEN, self.rights("802"))
        self.assertEqual(self.editor.notice.label.text(), "Saved")
        self.press_right(Right.LISTEN)
        self.press(self.at, Act.CARRY_OUT)
        self.pass_s(1)
        self.assertNotIn(Right.LISTEN, self.rights("802"))

    def test_disabled_at_work(self) -> None:
        """Whom a supervisor disables is out at once; he stays in the list, greyed, and may come back."""
        colleague = self.window("802")
        self.choose("802")
        self.editor.disabled.setFocus()
        QTest.keyClick(self.editor.disabled, Qt.Key.Key_Space)
        qt.click(self.editor.ok)
        self.pass_s(1)
        self.assertEqual(self.editor.heading.text().split(" · ")[1], "disabled")
        self.assertIsNot(colleague.work.model.connection, Connection.HERE)
        self.assertTrue(self.is_grey("802"))
        QTest.keyClick(self.editor.disabled, Qt.Key.Key_Space)
        qt.click(self.editor.ok)
        self.pass_s(1)
        self.assertFalse(self.is_grey("802"))

    def test_after_saving(self) -> None:
        """Who has saved by OK is in the list again, not on "Delete…", where the next Space would ask to delete."""
        self.choose("802")
        qt.click(self.editor.disabled)
        self.editor.ok.setFocus()
        qt.click(self.editor.ok)
        self.pass_s(1)
        self.assertEqual(self.editor.notice.label.text(), "Saved")
        self.assertTrue(self.editor.people.hasFocus())

    def test_himself(self) -> None:
        """Nobody disables himself by a slip: the server says so, and he stays at work."""
        self.choose("800")
        qt.click(self.editor.disabled)
        self.press(self.at, Act.SAVE)
        self.pass_s(1)
        self.assertIn("nobody disables himself", self.editor.notice.label.text())

    def test_somebody_new(self) -> None:
        """Made with a long name; the first password is shown, and he can be found in the list."""
        qt.click(self.editor.new)
        self.type(self.at, "870", enter=False)
        self.editor.person.insert(LONG)  # QTest types no Chinese
        self.press(self.at, Act.SAVE)
        self.pass_s(2)
        self.assertIn("First password of 870", self.editor.secret.text())
        self.assertEqual(self.shop.until(self.shop.server.centre.staff.one("870")).name, LONG)
        self.assertEqual(self.editor.number.text(), "870")
        qt.click(self.editor.delete)
        self.assertTrue(self.editor.question.isVisibleTo(self.at))
        qt.click(self.editor.question.do)
        self.pass_s(1)
        self.assertNotIn("870", [row["name"] for row in self.editor.presenter.rows.values()])

    def test_refused(self) -> None:
        """What the server does not take is said here, and what was typed stays."""
        self.choose("802")
        QTest.keyClicks(self.editor.phone, "110")
        self.press(self.at, Act.SAVE)
        self.pass_s(1)
        self.assertIn("110", self.editor.notice.label.text())
        self.assertEqual(self.editor.phone.text(), "110")
        self.assertFalse(self.editor.may_close())

    def test_another_supervisor(self) -> None:
        """What he has changed meanwhile is said before it would be written over."""
        self.choose("802")
        self.shop.until(self.shop.server.centre.staff.save("802", {"phone": "62345678"}, by="801"))
        QTest.keyClicks(self.editor.phone, "62345679")
        self.press(self.at, Act.SAVE)
        self.pass_s(1)
        self.assertIn("Somebody else has changed phone", self.editor.notice.label.text())
        self.assertEqual(self.shop.until(self.shop.server.centre.staff.one("802")).phone, "62345678")

    def test_no_supervisor(self) -> None:
        """Who has not right 1 is told so, and sees nobody."""
        staff = self.shop.server.centre.staff
        self.shop.until(staff.set_rights("801", {Right.SUPERVISOR}))  # somebody has to be one
        self.shop.until(staff.set_rights("800", {Right.LISTEN}))
        self.pass_s(1)
        self.assertIn("Needs the right “supervisor”", self.editor.lacks.text())
        self.assertTrue(self.editor.lacks.isVisibleTo(self.at))
        self.assertEqual(self.editor.people.rows.rowCount(), 0)
