"""Rows of lists as people see them, and how a colleague's row reads: the same in the column, the transfer, messages."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.pauses import pause_word
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import CLIENT_LOST, ChannelRow
from callserver.wire.states import LineState, SeatState

SEAT = "seat "
SHORT_WORDS = {
    SeatState.OFF: N_("Logged out"),
    SeatState.IDLE_PC: N_("Idle"),
    SeatState.IDLE_PHONE: N_("Idle"),
    SeatState.RINGING: N_("Ringing"),
    SeatState.DIALING: N_("Dialling"),
    SeatState.RINGBACK: N_("Ring-back"),
    SeatState.TALKING: N_("Talking"),
    SeatState.HELD: N_("On hold"),
}


@dataclass(frozen=True)
class Row:
    """
    One row of a list.

    :param key: what the list knows it by, from one showing to the next
    :param detail: the line beneath, with a clock perhaps
    :param why_not: why it cannot be chosen; it stays in the list, and says so
    :param mark: what stands before it: its digit, a place
    :param aloud: what its signs say, in words, for those who do not see them
    """

    key: str
    title: str
    detail: str = ""
    state: SeatState | LineState | None = None
    why_not: str = ""
    mark: str = ""
    kept: bool = False
    wrap_up: bool = False
    is_new: bool = False  # in bold: not seen yet
    aloud: str = ""

    @property
    def spoken(self) -> str:
        """For who does not see it."""
        return ", ".join(part for part in (self.mark, self.title, self.detail, self.aloud, self.why_not) if part)


def colleagues(work: Workplace) -> list[ChannelRow]:
    """Seats where somebody is, without one's own, in the order of their numbers."""
    rows = [row for row in work.model.rows.values() if row.channel.startswith(SEAT) and number_of(row) != own(work)]
    return sorted((row for row in rows if row.state != SeatState.OFF.name), key=lambda row: number_of(row).zfill(24))


def own(work: Workplace) -> str:
    """The staff number of who works here."""
    return work.model.seat.number


def number_of(row: ChannelRow) -> str:
    """Of a seat."""
    return row.channel.removeprefix(SEAT)


def seat_state(row: ChannelRow) -> SeatState:
    """Of a seat; one that this program does not know looks logged out."""
    return SeatState.__members__.get(row.state, SeatState.OFF)


def seat_word(work: Workplace, row: ChannelRow) -> str:
    """What somebody does, and how long he has."""
    state = seat_state(row)
    word = pause_word(row.sub, work.language) if state is SeatState.PAUSED else work.words(SHORT_WORDS[state])
    return f"{word} {stopwatch(work.model.row_age_s(row.channel))}"


def seat_row(work: Workplace, row: ChannelRow) -> Row:
    """A colleague."""
    return Row(
        key=number_of(row),
        title=f"{number_of(row)} {beside(row.name or '')}".rstrip(),
        detail=seat_word(work, row),
        state=seat_state(row),
        kept=row.kept,
        wrap_up=row.sub == "wrap-up",
        aloud=work.words("another call held") if row.kept else "",
    )


def cannot_take(work: Workplace, row: ChannelRow) -> str:
    """Why a call from a colleague would not ring there; "" if it would. A pause does not keep it from ringing."""
    state = seat_state(row)
    if state in (SeatState.IDLE_PC, SeatState.IDLE_PHONE):
        return ""
    if state is SeatState.PAUSED:
        return work.words("Not at his computer") if row.sub == CLIENT_LOST else ""
    return work.words("Takes no call now")
