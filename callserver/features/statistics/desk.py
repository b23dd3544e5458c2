"""
What agents may ask of statistics: their own figures, those of all with right 1, the list of missed callers.

Reports are made in a child process. Who looked at others' figures, or was refused them, is in the event log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.acd.supervision.sight import SERVES
from callserver.calls.audit import audit, audited, in_words
from callserver.calls.event_log import EventLog
from callserver.features.statistics.request import DAY, Request
from callserver.wire.catalogue import LANGUAGES
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

PART_OCTETS = 65536  # of a sheet, in one answer
FILES_KEPT = 4  # that are being fetched part by part
OWN = ("sheet", "agents", "ratings", "outcomes")  # of oneself, these take no right
MISSED_DAYS = 7


def report_request(value: Any) -> bool:
    """
    A dict: "report" (queue, agents, sheet, calls, sales, steps, offices, ratings, outcomes, doors, callbacks,
    staffing), "first" and "last" (days, ISO 8601); and if wanted "by", "only", "within_s", "short_s", "service_level",
    "language" ("zh", "en"); of calls "again_days"; of staffing "agents" and "target_percent".
    """
    request = _request(value)
    return request is not None and not request.file


def file_request(value: Any) -> bool:
    """The same, and "file": "csv", "xlsx", "svg" or "png"."""
    request = _request(value)
    return request is not None and bool(request.file)


def _request(value: Any) -> Request | None:
    """None: it is none."""
    try:
        request = Request.read(value) if isinstance(value, dict) else None
    except (TypeError, ValueError):
        return None
    return request if request is not None and request.report not in (DAY, "missed") else None


def iso_day(value: Any) -> bool:
    """A day, as 2026-03-02."""
    try:
        return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value) is not None
    except ValueError:
        return False


def shown_language(value: Any) -> bool:
    """ "zh" or "en"."""
    return value in LANGUAGES


def sheet_offset(value: Any) -> bool:
    """Where in the file, in octets, from 0."""
    return type(value) is int and 0 <= value <= 100_000_000


@dataclass(frozen=True)
class StatisticsDesk:
    """
    :param make: a report by its request, in a child
    :param rights: of a person, at this moment
    :param today: the shop's day
    :param files: that are being fetched part by part, by who fetches them
    """

    make: Callable[[Request], Deferred[Any]]
    rights: Callable[[str], Collection[Right]]
    events: EventLog
    today: Callable[[], date]
    files: dict[tuple[str, Request], bytes] = field(default_factory=dict)

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "report": Act(self.report, (report_request,)),
            "report_file": Act(self.report_file, (file_request, sheet_offset)),
            "missed_calls": Act(self.missed_calls, (shown_language,)),
            "day_sheet": Act(self.day_sheet, (iso_day, shown_language, sheet_offset)),
        }

    def report(self, seat: Seat, told: Mapping[str, Any]) -> Deferred[list[dict[str, Any]]]:
        """
        A report. Of oneself "sheet", "agents", "ratings" and "outcomes" are free; all others take right 1.

        :return: a list of {"title", "columns": [[title, unit]], "rows", "total", "notes"}
        :raises Refused: NO_RIGHT; NOT_SAVED, with why there is none
        """
        request = self._asked(seat, "report", told)

        async def story() -> list[dict[str, Any]]:
            answer: list[dict[str, Any]] = await self.make(request)
            return answer

        return self._told(seat, "report" if request.only != seat.number else "", _about(request), story)

    def report_file(self, seat: Seat, told: Mapping[str, Any], at: int) -> Deferred[dict[str, Any]]:
        """
        The same as a file for a spreadsheet, or as a chart, part by part; from 0 it is made anew. Rights as `report`.

        :return: {"octets", "total"}: what lies from there on, at most 65536 octets, and how many there are in all
        :raises Refused: NO_RIGHT; NOT_SAVED, with why there is none
        """
        request = self._asked(seat, "report_file", told)
        is_noted = at == 0 and request.only != seat.number
        return self._part(seat, "report_file" if is_noted else "", _about(request), request, at)

    def missed_calls(self, seat: Seat, language: str) -> Deferred[dict[str, Any]]:
        """
        Who was missed in the last seven days, and neither reached nor served since.

        A working list of who serves callers, rights 1, 3 and 5: for others it has no rows.

        :return: {"title", "columns": [[title, unit]], "rows", "total", "notes"}
        """
        today = self.today()
        first = (today - timedelta(days=MISSED_DAYS)).isoformat()
        request = Request("missed", first, today.isoformat(), language=language)

        async def story() -> dict[str, Any]:
            (table,) = await self.make(request)
            sees = SERVES & set(self.rights(seat.number))
            return dict(table) if sees else {**table, "rows": [], "total": None}

        return self._told(seat, "", "", story)

    def day_sheet(self, seat: Seat, day: str, language: str, at: int) -> Deferred[dict[str, Any]]:
        """
        The sheet of a day as a PDF, part by part; from 0 it is made anew. Right 1.

        :return: {"octets", "total"}: what lies from there on, at most 65536 octets, and how many there are in all
        :raises Refused: NO_RIGHT; NOT_SAVED, with why there is none
        """
        if not self._is_supervisor(seat):
            self._refuse(seat, "day_sheet", day)

        return self._part(seat, "day_sheet" if at == 0 else "", day, Request(DAY, day, day, language=language), at)

    def _part(self, seat: Seat, act: str, about: str, request: Request, at: int) -> Deferred[dict[str, Any]]:
        """Of a file; each who fetches one has his own, so that nobody's is made anew under another's hands."""
        key = seat.number, request

        async def story() -> dict[str, Any]:
            if at == 0 or key not in self.files:
                made = await self.make(request)
                self.files.pop(key, None)
                self.files[key] = made
                while len(self.files) > FILES_KEPT:
                    self.files.pop(next(iter(self.files)))
            file = self.files.get(key, b"")
            return {"octets": file[at : at + PART_OCTETS], "total": len(file)}

        return self._told(seat, act, about, story)

    def _asked(self, seat: Seat, act: str, told: Mapping[str, Any]) -> Request:
        """
        One's own where no other is named, or none may be seen.

        :raises Refused: NO_RIGHT
        """
        request = Request.read(told)
        if not self._is_supervisor(seat):
            if request.report not in OWN or request.only not in ("", seat.number):
                self._refuse(seat, act, request.report)
            return replace(request, only=seat.number)
        return replace(request, only=seat.number) if request.report == "sheet" and not request.only else request

    def _is_supervisor(self, seat: Seat) -> bool:
        return Right.SUPERVISOR in self.rights(seat.number)

    def _refuse(self, seat: Seat, act: str, target: str) -> NoReturn:
        refused = Refused.no_right(Right.SUPERVISOR)
        audit(self.events, seat.number, act, target, result=str(refused))
        raise refused

    def _told(self, seat: Seat, act: str, target: str, story: Callable[[], Coroutine[Any, Any, Any]]) -> Deferred[Any]:
        """What is complained of is refused in words that any program can show; `act` "" is not noted."""

        async def answered() -> Any:
            with audited(self.events, seat.number, act, target), in_words():
                return await story()

        return Deferred.fromCoroutine(answered())


def _about(request: Request) -> str:
    return f"{request.report} {request.first} {request.last} {request.only}".rstrip()


def shop_day(now: datetime, zone: Any) -> date:
    """Of the shop's calendar."""
    return now.astimezone(zone).date()
