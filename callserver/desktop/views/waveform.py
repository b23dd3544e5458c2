"""A recording as a picture: how loud both sides are, what is to be known of places in it, where it is heard."""

from __future__ import annotations

from html import escape
from math import sqrt

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPolygon, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip

from callserver.desktop.presenters.marks import ShownMark
from callserver.desktop.views.theme import GRID, SMALL_PX, colours, sized
from callserver.wire.states import SeatState

LABEL_PX, SIDE_PX, MARKS_PX = 8 * GRID, 3 * GRID, 2 * GRID
LOUDEST = 255
NEAR_PX = GRID  # a sign is meant from so far


class Waveform(QSlider):
    """
    Read aloud as a slider of seconds; its keys are the player's, a click is where to go.

    :param sides: the words beside the two pictures
    """

    clicked = Signal(float)  # where of all, 0 to 1

    def __init__(self, words: str, sides: tuple[str, str]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(MARKS_PX + 2 * SIDE_PX)
        self._names, self._sides = sides, (b"", b"")
        self._share = 0.0
        self._marks: tuple[ShownMark, ...] = ()

    def show_sides(self, far: bytes, near: bytes) -> None:
        """An octet a column each; b"" is not known."""
        if (far, near) != self._sides:
            self._sides = far, near
            self.update()

    def show_place(self, share: float, at_s: int, length_s: int) -> None:
        """Where it is heard."""
        self.setRange(0, length_s)
        self.setValue(at_s)
        if share != self._share:
            self._share = share
            self.update()

    def show_marks(self, marks: tuple[ShownMark, ...]) -> None:
        """Signs above the picture; their words are beside them where there is room, else in the tooltip."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, MARKS_PX + 2 * SIDE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """To there; a drag is a row of clicks."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not by chance."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            near = "<br>".join(map(escape, self._near(event.pos().x())))
            QToolTip.showText(event.globalPos(), f"<span>{near}</span>" if near else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, worn = QPainter(self), colours(self.palette())
        painter.setFont(sized(SMALL_PX))
        inks = (worn.states[SeatState.TALKING], worn.states[SeatState.IDLE_PC])
        for side in (0, 1):
            room = self._room(side)
            painter.setPen(QColor(worn.soft))
            painter.drawText(
                room.adjusted(-LABEL_PX, 0, -room.width(), 0), Qt.AlignmentFlag.AlignVCenter, self._names[side]
            )
            painter.fillRect(room, QColor(worn.panel))
            self._paint_side(
                painter, room, self._sides[side], QColor(inks[side] if self.isEnabled() else worn.disabled)
            )
        for mark in self._marks:
            self._paint_length(painter, mark, QColor(worn.warning))
        self._paint_signs(painter, QColor(worn.warning), QColor(worn.text))
        if self._sides[0]:
            painter.fillRect(QRectF(self._x(self._share) - 1, MARKS_PX, 2, 2 * SIDE_PX), QColor(worn.problem))

    def _picture(self) -> QRect:
        return QRect(LABEL_PX, MARKS_PX, max(1, self.width() - LABEL_PX), 2 * SIDE_PX)

    def _room(self, side: int) -> QRect:
        picture = self._picture()
        return QRect(picture.left(), picture.top() + side * SIDE_PX + 1, picture.width(), SIDE_PX - 2)

    def _x(self, share: float) -> float:
        picture = self._picture()
        return picture.left() + share * picture.width()

    def _paint_side(self, painter: QPainter, room: QRect, loud: bytes, ink: QColor) -> None:
        middle, width = room.center().y() + 0.5, room.width()
        for x in range(width if loud else 0):
            first = x * len(loud) // width
            loudest = max(loud[first : max(first + 1, (x + 1) * len(loud) // width)])
            height = max(1.0, sqrt(loudest / LOUDEST) * room.height())  # as loud as it is heard, more or less
            painter.fillRect(QRectF(room.left() + x, middle - height / 2, 1, height), ink)

    def _paint_length(self, painter: QPainter, mark: ShownMark, ink: QColor) -> None:
        if mark.length:
            picture = self._picture()
            ink.setAlphaF(0.3)
            painter.fillRect(
                QRectF(self._x(mark.share), picture.top(), mark.length * picture.width(), picture.height()), ink
            )

    def _paint_signs(self, painter: QPainter, ink: QColor, text: QColor) -> None:
        free_from = 0.0
        for mark in self._marks:
            x = round(self._x(mark.share))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawPolygon(QPolygon([QPoint(x, 3), QPoint(x + 5, 8), QPoint(x, 13), QPoint(x - 5, 8)]))
            painter.setPen(ink)
            painter.drawLine(x, 13, x, MARKS_PX + 2 * SIDE_PX)
            width = painter.fontMetrics().horizontalAdvance(mark.words)
            if x + GRID >= free_from and x + GRID + width <= self.width() and self._has_room(mark, width):
                painter.setPen(text)
                painter.drawText(QRect(x + GRID, 0, width + GRID, MARKS_PX), Qt.AlignmentFlag.AlignVCenter, mark.words)
                free_from = x + GRID + width + GRID

    def _has_room(self, mark: ShownMark, width: int) -> bool:
        """Up to the next sign."""
        behind = [self._x(one.share) for one in self._marks if one.share > mark.share]
        return not behind or self._x(mark.share) + width + 2 * GRID < min(behind)

    def _near(self, x: int) -> list[str]:
        return [mark.words for mark in self._marks if abs(self._x(mark.share) - x) <= NEAR_PX]

    def _go(self, event: QMouseEvent) -> None:
        picture = self._picture()
        if event.position().x() >= picture.left():
            self.clicked.emit(min(1.0, (event.position().x() - picture.left()) / picture.width()))
