"""What a program keeps of what the server has told, and whom it tells on."""

from __future__ import annotations

from dataclasses import replace

from callserver.desktop.listener import AgentListener
from callserver.desktop.model import MESSAGES_MAX, Connection
from callserver.wire.messages import AlarmNotice, Card, ChannelRow, MailMark, Phrase, QueueRow, Said, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import WorkCase

ALARM = Phrase("a line is dead")


class Broken(AgentListener):
    def status(self, status: SeatStatus) -> None:
        raise ValueError("a screen that breaks")


class Hearing(AgentListener):
    def __init__(self) -> None:
        self.states: list[SeatState] = []

    def status(self, status: SeatStatus) -> None:
        self.states.append(status.state)


class ModelTests(WorkCase):
    def test_broken_watcher(self) -> None:
        """A screen that breaks keeps no other from being told."""
        hearing = Hearing()
        self.model.watch(Broken())
        self.model.watch(hearing)
        self.seat(SeatState.PAUSED)
        self.assertEqual(hearing.states, [SeatState.PAUSED])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_watches_no_more(self) -> None:
        """Who has left is not told."""
        hearing = Hearing()
        leave = self.model.watch(hearing)
        leave()
        self.seat(SeatState.PAUSED)
        self.assertEqual(hearing.states, [])

    def test_age_of_a_row(self) -> None:
        """The server's seconds are counted on by a clock that nobody sets."""
        self.log_in(board=(ChannelRow("line 3", "TALKING", since_s=100.0),))
        self.clock.advance(20)
        self.assertEqual(self.model.row_age_s("line 3"), 120.0)

    def test_age_without_a_server(self) -> None:
        """What is not known does not go on: clocks of others stand still from the loss on, however often one tries."""
        self.log_in(board=(ChannelRow("line 3", "TALKING", since_s=100.0),), queues=(QueueRow("shop", 1),))
        self.clock.advance(20)
        for _ in range(3):
            self.model.lost(Refused(Refusal.STOPPING))
            self.clock.advance(300)
        self.assertEqual((self.model.row_age_s("line 3"), self.model.queue_age_s("shop")), (120.0, 20.0))
        self.log_in(board=(ChannelRow("line 3", "TALKING", since_s=1000.0),))
        self.clock.advance(5)
        self.assertEqual(self.model.row_age_s("line 3"), 1005.0)

    def test_stopwatch(self) -> None:
        """A record that comes in the talk does not begin the stopwatch anew; another call does."""
        self.seat(SeatState.TALKING, Card("one"))
        self.clock.advance(10)
        self.seat(SeatState.TALKING, Card("one", caller_name="Li"))
        self.assertEqual(self.model.age_s(self.model.seat_since_s), 10.0)
        self.seat(SeatState.TALKING, Card("two"))
        self.assertEqual(self.model.age_s(self.model.seat_since_s), 0.0)

    def test_alarms(self) -> None:
        """An alarm stays until it is over, and stands there once."""
        self.model.alarm(AlarmNotice(ALARM, "line 1"))
        self.model.alarm(AlarmNotice(ALARM, "line 1"))
        self.model.alarm(AlarmNotice(ALARM, "line 2"))
        self.model.alarm(AlarmNotice(ALARM, "line 1", over=True))
        self.assertEqual([alarm.channel for alarm in self.model.alarms], ["line 2"])

    def test_messages(self) -> None:
        """What colleagues write is kept once, though it may be told twice; the next person does not see it."""
        for id_ in (1, 2, 2):
            self.model.said(Said(id_, "802", "Wang", f"message {id_}", "2026-03-02T12:00:00+08:00"))
        self.assertEqual([said.id for said in self.model.messages], [1, 2])
        self.model.logged_out("logged_out")
        self.assertEqual(self.model.messages, [])

    def test_many_messages(self) -> None:
        """Of a program that is left alone for a week the newest are kept, read or not; what is read is not counted."""
        for n in range(1, MESSAGES_MAX + 11):
            self.model.said(Said(n, "802", "刘洋", "Hello", ""))
        self.assertEqual((len(self.model.messages), len(self.model.unread)), (MESSAGES_MAX, MESSAGES_MAX))
        self.assertEqual(max(self.model.unread), MESSAGES_MAX + 10)
        self.model.read_all()
        self.model.said(Said(1000, "802", "刘洋", "Again", ""))
        self.assertEqual(list(self.model.unread), [1000])

    def test_two_consultations(self) -> None:
        """Whom the screens are about: in a second consultation, of other people, the one who was first in that."""
        li, liu, wu, chen = (Card(name) for name in ("li", "liu", "wu", "chen"))
        self.seat(SeatState.TALKING, liu, kept=li)
        self.seat(SeatState.TALKING, li, kept=liu)
        self.assertIs(self.model.customer, li)
        self.seat(SeatState.TALKING, chen, kept=wu)
        self.assertIs(self.model.customer, wu)
        self.seat(SeatState.TALKING, wu, kept=chen)
        self.assertIs(self.model.customer, wu)

    def test_stopwatch_of_a_talk_that_goes_on(self) -> None:
        """A program that comes into the middle of a talk counts on from where the server is."""
        self.model.status(SeatStatus("801", state=SeatState.TALKING, since_s=134.0))
        self.assertEqual(self.model.age_s(self.model.seat_since_s), 134.0)

    def test_what_is_left(self) -> None:
        """Of ringing and wrap-up, counted down from what the server has told last."""
        self.model.status(SeatStatus("801", state=SeatState.RINGING, rings_for_s=12.0))
        self.clock.advance(5)
        self.assertEqual((self.model.rings_for_s(), self.model.wrap_up_left_s()), (7.0, 0.0))
        paused = SeatStatus("801", state=SeatState.PAUSED, reason="wrap-up", wrap_up_left_s=25.0)
        self.model.status(paused)
        self.clock.advance(5)
        self.model.status(replace(paused, wrap_up_s=80, wrap_up_left_s=80.0, since_s=5.0))  # prolonged
        self.clock.advance(10)
        self.assertEqual((self.model.rings_for_s(), self.model.wrap_up_left_s()), (0.0, 70.0))

    def test_access_replaces(self) -> None:
        """With other rights one sees what those allow, and nothing from before."""
        self.log_in(board=(ChannelRow("line 3", "IDLE"),), queues=(QueueRow("shop", 1),))
        self.log_in()
        self.assertEqual((self.model.rows, self.model.queues), ({}, {}))
        self.assertTrue(self.model.may(Right.LISTEN))

    def test_refused(self) -> None:
        """Who will not be had back is connected with nobody, and every screen knows why."""
        why = Refused(Refusal.ELSEWHERE)
        self.model.refused(why)
        self.assertEqual((self.model.connection, self.model.why_lost), (Connection.NONE, why))

    def test_lost(self) -> None:
        """Without a connection all that was told stays: forms go on."""
        self.log_in(board=(ChannelRow("line 3", "IDLE"),))
        self.model.mail(MailMark("100", new=2))
        self.model.lost(Refused(Refusal.STOPPING))
        self.assertIs(self.model.connection, Connection.LOST)
        self.assertEqual((list(self.model.rows), self.model.marks["100"].new), (["line 3"], 2))
        self.log_in()
        self.assertEqual((self.model.connection, self.model.marks), (Connection.HERE, {}))
