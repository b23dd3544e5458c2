"""The window when the server or the network fails: it says so, keeps what is typed, and all comes back."""

from __future__ import annotations

from PySide6.QtTest import QTest

from callserver.desktop.keys import Act
from callserver.desktop.views.customer import CustomerView
from callserver.desktop.window import MainWindow
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.whole.lost_case import LostCase

LOST = "Connection lost, reconnecting"
DRAFT = {"address": "Shenzhen, not yet saved", "note": "wants a red one", "dial": "62345"}


class LostTests(LostCase):
    def customer(self, window: MainWindow) -> CustomerView:
        tab = window.tabs.widget(0)
        assert isinstance(tab, CustomerView)
        return tab

    def in_a_talk(self, seconds: int = 120) -> MainWindow:
        """Li Ming's call is answered, and three things are typed and not saved."""
        window = self.window("801")
        self.demo = window.bar.notice.label.text()
        self.call("13912345678", seconds)
        self.press(window, Act.ANSWER)
        self.assertEqual(window.bar.state.text(), "Talking")
        field = self.customer(window).fields["address"]
        field.selectAll()
        QTest.keyClicks(field, DRAFT["address"])
        QTest.keyClicks(window.outcome.note, DRAFT["note"])
        return window

    def typed(self, window: MainWindow) -> dict[str, str]:
        """What stands where something was typed."""
        return {"address": self.customer(window).fields["address"].text(), "note": window.outcome.note.text()}

    def drafts_are_there(self, window: MainWindow) -> None:
        self.assertEqual(self.typed(window), {"address": DRAFT["address"], "note": DRAFT["note"]})
        self.assertEqual(self.customer(window).heading.text(), "李明 Li Ming · Member 600001")

    def test_network_cut(self) -> None:
        """20 s without a network in a talk: said within 10 s; mended, talk, card and what was typed are there."""
        window = self.in_a_talk()
        began_s = window.work.model.age_s(window.work.model.seat_since_s)
        self.cut()
        self.pass_s(11)
        self.assertEqual(window.bar.state.text(), LOST)
        self.assertIn("does not answer", window.bar.notice.label.text())
        self.assertFalse(window.controls.buttons[Act.HANG_UP].isEnabled())
        self.drafts_are_there(window)
        self.pass_s(9)
        self.mend()
        self.pass_s(12)
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.assertEqual((window.bar.state.text(), window.bar.notice.label.text()), ("Talking", self.demo))
        self.assertEqual(window.card.name.text(), "李明 Li Ming")
        self.drafts_are_there(window)
        self.assertEqual(self.rung(), self.rung_in_offer)
        self.assertGreater(began_s, 0)
        self.press(window, Act.SAVE)
        self.assertFalse(self.customer(window).discard.isEnabled())

    def press(self, window: MainWindow, act: Act) -> None:
        super().press(window, act)
        if act is Act.ANSWER:
            self.rung_in_offer = self.rung()  # nothing more sounds in this talk

    def test_saving_waits(self) -> None:
        """What is saved while nobody answers says why not, stays typed, and is saved when the server is back."""
        window = self.in_a_talk()
        self.cut()
        self.pass_s(11)
        self.press(window, Act.SAVE)
        self.assertIn("no connection", self.customer(window).notice.label.text())
        self.drafts_are_there(window)
        self.mend()
        self.pass_s(12)
        self.press(window, Act.SAVE)
        self.assertEqual(self.customer(window).notice.label.text(), "")
        self.assertFalse(self.customer(window).discard.isEnabled())

    def test_server_frozen(self) -> None:
        """A server that answers nobody for 20 s and then goes on: said, and everything is as before."""
        window = self.in_a_talk()
        self.server_freezes(20)
        self.assertEqual(window.bar.state.text(), LOST)
        self.drafts_are_there(window)
        self.pass_s(20)
        self.assertEqual((window.bar.state.text(), self.state("801").name), ("Talking", "TALKING"))
        self.drafts_are_there(window)
        self.assertEqual(self.rung(), self.rung_in_offer)

    def test_server_restarts(self) -> None:
        """Its plug is pulled in the talk: the window comes back by itself; the call is gone, what was typed is not."""
        window = self.in_a_talk()
        self.server_restarts(closed_s=20)
        self.assertEqual(window.bar.state.text(), LOST)
        self.drafts_are_there(window)
        self.pass_s(15)
        self.assertNotEqual(window.bar.state.text(), LOST)
        self.assertIsNone(window.work.model.seat.call)
        self.assertEqual(window.card.title.text(), "Last call")
        self.assertIn("Lost with the connection", window.card.ended.text())
        self.drafts_are_there(window)
        self.assertEqual(self.rung(), self.rung_in_offer)
        self.press(window, Act.SAVE)
        self.assertFalse(self.customer(window).discard.isEnabled())

    def test_killed_in_a_talk(self) -> None:
        """The window's program is killed; the next one has talk, card, record and state, and a clock that went on."""
        window = self.in_a_talk()
        assert self.way.wire is not None
        self.way.wire.kill()
        window.work.client.stop()
        self.pass_s(5)
        again = self.window("801")
        self.pass_s(3)
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.assertEqual(again.bar.state.text(), "Talking")
        self.assertEqual(again.card.name.text(), "李明 Li Ming")
        self.assertEqual(self.customer(again).heading.text(), "李明 Li Ming · Member 600001")
        self.assertEqual(self.rung(), 0)
        server_s = self.shop.server.centre.seats["801"].status.since_s
        self.assertLess(abs(again.work.model.age_s(again.work.model.seat_since_s) - server_s), 4)

    def test_old_ring(self) -> None:
        """A call that rang while the network was away and is gone by now makes no sound when it is mended."""
        window = self.window("801")
        self.cut()
        self.call("13912345678", seconds=2)
        self.mend()
        self.pass_s(12)
        self.assertEqual(window.bar.state.text(), "Idle · PC")
        self.assertEqual((self.rung(), self.ring.rings), (0, False))
        self.assertFalse(window.card.answer.isVisible())

    def test_late_ring(self) -> None:
        """Likewise if the network was away so shortly that nobody noticed: all comes at once, and nothing sounds."""
        window = self.window("801")
        self.do(window.work.client.pause("break"))
        self.call("13912345678", seconds=14)  # for some seconds more
        self.cut()
        self.do(self.shop.server.centre.seats["801"].ready())
        self.pass_s(1)
        self.assertIs(self.state("801"), SeatState.RINGING)
        self.pass_s(5)
        self.assertIs(self.state("801"), SeatState.IDLE_PC)
        self.mend()
        self.pass_s(1)
        self.assertEqual(window.bar.state.text(), "Idle · PC")
        self.assertEqual((self.rung(), self.ring.rings), (0, False))

    def test_ring_ends_with_the_connection(self) -> None:
        """What rings when the connection is lost rings no more, and rings again when it is back in time."""
        window = self.window("801")
        self.call("13912345678")
        self.assertTrue(self.ring.rings)
        self.assertEqual(window.bar.state.text(), "Ringing")
        self.server_freezes(11)
        self.assertFalse(self.ring.rings)
        self.pass_s(8)
        self.assertEqual(self.ring.rings, self.state("801") is SeatState.RINGING)

    def test_clocks(self) -> None:
        """Time in state is the server's: a frozen server's clock stands still, and the window's follows it."""
        window = self.window("801")
        self.pass_s(30)
        self.server_freezes(20)
        self.pass_s(10)
        qt.flush()
        minutes, seconds = map(int, window.bar.clock.text().split(":"))
        server_s = self.shop.server.centre.seats["801"].status.since_s
        self.assertLess(abs(60 * minutes + seconds - server_s), 2)

    def call(self, number: str = "13912345678", seconds: int = 60) -> None:
        """As ever, with both clocks going."""
        wait, self.shop.wait = self.shop.wait, self.wait  # type: ignore[method-assign]
        try:
            super().call(number, seconds)
        finally:
            self.shop.wait = wait  # type: ignore[method-assign]
