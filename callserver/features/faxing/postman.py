"""
Sends the faxes of the outbox, one try after the other, when they are due.

One try: an engine that nobody waits for, a line outside the reserve, the dial guard, the other machine, and what has
come of it with the next time. A person's fax is dialled by what that person may do at that moment; a caller's only to
the number that he was allowed to name; the admin's by the admin's word. What was confirmed is not sent again.

发件箱：仅在无人等待传真资源时发送；号码经拨号许可；失败按结果重试，已确认的页不再重发。
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np
from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.calls_out import Dialler
from callserver.calls.dial_guard import RIGHTS
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.config import FaxConfig
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.fax.modems.tones import CNG_PAUSE_S, tone_sound
from callserver.fax.signals import FaxTone
from callserver.fax.soft_modem import LEVEL_DBM0
from callserver.features import House
from callserver.features.faxing import rules
from callserver.features.faxing.engines import Engine, Engines
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.rules import Job, next_try
from callserver.features.faxing.rules.retries import within
from callserver.features.faxing.sessions import Sessions
from callserver.features.faxing.words import not_reached
from callserver.store.database import Store
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.fax_results import BROKEN, LIMIT, FaxResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()

LOOK_S = 10.0
REFUSALS = {Refusal.NOT_NOW: not_reached(DialResult.NO_LINE), Refusal.LIMIT: LIMIT}
WHO = "fax"  # dials, for the guard and the caps, where no person of the staff does
ANYBODY = Dialler(WHO, may_use_reserve=False)


@dataclass(frozen=True)
class Report:
    """What came of one try, for who sent it; `due`: the next one."""

    job: Job
    result: str
    is_sent: bool
    due: datetime | None


class Postman(Service):
    """
    :param on_report: told of each job that is sent, or given up
    """

    def __init__(
        self,
        house: House,
        store: Store,
        events: EventLog,
        engines: Engines,
        sessions: Sessions,
        config: FaxConfig,
        zone: tzinfo,
        on_report: Callable[[Report], None] = lambda report: None,
    ) -> None:
        self._house, self._store, self._events = house, store, events
        self._engines, self._sessions, self._config, self._zone = engines, sessions, config, zone
        self._on_report = on_report
        self._timer: IDelayedCall | None = None
        self._trying: dict[str, Deferred[None]] = {}  # by job

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        forgotten = self._store.write(rules.forget_under_way)
        forgotten.addErrback(lambda failure: log.failure("faxes of the last run are not looked for", failure))
        forgotten.addCallback(lambda _: self._look())

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        for trying in tuple(self._trying.values()):
            trying.cancel()

    def due(self, at: datetime) -> datetime:
        """When a fax that is asked for at a moment may be dialled first."""
        return within(at, self._config.hours, self._zone)

    def _look(self) -> None:
        if not self.running:
            return
        self._timer = self._house.clock.callLater(LOOK_S, self._look)
        if self._engines.n_free and not self._engines.n_waiting:
            found = self._store.read(rules.due_jobs, self._events.now())
            found.addCallbacks(self._begin, lambda failure: log.failure("the outbox cannot be read", failure))

    def _begin(self, jobs: list[Job]) -> None:
        for job in jobs:
            now = self._events.now()
            if job.id in self._trying or not self.running or self.due(now) > now:
                continue
            if not self._house.calls_out().has_line_for(ANYBODY):  # after a start the first comes up in seconds
                return
            engine = self._engines.take_if_free()
            if engine is None:
                return
            trying = self._trying[job.id] = Deferred.fromCoroutine(self._try(job, engine))
            trying.addBoth(self._tried, job)

    def _tried(self, result: Failure | None, job: Job) -> None:
        del self._trying[job.id]
        if isinstance(result, Failure) and not isinstance(result.value, CancelledError):
            log.failure("a fax of the outbox broke", result)

    async def _try(self, job: Job, engine: Engine) -> None:
        try:
            if not await self._store.write(rules.under_way, job.id):
                return
            try:
                # The server may have been killed between the last page's confirmation and its being written down.
                is_left = job.pages_sent < job.pages
                result, pages = await self._dial(job, engine) if is_left else (FaxResult.SUCCESS.value, 0)
            except CancelledError:  # the server stops: the next start goes on behind the pages that are confirmed
                raise
            except Exception:
                log.failure("fax {job} of the outbox broke", job=job.id)
                result, pages = BROKEN, 0
        finally:
            engine.release()
        is_sent = job.pages_sent + pages >= job.pages
        tries, now = self._config.tries, self._events.now()
        came = next_try(result, job.tries, now, most=tries, hours=self._config.hours, zone=self._zone)
        await self._note(job, pages, came, result, is_sent)
        due = None if is_sent else came.due
        self._events.write(
            Kind.FAX_TRIED,
            person=job.person,
            job=job.id,
            number=job.number,
            title=job.title,
            result=result,
            tries=came.tries,
            pages=job.pages_sent + pages,
            next="" if due is None else due.isoformat(timespec="seconds"),
        )
        if due is None:
            self._on_report(Report(job, result, is_sent, due))

    async def _note(self, job: Job, pages: int, came: rules.Try, result: str, is_sent: bool) -> None:
        """What has come of a try; tried on while the database takes nothing: no fax stays "under way" for ever."""
        while True:
            try:
                return await self._store.write(_keep, job, pages, came, result, is_sent)
            except CancelledError:
                raise
            except Exception:
                log.failure("what has come of fax {job} of the outbox is not kept", job=job.id)
            await deferLater(self._house.clock, LOOK_S)

    async def _dial(self, job: Job, engine: Engine) -> tuple[str, int]:
        """What came of it, and how many pages more are confirmed."""
        answered = Answered()
        try:
            call = self._house.calls_out().dial(job.number, self._dialler(job), answered, calling_tone())
        except Refused as refused:
            return REFUSALS.get(refused.code, not_reached(DialResult.REFUSED)), 0
        try:
            result = await answered.result
            if result is not DialResult.ANSWERED:
                return not_reached(result), 0
            if call.leg is not None:
                call.leg.music(None)
            came = await self._sessions.send(call, engine, _letter(job), calls=True)
        finally:
            call.end("server", Reason(Cause.FAX_OVER))
        # Who has heard our calling tone and hung up is a person, as who has waited it out.
        is_person = came.result == FaxResult.LINE_LOST.value and not came.heard
        return FaxResult.NO_FAX.value if is_person else came.result, came.pages

    def _dialler(self, job: Job) -> Dialler:
        """By whose right: see above. Nobody faxes to an emergency number."""
        kind = self._house.calls_out().classify(job.number)
        if kind not in RIGHTS:
            raise Refused(Refusal.BAD_ARGUMENT, "number")
        if job.person is None:
            return Dialler(WHO, allowed=frozenset((job.number,)), may_use_reserve=False)
        rights = self._house.rights(job.person)
        if Right.SEND_FAX not in rights:
            raise Refused.no_right(Right.SEND_FAX)
        return Dialler(job.person, rights, may_use_reserve=False)


class Answered:
    """A DialListener whose result is waited for."""

    def __init__(self) -> None:
        self.result: Deferred[DialResult] = Deferred()

    def rings_there(self) -> None:
        """That is no answer yet."""

    def answered_there(self) -> None:
        self.result.callback(DialResult.ANSWERED)

    def not_reached(self, result: DialResult) -> None:
        if not self.result.called:
            self.result.callback(result)


def calling_tone() -> FloatArray:
    """CNG and the pause after it."""
    return np.concatenate([tone_sound(FaxTone.CNG, LEVEL_DBM0), np.zeros(round(CNG_PAUSE_S * RATE_HZ), np.float32)])


def _letter(job: Job) -> Letter:
    return Letter(job.file, job.title, job.pages_sent, job.person, job.id)


def _keep(job: Job, pages: int, came: rules.Try, result: str, is_sent: bool) -> None:
    """Run in `store.write`."""
    rules.page_sent(job.id, job.pages_sent + pages)
    rules.tried(job.id, came, result, sent=is_sent)
