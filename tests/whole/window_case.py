"""The agents' window in a whole server on virtual time: what a person presses there, and what comes of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.desktop.client import AgentClient
from callserver.desktop.keys import KEYS, Act
from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.window import MainWindow
from tests.desktop import qt
from tests.once import reports_at_once
from tests.whole.agents_case import AgentsCase


class WindowCase(AgentsCase):
    """A shop with two lines; who comes in has a window of his own, whose keys the test presses."""

    language = "en"

    def setUp(self) -> None:
        super().setUp()
        reports_at_once(self)

    def window(self, number: str) -> MainWindow:
        """Somebody has logged in, and sees the main screen."""
        clock = self.shop.world.reactor
        model = ShopModel(clock)
        way = self.shop.world.network.way("10.0.0.1")
        client = AgentClient(clock, way, number, self.shop.passwords[number], model)
        settings = OwnSettings(Path(self.mktemp()))
        work = Workplace(clock, self.language, client, model, settings)
        client.start()
        self.addCleanup(client.stop)
        self.pass_s(2)
        window = MainWindow(work)
        qt.shown(self, window)
        self.addCleanup(window.leave)  # before it is closed
        return window

    def pass_s(self, seconds: float) -> None:
        """Time passes, and what it brings is painted."""
        self.shop.wait(seconds)
        qt.flush()

    def press(self, window: MainWindow, act: Act) -> None:
        """The key of an act, and a moment in which the server answers."""
        QTest.keySequence(window, KEYS[act])
        qt.flush()
        self.pass_s(0.5)

    def type(self, window: MainWindow, text: str, enter: bool = True) -> None:
        """Into whatever has the focus."""
        focused = window.focusWidget() or window
        QTest.keyClicks(focused, text)
        if enter:
            QTest.keyClick(focused, Qt.Key.Key_Return)
        qt.flush()
        self.pass_s(0.5)
