"""Rows that are known by a key: which of them stay where they are, and which look otherwise."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole  # what a delegate paints


class Keyed(Protocol):
    """A row; what is read aloud of it is its own sentence."""

    @property
    def key(self) -> str:
        """Which it is, wherever it stands."""
        ...

    @property
    def spoken(self) -> str:
        """All of it, in words."""
        ...


Row = TypeVar("Row", bound=Keyed)


class KeyedRows(QAbstractListModel, Generic[Row]):
    """The rows in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """All of them."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is painted, and what is read aloud."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        return row if role == ROW else None

    def show_rows(self, rows: tuple[Row, ...]) -> bool:
        """These from now on; whether others are there, or in other places, so that what is chosen must be found."""
        before = self.rows
        if [row.key for row in rows] != [row.key for row in before]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return True
        self.rows = rows
        for place, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self.tell_change(place, old, new)
        return False

    def tell_change(self, place: int, old: Row, new: Row) -> None:
        """It looks otherwise."""
        self.dataChanged.emit(self.index(place), self.index(place))

    def place_of(self, key: str) -> int:
        """-1 if it is not there."""
        return next((place for place, row in enumerate(self.rows) if row.key == key), -1)
