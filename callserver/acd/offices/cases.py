"""Faults that were passed on to offices: kept before the first number is dialled, with every attempt and its result."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from peewee import BigIntegerField, IntegerField, TextField

from callserver.store.tables import Table, from_ms, to_ms

PLACE = re.compile(r"[0-9]{1,16}:[\w-]{1,64}")  # in a list: where a page has ended


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
    return [_told(row) for row in CaseRow.select().order_by(CaseRow.at_ms.desc()).limit(limit)]


def find_cases(numbers: Collection[str], after: str, limit: int) -> tuple[list[tuple[Case, list[AtOffice]]], str]:
    """
    A page of them, the newest first, and where the next one begins; "": there is none.

    :param numbers: of callers; none: all
    :param after: what stands at the end of the page before; "": the beginning
    """
    ordered = CaseRow.select().order_by(CaseRow.at_ms.desc(), CaseRow.id.desc())
    if numbers:
        ordered = ordered.where(CaseRow.caller_number.in_(numbers))
    if after:
        ms, _, case_id = after.partition(":")
        same = (CaseRow.at_ms == int(ms)) & (CaseRow.id < case_id)
        ordered = ordered.where((CaseRow.at_ms < int(ms)) | same)
    rows = list(ordered.limit(limit + 1))
    is_more, rows = len(rows) > limit, rows[:limit]
    return [_told(row) for row in rows], f"{rows[-1].at_ms}:{rows[-1].id}" if is_more else ""


def _told(row: CaseRow) -> tuple[Case, list[AtOffice]]:
    attempts = AttemptRow.select().where(AttemptRow.case_id == row.id).order_by(AttemptRow.position)
    names = ("region", "found_by", "note", "result", "office")
    case = Case(row.id, row.call_id, from_ms(row.at_ms), row.caller_number, *(getattr(row, name) for name in names))
    tried = [
        AtOffice(one.case_id, one.position, one.office, one.number, from_ms(one.at_ms), one.result) for one in attempts
    ]
    return case, tried
