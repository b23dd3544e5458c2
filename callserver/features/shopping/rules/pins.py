"""
Customers' PINs: who may try one, and what a try that fails costs.

A try is in three parts, because the middle one takes a thread some 100 ms: `begin_pin_try` (write) counts it as failed
and gives what is stored; `pin_matches` (in a thread) judges; `end_pin_try` (write) takes the count back if it was
right. So tries on twenty lines at once are counted before any is judged, and a server that is killed between two parts
has counted one too many, never one too few.

Wrong, locked and unknown are one to who calls: each is judged, each takes as long, and the answer is None.

A member is locked for 15 minutes after 3 tries in a row, and twice as long each time after, up to 4 hours; after 10 in
a day until the shop gives him a new PIN. A telephone number is locked likewise after 6 and no right one of another
member helps; all withheld numbers together after 20. A person can always be had.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import count, pairwise

from callserver.acd.staff import passwords
from callserver.features.shopping.rules.customers import Buyer, find_member, plain
from callserver.features.shopping.rules.locks import lock
from callserver.features.shopping.rules.refusals import UnknownMember, WeakPin
from callserver.features.shopping.tables import Customer, PinTries
from callserver.store.tables import to_ms

MEMBER_TRIES, NUMBER_TRIES, WITHHELD_TRIES = 3, 6, 20
LOCK_MS, LOCK_MAX_MS = 15 * 60_000, 4 * 3_600_000
DAY_MS, DAY_TRIES = 86_400_000, 10
FOR_EVER_MS = 2**53
FIRST_PIN = 6  # digits
YEAR = re.compile(r"(?:19|20)\d\d")
WITHHELD = "number withheld"

pin_stored = passwords.stored
pin_matches = passwords.matches


@dataclass(frozen=True)
class PinTry:
    """
    A try that is counted and not judged yet.

    :param number: PinTries.subject of where it comes from
    :param kept: what `pin_matches` wants
    :param lock_ms: until when this try locks that number, if it is wrong
    """

    member_number: str
    number: str
    kept: str | None
    lock_ms: int = 0


def begin_pin_try(member_number: str, caller_number: str | None, now: datetime) -> PinTry:
    """Run in `store.write`; then `pin_matches(pin, kept)` in a thread, then `end_pin_try`."""
    _forget_old(now)
    row = Customer.get_or_none(Customer.member_number == member_number)
    member, number = f"member {member_number}", _number(caller_number)
    is_locked, lock_ms = any([_locked(member, now), _locked(number, now)]), 0
    if not is_locked:
        lock_ms = _count(number, WITHHELD_TRIES if number == WITHHELD else NUMBER_TRIES, now)
        if row is not None:
            _count(member, MEMBER_TRIES, now, DAY_TRIES)
    return PinTry(member_number, number, None if is_locked or row is None else row.pin, lock_ms)


def end_pin_try(attempt: PinTry, is_right: bool, now: datetime) -> Buyer | None:
    """Run in `store.write`: the customer, if it was his PIN."""
    if not is_right:
        return None
    PinTries.delete().where(PinTries.subject == f"member {attempt.member_number}").execute()
    back = {"in_row": PinTries.in_row - 1, "of_day": PinTries.of_day - 1}
    PinTries.update(back).where(PinTries.subject == attempt.number, PinTries.in_row > 0).execute()
    by_this = (PinTries.subject == attempt.number) & (PinTries.locked_until_ms == attempt.lock_ms)
    PinTries.update(locked_until_ms=0).where(by_this).execute()
    return find_member(attempt.member_number)


def pin_locked(member_number: str, now: datetime) -> bool:
    """Whether this member's PIN is not judged now; for the shop's people."""
    return _locked(f"member {member_number}", now)


def set_pin(member_number: str, stored: str, *, is_first: bool = False) -> None:
    """
    A customer has another PIN and may try it.

    :param stored: of `pin_stored`, in a thread
    :param is_first: the shop has given it; he is to change it when he first uses it
    :raises UnknownMember: the shop has no such customer
    """
    given = {"pin": stored, "pin_is_first": is_first}
    if not Customer.update(given).where(Customer.member_number == member_number).execute():
        raise UnknownMember(member_number)
    PinTries.delete().where(PinTries.subject == f"member {member_number}").execute()


def check_new_pin(pin: str, member_number: str, telephones: Collection[str] = ()) -> None:
    """
    Whether a customer may have this PIN (reliability-security.md section 7).

    :raises WeakPin: not four to six digits, or one that others would try first
    """
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    ends = any(known.endswith(pin) for known in (member_number, *telephones))
    is_run = len(steps) == 1 and steps <= {-1, 0, 1}
    if not re.fullmatch("[0-9]{4,6}", pin) or is_run or pin == "2580" or YEAR.fullmatch(pin) or ends:
        raise WeakPin


def first_pin(member_number: str) -> str:
    """One for a customer, to be told to him once."""
    for _ in count():
        pin = "".join(secrets.choice("0123456789") for _ in range(FIRST_PIN))
        try:
            check_new_pin(pin, member_number)
        except WeakPin:
            continue
        return pin
    raise AssertionError  # count() never ends


def _number(caller_number: str | None) -> str:
    return f"number {plain(caller_number)}" if caller_number else WITHHELD


def _locked(subject: str, now: datetime) -> bool:
    row = PinTries.get_or_none(PinTries.subject == subject)
    return row is not None and row.locked_until_ms > to_ms(now)


def _count(subject: str, tries: int, now: datetime, of_day: int | None = None) -> int:
    """One more; each `tries`th in a row locks, longer each time, and the last of a day for ever. Until when it does."""
    now_ms = to_ms(now)
    PinTries.insert(subject=subject, in_row=0, of_day=0, day_ms=now_ms, last_ms=now_ms).on_conflict_ignore().execute()
    lock(PinTries.select(PinTries.subject).where(PinTries.subject == subject))
    old = PinTries.get_by_id(subject)
    is_new = old.day_ms <= now_ms - DAY_MS or old.last_ms > now_ms
    in_row, in_day = (1, 1) if is_new else (old.in_row + 1, old.of_day + 1)
    lock_ms = FOR_EVER_MS if of_day and in_day >= of_day else now_ms + _lock_ms(in_row, tries)
    changes = {
        "in_row": in_row,
        "of_day": in_day,
        "day_ms": now_ms if is_new else old.day_ms,
        "last_ms": now_ms,
        "locked_until_ms": lock_ms,
    }
    PinTries.update(changes).where(PinTries.subject == subject).execute()
    return lock_ms


def _lock_ms(in_row: int, tries: int) -> int:
    return 0 if in_row % tries else min(LOCK_MAX_MS, LOCK_MS * 2 ** (in_row // tries - 1))


def _forget_old(now: datetime) -> None:
    """What is a day old counts for nothing; what was counted by a clock that was ahead neither."""
    past = (PinTries.last_ms < to_ms(now) - DAY_MS) | (PinTries.last_ms > to_ms(now))
    PinTries.delete().where(past, PinTries.locked_until_ms != FOR_EVER_MS).execute()
