"""
How much may be dialled in a day: by one person, on one line, by all together.

What counts: each call out from its dialling on, and its minutes from the answer on, also those of calls that go on. A
call belongs to the day on which it began. A talk that would go beyond the minutes that are left ends when they are
over. Emergencies are counted nowhere and stopped by nothing.

每日限额：次数自拨号起计，分钟自接听起计；紧急号码不计也不限。
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from callserver.calls.dial_guard import DialClass
from callserver.config import DiallingConfig, Hours
from callserver.wire.catalogue import N_
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

MINUTE_S = 60.0
COUNTRY_DIGITS_MAX = 3
AT_ONCE = N_("international calls at the same time")
CLOSED = N_("international calls outside their hours")


@dataclass(eq=False)
class Use:
    """One call out, as it counts; times on the monotonic clock."""

    who: str
    line: str
    kind: DialClass
    day: date
    answered_s: float | None = None
    ended_s: float | None = None

    def talked_s(self, now_s: float) -> float:
        """So far."""
        if self.answered_s is None:
            return 0.0
        return (now_s if self.ended_s is None else self.ended_s) - self.answered_s


@dataclass(frozen=True)
class Cap:
    """One limit: so many calls, or minutes, of all that are alike."""

    words: str
    of: Callable[[Use], str]  # what makes calls alike
    named: str  # a class of numbers; "": all
    most: int
    minutes: bool

    def applies(self, use: Use) -> bool:
        """Whether this call counts for it."""
        return self.named in ("", use.kind.name.lower())

    def left(self, use: Use, uses: Iterable[Use], now_s: float) -> float:
        """Calls, or seconds, of those that are like this one."""
        counted = [one for one in uses if self.of(one) == self.of(use) and self.applies(one)]
        if self.minutes:
            return self.most * MINUTE_S - sum(one.talked_s(now_s) for one in counted)
        return self.most - len(counted)


class PersonalCap(Protocol):
    """What one person's record says of a class; None: nothing."""

    @property
    def minutes(self) -> int | None: ...
    @property
    def calls(self) -> int | None: ...


def personal(own: Mapping[DialClass, PersonalCap]) -> Iterator[Cap]:
    """All of one person's record."""
    for kind, cap in own.items():
        if cap.calls is not None:
            yield Cap(N_("calls of one person in a day"), _who, kind.name.lower(), cap.calls, False)
        if cap.minutes is not None:
            yield Cap(N_("minutes of one person in a day"), _who, kind.name.lower(), cap.minutes, True)


def caps(settings: DiallingConfig) -> Iterator[Cap]:
    """All that a shop has set."""
    for words, of, minutes, limits in (
        (N_("calls of one person in a day"), _who, False, settings.person_calls),
        (N_("minutes of one person in a day"), _who, True, settings.person_minutes),
        (N_("calls of one line in a day"), _line, False, settings.line_calls),
        (N_("minutes of one line in a day"), _line, True, settings.line_minutes),
        (N_("calls of all together in a day"), _all, False, settings.day_calls),
        (N_("minutes of all together in a day"), _all, True, settings.day_minutes),
    ):
        yield from (Cap(words, of, named, most, minutes) for named, most in limits.items())


def _who(use: Use) -> str:
    return use.who


def _line(use: Use) -> str:
    return use.line


def _all(use: Use) -> str:
    return ""


