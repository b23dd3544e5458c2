"""The row of buttons, by the state of the seat and the rights of the person."""

from __future__ import annotations

from callserver.desktop.keys import Act
from callserver.desktop.presenters.controls import ROW, Controls, ControlsData
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase

LI, ZHAO = Card("call-1", "13800138000"), Card("call-2", "02088880000")


class ControlsCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[ControlsData] = []
        self.opened: list[Act] = []
        self.controls = Controls(self.work, self.shown.append, self.opened.append)
        self.controls.start()
        self.addCleanup(self.controls.stop)

    def may(self) -> set[str]:
        """The buttons that are enabled."""
        return {button.word for button in self.shown[-1].buttons if button.may}

    def talk(self) -> None:
        """He has been talking with Li for a while."""
        self.seat(SeatState.TALKING, LI)
        self.clock.advance(5)


class ButtonsTests(ControlsCase):
    def test_idle(self) -> None:
        """Without a call there is nobody to hang up on: one can dial and write."""
        self.assertEqual(self.may(), {"Dial", "Fax", "Messages"})

    def test_ringing(self) -> None:
        """A call that rings can be answered, and made silent."""
        self.seat(SeatState.RINGING, LI)
        self.assertEqual(self.may(), {"Answer", "Silence", "Messages"})

    def test_talking(self) -> None:
        """In a talk all but answering and dialling; three talk only when there are three."""
        self.talk()
        self.assertEqual(
            self.may(), {button.word for button in self.shown[-1].buttons} - {"Answer", "Dial", "Three-way"}
        )

    def test_held(self) -> None:
        """Who has somebody on hold gets him back by the same button."""
        self.seat(SeatState.HELD, LI)
        self.assertEqual(self.may(), {"Retrieve", "Hang up", "Transfer", "Record", "Messages"})

    def test_consulting(self) -> None:
        """With a second party in hand, the same keys complete, swap and cancel."""
        self.seat(SeatState.TALKING, ZHAO, kept=LI)
        self.assertLessEqual({"Complete", "Swap", "Cancel consult", "Three-way"}, self.may())

    def test_supervising(self) -> None:
        """The call that one listens to is others': all one can do is to leave it."""
        self.seat(SeatState.TALKING, LI, reason="listens")
        self.clock.advance(5)
        self.assertEqual(self.may(), {"Hang up", "Messages"})
        self.controls.act(Act.HANG_UP)
        self.assertEqual(self.client.asked, [("stop_listening",)])

    def test_places(self) -> None:
        """Whatever the state, each button is where it was."""
        for state in SeatState:
            self.seat(state, LI)
            self.assertEqual(tuple(button.act for button in self.shown[-1].buttons), ROW)

    def test_no_server(self) -> None:
        """Without the server nothing can be done."""
        self.talk()
        self.model.lost(Refused(Refusal.STOPPING))
        self.assertEqual(self.may(), set())


class WithoutRightTests(ControlsCase):
    rights = EVERY_RIGHT - {Right.START_RECORDING}

    def test_says_which(self) -> None:
        """A button for which a right is missing is disabled, and says which."""
        self.talk()
        record = self.shown[-1].buttons[ROW.index(Act.RECORD)]
        self.assertFalse(record.may)
        self.assertEqual(record.why_not, "Needs the right “start recording”")
        self.controls.act(Act.RECORD)
        self.assertEqual(self.client.asked, [])


class PressedTests(ControlsCase):
    def test_hang_up_in_the_first_second(self) -> None:
        """F4 meant for the call before does not end one that has just begun."""
        self.seat(SeatState.TALKING, LI)
        self.clock.advance(0.9)
        self.controls.act(Act.HANG_UP)
        self.assertEqual(self.client.asked, [])
        self.clock.advance(0.2)
        self.controls.act(Act.HANG_UP)
        self.assertEqual(self.client.asked, [("hang_up",)])

    def test_hang_up_rejects_nobody(self) -> None:
        """F4 while it rings does nothing."""
        self.seat(SeatState.RINGING, LI)
        self.clock.advance(5)
        self.controls.act(Act.HANG_UP)
        self.assertEqual(self.client.asked, [])

    def test_pressed_twice(self) -> None:
        """A key pressed twice before anything comes of it is one; so nobody reads that the second was refused."""
        self.seat(SeatState.RINGING, LI)
        for _ in range(2):
            self.controls.act(Act.ANSWER)
        self.seat(SeatState.RINGING, ZHAO)
        self.controls.act(Act.ANSWER)  # of another call
        self.talk()
        for act in (Act.RECORD, Act.SECRET, Act.PARK):
            self.controls.act(act)
            self.controls.act(act)
        done = ["answer", "answer", "start_recording", "hide_secret", "park"]
        self.assertEqual([one[0] for one in self.client.asked], done)

    def test_hold_and_retrieve(self) -> None:
        """One key for both."""
        self.talk()
        self.controls.act(Act.HOLD)
        self.seat(SeatState.HELD, LI)
        self.controls.act(Act.HOLD)
        self.assertEqual(self.client.asked, [("hold",), ("retrieve",)])

    def test_consultation(self) -> None:
        """F6 swaps, F8 completes, F9 joins all three, F4 leaves the third."""
        self.seat(SeatState.TALKING, ZHAO, kept=LI)
        self.clock.advance(5)
        for act in (Act.HOLD, Act.TRANSFER, Act.THREE_WAY, Act.HANG_UP):
            self.controls.act(act)
        self.assertEqual(self.client.asked, [("swap",), ("join",), ("three_way",), ("cancel",)])

    def test_consultation_given_up(self) -> None:
        """F4 while the third is dialled: back with the first, who is fetched from his music."""
        self.seat(SeatState.DIALING, ZHAO, kept=LI)
        self.clock.advance(5)
        self.controls.act(Act.HANG_UP)
        self.client.answers()
        self.assertEqual(self.client.asked, [("hang_up",), ("retrieve",)])

    def test_panels(self) -> None:
        """What needs a place or a text opens a panel."""
        self.talk()
        self.controls.act(Act.TRANSFER)
        self.assertEqual((self.opened, self.client.asked), ([Act.TRANSFER], []))

    def test_record(self) -> None:
        """The button stays pressed while his recording runs, and ends it."""
        self.talk()
        self.controls.act(Act.RECORD)
        self.client.answers()
        self.assertTrue(self.shown[-1].buttons[ROW.index(Act.RECORD)].is_on)
        self.controls.act(Act.RECORD)
        self.client.answers()
        self.assertFalse(self.shown[-1].buttons[ROW.index(Act.RECORD)].is_on)
        self.assertEqual(self.client.asked, [("start_recording",), ("stop_recording",)])

    def test_secret(self) -> None:
        """The same key hides, and shows again."""
        self.talk()
        self.controls.act(Act.SECRET)
        self.seat(SeatState.TALKING, LI, hidden=True)
        self.controls.act(Act.SECRET)
        self.assertEqual(self.client.asked, [("hide_secret",), ("show_again",)])

    def test_refused(self) -> None:
        """Why it was not done is said, until the next act is done or the call is another one."""
        self.talk()
        self.controls.act(Act.HOLD)
        self.refuses(Refused(Refusal.SEVERAL))
        self.assertEqual(self.shown[-1].problem, "not while several parties are in the call")
        self.seat(SeatState.IDLE_PC)
        self.assertEqual(self.shown[-1].problem, "")
