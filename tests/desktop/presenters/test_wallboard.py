"""The numbers of the wall, and those of one's own day."""

from __future__ import annotations

from typing import Any

from callserver.desktop.not_connected import NotConnected
from callserver.desktop.presenters.my_day import AFTER_CALL_S, EVERY_S, MyDay, MyDayData
from callserver.desktop.presenters.wallboard import Level, Wallboard, WallboardData
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import WorkCase

TOLD: dict[str, Any] = {
    "waiting": 3, "waiting_limit": 5, "longest_s": 80, "longest_limit_s": 120, "service_level": 820,
    "service_level_target": 800, "within_s": 20, "abandoned": 40, "idle": 1, "talking": 2, "paused": 1,
    "lines": 20, "lines_dead": 0, "answered": 23, "entered": 24, "behind": 0, "queues": [],
}  # fmt: skip
DAY = {"answered": 23, "missed": 1, "own_calls": 0, "talk_s": 151, "ready_s": 1, "paused_s": 1, "logged_in_s": 2}


class WallTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[WallboardData] = []
        self.wall = Wallboard(self.work, self.shown.append)
        self.wall.start()
        self.addCleanup(self.wall.stop)

    def told(self, **otherwise: Any) -> WallboardData:
        """What is seen when the server tells this."""
        self.wall.see()
        self.client.answers(TOLD | otherwise)
        return self.shown[-1]

    def levels(self, **otherwise: Any) -> list[Level]:
        return [one.level for one in self.told(**otherwise).numbers]

    def test_six(self) -> None:
        """Each beside its target."""
        texts = [(one.label, one.value, one.target) for one in self.told().numbers]
        self.assertEqual(
            texts,
            [
                ("Callers waiting", "3", "≤ 5"),
                ("Longest wait", "1:20", "≤ 2:00"),
                ("Service level 20 s", "82 %", "≥ 80 %"),
                ("Abandoned", "4 %", ""),
                ("Idle · talking · paused", "1·2·1", ""),
                ("Lines dead", "0", "≤ 0"),
            ],
        )

    def test_levels(self) -> None:
        """Within, from 70 % of the limit near, beyond; where no target is set, none of these."""
        self.assertEqual(self.levels()[:3], [Level.WITHIN, Level.WITHIN, Level.NEAR])
        self.assertEqual(self.levels(waiting=4, longest_s=84)[:2], [Level.NEAR, Level.NEAR])
        self.assertEqual(self.levels(waiting=5)[0], Level.NEAR)
        self.assertEqual(self.levels(waiting=6, longest_s=121, service_level=790)[:3], [Level.BEYOND] * 3)
        self.assertEqual(self.levels(waiting_limit=None, service_level=None)[:3:2], [Level.NONE, Level.NONE])
        self.assertEqual(self.levels(service_level_target=1000, service_level=1000)[2], Level.WITHIN)
        self.assertEqual(self.levels(lines_dead=1)[5], Level.BEYOND)

    def test_longest_goes_on(self) -> None:
        """Who waits is seen to wait longer each second."""
        self.told()
        self.clock.advance(1)
        self.assertEqual(self.shown[-1].numbers[1].value, "1:21")

    def test_only_while_seen(self) -> None:
        """Every five seconds while it is seen, one question at a time; not when it is not."""
        self.told()
        self.clock.pump([1.0] * 12)
        self.assertEqual(len(self.client.asked), 2)
        self.wall.look_away()
        self.client.answers(TOLD)
        self.clock.pump([1.0] * 12)
        self.assertEqual(len(self.client.asked), 2)

    def test_lost(self) -> None:
        """The numbers stay, and it is said that they are not those of now."""
        self.told()
        before = self.shown[-1].numbers
        self.model.lost(NotConnected("gone"))
        self.clock.pump([1.0] * 60)
        self.assertEqual(self.shown[-1].numbers, before)
        self.assertRegex(self.shown[-1].note, "^Not connected since [0-9]{2}:[0-9]{2}$")
        self.assertTrue(self.shown[-1].is_old)
        self.log_in()
        self.assertEqual((self.shown[-1].note, self.shown[-1].is_old), ("", False))


class MyDayTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[MyDayData] = []
        self.day = MyDay(self.work, self.shown.append)
        self.day.start()
        self.addCleanup(self.day.stop)

    def test_line(self) -> None:
        """What one has done, as the document's line has it."""
        self.assertEqual(self.shown[-1].day, "")
        self.client.answers(DAY)
        self.assertEqual(self.shown[-1].day, "Today 23 answered · 1 missed · average 2:31")

    def test_no_call_yet(self) -> None:
        """An average of nothing is none."""
        self.client.answers(DAY | {"talk_s": None})
        self.assertIn("average –", self.shown[-1].day)

    def test_when(self) -> None:
        """Each minute, and a moment after a call."""
        self.client.answers(DAY)
        self.clock.pump([1.0] * int(EVERY_S))
        self.assertEqual(len(self.client.asked), 2)
        self.client.answers(DAY)
        self.seat(SeatState.TALKING, Card("c1", "13800138000"))
        self.seat(SeatState.IDLE_PC)
        self.clock.pump([1.0] * int(AFTER_CALL_S + 1))
        self.assertEqual(len(self.client.asked), 3)

    def test_lost(self) -> None:
        """It says so, and the figures stay."""
        self.client.answers(DAY)
        self.model.lost(NotConnected("gone"))
        self.assertEqual((self.shown[-1].connection, self.shown[-1].is_connected), ("Not connected", False))
        self.assertIn("23", self.shown[-1].day)

    def test_nobody_answered(self) -> None:
        """A call that was not answered is in the figures a moment later, too, however often they were due before."""
        self.client.answers(DAY)
        self.clock.pump([1.0] * int(EVERY_S - 1))
        self.seat(SeatState.RINGING, Card("c1", "13800138000"))
        self.seat(SeatState.IDLE_PC)
        self.clock.advance(1)
        self.assertEqual(len(self.client.asked), 2)
        self.client.answers(DAY)
        self.seat(SeatState.RINGING, Card("c2", "13800138000"))
        self.seat(SeatState.IDLE_PC)
        self.clock.pump([1.0] * int(AFTER_CALL_S))
        self.assertEqual(len(self.client.asked), 3)

    def test_back(self) -> None:
        """Nothing is asked without a connection; when it is back the figures of the day are asked for at once."""
        self.client.answers(DAY)
        self.model.lost(NotConnected("gone"))
        self.clock.pump([1.0] * int(2 * EVERY_S))
        self.assertEqual(len(self.client.asked), 1)
        self.log_in()
        self.assertEqual(len(self.client.asked), 2)

    def test_how_fast(self) -> None:
        """How long the connection takes stands beside it, as soon as it is measured, and not when it is lost."""
        self.assertEqual(self.shown[-1].connection, "Connected")
        self.model.round_trip(42)
        self.assertEqual(self.shown[-1].connection, "Connected · 42 ms")
        self.model.lost(NotConnected("no answer"))
        self.assertEqual(self.shown[-1].connection, "Not connected")
        self.log_in()
        self.assertEqual(self.shown[-1].connection, "Connected")
