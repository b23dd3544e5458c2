"""
What agents may do with faxes: send and receive within the talk in hand (rights 15 and 13), send by themselves (15),
list, open and delete what came (14). Who did what, or was refused it, is in the event log.

Without right 1 a person sees the faxes that he received or sent himself, and those that came to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.logger import Logger

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audit
from callserver.calls.call import Call
from callserver.calls.dial_guard import RIGHTS
from callserver.calls.event_log import EventLog
from callserver.calls.line import LineInService
from callserver.calls.roles import Role
from callserver.features import House
from callserver.features.faxing import rules
from callserver.features.faxing.arguments import (
    PART_OCTETS,
    UPLOAD_MAX,
    fax_id,
    file_name,
    form,
    octets,
    offset,
    posting,
    telephone,
    telephone_or_address,
)
from callserver.features.faxing.engines import Engine, Engines, NoEngine
from callserver.features.faxing.files import Files
from callserver.features.faxing.letters import Outbox
from callserver.features.faxing.rules import Fax, Job
from callserver.features.faxing.sessions import Came, Sessions
from callserver.features.faxing.sources import NoSource, Uploaded, letter_of, source
from callserver.store.database import Store
from callserver.wire.catalogue import Complaint
from callserver.wire.causes import Cause, Reason
from callserver.wire.fax_results import FaxResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import FaxPhase, LineState, SeatState

log = Logger()

LIST_MAX = 200
Row = dict[str, Any]


@dataclass
class FaxDesk:
    """
    :param wait_s: so long an agent's fax waits for an engine
    `uploads`: files that agents have given, by name; forgotten with the server.
    """

    house: House
    store: Store
    events: EventLog
    engines: Engines
    sessions: Sessions
    outbox: Outbox
    files: Files
    wait_s: float
    uploads: dict[str, Uploaded] = field(default_factory=dict)
    _waiting: dict[str, Deferred[Engine]] = field(default_factory=dict)  # by call

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "send_fax": Act(self.send_fax, (source,)),
            "receive_fax": Act(self.receive_fax),
            "stop_fax": Act(self.stop_fax),
            "queue_fax": Act(self.queue_fax, (telephone, source, posting)),
            "cancel_fax": Act(self.cancel_fax, (fax_id,)),
            "upload_fax": Act(self.upload_fax, (file_name, offset, octets), Right.SEND_FAX),
            "convert_fax": Act(self.convert_fax, (file_name,), Right.SEND_FAX),
            "list_faxes": Act(self.list_faxes),
            "list_fax_queue": Act(self.list_fax_queue),
            "list_documents": Act(self.list_documents),
            "fax_trace": Act(self.fax_trace, (fax_id,)),
            "open_fax": Act(self.open_fax, (fax_id, form, offset)),
            "mail_fax": Act(self.mail_fax, (fax_id, telephone_or_address), Right.DOWNLOAD_FAX),
            "delete_fax": Act(self.delete_fax, (fax_id,), Right.DOWNLOAD_FAX),
        }

    # Within the talk

    def send_fax(self, seat: Seat, what: str) -> Deferred[int]:
        """
        Send something to the machine of the party he talks with, within the talk, which comes back. Right 15.

        The other presses Start when he is asked to. The seat shows that it begins (`fax_begins`) and what has come of
        it (`fax_over`); the board shows the line's phase.

        :return: how many wait for an engine before it; the talk goes on until it begins
        :raises Refused: NO_RIGHT; NOT_NOW, NOBODY_HEARS: he talks with nobody on a line, or a fax is under way;
            NOT_SAVED, with why
        """

        async def story() -> int:
            call = self._talk(seat)
            letter = await self.store.read(self._letter, seat, what, call.language)
            return self._begin(seat, call, lambda engine: self.sessions.send(call, engine, letter))

        return self._judged(seat, "send_fax", what, story, Right.SEND_FAX)

    def receive_fax(self, seat: Seat) -> Deferred[int]:
        """
        Receive from the machine of the party he talks with, within the talk, which comes back. Right 13.

        :return: as `send_fax`
        :raises Refused: NO_RIGHT; NOT_NOW, NOBODY_HEARS: he talks with nobody on a line, or a fax is under way
        """

        async def story() -> int:
            call = self._talk(seat)
            return self._begin(seat, call, lambda engine: self.sessions.receive(call, engine, person=seat.number))

        return self._judged(seat, "receive_fax", "", story, Right.RECEIVE_FAX)

    def stop_fax(self, seat: Seat) -> None:
        """
        Break off the fax of his talk, or wait for an engine no more.

        :raises Refused: NO_CALL: he has none in hand
        """
        call = seat.in_hand.call
        waiting = self._waiting.get(call.id)
        if waiting is not None:
            waiting.cancel()
        self.sessions.break_off(call)

    def _talk(self, seat: Seat) -> Call:
        """
        A call whose first party is on a line and talks with him.

        :raises Refused: NOT_NOW
        """
        if seat.status.state is not SeatState.TALKING:
            raise Refused(Refusal.NOT_NOW, seat.status.state)
        call = seat.in_hand.call
        part = call.parts.get(call.first)
        if not isinstance(call.first, LineInService) or part is None or part.role is not Role.TALKS or call.in_secret:
            raise Refused(Refusal.NOBODY_HEARS)
        return call

    def _begin(self, seat: Seat, call: Call, fax: Callable[[Engine], Coroutine[Any, Any, Came]]) -> int:
        """
        As soon as an engine is free; how many are served before.

        :raises Refused: NOT_NOW: one is under way, or no engine will be
        """
        if call.id in self._waiting or self.sessions.is_under_way(call):
            raise Refused(Refusal.NOT_NOW, LineState.FAXING)
        try:
            request = self._waiting[call.id] = self.engines.request()
        except NoEngine:
            raise Refused(Refusal.NOT_NOW, FaxPhase.WAIT.value) from None
        place = self.engines.place(request)
        faxing = Deferred.fromCoroutine(self._fax(seat, call, request, fax))
        faxing.addErrback(
            lambda failure: log.failure("a fax in the talk of seat {seat} broke", failure, seat=seat.number)
        )
        return place

    async def _fax(
        self,
        seat: Seat,
        call: Call,
        request: Deferred[Engine],
        fax: Callable[[Engine], Coroutine[Any, Any, Came]],
    ) -> None:
        engine = await self._engine(seat, call, request)
        if engine is None:
            self._show(seat, call, Reason(Cause.FAX_OVER, FaxResult.CANCELLED.value))
            return
        self._show(seat, call, Reason(Cause.FAX_BEGINS))
        came = await fax(engine)
        self._show(seat, call, Reason(Cause.FAX_OVER, came.result))

    async def _engine(self, seat: Seat, call: Call, request: Deferred[Engine]) -> Engine | None:
        """The talk goes on while it is waited for; None: none in time, or they talk no more."""
        if not request.called:
            call.tell_doing(FaxPhase.WAIT.value)
        ended = call.when_ended().addCallbacks(lambda _: request.cancel(), lambda cancelled: None)
        try:
            engine = await request.addTimeout(self.wait_s, self.house.clock)
        except (TimeoutError, CancelledError):
            return None
        finally:
            ended.cancel()
            del self._waiting[call.id]
            call.tell_doing("")
        try:
            if self._talk(seat) is call:
                return engine
        except Refused:
            pass
        engine.release()
        return None

    def _show(self, seat: Seat, call: Call, reason: Reason) -> None:
        """At his seat, while he is in that call."""
        if seat.status.state is SeatState.TALKING and seat.in_hand.call is call:
            seat.card_changed(reason)

    # By themselves

    def queue_fax(self, seat: Seat, number: str, what: str, how: Mapping[str, str]) -> Deferred[Row]:
        """
        Send something to a number as soon as it can be, or at a time. Right 15, and that of the number's class.

        :param how: see `posting`
        :return: a row, as `list_fax_queue` answers
        :raises Refused: NO_RIGHT; BAD_ARGUMENT "number", that nobody may dial; NOT_SAVED, with why
        """

        async def story() -> Row:
            self._may_dial(seat, number)
            letter = await self.store.read(self._letter, seat, what, "zh")
            if how.get("cover"):
                letter = await self.files.with_cover(letter, number, how["cover"])
            at = datetime.fromisoformat(how["at"]) if how.get("at") else None
            job = await self.outbox.add(number, letter, report_to=how.get("report_to", ""), not_before=at)
            return _queued(job)

        return self._judged(seat, "queue_fax", f"{number} {what}", story, Right.SEND_FAX)

    def _may_dial(self, seat: Seat, number: str) -> None:
        right = RIGHTS.get(self.house.calls_out().classify(number))
        if right is None:
            raise Refused(Refusal.BAD_ARGUMENT, "number")
        if right not in self.house.rights(seat.number):
            raise Refused.no_right(right)

    def cancel_fax(self, seat: Seat, job_id: str) -> Deferred[None]:
        """
        Send it no more; one of his own, or with right 1 anybody's.

        :raises Refused: NOT_YOURS: it is not his, or does not wait any more
        """

        async def story() -> None:
            if not await self.store.write(self._cancel, seat, job_id):
                raise Refused(Refusal.NOT_YOURS)

        return self._judged(seat, "cancel_fax", job_id, story)

    def _cancel(self, seat: Seat, job_id: str) -> bool:
        job = rules.find_job(job_id)
        return (job.person == seat.number or self._sees_all(seat)) and rules.cancel_job(job.id)

    def upload_fax(self, seat: Seat, name: str, at: int, part: bytes) -> Deferred[int]:
        """
        Give a file to be sent, part by part; `convert_fax` makes it one that can be. Right 15.

        :return: how much of it is here by now
        :raises Refused: NO_RIGHT; LIMIT
        """

        async def story() -> int:
            if at + len(part) > UPLOAD_MAX:
                raise Refused(Refusal.LIMIT, str(UPLOAD_MAX))
            return await self.files.take_part(seat.number, name, at, part)

        return self._judged(seat, "", name, story)

    def convert_fax(self, seat: Seat, name: str) -> Deferred[Row]:
        """
        Make a file that was given whole into pages: PDF, TIFF, PNG, JPEG, text. Right 15.

        :return: {"source": what `send_fax` and `queue_fax` take, "pages"}
        :raises Refused: NO_RIGHT; NOT_SAVED, with why it is no document
        """

        async def story() -> Row:
            file, pages = await self.files.convert_parts(seat.number, name)
            key = file.removesuffix(".tif")
            self.uploads[key] = Uploaded(file, name, seat.number)
            return {"source": f"upload {key}", "pages": pages}

        return self._judged(seat, "convert_fax", name, story)

    # What came and went

    def list_faxes(self, seat: Seat) -> Deferred[list[Row]]:
        """
        The newest 200, sent and received: his own and nobody's, or all with right 1; without their content.

        :return: a list of {"fax", "direction", "began", "line", "number", "remote_id", "pages", "result", "person",
            "title"}
        """
        own = None if self._sees_all(seat) else seat.number
        return self.store.read(rules.list_faxes, LIST_MAX, None, own).addCallback(
            lambda found: [_row(one) for one in found]
        )

    def list_fax_queue(self, seat: Seat) -> Deferred[list[Row]]:
        """
        What is sent by itself: his own, or all with right 1; the newest 200.

        :return: a list of {"job", "number", "title", "pages", "pages_sent", "due", "tries", "state", "result"}
        """
        person = None if self._sees_all(seat) else seat.number
        return self.store.read(rules.list_jobs, LIST_MAX, person).addCallback(
            lambda found: [_queued(one) for one in found]
        )

    def list_documents(self, seat: Seat) -> Deferred[list[Row]]:
        """
        The library that callers can have documents from.

        :return: a list of {"number", "title_zh", "title_en", "pages"}
        """

        def rows(found: list[rules.Document]) -> list[Row]:
            shown = ("number", "title_zh", "title_en", "pages")
            return [{name: getattr(one, name) for name in shown} for one in found]

        return self.store.read(rules.all_documents).addCallback(rows)

    def fax_trace(self, seat: Seat, fax: str) -> Deferred[list[str]]:
        """
        What both machines said in a fax, with milliseconds.

        :return: a list of lines
        :raises Refused: NOT_SAVED: there is no such fax, or it is not his
        """

        async def story() -> list[str]:
            found = await self.store.read(self._own, seat, fax)
            return [
                f"{one.at_ms / 1000:9.3f} {one.name} {one.detail}"
                for one in await self.store.read(rules.trace, found.id)
            ]

        return self._judged(seat, "", fax, story)

    def open_fax(self, seat: Seat, fax: str, wanted: str, at: int) -> Deferred[Row]:
        """
        A fax that came, as a file ready for the printer, or one page as a picture; part by part. Right 14.

        :return: {"octets", "total"}: what lies from there on, at most 65536 octets, and how many there are in all
        :raises Refused: NO_RIGHT; NOT_SAVED: there is no such fax, or it is not his
        """

        async def story() -> Row:
            found = await self.store.read(self._own, seat, fax)
            whole = await self.files.as_file(found, wanted)
            return {"octets": whole[at : at + PART_OCTETS], "total": len(whole)}

        return self._judged(seat, "open_fax" if not at else "", f"fax {fax}", story, Right.DOWNLOAD_FAX)

    def mail_fax(self, seat: Seat, fax: str, to: str) -> Deferred[None]:
        """
        Send a fax that came on: by mail as a PDF, or by fax to a number. Right 14; to a number 15 and its class too.

        :raises Refused: NO_RIGHT; NOT_SAVED, with why
        """

        async def story() -> None:
            found = await self.store.read(self._own, seat, fax)
            if "@" in to:
                await self.files.mail(found, to)
                return
            if Right.SEND_FAX not in self.house.rights(seat.number):
                raise Refused.no_right(Right.SEND_FAX)
            self._may_dial(seat, to)
            await self.outbox.add(to, await self.store.read(self._letter, seat, f"fax {found.id}", "zh"))

        return self._judged(seat, "mail_fax", f"fax {fax}, {to}", story)

    def delete_fax(self, seat: Seat, fax: str) -> Deferred[None]:
        """
        Take a fax out of the list, with its file; its record stays. Right 14.

        :raises Refused: NO_RIGHT; NOT_SAVED: there is no such fax, or it is not his
        """

        async def story() -> None:
            found = await self.store.read(self._own, seat, fax)
            await self.store.write(rules.delete_fax, found.id, seat.number)
            await self.files.forget(found)

        return self._judged(seat, "delete_fax", f"fax {fax}", story)

    # Rights

    def _sees_all(self, seat: Seat) -> bool:
        return Right.SUPERVISOR in self.house.rights(seat.number)

    def _own(self, seat: Seat, fax: str) -> Fax:
        """Run in `store.read`."""
        found = rules.find_fax(fax)
        if found.deleted_by is not None or not (self._sees_all(seat) or found.person in (None, seat.number)):
            raise NoSource("there is no such document or fax: {name}", name=fax)
        return found

    def _letter(self, seat: Seat, what: str, language: str) -> Any:
        """Run in `store.read`; a fax that came is content, which takes right 14."""
        if what.startswith("fax ") and Right.DOWNLOAD_FAX not in self.house.rights(seat.number):
            raise Refused.no_right(Right.DOWNLOAD_FAX)
        return letter_of(what, seat.number, language, self.uploads, sees_all=self._sees_all(seat))

    def _judged(
        self,
        seat: Seat,
        act: str,
        target: str,
        story: Callable[[], Coroutine[Any, Any, Any]],
        right: Right | None = None,
    ) -> Deferred[Any]:
        """Do it if he may; what is complained of is refused in words that any program can show. "" is not noted."""
        in_hand = seat.in_hand.call.id if seat.status.state is SeatState.TALKING else None

        async def judged() -> Any:
            try:
                if right is not None and right not in self.house.rights(seat.number):
                    raise Refused.no_right(right)
                answer = await story()
            except Complaint as problem:
                refused = Refused.not_saved(problem)
            except Refused as problem:
                refused = problem
            else:
                if act:
                    audit(self.events, seat.number, act, target, call_id=in_hand)
                return answer
            if act:
                audit(self.events, seat.number, act, target, call_id=in_hand, result=str(refused))
            raise refused

        return Deferred.fromCoroutine(judged())


def _row(fax: Fax) -> Row:
    shown = ("direction", "line", "number", "remote_id", "pages", "result", "person", "title")
    return {"fax": fax.id, "began": fax.began.isoformat()} | {name: getattr(fax, name) for name in shown}


def _queued(job: Job) -> Row:
    shown = ("number", "title", "pages", "pages_sent", "tries", "result")
    return {"job": job.id, "due": job.due.isoformat(), "state": job.state.value} | {
        name: getattr(job, name) for name in shown
    }
