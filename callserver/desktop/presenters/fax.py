"""Faxes: within the talk, sent by themselves, and those that came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, fail

from callserver.desktop.asking import by_the_way
from callserver.desktop.fetching import fetch, fetched, typed_path
from callserver.desktop.model import Connection
from callserver.desktop.presenters.clocks import moment
from callserver.desktop.presenters.dial import pasted_number
from callserver.desktop.presenters.fax_lines import (
    FILE,
    FaxLine,
    JobLine,
    Row,
    fax_line,
    is_under_way,
    job_line,
    line_of_talk,
    sources,
)
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.uploading import upload
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Access, ChannelRow, Hello, SeatStatus
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.words import code_text, reason_text


@dataclass(frozen=True)
class FaxData:
    """
    :param sources: what can be sent: as the server names it, and in words
    :param in_talk: what the fax of this talk does, or what has come of it
    :param picture: a page as a PNG; b"" for none
    """

    sources: tuple[tuple[str, str], ...]
    in_talk: str
    may_receive: bool
    why_not_receive: str
    may_send: bool
    may_queue: bool
    why_not_send: str
    may_stop: bool
    faxes: tuple[FaxLine, ...]
    n_new: int
    jobs: tuple[JobLine, ...]
    may_open: bool
    why_not_open: str
    picture: bytes
    page: str  # "2 / 3"
    trace: tuple[str, ...]
    busy: float | None  # how much of a file is here or there, 0 to 1
    says: str
    problem: str


class Fax(Presenter[FaxData]):
    """One panel for all of it; what came while nobody looked is marked as new."""

    def __init__(self, work: Workplace, show: Callable[[FaxData], None]) -> None:
        super().__init__(work, show)
        self._documents: list[Row] = []
        self._faxes: list[Row] = []
        self._jobs: list[Row] = []
        self._has_opened = self._is_open = False
        self._seen = work.settings.now.faxes_seen
        self._over, self._over_call = "", ""  # what has come of the fax of a call
        self._picture, self._page, self._fax = b"", 0, ""
        self._trace: tuple[str, ...] = ()
        self._busy: float | None = None
        self._doing: Deferred[Any] | None = None
        self._says = ""

    def data(self) -> FaxData:
        lacks, is_here = self.work.lacks, self.model.connection is Connection.HERE
        talks = is_here and self.model.seat.state is SeatState.TALKING and not is_under_way(line_of_talk(self.model))
        lines = tuple(fax_line(row, self._seen, self.work.language) for row in self._faxes)
        return FaxData(
            sources=sources(self._documents, self._faxes, self.work.language),
            in_talk=self._in_talk(),
            may_receive=talks and not lacks(Right.RECEIVE_FAX),
            why_not_receive=lacks(Right.RECEIVE_FAX),
            may_send=talks and not lacks(Right.SEND_FAX) and self._doing is None,
            may_queue=is_here and not lacks(Right.SEND_FAX) and self._doing is None,
            why_not_send=lacks(Right.SEND_FAX),
            may_stop=is_here and is_under_way(line_of_talk(self.model)),
            faxes=lines,
            n_new=sum(line.is_new for line in lines),
            jobs=tuple(job_line(row, self.work.language) for row in self._jobs),
            may_open=is_here and not lacks(Right.DOWNLOAD_FAX),
            why_not_open=lacks(Right.DOWNLOAD_FAX),
            picture=self._picture,
            page=f"{self._page} / {self._n_pages()}" if self._page else "",
            trace=self._trace,
            busy=self._busy,
            says=self._says,
            problem=self.problem,
        )

    def stop(self) -> None:
        if self._doing is not None:
            self._doing.cancel()
        super().stop()

    def opened(self) -> None:
        """Somebody looks: the newest lists; what was new the last time is not any more."""
        self._seen = self.work.settings.now.faxes_seen
        self._has_opened, self._is_open, self._says, self.problem = True, True, "", ""
        self.look()

    def left(self) -> None:
        """Nobody looks any more: what comes from now on has not been seen."""
        self._is_open = False

    def look(self) -> None:
        """Ask for all three lists again."""
        self.do(self.client.ask("list_documents"), self._documents_came)
        self.do(self.client.ask("list_faxes"), self._faxes_came)
        self.do(self.client.ask("list_fax_queue"), self._jobs_came)

    # In the talk

    def receive(self) -> None:
        """From the machine of whom he talks with."""
        self._over = ""
        self.do(self.client.ask("receive_fax", call_id=self.model.call_id))

    def send(self, source: str, path: str) -> None:
        """To the machine of whom he talks with."""
        self._over = ""
        call = self.model.seat.call

        def send(given: str) -> Deferred[Any]:
            now = self.model.seat.call
            if call is None or now is None or now.call_id != call.call_id:  # pages take a while to be made
                return fail(Complaint(N_("the talk for which the fax was meant is over: it was not sent")))
            return self.client.ask("send_fax", given, call_id=call.call_id)

        self._with_source(source, path, send, self._begun)

    def stop_fax(self) -> None:
        """Break it off; they talk on."""
        self.do(self.client.ask("stop_fax", call_id=self.model.call_id))

    # By itself

    def send_later(self, number: str, source: str, path: str, at: datetime | None) -> None:
        """
        To a number, as soon as it can be.

        :param at: or not before then
        """
        number = pasted_number(number)
        if not number:
            self.problem = self.work.words("Which number is it to be sent to? Type it first")
            self.refresh()
            return
        how = {} if at is None else {"at": at.astimezone().isoformat()}
        self._with_source(source, path, lambda given: self.client.ask("queue_fax", number, given, how), self._queued)

    def cancel_job(self, job: str) -> None:
        """It is sent no more."""
        self.do(self.client.ask("cancel_fax", job), lambda _: self._changed(N_("It is not sent any more")))

    # What came

    def open(self, fax: str, page: int = 1) -> None:
        """Look at one of its pages."""
        self._fax, self._page, self._picture = fax, page, b""
        self._begin(
            fetched(lambda at: self.client.ask("open_fax", fax, str(page), at)),
            lambda octets: self._opened(fax, page, octets),
        )

    def turn(self, pages: int) -> None:
        """To the next page, or the one before."""
        if 1 <= self._page + pages <= self._n_pages():
            self.open(self._fax, self._page + pages)

    def close(self) -> None:
        """Neither page nor trace is looked at any more."""
        self._picture, self._page, self._fax, self._trace = b"", 0, "", ()
        self.refresh()

    def proposed_path(self, fax: str, folder: Path) -> str:
        """Where it would be saved."""
        row = next((row for row in self._faxes if row["fax"] == fax), None)
        at = moment(row["began"]).replace(":", "").replace(" ", "-") if row else fax
        return str(folder / f"fax-{at}.pdf")

    def save_pdf(self, fax: str, path: str) -> None:
        """Write it to this computer."""
        target = typed_path(path)
        asked = fetch(lambda at: self.client.ask("open_fax", fax, "pdf", at), target, self._got)
        self._begin(asked, lambda _: self._say(self.work.words("Written: {path}", path=str(target))))

    def send_on(self, fax: str, to: str) -> None:
        """To a mail address as a PDF, or to a number as a fax."""
        to = to.strip() if "@" in to else pasted_number(to)
        self.do(self.client.ask("mail_fax", fax, to), lambda _: self._changed(N_("It is sent on")))

    def delete(self, fax: str) -> None:
        """Out of the list, with its pages."""
        self.do(self.client.ask("delete_fax", fax), lambda _: self._changed(N_("It is deleted")))

    def show_trace(self, fax: str) -> None:
        """What both machines said."""
        self.do(self.client.ask("fax_trace", fax), self._traced)

    # What comes of it

    def _with_source(
        self, source: str, path: str, then: Callable[[str], Deferred[Any]], told: Callable[[Any], None]
    ) -> None:
        """A file is given first."""
        if source != FILE:
            self._begin(then(source), told)
            return
        if not path.strip():
            self.problem = self.work.words("Which file? Type where it is first")
            self.refresh()
            return

        async def story() -> Any:
            return await then(await upload(self.client.ask, typed_path(path), self._got))

        self._begin(Deferred.fromCoroutine(story()), told)

    def _begin(self, asked: Deferred[Any], then: Callable[[Any], None]) -> None:
        """One at a time, which goes on for a while."""
        if self._doing is not None:
            self._doing.cancel()
        self._doing, self._says = asked, ""
        self.do(asked.addBoth(self._ended, asked), then)
        self.refresh()

    def _ended(self, result: Any, asked: Deferred[Any]) -> Any:
        if self._doing is asked:
            self._doing = self._busy = None
        return result

    def _got(self, share: float) -> None:
        self._busy = share
        self.refresh()

    def _opened(self, fax: str, page: int, octets: bytes) -> None:
        if (fax, page) == (self._fax, self._page):
            self._picture = octets

    def _begun(self, place: int) -> None:
        words = self.work.words
        self._say(words("{n} faxes go before it; talk on meanwhile", n=place) if place else words("The fax begins"))

    def _queued(self, row: Row) -> None:
        self._changed(N_("It is in the queue"))

    def _changed(self, msgid: str) -> None:
        self._say(self.work.words(msgid))
        by_the_way(self.client.ask("list_faxes"), self._faxes_came)
        by_the_way(self.client.ask("list_fax_queue"), self._jobs_came)

    def _say(self, words: str) -> None:
        self._says = words

    def _traced(self, lines: list[str]) -> None:
        self._trace = tuple(lines)

    def _documents_came(self, rows: list[Row]) -> None:
        self._documents = rows

    def _faxes_came(self, rows: list[Row]) -> None:
        self._faxes = rows
        if self._is_open:
            self._was_seen()
        self.refresh()

    def _jobs_came(self, rows: list[Row]) -> None:
        self._jobs = rows
        self.refresh()

    def _was_seen(self) -> None:
        """On this computer they are not new tomorrow; the marks stay until the panel is opened again."""
        newest = max((row["began"] for row in self._faxes), default="")
        if newest > self.work.settings.now.faxes_seen:
            self.work.settings.remember(faxes_seen=newest)

    # In words

    def _n_pages(self) -> int:
        return next((row["pages"] for row in self._faxes if row["fax"] == self._fax), 1)

    def _in_talk(self) -> str:
        line = line_of_talk(self.model)
        if line is not None and is_under_way(line):
            return code_text(line.sub, self.work.language)
        call = self.model.seat.call
        return self._over if call is not None and call.call_id == self._over_call else ""

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        reason = Reason.parse(status.cause)
        if status.call is not None and reason is not None and reason.cause is Cause.FAX_OVER:
            is_news = (status.call.call_id, self._over) != (
                self._over_call,
                text := reason_text(reason, self.work.language),
            )
            self._over_call, self._over, self._says = status.call.call_id, text, ""
            if is_news and self._has_opened:
                self.look()
        self.refresh()

    def row(self, row: ChannelRow) -> None:
        self.refresh()

    def access(self, access: Access) -> None:
        self.refresh()

    def logged_in(self, hello: Hello) -> None:
        if self._has_opened:
            self.look()

    def lost(self, why: object) -> None:
        self.refresh()
