"""One page of a fax as a picture, or what both machines said."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QScrollArea, QWidget

from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import column, row
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import name


class FaxPage(QWidget):
    """As wide as there is room; up and down by the arrow keys."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self._picture = QPixmap()
        self.back, self.forward = QPushButton(words("Page before")), QPushButton(words("Next page"))
        self.close_, self.number = QPushButton(words("Back to the list")), QLabel()
        self.paper = name(QLabel(), words("Page of a fax"))
        self.paper.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.area = name(QScrollArea(), words("Page of a fax"))
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.paper)
        self.trace = name(QListWidget(), words("What was said"))
        lines = column(self, margin=GRID // 2)
        buttons = row((self.close_, 0), (self.back, 0), (self.number, 0), (self.forward, 0))
        buttons.addStretch(1)
        lines.addLayout(buttons)
        lines.addWidget(self.area, 1)
        lines.addWidget(self.trace, 1)
        self.setFocusProxy(self.area)

    def show_picture(self, octets: bytes) -> None:
        """A PNG; one that is none is a blank page."""
        self._picture = QPixmap()
        self._picture.loadFromData(octets)
        self._fit()

    def show_trace(self, shown: bool) -> None:
        """In the picture's place."""
        self.trace.setVisible(shown)
        for widget in (self.area, self.back, self.number, self.forward):
            widget.setVisible(not shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The page as wide as the window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._picture.isNull():
            self.paper.clear()
            return
        width = max(1, self.area.viewport().width() - 2 * GRID)
        ratio = self.devicePixelRatio()
        shown = self._picture.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
        shown.setDevicePixelRatio(ratio)
        self.paper.setPixmap(shown)
