"""What the task bar says of the window: a call that rings must be seen there too."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.presenter import Presenter
from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState


@dataclass(frozen=True)
class TitleData:
    """The window's title, and the call for which it asks to be looked at."""

    title: str
    ringing_call: str


class Title(Presenter[TitleData]):
    """Only a call that rings changes it."""

    def data(self) -> TitleData:
        seat, words = self.model.seat, self.work.words
        program = words("Telephone service centre")
        if seat.state is SeatState.RINGING and seat.call is not None:
            name = caller_name(seat.call, self.work.language)
            return TitleData(f"● {words('Incoming call')} {name} – {program}", seat.call.call_id)
        return TitleData(f"{seat.number} {seat.name} – {program}", "")

    def status(self, status: SeatStatus) -> None:
        self.refresh()
