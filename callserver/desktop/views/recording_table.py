"""The list of recordings, which asks for more as one scrolls down."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from callserver.desktop.foreign import isolated
from callserver.desktop.presenters.recordings import RecordingLine
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.theme import GRID, TEXT_PX, sized
from callserver.wire.catalogue import N_

COLUMNS = (
    *(N_("Time"), N_("Number"), N_("Seat"), N_("Line"), N_("Length"), N_("Outcome"), N_("Order"), N_("Note")),
    N_("Protected"),
)
NUMBER, LINE, LENGTH, ORDER, NOTE = 1, 3, 4, 6, 7
WIDEST = (
    "2026-11-26 14:03",
    "13800138000",
    "801, 802",
    "line 20",
    "1:02:03",
    "waited too",
    "20260017",
    "",
    "protected",
)
NARROW_PX = 840  # below it two columns go, which the player and the search still know
LEFT_OUT = (LINE, ORDER)
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class RecordingModel(QAbstractTableModel):
    """Rows as they are given; it never asks for more than one page ahead."""

    def __init__(self, work: Workplace, more: Callable[[], None]) -> None:
        super().__init__()
        self._heads = tuple(map(work.words, COLUMNS))
        self._more = more
        self.lines: tuple[RecordingLine, ...] = ()
        self._is_more = False

    def show_lines(self, lines: tuple[RecordingLine, ...], is_more: bool) -> None:
        """These, from now on; those that only came behind leave place and choice as they are."""
        before, n_before, self._is_more = self.lines, len(self.lines), is_more
        same = [line.number for line in before] == [line.number for line in lines[:n_before]]
        if not same or not n_before:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()
            return
        if len(lines) > n_before:
            self.beginInsertRows(QModelIndex(), n_before, len(lines) - 1)
            self.lines = lines
            self.endInsertRows()
        self.lines = lines
        if before != lines[:n_before]:
            self.dataChanged.emit(self.index(0, 0), self.index(n_before - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return self._is_more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        self._is_more = False  # until the answer is here
        self._more()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if role == Role.TextAlignmentRole:
            return _along(section)
        if role == Role.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._heads[section]
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        line, column = self.lines[index.row()], index.column()
        if role == Role.DisplayRole:
            return isolated(line.cells[column]) if column in (NUMBER, NOTE) else line.cells[column]
        if role == Role.ToolTipRole:
            whole = f"{line.cells[NUMBER]} {line.name}".strip() if column == NUMBER else line.cells[column]
            return f"<span>{escape(whole)}</span>" if whole else None
        return _along(column) if role == Role.TextAlignmentRole else None


class RecordingTable(QTableView):
    """One row is chosen at a time."""

    def __init__(self, work: Workplace, more: Callable[[], None]) -> None:
        super().__init__()
        self.rows = RecordingModel(work, more)
        self.setModel(self.rows)
        self.setAccessibleName(work.words("Recordings"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(4 * GRID)
        self._set_widths()

    def chosen(self) -> int:
        """The number of the row that is chosen; 0: none."""
        index = self.currentIndex()
        return self.rows.lines[index.row()].number if index.isValid() else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The narrower, the fewer columns."""
        super().resizeEvent(event)
        for column in LEFT_OUT:
            self.setColumnHidden(column, event.size().width() < NARROW_PX)

    def _set_widths(self) -> None:
        header, font = self.horizontalHeader(), QFontMetrics(sized(TEXT_PX))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStyleSheet(f"QHeaderView::section {{ padding: {GRID // 2}px 3px }}")  # above its column's text
        header.setHighlightSections(False)
        header.setMinimumSectionSize(4 * GRID)
        for column, widest in enumerate(WIDEST):
            head = str(self.rows.headerData(column, Qt.Orientation.Horizontal))
            self.setColumnWidth(column, 2 * GRID + max(map(font.horizontalAdvance, (widest, head))))
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)


def _along(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == LENGTH else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
