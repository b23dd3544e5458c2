"""The supervisor's board in the whole server: he sees a talk, listens, and breaks it off by keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from callserver.acd.staff import rules as staff_rules
from callserver.desktop.keys import Act
from callserver.desktop.presenters.deeds import Deed
from callserver.desktop.views.board import BoardView
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.desktop import qt
from tests.whole.window_case import WindowCase


class BoardTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        rights = set(Right) - {Right.ANSWER_QUEUED}
        self.shop.until(self.shop.server.store.write(lambda: staff_rules.set_rights("800", rights)))
        self.pass_s(6)
        self.agent, self.supervisor = self.program("801"), self.window("800")
        self.press(self.supervisor, Act.BOARD)
        board = self.supervisor.panel
        assert isinstance(board, BoardView)
        self.board = board

    def tiles(self) -> dict[str, tuple[object, str]]:
        """What the tiles show: state and caller."""
        return {tile.channel: (tile.state, tile.caller) for tile in self.board.tiles.tiles.rows}

    def at(self, button: QWidget) -> QRect:
        """Where it is in the window."""
        return QRect(button.mapTo(self.supervisor, QPoint()), button.size())

    def go_to(self, channel: str) -> None:
        """With the arrows."""
        QTest.keyClick(self.board.tiles, Qt.Key.Key_Home)
        for _ in self.tiles():
            index = self.board.tiles.currentIndex().row()
            if self.board.tiles.tiles.rows[index].channel == channel:
                return
            QTest.keyClick(self.board.tiles, Qt.Key.Key_Right)
        self.fail(f"no {channel}")

    def test_a_talk(self) -> None:
        """Ringing, talk, listening by Ctrl+L, and the end of it, as the board shows them."""
        self.call("13912345678", 120)
        self.assertEqual(self.tiles()["seat 801"], (SeatState.RINGING, "13912345678"))
        self.do(self.agent.answer())
        self.pass_s(1)
        self.assertEqual(self.tiles()["line 1"], (LineState.TALKING, "13912345678"))
        self.go_to("seat 801")
        places = {deed: self.at(button) for deed, button in self.board.buttons.items()}
        self.press(self.supervisor, Act.LISTEN)
        self.assertEqual({deed: self.at(button) for deed, button in self.board.buttons.items()}, places)
        self.assertEqual(self.supervisor.work.model.seat.reason, "listens")
        self.assertEqual(self.board.buttons[Deed.LISTEN].word, "Stop listening")
        self.press(self.supervisor, Act.LISTEN)
        self.assertIs(self.state("800"), SeatState.IDLE_PC)
        self.assertIs(self.state("801"), SeatState.TALKING)

    def test_break_off(self) -> None:
        """Broken off only after the question: Escape leaves talk and board alone, the button ends the call."""
        self.call("13912345678", 120)
        self.do(self.agent.answer())
        self.pass_s(1)
        self.go_to("seat 801")
        qt.click(self.board.buttons[Deed.BREAK_OFF])
        QTest.keyClick(self.board.question.cancel, Qt.Key.Key_Escape)
        self.pass_s(1)
        self.assertIs(self.supervisor.panel, self.board)
        self.assertIs(self.state("801"), SeatState.TALKING)
        qt.click(self.board.buttons[Deed.BREAK_OFF])
        qt.click(self.board.question.do)
        self.pass_s(1)
        self.assertIs(self.state("801"), SeatState.PAUSED)
        self.assertIs(self.tiles()["seat 801"][0], SeatState.PAUSED)
        self.assertFalse(self.board.question.isVisible())

    def test_force_out(self) -> None:
        """An idle agent is forced out; his tile says that nobody is there."""
        self.go_to("seat 801")
        qt.click(self.board.buttons[Deed.FORCE_LOG_OUT])
        self.assertIn("801", self.board.question.facts.text())
        qt.click(self.board.question.do)
        self.pass_s(1)
        self.assertIs(self.state("801"), SeatState.OFF)
        self.assertIs(self.tiles()["seat 801"][0], SeatState.OFF)

    def test_line_out_of_service(self) -> None:
        """A line is disabled after the question and enabled again by the same button; its tile says both."""
        self.go_to("line 1")
        qt.click(self.board.buttons[Deed.DISABLE])
        self.assertIs(self.tiles()["line 1"][0], LineState.IDLE)
        qt.click(self.board.question.do)
        self.pass_s(4)
        self.assertIs(self.tiles()["line 1"][0], LineState.LOADED)
        self.assertEqual(self.board.buttons[Deed.DISABLE].word, "Enable line")
        qt.click(self.board.buttons[Deed.DISABLE])
        self.pass_s(4)
        self.assertIs(self.tiles()["line 1"][0], LineState.IDLE)
