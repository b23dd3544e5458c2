from itertools import combinations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPainter
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.views.colours import DARK, LIGHT, SHOWN_ALIKE, Colours, State
from callserver.desktop.views.icons import BADGE_PX, Sign, badge, draw_badge, program_icon, sign
from callserver.wire.states import LineState, SeatState
from tests.desktop.qt import application

STATES = [state for alike in SHOWN_ALIKE for state in alike]
TOLD_APART = 40  # pixels of 784 that clearly differ


def grey(state: State, worn: Colours, wrap_up: bool = False, kept: bool = False, px: int = BADGE_PX) -> QImage:
    """As on a printer without colours, and with the fills made equal: only the shapes are left."""
    picture = QImage(px, px, QImage.Format.Format_Grayscale8)
    picture.fill(QColor(worn.ground))
    same_fill = dict.fromkeys(worn.states, "#666666")
    plain = Colours(**(vars(worn) | {"states": same_fill}))
    painter = QPainter(picture)
    draw_badge(painter, QRectF(0, 0, px, px), state, plain, wrap_up, kept)
    painter.end()
    return picture


def differing(one: QImage, other: QImage) -> int:
    """How many pixels are clearly others."""
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    return sum(abs(a - b) > 60 for a, b in pairs)


class BadgeTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()

    def test_told_apart_in_grey(self) -> None:
        """No two states of lines, nor of seats, look alike where no colour is seen, in either theme."""
        for worn in (LIGHT, DARK):
            for kind in (LineState, SeatState):
                drawn = {state.name: grey(state, worn) for state in STATES if isinstance(state, kind)}
                if kind is SeatState:
                    drawn |= {
                        "wrap-up": grey(SeatState.PAUSED, worn, wrap_up=True),
                        "kept": grey(SeatState.TALKING, worn, kept=True),
                    }
                for one, other in combinations(drawn, 2):
                    self.assertGreater(differing(drawn[one], drawn[other]), TOLD_APART, f"{one} and {other}")

    def test_line_or_seat(self) -> None:
        """A line's badge is round, a seat's square: in the corner there is nothing, or colour."""
        for line, seat in ((LineState.TALKING, SeatState.TALKING), (LineState.RINGING_IN, SeatState.RINGING)):
            corners = [grey(state, LIGHT, px=48).pixelColor(5, 5).value() for state in (line, seat)]
            self.assertGreater(corners[0], 200)
            self.assertLess(corners[1], 150)

    def test_out_of_service(self) -> None:
        """Hollow: lines without a menu or not enabled, and empty seats."""
        for state in STATES:
            filled = grey(state, LIGHT, px=48).pixelColor(24, 6).value() < 200
            self.assertEqual(filled, state not in (LineState.NOT_LOADED, LineState.LOADED, SeatState.OFF), state)

    def test_any_screen(self) -> None:
        """A badge is as sharp on a screen of twice the pixels: it is not a small one made larger."""
        for ratio in (1.0, 1.5, 2.0):
            picture = badge(LineState.IDLE, LIGHT).pixmap(QSize(BADGE_PX, BADGE_PX), ratio)
            self.assertEqual(picture.size(), QSize(BADGE_PX, BADGE_PX) * ratio)


class SignTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()

    def test_all_drawn(self) -> None:
        """Every sign shows something, in the colour of words; on a disabled button in that of disabled words."""
        for one in Sign:
            for mode, colour in ((QIcon.Mode.Normal, LIGHT.text), (QIcon.Mode.Disabled, LIGHT.disabled)):
                picture = sign(one, LIGHT).pixmap(QSize(64, 64), mode).toImage()
                colours = {picture.pixelColor(x, y).name() for x in range(64) for y in range(64)}
                self.assertIn(colour, colours, f"{one} {mode}")

    def test_program(self) -> None:
        """The program has an icon for title bar and task list, in all usual sizes."""
        self.assertLessEqual({16, 32, 48, 256}, {size.width() for size in program_icon().availableSizes()})
