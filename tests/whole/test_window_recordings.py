"""Recordings at the agents' window, in the whole server: a call is recorded, found, heard, written on, fetched."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.acd.staff import rules as staff_rules
from callserver.desktop.keys import Act
from callserver.desktop.views.recordings import RecordingsView
from callserver.desktop.window import MainWindow
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.recording_rows import FakeSpeaker
from tests.whole.window_case import WindowCase

ANY_DAY = 4


class WindowRecordingsTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.allow("801")
        self.shown = self.window("801")
        self.speakers: list[FakeSpeaker] = []
        self.enterContext(patch("callserver.desktop.presenters.voice.Voice.speaker", lambda _: self.speaker()))

    def speaker(self) -> FakeSpeaker:
        self.speakers.append(FakeSpeaker(self.shop.world.reactor))
        return self.speakers[-1]

    def recorded(self) -> None:
        """801 talks, records for six seconds with a hold in them, and hangs up."""
        self.call()
        self.press(self.shown, Act.ANSWER)
        self.pass_s(2)
        self.press(self.shown, Act.RECORD)
        self.pass_s(2)
        self.press(self.shown, Act.HOLD)
        self.pass_s(2)
        self.press(self.shown, Act.HOLD)
        self.pass_s(1)
        self.press(self.shown, Act.HANG_UP)
        self.pass_s(5)

    def opened(self, window: MainWindow) -> RecordingsView:
        """All recordings are looked for."""
        window.open(Act.RECORDINGS)
        panel = window.panel
        assert isinstance(panel, RecordingsView)
        panel.filter.period.setCurrentIndex(ANY_DAY)
        self.type(window, "139*")
        return panel

    def test_heard(self) -> None:
        """Found by a part of the number; its picture and its hold are seen; Space plays it to the end."""
        self.recorded()
        panel = self.opened(self.shown)
        (line,) = panel.presenter.data().lines
        self.assertEqual(line.cells[1:3], ("13912345678", "801"))
        panel.table.setFocus()
        panel.table.selectRow(0)
        self.pass_s(0.5)
        player = panel.player
        self.assertIn("on hold", " ".join(mark.words for mark in player.presenter.data().marks))
        self.assertGreater(len(player.presenter.data().far), 1000)
        QTest.keyClick(panel.table, Qt.Key.Key_Space)
        self.pass_s(1)
        self.assertTrue(player.presenter.data().plays, player.notice.label.text())
        self.pass_s(player.presenter.data().length_s + 2)
        self.assertFalse(player.presenter.data().plays)
        heard_s = len(self.speakers[0].heard) / 16000
        self.assertLess(abs(heard_s - player.presenter.data().length_s), 1)
        self.assertTrue(any(self.speakers[0].heard))

    def test_not_in_a_call(self) -> None:
        """In a talk nothing is played into the headset."""
        self.recorded()
        panel = self.opened(self.shown)
        panel.table.selectRow(0)
        self.pass_s(0.5)
        self.press(self.shown, Act.READY)
        self.call("13611112222")
        self.press(self.shown, Act.ANSWER)
        self.assertIs(self.state("801"), SeatState.TALKING)
        panel.player.presenter.play_or_pause()
        qt.flush()
        self.assertEqual(self.speakers, [])
        self.assertIn("Not during a call", panel.player.play.toolTip())

    def test_written_and_fetched(self) -> None:
        """A note is written on it; as a file it is the very recording; without right 7 there is no button."""
        self.recorded()
        panel = self.opened(self.shown)
        panel.table.selectRow(0)
        self.pass_s(0.5)
        QTest.keyClicks(panel.player.note, "calls again")
        self.press(self.shown, Act.SAVE)
        self.assertIn("calls again", panel.table.rows.index(0, 7).data())
        self.assertFalse(panel.player.protect.isEnabled(), "which takes right 1")
        target = Path(self.mktemp())
        qt.click(panel.player.download)
        panel.player.path.setText(str(target))
        panel.player.form.setCurrentIndex(1)
        qt.click(panel.player.save_file)
        self.pass_s(3)
        (kept,) = self.shop.folder.recordings.glob("*.wav")
        self.assertEqual(target.read_bytes(), kept.read_bytes())
        self.give("801", set(Right) - {Right.DOWNLOAD_RECORDINGS, Right.PLAY_RECORDINGS})
        self.assertFalse(panel.player.download.isEnabled() or panel.player.play.isEnabled())
        self.assertIn("play recordings", panel.player.play.toolTip())

    def give(self, number: str, rights: set[Right]) -> None:
        """Other rights, from now on."""
        self.shop.until(self.shop.server.store.write(lambda: staff_rules.set_rights(number, rights)))
        self.pass_s(6)
