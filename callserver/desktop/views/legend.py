"""The legend of the board: each icon with the document's sentence."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from callserver.desktop.presenters.legend import LegendLine
from callserver.desktop.views.icons import badge
from callserver.desktop.views.theme import GRID, SMALL_PX, colours, sized
from callserver.desktop.views.widgets import name

ICON_PX = 20
WIDTH = 34 * GRID


class LegendPanel(QScrollArea):
    """All of them under each other."""

    def __init__(self, title: str, lines: tuple[LegendLine, ...]) -> None:
        super().__init__()
        name(self, title)
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(GRID, GRID, GRID, GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setRowStretch(len(lines), 1)
        grid.setColumnStretch(1, 1)
        self._icons: list[tuple[QLabel, LegendLine]] = []
        for row, line in enumerate(lines):
            icon, sentence = QLabel(), QLabel(line.sentence)
            sentence.setTextFormat(Qt.TextFormat.PlainText)
            sentence.setWordWrap(True)
            sentence.setFont(sized(SMALL_PX))
            grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(sentence, row, 1)
            self._icons.append((icon, line))
        self.setWidget(inside)

    def draw(self) -> None:
        """In the theme that is worn now."""
        worn = colours(self.palette())
        for icon, line in self._icons:
            drawn = badge(line.state, worn, line.wrap_up)
            icon.setPixmap(drawn.pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatioF()))
