"""Who of the agents calls somebody back that was missed, so that nobody else does; and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred, succeed

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.acd.supervision.sight import SERVES
from callserver.calls.audit import audited, in_words
from callserver.calls.event_log import EventLog
from callserver.features.contacts.arguments import missed_result, missed_telephone
from callserver.features.contacts.rules import staff_names
from callserver.features.contacts.tables import MissedRow
from callserver.store.database import Store
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.numbers import normal
from callserver.wire.rights import Right

TAKEN = timedelta(minutes=15)  # so long nobody else calls him, unless it is settled before
SHOWN = timedelta(days=7)  # as the list of missed calls goes back
Row = dict[str, Any]


@dataclass(frozen=True)
class MissedDesk:
    """
    :param country: of telephone numbers
    :param rights: of a person, at this moment
    """

    store: Store
    events: EventLog
    country: Callable[[], str]
    rights: Callable[[str], Collection[Right]]

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "list_missed_taken": Act(self.list_missed_taken),
            "take_missed": Act(self.take_missed, (missed_telephone,)),
            "done_missed": Act(self.done_missed, (missed_telephone, missed_result)),
        }

    def list_missed_taken(self, seat: Seat) -> Deferred[list[Row]]:
        """
        Who calls whom of the missed callers, and what came of it, in the last seven days; the newest first.

        Numbers are for rights 1, 3 and 5, and there is nothing else in it: for others it is empty.

        :return: a list of {"number" (as it is dialled), "by", "name", "at", "result" ("": he calls him now)}
        """
        if not SERVES & set(self.rights(seat.number)):
            return succeed([])
        return self.store.read(_taken, self.events.now())

    def take_missed(self, seat: Seat, telephone: str) -> Deferred[None]:
        """
        He calls this missed caller now (by `dial`), and for 15 minutes nobody else takes it, unless he settles it.

        :raises Refused: NOT_SAVED: somebody else calls him
        """
        return self._noted(seat, "take_missed", telephone, "")

    def done_missed(self, seat: Seat, telephone: str, result: str) -> Deferred[None]:
        """
        What came of it; who is not reached may be taken by others.

        :raises Refused: NOT_SAVED: somebody else calls him
        """
        return self._noted(seat, "done_missed", telephone, result)

    def _noted(self, seat: Seat, act: str, telephone: str, result: str) -> Deferred[None]:
        number = normal(telephone, self.country())

        async def story() -> None:
            with audited(self.events, seat.number, act, f"{number} {result}".strip()), in_words():
                await self.store.write(_take, number, seat.number, result, self.events.now())

        return Deferred.fromCoroutine(story())


def _take(number: str, person: str, result: str, now: datetime) -> None:
    """In `store.write`."""
    row = MissedRow.get_or_none(MissedRow.number == number)
    if row is not None and row.person != person and not row.result and row.at_ms > to_ms(now - TAKEN):
        name = staff_names((row.person,)).get(row.person, "")
        raise Complaint(N_("{number} is being called by {person} {name}"), number=number, person=row.person, name=name)
    told = {"person": person, "at_ms": to_ms(now), "result": result}
    MissedRow.insert(number=number, **told).on_conflict(conflict_target=[MissedRow.number], update=told).execute()


def _taken(now: datetime) -> list[Row]:
    """In `store.read`; who has let his quarter of an hour go by calls nobody any more."""
    rows = MissedRow.select().where(MissedRow.at_ms > to_ms(now - SHOWN)).order_by(MissedRow.at_ms.desc())
    found = [row for row in rows.limit(500) if row.result or row.at_ms > to_ms(now - TAKEN)]
    names = staff_names({row.person for row in found})
    return [
        {
            "number": row.number,
            "by": row.person,
            "name": names.get(row.person, ""),
            "at": from_ms(row.at_ms).isoformat(),
            "result": row.result,
        }
        for row in found
    ]
