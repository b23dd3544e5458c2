"""The tiles of the board with places where nothing stands, so that seats have columns of their own."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from callserver.desktop.presenters.tiles import BLANK
from callserver.desktop.views.keyed_rows import Index
from callserver.desktop.views.tile_list import TileList, TilePainter

Move = QAbstractItemView.CursorAction


class BoardTiles(TileList):
    """Neither arrows nor the mouse choose a place where nothing stands."""

    def __init__(self) -> None:
        super().__init__()
        self._painter = BoardPainter(self)
        self.setItemDelegate(self._painter)

    def is_blank(self, index: Index) -> bool:
        """Whether nothing stands there."""
        return self.tiles.rows[index.row()].channel.startswith(BLANK)

    def moveCursor(self, action: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """To the next tile in that direction; by a page, to the lowest one of its column."""
        columns = self.columns
        steps = {Move.MoveRight: 1, Move.MoveLeft: -1, Move.MoveDown: columns, Move.MoveUp: -columns}
        now = self.currentIndex()
        if action not in steps or not now.isValid():
            there = super().moveCursor(action, modifiers)
            while there.isValid() and self.is_blank(there):  # above it in its column there are tiles
                there = self.tiles.index(there.row() - columns)
            return there
        row = now.row() + steps[action]
        while 0 <= row < self.tiles.rowCount():
            if not self.is_blank(self.tiles.index(row)):
                return self.tiles.index(row)
            row += steps[action]
        return now

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or not self.is_blank(index):
            super().mousePressEvent(event)


class BoardPainter(TilePainter):
    """Nothing is painted where nothing stands."""

    def __init__(self, tiles: BoardTiles) -> None:
        super().__init__(tiles)
        self._board = tiles

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not self._board.is_blank(index):
            super().paint(painter, option, index)
