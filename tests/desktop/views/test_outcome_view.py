"""The row of the outcome: what is typed there."""

from __future__ import annotations

from PySide6.QtTest import QTest

from callserver.desktop.window import MainWindow
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.work_case import WorkCase


class OutcomeViewTests(WorkCase):
    def test_on_the_disk(self) -> None:
        """A note that is typed is on the disk as soon as its field is left, and after some seconds else."""
        qt.application()
        window = MainWindow(self.work)
        qt.shown(self, window)
        self.addCleanup(window.leave)
        self.seat(SeatState.TALKING, Card("call-1", "13800138000"))
        file = self.work.settings.folder / "drafts_801.json"
        window.outcome.note.setFocus()
        QTest.keyClicks(window.outcome.note, "tea")
        self.assertFalse(file.exists())
        window.tabs.setFocus()
        qt.flush()
        self.assertIn("tea", file.read_text("utf-8"))
        window.outcome.note.setFocus()
        QTest.keyClicks(window.outcome.note, " green")
        self.clock.advance(5)
        self.assertIn("tea green", file.read_text("utf-8"))
