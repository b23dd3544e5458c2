"""Supervisors are told once when something begins to be wrong, and once when it is well again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.routing.settings import QueueSettings
from callserver.acd.supervision.alarms import LOOK_S, OVER_S, Alarms
from callserver.acd.supervision.service_level import RecentWaits, Wait, short
from callserver.calls.board import Board, ChannelStatus
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.wire.alarms import alarm_text
from callserver.wire.messages import QueueRow
from callserver.wire.states import LineState, SeatState
from tests.shop import MemoryBook

LIMITS = QueueSettings("service", alarm_length=3, alarm_wait_s=120.0, alarm_service_level=80.0)
# call-centre.md section 9, check data: wait, outcome
DAY = (
    (4, "answered"),
    (12, "answered"),
    (3, "abandoned"),
    (45, "answered"),
    (18, "abandoned"),
    (20, "answered"),
    (61, "abandoned"),
    (0, "answered"),
    (33, "grabbed"),
    (120, "timed_out"),
    (25, "call_back"),
)


class ServiceLevelTests(SynchronousTestCase):
    def test_check_data(self) -> None:
        """The reference's day gives 50 %, both limits counting as within."""
        self.assertEqual(short([Wait(0.0, wait_s, outcome) for wait_s, outcome in DAY], 20, 5), 50.0)

    def test_nobody(self) -> None:
        """Without anybody who was answered, or gave up after a while, there is none."""
        for waits in ((), (Wait(0, 3, "abandoned"),), (Wait(0, 300, "timed_out"),)):
            self.assertIsNone(short(waits, 20, 5))

    def test_window(self) -> None:
        """A wait belongs to the moment at which its caller came; what is older is forgotten."""
        recent = RecentWaits()
        for entered_s, waited_s in ((0, 50), (10, 5), (30, 1)):
            recent.add(Wait(entered_s, waited_s, "answered"))
        self.assertEqual([wait.entered_s for wait in recent.since(10)], [10, 30])
        self.assertEqual([wait.entered_s for wait in recent.since(40)], [])


class AlarmsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.book = Clock(), MemoryBook()
        self.events = EventLog(self.book, self.clock, "test")
        self.board = Board(self.events, self.clock.seconds)
        self.row = QueueRow("service")
        self.alarms = Alarms(
            self.clock,
            self.board,
            self.events,
            rows=lambda: (self.row,),
            settings=lambda: {"service": LIMITS},
            paused_s=900.0,
        )
        self.alarms.schedule.startService()

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.clock.advance(1)

    def queue(self, length: int, oldest_s: float = 1.0) -> None:
        """So many wait now."""
        self.row = QueueRow("service", length, oldest_s)
        self.events.write(Kind.ENTRY, queue="service", place=length)

    def over(self, *waits: tuple[float, str]) -> None:
        for wait_s, outcome in waits:
            self.events.write(Kind.LEAVE, queue="service", outcome=outcome, wait_s=wait_s)

    def seat(self, state: SeatState, sub: str = "") -> None:
        self.board.show(ChannelStatus("seat 801", state, sub=sub, person="801"))

    def told(self) -> list[str]:
        """What was said since this was asked last; what is over in brackets."""
        texts = []
        for event in self.book.events:
            if event.kind in ("alarm", "alarm_over"):
                text = alarm_text(event.data, "en")
                texts.append(f"({text})" if event.kind == "alarm_over" else text)
        self.book.events.clear()
        return texts

    def test_length(self) -> None:
        """More wait than there should; one alarm, and one word when it is over."""
        self.queue(3)
        self.wait(10)
        self.assertEqual(self.told(), [])
        self.queue(4)
        self.wait(10)
        self.queue(6)
        self.wait(100)
        said = "queue service: 4 callers wait, more than 3"
        self.assertEqual(self.told(), [said])
        self.queue(3)
        self.wait(OVER_S + 2 * LOOK_S)
        self.assertEqual(self.told(), [f"({said})"])
        self.assertEqual(self.alarms.raised, [])

    def test_up_and_down(self) -> None:
        """A queue that goes up and down at its limit gives one alarm."""
        for _ in range(10):
            self.queue(4)
            self.wait(20)
            self.queue(2)
            self.wait(20)
        self.assertEqual(len(self.told()), 1)

    def test_oldest(self) -> None:
        """Somebody has waited for too long."""
        self.queue(1, oldest_s=120.0)
        self.wait(10)
        self.assertEqual(self.told(), [])
        self.queue(1, oldest_s=121.0)
        self.wait(2 * LOOK_S)
        self.assertEqual(self.told(), ["queue service: somebody has waited for 121 s, longer than 120 s"])

    def test_service_level(self) -> None:
        """Half of the callers only were answered in time, of those who have come in the last half hour."""
        self.over(*DAY)
        self.wait(2 * LOOK_S)
        said = "queue service: 50 % answered within 20 s in half an hour, less than 80 %"
        self.assertEqual(self.told(), [said])
        self.wait(1800 + OVER_S)
        self.assertEqual(self.told(), [f"({said})"])

    def test_few(self) -> None:
        """Of one or two callers nothing is concluded."""
        self.over((60, "abandoned"), (60, "abandoned"))
        self.wait(10)
        self.assertEqual(self.told(), [])

    def test_pause(self) -> None:
        """Somebody pauses for more than a quarter of an hour; wrap-up and work are no pauses."""
        self.seat(SeatState.PAUSED, "lunch")
        self.wait(900)
        self.assertEqual(self.told(), [])
        self.wait(2 * LOOK_S)
        said = "seat 801 has paused for more than 15 minutes: lunch"
        self.assertEqual(self.told(), [said])
        self.seat(SeatState.IDLE_PC)
        self.wait(OVER_S + 2 * LOOK_S)
        self.assertEqual(self.told(), [f"({said})"])
        self.seat(SeatState.PAUSED, "wrap-up")
        self.wait(1000)
        self.assertEqual(self.told(), [])

    def test_missed(self) -> None:
        """A seat was made to pause since nobody answered there."""
        self.seat(SeatState.PAUSED, "missed")
        self.wait(2 * LOOK_S)
        self.assertEqual(self.told(), ["seat 801 pauses: nobody answered there, several times in a row"])

    def test_line(self) -> None:
        """A line has told that it is dead; that it is well again is told when it has been so for a minute."""
        self.board.show(ChannelStatus("line 3", LineState.DISCONNECTED))
        self.events.alarm("line dead: {reason_word}", "line 3", reason_word="unplugged")
        self.wait(300)
        self.assertEqual(self.told(), ["line dead: unplugged"])
        self.assertEqual([alarm.channel for alarm in self.alarms.raised], ["line 3"])
        self.board.show(ChannelStatus("line 3", LineState.IDLE))
        self.wait(30)
        self.assertEqual(self.told(), [])
        self.wait(OVER_S)
        self.assertEqual(self.told(), ["(line dead: unplugged)"])
        self.assertEqual(self.alarms.raised, [])

    def test_quiet(self) -> None:
        """Where nobody waits or pauses, nothing is looked at, and no timer waits."""
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.queue(1)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.queue(0)
        self.wait(2 * LOOK_S)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 90)), max_size=12))
    def test_once_each(self, lengths: list[tuple[int, int]]) -> None:
        """Whatever happens, an alarm and the word that it is over take turns, and in the end it is over."""
        self.setUp()
        for length, seconds in lengths:
            self.queue(length)
            self.wait(seconds)
        self.queue(0)
        self.wait(OVER_S + 3 * LOOK_S)
        over = [text.startswith("(") for text in self.told()]
        self.assertEqual(over, [False, True] * (len(over) // 2))
