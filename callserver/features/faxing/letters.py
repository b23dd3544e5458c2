"""What is to be sent, and the box for what is sent by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from twisted.internet.defer import Deferred

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Job
from callserver.store.database import Store


@dataclass(frozen=True)
class Letter:
    """
    A document on its way.

    `file`: its name in the folder of faxes. `first`: the page to begin with, from 0: those before are confirmed.
    """

    file: str
    title: str
    first: int = 0
    person: str | None = None
    job: str | None = None


@dataclass(frozen=True)
class Outbox:
    """
    Faxes to be sent by themselves, on disk before anybody is told that they will be.

    :param n_pages: of a file, asked in a thread
    :param due: when one that is asked for at a moment may be dialled first
    """

    store: Store
    events: EventLog
    new_id: Callable[[], str]
    n_pages: Callable[[str], Deferred[int]]
    due: Callable[[datetime], datetime]

    async def add(
        self,
        number: str,
        letter: Letter,
        *,
        for_call: str | None = None,
        report_to: str = "",
        not_before: datetime | None = None,
    ) -> Job:
        """
        Send it as soon as it may be, and can.

        :param for_call: in which a caller asked for it
        :param report_to: a mail address that is told what has come of it
        """
        now = self.events.now()
        due = self.due(max(now, not_before) if not_before is not None else now).astimezone(UTC)
        pages = await self.n_pages(letter.file)
        job = Job(
            self.new_id(),
            number,
            letter.title,
            letter.file,
            pages,
            now,
            due,
            person=letter.person,
            for_call=for_call,
            report_to=report_to,
        )
        await self.store.write(rules.add_job, job)
        self.events.write(
            Kind.FAX_QUEUED, call_id=for_call, person=letter.person, job=job.id, number=number, title=letter.title
        )
        return job
