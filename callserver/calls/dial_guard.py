"""What may be dialled: nothing, but for what a rule allows."""

import re
from collections import deque
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass
from enum import IntEnum

from callserver.lines.interfaces import DialPermit
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

DIGITS_MAX = 24  # a carrier's prefix, 00 and the 15 digits of E.164 fit in
REFUSALS_MAX, HOUR_S = 10, 3600.0  # so many of one person in an hour raise an alarm


class DialClass(IntEnum):
    """What a number costs; of two the higher counts."""

    EMERGENCY = 0
    INTERNAL = 1
    LOCAL = 2
    NATIONAL = 3
    INTERNATIONAL = 4
    REFUSED = 5


RIGHTS = {
    DialClass.LOCAL: Right.DIAL_LOCAL,
    DialClass.NATIONAL: Right.DIAL_NATIONAL,
    DialClass.INTERNATIONAL: Right.DIAL_INTERNATIONAL,
}


@dataclass(frozen=True)
class DialPlan:
    """A country's numbers: patterns for whole numbers, the first that fits gives the class."""

    emergency: frozenset[str]
    patterns: tuple[tuple[str, DialClass], ...]
    carrier_prefix: str  # chooses a carrier: what follows it is classified again
    mobile: str


CHINA = DialPlan(
    emergency=frozenset(("110", "119", "120", "122")),
    patterns=(
        (r"0?16[08]\d*", DialClass.REFUSED),  # paid information, before the services
        (r"00\d+", DialClass.INTERNATIONAL),
        (r"01[3-9]\d{9}", DialClass.NATIONAL),
        (r"0(10|2\d|[3-9]\d{2})[2-8]\d{6,7}", DialClass.NATIONAL),
        (r"1[3-9]\d{9}", DialClass.NATIONAL),
        (r"[48]00\d{7}", DialClass.LOCAL),
        (r"11\d|100\d{2}|12\d{3}|9[56]\d{3,6}", DialClass.LOCAL),  # services
        (r"[2-8]\d{6,7}", DialClass.LOCAL),
    ),
    carrier_prefix=r"179\d{2}|193\d{2}|118\d{2}|10193|12593",
    mobile=r"1[3-9]\d{9}",
)


def classify(
    number: str,
    plan: DialPlan = CHINA,
    *,
    internal: Container[str] = (),
    premium: Iterable[str] = (),
    home_mobiles: Iterable[str] = (),
    prefix: str = "",
) -> DialClass:
    """
    The class of a number as it would be dialled.

    :param internal: numbers of staff, groups and boxes
    :param premium: beginnings the shop never dials
    :param home_mobiles: beginnings of mobiles that cost no more than a local call
    :param prefix: what the lines want before a number outside; who dials it himself reaches an emergency all the same
    """
    if not re.fullmatch("[0-9]+", number) or len(number) > DIGITS_MAX:
        return DialClass.REFUSED  # * and # are orders to the exchange
    if number in plan.emergency or number.removeprefix(prefix) in plan.emergency:
        return DialClass.EMERGENCY
    if number in internal:
        return DialClass.INTERNAL
    return _outside(number, plan, tuple(premium), tuple(home_mobiles))


def _outside(number: str, plan: DialPlan, premium: tuple[str, ...], home_mobiles: tuple[str, ...]) -> DialClass:
    if number.startswith(premium) or number in plan.emergency:  # behind a carrier's prefix nobody is at the other end
        return DialClass.REFUSED
    mobile = re.fullmatch(plan.mobile, number)
    carrier = re.match(plan.carrier_prefix, number)
    if carrier:
        behind = _outside(number[carrier.end() :], plan, premium, home_mobiles)
        # 193 also begins mobiles' numbers, and an exchange may read such a number either way
        return DialClass.NATIONAL if mobile and behind is not DialClass.INTERNATIONAL else behind
    if mobile and number.startswith(home_mobiles):
        return DialClass.LOCAL
    return next((kind for pattern, kind in plan.patterns if re.fullmatch(pattern, number)), DialClass.REFUSED)


class DialGuard:
    """
    Makes the permits without which no line dials.

    :param classify: what a number would be, by the shop's settings as they are now
    :param prefix: what the lines want before a number outside, as it is set now
    """

    def __init__(
        self, classify: Callable[[str], DialClass], alarm: Alarm, prefix: Callable[[], str] = lambda: ""
    ) -> None:
        self.classify, self._alarm, self._prefix = classify, alarm, prefix
        self._refused_at_s: dict[str, deque[float]] = {}

    def may_dial(
        self, who: str, rights: Collection[Right], number: str, now_s: float, allowed: Collection[str] = ()
    ) -> DialPermit:
        """
        Let a person dial a number on a line; internal ones are rung in the house, and no line dials them.

        Only a person calls for help: an emergency number that the shop's settings name is not dialled for them.

        :param rights: what he may do at this moment; an emergency needs none
        :param allowed: numbers the shop has configured for just this, which need no right
        :raises Refused: NO_RIGHT, or BAD_ARGUMENT for a number nobody may dial
        """
        kind = self.classify(number)
        calls_for_help = kind is DialClass.EMERGENCY and number not in allowed
        if calls_for_help or (kind in RIGHTS and (RIGHTS[kind] in rights or number in allowed)):
            return DialPermit(self._as_dialled(number, kind), who)
        self._count_refusal(who, now_s)
        raise Refused.no_right(RIGHTS[kind]) if kind in RIGHTS else Refused(Refusal.BAD_ARGUMENT, "number")

    def _as_dialled(self, number: str, kind: DialClass) -> str:
        prefix = self._prefix()
        behind = number.removeprefix(prefix)
        has_it = behind != number and kind is DialClass.EMERGENCY and self.classify(behind) is kind
        return number if has_it else prefix + number

    def _count_refusal(self, who: str, now_s: float) -> None:
        refused_at_s = self._refused_at_s.setdefault(who, deque(maxlen=REFUSALS_MAX))
        refused_at_s.append(now_s)
        if len(refused_at_s) == REFUSALS_MAX and refused_at_s[0] > now_s - HOUR_S:
            refused_at_s.clear()
            self._alarm(N_("{who} was refused {n} numbers within an hour"), who=who, n=REFUSALS_MAX)
