"""A ring of two pixels round whatever has the focus, in every window and round every kind of widget."""

from __future__ import annotations

import atexit

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

RING_PX = 2
MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ParentChange)


class FocusRings(QObject):
    """Puts the ring where the focus is; Fusion's own frame is hardly to be seen."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        self._watched: list[QWidget] = []  # whose moves move the ring: the widget and all it lies in
        self._app = app
        app.focusChanged.connect(self._focus_changed)
        atexit.register(self._stop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The ring follows."""
        if event.type() in MOVES and self._ring is not None and isValid(self._ring) and isValid(self._watched[0]):
            self._ring.surround(self._watched[0])
        return False

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        for widget in filter(isValid, self._watched):  # a window may have been closed meanwhile
            widget.removeEventFilter(self)
        self._watched = _up_to_window(now) if now is not None else []
        for widget in self._watched:
            widget.installEventFilter(self)
        if now is not None:
            self._in(now.window()).surround(now)
        elif self._ring is not None and isValid(self._ring):
            self._ring.hide()

    def _stop(self) -> None:
        """The interpreter ends: Qt's last events must find no Python any more."""
        if isValid(self):
            self._app.focusChanged.disconnect(self._focus_changed)
            self._focus_changed(None, None)

    def _in(self, window: QWidget) -> _Ring:
        if self._ring is not None and isValid(self._ring):
            if self._ring.parentWidget() is window:
                return self._ring
            self._ring.deleteLater()
        self._ring = _Ring(window)
        return self._ring


class _Ring(QWidget):
    """Only the four strips belong to it, so nothing that lies inside is painted twice."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def surround(self, widget: QWidget) -> None:
        if not widget.isVisible() or widget.isWindow():
            self.hide()
            return
        around = QRect(widget.mapTo(self._window, QPoint()), widget.size()).adjusted(
            -RING_PX, -RING_PX, RING_PX, RING_PX
        )
        shown = around & self._window.rect()
        self.setGeometry(shown)
        inner = self.rect().adjusted(RING_PX, RING_PX, -RING_PX, -RING_PX)
        self.setMask(QRegion(self.rect()) - QRegion(inner))
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Accent))


def _up_to_window(widget: QWidget) -> list[QWidget]:
    chain = [widget]
    while not chain[-1].isWindow() and (parent := chain[-1].parentWidget()) is not None:
        chain.append(parent)
    return chain
