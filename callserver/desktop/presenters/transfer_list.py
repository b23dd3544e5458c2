"""Where a call can be sent, as a list: found by number or name, with what is known of each at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum

from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.dial import pasted_number
from callserver.desktop.presenters.number_classes import NumberClasses
from callserver.desktop.presenters.rows import SEAT, Row, cannot_take, colleagues, own, seat_row
from callserver.desktop.presenters.target_book import TargetBook
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import QueueRow
from callserver.wire.rights import Right
from callserver.wire.targets import Target, TargetKind

STAR = "★ "
BOX_DIGITS = range(3, 7)
DIGITS_MIN = 3  # fewer are no number outside


class Filter(Enum):
    """Which of them are shown."""

    ALL = N_("All")
    SEATS = N_("Seats")
    QUEUES = N_("Queues")
    OFFICES = N_("Offices")
    FAVOURITES = N_("Favourites")


KINDS = {
    Filter.SEATS: (TargetKind.SEAT,),
    Filter.QUEUES: (TargetKind.QUEUE, TargetKind.MENU, TargetKind.BOX),
    Filter.OFFICES: (TargetKind.OFFICE,),
}


class TransferList:
    """
    Its order does not change by itself, so that a digit always means the same row.

    A single digit chooses that row; more than one sign looks for a number or a name.

    :param changed: called when the server has said more
    """

    def __init__(self, work: Workplace, changed: Callable[[], None]) -> None:
        self._work = work
        self.typed, self.filter = "", Filter.ALL
        self._classes, self.book = NumberClasses(work, changed), TargetBook(work, changed)

    def find(self, typed: str) -> str:
        """What is typed from now on; the key of the row that is chosen by it, "" if nobody fits."""
        self.typed = typed.strip()
        number = self._number()
        if number:
            self._classes.ask(number)
        rows, nth = self.rows(), int(self.typed) if self._is_digit() else 1
        return rows[nth - 1].key if 0 < nth <= len(rows) else ""

    def rows(self) -> tuple[Row, ...]:
        """Who fits: whose very number is typed, favourites, the others; then a number outside, and a mailbox."""
        favourites = self._work.settings.now.favourites
        found = [row for row in self._all() if self._fits(row, favourites)]
        found.sort(key=lambda row: (row.key != f"{SEAT}{self.typed}", row.key not in favourites))
        found += self._number_row()
        marked = [self._starred(row) if row.key in favourites else row for row in found]
        return tuple(replace(row, mark=str(n) if n < 10 else "") for n, row in enumerate(marked, 1))

    def _starred(self, row: Row) -> Row:
        said = ", ".join(filter(None, (row.aloud, self._work.words("favourite"))))
        return replace(row, title=STAR + row.title, aloud=said)

    def _is_digit(self) -> bool:
        return len(self.typed) == 1 and self.typed in "123456789"

    def _number(self) -> str:
        """What is typed, if it can be dialled."""
        number = pasted_number(self.typed)
        return number if len(number) >= DIGITS_MIN and number.isdecimal() else ""

    def _fits(self, row: Row, favourites: tuple[str, ...]) -> bool:
        kind = Target.parse(row.key).kind
        if self.filter is Filter.FAVOURITES and row.key not in favourites:
            return False
        if kind not in KINDS.get(self.filter, (kind,)):
            return False
        return self._is_digit() or self.typed.casefold() in row.title.casefold()

    def _all(self) -> Iterator[Row]:
        yield from self._seats()
        internal = self._work.lacks(Right.DIAL_INTERNAL)
        queues = self._work.model.queues
        for queue in sorted(queues.values(), key=lambda queue: queue.queue):
            key = f"queue {queue.queue}"
            yield Row(key, self.book.name(key), self._queue(queue), why_not=internal)
        shown = {f"queue {name}" for name in queues} | set(self._work.model.rows) | {SEAT + own(self._work)}
        for place in self.book.places:
            if str(place.target) not in shown:
                why_not = "" if place.target.kind is TargetKind.MENU else internal
                yield Row(str(place.target), place.title, place.detail, why_not=place.why_not or why_not)
        known = shown | {str(place.target) for place in self.book.places}
        for one in self._work.settings.now.favourites:
            if one not in known and one.startswith("number "):
                yield Row(one, one.removeprefix("number "))

    def _seats(self) -> Iterator[Row]:
        internal = self._work.lacks(Right.DIAL_INTERNAL)
        for one in colleagues(self._work):
            row = seat_row(self._work, one)
            takes = self.book.cannot(one.channel) or cannot_take(self._work, one)
            yield replace(row, key=one.channel, why_not=internal or takes)

    def _queue(self, queue: QueueRow) -> str:
        words, kind = self._work.words, self._work.words("Queue")
        if not queue.length:
            return f"{kind} · {words('Nobody waits')}"
        longest = stopwatch(queue.oldest_s + self._work.model.queue_age_s(queue.queue))
        return f"{kind} · {words('Waiting {n} · longest {longest}', n=queue.length, longest=longest)}"

    def _number_row(self) -> Iterator[Row]:
        number = self._number()
        known = {SEAT + number, f"number {number}"} & {*self._work.model.rows, *self._work.settings.now.favourites}
        if number and self.filter is Filter.ALL and not known:
            kind, why_not = self._classes.told(number)
            yield Row(f"number {number}", number, kind, why_not=why_not)
        if len(number) in BOX_DIGITS and self.filter in (Filter.ALL, Filter.QUEUES):
            why_not = self._work.lacks(Right.DIAL_INTERNAL)
            yield Row(f"box {number}", self._work.words("Mailbox {number}", number=number), why_not=why_not)
