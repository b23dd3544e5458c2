"""A list of rows of two lines each, with badges: painted, and read aloud row by row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from callserver.desktop.foreign import one_line
from callserver.desktop.presenters.rows import Row
from callserver.desktop.views.colours import faded
from callserver.desktop.views.icons import draw_badge
from callserver.desktop.views.keyed_rows import ROW, Index, KeyedRows
from callserver.desktop.views.theme import GRID, SMALL_PX, TEXT_PX, colours, sized

ROW_PX, BADGE_PX, MARK_PX = 5 * GRID, 3 * GRID, 2 * GRID


class Rows(KeyedRows[Row]):
    """Rows of which some may have a mark."""

    def is_marked(self) -> bool:
        """Whether some have a mark; then those without it keep its room, so that all names begin at one place."""
        return any(row.mark for row in self.rows)


class RowPainter(QStyledItemDelegate):
    """Mark, badge, title, and beneath it the detail, or why it cannot be chosen."""

    def __init__(self, rows: RowList) -> None:
        super().__init__(rows)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All alike."""
        return QSize(12 * GRID, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row = index.data(ROW)
        if not isinstance(row, Row):
            return
        worn = colours(option.palette)
        worn = faded(worn) if self._rows.is_old else worn
        place: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a number before a name stays before it
        if chosen:
            painter.fillRect(place, worn.marked)
        ink, soft = (worn.on_marked, worn.on_marked) if chosen else (worn.text, worn.soft)
        if row.why_not and not chosen:
            ink, soft = worn.disabled, worn.problem
        room = place.adjusted(GRID, GRID // 2, -GRID, -GRID // 2)
        rows = index.model()
        if isinstance(rows, Rows) and rows.is_marked():
            painter.setPen(soft if not row.why_not else ink)
            painter.setFont(sized(SMALL_PX))
            painter.drawText(room.adjusted(0, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), row.mark)
            room.setLeft(room.left() + max(MARK_PX, QFontMetrics(sized(SMALL_PX)).horizontalAdvance(row.mark) + GRID))
        if row.state is not None:
            top = place.top() + (ROW_PX - BADGE_PX) // 2
            spot = QRectF(room.left(), top, BADGE_PX, BADGE_PX)
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(worn.ground)
                painter.drawRoundedRect(spot.adjusted(-2, -2, 2, 2), 6, 6)
            draw_badge(painter, spot, row.state, worn, wrap_up=row.wrap_up, kept=row.kept)
            room.setLeft(room.left() + BADGE_PX + GRID)
        half = ROW_PX // 2
        self._line(painter, QRect(room.left(), place.top(), room.width(), half), row.title, TEXT_PX, ink, row.is_new)
        beneath = " · ".join(part for part in (row.detail, row.why_not and f"✖ {row.why_not}") if part)
        below = QRect(room.left(), place.top() + half - 2, room.width(), half)
        self._line(painter, below, beneath, SMALL_PX, soft)
        painter.restore()

    def _line(self, painter: QPainter, place: QRect, words: str, px: int, ink: str, bold: bool = False) -> None:
        font = sized(px, bold)
        painter.setFont(font)
        painter.setPen(ink)
        cut = QFontMetrics(font).elidedText(one_line(words), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine), cut)


class RowList(QListView):
    """
    One row can be chosen; it stays chosen while it is there, wherever it moves to.

    `carried_out` is told with the key of a row on which somebody has pressed Enter, or clicked twice.
    """

    carried_out = Signal(str)
    chosen = Signal(str)

    def __init__(self, named: str) -> None:
        super().__init__()
        self._rows, self._key, self.is_old = Rows(), "", False
        self.setModel(self._rows)
        self._painter = RowPainter(self)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(named)
        self.setUniformItemSizes(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.activated.connect(self._activated)
        self.selectionModel().currentChanged.connect(self._current_changed)

    @property
    def key(self) -> str:
        """Of the row that is chosen; "" if there is none."""
        return self._key

    @property
    def texts(self) -> list[str]:
        """All rows, as they are read aloud."""
        return [row.spoken for row in self._rows.rows]

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Paint these."""
        before = self._key
        if self._rows.show_rows(rows):
            self.choose(before)

    def show_old(self, is_old: bool) -> None:
        """Grey, while nobody knows whether it is still so."""
        if is_old != self.is_old:
            self.is_old = is_old
            self.viewport().update()

    def choose(self, key: str) -> None:
        """This row, or none if there is no such row."""
        place = self._rows.place_of(key)
        if place >= 0:
            self.setCurrentIndex(self._rows.index(place))
        self._key = key if place >= 0 else ""

    def step(self, by: int) -> None:
        """So many rows down, or up."""
        n = self._rows.rowCount()
        if n:
            now = self.currentIndex().row() if self._key else -1 if by > 0 else n
            self.setCurrentIndex(self._rows.index(min(max(now + by, 0), n - 1)))

    def _current_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        row = now.data(ROW) if now.isValid() else None
        if isinstance(row, Row):
            self._key = row.key
            self.chosen.emit(row.key)

    def _activated(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if isinstance(row, Row):
            self.carried_out.emit(row.key)
