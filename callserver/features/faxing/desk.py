"""
What agents may do with faxes beside their talks: have some sent (right 15), list, open, send on, delete what came (14).

Who did what, or was refused it, is in the event log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
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
from callserver.features.faxing.files import Files
from callserver.features.faxing.judge import Judge
from callserver.features.faxing.letters import Outbox
from callserver.features.faxing.rules import Fax, Job
from callserver.features.faxing.sources import Uploaded, source
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

LIST_MAX = 200
UPLOADS_MAX = 20  # of one person are kept to be sent, the newest; what waits to be sent stays until it is
Row = dict[str, Any]


@dataclass(frozen=True)
class FaxDesk:
    """What is asked for at a program, in a talk or not."""

    judge: Judge
    outbox: Outbox
    files: Files

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
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

    # By themselves

    def queue_fax(self, seat: Seat, number: str, what: str, how: Mapping[str, str]) -> Deferred[Row]:
        """
        Send something to a number as soon as it can be, or at a time. Right 15, and that of the number's class.

        :param how: see `posting`
        :return: a row, as `list_fax_queue` answers
        :raises Refused: NO_RIGHT; BAD_ARGUMENT "number", that nobody may dial; NOT_SAVED, with why
        """

        async def story() -> Row:
            self.judge.require_class_of(seat, number)
            letter = await self.judge.letter(seat, what, "zh")
            if how.get("cover"):
                letter = await self.files.with_cover(letter, number, how["cover"])
            at = datetime.fromisoformat(how["at"]) if how.get("at") else None
            job = await self.outbox.add(number, letter, report_to=how.get("report_to", ""), not_before=at)
            return _queued(job)

        return self.judge.judged(seat, "queue_fax", f"{number} {what}", story, Right.SEND_FAX)

    def cancel_fax(self, seat: Seat, job_id: str) -> Deferred[None]:
        """
        Send it no more; one of his own, or with right 1 anybody's.

        :raises Refused: NOT_YOURS: it is not his, or does not wait any more
        """

        async def story() -> None:
            job = await self.judge.store.read(rules.find_job, job_id)
            is_his = job.person == seat.number or self.judge.sees_all(seat)
            if not is_his or not await self.judge.store.write(rules.cancel_job, job.id):
                raise Refused(Refusal.NOT_YOURS)
            await self.files.forget(job.file)

        return self.judge.judged(seat, "cancel_fax", job_id, story)

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

        return self.judge.judged(seat, "", name, story)

    def convert_fax(self, seat: Seat, name: str) -> Deferred[Row]:
        """
        Make a file that was given whole into pages: PDF, TIFF, PNG, JPEG, text; within 120 s. Right 15.

        The newest 20 of a person can be sent until the server starts anew.

        :return: {"source": what `send_fax` and `queue_fax` take, "pages"}
        :raises Refused: NO_RIGHT; NOT_SAVED, with why it is no document
        """

        async def story() -> Row:
            file, pages = await self.files.convert_parts(seat.number, name)
            key = file.removesuffix(".tif")
            self.judge.uploads[key] = Uploaded(file, name, seat.number)
            for stale in self._uploads_of(seat.number)[:-UPLOADS_MAX]:
                await self.files.forget(self.judge.uploads.pop(stale).file)
            return {"source": f"upload {key}", "pages": pages}

        return self.judge.judged(seat, "convert_fax", name, story)

    def _uploads_of(self, person: str) -> list[str]:
        """By name, the oldest first."""
        return [name for name, uploaded in self.judge.uploads.items() if uploaded.person == person]

    # What came and went

    def list_faxes(self, seat: Seat) -> Deferred[list[Row]]:
        """
        The newest 200, sent and received: his own and nobody's, or all with right 1; without their content.

        :return: a list of {"fax", "direction", "began", "line", "number", "remote_id", "pages", "result", "person",
            "title"}
        """
        own = None if self.judge.sees_all(seat) else seat.number
        return self.judge.store.read(rules.list_faxes, LIST_MAX, None, own).addCallback(
            lambda found: [_row(one) for one in found]
        )

    def list_fax_queue(self, seat: Seat) -> Deferred[list[Row]]:
        """
        What is sent by itself: his own, or all with right 1; the newest 200.

        :return: a list of {"job", "number", "title", "pages", "pages_sent", "due", "tries", "state", "result"}
        """
        person = None if self.judge.sees_all(seat) else seat.number
        return self.judge.store.read(rules.list_jobs, LIST_MAX, person).addCallback(
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

        return self.judge.store.read(rules.all_documents).addCallback(rows)

    def fax_trace(self, seat: Seat, fax: str) -> Deferred[list[str]]:
        """
        What both machines said in a fax, with milliseconds.

        :return: a list of lines
        :raises Refused: NOT_SAVED: there is no such fax, or it is not his
        """

        async def story() -> list[str]:
            found = await self.judge.own(seat, fax)
            return [
                f"{one.at_ms / 1000:9.3f} {one.name} {one.detail}"
                for one in await self.judge.store.read(rules.trace, found.id)
            ]

        return self.judge.judged(seat, "", fax, story)

    def open_fax(self, seat: Seat, fax: str, wanted: str, at: int) -> Deferred[Row]:
        """
        A fax that came, as a file ready for the printer, or one page as a picture; part by part. Right 14.

        :return: {"octets", "total"}: what lies from there on, at most 65536 octets, and how many there are in all
        :raises Refused: NO_RIGHT; NOT_SAVED: there is no such fax, or it is not his
        """

        async def story() -> Row:
            found = await self.judge.own(seat, fax)
            octets, total = await self.files.view_part(found, wanted, at, PART_OCTETS)
            return {"octets": octets, "total": total}

        return self.judge.judged(seat, "open_fax" if not at else "", f"fax {fax}", story, Right.DOWNLOAD_FAX)

    def mail_fax(self, seat: Seat, fax: str, to: str) -> Deferred[None]:
        """
        Send a fax that came on: by mail as a PDF, or by fax to a number. Right 14; to a number 15 and its class too.

        :raises Refused: NO_RIGHT; NOT_SAVED, with why
        """

        async def story() -> None:
            found = await self.judge.own(seat, fax)
            if "@" in to:
                await self.files.mail(found, to)
                return
            self.judge.require(seat, Right.SEND_FAX)
            self.judge.require_class_of(seat, to)
            await self.outbox.add(to, await self.judge.letter(seat, f"fax {found.id}", "zh"))

        return self.judge.judged(seat, "mail_fax", f"fax {fax}, {to}", story)

    def delete_fax(self, seat: Seat, fax: str) -> Deferred[None]:
        """
        Take a fax out of the list, with its file; its record stays. Right 14.

        :raises Refused: NO_RIGHT; NOT_SAVED: there is no such fax, it is not his, or it is still coming
        """

        async def story() -> None:
            found = await self.judge.own(seat, fax)
            if found.result is None:
                raise Complaint(N_("the fax is still under way"))
            await self.judge.store.write(rules.delete_fax, found.id, seat.number)
            await self.files.forget(found.file)

        return self.judge.judged(seat, "delete_fax", f"fax {fax}", story)


def _row(fax: Fax) -> Row:
    shown = ("direction", "line", "number", "remote_id", "pages", "result", "person", "title")
    return {"fax": fax.id, "began": fax.began.isoformat()} | {name: getattr(fax, name) for name in shown}


def _queued(job: Job) -> Row:
    shown = ("number", "title", "pages", "pages_sent", "tries", "result")
    return {"job": job.id, "due": job.due.isoformat(), "state": job.state.value} | {
        name: getattr(job, name) for name in shown
    }
