"""A small table of texts that only shows: who waits, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from callserver.desktop.views.theme import GRID, colours
from callserver.desktop.views.widgets import name

ROW_PX = 3 * GRID
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class PlainTable(QTableWidget):
    """
    The last column takes the room that is left; an empty table says what would stand in it.

    :param heads: each with its width in pixels
    :param right: columns of numbers, which stand at the right
    """

    def __init__(self, title: str, heads: Sequence[tuple[str, int]], empty: str, right: Sequence[int] = ()) -> None:
        super().__init__(0, len(heads))
        name(self, title)
        self._empty, self._right = empty, frozenset(right)
        for column, (head, width_px) in enumerate(heads):
            self.set_head(column, head)
            self.setColumnWidth(column, width_px)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setMinimumSectionSize(3 * GRID)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(2 * ROW_PX)

    def set_head(self, column: int, head: str) -> None:
        """What stands over a column, on the side of its texts."""
        item = self.horizontalHeaderItem(column)
        if item is not None and item.text() == head:
            return
        item = QTableWidgetItem(head)
        item.setTextAlignment(self._side(column) | MIDDLE)
        self.setHorizontalHeaderItem(column, item)

    def put(self, rows: Sequence[Sequence[str]]) -> None:
        """Only what is another text than before is touched."""
        if self.rowCount() != len(rows):
            self.setRowCount(len(rows))
            self.viewport().update()
        for row, texts in enumerate(rows):
            for column, words in enumerate(texts):
                self._put(row, column, words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """With the sentence for an empty one."""
        super().paintEvent(event)
        if self.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(colours(self.palette()).soft))
            place = self.viewport().rect().adjusted(GRID, GRID // 2, -GRID, 0)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap), self._empty)

    def _put(self, row: int, column: int, words: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(self._side(column) | MIDDLE)
            self.setItem(row, column, item)
        if item.text() != words:
            item.setText(words)

    def _side(self, column: int) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
