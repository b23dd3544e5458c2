"""What a server may say to a program, and what is left out of it."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.mind import ROUND_TRIP_MAX_MS, Mind


class MindTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.client = Mock()
        self.mind = Mind(self.client)

    def test_round_trip(self) -> None:
        """Milliseconds are told on; whatever else comes with a ping is no measure, and the ping is answered."""
        odd: tuple[Any, ...] = (None, True, -1, ROUND_TRIP_MAX_MS + 1, "12", 1.5)
        for told in (0, 12, ROUND_TRIP_MAX_MS, *odd):
            self.mind.remote_ping(told)
        self.assertEqual([one.args for one in self.client.pinged.mock_calls], [(0,), (12,), (ROUND_TRIP_MAX_MS,)])

    def test_not_understood(self) -> None:
        """A message that cannot be read is left out, with a line in the log."""
        with capturedLogs() as events:
            for tell in (self.mind.remote_status, self.mind.remote_row, self.mind.remote_said):
                tell({"rubbish": 1})
        self.assertEqual(self.client.mock_calls, [])
        self.assertEqual([one["shape"] for one in events], ["SeatStatus", "ChannelRow", "Said"])
