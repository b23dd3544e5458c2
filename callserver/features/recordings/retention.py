"""Which recordings are to be deleted: what the rules say and nothing else, the oldest first, no protected one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from peewee import fn

from callserver.features.recordings.tables import ORDER, RecordingRow, TagRow
from callserver.media.disk_room import LOW_BYTES, LOW_SHARE
from callserver.store.tables import to_ms

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


def some_due(rules: Rules, now: datetime, disk: Disk) -> list[int]:
    """
    In `store.read`: the first of those that are to be deleted at this moment; empty: none is.

    First all that are older than `keep_days`, and exactly so many days are old enough; then, while the rest takes more
    than its share of the disk, the oldest. Where there is a share, and little room on the disk, so much more as brings
    it back.
    """
    if rules.keep_days:
        before = to_ms(now - timedelta(days=rules.keep_days))
        old = _unprotected(rules).where(RecordingRow.started_ms <= before)
        if numbers := [row.number for row in old.limit(BATCH)]:
            return numbers
    excess = excess_octets(taken_octets(), rules, disk) if rules.disk_share else 0
    numbers = []
    for row in _unprotected(rules).where(RecordingRow.octets > 0).limit(BATCH) if excess > 0 else ():
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


def _unprotected(rules: Rules) -> Any:
    """Finished, and not deleted; the oldest first. What is not yet known of takes no room that could be reckoned."""
    row = RecordingRow
    found = row.select(row.number, row.octets).where(
        row.deleted_ms.is_null(),
        row.length_ms.is_null(False),
        row.protected == False,  # noqa: E712
    )
    if rules.protect_orders:
        ordered = TagRow.select(TagRow.number).where(TagRow.number == row.number, TagRow.kind == ORDER)
        found = found.where(~fn.EXISTS(ordered))
    return found.order_by(row.started_ms, row.number)
