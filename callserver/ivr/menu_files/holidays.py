"""
Public holidays, and weekend days that are worked for them 调休: mainland China's, as the State Council announces them.

The next year's are announced in November and come with a newer `chinesecalendar`; beyond them days are like others of
their weekday, which a remark tells in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

CALENDARS = ("cn",)
WEEKEND = (6, 7)


@dataclass(frozen=True)
class Holidays:
    """One calendar's; `name` is one of CALENDARS."""

    name: str

    def holiday(self, day: date) -> str:
        """Its name if shops are closed for it, else "" ."""
        known = self._known(day)
        return known[1] if known is not None and known[0] else ""

    def is_made_up(self, day: date) -> bool:
        """Whether it is a Saturday or Sunday on which people work."""
        known = self._known(day)
        return known is not None and not known[0] and bool(known[1]) and day.isoweekday() in WEEKEND

    def last_day(self) -> date:
        """Of the years that are known."""
        from chinese_calendar import constants

        return date(max(constants.holidays).year, 12, 31)

    def _known(self, day: date) -> tuple[bool, str] | None:
        return _announced(day)


@lru_cache(maxsize=10_000)  # days; it looks through all its years each time, and a check asks very often
def _announced(day: date) -> tuple[bool, str] | None:
    """Whether it is a holiday or at a weekend, and the name of what was announced for it; None for unknown years."""
    import chinese_calendar  # 20 ms: only shops that ask for it pay for it

    try:
        is_holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return is_holiday, name or ""
