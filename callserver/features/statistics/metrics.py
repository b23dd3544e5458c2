"""
The metrics of call-centre.md section 9, each a pure function of what was counted; None is an empty denominator.

Each is told with the variant it is of: one name for several formulas is how reports come to disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

WITHIN_S, SHORT_S = 20.0, 5.0  # the service-level time and the short-abandon time, both inclusive


@dataclass
class Counted:
    """
    Waits of one interval, added up; times in milliseconds.

    :param entered: O = answered + abandoned + others + waiting
    :param answered: A, grabbed ones with them; `in_time` A_T
    :param abandoned: B; `abandoned_in_time` B_T, `abandoned_short` B_S
    :param others: X: timed out, key exit, call-back ...
    :param waiting: W, still
    """

    entered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_in_time: int = 0
    abandoned_short: int = 0
    others: int = 0
    waiting: int = 0
    wait_ms: int = 0
    abandoned_wait_ms: int = 0
    longest_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_ms: int = 0
    transferred: int = 0

    def add(self, other: Counted) -> None:
        """The same of two intervals together."""
        longest_ms = max(self.longest_ms, other.longest_ms)
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        self.longest_ms = longest_ms


@dataclass
class Worked:
    """An agent's accounts of one interval, milliseconds; `paused` without wrap-up."""

    logged_in: int = 0
    ready: int = 0
    paused: int = 0
    wrap_up: int = 0
    ringing: int = 0
    dialling: int = 0
    talking: int = 0
    held: int = 0
    listening: int = 0

    @property
    def handling(self) -> int:
        """With calls."""
        return self.talking + self.held + self.wrap_up

    def add(self, other: Worked) -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


def ratio(part: float, whole: float) -> float | None:
    """None for an empty denominator, never 0 or 1."""
    return part / whole if whole else None


def whole_seconds(parts_ms: Sequence[int], together: int | None = None) -> list[int]:
    """
    Milliseconds as whole seconds that sum as they do: the largest rests are rounded up, as many as it takes.

    :param together: what they sum to, where their sum is a part itself and was rounded among others
    """
    seconds = [ms // 1000 for ms in parts_ms]
    missing = (round(sum(parts_ms) / 1000) if together is None else together) - sum(seconds)
    by_rest = sorted(range(len(parts_ms)), key=lambda n: -(parts_ms[n] % 1000))
    for n in by_rest[:missing]:
        seconds[n] += 1
    return seconds


def rows_of_seconds(rows_ms: Iterable[Sequence[int]]) -> list[list[int]]:
    """
    The same for rows below each other: what one of them loses or gains goes into the next entry of its column.

    So columns sum as the milliseconds do, to a second or two, however many rows there are; nothing stays nothing.
    """
    rows: list[list[int]] = []
    carried: list[int] = []
    for row_ms in rows_ms:
        carried = carried or [0] * len(row_ms)
        rows.append(_with_carried(row_ms, carried))
        carried = [rest + ms - 1000 * s for rest, ms, s in zip(carried, row_ms, rows[-1], strict=True)]
    return rows


def _with_carried(row_ms: Sequence[int], carried: Sequence[int]) -> list[int]:
    wanted = [max(ms + rest, 0) if ms else 0 for ms, rest in zip(row_ms, carried, strict=True)]
    seconds = [ms // 1000 for ms in wanted]
    off = round((sum(row_ms) + sum(carried)) / 1000) - sum(seconds)
    by_rest = sorted((n for n, ms in enumerate(row_ms) if ms), key=lambda n: -(wanted[n] % 1000))
    for n in by_rest[: max(off, 0)]:
        seconds[n] += 1
        off -= 1
    for n in sorted(
        range(len(seconds)), key=lambda n: -seconds[n]
    ):  # what columns that stay at nothing owe or are owed
        change = max(off, -seconds[n])
        seconds[n] += change
        off -= change
    return seconds


SERVICE_LEVELS: Mapping[str, Callable[[Counted], float | None]] = {
    "offered": lambda c: ratio(c.in_time, c.entered),
    "answered": lambda c: ratio(c.in_time, c.answered),
    "all": lambda c: ratio(c.in_time, c.answered + c.abandoned),
    "credit": lambda c: ratio(c.in_time + c.abandoned_in_time, c.answered + c.abandoned),
    "exclude": lambda c: ratio(c.in_time, c.answered + c.abandoned - c.abandoned_in_time),
    "short": lambda c: ratio(c.in_time, c.answered + c.abandoned - c.abandoned_short),
}
ABANDONMENTS: Mapping[str, Callable[[Counted], float | None]] = {
    "raw": lambda c: ratio(c.abandoned, c.entered),
    "net": lambda c: ratio(c.abandoned - c.abandoned_short, c.entered - c.abandoned_short),
    "answered_base": lambda c: ratio(c.abandoned, c.answered + c.abandoned),
}
SERVICE_LEVEL = "short"
ABANDONMENT = "raw"


def asa_s(counted: Counted) -> float | None:
    """Average speed of answer: from `entered_at` to the connect, ringing at agents with it."""
    return ratio(counted.wait_ms / 1000, counted.answered)


def time_to_abandon_s(counted: Counted) -> float | None:
    """Mean wait of those who gave up."""
    return ratio(counted.abandoned_wait_ms / 1000, counted.abandoned)


def connection_rate(counted: Counted) -> float | None:
    """Answered of those who entered."""
    return ratio(counted.answered, counted.entered)


def att_s(counted: Counted) -> float | None:
    """Average talk time."""
    return ratio(counted.talk_ms / 1000, counted.answered)


def aht_s(counted: Counted) -> float | None:
    """Average handle time: talk, hold, wrap-up."""
    return ratio((counted.talk_ms + counted.hold_ms + counted.wrap_ms) / 1000, counted.answered)


def transfer_rate(counted: Counted) -> float | None:
    """Passed on by agents, of those answered."""
    return ratio(counted.transferred, counted.answered)


def occupancy(worked: Worked) -> float | None:
    """Time with calls, of the time not paused; wrap-up is not pause here."""
    return ratio(worked.handling, worked.logged_in - worked.paused)


def utilisation(worked: Worked) -> float | None:
    """Time with calls, of the time logged in."""
    return ratio(worked.handling, worked.logged_in)
