"""The panel with the list of keys."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from callserver.desktop.presenters.key_list import KeyList, KeyListData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, SMALL_PX, TEXT_PX, colours, sized

Index = QModelIndex | QPersistentModelIndex
PAIR = Qt.ItemDataRole.UserRole

ROW_PX, COLUMN_PX, KEY_PX = 3 * GRID, 28 * GRID, 10 * GRID


class KeyListView(Screen):
    """One line a key, in as many columns as there is room for: all keys are seen at once."""

    is_wide = True

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        heading = QLabel(work.words("Key list"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.list = QListWidget()
        self.list.setAccessibleName(work.words("Key list"))
        self.list.setWrapping(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self._painter = KeyPainter(self.list)
        self.list.setItemDelegate(self._painter)
        lines = column(self)
        lines.addWidget(heading)
        lines.addWidget(self.list, 1)
        self.presenter: KeyList = KeyList(work, self.show_data)

    def show_data(self, data: KeyListData) -> None:
        """Paint it."""
        self.list.clear()
        for key, word in data.rows:
            line = QListWidgetItem(f"{key} {word}")  # as it is read aloud
            line.setData(PAIR, (key, word))
            self.list.addItem(line)

    def take_focus(self) -> None:
        self.list.setFocus()


class KeyPainter(QStyledItemDelegate):
    """The key in bold, and beside it what it does."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All alike."""
        return QSize(COLUMN_PX, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line."""
        worn, place = colours(option.palette), option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = worn.on_marked if chosen else worn.text
        painter.save()
        if chosen:
            painter.fillRect(place, worn.marked)
        room = place.adjusted(GRID, 0, -GRID, 0)
        beside = room.adjusted(KEY_PX, 0, 0, 0)
        key, word = index.data(PAIR)
        for part, words, font in ((room, key, sized(SMALL_PX, bold=True)), (beside, word, sized(TEXT_PX))):
            painter.setFont(font)
            painter.setPen(ink)
            cut = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, part.width())
            painter.drawText(part, int(Qt.AlignmentFlag.AlignVCenter), cut)
        painter.restore()
