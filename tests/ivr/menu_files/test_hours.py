"""Hours of a menu file: what is open when, to the second, whatever the calendar does."""

from datetime import datetime

from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.menu_files.hours import OpeningHours, State
from callserver.ivr.menu_files.hours_lines import read_hours
from callserver.ivr.menu_files.ini import IniText

SHOP = "mon-fri = 09:00-12:00, 13:00-18:00\nsat = 10:00-16:00\n"


class HoursTests(SynchronousTestCase):
    def hours(self, lines: str) -> OpeningHours:
        faults: list = []
        (section,) = IniText(f"[hours shop]\n{lines}".encode()).sections
        found = read_hours(section, faults)
        self.assertEqual(faults, [])
        return found

    def check(self, lines: str, **states: str) -> None:
        """`_20260302_0900="open"`: what it is at moments."""
        hours = self.hours(lines)
        for moment, state in states.items():
            at = datetime.strptime(moment, "_%Y%m%d_%H%M%S" if len(moment) > 14 else "_%Y%m%d_%H%M")
            self.assertEqual(hours.state(at), State(state), moment)

    def test_ends(self) -> None:
        """Open at the instant of opening, closed at that of closing; a day that is not named is closed."""
        self.check(
            SHOP,
            _20260302_085959="closed",
            _20260302_090000="open",
            _20260302_115959="open",
            _20260302_120000="closed",
            _20260302_180000="closed",
            _20260307_1559="open",
            _20260308_1100="closed",
        )

    def test_over_midnight(self) -> None:
        """Hours over midnight belong to the day they begin on, also into a day that is closed."""
        lines = "fri = 22:00-02:00\n2026-03-07 = closed\n"
        self.check(
            lines, _20260306_2200="open", _20260307_0159="open", _20260307_0200="holiday", _20260307_2300="holiday"
        )
        self.check("mon = all day\n", _20260302_0000="open", _20260302_2359="open", _20260303_0000="closed")

    def test_precedence(self) -> None:
        """A date goes before a range, a range before a day of every year, that before the weekday."""
        lines = SHOP + "2026-03-02..2026-03-04 = closed\n2026-03-03 = 10:00-11:00\n03-05 = closed\n"
        self.check(lines, _20260302_1000="holiday", _20260303_1000="open", _20260303_1100="closed")
        self.check(lines, _20260305_1000="holiday", _20260306_1000="open", _20270305_1000="holiday")

    def test_year_end(self) -> None:
        """The last night of a year goes on into the next."""
        self.check("12-31 = 20:00-03:00\n", _20261231_2000="open", _20270101_0259="open", _20270101_0300="closed")

    def test_chinese_calendar(self) -> None:
        """Public holidays are closed; a Saturday that is worked for them has a workday's hours, if so wanted."""
        lines = SHOP + "holidays = cn\nworkday = mon\n"
        self.check(lines, _20260217_1000="holiday", _20260214_1730="open", _20260302_1000="open")
        self.check(SHOP + "holidays = cn\n2026-02-17 = 10:00-12:00\n", _20260217_1000="open")
        self.check(SHOP + "holidays = cn\n", _20310217_1000="open")  # nobody has announced that year yet

    def test_next_opening(self) -> None:
        """When it opens next: today, after the weekend, after the holidays, never."""
        hours = self.hours(SHOP + "holidays = cn\n")
        for now, opens in (
            ("2026-03-02 07:00", "2026-03-02 09:00"),
            ("2026-03-02 12:30", "2026-03-02 13:00"),
            ("2026-03-07 17:00", "2026-03-09 09:00"),
            ("2026-02-17 18:40", "2026-02-24 09:00"),
        ):
            self.assertEqual(hours.opens_next(datetime.fromisoformat(now)), datetime.fromisoformat(opens))
        self.assertIsNone(self.hours("mon = closed\n").opens_next(datetime(2026, 3, 2)))

    def test_moments(self) -> None:
        """One moment of each state, so that a walk through a menu sees them all."""
        hours = self.hours(SHOP + "holidays = cn\n")
        self.assertEqual([state for state, _ in hours.moments(datetime(2026, 3, 2, 10))], [*State])
