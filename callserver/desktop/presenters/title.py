"""What the task bar says of the window: a call that rings must be seen there too."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.foreign import beside, isolated, one_line
from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.presenter import Presenter
from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState

NAME_MAX = 40


@dataclass(frozen=True)
class TitleData:
    """
    :param ringing_call: for which it asks to be looked at
    :param has_call: one of his own, whose card has to be seen; not one that he listens to as a supervisor
    """

    title: str
    ringing_call: str
    has_call: bool


class Title(Presenter[TitleData]):
    """Told with every look of the seat; only calls change it."""

    def data(self) -> TitleData:
        seat, words = self.model.seat, self.work.words
        program = words("Telephone service centre")
        if seat.state is SeatState.RINGING and seat.call is not None:
            name = isolated(_short(caller_name(seat.call, self.work.language)))
            return TitleData(f"● {words('Incoming call')} {name} – {program}", seat.call.call_id, True)
        has_call = seat.call is not None and not seat.supervises
        return TitleData(f"{seat.number} {beside(_short(seat.name))} – {program}", "", has_call)

    def status(self, status: SeatStatus) -> None:
        self.refresh()


def _short(name: str) -> str:
    """A task bar has room for so much."""
    flat = one_line(name)
    return flat if len(flat) <= NAME_MAX else f"{flat[: NAME_MAX - 1]}…"
