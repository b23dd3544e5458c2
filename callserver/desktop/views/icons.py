"""Badges of states, signs of buttons and the program's own icon, as vectors for any size and any screen."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from callserver.desktop.views.colours import DARK, LIGHT, Colours, State
from callserver.desktop.views.drawing import Drawing, onto_grid, pen
from callserver.desktop.views.glyphs import GLYPHS, KEPT, WRAP_UP, Sign
from callserver.wire.states import LineState, SeatState

__all__ = ["BADGE_PX", "Sign", "badge", "draw_badge", "draw_sign", "program_icon", "sign"]

BADGE_PX = 28
HOLLOW = (LineState.NOT_LOADED, LineState.LOADED, SeatState.OFF)  # out of service
DASHED = (LineState.NOT_LOADED, SeatState.OFF)
SHAPE = QRectF(1, 1, 22, 22)
CORNER = 5
PIXELS = (16, 20, 24, 28, 32, 40, 48, 56, 64, 96, 128, 256)  # a `QIcon` takes the next larger one


def draw_badge(
    painter: QPainter, place: QRectF, state: State, worn: Colours, wrap_up: bool = False, kept: bool = False
) -> None:
    """A circle for a line, a square with round corners for a seat; with a small hourglass if a call is kept."""
    colour = QColor(worn.states[state])
    hollow = state in HOLLOW
    painter.save()
    onto_grid(painter, place)
    _shape(painter, state, colour, QColor(worn.ground) if hollow else colour)
    glyph = WRAP_UP if wrap_up else GLYPHS[state]
    glyph.draw(painter, colour if hollow else QColor(worn.glyph))
    if kept:
        _kept(painter, worn)
    painter.restore()


def draw_sign(painter: QPainter, place: QRectF, drawn: Sign, colour: str) -> None:
    """Without a badge."""
    painter.save()
    onto_grid(painter, place)
    drawn.value.draw(painter, QColor(colour))
    painter.restore()


def badge(state: State, worn: Colours, wrap_up: bool = False, kept: bool = False) -> QIcon:
    """The same, drawn once, for labels and lists."""
    return _badge(state, worn.dark, wrap_up, kept)


@cache
def _badge(state: State, dark: bool, wrap_up: bool, kept: bool) -> QIcon:
    made, worn = QIcon(), DARK if dark else LIGHT
    for px in PIXELS:
        picture, painter = _blank(px)
        draw_badge(painter, QRectF(0, 0, px, px), state, worn, wrap_up, kept)
        painter.end()
        made.addPixmap(picture)
    return made


def sign(drawn: Sign, worn: Colours, colour: str = "") -> QIcon:
    """For a button: in the colour of its text if no other is given, and greyer where it is disabled."""
    return _sign(drawn, worn.dark, colour)


@cache
def _sign(drawn: Sign, dark: bool, colour: str) -> QIcon:
    made, worn = QIcon(), DARK if dark else LIGHT
    modes = {QIcon.Mode.Normal: colour or worn.text, QIcon.Mode.Disabled: worn.disabled}
    for px in PIXELS:
        for mode, its_colour in modes.items():
            picture, painter = _blank(px)
            draw_sign(painter, QRectF(0, 0, px, px), drawn, its_colour)
            painter.end()
            made.addPixmap(picture, mode)
    return made


def program_icon() -> QIcon:
    """For the title bar and the task list: a handset with a call on its way, the same in both themes."""
    made = QIcon()
    for px in PIXELS:
        picture, painter = _blank(px)
        onto_grid(painter, QRectF(0, 0, px, px))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#0b57d0"))
        painter.drawRoundedRect(QRectF(0, 0, 24, 24), CORNER, CORNER)
        _PROGRAM.draw(painter, QColor("#ffffff"))
        painter.end()
        made.addPixmap(picture)
    return made


_PROGRAM = Drawing(
    "M13.5 7 C15.6 7.3 16.8 8.5 17 10.5 M14 3.2 C18 3.6 20.4 6 20.8 10 M5.5 8 C5.5 14 10 18.5 16 18.5",
    "M3.8 4.4 L8 4.4 L8 9.4 L3.8 9.4 Z M14.6 16 L19.6 16 L19.6 20.2 L14.6 20.2 Z",
)


def _shape(painter: QPainter, state: State, line: QColor, fill: QColor) -> None:
    outline = pen(line, 2)
    if state in DASHED:
        outline.setCapStyle(Qt.PenCapStyle.FlatCap)
        outline.setDashPattern([1.7, 1.2])
    painter.setPen(outline)
    painter.setBrush(fill)
    if isinstance(state, LineState):
        painter.drawEllipse(SHAPE.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.drawRoundedRect(SHAPE.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)


def _kept(painter: QPainter, worn: Colours) -> None:
    corner = QRectF(13, 13, 12, 12)
    painter.setPen(pen(QColor(worn.ground), 1.2))
    painter.setBrush(QColor(worn.states[SeatState.HELD]))
    painter.drawEllipse(corner)
    onto_grid(painter, corner.adjusted(1.8, 1.8, -1.8, -1.8))
    KEPT.draw(painter, QColor(worn.glyph), 3)


def _blank(px: int) -> tuple[QPixmap, QPainter]:
    picture = QPixmap(QSize(px, px))
    picture.fill(Qt.GlobalColor.transparent)
    return picture, QPainter(picture)
