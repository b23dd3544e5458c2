"""When a fax that did not get through is tried again; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from callserver.config import Hours
from callserver.features.faxing.words import not_reached
from callserver.wire.dial_results import DialResult
from callserver.wire.fax_results import LIMIT, FaxResult

SOON_S, LATER_S, MUCH_LATER_S = 60.0, 300.0, 1800.0
HOPELESS = frozenset(
    (
        not_reached(DialResult.REFUSED),
        not_reached(DialResult.UNALLOCATED),
        FaxResult.POLLING_REFUSED.value,
        FaxResult.IMPOSSIBLE.value,
        FaxResult.PAGE_GONE.value,
        FaxResult.TOO_MANY_PAGES.value,
    )
)
WAITS_S = {  # after the first try; each further wait is longer by as much
    not_reached(DialResult.BUSY): LATER_S,
    not_reached(DialResult.CONGESTION): LATER_S,
    not_reached(DialResult.NO_LINE): SOON_S,
    not_reached(DialResult.GLARE): SOON_S,
    not_reached(DialResult.LINE_LOST): SOON_S,
    not_reached(DialResult.NO_DIAL_TONE): SOON_S,
    LIMIT: MUCH_LATER_S,
    not_reached(DialResult.NO_ANSWER): MUCH_LATER_S,
    not_reached(DialResult.RINGBACK_THEN_SILENCE): MUCH_LATER_S,
    not_reached(DialResult.SILENCE): MUCH_LATER_S,
    not_reached(DialResult.NO_MACHINE): MUCH_LATER_S,
    FaxResult.NO_FAX.value: MUCH_LATER_S,
    FaxResult.CANNOT_RECEIVE.value: MUCH_LATER_S,
    FaxResult.NOT_READY.value: MUCH_LATER_S,
}
FREE = (not_reached(DialResult.NO_LINE), not_reached(DialResult.GLARE))  # nothing was dialled: no try
PERSON_TRIES = 2
PERSONS = frozenset(  # where a person answers, or somebody who is silent: he is not to be rung five times in a row
    (
        FaxResult.NO_FAX.value,
        not_reached(DialResult.NO_MACHINE),
        not_reached(DialResult.SILENCE),
        not_reached(DialResult.RINGBACK_THEN_SILENCE),
    )
)


@dataclass(frozen=True)
class Try:
    """What came of one: `tries` by now, and when the next one is; None: there is none."""

    tries: int
    due: datetime | None


def next_try(
    result: str, tries: int, now: datetime, *, most: int, hours: Sequence[Hours] = (), zone: tzinfo | None = None
) -> Try:
    """
    After a try that came to this.

    :param tries: before it
    :param most: so many at most
    :param hours: when faxes may be dialled; empty: always
    """
    if result in FREE:
        return Try(tries, within(now + timedelta(seconds=SOON_S), hours, zone))
    tries += 1
    if result in HOPELESS or tries >= (min(most, PERSON_TRIES) if result in PERSONS else most):
        return Try(tries, None)
    wait_s = WAITS_S.get(result, LATER_S) * tries
    return Try(tries, within(now + timedelta(seconds=wait_s), hours, zone))


def within(at: datetime, hours: Sequence[Hours], zone: tzinfo | None) -> datetime:
    """The first moment from then on at which faxes may be dialled."""
    if not hours:
        return at
    local = at.astimezone(zone)
    for days in range(-1, 8):  # a span of yesterday may go on after midnight
        day = local.date() + timedelta(days=days)
        opens = sorted(
            (datetime.combine(day, one.opens, local.tzinfo), one) for one in hours if day.isoweekday() in _days(one)
        )
        for begins, one in opens:
            ends = datetime.combine(day, one.closes, local.tzinfo)
            ends += timedelta(days=ends <= begins)
            if local < ends:
                return max(local, begins).astimezone(at.tzinfo)
    return at


def _days(hours: Hours) -> set[int]:
    last = hours.last_day if hours.last_day >= hours.first_day else hours.last_day + 7
    return {(day - 1) % 7 + 1 for day in range(hours.first_day, last + 1)}
