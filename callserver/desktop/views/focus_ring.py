"""A ring of two pixels round whatever has the focus, in every window and round every kind of widget."""

from __future__ import annotations

import atexit

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget
from shiboken6 import isValid

RING_PX = 2  # as wide as Qt's styles leave for a `QFocusFrame`


class FocusRings(QObject):
    """Puts the ring where the focus is; Fusion's own frame is hardly to be seen."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._ring: _Ring | None = None
        app.focusChanged.connect(self._focus_changed)
        atexit.register(self._stop)

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._ring is None or not isValid(self._ring):  # it goes with the window in which it was last
            self._ring = _Ring()
        self._ring.setWidget(now if now is not None and not now.isWindow() else None)  # type: ignore[arg-type]

    def _stop(self) -> None:
        """The interpreter ends: Qt's last events must find no Python any more."""
        if isValid(self):
            self._app.focusChanged.disconnect(self._focus_changed)


class _Above(QProxyStyle):
    """Has the ring lie in the window, above all: in the widget's own parent it would be cut at the parent's edges."""

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        data: QStyleHintReturn | None = None,
    ) -> int:
        """As Qt asks."""
        if hint is QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1
        return super().styleHint(hint, option, widget, data)


class _Ring(QFocusFrame):
    """Follows its widget by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._above = _Above("Fusion")  # kept: a widget does not own its style
        self.setStyle(self._above)

    def paintEvent(self, event: QPaintEvent) -> None:
        half = RING_PX // 2
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), RING_PX))
        painter.drawRect(self.rect().adjusted(half, half, -half, -half))
