"""Faxes that were received and sent, each with its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callserver.features.faxing.tables import FaxRow, StepRow
from callserver.store.reading import NotOne
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import N_

IN, OUT = "in", "out"


@dataclass(frozen=True)
class Fax:
    """One fax; `pages`: confirmed to or by the far end."""

    id: str
    direction: str
    call_id: str
    line: str
    number: str | None
    began: datetime
    remote_id: str = ""
    ended: datetime | None = None
    pages: int = 0
    result: str | None = None
    detail: str = ""
    person: str | None = None
    title: str = ""
    file: str | None = None
    job: str | None = None
    deleted_by: str | None = None


@dataclass(frozen=True)
class Step:
    """One frame, tone or training; `side` as the trace shows it."""

    at_ms: int
    heard: bool
    name: str
    detail: str = ""


def begin_fax(fax: Fax) -> None:
    """Before its first page can be confirmed; harmless when it is written down already."""
    FaxRow.insert(
        id=fax.id,
        direction=fax.direction,
        call_id=fax.call_id,
        line=fax.line,
        number=fax.number,
        began_ms=to_ms(fax.began),
        person=fax.person,
        title=fax.title,
        file=fax.file,
        job=fax.job,
    ).on_conflict_ignore().execute()


def count_page(fax_id: str, pages: int) -> None:
    """So many are confirmed by now."""
    FaxRow.update(pages=pages).where(FaxRow.id == fax_id).execute()


def end_fax(
    fax_id: str,
    ended: datetime,
    result: str,
    *,
    pages: int,
    remote_id: str = "",
    detail: str = "",
    steps: Sequence[Step] = (),
) -> None:
    """What has come of it."""
    FaxRow.update(ended_ms=to_ms(ended), result=result, pages=pages, remote_id=remote_id, detail=detail).where(
        FaxRow.id == fax_id
    ).execute()
    for step in steps:
        StepRow.create(fax_id=fax_id, **vars(step))


def unfinished() -> list[Fax]:
    """Those the server was killed in, for the next start."""
    return [_fax(row) for row in FaxRow.select().where(FaxRow.result.is_null())]


def list_faxes(limit: int = 50, direction: str | None = None, own: str | None = None) -> list[Fax]:
    """
    The newest first, without those that are deleted.

    :param own: only those of this person, and those of nobody
    """
    rows = FaxRow.select().where(FaxRow.deleted_by.is_null())
    if direction is not None:
        rows = rows.where(FaxRow.direction == direction)
    if own is not None:
        rows = rows.where(FaxRow.person.is_null() | (FaxRow.person == own))
    return [_fax(row) for row in rows.order_by(FaxRow.began_ms.desc(), FaxRow.id).limit(limit)]


def find_fax(id_prefix: str) -> Fax:
    """
    The one fax whose id starts so.

    :raises NotOne: when none does, or several
    """
    found = list(FaxRow.select().where(FaxRow.id.startswith(id_prefix)).limit(2))
    if len(found) != 1:
        none, several = (
            N_("no fax with an id that starts with {id}"),
            N_("several faxes with an id that starts with {id}"),
        )
        raise NotOne(several if found else none, id=repr(id_prefix))
    return _fax(found[0])


def faxes_of(job_id: str) -> list[Fax]:
    """Those in which a job was sent, or tried to be; the oldest first."""
    rows = FaxRow.select().where(FaxRow.job == job_id, FaxRow.deleted_by.is_null())
    return [_fax(row) for row in rows.order_by(FaxRow.began_ms, FaxRow.id)]


def delete_fax(fax_id: str, by: str) -> None:
    """It is shown no more; its record stays, and says by whom."""
    FaxRow.update(deleted_by=by, file=None).where(FaxRow.id == fax_id).execute()


def forget_pages(before: datetime) -> list[str]:
    """The pages of faxes that came before then are needed no more; the names of their files."""
    old = (FaxRow.direction == IN, FaxRow.ended_ms < to_ms(before), FaxRow.file.is_null(False))
    files = [row.file or "" for row in FaxRow.select(FaxRow.file).where(*old)]
    FaxRow.update(file=None).where(*old).execute()
    return files


def trace(fax_id: str) -> list[Step]:
    """What was said and heard, in order."""
    rows = StepRow.select().where(StepRow.fax_id == fax_id).order_by(StepRow.id)
    return [Step(row.at_ms, row.heard, row.name, row.detail) for row in rows]


def _fax(row: FaxRow) -> Fax:
    return Fax(
        row.id,
        row.direction,
        row.call_id,
        row.line,
        row.number,
        from_ms(row.began_ms),
        row.remote_id,
        None if row.ended_ms is None else from_ms(row.ended_ms),
        row.pages,
        row.result,
        row.detail,
        row.person,
        row.title,
        row.file,
        row.job,
        row.deleted_by,
    )
