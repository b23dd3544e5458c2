"""Old recordings go, as the shop's rules say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from callserver.features.recordings import retention
from callserver.features.recordings.keeping import Depot
from callserver.features.recordings.retention import Disk
from callserver.features.recordings.search import find
from callserver.wire.catalogue import N_

EVERY = timedelta(minutes=1)
NOTHING_LEFT = N_("recordings take more room than they should, and the rest of them is protected")


class Retaining:
    """
    A round a minute, some of it with every look of the keeper.

    The disk is looked at once a round, and what the round has deleted is reckoned as free: some file systems say only
    half a minute later that there is more room, and until then one recording after the other would go in vain.
    """

    def __init__(self, depot: Depot) -> None:
        self._depot, self._records = depot, depot.records
        self._disk: Disk | None = None  # in a round
        self._next_round: datetime | None = None
        self._nothing_left = False

    async def go_on(self) -> None:
        now, rules, store = self._depot.events.now(), self._depot.keeping.rules, self._depot.store
        if not (rules.keep_days or rules.disk_share) or (self._next_round and now < self._next_round):
            return
        disk = self._disk or await self._depot.in_thread(retention.disk_of, self._depot.archive.folder)
        numbers = await store.read(retention.some_due, rules, now, disk)
        for number in numbers:
            disk = replace(disk, free=disk.free + await self._delete(number))
        self._disk = disk if numbers else None
        if not numbers:
            self._next_round = now + EVERY
            await self._tell_if_full(disk)

    async def _delete(self, number: int) -> int:
        """Its octets, which are free now; 0: it may not go any more."""
        one, rules = await self._depot.store.read(find, str(number)), self._depot.keeping.rules
        kept_as = await self._records.deleted(one, None, "retention", lambda row: retention.may_go(row.number, rules))
        if kept_as is None:
            return 0
        await self._depot.in_thread(self._depot.archive.remove, kept_as)
        return one.octets or 0

    async def _tell_if_full(self, disk: Disk) -> None:
        taken = await self._depot.store.read(retention.taken_octets)
        excess = retention.excess_octets(taken, self._depot.keeping.rules, disk)
        if excess > 0 and not self._nothing_left:
            self._depot.events.alarm(NOTHING_LEFT)
        self._nothing_left = excess > 0
