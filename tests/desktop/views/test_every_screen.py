"""What must hold of every screen, in both languages, at the window's usual and smallest size."""

from __future__ import annotations

from callserver.desktop.keys import Act
from callserver.desktop.panels import PANELS, TABS
from callserver.desktop.views.screen import Screen
from callserver.desktop.window import SMALLEST
from callserver.wire.messages import Card, Identity
from callserver.wire.states import SeatState
from tests.desktop import judge, qt
from tests.desktop.views.main_window_case import MainWindowCase

SIZES = ((1280, 720), SMALLEST)
LI = Card("call-1", "13800138000", queue="shop", identity=Identity("10023", "李" * 300))


class EveryScreenCase(MainWindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.seat(SeatState.TALKING, LI)

    def every_screen(self) -> list[Act]:
        return [*TABS, *PANELS]

    def judged(self, act: Act) -> list[str]:
        """What is wrong with one screen."""
        wrong = []
        self.window.act(Act.CLOSE)
        self.window.act(act) if act in TABS else self.window.open(act)
        for size in SIZES:
            self.window.resize(*size)
            qt.flush()
            wrong += [f"{act.name} at {size}: {one}" for one in judge.cut(self.window)]
            if (self.window.width(), self.window.height()) != size:
                wrong.append(f"{act.name} wants {self.window.size()}, not {size}")
        wrong += [f"{act.name} unnamed: {one}" for one in judge.unnamed(self.window)]
        return wrong + [f"{act.name} jumps: {one}" for one in judge.jumps(self.window)]

    def all_judged(self) -> None:
        """Every tab and every panel."""
        wrong = [one for act in self.every_screen() for one in self.judged(act)]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))


class EnglishTests(EveryScreenCase):
    def test_screens(self) -> None:
        """No word is cut, each control has a name, Tab goes as one reads."""
        self.all_judged()

    def test_screens_are_screens(self) -> None:
        """Whatever is opened can be carried out, saved and left."""
        for act in self.every_screen():
            self.window.open(act)
        for screen in self.window.findChildren(Screen):
            self.assertTrue(hasattr(screen, "presenter"), type(screen).__name__)


class ChineseTests(EveryScreenCase):
    language = "zh"

    def test_screens(self) -> None:
        """Likewise in Chinese."""
        self.all_judged()
