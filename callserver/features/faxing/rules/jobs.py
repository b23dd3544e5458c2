"""Faxes that are sent by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callserver.features.faxing.rules.retries import Try
from callserver.features.faxing.tables import DocumentRow, FaxRow, JobRow, JobState
from callserver.store.reading import NotOne
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import N_
from callserver.wire.fax_results import KILLED


@dataclass(frozen=True)
class Job:
    """One; `person`: of the staff, who asked for it; `for_call`: in which a caller did; neither: the admin."""

    id: str
    number: str
    title: str
    file: str
    pages: int
    made: datetime
    due: datetime
    pages_sent: int = 0
    person: str | None = None
    for_call: str | None = None
    tries: int = 0
    state: JobState = JobState.WAITING
    result: str = ""
    report_to: str = ""


def add_job(job: Job) -> None:
    """To be sent when it is due."""
    fields = vars(job) | {"made_ms": to_ms(job.made), "due_ms": to_ms(job.due), "state": job.state.value}
    del fields["made"], fields["due"]
    JobRow.create(**fields)


def due_jobs(now: datetime, limit: int = 20) -> list[Job]:
    """Those whose time has come, in the order in which they came due."""
    rows = JobRow.select().where(JobRow.state == JobState.WAITING.value, JobRow.due_ms <= to_ms(now))
    return [_job(row) for row in rows.order_by(JobRow.due_ms, JobRow.id).limit(limit)]


def under_way(job_id: str) -> bool:
    """Begin a try; False: somebody has cancelled it meanwhile."""
    change = JobRow.update(state=JobState.UNDER_WAY.value)
    return bool(change.where(JobRow.id == job_id, JobRow.state == JobState.WAITING.value).execute())


def page_sent(job_id: str, pages_sent: int) -> None:
    """So many pages are confirmed: they are not sent again."""
    JobRow.update(pages_sent=pages_sent).where(JobRow.id == job_id).execute()


def tried(job_id: str, came: Try, result: str, *, sent: bool) -> None:
    """A try is over."""
    state = JobState.SENT if sent else JobState.FAILED if came.due is None else JobState.WAITING
    fields = {"tries": came.tries, "result": result, "state": state.value}
    if came.due is not None and not sent:
        fields["due_ms"] = to_ms(came.due)
    JobRow.update(**fields).where(JobRow.id == job_id, JobRow.state == JobState.UNDER_WAY.value).execute()


def cancel_job(job_id: str) -> bool:
    """Sent no more; False: it is not waiting."""
    change = JobRow.update(state=JobState.CANCELLED.value)
    return bool(change.where(JobRow.id == job_id, JobRow.state == JobState.WAITING.value).execute())


def forget_under_way() -> None:
    """After a start: those the server was killed in are tried again, the pages confirmed before left out."""
    change = JobRow.update(state=JobState.WAITING.value, result=KILLED)
    change.where(JobRow.state == JobState.UNDER_WAY.value).execute()


def is_needed(file: str) -> bool:
    """Whether a fax that is still to be sent, a document or a fax that came has its pages in this file."""
    open_states = (JobState.WAITING.value, JobState.UNDER_WAY.value)
    rows = (
        JobRow.select().where(JobRow.file == file, JobRow.state.in_(open_states)),
        DocumentRow.select().where(DocumentRow.file == file),
        FaxRow.select().where(FaxRow.file == file),
    )
    return any(found.exists() for found in rows)


def list_jobs(limit: int = 50, person: str | None = None) -> list[Job]:
    """The newest first; of one person, or of all."""
    rows = JobRow.select().order_by(JobRow.made_ms.desc(), JobRow.id).limit(limit)
    if person is not None:
        rows = rows.where(JobRow.person == person)
    return [_job(row) for row in rows]


def find_job(id_prefix: str) -> Job:
    """
    The one whose id starts so.

    :raises NotOne: when none does, or several
    """
    found = list(JobRow.select().where(JobRow.id.startswith(id_prefix)).limit(2))
    if len(found) != 1:
        none, several = (
            N_("no fax with an id that starts with {id}"),
            N_("several faxes with an id that starts with {id}"),
        )
        raise NotOne(several if found else none, id=repr(id_prefix))
    return _job(found[0])


def _job(row: JobRow) -> Job:
    return Job(
        row.id,
        row.number,
        row.title,
        row.file,
        row.pages,
        from_ms(row.made_ms),
        from_ms(row.due_ms),
        row.pages_sent,
        row.person,
        row.for_call,
        row.tries,
        JobState(row.state),
        row.result,
        row.report_to,
    )
