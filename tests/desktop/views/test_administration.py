"""What a supervisor sees of staff, settings and the wallboard, full of long words and in the smallest window."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from callserver.desktop.keys import Act
from callserver.desktop.presenters.things import KINDS
from callserver.desktop.views.settings import SettingsView
from callserver.desktop.views.staff import StaffView
from callserver.desktop.views.wallboard import WallboardView
from callserver.desktop.window import SMALLEST
from callserver.wire.rights import Right
from tests.desktop import judge, qt
from tests.desktop.presenters.test_settings import ENABLED, MAIL, PORT, QUEUE, QUEUE_FIELDS, RINGS, SECTIONS
from tests.desktop.presenters.test_staff import FIELDS, GROUPS, both, person
from tests.desktop.presenters.test_wallboard import DAY, TOLD
from tests.desktop.views.main_window_case import MainWindowCase

LONG = "班长 & <b>Supervisor</b> " + "W" * 300
LONG_SETTING = RINGS | {"key": "long", "meaning": both("long " * 40), "value": "V" * 300, "kind": "text"}
FILE = {"digest": "d", "sections": SECTIONS, "settings": [RINGS, ENABLED, PORT, MAIL, LONG_SETTING], "findings": []}
SERVER: dict[str, Any] = {
    "describe staff": {"key": "number", "fields": FIELDS, "next": ""},
    "describe queues": {"key": "name", "fields": QUEUE_FIELDS, "next": ""},
    "list_staff": [person("801", LONG, locked=True), person("802", "刘洋", disabled=True)],
    "list_groups": [*GROUPS, {"name": "G" * 32, "settings": {"number": "", "members": ""}}],
    "list_settings": {**FILE, "next": ""},
    "list_queues": [QUEUE, QUEUE | {"name": "Q" * 32}],
    "list_hours": [],
    "wallboard": TOLD,
    "my_day": DAY,
}


class AdministrationTests(MainWindowCase):
    def opened(self, act: Act) -> Any:
        """The panel, with all that the server has to say."""
        self.window.open(act)
        self.answered()
        return self.window.panel

    def answered(self) -> None:
        """Every question, as far as the test's server knows."""
        client = self.client
        while client.waiting:
            act, *args = client.asked[-len(client.waiting)]
            answer = SERVER.get(act, SERVER.get(f"{act} {args[0]}" if args else ""))
            waiting = client.waiting.pop(0)
            if answer is not None:
                waiting.callback(answer)
        qt.flush()

    def judged(self) -> list[str]:
        """What is wrong with it in both sizes."""
        wrong = []
        for size in ((1280, 720), SMALLEST):
            self.window.resize(*size)
            qt.flush()
            self.assertEqual((self.window.width(), self.window.height()), size)
            wrong += judge.cut(self.window) + judge.sideways(self.window)
        return wrong + judge.unnamed(self.window) + judge.jumps(self.window)

    def test_staff(self) -> None:
        """Long names are cut where there is no room, and shown as they were typed."""
        panel = self.opened(Act.STAFF)
        assert isinstance(panel, StaffView)
        self.assertEqual(self.judged(), [])
        self.assertEqual(panel.heading.text(), f"801 {LONG} · locked")
        self.assertTrue(panel.rights[Right.ANSWER_QUEUED].isChecked())
        self.assertEqual(panel.groups.count(), 2)

    def test_tab_after_the_last_setting(self) -> None:
        """Tab goes from field to field, then to the buttons beneath them; in the queues it is the same."""
        panel = self.opened(Act.SETTINGS)
        assert isinstance(panel, SettingsView)
        self.by_tab([row.editor for row in panel.form.rows.values()], panel.defaults)
        panel.places.setCurrentRow(1)
        panel.places.setCurrentRow(0)
        qt.flush()
        self.by_tab([row.editor for row in panel.form.rows.values()], panel.defaults)
        panel.places.setCurrentRow(len(panel._sections) + list(KINDS).index("queues"))
        self.answered()
        self.by_tab([row.editor for row in panel.things.form.rows.values()], panel.things.new)

    def test_tab_through_a_book(self) -> None:
        """From the list to the name, field by field, to Save, and only then to New; a blank typed is a blank."""
        panel = self.opened(Act.SETTINGS)
        assert isinstance(panel, SettingsView)
        things = panel.things
        for _ in range(2):  # one looks at another book meanwhile
            for kind in ("hours", "queues"):
                panel.places.setCurrentRow(len(panel._sections) + list(KINDS).index(kind))
                self.answered()
            qt.click(things.new)
            things.name.setText("")
            QTest.keyClicks(things.name, "east")
            fields = [row.editor for row in things.form.rows.values()]
            self.by_tab([things.items, things.name, *fields, things.save_button, things.undo], things.new)
            text = next(one for one in fields if isinstance(one, QLineEdit))
            text.setFocus()
            QTest.keyClicks(self.window.focusWidget(), "a b")
            self.assertEqual((things.name.text(), text.text()[-3:]), ("east", "a b"))

    def test_tab_through_the_staff(self) -> None:
        """Likewise: whoever has typed comes to OK before anything else is begun."""
        panel = self.opened(Act.STAFF)
        assert isinstance(panel, StaffView)
        panel.phone.setFocus()
        QTest.keyClicks(panel.phone, "1")
        more = [row.editor for row in panel.more.rows.values()]
        self.by_tab(
            [panel.people, panel.number, panel.password, panel.phone, panel.person, panel.disabled],
            panel.rights[next(iter(panel.rights))],
        )
        self.by_tab([*more, panel.groups, panel.ok, panel.cancel, panel.reset, panel.pin, panel.new], panel.delete)

    def by_tab(self, fields: list[Any], last: Any) -> None:
        self.assertGreater(len(fields), 1)
        fields[0].setFocus()
        for following in (*fields[1:], last):
            QTest.keyClick(self.window.focusWidget(), Qt.Key.Key_Tab)
            self.assertIs(self.window.focusWidget(), following)

    def test_space_gives_a_right(self) -> None:
        """The box goes with what was asked for, and back with Cancel."""
        panel = self.opened(Act.STAFF)
        QTest.keyClick(panel.rights[Right.LISTEN], Qt.Key.Key_Space)
        self.assertTrue(panel.ok.isEnabled())
        qt.click(panel.cancel)
        self.assertFalse(panel.rights[Right.LISTEN].isChecked())
        self.assertFalse(panel.ok.isEnabled())

    def test_settings(self) -> None:
        """Long meanings are broken, long values moved within their field; problems stand below their field."""
        panel = self.opened(Act.SETTINGS)
        assert isinstance(panel, SettingsView)
        self.assertEqual(self.judged(), [])
        rings = panel.form.rows["line 1\nring_stop_s"]
        assert isinstance(rings.editor, QLineEdit)
        rings.editor.selectAll()
        rings.editor.insert("99")
        self.assertEqual(rings.hint.text(), "✖ Must be 2 to 20")
        self.assertIn("Must be 2 to 20", rings.editor.accessibleName())
        self.assertIn("● 1", panel.places.item(0).text())

    def test_things(self) -> None:
        """A form for queues as well; Enter in the list goes into it."""
        panel = self.opened(Act.SETTINGS)
        panel.places.setCurrentRow(panel.places.count() - len(KINDS))
        self.answered()
        self.assertEqual(self.judged(), [])
        self.assertEqual(list(panel.things.form.rows), [one["key"] for one in QUEUE_FIELDS])
        panel.things.items.chosen.emit(0)
        self.assertTrue(panel.things.form.rows["strategy"].editor.hasFocus())

    def test_wallboard(self) -> None:
        """Six tiles of one size, each read aloud as a whole; the line of the own day below."""
        panel = self.opened(Act.WALLBOARD)
        assert isinstance(panel, WallboardView)
        self.assertEqual(self.judged(), [])
        self.assertEqual(panel.board.tiles[2].accessibleName(), "Service level 20 s 82 % ≥ 80 %")
        self.assertLessEqual(
            max(one.width() for one in panel.board.tiles) - min(one.width() for one in panel.board.tiles), 1
        )
        self.assertEqual(self.window.day.day.text(), "Today 23 answered · 1 missed · average 2:31")


class ChineseTests(AdministrationTests):
    language = "zh"

    def test_staff(self) -> None:
        """With the document's words, in its order."""
        panel = self.opened(Act.STAFF)
        self.assertEqual(self.judged(), [])
        words = [box.text() for box in panel.rights.values()]
        self.assertEqual((words[0], words[4], words[17]), ("座席班长", "抓接ACD排队电话", "强行注销其他空闲座席"))

    def test_settings(self) -> None:
        """The range, the default, and from when on it counts."""
        panel = self.opened(Act.SETTINGS)
        self.assertEqual(self.judged(), [])
        self.assertEqual(panel.form.rows["line 1\nring_stop_s"].hint.text(), "ring_stop_s · 2–20 · 默认 6 · 立即生效")

    def test_wallboard(self) -> None:
        """Likewise."""
        panel = self.opened(Act.WALLBOARD)
        self.assertEqual(self.judged(), [])
        self.assertEqual(panel.board.tiles[0].accessibleName(), "排队人数 3 ≤ 5")
        self.assertEqual(self.window.day.day.text(), "今日 接听 23 · 未接 1 · 平均 2:31")
