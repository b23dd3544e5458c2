"""The list of recordings: looked for, the newest first, page by page as one scrolls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall

from callserver.desktop.presenters.clocks import moment, stopwatch
from callserver.desktop.presenters.paged_list import Page, PagedList
from callserver.desktop.presenters.recording_filter import OUTCOMES, RecordingFilter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Access, Hello
from callserver.wire.words import code_text

PATIENCE_S = 0.3  # before it is said that something loads
Row = dict[str, Any]


@dataclass(frozen=True)
class RecordingLine:
    """One of the list; `cells` as `COLUMNS` of the view."""

    number: int
    cells: tuple[str, ...]  # time, number, seat, line, length, outcome, order, note, protected
    name: str  # of who called, for the tooltip


@dataclass(frozen=True)
class RecordingsData:
    """
    :param says: what stands below the list: that it loads, that there is none, how many are shown
    """

    lines: tuple[RecordingLine, ...]
    says: str
    seats: tuple[str, ...]  # to be chosen from, "801 王芳"
    queues: tuple[str, ...]
    problem: str


class Recordings(PagedList[RecordingsData]):
    """
    Asks for one page at a time, and for the next only when somebody scrolls there.

    What was found stays while the connection is lost, and is asked for anew after the next log-in.

    :param chosen: told of the row that somebody wants to hear, with what the server says of it
    :param now: the wall's clock, for "today"
    """

    def __init__(
        self,
        work: Workplace,
        show: Callable[[RecordingsData], None],
        chosen: Callable[[Row], None],
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__(work, show)
        self._chosen, self._now = chosen, now
        self._filter = RecordingFilter()
        self._rows: dict[int, Row] = {}
        self._lines: list[RecordingLine] = []
        self._waits = self._has_searched = self._slow = False
        self._patience: IDelayedCall | None = None

    def data(self) -> RecordingsData:
        people = {row.person: row.name for row in self.model.rows.values() if row.person}
        return RecordingsData(
            lines=tuple(self._lines),
            says=self._says(),
            seats=tuple(f"{number} {people[number] or ''}".strip() for number in sorted(people)),
            queues=tuple(sorted(self.model.queues)),
            problem=self.problem,
        )

    def stop(self) -> None:
        self._answered()
        super().stop()

    def opened(self, wanted: RecordingFilter) -> None:
        """The screen is looked at: the first time it is filled."""
        if not self._has_searched:
            self.search(wanted)

    def search(self, wanted: RecordingFilter) -> None:
        """The first page of these; what was shown stays until it is here."""
        self._filter, self._has_searched = wanted, True
        self._another_list()
        self._ask_first()

    def choose(self, number: int) -> None:
        """This one is to be heard."""
        if number in self._rows:
            self._chosen(self._rows[number])

    def changed(self, number: int, what: Row) -> None:
        """It was protected, or has another note."""
        if number in self._rows:
            self._rows[number] |= what
            place = next(place for place, line in enumerate(self._lines) if line.number == number)
            self._lines[place] = self._line(self._rows[number])
            self.refresh()

    def ask_page(self, place: str) -> Deferred[Page]:
        self._answered()
        self._waits = True
        self._patience = self.work.clock.callLater(PATIENCE_S, self._takes_long)
        number = self._n_lists

        def over(answer: Any) -> Any:
            if number == self._n_lists:
                self._answered()
            return answer

        return self.client.ask("list_recordings", self._filter.asked(self._now()), place).addBoth(over)

    def _first(self, page: Page) -> None:
        self._rows, self._lines, self._next = {}, [], page["next"]
        self._behind(page)

    def _behind(self, page: Page) -> None:
        new = [row for row in page["found"] if row["number"] not in self._rows]
        self._rows |= {row["number"]: row for row in new}
        self._lines = [*self._lines, *map(self._line, new)]

    def _answered(self) -> None:
        self._waits = self._slow = False
        if self._patience is not None and self._patience.active():
            self._patience.cancel()

    def _takes_long(self) -> None:
        self._slow = True
        self.refresh()

    def _says(self) -> str:
        if self._slow:
            return self.work.words("Loading…")
        if not self._has_searched or self._waits or self.problem:
            return ""
        if not self._lines:
            return self.work.words("No recordings like that; ask for other days, or for less")
        if self._next:
            return self.work.words("{n} are shown, there are more below", n=len(self._lines))
        return self.work.words("{n} recordings", n=len(self._lines))

    def _line(self, row: Row) -> RecordingLine:
        language, length_s = self.work.language, row["length_s"]
        outcome = OUTCOMES.get(row["outcome"])
        cells = (
            moment(row["started"]),
            row["caller"] or self.work.words("withheld"),
            ", ".join(row["agents"]),
            code_text(row["line"], language),
            "…" if length_s is None else stopwatch(length_s),
            self.work.words(outcome) if outcome and row["outcome"] else code_text(row["outcome"], language),
            ", ".join(row["orders"]),
            row["note"],
            self.work.words("protected") if row["protected"] else "",
        )
        return RecordingLine(row["number"], cells, row["name"] or "")

    # What makes it look otherwise

    def logged_in(self, hello: Hello) -> None:
        if self._has_searched:
            self.search(self._filter)

    def access(self, access: Access) -> None:
        self.refresh()
