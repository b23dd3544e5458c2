"""The life of the window: ways in, ways out."""

from __future__ import annotations

from dataclasses import replace

from callserver.desktop.connection import NOT_PINNED
from callserver.desktop.not_connected import NO_ANSWER, NotConnected, NotPinned
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.presenters.log_in_data import Trust
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card, Phrase
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop.headset.fakes import FakeSound
from tests.desktop.presenters.log_in_case import OTHER, TYPED, LogInCase

CALL = Card("call-1", "13912345678", "Li Ming")
NEXT = Card("call-2", "13987654321", "Zhao Lei")


class LifeTests(LogInCase):
    def setUp(self) -> None:
        super().setUp()
        self.enter()
        self.client = self.server.clients[0]

    def test_log_out(self) -> None:
        """The log-in panel again, with the number and without the password."""
        self.life.log_out()
        self.assertEqual(self.client.asked, [("log_out",)])
        self.server.model.logged_out(str(Reason(Cause.LOGGED_OUT)))
        self.assertEqual((self.stage.typed.number, self.stage.typed.password), ("801", ""))
        self.assertEqual(self.shown.why_here, "")

    def test_not_out_of_a_call(self) -> None:
        """In a call one is not logged out, and told why."""
        self.server.seat(SeatState.TALKING, call=CALL)
        self.life.log_out()
        self.assertEqual(self.client.asked, [])
        self.assertIn("in a call", self.stage.problem)

    def test_sent_away(self) -> None:
        """Who is logged out by force, or may not work here any more, sees why."""
        for cause, words in ((Reason(Cause.FORCED_OUT, "800"), "by force"), (Reason(Cause.DISMISSED), "may not")):
            self.server.model.logged_out(str(cause))
            self.assertIn(words, self.shown.why_here)
            self.enter()

    def test_sent_away_while_asked(self) -> None:
        """What was asked before he is logged out is asked no more: a late yes does nothing to who comes next."""
        for goes in (
            lambda: self.server.model.logged_out(str(Reason(Cause.FORCED_OUT, "800"))),
            lambda: self.server.refuses(Refused(Refusal.ELSEWHERE)),
        ):
            self.stage.drafts = True
            self.life.close()
            self.assertIsNotNone(self.stage.question)
            goes()
            self.assertIsNone(self.stage.question)
            self.enter()
            self.life.answer(True)
            self.assertFalse(self.stage.is_closed)
            self.assertEqual(self.server.clients[-1].asked, [])

    def test_second_window(self) -> None:
        """The first window says that one has logged in at another, and shows the log-in panel."""
        self.server.refuses(Refused(Refusal.ELSEWHERE))
        self.assertIn("another window", self.shown.why_here)

    def test_connection_lost(self) -> None:
        """The main screen stays: forms go on."""
        self.server.model.lost(NotConnected(NO_ANSWER))
        self.assertIsNotNone(self.stage.work)
        self.assertFalse(self.client.is_stopped)

    def test_another_certificate(self) -> None:
        """Out of a call that its server has forgotten one comes to the panel, which shows both fingerprints."""
        self.server.seat(SeatState.TALKING, call=CALL)
        self.server.model.lost(NotConnected(NO_ANSWER))
        self.life.log_out()
        self.assertIn("in a call", self.stage.problem)
        self.server.model.lost(NotPinned(NOT_PINNED))
        self.life.log_out()
        self.assertTrue(self.client.is_stopped)
        self.server.shows(OTHER)
        self.assertEqual((self.shown.trust, len(self.shown.fingerprints)), (Trust.CHANGED, 2))

    def test_close(self) -> None:
        """Who closes the window is logged out first."""
        self.life.close()
        self.assertEqual(self.client.asked, [("log_out",)])
        self.assertFalse(self.stage.is_closed)
        self.client.answers()
        self.assertTrue(self.stage.is_closed)

    def test_no_log_in_panel_on_the_way_out(self) -> None:
        """That he is logged out, or at another window, is nothing to a window that closes: no panel comes up in it."""
        self.life.close()
        self.server.model.logged_out(str(Reason(Cause.LOGGED_OUT)))
        self.server.refuses(Refused(Refusal.ELSEWHERE))
        self.assertIsNone(self.stage.log_in)
        self.client.answers()
        self.assertTrue(self.stage.is_closed)

    def test_close_while_it_rings(self) -> None:
        """Who closes the window while a call rings leaves it to others at once."""
        self.server.seat(SeatState.RINGING, call=CALL)
        self.life.close()
        self.assertEqual(self.client.asked, [("reject",)])
        self.client.answers()
        self.assertEqual(self.client.asked[-1], ("log_out",))

    def test_by_telephone(self) -> None:
        """His telephone is called when he logs in to work by it; not when he comes back into a talk."""
        for state, asked in ((SeatState.IDLE_PC, ["use_telephone"]), (SeatState.TALKING, [])):
            self.server.model.logged_out(str(Reason(Cause.LOGGED_OUT)))
            self.pin()
            self.panel.log_in(replace(TYPED, by_telephone=True, telephone="8001"))
            self.server.lets_in(state, call=CALL if state is SeatState.TALKING else None)
            self.assertEqual([act for act, *_ in self.server.clients[-1].asked if act == "use_telephone"], asked)

    def test_close_twice(self) -> None:
        """Who closes it once more, while it waits for the server, waits no more."""
        self.life.close()
        self.life.close()
        self.assertTrue(self.stage.is_closed)
        self.assertEqual(self.client.asked, [("log_out",)])
        self.client.answers()
        self.assertEqual(self.stage.n_closed, 1)  # the program is not ended a second time

    def test_close_while_the_server_is_silent(self) -> None:
        """The window closes all the same, after some seconds."""
        self.life.close()
        self.clock.advance(6)
        self.assertTrue(self.stage.is_closed)
        self.assertTrue(self.client.is_stopped)

    def test_close_in_a_call(self) -> None:
        """It asks, says with whom, and goes on if one does not want to; else the call ends first."""
        self.server.seat(SeatState.TALKING, call=CALL)
        self.life.close()
        assert self.stage.question is not None
        self.assertEqual(self.stage.question.do, "End call and quit")
        self.assertIn("Li Ming", self.stage.question.words)
        self.life.answer(False)
        self.assertEqual((self.stage.question, self.client.asked), (None, []))
        self.life.close()
        self.life.answer(True)
        self.assertEqual((self.client.asked, self.client.meant), ([("hang_up",)], ["call-1"]))
        self.client.answers()
        self.assertEqual(self.client.asked[-1], ("log_out",))
        self.client.answers()
        self.assertTrue(self.stage.is_closed)

    def test_another_caller_by_then(self) -> None:
        """The yes was for a caller who has gone meanwhile: the next one is asked about, and nobody is cut off."""
        self.server.seat(SeatState.TALKING, call=CALL)
        self.life.close()
        self.server.seat(SeatState.TALKING, call=NEXT)
        self.life.answer(True)
        self.assertEqual((self.client.asked, self.stage.is_closed), ([], False))
        assert self.stage.question is not None
        self.assertIn("Zhao Lei", self.stage.question.words)
        self.life.answer(True)
        self.assertEqual((self.client.asked, self.client.meant), ([("hang_up",)], ["call-2"]))

    def test_another_caller_on_the_way_out(self) -> None:
        """The next one is in his ear before the log-out: the window stays, asks about him, and can be closed yet."""
        self.server.seat(SeatState.TALKING, call=CALL)
        self.life.close()
        self.life.answer(True)
        self.server.seat(SeatState.TALKING, call=NEXT)
        self.client.answers(Refused(Refusal.CALL_GONE))
        self.clock.advance(0.4)
        self.assertEqual((self.client.asked, self.stage.is_closed), ([("hang_up",)], False))
        assert self.stage.question is not None
        self.assertIn("Zhao Lei", self.stage.question.words)
        self.assertFalse(self.client.is_stopped)
        self.life.answer(False)
        self.server.seat(SeatState.IDLE_PC)
        self.life.close()
        self.client.answers()
        self.assertTrue(self.stage.is_closed)

    def test_another_rings_by_then(self) -> None:
        """His talk is over and the next call rings when he says yes: it is left to others, and the window closes."""
        self.server.seat(SeatState.TALKING, call=CALL)
        self.life.close()
        self.server.seat(SeatState.RINGING, call=NEXT)
        self.life.answer(True)
        self.assertEqual((self.client.asked, self.client.meant), ([("reject",)], ["call-2"]))
        for _ in range(2):
            self.client.answers()
        self.assertTrue(self.stage.is_closed)

    def test_close_with_a_draft(self) -> None:
        """It asks, since what is not saved would be lost; so does the log-out."""
        self.stage.drafts = True
        self.life.close()
        assert self.stage.question is not None
        self.assertEqual(self.stage.question.do, "Quit all the same")
        self.life.answer(False)
        self.life.log_out()
        self.assertEqual(self.stage.question.do, "Log out all the same")
        self.life.answer(True)
        self.assertEqual(self.client.asked, [("log_out",)])

    def test_a_call_kept_behind_another(self) -> None:
        """Quitting ends both: the one that comes back after the first is ended, too."""
        self.server.seat(SeatState.TALKING, call=CALL, kept=NEXT)
        self.life.close()
        self.life.answer(True)
        self.client.answers()
        self.server.seat(SeatState.TALKING, call=NEXT)
        self.client.answers(Refused(Refusal.NOT_NOW, SeatState.TALKING))
        self.clock.advance(0.4)
        self.assertEqual([act for act, *_ in self.client.asked], ["hang_up", "log_out", "hang_up"])
        self.assertEqual(self.client.meant, ["call-1", "", "call-2"])

    def test_close_at_the_log_in(self) -> None:
        """Nobody is logged in: it closes at once, and no more is looked for."""
        self.server.model.logged_out(str(Reason(Cause.LOGGED_OUT)))
        self.life.close()
        self.assertTrue(self.stage.is_closed)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class HeardTests(LogInCase):
    """The headset of a log-in."""

    def setUp(self) -> None:
        super().setUp()
        self.sound = FakeSound()
        desk = Desk(self.clock, self.settings, self.sound, self.life.device_told)
        self.life._find_desk = lambda: desk
        self.enter()

    def test_a_talk_is_heard(self) -> None:
        """The headset is open in a talk, and let go at the log-out."""
        self.assertEqual(self.sound.running, [])
        self.server.seat(SeatState.TALKING, call=CALL)
        self.assertEqual(sorted(self.sound.running), ["l1", "m1"])
        self.server.model.logged_out("logged_out")
        self.assertEqual(self.sound.running, [])

    def test_closed_in_a_talk(self) -> None:
        """A window that closes before the server has answered lets go of the headset, too."""
        self.server.seat(SeatState.TALKING, call=CALL)
        self.life.close()
        self.life.answer(True)
        self.life.close()
        self.assertTrue(self.stage.is_closed)
        self.assertEqual(self.sound.running, [])

    def test_telephone_not_reached(self) -> None:
        """Who works by telephone hears nothing here; when it is not reached he works by PC, and hears again."""
        for state, devices in ((SeatState.IDLE_PHONE, []), (SeatState.IDLE_PC, ["l1", "m1"])):
            self.server.seat(state)
            self.server.seat(SeatState.TALKING, call=CALL)
            self.assertEqual(sorted(self.sound.running), devices)

    def test_headset_pulled_out(self) -> None:
        """It is said in the bar; at the log-in panel nobody is told, the lists there show it."""
        self.sound.inputs = []
        self.sound.changed()
        assert self.life.work is not None
        said = self.life.work.voice.said
        assert isinstance(said, Phrase)
        self.assertIn("No microphone", said.msgid)
        self.server.model.logged_out(str(Reason(Cause.LOGGED_OUT)))
        self.sound.outputs = []
        self.sound.changed()
        self.assertIsNone(self.life.work)
