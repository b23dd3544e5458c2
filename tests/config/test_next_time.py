"""When the shop's clock shows a time next."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.config.hours import next_time

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


class NextTimeTests(SynchronousTestCase):
    def test_within_a_day(self) -> None:
        """The next time of the clock; a day when it is just that."""
        now = datetime(2026, 3, 2, 3, 29, 30, tzinfo=UTC)
        self.assertEqual(next_time(now, "03:30", UTC) - now, timedelta(seconds=30))
        self.assertEqual(next_time(now, "03:29", UTC) - now, timedelta(hours=24, seconds=-30))
        now = now.replace(minute=30, second=0)
        self.assertEqual(next_time(now, "03:30", UTC) - now, timedelta(hours=24))

    def test_clocks_change(self) -> None:
        """In the night that lacks an hour or has it twice, the clock's time counts, not twenty-four hours."""
        for day, hours in ((28, 23), (24, 25)):
            now = datetime(2026, 3 if hours == 23 else 10, day, 12, tzinfo=BERLIN)
            then = next_time(now, "12:00", BERLIN)
            self.assertEqual(then.hour, 12)
            self.assertEqual(then.timestamp() - now.timestamp(), hours * 3600)

    @given(MOMENTS, st.times(), st.sampled_from([BERLIN, SHANGHAI]))
    @settings(max_examples=200)
    def test_any(self, now: datetime, at: time, zone: tzinfo) -> None:
        """It lies before us, within a day and the hour of a change of clocks."""
        then = next_time(now, f"{at:%H:%M}", zone)
        self.assertLess(now.timestamp(), then.timestamp())
        self.assertLessEqual(then.timestamp() - now.timestamp(), 25 * 3600)
