"""The panel of recordings by keys and clicks, as far as a server is not needed for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from callserver.desktop.views.recordings import NOTE, NOTE_PX, OUTCOME, RecordingsView
from callserver.wire.refusals import Refusal, Refused
from tests.desktop import qt
from tests.desktop.presenters.recording_rows import FakeSpeaker, page, row, sound
from tests.desktop.presenters.work_case import WorkCase


class RecordingsViewTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.view = RecordingsView(self.work, lambda: FakeSpeaker(self.clock))
        qt.shown(self, self.view, 940, 560)
        self.view.begin()
        self.addCleanup(self.view.leave)
        self.view.take_focus()
        self.client.answers(page(*map(row, range(60, 10, -1)), after="1-11"))
        qt.flush()

    def test_heading(self) -> None:
        """Which panel it is stands in it, on the line of the first fields."""
        heading, field = self.view.heading, self.view.filter.number
        self.assertEqual(heading.text(), "Recordings")
        tops = [one.mapTo(self.view, one.rect().center()).y() for one in (heading, field)]
        self.assertLessEqual(abs(tops[0] - tops[1]), 2)

    def test_outcome_is_seen(self) -> None:
        """The longest outcome is cut only where the note would have no room beside it."""
        table = self.view.table
        whole_px = table.fontMetrics().horizontalAdvance("no agent logged in")
        for width_px, is_whole in ((620, False), (940, True), (1280, True)):
            self.view.resize(width_px, 560)
            qt.flush()
            self.assertEqual(table.columnWidth(OUTCOME) > whole_px, is_whole, width_px)
            self.assertGreaterEqual(table.columnWidth(NOTE), NOTE_PX if is_whole else 0)
            self.assertEqual(table.horizontalHeader().length(), table.viewport().width())

    def key(self, widget: Any, key: Qt.Key) -> None:
        QTest.keyClick(widget, key)
        qt.flush()

    def choose(self, place: int) -> None:
        """A row, and its picture comes."""
        self.view.table.selectRow(place)
        self.client.answers({"far": bytes(range(100)), "near": bytes(100), "samples": 480_000})
        self.client.answers([{"at_s": 15.0, "length_s": 0.0, "text": "hold"}])
        qt.flush()

    def test_looked_for(self) -> None:
        """It opens on today; Enter in a field looks for what stands in all of them."""
        self.assertEqual(sorted(self.client.asked[0][1]), ["since", "until"])
        QTest.keyClicks(self.view.filter.number, "138*")
        self.view.filter.period.setCurrentIndex(4)
        self.key(self.view.filter.number, Qt.Key.Key_Return)
        self.assertEqual(self.client.asked[-1], ("list_recordings", {"number": "138*"}, ""))

    def test_scrolled(self) -> None:
        """Only who scrolls to the end is given the next page, and stays where he was."""
        self.assertEqual(len(self.client.asked), 1)
        self.choose(3)
        self.view.table.scrollToBottom()
        qt.flush()
        self.assertEqual(self.client.asked[-1], ("list_recordings", self.client.asked[0][1], "1-11"))
        self.client.answers(page(*map(row, range(10, 0, -1))))
        qt.flush()
        self.assertEqual(self.view.table.rows.rowCount(), 60)
        self.assertEqual(self.view.table.currentIndex().row(), 3)

    def test_played(self) -> None:
        """Space in the list plays and pauses, arrows go 10 s, a click on the picture goes there."""
        self.choose(0)
        self.key(self.view.table, Qt.Key.Key_Space)
        self.assertEqual(self.client.asked[-1], ("play_recording", 60, 0))
        self.client.answers(sound(32768, 480_000))
        self.clock.advance(0.05)
        self.assertTrue(self.view.player.play.text().startswith("Pause"))
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True)
        QApplication.sendEvent(self.view.table, held)  # Space that is held down is pressed once
        self.assertTrue(self.view.player.play.text().startswith("Pause"))
        self.key(self.view.table, Qt.Key.Key_Space)
        self.key(self.view.table, Qt.Key.Key_Right)
        self.assertEqual(self.view.player.clock.text(), "0:10 / 1:00")
        wave = self.view.player.wave
        middle = QPoint(64 + (wave.width() - 64) // 2, wave.height() // 2)
        QTest.mouseClick(wave, Qt.MouseButton.LeftButton, pos=middle)
        qt.flush()
        self.assertEqual(self.view.player.clock.text()[:3], "0:3")
        self.key(wave, Qt.Key.Key_Left)
        self.assertEqual(self.view.player.clock.text()[:3], "0:2")

    def test_marks(self) -> None:
        """A mark is chosen by its words; the place is read aloud in seconds."""
        self.choose(0)
        self.view.player.marks.setCurrentIndex(1)
        self.view.player.marks.activated.emit(1)
        qt.flush()
        self.assertEqual(self.view.player.clock.text(), "0:15 / 1:00")
        told = QAccessible.queryAccessibleInterface(self.view.player.wave)
        self.assertEqual(told.valueInterface().currentValue(), 15)

    def test_typed_note_stays(self) -> None:
        """A note that is being typed is not overwritten while it plays; Ctrl+S writes it."""
        self.choose(0)
        QTest.keyClicks(self.view.player.note, "calls again")
        self.view.player.presenter.jump(10)
        qt.flush()
        self.assertEqual(self.view.player.note.text(), "calls again")
        self.view.save()
        self.assertEqual(self.client.asked[-1], ("note_recording", 60, "calls again"))
        self.client.answers()
        self.assertIn("calls again", self.view.table.rows.index(0, 7).data())

    def test_class_first(self) -> None:
        """Class and note written at once: the answer to the one does not take the other out of its field."""
        self.choose(0)
        player = self.view.player
        player.class_.setEditText("praise")
        player.note.setText("calls again")
        self.view.save()
        self.client.answers()
        self.assertEqual((player.class_.currentText(), player.note.text()), ("praise", "calls again"))
        self.client.answers(Refused(Refusal.SERVER))
        self.assertEqual(player.note.text(), "calls again")
        asked = len(self.client.asked)
        self.view.save()
        self.assertEqual(self.client.asked[asked:], [("note_recording", 60, "calls again")])

    def test_low_window(self) -> None:
        """Where there is little room, the rest of the search is shown on demand, in the note's place."""
        self.view.resize(640, 350)
        qt.flush()
        self.assertFalse(self.view.filter.order.isVisible())
        self.assertTrue(self.view.player.note.isVisible())
        qt.click(self.view.filter.more)
        qt.flush()
        self.assertTrue(self.view.filter.order.isVisible())
        self.assertFalse(self.view.player.note.isVisible())
        self.view.resize(640, 560)
        qt.flush()
        self.assertTrue(self.view.filter.order.isVisible() and self.view.player.note.isVisible())

    def test_file(self) -> None:
        """Where the file is written is asked for in the window, and can be left again."""
        self.choose(0)
        qt.click(self.view.player.download)
        self.assertIn("recording-60-", self.view.player.path.text())
        qt.click(self.view.player.leave_file)
        self.assertTrue(self.view.player.note.isVisible())

    def test_file_left(self) -> None:
        """Cancel ends the fetching and leads back to the button; the name can be typed over at once."""
        self.choose(0)
        player, folder = self.view.player, Path(self.mktemp())
        folder.mkdir()
        qt.click(player.download)
        self.assertIs(self.view.focusWidget(), player.path)
        player.path.setText(str(folder / "a.wav"))
        qt.click(player.save_file)
        self.assertEqual([one.name for one in folder.iterdir()], ["a.wav.part"])
        qt.click(player.leave_file)
        self.assertEqual((list(folder.iterdir()), self.view.focusWidget()), ([], player.download))

    def test_mark_list(self) -> None:
        """Marks stay open to be chosen while it plays; after one was chosen the list says again what it is for."""
        self.choose(0)
        marks = self.view.player.marks
        marks.setCurrentIndex(1)
        self.view.player.presenter.jump(20)
        self.assertEqual(marks.currentIndex(), 1)
        marks.activated.emit(0)  # no mark: it stays where it is
        self.assertEqual((self.view.player.clock.text(), marks.currentIndex()), ("0:20 / 1:00", 0))

    def test_nothing_chosen(self) -> None:
        """Where no recording is chosen there is nothing to write on; of an unchanged class or note nothing is sent."""
        before = len(self.client.asked)
        self.view.player.write_down()
        self.view.player.note.setText("x")
        self.view.player.write_down()
        self.assertEqual(len(self.client.asked), before)
        self.choose(0)
        before = len(self.client.asked)
        self.view.player.write_down()
        self.assertEqual(len(self.client.asked), before)

    def test_foreign_note(self) -> None:
        """HTML in a note is shown as it is, also in the tooltip; a line break makes no second line."""
        self.view.presenter.changed(60, {"note": "<b>x</b>"})
        index = self.view.table.rows.index(0, 7)
        self.assertIn("<b>x</b>", index.data())
        self.assertEqual(index.data(Qt.ItemDataRole.ToolTipRole), "<span>&lt;b&gt;x&lt;/b&gt;</span>")
