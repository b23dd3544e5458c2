"""
What has to be done with faxes beside sending and receiving them: those the server was killed in, mail, reports.

A fax that the server was killed in has the pages that are in its file: each was on disk before its sender was told so.
"""

from __future__ import annotations

from datetime import timedelta, tzinfo
from functools import partial
from importlib import import_module

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.fax.documents.extra import missing_libraries
from callserver.features import House
from callserver.features.faxing import rules
from callserver.features.faxing.files import Files
from callserver.features.faxing.papers import Top, no_line
from callserver.features.faxing.postman import Report
from callserver.features.faxing.rules import Fax
from callserver.features.faxing.words import result_text
from callserver.store.database import Store
from callserver.wire.catalogue import LANGUAGES, N_
from callserver.wire.fax_results import KILLED
from callserver.wire.messages import Phrase

log = Logger()

CLEAR_EVERY_S = 3600.0


class FaxOffice(Service):
    """
    :param mail_to: gets each fax that came as a PDF; "": nobody
    :param keep_days: then the pages of a fax that came are deleted; 0: never
    """

    def __init__(
        self, house: House, store: Store, events: EventLog, files: Files, mail_to: str, keep_days: int = 0
    ) -> None:
        self._house, self._store, self._events, self._files, self._mail_to = house, store, events, files, mail_to
        self._keep_days, self._clearing = keep_days, LoopingCall(self._clear)
        self._clearing.clock = house.clock
        # at the start: its libraries take a tenth of a second, and may not be there
        self._headers = None if missing_libraries() else import_module("callserver.fax.documents.header")

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        recovered = Deferred.fromCoroutine(self._recover())
        recovered.addErrback(lambda failure: log.failure("faxes of the last run are not looked at", failure))
        if self._keep_days:
            self._clearing.start(CLEAR_EVERY_S)

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        self._files.stop()
        if self._clearing.running:
            self._clearing.stop()

    async def _clear(self) -> None:
        """Pages that have been kept long enough."""
        try:
            before = self._events.now() - timedelta(days=self._keep_days)
            for file in await self._store.write(rules.forget_pages, before):
                await self._files.forget(file)
        except Exception:  # a later look does it
            log.failure("old faxes are not deleted")

    async def _recover(self) -> None:
        """The last run was killed in these."""
        began = self._events.now()
        for given in await self._house.in_thread(self._files.papers.tidy):
            await self._files.forget(given)
        for fax in await self._store.read(rules.unfinished):
            if fax.began < began:
                await self._finish(fax)

    async def _finish(self, fax: Fax) -> None:
        pages = fax.pages
        if fax.file is not None:
            try:
                pages = await self._house.in_thread(self._files.papers.n_pages, fax.file)
            except Exception as problem:  # none has come, or the disk fails
                log.warn("fax {fax}: {problem}", fax=fax.id, problem=problem)
        await self._store.write(partial(rules.end_fax, fax.id, self._events.now(), KILLED, pages=pages))
        self._events.write(
            Kind.FAX_END,
            call_id=fax.call_id,
            fax=fax.id,
            direction=fax.direction,
            result=KILLED,
            pages=pages,
            remote_id="",
        )

    def received(self, fax: Fax) -> None:
        """One has come."""
        if self._mail_to and self._files.mail_server is not None:
            mailed = Deferred.fromCoroutine(self._mail(fax))
            mailed.addErrback(
                lambda failure: self._house.alarm(N_("a fax could not be mailed: {problem}"), problem=failure.value)
            )

    async def _mail(self, fax: Fax) -> None:
        await self._files.mail(await self._store.read(rules.find_fax, fax.id), self._mail_to)

    def report(self, report: Report) -> None:
        """One that was sent by itself is through, or given up: who sent it is told by mail if he likes."""
        mail, job = self._files.mail_server, report.job
        forgotten = Deferred.fromCoroutine(self._files.forget(job.file))
        forgotten.addErrback(lambda failure: log.failure("the file of a fax that was sent is still there", failure))
        if not job.report_to or mail is None:
            return
        about: dict[str, str | int] = {"number": job.number, "title": job.title}
        about |= {f"result_{language}": result_text(report.result, language) for language in LANGUAGES}
        subject = N_("fax to {number} sent") if report.is_sent else N_("fax to {number} not sent")
        sent = mail.send(job.report_to, Phrase(subject, about), Phrase(N_("{title}, to {number}: {result}"), about))
        sent.addErrback(lambda failure: log.failure("a report of a fax could not be mailed", failure))

    def top(self, sender: str, zone: tzinfo, receiver: str) -> Top:
        """What stands above each page that we send to a number: when, who, to whom, which page."""
        if self._headers is None:
            return no_line
        headers = self._headers
        header = headers.Header(self._events.now().astimezone(zone), sender, receiver)
        return lambda page, number, total: headers.with_header(page, header, number, total)
