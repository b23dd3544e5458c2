"""The bar at the top, by the state of the seat."""

from __future__ import annotations

from dataclasses import replace

from callserver.desktop.connection import NOT_PINNED
from callserver.desktop.not_connected import REFUSED, NotConnected, NotPinned
from callserver.desktop.presenters.state_bar import StateBar, StateBarData
from callserver.wire.messages import WRAP_UP, Card, Identity, MailMark, Partner, Phrase, QueueRow
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import LineState, SeatState
from tests.desktop.presenters.work_case import WorkCase

LI = Card("call-1", "13800138000", identity=Identity("10023", "李明"))


class StateBarCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[StateBarData] = []
        self.bar = StateBar(self.work, self.shown.append)
        self.bar.start()
        self.addCleanup(self.bar.stop)

    @property
    def now(self) -> StateBarData:
        return self.shown[-1]


class StateBarTests(StateBarCase):
    def test_clock(self) -> None:
        """The stopwatch goes on by itself, and is painted once a second, no more."""
        self.seat(SeatState.TALKING, LI)
        before = len(self.shown)
        for _ in range(134):
            self.clock.advance(1)
        self.assertEqual((self.now.word, self.now.clock, len(self.shown) - before), ("Talking", "2:14", 134))

    def test_ready_and_pause(self) -> None:
        """Idle one can pause; paused one can be ready; in a talk the pause comes after it, and can be taken back."""
        self.assertEqual((self.now.may_ready, self.now.may_pause, self.now.pause), (False, True, "Pause"))
        self.seat(SeatState.PAUSED, reason="break")
        self.assertEqual((self.now.may_ready, self.now.word), (True, "Paused · Break"))
        self.seat(SeatState.TALKING, LI)
        self.assertEqual((self.now.may_ready, self.now.may_pause, self.now.pause), (False, True, "Pause after call"))
        self.seat(SeatState.TALKING, LI, pause_wanted=True)
        self.assertTrue(self.now.may_ready)

    def test_refused(self) -> None:
        """Why something was not done stands there as long as the state in which it was not."""
        self.seat(SeatState.RINGING, LI)
        self.bar.problem = "Not possible now: ringing"
        self.bar.refresh()
        self.seat(SeatState.RINGING, LI, rings_for_s=10.0)
        self.assertEqual(self.now.problem, "Not possible now: ringing")
        self.seat(SeatState.IDLE_PC)
        self.assertEqual(self.now.problem, "")

    def test_own_reason(self) -> None:
        """A word of the agent's own stands as it is."""
        self.seat(SeatState.PAUSED, reason="dentist")
        self.assertEqual(self.now.word, "Paused · dentist")

    def test_wrap_up(self) -> None:
        """A bar that empties, with the seconds that are left; more time can be had."""
        self.seat(SeatState.PAUSED, reason=WRAP_UP, wrap_up_s=30, wrap_up_left_s=30.0)
        self.clock.advance(5)
        self.clock.advance(1)
        self.assertEqual((self.now.word, self.now.wrap_up_left), ("Wrap-up, 0:24 left", 0.8))
        self.bar.more_time()
        self.assertEqual(self.client.asked[-1], ("prolong_wrap_up", 60))

    def test_lost_in_a_wrap_up(self) -> None:
        """Nobody can be asked for more time then: its bar and its button leave the room to what is said."""
        self.seat(SeatState.PAUSED, reason=WRAP_UP, wrap_up_s=30, wrap_up_left_s=30.0)
        self.model.lost(NotConnected(REFUSED, host="localhost", port=8787))
        self.assertEqual((self.now.wrap_up_left, self.now.state), (None, LineState.DISCONNECTED))
        self.log_in()
        self.seat(SeatState.PAUSED, reason=WRAP_UP, wrap_up_s=30, wrap_up_left_s=20.0)
        self.assertIsNotNone(self.now.wrap_up_left)

    def test_consulting(self) -> None:
        """Who waits on hold meanwhile is named."""
        self.seat(SeatState.TALKING, Card("call-2"), kept=LI)
        self.assertEqual((self.now.word, self.now.kept), ("Consulting", "李明 on hold"))

    def test_three(self) -> None:
        """Who else talks is named."""
        self.seat(SeatState.TALKING, replace(LI, beside=(Partner("802", "刘洋"),)))
        self.assertEqual((self.now.word, self.now.kept), ("Three-way", "With 802 刘洋"))
        self.seat(SeatState.TALKING, LI)
        self.assertEqual((self.now.word, self.now.kept), ("Talking", ""))

    def test_supervisor_in_the_call(self) -> None:
        """Who has barged in is told from a colleague who was asked to come in."""
        self.seat(SeatState.TALKING, replace(LI, beside=(Partner("800", "班长", supervises=True),)))
        self.assertEqual((self.now.word, self.now.kept), ("Three-way", "Supervisor 800 班长 is in the call"))
        self.seat(SeatState.TALKING, replace(LI, beside=(Partner("802"), Partner("800", supervises=True))))
        self.assertEqual(self.now.kept, "With 802 · Supervisor 800 is in the call")

    def test_the_caller_has_gone(self) -> None:
        """While others talk on it is said once that he has gone, for a while."""
        self.seat(SeatState.TALKING, LI)
        for _ in range(2):
            self.seat(SeatState.TALKING, Card("call-1", "802", "刘洋", gone="caller_hung_up"))
            self.assertEqual(self.now.notice, "李明 · caller hung up")
            self.clock.pump([1] * 15)
        self.assertEqual(self.now.notice, "")

    def test_supervising(self) -> None:
        """Who listens is not told that he talks."""
        self.seat(SeatState.TALKING, LI, reason="listens")
        self.assertEqual(self.now.word, "Listening")

    def test_waiting(self) -> None:
        """How many wait, and the longest, which goes on."""
        self.model.queue(QueueRow("shop", 2, oldest_s=75.0))
        self.model.queue(QueueRow("service", 1, oldest_s=20.0))
        self.clock.advance(5)
        self.assertEqual(self.now.waiting, "Waiting 3 · longest 1:20")

    def test_empty_queue(self) -> None:
        """How long nobody has waited in another queue is no wait."""
        self.model.queue(QueueRow("service", 0))
        self.clock.advance(600)
        self.model.queue(QueueRow("shop", 1, oldest_s=20.0))
        self.assertEqual(self.now.waiting, "Waiting 1 · longest 0:20")

    def test_missed_just_now(self) -> None:
        """When a call rings here no more the missed ones are asked for, so that the bar counts it."""
        for waiting in self.client.waiting:
            waiting.callback({"rows": []})
        self.client.asked.clear()
        self.model.offer_gone("abandoned")
        self.assertEqual(self.client.asked, [("missed_calls", "en")])

    def test_no_server(self) -> None:
        """Said with why; nothing can be pressed, and it comes back by itself."""
        self.model.lost(Refused(Refusal.STOPPING))
        self.assertIs(self.now.state, LineState.DISCONNECTED)
        self.assertEqual(self.now.word, "Connection lost, reconnecting")
        self.assertEqual(self.now.connection, "The server stops; the program connects again by itself")
        self.assertFalse(self.now.may_ready or self.now.may_pause)
        self.clock.advance(75)
        self.assertEqual(self.now.clock, "1:15")  # without a server
        self.log_in()
        self.assertTrue(self.now.is_connected)

    def test_another_certificate(self) -> None:
        """Nobody waits for a connection that is not made: what has happened is said, and what to do."""
        self.model.lost(NotConnected(REFUSED, host="localhost", port=8787))
        self.model.lost(NotPinned(NOT_PINNED))
        self.assertEqual(self.now.word, "Certificate has changed; not connected")
        self.assertIn("compare both fingerprints", self.now.connection)
        self.assertIn("Log out", self.now.connection)
        self.log_in()
        self.assertEqual(self.now.word, "Idle · PC")

    def test_voice_mail(self) -> None:
        """New messages of all boxes that he may open."""
        self.model.mail(MailMark("100", new=2))
        self.model.mail(MailMark("801", new=1))
        self.assertEqual(self.now.missed, "Voice mail 3")

    def test_notice(self) -> None:
        """A sentence for everybody goes before that this is a demo."""
        self.log_in(demo=True)
        self.assertEqual(self.now.notice, "Demo: goods, customers and orders are made up")
        self.model.notice(Phrase("The server stops; the program connects again by itself"))
        self.assertIn("stops", self.now.notice)


class ChineseTests(StateBarCase):
    language = "zh"

    def test_words(self) -> None:
        """The same in Chinese."""
        self.seat(SeatState.PAUSED, reason="break")
        self.assertEqual((self.now.word, self.now.pause), ("暂停·小休", "示忙"))

    def test_another_certificate(self) -> None:
        """That nobody connects, too."""
        self.model.lost(NotPinned(NOT_PINNED))
        self.assertEqual(self.now.word, "证书已改变，未连接")
