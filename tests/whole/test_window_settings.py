"""The settings, by keys, in the whole server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from callserver.desktop.keys import Act
from callserver.desktop.presenters.things import KINDS
from callserver.desktop.views.form import Form
from callserver.desktop.views.settings import SettingsView
from callserver.wire.rights import Right
from tests.desktop import qt
from tests.whole.window_case import WindowCase

RING_STOP = "line 1-2\nring_stop_s"


class SettingsTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.at = self.window("800")
        self.shop.until(self.shop.server.centre.staff.set_rights("800", frozenset(Right)))
        self.pass_s(1)
        self.at.open(Act.SETTINGS)
        self.pass_s(3)
        panel = self.at.panel
        assert isinstance(panel, SettingsView)
        self.screen = panel

    def config(self) -> str:
        return self.shop.folder.config_file.read_text("utf-8")

    def type_into(self, form: Form, key: str, text: str) -> None:
        """In place of what stands there."""
        editor = form.rows[key].editor
        assert isinstance(editor, QLineEdit)
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        self.pass_s(1)

    def look_for(self, words: str) -> None:
        self.screen.search.setFocus()
        self.screen.search.selectAll()
        QTest.keyClicks(self.screen.search, words)
        qt.flush()

    def test_every_section(self) -> None:
        """Down through the list: each section and each kind of the shop's books shows its fields."""
        n = self.screen.places.count()
        self.screen.places.setCurrentRow(0)
        for place in range(n):
            self.pass_s(1)
            is_thing = place >= n - len(KINDS)
            shown = self.screen.things.form if is_thing else self.screen.form
            self.assertGreater(len(shown.rows), 0, place)
            QTest.keyClick(self.screen.places, Qt.Key.Key_Down)

    def test_saved_with_comments(self) -> None:
        """Found by its name, typed, Apply: it is in config.ini, where every comment is still there, and counts."""
        comments = [line for line in self.config().splitlines() if line.startswith("#")]
        self.look_for("ring_stop")
        self.type_into(self.screen.form, RING_STOP, "8")
        self.assertEqual(self.screen.changed.text(), "1 changed")
        self.screen.apply.setFocus()
        qt.click(self.screen.apply)
        self.assertFalse(self.screen.apply.isEnabled(), "it is under way")
        self.pass_s(4)
        self.assertTrue(self.screen.places.hasFocus(), 'not on "Defaults"')
        self.assertRegex(self.config(), r"(?m)^ring_stop_s *= *8$")
        self.assertEqual([line for line in self.config().splitlines() if line.startswith("#")], comments)
        self.assertIn("Saved", self.screen.notice.label.text())
        self.assertEqual(self.screen.changed.text(), "")

    def test_wrong_value(self) -> None:
        """It is said before it is applied, and cannot be."""
        before = self.config()
        self.look_for("ring_stop")
        self.type_into(self.screen.form, RING_STOP, "99")
        self.assertIn("Must be", self.screen.form.rows[RING_STOP].hint.text())
        self.assertFalse(self.screen.apply.isEnabled())
        self.assertEqual(self.config(), before)
        self.assertFalse(self.screen.may_close())

    def test_somebody_else(self) -> None:
        """A file that was changed meanwhile is not written over: it is told, and goes the second time."""
        self.look_for("ring_stop")
        self.type_into(self.screen.form, RING_STOP, "8")
        file = self.shop.folder.config_file
        file.write_text(self.config() + "\n# somebody else\n", "utf-8")
        self.press(self.at, Act.SAVE)
        self.pass_s(4)
        self.assertIn("Not saved", self.screen.notice.label.text())
        self.press(self.at, Act.SAVE)
        self.pass_s(4)
        self.assertRegex(self.config(), r"(?m)^ring_stop_s *= *8$")
        self.assertIn("# somebody else", self.config())

    def test_queue(self) -> None:
        """A setting of a queue counts as soon as it is saved."""
        places = self.screen.places
        places.setCurrentRow(places.count() - len(KINDS))
        self.pass_s(2)
        things = self.screen.things
        (queue,) = things.presenter.rows
        self.type_into(things.form, "ring_s", "33")
        self.press(self.at, Act.SAVE)
        self.pass_s(2)
        self.assertEqual(things.notice.label.text(), "Saved")
        self.assertEqual(self.shop.server.centre.organisation.settings[queue].ring_s, 33)

    def test_new_group(self) -> None:
        """Made by its name, changed, and deleted when that was asked."""
        places = self.screen.places
        places.setCurrentRow(places.count() - len(KINDS) + list(KINDS).index("groups"))
        self.pass_s(2)
        things = self.screen.things
        qt.click(things.new)
        QTest.keyClicks(things.name, "night")
        self.type_into(things.form, "members", "801, 802/2")
        self.press(self.at, Act.CARRY_OUT)
        self.pass_s(2)
        self.assertEqual(things.presenter.rows["night"]["settings"]["members"], "801, 802/2")
        qt.click(things.delete)
        qt.click(things.question.do)
        self.pass_s(2)
        self.assertEqual(list(things.presenter.rows), [])

    def test_no_supervisor(self) -> None:
        """Who has not right 1 any more is told so, and sees nothing."""
        staff = self.shop.server.centre.staff
        self.shop.until(staff.set_rights("801", {Right.SUPERVISOR}))  # somebody has to be one
        self.shop.until(staff.set_rights("800", {Right.LISTEN}))
        self.pass_s(1)
        self.assertTrue(self.screen.lacks.isVisibleTo(self.at))
        self.assertIn("Needs the right “supervisor”", self.screen.lacks.text())
        self.assertEqual(len(self.screen.form.rows), 0)
