"""Lines and seats as tiles of the board: pure, from what the server has told of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callserver.desktop.foreign import isolated
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.rows import SEAT
from callserver.wire.catalogue import N_, known, text, told
from callserver.wire.messages import WRAP_UP, ChannelRow
from callserver.wire.states import LineState, SeatState
from callserver.wire.words import reason_text, state_text

State = LineState | SeatState

WORDS: Mapping[State, str] = {  # short enough for a tile; whole in what is read aloud
    LineState.NOT_LOADED: N_("no menu loaded"),
    LineState.LOADED: N_("not enabled"),
    LineState.IDLE: N_("idle"),
    LineState.RINGING_IN: N_("incoming, rings"),
    LineState.DIALING: N_("dialling"),
    LineState.RINGBACK: N_("ring-back"),
    LineState.TALKING: N_("talking"),
    LineState.HELD: N_("is held"),
    LineState.WAIT_HANGUP: N_("clearing"),
    LineState.FAXING: N_("faxing"),
    LineState.DISCONNECTED: N_("line dead"),
    SeatState.OFF: N_("logged out"),
    SeatState.IDLE_PHONE: N_("idle"),
    SeatState.IDLE_PC: N_("idle"),
    SeatState.PAUSED: N_("paused"),
    SeatState.RINGING: N_("ringing"),
    SeatState.DIALING: N_("dialling"),
    SeatState.RINGBACK: N_("ring-back"),
    SeatState.TALKING: N_("talking"),
    SeatState.HELD: N_("is held"),
}
DEEPER_S: Mapping[State, tuple[float, float]] = {  # after so long a state's tile is more of its colour, and more still
    LineState.RINGING_IN: (10, 20),
    SeatState.RINGING: (10, 20),
    LineState.TALKING: (60, 300),
    SeatState.TALKING: (60, 300),
    SeatState.PAUSED: (60, 300),
    LineState.HELD: (60, 180),
    SeatState.HELD: (60, 180),
    LineState.DISCONNECTED: (0, 0),
}
WAITING_S = (60, 300)  # a line that is held since its caller waits in a queue
NEVER_S = (float("inf"), float("inf"))
QUEUE = "queue"
BLANK = "blank "  # before the number of a place where nothing stands
OFF = SeatState.OFF.name
COLUMNS_MIN = 3  # in fewer, a column of seats would leave no room for lines
SILENT = ("", QUEUE, "bridged", WRAP_UP)  # what is said otherwise, or is a matter of course


@dataclass(frozen=True)
class Tile:
    """
    One line or seat, in words.

    :param depth: 0 to 2: how much of the state's colour is in it, by how long it has lasted
    :param spoken: all of it, for those who hear the board read
    """

    channel: str  # "line 3", "seat 801"
    state: State
    title: str
    word: str
    clock: str
    caller: str
    what: str  # menu step, reason of a pause, whom he talks with
    depth: int
    blinks: bool
    wrap_up: bool
    kept: bool
    spoken: str

    @property
    def is_seat(self) -> bool:
        """Else a line, or nothing."""
        return self.channel.startswith(SEAT)

    @property
    def key(self) -> str:
        """What it is known by in a list."""
        return self.channel


def tile(row: ChannelRow, age_s: float | None, language: str, partner: str = "") -> Tile:
    """
    :param age_s: how long the channel has been in its state; None: it is not known
    :param partner: who has the same call in hand, as people call him
    """
    state, wrap_up = state_of(row), row.sub == WRAP_UP
    title, clock = channel_title(row, language), "" if age_s is None else stopwatch(age_s)
    word = known(language, N_("wrap-up") if wrap_up else WORDS[state])
    doing = _doing(row, language), _mark(row, language)
    with_whom = text(language, "with {whom}", whom=partner) if partner else ""
    whole_word = word if wrap_up else state_text(state, language)
    kept = text(language, "another call held") if row.kept else ""
    spoken = ", ".join(filter(None, (title, whole_word, clock, row.caller, *doing, with_whom, kept)))
    return Tile(
        channel=row.channel,
        state=state,
        title=title,
        word=word,
        clock=clock,
        caller=row.caller or "",
        what="  ".join(filter(None, (*doing, partner and f"→ {partner}"))),
        depth=_depth(row, state, age_s or 0),
        blinks=state in (LineState.RINGING_IN, SeatState.RINGING),
        wrap_up=wrap_up,
        kept=row.kept,
        spoken=spoken,
    )


def state_of(row: ChannelRow) -> State:
    """Of a newer server's state that is not known here: that it is not in service."""
    kind: type[State] = LineState if is_line(row) else SeatState
    if row.state in kind.__members__:
        return kind[row.state]
    return LineState.LOADED if is_line(row) else SeatState.OFF


def is_line(row: ChannelRow) -> bool:
    """Else it is a seat."""
    return row.channel.startswith("line ")


def channel_title(row: ChannelRow, language: str) -> str:
    """ "Line 3", "801 Wang Fang"."""
    kind, _, number = row.channel.partition(" ")
    if kind == "line":
        return text(language, "Line {number}", number=number)
    return f"{row.person or number} {isolated(row.name or '')}".strip()


def arranged(rows: Sequence[ChannelRow], columns: int) -> list[ChannelRow | None]:
    """
    Row by row: lines by their numbers at the left, seats in the last columns; None: nothing stands there.

    Seats have as many columns as make the whole lowest, most often one; seats where nobody is stand last. Where there
    is no room for both, seats come behind the lines.

    :param columns: tiles that stand beside each other
    """
    lines = sorted(filter(is_line, rows), key=_number)
    seats = sorted((row for row in rows if not is_line(row)), key=lambda row: (row.state == OFF, _number(row)))
    if not lines or not seats or columns < COLUMNS_MIN:
        return [*lines, *seats]
    n_seats = min(range(1, columns), key=lambda n: max(_depth_of(lines, columns - n), _depth_of(seats, n)))
    n_lines = columns - n_seats
    placed: list[ChannelRow | None] = []
    for row in range(max(_depth_of(lines, n_lines), _depth_of(seats, n_seats))):
        for part, wide in ((lines, n_lines), (seats, n_seats)):
            there = part[row * wide : (row + 1) * wide]
            placed += [*there, *[None] * (wide - len(there))]
    while placed[-1] is None:
        placed.pop()
    return placed


def blank(place: int, language: str) -> Tile:
    """Nothing stands at this place, between the last line and the column of seats."""
    nothing = text(language, "nothing here")
    return Tile(f"{BLANK}{place}", SeatState.OFF, "", "", "", "", "", 0, False, False, False, nothing)


def _depth_of(rows: Sequence[ChannelRow], columns: int) -> int:
    return -(-len(rows) // columns)


def _number(row: ChannelRow) -> tuple[int, str]:
    number = row.channel.partition(" ")[2]
    return (int(number) if number.isdecimal() else 0, number)


def _doing(row: ChannelRow, language: str) -> str:
    if row.sub in SILENT:
        return text(language, "waits in a queue") if row.sub == QUEUE else ""
    return reason_text(row.sub, language)


def _mark(row: ChannelRow, language: str) -> str:
    if row.draining:
        return text(language, "will be disabled")
    return told(row.reason, language) if row.reason is not None else ""


def _depth(row: ChannelRow, state: State, age_s: float) -> int:
    waits = state is LineState.HELD and row.sub == QUEUE
    return sum(age_s >= limit for limit in (WAITING_S if waits else DEEPER_S.get(state, NEVER_S)))
