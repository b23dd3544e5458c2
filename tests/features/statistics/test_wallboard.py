"""The wall's numbers and one's own day: those of the reports, at once, beside what the shop wants to reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.seat import Seat
from callserver.calls.board import ChannelStatus
from callserver.calls.vocabulary import Kind
from callserver.features import Floor
from callserver.features.statistics.reports.agents_report import sheet
from callserver.features.statistics.wallboard import FRESH_S, Wallboard
from callserver.wire.messages import QueueRow
from callserver.wire.states import LineState, SeatState
from tests.features.statistics.report_case import SHANGHAI, ReportCase
from tests.features.statistics.shop_log import keep
from tests.features.statistics.story import BEGIN, Story, check_data
from tests.features.statistics.test_desk import At

LIMITS = QueueSettings("sales", alarm_length=5, alarm_wait_s=120, alarm_service_level=80)


class WallCase(ReportCase):
    def setUp(self) -> None:
        super().setUp()
        self.clock, self.now = Clock(), BEGIN + timedelta(seconds=2000)
        self.rows: list[QueueRow] = [QueueRow("sales", 0, 0.0, ())]
        self.settings = {"sales": LIMITS}
        self.channels: list[ChannelStatus] = []
        self.n_asked = 0
        self.wall = Wallboard(cast(Any, self), "cn", self.floor, self.moment, lambda: SHANGHAI, self.clock.seconds)

    def floor(self) -> Floor:
        return Floor(self.rows, self.settings, self.channels, lambda status: 600.0)

    def moment(self) -> datetime:
        return self.now

    def write(self, job: Any, *args: Any) -> Deferred[Any]:
        """As a Store."""
        self.n_asked += 1
        return self.store.write(job, *args)

    def board(self) -> dict[str, Any]:
        return dict(self.successResultOf(self.wall.wallboard(cast(Seat, At("802")))))

    def day_of(self, number: str) -> dict[str, Any]:
        return dict(self.successResultOf(self.wall.my_day(cast(Seat, At(number)))))


class WallboardTests(WallCase):
    def test_an_empty_shop(self) -> None:
        """Before the first caller there is no share of anything, and nothing is wrong."""
        board = self.board()
        self.assertEqual((board["waiting"], board["longest_s"], board["entered"]), (0, 0, 0))
        self.assertIsNone(board["service_level"])
        self.assertIsNone(board["abandoned"])

    def test_as_the_reports(self) -> None:
        """The check data of the metrics: half in time, three of eleven gave up; of the queue and of all."""
        self.happened(check_data())
        board = self.board()
        (queue,) = board["queues"]
        for one in (board, queue):
            self.assertEqual((one["service_level"], one["abandoned"], one["entered"]), (500, 273, 11))
        self.assertEqual((queue["queue"], queue["within_s"], queue["service_level_target"]), ("sales", 20, 800))

    def test_what_is_new(self) -> None:
        """What has just happened is in it: nobody waits for the next turn of the tables."""
        self.store.run(keep, check_data())
        self.board()
        self.clock.advance(FRESH_S + 1)
        board = self.board()
        self.assertEqual((board["entered"], board["behind"]), (11, 0))

    def test_of_another_day(self) -> None:
        """At midnight by the shop's clock all begins anew."""
        self.happened(check_data())
        self.now += timedelta(days=1)
        self.assertEqual(self.board()["entered"], 0)

    def test_now(self) -> None:
        """Who waits, seats by what they do, dead lines, with the limits of the queues."""
        self.rows = [QueueRow("sales", 3, 80.4, ()), QueueRow("faults", 1, 10.0, ())]
        self.settings["faults"] = QueueSettings("faults", alarm_length=2, alarm_wait_s=60)
        self.channels = [
            ChannelStatus("line 1", LineState.DISCONNECTED),
            ChannelStatus("line 2", LineState.IDLE),
            ChannelStatus("seat 801", SeatState.TALKING),
            ChannelStatus("seat 802", SeatState.IDLE_PC),
            ChannelStatus("seat 803", SeatState.PAUSED),
            ChannelStatus("seat 804", SeatState.OFF),
        ]
        board = self.board()
        self.assertEqual((board["waiting"], board["waiting_limit"]), (4, 7))
        self.assertEqual((board["longest_s"], board["longest_limit_s"]), (80, 60))
        self.assertEqual((board["idle"], board["talking"], board["paused"]), (1, 1, 1))
        self.assertEqual((board["lines_dead"], board["lines"]), (1, 2))
        self.assertEqual((board["service_level_target"], board["within_s"]), (800, 20))

    def test_the_strictest(self) -> None:
        """Of several targets that of all queues together is the strictest."""
        self.rows.append(QueueRow("faults", 0, 0.0, ()))
        self.settings["faults"] = QueueSettings("faults", alarm_service_level=95, service_level_s=10)
        board = self.board()
        self.assertEqual((board["service_level_target"], board["within_s"]), (950, 10))

    def test_no_limits(self) -> None:
        """Where the shop has set none, there is none; nor for all, if one queue has none."""
        self.settings["faults"] = QueueSettings("faults")
        self.rows.append(QueueRow("faults", 0, 0.0, ()))
        board = self.board()
        self.assertIsNone(board["waiting_limit"])
        self.assertIsNone(board["queues"][1]["longest_limit_s"])
        self.assertIsNone(board["queues"][1]["service_level_target"])

    def test_many_walls(self) -> None:
        """However many ask, the database is asked once in five seconds; the present is the present."""
        for _ in range(20):
            self.board()
        self.assertEqual(self.n_asked, 1)
        self.rows = [QueueRow("sales", 2, 1.0, ())]
        self.assertEqual(self.board()["waiting"], 2)
        self.clock.advance(FRESH_S)
        self.board()
        self.assertEqual(self.n_asked, 2)

    def test_a_database_that_fails(self) -> None:
        """Each who asks is told, and the next one asks again."""
        waiting: Deferred[Any] = Deferred()
        self.patch(self, "write", lambda *args: waiting)
        asked = [self.wall.wallboard(cast(Seat, At("802"))) for _ in range(2)]
        waiting.errback(OSError("gone"))
        for one in asked:
            self.failureResultOf(one, OSError)
        self.patch(self, "write", lambda *args: self.store.write(*args))
        self.assertEqual(self.board()["entered"], 0)


