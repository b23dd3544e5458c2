"""When a shop is open: on weekdays, on holidays, at night, over midnight, and in the night in which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.calendars import Calendar
from callserver.acd.organisation.forms import FORMS, OrganisationError
from callserver.acd.organisation.parts import Part

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
FORM = FORMS[Part.CALENDAR]


def calendar(**settings: str) -> Calendar:
    made: Calendar = FORM.filled(Calendar("main"), settings)
    return made


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


class CalendarTests(SynchronousTestCase):
    def test_a_week(self) -> None:
        """Open from the first instant of its hours to the last, on its days; whatever zone the clock tells."""
        one = calendar(hours="mon-fri 09:00-18:00, sat 10:00-12:00, sat 14:00-16:00")
        for moment, is_open in (
            ("2026-01-05 08:59:59", False),
            ("2026-01-05 09:00", True),
            ("2026-01-09 17:59:59", True),
            ("2026-01-09 18:00", False),
            ("2026-01-10 11:00", True),
            ("2026-01-10 13:00", False),
            ("2026-01-10 15:00", True),
            ("2026-01-11 11:00", False),
        ):
            self.assertEqual(one.is_open(at(moment), SHANGHAI), is_open, moment)
            self.assertEqual(one.is_open(at(moment).astimezone(UTC), SHANGHAI), is_open, moment)

    def test_over_midnight(self) -> None:
        """Hours that end on the next day belong to the day they begin on; so do a day and a week."""
        one = calendar(hours="fri 22:00-02:00, sun 20:00-00:00", days="2026-01-16 closed")
        for moment, is_open in (
            ("2026-01-09 23:00", True),
            ("2026-01-10 01:59", True),
            ("2026-01-10 02:00", False),
            ("2026-01-09 01:00", False),
            ("2026-01-11 23:59", True),
            ("2026-01-12 00:00", False),
            ("2026-01-16 23:00", False),
            ("2026-01-17 01:00", False),
        ):
            self.assertEqual(one.is_open(at(moment), SHANGHAI), is_open, moment)
        self.assertTrue(calendar(hours="mon-sun 00:00-24:00").is_open(at("2026-01-05 00:00"), SHANGHAI))
        self.assertTrue(calendar(hours="sat-mon 09:00-18:00").is_open(at("2026-01-11 10:00"), SHANGHAI), "a Sunday")

    def test_special_days(self) -> None:
        """A holiday is closed, a day with hours of its own has those, also on a Sunday; the days around are as ever."""
        one = calendar(
            hours="mon-fri 09:00-18:00",
            days="2026-10-01..2026-10-07 closed National Day, 2026-10-10 10:00-12:00 13:00-15:00 worked off",
        )
        for moment, is_open in (
            ("2026-09-30 10:00", True),
            ("2026-10-01 10:00", False),
            ("2026-10-07 10:00", False),
            ("2026-10-08 10:00", True),
            ("2026-10-10 11:00", True),
            ("2026-10-10 12:30", False),
            ("2026-10-10 14:00", True),
        ):
            self.assertEqual(one.is_open(at(moment), SHANGHAI), is_open, moment)
        self.assertEqual(one.days[date(2026, 10, 3)].label, "National Day")

    def test_night_switch(self) -> None:
        """On, it is night at noon; off, it is day at night; automatic, the hours count again."""
        noon, night = at("2026-01-05 12:00"), at("2026-01-05 23:00")
        for switch, by_day, by_night in (("on", False, False), ("off", True, True), ("automatic", True, False)):
            one = calendar(hours="mon-fri 09:00-18:00", night=switch)
            self.assertEqual((one.is_open(noon, SHANGHAI), one.is_open(night, SHANGHAI)), (by_day, by_night), switch)

    def test_clocks_change(self) -> None:
        """An hour that there is not opens with the next; one that comes twice is open twice."""
        one = calendar(hours="sun 02:30-03:30")
        spring = [at("2026-03-29 00:00", BERLIN).astimezone(UTC) + timedelta(minutes=n) for n in range(300)]
        opened = [moment for moment in spring if one.is_open(moment, BERLIN)]
        self.assertEqual((opened[0], len(opened)), (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), 30))
        autumn = [at("2026-10-25 00:00", BERLIN).astimezone(UTC) + timedelta(minutes=n) for n in range(300)]
        self.assertEqual(sum(one.is_open(moment, BERLIN) for moment in autumn), 30 + 30 + 30, "2:30 to 3:00 twice")

    def test_mistakes(self) -> None:
        """What is no time and no day is quoted, with what would be one."""
        for settings, said in (
            ({"hours": "mon-fri 9-18"}, "'mon-fri 9-18' is no time span; write mon-fri 09:00-18:00"),
            ({"hours": "mon 25:00-26:00"}, "is no time span"),
            ({"days": "2026-02-30 closed"}, "'2026-02-30 closed' is no day; write 2026-10-01..2026-10-07 closed"),
            ({"days": "2026-10-07..2026-10-01 closed"}, "is no day"),
            ({"days": "2026-10-01"}, "is no day"),
            ({"days": "2026-10-01 25:00-26:00"}, "is no day"),
            ({"days": "2026-10-01 closed, 2026-10-01 09:00-10:00"}, "2026-10-01 is in the list twice"),
            ({"night": "dark"}, "there are automatic, off, on"),
        ):
            self.assertIn(said, str(self.assertRaises(OrganisationError, calendar, **settings)))

    def test_one_more_holiday(self) -> None:
        """A day is added to the others, or changed, or taken out of a week of them."""
        one = calendar(days="2026-10-01..2026-10-03 closed")
        more = FORM.filled(one, {"days+": "2026-10-02 09:00-12:00, 2026-12-25 closed"})
        self.assertEqual(
            FORM.shown(more)["days"],
            "2026-10-01 closed, 2026-10-02 09:00-12:00, 2026-10-03 closed, 2026-12-25 closed",
        )
        fewer = FORM.filled(more, {"days-": "2026-10-01..2026-10-02"})
        self.assertEqual(FORM.shown(fewer)["days"], "2026-10-03 closed, 2026-12-25 closed")

    @given(
        st.lists(
            st.tuples(
                st.dates(date(2026, 1, 1), date(2026, 3, 1)),
                st.sampled_from(
                    ("closed", "closed New Year", "09:00-12:00", "09:00-12:00 13:00-24:00 late", "22:00-02:00")
                ),
            ),
            unique_by=lambda item: item[0],
        ),
        st.sampled_from(("", "mon-fri 09:00-18:00", "sat-sun 22:00-02:00, mon 00:00-24:00")),
    )
    def test_shown_as_it_is_set(self, days: list[tuple[date, str]], hours: str) -> None:
        """What `show` prints is what `set` takes, and gives the same."""
        one = calendar(hours=hours, days=", ".join(f"{day} {rest}" for day, rest in days))
        self.assertEqual(FORM.filled(Calendar("main"), FORM.shown(one)), one)
