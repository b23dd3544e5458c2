"""What agents see of faults that were passed on to offices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.offices import cases
from callserver.acd.offices.cases import AtOffice, Case
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights
from callserver.acd.supervision.sight import SERVES
from callserver.store.database import Store
from callserver.wire.numbers import spellings

PAGE = 50
Row = dict[str, Any]


def telephone_or_all(value: Any) -> bool:
    """A telephone number, 3 to 24 digits, or "" for all."""
    return isinstance(value, str) and (not value or (value.isdecimal() and value.isascii() and 3 <= len(value) <= 24))


def case_place(value: Any) -> bool:
    """Where a list goes on: "" at its beginning, else the "next" of the answer before."""
    return isinstance(value, str) and (not value or cases.PLACE.fullmatch(value) is not None)


@dataclass(frozen=True)
class CaseList:
    """
    :param country: of telephone numbers
    """

    store: Store
    country: Callable[[], str]
    rights: Rights

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {"list_cases": Act(self.list_cases, (telephone_or_all, case_place))}

    def list_cases(self, seat: Seat, telephone: str, after: str) -> Deferred[Row]:
        """
        Faults of a caller's number, or of all, the newest first, 50 at a time; of all, numbers are for rights 1, 3, 5.

        :return: {"found": a list of {"case", "call", "at", "number" (null for others), "region", "found_by", "note",
            "result" ("": it is under way), "office" (that took it, or ""), "attempts": [{"office", "at", "result"}]},
            "next": what asks for those behind them, "" if there are none}
        """
        numbers = spellings(telephone, self.country()) if telephone else ()
        found = self.store.read(cases.find_cases, numbers, after, PAGE)
        sees = bool(telephone) or bool(SERVES & self.rights.rights(seat.number))
        return found.addCallback(lambda page: {"found": [_row(*one, sees=sees) for one in page[0]], "next": page[1]})


def _row(case: Case, attempts: list[AtOffice], *, sees: bool) -> Row:
    return {
        "case": case.id,
        "call": case.call_id,
        "at": case.at.isoformat(),
        "number": (case.caller_number or "") if sees else None,
        "region": case.region,
        "found_by": case.found_by,
        "note": case.note,
        "result": case.result or "",
        "office": case.office or "",
        "attempts": [{"office": one.office, "at": one.at.isoformat(), "result": one.result or ""} for one in attempts],
    }
