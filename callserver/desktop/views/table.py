"""A table of plain texts: rows are shown as they come, none is measured, and each is read aloud as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from callserver.desktop.foreign import isolated

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 28


class TextRows(QAbstractTableModel):
    """
    :param titles: of the columns
    :param right: places of columns with numbers, which stand at the right
    """

    def __init__(self, titles: Sequence[str], right: Sequence[int] = ()) -> None:
        super().__init__()
        self._titles, self._right = titles, right
        self._rows: Sequence[Sequence[str]] = ()

    def show(self, rows: Sequence[Sequence[str]]) -> None:
        """These, in place of those before; what only grows keeps its place."""
        before = len(self._rows)
        if before and rows[:before] == self._rows:
            if len(rows) > before:
                self.beginInsertRows(QModelIndex(), before, len(rows) - 1)
                self._rows = rows
                self.endInsertRows()
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return isolated(row[index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(f"{title} {cell}" for title, cell in zip(self._titles, row, strict=True) if cell)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in self._right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:  # over the side where its texts stand
            side = Qt.AlignmentFlag.AlignRight if section in self._right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None


class Table(QTableView):
    """
    Chosen row by row, by mouse or by Enter; the widest column takes what room is left.

    :param name: what the table is, for those who do not see it
    :param wide: the place of the widest column
    """

    chosen = Signal(int)  # a row: Enter, or a double click
    end_seen = Signal()  # the last row has come in sight: there may be more

    def __init__(self, name: str, titles: Sequence[str], right: Sequence[int] = (), wide: int = -1) -> None:
        super().__init__()
        self.rows = TextRows(titles, right)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        wide = wide % len(titles)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.activated.connect(self._activated)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def only_shows(self) -> None:
        """Nothing in it is chosen; one still moves through it by keys."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)

    def set_widths(self, *widths_px: int) -> None:
        """Of the columns from the first on; the widest one has what is left."""
        for column, width_px in enumerate(widths_px):
            self.setColumnWidth(column, width_px)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Paint them; the row that is selected stays so."""
        row = self.currentIndex().row()
        self.rows.show(rows)
        if rows:
            self.selectRow(min(max(row, 0), len(rows) - 1))

    def _activated(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())

    def _scrolled(self, value: int) -> None:
        if value == self.verticalScrollBar().maximum():
            self.end_seen.emit()
