"""Dialling a number: a colleague's, or one outside."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.rows import SEAT, Row
from callserver.wire.messages import SeatStatus
from callserver.wire.typed import typed_text

BETWEEN_FIGURES = str.maketrans("", "", " -().\u2010\u2011\u2012\u2013\u00a0\u2068\u2069")
PARKED = "*"
RECENT_MAX = 10


def pasted_number(text: str) -> str:
    """A number as people write it, without blanks, dashes, brackets, and figures of full width."""
    return typed_text(text).translate(BETWEEN_FIGURES)


@dataclass(frozen=True)
class DialData:
    """What the panel of dialling shows beside its field."""

    recent: tuple[Row, ...]  # numbers dialled at this computer, the last one first
    nothing: str  # instead of them, if there are none
    problem: str


class Dial(Presenter[DialData]):
    """One field; Enter in it, while it is empty, shows the last number."""

    def data(self) -> DialData:
        recent = tuple(map(self._row, self.work.settings.now.dialled))
        nothing = "" if recent else self.work.words("Numbers that are dialled here stand here afterwards")
        return DialData(recent, nothing, self.problem)

    def dial(self, typed: str) -> str:
        """
        Call this number, or fetch who is parked at "*71"; from an empty field nothing is dialled.

        :return: what the field shows from now on: the number as it is dialled, or the last one
        """
        number = pasted_number(typed)
        dialled = self.work.settings.now.dialled
        if not number:
            return dialled[0] if dialled else ""
        if number.startswith(PARKED):
            self.do(self.client.fetch(number.removeprefix(PARKED)))
            return number
        others = tuple(one for one in dialled if one != number)
        self.work.settings.remember(dialled=(number, *others)[:RECENT_MAX])
        self.do(self.client.dial(number))
        self.refresh()
        return number

    def _row(self, number: str) -> Row:
        seat = self.model.rows.get(SEAT + number)
        name = seat.name if seat is not None else None  # nobody's where nobody has been yet
        return Row(number, f"{number} {beside(name or '')}".rstrip())

    def status(self, status: SeatStatus) -> None:
        self.refresh()