class DialCaps:
    """
    Counts, and says what is left.

    :param settings: as they are now
    :param seconds: the monotonic clock
    :param local_now: the wall clock in the shop's zone
    :param own: what a person's record says beside
    """

    def __init__(
        self,
        settings: Callable[[], DiallingConfig],
        seconds: Callable[[], float],
        local_now: Callable[[], datetime],
        own: Callable[[str], Mapping[DialClass, PersonalCap]] = lambda who: {},
    ) -> None:
        self._settings, self._seconds, self._local_now, self._own = settings, seconds, local_now, own
        self._uses: list[Use] = []
        self._countries: set[str] = set()  # that have been called before

    def check(self, who: str, rights: Collection[Right], kind: DialClass, number: str) -> None:
        """
        Whether one more call may go out.

        :raises Refused: LIMIT, which; NO_RIGHT, a supervisor's, for the first call to a country
        """
        if kind is DialClass.EMERGENCY:
            return
        full = self._full(Use(who, "", kind, self._local_now().date()), lambda cap: cap.of is not _line)
        if full is not None:
            raise Refused(Refusal.LIMIT, full.words)
        if kind is DialClass.INTERNATIONAL:
            self._check_international(rights, number)

    def has_room(self, line: str, kind: DialClass) -> bool:
        """Whether a line may take one more."""
        use = Use("", line, kind, self._local_now().date())
        return kind is DialClass.EMERGENCY or self._full(use, lambda cap: cap.of is _line) is None

    def begin(self, who: str, line: str, kind: DialClass) -> Use:
        """A call out is dialled."""
        use = Use(who, line, kind, self._local_now().date())
        if kind is not DialClass.EMERGENCY:
            self._uses = [*self._counted(), use]
        return use

    def answered(self, use: Use, number: str) -> None:
        """Its minutes run."""
        use.answered_s = self._seconds()
        if use.kind is DialClass.INTERNATIONAL:
            self._countries.add(country_of(number))

    def ended(self, use: Use) -> None:
        """It is over, answered or not."""
        use.ended_s = self._seconds()

    def left_s(self, use: Use) -> float | None:
        """How long its talk may go on; None: as long as it likes."""
        if use.kind is DialClass.EMERGENCY:
            return None
        lefts = [
            cap.left(use, self._counted(), self._seconds())
            for cap in self._all(use)
            if cap.minutes and cap.applies(use)
        ]
        return max(0.0, min(lefts)) if lefts else None

    def restore(self, uses: Iterable[Use], countries: Iterable[str]) -> None:
        """What was dialled before this server began."""
        self._uses = [*uses, *self._uses]
        self._countries |= set(countries)

    def _counted(self) -> list[Use]:
        """Today's, and those that go on since yesterday: these count for nobody's day but are still calls."""
        today = self._local_now().date()
        return [use for use in self._uses if use.day == today or use.ended_s is None]

    def _all(self, use: Use) -> Iterator[Cap]:
        yield from caps(self._settings())
        yield from personal(self._own(use.who))

    def _full(self, use: Use, asked: Callable[[Cap], bool]) -> Cap | None:
        uses, now_s = [one for one in self._counted() if one.day == use.day], self._seconds()
        which = (cap for cap in self._all(use) if asked(cap) and cap.applies(use))
        return next((cap for cap in which if cap.left(use, uses, now_s) <= 0), None)

    def _check_international(self, rights: Collection[Right], number: str) -> None:
        settings, local = self._settings(), self._local_now()
        live = [use for use in self._uses if use.kind is DialClass.INTERNATIONAL and use.ended_s is None]
        if len(live) >= settings.international_at_once:
            raise Refused(Refusal.LIMIT, AT_ONCE)
        if settings.international_hours and not any(_open(hours, local) for hours in settings.international_hours):
            raise Refused(Refusal.LIMIT, CLOSED)
        if country_of(number) not in {*settings.countries, *self._countries} and Right.SUPERVISOR not in rights:
            raise Refused.no_right(Right.SUPERVISOR)


def country_of(number: str) -> str:
    """The country code of a number as it is dialled: a carrier perhaps, 00, the code, the number there."""
    digits = number[number.index("00") + 2 :]
    beginnings = (digits[:n] for n in range(1, COUNTRY_DIGITS_MAX + 1))
    known = (one for one in beginnings if one and int(one) in COUNTRY_CODE_TO_REGION_CODE)
    return next(known, digits[:COUNTRY_DIGITS_MAX])


def _open(hours: Hours, local: datetime) -> bool:
    last_day = hours.last_day if hours.last_day >= hours.first_day else hours.last_day + 7  # sat-mon
    days = {(day - 1) % 7 + 1 for day in range(hours.first_day, last_day + 1)}
    closes = time.max if hours.closes == time(0) else hours.closes
    return local.isoweekday() in days and hours.opens <= local.time() < closes
