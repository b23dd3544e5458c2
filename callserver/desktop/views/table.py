"""A table of plain texts: rows are shown as they come, none is measured, and each is read aloud as a whole."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from callserver.desktop.foreign import isolated
from callserver.desktop.views.theme import GRID, colours

Tip = Callable[[int, int], str]
Index = QModelIndex | QPersistentModelIndex
ROW_PX = 28


class TextRows(QAbstractTableModel):
    """
    :param titles: of the columns
    :param right: places of columns with numbers, which stand at the right
    :param tip: the whole text for row and column, where a cell may be too narrow for it
    """

    end_seen = Signal()

    def __init__(self, titles: Sequence[str], right: Sequence[int] = (), tip: Tip | None = None) -> None:
        super().__init__()
        self._titles, self._right, self._tip = list(titles), right, tip
        self._rows: Sequence[Sequence[str]] = ()
        self._keys: Sequence[object] = ()

    def show(self, rows: Sequence[Sequence[str]], keys: Sequence[object] | None = None) -> None:
        """
        These, in place of those before; where others only came behind, all keep their places.

        :param keys: what tells one row from another; without them, its texts do
        """
        before, n_before = self._rows, len(self._rows)
        keys = list(map(tuple, rows) if keys is None else keys)
        is_longer = n_before > 0 and keys[:n_before] == self._keys
        self._keys = keys
        if not is_longer:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        if len(rows) > n_before:
            self.beginInsertRows(QModelIndex(), n_before, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
        self._rows = rows
        self._tell_changes(before)

    def rename(self, column: int, title: str) -> None:
        """Another word over a column."""
        if self._titles[column] != title:
            self._titles[column] = title
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)

    def canFetchMore(self, parent: Index) -> bool:
        """There may always be more: who has connected `end_seen` knows."""
        return not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """The last row is in sight."""
        self.end_seen.emit()

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
        if role == Qt.ItemDataRole.ToolTipRole and self._tip is not None:
            whole = self._tip(index.row(), index.column())
            return f"<span>{escape(whole)}</span>" if whole else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:  # over the side where its texts stand
            side = Qt.AlignmentFlag.AlignRight if section in self._right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _tell_changes(self, before: Sequence[Sequence[str]]) -> None:
        """Only cells with another text are painted again."""
        for row, (old, new) in enumerate(zip(before, self._rows, strict=False)):
            for column in range(len(new)) if old != new else ():
                if old[column] != new[column]:
                    self.dataChanged.emit(self.index(row, column), self.index(row, column))


class TextPainter(QStyledItemDelegate):
    """The texts as they are; `greyed` are rows of what is there and cannot be used."""

    greyed: Container[int] = ()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """In the theme of the moment."""
        super().initStyleOption(option, index)
        if index.row() in self.greyed:
            palette = option.palette
            palette.setColor(QPalette.ColorRole.Text, QColor(colours(palette).disabled))
            option.palette = palette


class Table(QTableView):
    """
    Chosen row by row, by mouse or by Enter; the widest column takes what room is left.

    :param name: what the table is, for those who do not see it
    :param wide: the place of the widest column
    :param empty: what is said where there are no rows
    """

    chosen = Signal(int)  # a row: Enter, or a double click
    end_seen = Signal()  # the last row has come in sight: there may be more

    def __init__(
        self,
        name: str,
        titles: Sequence[str],
        right: Sequence[int] = (),
        wide: int = -1,
        empty: str = "",
        tip: Tip | None = None,
    ) -> None:
        super().__init__()
        self.rows, self._empty = TextRows(titles, right, tip), empty
        self._begins_chosen, self._narrow_px = True, 0
        self._left_out: tuple[int, ...] = ()
        self._grows: tuple[int, int, int, int] | None = None  # a column, its least and most, what the widest one keeps
        self.setModel(self.rows)
        self._painter = TextPainter()
        self.setItemDelegate(self._painter)
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
        self._wide = wide
        self.horizontalHeader().setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.activated.connect(self._activated)
        self.rows.end_seen.connect(self.end_seen)

    def only_shows(self) -> None:
        """Nothing in it is chosen; one still moves through it by keys."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)

    def begins_unchosen(self) -> None:
        """No row is chosen before somebody chooses one."""
        self._begins_chosen = False

    def grey(self, rows: Container[int]) -> None:
        """These and no others; a word in each says why."""
        self._painter.greyed = rows
        self.viewport().update()

    def leave_out(self, below_px: int, *columns: int) -> None:
        """These are hidden where the table is narrower."""
        self._narrow_px, self._left_out = below_px, columns

    def set_widths(self, *widths_px: int) -> None:
        """Of the columns from the first on; the widest one has what is left."""
        for column, width_px in enumerate(widths_px):
            self.setColumnWidth(column, width_px)

    def may_grow(self, column: int, most_px: int, keep_px: int) -> None:
        """This one is wider than its width where the widest one keeps so much."""
        self._grows = column, self.columnWidth(column), most_px, keep_px

    def show_rows(self, rows: Sequence[Sequence[str]], keys: Sequence[object] | None = None) -> None:
        """Paint them; the row that is selected stays so."""
        row = self.currentIndex().row()
        self.rows.show(rows, keys)
        if rows and self._begins_chosen:
            self.selectRow(min(max(row, 0), len(rows) - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The narrower, the fewer columns."""
        super().resizeEvent(event)
        for column in self._left_out:
            self.setColumnHidden(column, event.size().width() < self._narrow_px)
        if self._grows is not None:
            column, least_px, most_px, keep_px = self._grows
            others_px = sum(map(self.columnWidth, set(range(self.rows.columnCount())) - {column, self._wide}))
            spare_px = event.size().width() - others_px - keep_px
            self.setColumnWidth(column, max(least_px, min(most_px, spare_px)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """With the sentence for an empty one."""
        super().paintEvent(event)
        if self._empty and not self.rows.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(colours(self.palette()).soft))
            place = self.viewport().rect().adjusted(GRID, GRID // 2, -GRID, 0)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap), self._empty)

    def _activated(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())
