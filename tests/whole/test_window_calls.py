"""A call at the agents' window, in the whole server: it rings, is answered, held, and ended by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.desktop.keys import Act
from callserver.wire.states import SeatState
from tests.whole.window_case import WindowCase


class CallTests(WindowCase):
    def test_a_call_by_keys(self) -> None:
        """The card fills itself, F2 answers, F6 holds and retrieves, F4 hangs up; the window says each state."""
        self.allow("801")
        window = self.window("801")
        self.assertEqual(window.bar.state.text(), "Idle · PC")
        self.call("13912345678")
        self.assertRegex(window.card.title.text(), r"Incoming call · \d+ s left")
        self.assertTrue(window.card.answer.isVisible())
        self.assertTrue(window.windowTitle().startswith("● Incoming call"))
        self.press(window, Act.ANSWER)
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.assertEqual(window.bar.state.text(), "Talking")
        self.pass_s(2)
        self.press(window, Act.HOLD)
        self.assertIs(self.state("801"), SeatState.HELD)
        self.press(window, Act.HOLD)
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.press(window, Act.HANG_UP)
        self.assertIn(self.state("801"), (SeatState.PAUSED, SeatState.IDLE_PC))
        self.assertEqual(window.card.title.text(), "Last call")


class OutcomeTests(WindowCase):
    def test_by_a_digit(self) -> None:
        """After the call its outcome is a digit, a text and Ctrl+Enter, with nothing pressed before."""
        window = self.window("801")
        self.call("13912345678")
        self.press(window, Act.ANSWER)
        self.pass_s(2)
        self.press(window, Act.TAB_1)
        self.assertIs(window.focusWidget(), window.tabs.currentWidget().fields["name"])
        self.press(window, Act.HANG_UP)
        self.pass_s(1)
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_2)
        self.assertTrue(window.outcome.buttons[2].isChecked())
        QTest.keyClicks(window.focusWidget(), "2 pieces")
        self.assertEqual(window.outcome.note.text(), "2 pieces")
        self.press(window, Act.CARRY_OUT)
        self.assertEqual((window.outcome.notice.label.text(), window.outcome.may_close()), ("Kept", True))


class MeantCallTests(WindowCase):
    def test_hang_up_for_the_call_before(self) -> None:
        """
        His caller goes, and the next one is in his ear before the window has heard of it: F4 ends neither, and says so.

        Pressed again, when the next one is on the screen, it ends that.
        """
        window = self.window("801")
        self.call("13912345678")
        self.press(window, Act.ANSWER)
        seat = self.shop.server.centre.seats["801"]
        client, on_screen = window.work.client, window.work.model.call_id
        show = client.show
        client.show = lambda status: None  # type: ignore[method-assign]  # the news is on its way
        seat.hang_up()
        seat.ready()
        self.call("13987654321")
        seat.answer()
        self.pass_s(2)
        self.press(window, Act.HANG_UP)
        self.assertEqual((window.work.model.call_id, self.state("801")), (on_screen, SeatState.TALKING))
        self.assertIn("That call is not here any more; nothing was done", window.controls.notice.label.text())
        client.show = show  # type: ignore[method-assign]
        show(seat.status)
        self.pass_s(2)
        self.press(window, Act.HANG_UP)
        self.assertIsNot(self.state("801"), SeatState.TALKING)
