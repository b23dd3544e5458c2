"""A part of a screen that is moved up and down where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy

from callserver.desktop.views.theme import GRID


class Pane(QScrollArea):
    """As wide as what is in it; where there is no room it is moved up and down."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """With room for the bar, so that nothing is beneath it."""
        inside = self.widget()
        assert inside is not None
        return inside.sizeHint() + QSize(2 * GRID, 0)

    def minimumSizeHint(self) -> QSize:
        """So wide always."""
        return QSize(self.sizeHint().width(), 10 * GRID)
