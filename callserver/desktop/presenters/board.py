"""The supervisor's board: every line and seat, who waits, what is wrong, and what he can do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.model import Connection
from callserver.desktop.presenters.deeds import (
    ASKS,
    DESTROYS,
    ENABLE,
    NEEDS,
    NOW,
    STOP_LISTENING,
    Asked,
    Deed,
    can,
    out_of_service,
    question,
)
from callserver.desktop.presenters.legend import LegendLine, legend
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.rows import SEAT
from callserver.desktop.presenters.tiles import OFF, Tile, arranged, blank, channel_title, is_line, tile
from callserver.desktop.presenters.waiters import WaiterLine, waiter_lines
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import (
    BARGED_IN,
    LISTENS,
    WHISPERS,
    Access,
    AlarmNotice,
    ChannelRow,
    Hello,
    QueueRow,
    SeatStatus,
)
from callserver.wire.rights import Right
from callserver.wire.targets import Target

OTHER_WORDS = {Deed.LISTEN: (STOP_LISTENING,), Deed.DISABLE: (ENABLE,)}
HEARING = {
    LISTENS: N_("Listening to {whom}"),
    WHISPERS: N_("Whispering to {whom}"),
    BARGED_IN: N_("In the call of {whom}"),
}


@dataclass(frozen=True)
class DeedButton:
    """One of the row; its place is always the same."""

    deed: Deed
    word: str
    may: bool
    why_not: str  # the right that is missing
    destroys: bool


@dataclass(frozen=True)
class BoardData:
    """
    :param selected: the channel of the tile that is selected, "" if there is none
    :param detail: all that is known of it, a line each
    :param hearing: whose call he is at as a supervisor, which is what whispering, barging in and taking over are about
    :param is_old: nobody is connected: all this was so
    """

    title: str
    hearing: str
    tiles: tuple[Tile, ...]
    waiting_title: str
    waiting: tuple[WaiterLine, ...]
    alarms_title: str
    alarms: tuple[str, ...]
    selected: str
    detail: tuple[str, ...]
    buttons: tuple[DeedButton, ...]
    question: Question | None
    problem: str
    is_old: bool


class Board(Presenter[BoardData]):
    """Acts on what is selected; what cannot be taken back is asked first, and forgotten when its call is another."""

    def __init__(self, work: Workplace, show: Callable[[BoardData], None]) -> None:
        super().__init__(work, show)
        self._columns, self._selected = 6, ""
        self._asked: Asked | None = None
        self._earlier: list[AlarmNotice] = []  # given before the log-in
        self._staff: list[ChannelRow] = []  # seats of all who work here, as if nobody were there

    def start(self) -> None:
        super().start()
        self.count_seconds()
        self._ask()

    @property
    def legend(self) -> tuple[LegendLine, ...]:
        """What the icons mean."""
        return legend(self.work.language)

    def data(self) -> BoardData:
        rows = self._rows()
        lines, waiting, alarms = sum(map(is_line, rows)), waiter_lines(self.model, self.work.language), self._alarms()
        return BoardData(
            title=self.work.words("Lines {lines} · seats {seats}", lines=lines, seats=len(rows) - lines),
            hearing=self._hearing(),
            tiles=tuple(
                self._tile(row) if row is not None else blank(place, self.work.language)
                for place, row in enumerate(arranged(rows, self._columns))
            ),
            waiting_title=self.work.words("Waiting {n}", n=len(waiting)),
            waiting=waiting,
            alarms_title=self.work.words("Alarms {n}", n=len(alarms)),
            alarms=alarms,
            selected=self._selected,
            detail=tuple(self._detail()),
            buttons=tuple(map(self._button, Deed)),
            question=asked.question if (asked := self._still_asked()) else None,
            problem=self.problem,
            is_old=self.model.connection is not Connection.HERE,
        )

    def words_of(self, deed: Deed) -> tuple[str, ...]:
        """All that a button may say."""
        return tuple(self.work.words(word) for word in (deed.value, *OTHER_WORDS.get(deed, ())))

    # What a person does

    def select(self, channel: str) -> None:
        """Another tile; what was asked about the one before is not asked any more."""
        if channel != self._selected:
            self._selected, self._asked = channel, None
            self.refresh()

    def flow(self, columns: int) -> None:
        """So many tiles stand beside each other now."""
        self._columns = columns
        self.refresh()

    def may(self, deed: Deed) -> bool:
        """Whether it would be done now."""
        here = self.model.connection is Connection.HERE
        return here and not self._lacks(deed) and can(deed, self._row(), self.model.seat)

    def act(self, deed: Deed) -> None:
        """A button, or its key."""
        if not self.may(deed):
            return
        row = self._heard_row() if deed is Deed.TAKE_OVER else self._row()
        if deed not in ASKS or (deed is Deed.DISABLE and out_of_service(row)):
            self.do(self._asked_for(deed, ""))
        elif row is not None:
            age_s, queues = self.model.row_age_s(row.channel), self.model.queues
            asked = question(deed, row, age_s, self._partner(row), queues, self.work.language)
            self._asked = Asked(deed, row.channel, row.call_id, asked)
        self.refresh()

    def confirm(self, value: str) -> None:
        """Yes, in this way."""
        asked, self._asked = self._still_asked(), None
        if asked is not None:
            self.do(self._asked_for(asked.deed, value))
        self.refresh()

    def cancel(self) -> None:
        """No."""
        self._asked = None
        self.refresh()

    # The parts

    def _asked_for(self, deed: Deed, value: str) -> Deferred[None]:
        channel, row, heard = self._selected, self._row(), self.model.call_id
        there = (row.call_id if row is not None else None) or ""  # the call that is selected
        if deed is Deed.LISTEN and self._stops_listening():
            return self.client.stop_listening(call_id=heard)
        if deed is Deed.LISTEN:
            return self.client.listen(channel, call_id=there)
        if deed is Deed.WHISPER:
            return self.client.whisper(call_id=heard)
        if deed is Deed.BARGE_IN and self.model.seat.supervises:
            return self.client.barge_in(call_id=heard)
        if deed is Deed.BARGE_IN:
            return self.client.barge_in(channel, call_id=there)
        if deed is Deed.TAKE_OVER:
            return self.client.take_over(call_id=heard)
        if deed is Deed.BREAK_OFF:
            return self.client.break_off(channel, Target.parse(value), call_id=there)
        if deed is Deed.FORCE_LOG_OUT:
            return self.client.force_log_out(self.model.rows[channel].person or channel.partition(" ")[2])
        if out_of_service(self._row()):
            return self.client.ask("enable_line", channel)
        return self.client.ask("disable_line", channel, value == NOW)

    def _stops_listening(self) -> bool:
        """The same button, unless another call is selected, to which he can turn."""
        own, row = self.model.seat, self._row()
        if not own.supervises:
            return False
        elsewhere = row is not None and row.call_id and row.call_id != _heard_call(own) and row.person != own.number
        return own.reason == BARGED_IN or not elsewhere

    def _still_asked(self) -> Asked | None:
        asked = self._asked
        row = self.model.rows.get(asked.channel) if asked else None
        if asked and (row is None or row.call_id != asked.call_id or not can(asked.deed, row, self.model.seat)):
            self._asked = None
            self.problem = self.work.words("This has changed meanwhile; look again")
        return self._asked

    def _rows(self) -> list[ChannelRow]:
        """What the server tells, and the seats where nobody has been since it was started."""
        told = self.model.rows
        return [*told.values(), *(row for row in self._staff if row.channel not in told)]

    def _row(self) -> ChannelRow | None:
        return next((row for row in self._rows() if row.channel == self._selected), None)

    def _heard_row(self) -> ChannelRow | None:
        """Whom he listens to: the seat rather than the line, since it is the agent who leaves the call."""
        call, own = _heard_call(self.model.seat), self.model.seat.number
        heard = [row for row in self.model.rows.values() if call and row.call_id == call and row.person != own]
        return min(heard, key=is_line, default=None)

    def _hearing(self) -> str:
        own, heard = self.model.seat, self._heard_row()
        if heard is None:
            return ""
        whom = " · ".join(filter(None, (channel_title(heard, self.work.language), heard.caller)))
        return self.work.words(HEARING[own.reason], whom=whom)

    def _lacks(self, deed: Deed) -> str:
        return next(filter(None, map(self.work.lacks, NEEDS[deed])), "")

    def _button(self, deed: Deed) -> DeedButton:
        word = deed.value
        if deed is Deed.LISTEN and self._stops_listening():
            word = STOP_LISTENING
        if deed is Deed.DISABLE and out_of_service(self._row()):
            word = ENABLE
        destroys = deed in DESTROYS and word != ENABLE
        return DeedButton(deed, self.work.words(word), self.may(deed), self._lacks(deed), destroys)

    def _tile(self, row: ChannelRow) -> Tile:
        age_s = self.model.row_age_s(row.channel) if row.channel in self.model.rows else None
        return tile(row, age_s, self.work.language, self._partner(row))

    def _partner(self, row: ChannelRow) -> str:
        """Who else has the call of this channel in hand: of a line the person, of a seat the line or the other seat."""
        if not row.call_id:
            return ""
        others = (one for one in self.model.rows.values() if one.call_id == row.call_id and one is not row)
        return channel_title(other, self.work.language) if (other := next(others, None)) else ""

    def _alarms(self) -> tuple[str, ...]:
        earlier = [one for one in self._earlier if not any(_same(one, now) for now in self.model.alarms)]
        newest_first = reversed((*earlier, *self.model.alarms))
        return tuple(self.work.told(one.phrase) for one in newest_first)

    def _detail(self) -> list[str]:
        row = self._row()
        if row is None:
            return [self.work.words("Select a line or a seat: what is known of it stands here")]
        shown, words = self._tile(row), self.work.words
        lines = [" · ".join(filter(None, (shown.title, shown.word, shown.clock))), shown.what]
        lines += [words("Caller {caller}", caller=row.caller)] if row.caller else []
        lines += [words("Menu {menu}", menu=row.menu)] if row.menu else []
        lines += [words("Another call held")] if row.kept else []
        return [line for line in (*lines, *(self.work.told(note) for note in row.notes)) if line]

    def _ask(self) -> None:
        if self.model.may(Right.SUPERVISOR) and self.model.connection is Connection.HERE:
            self.do(self.client.alarms(), self._alarms_came)
            self.do(self.client.ask("list_staff"), self._staff_came)

    def _alarms_came(self, alarms: list[AlarmNotice]) -> None:
        self._earlier = alarms

    def _staff_came(self, rows: list[dict[str, Any]]) -> None:
        self._staff = [
            ChannelRow(SEAT + row["name"], OFF, person=row["name"], name=row["settings"]["name"])
            for row in rows
            if not row["disabled"]
        ]

    # What makes it look otherwise

    def row(self, row: ChannelRow) -> None:
        self.refresh()

    def queue(self, row: QueueRow) -> None:
        self.refresh()

    def status(self, status: SeatStatus) -> None:
        self.refresh()

    def alarm(self, alarm: AlarmNotice) -> None:
        self._earlier = [one for one in self._earlier if not _same(one, alarm)]
        self.refresh()

    def access(self, access: Access) -> None:
        self.refresh()

    def logged_in(self, hello: Hello) -> None:
        self._ask()
        self.refresh()

    def lost(self, why: object) -> None:
        self.refresh()


def _heard_call(own: SeatStatus) -> str | None:
    return own.call.call_id if own.supervises and own.call else None


def _same(one: AlarmNotice, other: AlarmNotice) -> bool:
    return (one.phrase, one.channel) == (other.phrase, other.channel)
