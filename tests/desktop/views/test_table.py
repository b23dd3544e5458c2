"""The table that all lists of texts are shown in: what stays where it is when others come, go or change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.foreign import ISOLATE, POP
from callserver.desktop.views.table import Table
from tests.desktop.qt import application, flush, shown

ROWS = [[f"1{n:02}", "new"] for n in range(3)]


class TableTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()
        self.table = shown(self, Table("Orders", ("Order", "State")), 300, 200)
        self.changed: list[tuple[int, int]] = []
        self.resets: list[None] = []
        self.table.rows.dataChanged.connect(self._changed)
        self.table.rows.modelReset.connect(self._reset)

    def _changed(self, first: object, last: object) -> None:
        self.changed.append((first.row(), first.column()))  # type: ignore[attr-defined]

    def _reset(self) -> None:
        self.resets.append(None)

    def show(self, rows: list[list[str]], keys: list[str] | None = None) -> None:
        self.table.show_rows(rows, keys)
        flush()

    def texts(self) -> list[str]:
        model = self.table.model()
        return [str(model.index(row, 1).data()).strip(ISOLATE + POP) for row in range(model.rowCount())]

    def test_another_text(self) -> None:
        """A row that is known by a key and says something else is painted again, that cell alone, where it is."""
        keys = [row[0] for row in ROWS]
        self.show(ROWS, keys)
        self.table.selectRow(2)
        self.resets.clear()
        self.show([ROWS[0], ["101", "sent"], ROWS[2]], keys)
        self.assertEqual((self.changed, self.resets, self.texts()), ([(1, 1)], [], ["new", "sent", "new"]))
        self.assertEqual(self.table.currentIndex().row(), 2)

    def test_more_behind(self) -> None:
        """What comes behind leaves what is chosen alone; what is known by no key is known by its texts."""
        self.show(ROWS[:2])
        self.table.selectRow(1)
        self.resets.clear()
        self.show(ROWS)
        self.assertEqual((self.resets, self.table.currentIndex().row(), len(self.texts())), ([], 1, 3))

    def test_others(self) -> None:
        """Others, or fewer, are shown anew, and one of them is chosen, where the table does not begin with none."""
        self.show(ROWS)
        self.table.selectRow(2)
        self.show(ROWS[:2])
        self.assertEqual((self.table.currentIndex().row(), len(self.texts())), (1, 2))
        self.table.begins_unchosen()
        self.show([["200", "new"]])
        self.assertFalse(self.table.currentIndex().isValid())

    def test_end_in_sight(self) -> None:
        """A table that has room for more asks for more at once; a full one when somebody goes to its end."""
        ends: list[None] = []
        self.table.end_seen.connect(lambda: ends.append(None))
        self.show(ROWS)
        self.assertTrue(ends)
        many = [[str(n), "new"] for n in range(100)]
        self.show(many)
        ends.clear()
        QTest.keyClick(self.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        flush()
        self.assertTrue(ends)

    def test_narrow(self) -> None:
        """Columns that can be done without go where there is no room for them, and come back."""
        self.table.leave_out(250, 1)
        for width_px, is_hidden in ((200, True), (300, False)):
            self.table.resize(width_px, 200)
            flush()
            self.assertEqual(self.table.isColumnHidden(1), is_hidden)
