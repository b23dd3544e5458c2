"""Which recordings are to be deleted: what the rules say and nothing else, the oldest first, no protected one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from peewee import fn

from callserver.features.recordings.tables import ORDER, RecordingRow, TagRow
from callserver.media.disk_room import LOW_BYTES, LOW_SHARE
from callserver.store.tables import from_ms, to_ms

BATCH = 100  # that are deleted one after the other before others have their turn


@dataclass(frozen=True)
class Rules:
    """
    As config.ini has them.

    :param keep_days: 0: for ever
    :param disk_share: percent of the disk that recordings may take; 0: all of it
    """

    keep_days: int = 0
    disk_share: int = 0
    protect_orders: bool = True


@dataclass(frozen=True)
class Disk:
    """Octets of the disk with the recordings."""

    total: int
    free: int


@dataclass(frozen=True)
class Kept:
    """One finished recording, as far as its deletion is concerned."""

    number: int
    started: datetime
    octets: int
    protected: bool


def due(kept: Iterable[Kept], rules: Rules, now: datetime, disk: Disk) -> list[int]:
    """
    The numbers of those to be deleted, in that order.

    First all that are older than `keep_days`; then, while the rest takes more than its share of the disk, the oldest.
    Where there is a share, and little room on the disk, so much more as brings it back.
    """
    in_order = sorted(kept, key=lambda one: (one.started, one.number))
    old = [one for one in in_order if not one.protected and is_old(one.started, rules, now)]
    gone = set(old)
    excess = excess_octets(sum(one.octets for one in in_order), rules, disk) - sum(one.octets for one in old)
    for one in in_order:
        if excess <= 0:
            break
        if not one.protected and one not in gone:
            old.append(one)
            excess -= one.octets
    return [one.number for one in old]


def is_old(started: datetime, rules: Rules, now: datetime) -> bool:
    """Exactly so many days old is old enough."""
    return rules.keep_days > 0 and started <= now - timedelta(days=rules.keep_days)


def excess_octets(taken: int, rules: Rules, disk: Disk) -> int:
    """How much has to go of what recordings take; 0 or less: nothing."""
    if not rules.disk_share:
        return 0
    beyond_share = taken - disk.total * rules.disk_share // 100
    missing = max(LOW_BYTES, int(LOW_SHARE * disk.total)) - disk.free
    return max(beyond_share, missing)


def disk_of(folder: Path) -> Disk:
    """Waits for the disk."""
    found = os.statvfs(folder)
    return Disk(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)


# The same in the database, some at a time


def some_due(rules: Rules, now: datetime, disk: Disk) -> list[int]:
    """In `store.read`: the first of those that are to be deleted at this moment; empty: none is."""
    if rules.keep_days:
        before = to_ms(now - timedelta(days=rules.keep_days))
        old = _unprotected(rules).where(RecordingRow.started_ms <= before)
        if numbers := [row.number for row in old.limit(BATCH)]:
            return numbers
    excess = excess_octets(taken_octets(), rules, disk) if rules.disk_share else 0
    numbers = []
    for row in _unprotected(rules).limit(BATCH) if excess > 0 else ():
        if excess <= 0:
            break
        numbers.append(row.number)
        excess -= row.octets
    return numbers


def may_go(number: int, rules: Rules) -> bool:
    """In `store.write`: whether nothing protects it at this moment."""
    return bool(_unprotected(rules).where(RecordingRow.number == number).exists())


def taken_octets() -> int:
    """In `store.read`: by all that are kept."""
    return int(RecordingRow.select(fn.SUM(RecordingRow.octets)).where(RecordingRow.deleted_ms.is_null()).scalar() or 0)


def kept_ones(rules: Rules) -> list[Kept]:
    """In `store.read`: all that there are, as `due` takes them."""
    free = {row.number for row in _unprotected(rules)}
    rows = RecordingRow.select().where(RecordingRow.deleted_ms.is_null(), RecordingRow.octets.is_null(False))
    return [Kept(row.number, from_ms(row.started_ms), row.octets or 0, row.number not in free) for row in rows]


def _unprotected(rules: Rules) -> Any:
    """Finished, and what is in its file is known; the oldest first."""
    row = RecordingRow
    found = row.select(row.number, row.octets).where(
        row.deleted_ms.is_null(),
        row.octets.is_null(False),
        row.protected == False,  # noqa: E712
    )
    if rules.protect_orders:
        ordered = TagRow.select(TagRow.number).where(TagRow.number == row.number, TagRow.kind == ORDER)
        found = found.where(~fn.EXISTS(ordered))
    return found.order_by(row.started_ms, row.number)
