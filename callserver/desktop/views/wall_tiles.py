"""Six tiles whose numbers are read from five metres, on whatever they stand."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from callserver.desktop.presenters.wallboard import Level, WallboardData, WallNumber
from callserver.desktop.views.colours import Ground, faded
from callserver.desktop.views.theme import GRID, colours, sized
from callserver.desktop.views.widgets import name

COLUMNS, N_TILES = 3, 6
LABEL_SHARE, NUMBER_SHARE = 0.064, 0.19  # of the height: 6 % and 18 % are read at five metres
MARKS = {Level.NONE: "", Level.WITHIN: "✔ ", Level.NEAR: "! ", Level.BEYOND: "✖ "}
CENTRED = int(Qt.AlignmentFlag.AlignCenter)


class WallTile(QWidget):
    """
    One number: its word above, its target beneath; its colour and its mark say how they stand to each other.

    Grey, and without a mark, when nobody knows whether it is still so.

    :param whole: of whose height the sizes are shares
    """

    def __init__(self, whole: QWidget) -> None:
        super().__init__()
        self._whole = whole
        self._shown: tuple[WallNumber, bool] | None = None

    def show_number(self, shown: WallNumber, is_old: bool) -> None:
        """Paint it."""
        if (shown, is_old) == self._shown:
            return
        self._shown = shown, is_old
        name(self, f"{shown.label} {shown.value} {shown.target}".rstrip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Three lines, in the middle."""
        if self._shown is None:
            return
        (shown, is_old), height, painter = self._shown, self._whole.height(), QPainter(self)
        ground = self._ground(shown.level, is_old)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground.fill))
        painter.drawRoundedRect(self.rect(), GRID, GRID)
        painter.setPen(QColor(ground.text))
        label, number, target = self._parts(height)
        painter.setFont(_fitting(shown.label, label, round(LABEL_SHARE * height), wraps=True))
        painter.drawText(label, CENTRED | int(Qt.TextFlag.TextWordWrap), shown.label)
        painter.setFont(_fitting(shown.value, number, round(NUMBER_SHARE * height)))
        painter.drawText(number, CENTRED, shown.value)
        mark = "" if is_old else MARKS[shown.level]
        beneath = mark + shown.target if shown.target else ""
        painter.setFont(_fitting(beneath, target, round(LABEL_SHARE * height)))
        painter.drawText(target, CENTRED, beneath)

    def _ground(self, level: Level, is_old: bool) -> Ground:
        worn = colours(self.palette())
        grey = faded(worn)
        if is_old:
            return Ground(grey.panel, grey.text)
        plain = Ground(worn.panel, worn.text)
        return {Level.WITHIN: worn.within, Level.NEAR: worn.near, Level.BEYOND: worn.beyond}.get(level, plain)

    def _parts(self, height: int) -> tuple[QRect, QRect, QRect]:
        """Two lines of a label, the number, the target."""
        inside = self.rect().adjusted(GRID, GRID // 2, -GRID, -GRID // 2)
        line = round(1.25 * LABEL_SHARE * height)
        label = QRect(inside.left(), inside.top(), inside.width(), 2 * line)
        target = QRect(inside.left(), inside.bottom() - line, inside.width(), line)
        number = QRect(inside.left(), label.bottom(), inside.width(), target.top() - label.bottom())
        return label, number, target


class WallTiles(QWidget):
    """
    Three a row.

    :param whole: of whose height letters are a share; None: of these tiles' own
    """

    def __init__(self, whole: QWidget | None = None) -> None:
        super().__init__()
        self.tiles = tuple(WallTile(whole or self) for _ in range(N_TILES))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        for place, tile in enumerate(self.tiles):
            grid.addWidget(tile, *divmod(place, COLUMNS))
        for place in range(COLUMNS):
            grid.setColumnStretch(place, 1)
        for place in range(N_TILES // COLUMNS):
            grid.setRowStretch(place, 1)

    def show_data(self, data: WallboardData) -> None:
        """Paint them."""
        for tile, number in zip(self.tiles, data.numbers, strict=False):
            tile.show_number(number, data.is_old)


def _fitting(words: str, room: QRect, px: int, wraps: bool = False) -> QFont:
    """So large, or as large as there is room for."""
    font = sized(max(px, 1), bold=True)
    if not words or wraps:
        return font
    width = QFontMetrics(font).horizontalAdvance(words)
    return font if width <= room.width() else sized(max(1, px * room.width() // width), bold=True)
