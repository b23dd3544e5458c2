"""The tiles of the board: one model, one list, one delegate that paints; only what has changed is painted again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from callserver.desktop.presenters.tiles import Tile
from callserver.desktop.views.colours import Colours, faded, mixed
from callserver.desktop.views.icons import BADGE_PX, badge, draw_badge
from callserver.desktop.views.keyed_rows import ROW, Index, KeyedRows
from callserver.desktop.views.theme import GRID, RING_PX, SMALL_PX, colours, sized

TILE = QSize(180, 82)  # wider where there is room
GAP = GRID // 2
CELL = TILE + QSize(GAP, GRID)
SHARE = 0.12  # of the state's colour, for each step of depth
HALF_A_BLINK_MS = 500
TITLE_PX = SMALL_PX + 1
LINE_PX = 18
TEXT_X = GRID + BADGE_PX + GRID
LEFT, RIGHT = (
    int(side | Qt.AlignmentFlag.AlignVCenter) for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)


class TileRows(KeyedRows[Tile]):
    """A clock that goes on is no change of the data: readers of screens would be told of it every second."""

    ticked = Signal(int)  # only the clock of this row, which is as wide as before

    def tell_change(self, place: int, old: Tile, new: Tile) -> None:
        """By its clock alone, or otherwise."""
        if len(old.clock) == len(new.clock) and replace(new, clock=old.clock, spoken=old.spoken) == old:
            self.ticked.emit(place)
        else:
            super().tell_change(place, old, new)


class TileList(QListView):
    """Tiles that flow into as many columns as there is room for; arrows go from one to the next."""

    chosen = Signal(str)  # a channel
    flowed = Signal(int)  # into so many columns

    def __init__(self) -> None:
        super().__init__()
        self.tiles = TileRows()
        self.setModel(self.tiles)
        self._painter = TilePainter(self)
        self.setItemDelegate(self._painter)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(CELL)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(CELL.width() + 3 * GRID, CELL.height() + GRID)
        self.blink_shown, self.is_old = True, False
        self.painted = QRegion()  # what is being painted now
        self._blinking = QTimer(self)
        self._blinking.setInterval(HALF_A_BLINK_MS)
        self._blinking.timeout.connect(self._blink)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.tiles.ticked.connect(self._ticked)

    def put(self, tiles: tuple[Tile, ...], selected: str, is_old: bool = False) -> None:
        """
        Paint them.

        :param is_old: grey and still, while nobody knows whether it is still so
        """
        if is_old != self.is_old:
            self.is_old = is_old
            self.viewport().update()
        self.tiles.show_rows(tiles)
        row = self.tiles.place_of(selected)
        if row >= 0 and row != self.currentIndex().row():
            self.setCurrentIndex(self.tiles.index(row))
        if (not is_old and any(tile.blinks for tile in tiles)) != self._blinking.isActive():
            self._blinking.stop() if self._blinking.isActive() else self._blinking.start()
            self.blink_shown = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More tiles beside each other, or fewer; all the room is theirs."""
        super().resizeEvent(event)
        columns = self.columns
        self.setGridSize(QSize(max(CELL.width(), self._room_px() // columns), CELL.height()))
        self.flowed.emit(columns)

    @property
    def columns(self) -> int:
        """So many tiles stand beside each other."""
        return max(1, self._room_px() // CELL.width())

    def _room_px(self) -> int:
        """That of a scroll bar is kept, as Qt does."""
        return self.maximumViewportSize().width() - self.verticalScrollBar().sizeHint().width() - 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """As it is, and told to who paints the tiles: most often only clocks have to be painted."""
        self.painted = event.region()
        super().paintEvent(event)

    def _ticked(self, row: int) -> None:
        tile, place = self.tiles.rows[row], self.visualRect(self.tiles.index(row))
        self.viewport().update(self._painter.clock_place(place, tile))

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(self.tiles.rows[current.row()].key if current.isValid() else "")

    def _blink(self) -> None:
        self.blink_shown = not self.blink_shown
        for row, tile in enumerate(self.tiles.rows):
            if tile.blinks:
                self.viewport().update(self.visualRect(self.tiles.index(row)))


class TilePainter(QStyledItemDelegate):
    """Badge, name, clock; state; caller; what is done there."""

    def __init__(self, tiles: TileList) -> None:
        super().__init__(tiles)
        self._tiles = tiles
        self._bold, self._plain, self._small = sized(TITLE_PX, bold=True), sized(TITLE_PX), sized(SMALL_PX)
        self._cut = {id(font): QFontMetrics(font) for font in (self._bold, self._plain, self._small)}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All are alike."""
        return self._tiles.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One tile."""
        tile: Tile = index.data(ROW)
        worn = colours(self._tiles.palette())
        worn = faded(worn) if self._tiles.is_old else worn
        place, clock = _inner(option.rect), self.clock_place(option.rect, tile)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if (self._tiles.painted & option.rect).subtracted(QRegion(clock)).isEmpty():
            painter.fillRect(clock, QColor(self._fill(tile, worn)))
        else:
            self._all(painter, place, tile, worn, index == self._tiles.currentIndex())
        self._line(painter, clock, tile.clock, self._plain, worn.text, RIGHT)
        painter.restore()

    def clock_place(self, cell: QRect, tile: Tile) -> QRect:
        """At the right: of the first line, or beside the state where a person's name needs all of that."""
        place, width = _inner(cell), self._cut[id(self._plain)].horizontalAdvance(tile.clock) + 2
        top = place.y() + GRID // 2 + (LINE_PX if tile.is_seat else 0)
        return QRect(place.right() - GRID - width + 1, top, width, LINE_PX)

    def _all(self, painter: QPainter, place: QRect, tile: Tile, worn: Colours, selected: bool) -> None:
        self._frame(painter, place, tile, worn, selected)
        spot = QRect(place.x() + GRID, place.y() + GRID, BADGE_PX, BADGE_PX)
        if self._tiles.is_old:
            draw_badge(painter, QRectF(spot), tile.state, worn, tile.wrap_up, tile.kept)
        else:
            badge(tile.state, worn, tile.wrap_up, tile.kept).paint(painter, spot)
        self._lines(painter, place, tile, worn)

    def _frame(self, painter: QPainter, place: QRect, tile: Tile, worn: Colours, selected: bool) -> None:
        colour = worn.states[tile.state]
        frame, width = worn.frame, 1
        if tile.blinks and self._tiles.blink_shown and not self._tiles.is_old:
            frame, width = colour, 3
        if selected:
            frame, width = worn.focus, RING_PX + 1
        painter.setPen(QPen(QColor(frame), width))
        painter.setBrush(QColor(self._fill(tile, worn)))
        half = width / 2
        painter.drawRoundedRect(QRectF(place).adjusted(half, half, -half, -half), 4, 4)

    def _lines(self, painter: QPainter, place: QRect, tile: Tile, worn: Colours) -> None:
        x, right, top = place.x() + TEXT_X, place.right() - GRID, place.y() + GRID // 2
        whole = right - x
        less = whole - self._cut[id(self._plain)].horizontalAdvance(tile.clock) - GRID
        title, word = (whole, less) if tile.is_seat else (less, whole)
        self._line(painter, QRect(x, top, title, LINE_PX), tile.title, self._bold, worn.text)
        self._line(painter, QRect(x, top + LINE_PX, word, LINE_PX), tile.word, self._plain, worn.text)
        left = place.x() + GRID
        for line, words in enumerate((tile.caller, tile.what), 2):
            self._line(painter, QRect(left, top + line * LINE_PX, right - left, LINE_PX), words, self._small, worn.soft)

    def _line(self, painter: QPainter, place: QRect, words: str, font: Any, colour: str, side: int = LEFT) -> None:
        if words:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(
                place, side, self._cut[id(font)].elidedText(words, Qt.TextElideMode.ElideRight, place.width())
            )

    def _fill(self, tile: Tile, worn: Colours) -> str:
        """Grey words would not be told from grey enough."""
        return worn.ground if self._tiles.is_old else mixed(worn.ground, worn.states[tile.state], SHARE * tile.depth)


def _inner(cell: QRect) -> QRect:
    return QRect(cell.topLeft() + QPoint(GAP // 2, GRID // 2), cell.size() - QSize(GAP, GRID))
