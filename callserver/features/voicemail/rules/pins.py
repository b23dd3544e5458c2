"""
Boxes' PINs: who may try one, and what a try that fails costs.

A try is in three parts, because the middle one takes a thread some 100 ms: `begin_try` (write) counts it as failed and
gives what is stored; `pin_matches` (in a thread) judges; `end_try` (write) takes the count back if it was right. So
tries on twenty lines at once are counted before any is judged, and a server that is killed between two parts has
counted one too many, never one too few.

Wrong, locked and unknown are one to who calls: each is judged, each takes as long. A box is locked for 15 minutes after
3 tries in a row, wherever they came from, and twice as long each time after, up to 4 hours; after 10 in a day until it
gets another PIN. A telephone number is locked likewise after 6, all withheld ones together after 20.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import count, pairwise

from callserver.acd.staff import passwords
from callserver.features.voicemail.tables import BoxRow, MailTriesRow
from callserver.store.tables import to_ms
from callserver.wire.catalogue import N_, Complaint

BOX_TRIES, NUMBER_TRIES, WITHHELD_TRIES = 3, 6, 20
LOCK_MS, LOCK_MAX_MS = 15 * 60_000, 4 * 3_600_000
DAY_MS, DAY_TRIES = 86_400_000, 10
FOR_EVER_MS = 2**53
PIN_MIN, PIN_MAX = 6, 12  # digits: every way in is a line, and by a line anybody comes
YEAR = re.compile(r"(?:19|20)\d\d(?:\d\d)?(?:\d\d)?")  # a year, a month, a birthday
WITHHELD = "number withheld"

pin_stored = passwords.stored
pin_matches = passwords.matches


class WeakPin(Complaint):
    """Others would try it first."""


@dataclass(frozen=True)
class PinTry:
    """A try that is counted and not judged yet; `kept` is what `pin_matches` wants."""

    box: str
    number: str  # MailTriesRow.subject
    kept: str | None


def begin_try(box: str, caller_number: str | None, now: datetime) -> PinTry:
    """Run in `store.write`; then `pin_matches(pin, kept)` in a thread, then `end_try`."""
    _forget_old(now)
    row = BoxRow.get_or_none(BoxRow.number == box)
    number = f"number {caller_number}" if caller_number else WITHHELD
    is_locked = any([_locked(_subject(box), now), _locked(number, now)])
    if not is_locked:
        _count(number, WITHHELD_TRIES if number == WITHHELD else NUMBER_TRIES, now)
        if row is not None:
            _count(_subject(box), BOX_TRIES, now, DAY_TRIES)
    return PinTry(box, number, None if is_locked or row is None else row.pin)


def end_try(attempt: PinTry, is_right: bool) -> bool:
    """Run in `store.write`: whether the box is open."""
    if not is_right:
        return False
    MailTriesRow.delete().where(MailTriesRow.subject == _subject(attempt.box)).execute()
    back = {"in_row": MailTriesRow.in_row - 1, "of_day": MailTriesRow.of_day - 1, "locked_until_ms": 0}
    MailTriesRow.update(back).where(MailTriesRow.subject == attempt.number, MailTriesRow.in_row > 0).execute()
    return True


def locked(box: str, now: datetime) -> bool:
    """Whether this box's PIN is not judged now; for the shop's people."""
    return _locked(_subject(box), now)


def set_pin(box: str, stored: str, *, is_first: bool = False) -> None:
    """
    A box has another PIN, which may be tried.

    :param stored: of `pin_stored`, in a thread
    :param is_first: the shop has given it; the owner is to change it when he first uses it
    """
    BoxRow.update(pin=stored, pin_is_first=is_first).where(BoxRow.number == box).execute()
    MailTriesRow.delete().where(MailTriesRow.subject == _subject(box)).execute()


def check_new_pin(pin: str, box: str, owner: str = "") -> None:
    """
    Whether a box may have this PIN (reliability-security.md section 7).

    :raises WeakPin: too short or too long, or one that others would try first
    """
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    is_run = len(steps) == 1 and steps <= {-1, 0, 1}
    ends = any(known and pin.endswith(known) and len(pin) <= len(known) + 2 for known in (box, owner))
    if not re.fullmatch(f"[0-9]{{{PIN_MIN},{PIN_MAX}}}", pin):
        raise WeakPin(N_("a mailbox's PIN has {low} to {high} digits"), low=PIN_MIN, high=PIN_MAX)
    if is_run or "2580" in pin[:4] or len(set(pin)) < 3 or YEAR.fullmatch(pin) or ends:
        raise WeakPin(N_("others would try this PIN first: choose another"))


def first_pin(box: str, owner: str = "") -> str:
    """One for the owner, to be told to him once."""
    for _ in count():
        pin = "".join(secrets.choice("0123456789") for _ in range(PIN_MIN))
        try:
            check_new_pin(pin, box, owner)
        except WeakPin:
            continue
        return pin
    raise AssertionError  # count() never ends


def _subject(box: str) -> str:
    return f"box {box}"


def _locked(subject: str, now: datetime) -> bool:
    row = MailTriesRow.get_or_none(MailTriesRow.subject == subject)
    return row is not None and row.locked_until_ms > to_ms(now)


def _count(subject: str, tries: int, now: datetime, of_day: int | None = None) -> None:
    """One more; each `tries`th in a row locks, longer each time, and the last of a day for ever."""
    now_ms = to_ms(now)
    old = MailTriesRow.get_or_none(MailTriesRow.subject == subject)
    in_row = old.in_row + 1 if old else 1
    is_new_day = old is None or old.day_ms <= now_ms - DAY_MS
    in_day = 1 if old is None or is_new_day else old.of_day + 1
    row = {
        "subject": subject,
        "in_row": in_row,
        "of_day": in_day,
        "day_ms": now_ms if old is None or is_new_day else old.day_ms,
        "last_ms": now_ms,
        "locked_until_ms": FOR_EVER_MS if of_day and in_day >= of_day else now_ms + lock_ms(in_row, tries),
    }
    if old is None:
        MailTriesRow.insert(row).execute()
    else:
        MailTriesRow.update(row).where(MailTriesRow.subject == subject).execute()


def lock_ms(in_row: int, tries: int) -> int:
    """How long the nth wrong PIN in a row locks, if each `tries`th does. Pure."""
    return 0 if in_row % tries else min(LOCK_MAX_MS, LOCK_MS * 2 ** min(in_row // tries - 1, 20))


def _forget_old(now: datetime) -> None:
    """What is a day old counts for nothing; what was counted by a clock that was a day ahead neither."""
    past = (MailTriesRow.last_ms < to_ms(now) - DAY_MS) | (MailTriesRow.last_ms > to_ms(now) + DAY_MS)
    MailTriesRow.delete().where(past, MailTriesRow.locked_until_ms != FOR_EVER_MS).execute()
