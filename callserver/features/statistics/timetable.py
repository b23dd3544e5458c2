"""The sheet of the day before, made and sent at a time of day: by mail, by fax, or both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.config import StatisticsConfig
from callserver.config.hours import next_time
from callserver.features import Mail, Post
from callserver.features.statistics.request import DAY, Request
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Phrase

log = Logger()

LOOK_S = 3600.0  # at most: the computer's clock may be set meanwhile
NO_MAIL = N_("no mail server is set in [mail]")
NO_FAX = N_("this server sends no faxes")


@dataclass(eq=False)
class Timetable(Service):
    """
    :param make: a report by its request, in a child
    :param mail: None: nothing is mailed
    :param post: what sends faxes, None where nothing does; asked when there is something to send
    :param last_seen: when the run before this one was last heard of; None: there was none
    """

    clock: IReactorTime
    now: Callable[[], datetime]
    zone: Callable[[], tzinfo]
    config: StatisticsConfig
    make: Callable[[Request], Deferred[Any]]
    mail: Mail | None
    post: Callable[[], Post | None]
    alarm: Alarm
    last_seen: Callable[[], Deferred[datetime | None]]
    _timer: IDelayedCall | None = None
    _due: datetime | None = None

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        if self.config.sheet_at and (self.config.mail_to or self.config.fax_to):
            self._wait()
            Deferred.fromCoroutine(self._make_up())

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _wait(self) -> None:
        at = self.config.sheet_at
        if self._due is None:
            self._due = next_time(self.now(), at, self.zone())
        left_s = (self._due - self.now()).total_seconds()
        if left_s <= 0:
            due, self._due = self._due, None
            Deferred.fromCoroutine(self._send(due))
            self._due = next_time(max(self.now(), due), at, self.zone())
            left_s = (self._due - self.now()).total_seconds()
        self._timer = self.clock.callLater(min(max(left_s, 1.0), LOOK_S), self._wait)

    async def _make_up(self) -> None:
        """The last sheet that was due while no server ran is sent now."""
        try:
            seen, now = await self.last_seen(), self.now()
        except Exception as problem:
            log.warn("it is not known when the server ran last: {problem}", problem=problem)
            return
        if seen is None:
            return
        due = next_time(max(seen, now - timedelta(days=1)), self.config.sheet_at, self.zone())
        if due <= now:
            await self._send(due)

    async def _send(self, due: datetime) -> None:
        """All that is set gets it, also where one way fails: that is an alarm, with the day, to send it by hand."""
        day = (due.astimezone(self.zone()).date() - timedelta(days=1)).isoformat()
        try:
            sheet: bytes = await self.make(Request(DAY, day, day, language=self.config.language))
        except Exception as problem:
            self._failed(day, problem)
            return
        for way in (self._mail, self._fax):
            try:
                await way(day, sheet)
            except Exception as problem:
                self._failed(day, problem)

    async def _mail(self, day: str, sheet: bytes) -> None:
        if not self.config.mail_to:
            return
        if self.mail is None:
            raise Complaint(NO_MAIL)
        title = Phrase(N_("Day sheet of {day}"), {"day": day})
        await self.mail.send(self.config.mail_to, title, title, (f"{day}.pdf", sheet))

    async def _fax(self, day: str, sheet: bytes) -> None:
        if not self.config.fax_to:
            return
        post = self.post()
        if post is None:
            raise Complaint(NO_FAX)
        await post.by_fax(self.config.fax_to, f"{day}.pdf", sheet)

    def _failed(self, day: str, problem: Exception) -> None:
        self.alarm(N_("the day sheet of {day} could not be sent: {problem}"), day=day, problem=problem)
