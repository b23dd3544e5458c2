"""Dialling a number: a colleague's, or one outside."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.presenters.presenter import Presenter
from callserver.wire.messages import SeatStatus
from callserver.wire.typed import typed_text

BETWEEN_FIGURES = str.maketrans("", "", " -().\u2010\u2011\u2012\u2013\u00a0\u2068\u2069")
PARKED = "*"


def pasted_number(text: str) -> str:
    """A number as people write it, without blanks, dashes, brackets, and figures of full width."""
    return typed_text(text).translate(BETWEEN_FIGURES)


@dataclass(frozen=True)
class DialData:
    """What the panel of dialling shows beside its field."""

    last: str  # what Enter in the empty field shows
    problem: str


class Dial(Presenter[DialData]):
    """One field; Enter in it, while it is empty, shows the last number."""

    def data(self) -> DialData:
        return DialData(self.work.settings.now.last_dialled, self.problem)

    def dial(self, typed: str) -> str:
        """
        Call this number, or fetch who is parked at "*71"; from an empty field nothing is dialled.

        :return: what the field shows from now on: the number as it is dialled, or the last one
        """
        number = pasted_number(typed)
        if not number:
            return self.work.settings.now.last_dialled
        if number.startswith(PARKED):
            self.do(self.client.fetch(number.removeprefix(PARKED)))
            return number
        self.work.settings.remember(last_dialled=number)
        self.do(self.client.dial(number))
        return number

    def status(self, status: SeatStatus) -> None:
        self.refresh()
