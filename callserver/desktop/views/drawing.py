"""Small drawings on a grid of 24, written down as SVG writes paths, and drawn at any size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

UNITS = 24
STROKE = 2.0
STEP = re.compile(r"([MLCOZ])([^MLCOZ]*)")


@dataclass(frozen=True)
class Drawing:
    """
    Lines of the pen's width, and what is filled.

    Both are "M x y" (go there), "L x y ..." (lines on), "C x y x y x y ..." (Bezier curves on), "Z" (back to the
    start), and "O x y r" (a circle).
    """

    lines: str = ""
    filled: str = ""
    turned: float = 0  # degrees, clockwise round the middle
    scale: float = 1
    moved_y: float = 0

    def draw(self, painter: QPainter, colour: QColor, stroke: float = STROKE) -> None:
        """Where the painter is, 24 units wide and high."""
        painter.save()
        painter.translate(UNITS / 2, UNITS / 2)
        painter.rotate(self.turned)
        painter.scale(self.scale, self.scale)
        painter.translate(-UNITS / 2, self.moved_y - UNITS / 2)
        painter.setPen(pen(colour, stroke))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path(self.lines))
        painter.fillPath(path(self.filled), colour)
        painter.restore()


def pen(colour: QColor, width: float) -> QPen:
    """With round ends and corners."""
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def onto_grid(painter: QPainter, place: QRectF) -> None:
    """From now on 24 units are as wide as the place."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.topLeft())
    painter.scale(place.width() / UNITS, place.height() / UNITS)


@cache
def path(steps: str) -> QPainterPath:
    """What the steps above describe; read once."""
    made = QPainterPath()
    made.setFillRule(Qt.FillRule.WindingFill)
    for letter, behind in STEP.findall(steps):
        numbers = [float(one) for one in behind.split()]
        if letter == "O":
            made.addEllipse(QPointF(*numbers[:2]), numbers[2], numbers[2])
        elif letter == "Z":
            made.closeSubpath()
        elif letter == "M":
            made.moveTo(*numbers)
        elif letter == "L":
            for corner in _points(numbers):
                made.lineTo(corner)
        else:
            corners = _points(numbers)
            for first in corners:
                made.cubicTo(first, next(corners), next(corners))
    return made


def _points(numbers: list[float]) -> Iterator[QPointF]:
    pairs = iter(numbers)
    return (QPointF(x, next(pairs)) for x in pairs)
