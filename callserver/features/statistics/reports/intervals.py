"""
Intervals as the shop's clock has them.

Rows are kept by quarters of an hour in UTC; an hour, a day, a month of the shop is a run of them. An hour that comes
twice, when the clocks go back, is two, told apart by their offsets; one that is left out is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from callserver.features.statistics.folding.told import QUARTER_MS
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import Complaint

DAYS_MAX = 3660
EARLIEST, LATEST = date(1970, 1, 2), date(9999, 12, 30)  # beyond them moments have no number, or no zone
HALF_DAY = 48  # quarters
LONGEST_DAY_MS = 25 * 3_600_000
HOUR = re.compile(r"\d{4}-\d\d-\d\d $")


@dataclass(frozen=True)
class Period:
    """From one moment until another one, which is not in it; both in milliseconds since 1970, UTC."""

    since_ms: int
    until_ms: int

    @property
    def quarters(self) -> tuple[int, int]:
        """The first, and the one behind the last."""
        return self.since_ms // QUARTER_MS, -(-self.until_ms // QUARTER_MS)


def days(first: date, last: date, zone: tzinfo) -> Period:
    """
    Whole days of the shop.

    :raises Complaint: the last is before the first, there are more than ten years between them, or no shop had them
    """
    if first < EARLIEST or last > LATEST:
        raise Complaint("reports are of days from {first} to {last}", first=str(EARLIEST), last=str(LATEST))
    if last < first:
        raise Complaint("{last} is before {first}", last=last.isoformat(), first=first.isoformat())
    if (last - first).days >= DAYS_MAX:
        raise Complaint("a report covers {n} days at most", n=DAYS_MAX)
    return Period(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))


def label(by: str, quarter: int, zone: tzinfo) -> str:
    """Which hour, day, month a quarter is in, so that labels sort in the order of time."""
    return LABELS[by](from_ms(quarter * QUARTER_MS).astimezone(zone))


def between(by: str, period: Period, quarters: Sequence[int], zone: tzinfo) -> list[str]:
    """The days, or of one day the hours, from the first to the last of some quarters; others are not filled."""
    step = {"day": HALF_DAY, "hour": 1}.get(by, 0) if quarters else 0
    if not step or (by == "hour" and period.until_ms - period.since_ms > LONGEST_DAY_MS):
        return []
    last = max(quarters)
    return list(dict.fromkeys(label(by, quarter, zone) for quarter in (*range(min(quarters), last, step), last)))


def common_day(labels: Sequence[str]) -> str:
    """The date in front of all of these hours, which need not be said of each; "" if there is none."""
    days_told = {one[:11] for one in labels}
    (day,) = days_told if len(days_told) == 1 else ("",)
    return day if HOUR.match(day) else ""


def _hour(at: datetime) -> str:
    comes_twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    if not comes_twice:
        return f"{at:%Y-%m-%d %H:00}"
    # the earlier of the two first: +02:00 before +01:00 is not the order of letters
    return f"{at:%Y-%m-%d %H:00} {'①' if not at.fold else '②'} {at:%z}"


LABELS: Mapping[str, Callable[[datetime], str]] = {
    "hour": _hour,
    "day": lambda at: f"{at:%Y-%m-%d}",
    "month": lambda at: f"{at:%Y-%m}",
    "time": lambda at: f"{at:%H:00}",
    "weekday": lambda at: f"{at:%u}",
}


def _midnight(day: date, zone: tzinfo) -> int:
    """When it begins; where midnight is left out by the clocks, the first moment behind it."""
    return to_ms(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))
