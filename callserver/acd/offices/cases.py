"""Faults that were passed on to offices: kept before the first number is dialled, with every attempt and its result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import BigIntegerField, IntegerField, TextField

from callserver.store.tables import Table, from_ms, to_ms


class CaseRow(Table):
    """One caller with a fault."""

    id = TextField(primary_key=True)
    call_id = TextField(index=True)
    at_ms = BigIntegerField(index=True)
    caller_number = TextField(null=True)
    region = TextField()
    found_by = TextField()
    note = TextField()
    result = TextField(null=True)  # None: it is under way, or the server was killed in it
    office = TextField(null=True)  # that took it

    class Meta:
        table_name = "office_cases"


CaseRow.add_index(CaseRow.caller_number, CaseRow.at_ms, CaseRow.id, name="office_cases_by_number")


class AttemptRow(Table):
    """One office that was dialled, or was not because it was closed."""

    case_id = TextField(index=True)
    position = IntegerField()
    office = TextField()
    number = TextField()
    at_ms = BigIntegerField()
    result = TextField(null=True)

    class Meta:
        table_name = "office_attempts"


@dataclass(frozen=True)
class Case:
    """One fault on its way to an office."""

    id: str
    call_id: str
    at: datetime
    caller_number: str | None
    region: str
    found_by: str
    note: str = ""
    result: str | None = None
    office: str | None = None


@dataclass(frozen=True)
class AtOffice:
    """One attempt of a case."""

    case_id: str
    position: int
    office: str
    number: str
    at: datetime
    result: str | None = None


def open_case(case: Case) -> None:
    """In a transaction of its own, before anything is dialled."""
    fields = {**vars(case), "at_ms": to_ms(case.at)}
    del fields["at"]
    CaseRow.create(**fields)


def close_case(case_id: str, result: str, office: str | None) -> None:
    """What has become of it."""
    CaseRow.update(result=result, office=office).where(CaseRow.id == case_id).execute()


def begin_attempt(attempt: AtOffice) -> None:
    """An office is about to be dialled."""
    fields = {**vars(attempt), "at_ms": to_ms(attempt.at)}
    del fields["at"]
    AttemptRow.create(**fields)


def end_attempt(case_id: str, position: int, result: str) -> None:
    """What has come of it."""
    which = (AttemptRow.case_id == case_id) & (AttemptRow.position == position)
    AttemptRow.update(result=result).where(which).execute()


def list_cases(limit: int = 20) -> list[tuple[Case, list[AtOffice]]]:
    """The newest first, each with its attempts in order."""
    found = []
    for row in CaseRow.select().order_by(CaseRow.at_ms.desc()).limit(limit):
        attempts = AttemptRow.select().where(AttemptRow.case_id == row.id).order_by(AttemptRow.position)
        case = Case(
            row.id,
            row.call_id,
            from_ms(row.at_ms),
            row.caller_number,
            row.region,
            row.found_by,
            row.note,
            row.result,
            row.office,
        )
        tried = [
            AtOffice(one.case_id, one.position, one.office, one.number, from_ms(one.at_ms), one.result)
            for one in attempts
        ]
        found.append((case, tried))
    return found