class MyDayTests(WallCase):
    def test_as_the_work_sheet(self) -> None:
        """Answered, missed, average talk, time ready: to the digit what the reports say of him."""
        story = check_data()
        story.tell(1200, Kind.MISS, "9", "line 1", None, queue="sales", seat="801", reason="missed")
        self.happened(story)
        for number in ("801", "802"):
            ask = self.day(BEGIN.date(), only=number)
            told = self.store.run(sheet, ask)
            figures = {str(row[0].msgid): row[1].value for row in told.rows}
            mine = self.day_of(number)
            self.assertEqual(mine["answered"], figures["answered"])
            self.assertEqual(mine["missed"], figures["missed"])
            self.assertEqual(mine["own_calls"], figures["own calls"])
            self.assertEqual(mine["talk_s"], round(figures["average talk time"]))
            self.assertAlmostEqual(mine["ready_s"], figures["ready"], delta=1)

    def test_nobody_yet(self) -> None:
        """Who has just come has noughts, and no average."""
        mine = self.day_of("804")
        self.assertEqual((mine["answered"], mine["missed"], mine["ready_s"], mine["talk_s"]), (0, 0, 0, None))

    def test_in_a_quiet_shop(self) -> None:
        """Nothing happens, and his time goes on: ready while he is, in no other state."""
        story = Story()
        story.log_in(0, "801")
        self.happened(story)
        self.now = BEGIN + timedelta(seconds=600)
        for state, ready_s in ((SeatState.IDLE_PC, 600), (SeatState.TALKING, 0), (SeatState.OFF, 0)):
            self.channels = [ChannelStatus("seat 801", state)]
            self.assertEqual(self.day_of("801")["ready_s"], ready_s)

    def test_just_changed(self) -> None:
        """He has been ready for ten minutes, though nothing was counted for twenty: the rest is not his."""
        story = Story()
        story.log_in(0, "801")
        self.happened(story)
        self.now = BEGIN + timedelta(seconds=1200)
        self.channels = [ChannelStatus("seat 801", SeatState.IDLE_PC)]
        self.assertEqual(self.day_of("801")["ready_s"], 600)
