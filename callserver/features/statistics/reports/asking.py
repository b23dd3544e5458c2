"""What a report is asked for: which days, which queue or agent, grouped by what, with which limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from callserver.features.statistics.metrics import ABANDONMENT, SERVICE_LEVEL, SHORT_S, WITHIN_S
from callserver.features.statistics.reports.intervals import Period
from callserver.store.tables import from_ms

MANY_MS = 60 * 86_400_000
REPEAT_DAYS, TARGET = 7, 0.8


@dataclass(frozen=True)
class Ask:
    """
    :param by: how rows are grouped; "" is not at all
    :param only: one queue, agent, menu, office, as the report has it; "" is all
    :param within_s: of the service level
    :param short_s: who gives up so soon counts for less
    :param repeat_days: a caller who calls again within these is one with a further call
    :param n_agents: of what if there were so many
    :param target: share of callers that are to be answered in time, 0 to 1
    """

    period: Period
    zone: tzinfo
    by: str = ""
    only: str = ""
    within_s: float = WITHIN_S
    short_s: float = SHORT_S
    service_level: str = SERVICE_LEVEL
    abandonment: str = ABANDONMENT
    repeat_days: int = REPEAT_DAYS
    n_agents: int = 0
    target: float = TARGET

    def told_days(self) -> str:
        """The first and the last of the period, for people."""
        first, last = (
            from_ms(ms).astimezone(self.zone).date() for ms in (self.period.since_ms, self.period.until_ms - 1)
        )
        return str(first) if first == last else f"{first} – {last}"

    @property
    def is_long(self) -> bool:
        """
        Over many days an index in the order of names is quicker than one of moments, which leaves them to be sorted.

        SQLite takes the latter wherever it can: a moment plus nought is in no index.
        """
        return self.period.until_ms - self.period.since_ms > MANY_MS
