"""A report as an agent's program or a timetable asks for it: plain values, checked where they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, tzinfo
from typing import Any

from callserver.features.statistics.metrics import SERVICE_LEVEL, SERVICE_LEVELS, SHORT_S, WITHIN_S
from callserver.features.statistics.reports.asking import REPEAT_DAYS, TARGET, Ask
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.named import REPORTS, STAFFING
from callserver.features.statistics.staffing.erlang import AGENTS_MAX
from callserver.wire.catalogue import LANGUAGES

DAY = "day"  # the sheet of one, as a PDF
SHEETS, CHARTS = ("csv", "xlsx"), ("svg", "png")
SECONDS_MAX = 86_400.0
FILES = (*SHEETS, *CHARTS)
AGAIN_MAX = 366
PERCENT_MAX = 99.9


@dataclass(frozen=True)
class Request:
    """
    :param report: of REPORTS, or DAY
    :param first, last: days, ISO 8601
    :param again_days: a caller who calls again within these is one with a further call
    :param file: as which it is wanted, of FILES; "" as values
    :param agents: of "staffing": that one would have, answering so many percent of callers in time
    """

    report: str
    first: str
    last: str
    by: str = ""
    only: str = ""
    within_s: float = WITHIN_S
    short_s: float = SHORT_S
    service_level: str = SERVICE_LEVEL
    again_days: int = REPEAT_DAYS
    agents: int = 0
    target_percent: float = 100 * TARGET
    language: str = "zh"
    file: str = ""

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Request:
        """
        :raises ValueError: something in it is not as it has to be, or is missing
        """
        known = {field.name for field in fields(cls)}
        if not known >= told.keys() or not {"report", "first", "last"} <= told.keys():
            raise ValueError("keys")
        request = cls(**told)
        request._check()
        return request

    def _check(self) -> None:
        words = (self.report, self.first, self.last, self.by, self.only, self.service_level, self.language)
        if not all(isinstance(one, str) and len(one) <= 64 for one in words):
            raise ValueError("words")
        date.fromisoformat(self.first)
        date.fromisoformat(self.last)
        for seconds in (self.within_s, self.short_s):
            if not isinstance(seconds, int | float) or not 0 <= seconds <= SECONDS_MAX:
                raise ValueError("seconds")
        if type(self.again_days) is not int or not 1 <= self.again_days <= AGAIN_MAX:
            raise ValueError("days")
        if not isinstance(self.target_percent, int | float) or not 1 <= self.target_percent <= PERCENT_MAX:
            raise ValueError("percent")
        if type(self.agents) is not int or not (self.report == STAFFING) <= self.agents <= AGENTS_MAX:
            raise ValueError("agents")
        if self.file not in ("", *FILES):
            raise ValueError("file")
        if self.language not in LANGUAGES or self.service_level not in SERVICE_LEVELS:
            raise ValueError("language or service level")
        if self.report != DAY and self.by not in ("", *REPORTS[self._known_report()].by):
            raise ValueError("by")

    def _known_report(self) -> str:
        if self.report not in REPORTS:
            raise ValueError("report")
        return self.report

    def ask(self, zone: tzinfo) -> Ask:
        """
        :raises Complaint: the days make no period
        """
        return Ask(
            days(date.fromisoformat(self.first), date.fromisoformat(self.last), zone),
            zone,
            by=self.by,
            only=self.only,
            within_s=float(self.within_s),
            short_s=float(self.short_s),
            service_level=self.service_level,
            repeat_days=self.again_days,
            n_agents=self.agents,
            target=self.target_percent / 100,
        )

    def told(self) -> dict[str, Any]:
        """As `read` takes it."""
        return asdict(self)
