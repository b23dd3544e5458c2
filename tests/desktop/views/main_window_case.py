"""The main window without a server, as an agent has it before him."""

from __future__ import annotations

from callserver.desktop.window import MainWindow
from tests.desktop import qt
from tests.desktop.presenters.work_case import WorkCase


class MainWindowCase(WorkCase):
    """The whole window, shown on no screen."""

    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.window = MainWindow(self.work)
        qt.shown(self, self.window)
        self.addCleanup(self.window.leave)
