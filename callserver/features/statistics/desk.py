"""
What agents may ask of statistics: their own figures, those of all with right 1, the list of missed callers.

Reports are made in a child process. Who looked at others' figures, or was refused them, is in the event log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audit, audited, in_words
from callserver.calls.event_log import EventLog
from callserver.features.statistics.request import DAY, Request
from callserver.wire.catalogue import LANGUAGES
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

PART_OCTETS = 65536  # of a sheet, in one answer
SHEETS_KEPT = 4  # that are being fetched part by part
OWN = ("sheet", "agents", "ratings")  # of oneself, these take no right
MISSED_DAYS = 7


def report_request(value: Any) -> bool:
    """
    A dict: "report" (queue, agents, sheet, calls, sales, steps, offices, ratings, doors), "first" and "last" (days,
    ISO 8601); and if wanted "by", "only", "within_s", "short_s", "service_level", "language" ("zh", "en").
    """
    try:
        return isinstance(value, dict) and Request.read(value).report not in (DAY, "missed")
    except (TypeError, ValueError):
        return False


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
    """

    make: Callable[[Request], Deferred[Any]]
    rights: Callable[[str], Collection[Right]]
    events: EventLog
    today: Callable[[], date]
    sheets: dict[tuple[str, str], bytes]

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "report": Act(self.report, (report_request,)),
            "missed_calls": Act(self.missed_calls, (shown_language,)),
            "day_sheet": Act(self.day_sheet, (iso_day, shown_language, sheet_offset)),
        }

    def report(self, seat: Seat, told: Mapping[str, Any]) -> Deferred[list[dict[str, Any]]]:
        """
        A report. Of oneself "sheet", "agents" and "ratings" are free; all others take right 1.

        :return: a list of {"title", "columns": [[title, unit]], "rows", "total", "notes"}
        :raises Refused: NO_RIGHT; NOT_SAVED, with why there is none
        """
        request = Request.read(told)
        if not self._is_supervisor(seat):
            if request.report not in OWN or request.only not in ("", seat.number):
                self._refuse(seat, "report", request.report)
            request = replace(request, only=seat.number)

        async def story() -> list[dict[str, Any]]:
            answer: list[dict[str, Any]] = await self.make(request)
            return answer

        about = f"{request.report} {request.first} {request.last} {request.only}".rstrip()
        return self._told(seat, "report" if request.only != seat.number else "", about, story)

    def missed_calls(self, seat: Seat, language: str) -> Deferred[dict[str, Any]]:
        """
        Who was missed in the last seven days, and neither reached nor served since; a working list, seen by all.

        :return: {"title", "columns": [[title, unit]], "rows", "total", "notes"}
        """
        today = self.today()
        first = (today - timedelta(days=MISSED_DAYS)).isoformat()
        request = Request("missed", first, today.isoformat(), language=language)

        async def story() -> dict[str, Any]:
            (table,) = await self.make(request)
            return dict(table)

        return self._told(seat, "", "", story)

    def day_sheet(self, seat: Seat, day: str, language: str, at: int) -> Deferred[dict[str, Any]]:
        """
        The sheet of a day as a PDF, part by part; from 0 it is made anew. Right 1.

        :return: {"octets", "total"}: what lies from there on, at most 65536 octets, and how many there are in all
        :raises Refused: NO_RIGHT; NOT_SAVED, with why there is none
        """
        if not self._is_supervisor(seat):
            self._refuse(seat, "day_sheet", day)

        async def story() -> dict[str, Any]:
            key = (day, language)
            if at == 0 or key not in self.sheets:
                made = await self.make(Request(DAY, day, day, language=language))
                self.sheets.pop(key, None)
                self.sheets[key] = made
                while len(self.sheets) > SHEETS_KEPT:
                    self.sheets.pop(next(iter(self.sheets)))
            sheet = self.sheets.get(key, b"")
            return {"octets": sheet[at : at + PART_OCTETS], "total": len(sheet)}

        return self._told(seat, "day_sheet" if at == 0 else "", day, story)

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


def shop_day(now: datetime, zone: Any) -> date:
    """Of the shop's calendar."""
    return now.astimezone(zone).date()
