"""The row of buttons: what can be done with the call in hand, at this moment, by this person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.keys import Act, shown
from callserver.desktop.keys import keys as key_table
from callserver.desktop.model import Connection
from callserver.desktop.presenters.consulting import cancel_consult
from callserver.desktop.presenters.fax_news import FaxNews
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import Access, ChannelRow, Hello, Said, SeatStatus
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

ROW = (
    *(Act.ANSWER, Act.HANG_UP, Act.HOLD, Act.MUTE, Act.TRANSFER, Act.THREE_WAY),
    *(Act.KEYPAD, Act.RECORD, Act.SECRET, Act.FAX, Act.DIAL, Act.MESSAGES),
)
RESTING = frozenset({Act.DIAL, Act.FAX, Act.MESSAGES, Act.GRAB, Act.PICK_UP})
RESTING_STATES = (SeatState.IDLE_PC, SeatState.IDLE_PHONE, SeatState.PAUSED)
IN_TALK = frozenset(ROW) - {Act.ANSWER, Act.DIAL} | {Act.PARK}
CAN = {  # agent-window.md section 2, the table by seat state
    SeatState.OFF: frozenset[Act](),
    SeatState.IDLE_PC: RESTING,
    SeatState.IDLE_PHONE: RESTING,
    SeatState.PAUSED: RESTING,
    SeatState.RINGING: frozenset({Act.ANSWER, Act.REJECT, Act.MUTE, Act.MESSAGES}),
    SeatState.DIALING: frozenset({Act.HANG_UP, Act.MESSAGES}),
    SeatState.RINGBACK: frozenset({Act.HANG_UP, Act.TRANSFER, Act.MESSAGES}),
    SeatState.TALKING: IN_TALK,
    SeatState.HELD: frozenset({Act.HOLD, Act.HANG_UP, Act.TRANSFER, Act.RECORD, Act.PARK, Act.MESSAGES}),
}
SUPERVISING = frozenset({Act.HANG_UP, Act.MESSAGES})  # the call is others'
NEEDS = {
    Act.RECORD: Right.START_RECORDING,
    Act.GRAB: Right.GRAB,
    Act.PICK_UP: Right.PICK_UP,
}
CONSULTING = {Act.HANG_UP: N_("Cancel consult"), Act.TRANSFER: N_("Complete"), Act.HOLD: N_("Swap")}
DEAD_S = 1.0  # in a call's first second F4 is dead: it was meant for the call before, or for the ringing


@dataclass(frozen=True)
class Button:
    """One of the row; its place is always the same."""

    act: Act
    word: str
    key: str
    may: bool
    why_not: str = ""  # a right or a microphone that is missing, for the tooltip
    is_on: bool = False  # of those that stay pressed: muted, recording


@dataclass(frozen=True)
class ControlsData:
    """The row, and why the last act was not done, or how it went."""

    buttons: tuple[Button, ...]
    problem: str
    note: str


class Controls(Presenter[ControlsData]):
    """
    Does by itself what needs no more than the key; what needs a place or a text opens a panel.

    :param open_panel: called with the act whose panel is to be shown
    """

    def __init__(
        self, work: Workplace, show: Callable[[ControlsData], None], open_panel: Callable[[Act], None]
    ) -> None:
        super().__init__(work, show)
        self._open_panel = open_panel
        self._fax_news = FaxNews(work, self.refresh)
        self._recording_call = ""  # the call that this person records
        self._call, self._call_since_s = "", work.clock.seconds()
        self._note = ""  # until the next call comes, or the next act
        self._acts: dict[Act, Callable[[], Deferred[None]]] = {
            Act.ANSWER: lambda: self.client.answer(call_id=self.model.call_id),
            Act.REJECT: lambda: self.client.reject(call_id=self.model.call_id),
            Act.HANG_UP: self._hang_up,
            Act.HOLD: self._hold,
            Act.THREE_WAY: lambda: self.client.three_way(call_id=self.model.call_id),
        }

    def data(self) -> ControlsData:
        return ControlsData(tuple(map(self._button, ROW)), self.problem, self._note)

    def may(self, act: Act) -> bool:
        """Whether it would be done now."""
        seat = self.model.seat
        if self.model.connection is not Connection.HERE or act not in CAN[seat.state]:
            return False
        if act is Act.MUTE and self.work.voice.why_not_mute() is not None:
            return False
        if (act is Act.THREE_WAY and seat.kept is None) or (seat.supervises and act not in SUPERVISING):
            return False
        return not (act in NEEDS and self.work.lacks(NEEDS[act]))

    def act(self, act: Act) -> None:
        """A button or its key was pressed."""
        if act is Act.HANG_UP and self.model.age_s(self._call_since_s) < DEAD_S:
            return
        if act is Act.TRANSFER and self.model.seat.kept is not None and self.may(act):
            self._do(act, lambda: self.client.join(call_id=self.model.call_id))
        elif act is Act.RECORD and self.may(act):
            self._record()
        elif act is Act.MUTE and self.may(act):
            self.work.voice.mute()
        elif act is Act.SECRET and self.may(act):
            self._do(act, self._secret)
        elif act is Act.PARK and self.may(act):
            self._do(act, lambda: self.client.park(call_id=self.model.call_id), self._parked)
        elif act in self._acts:
            if self.may(act):
                self._do(act, self._acts[act])
        elif self.may(act):
            self._open_panel(act)

    def _do(self, act: Act, ask: Callable[[], Deferred[Any]], then: Callable[[Any], None] | None = None) -> None:
        """A key pressed twice before anything comes of it is meant once; where the button says else by then, twice."""
        seat, self._note = self.model.seat, ""
        self.do_once(f"{act.name} {self.model.call_id} {seat.state.name} {seat.hidden}", ask, then)

    def _button(self, act: Act) -> Button:
        keys = key_table(self.work.settings.now.keys)
        return Button(act, self._word(act), shown(keys[act]), self.may(act), self._why_not(act), self._is_on(act))

    def _why_not(self, act: Act) -> str:
        if act is Act.MUTE:
            why = self.work.voice.why_not_mute()
            return self.work.told(why) if why is not None else ""
        return self.work.lacks(NEEDS[act]) if act in NEEDS else ""

    def _word(self, act: Act) -> str:
        seat = self.model.seat
        if seat.kept is not None and act in CONSULTING:
            return self.work.words(CONSULTING[act])
        if act is Act.MUTE and seat.state is SeatState.RINGING:
            return self.work.words("Silence")  # the ring: there is no talk yet that could be muted
        if act is Act.HOLD and seat.state is SeatState.HELD:
            return self.work.words("Retrieve")
        if act is Act.FAX and self._fax_news.n_new:
            return self.work.words("Fax ({n})", n=self._fax_news.n_new)
        if act is Act.MESSAGES and self.model.unread:
            return f"{self.work.words(act.value)} {len(self.model.unread)}"
        return self.work.words(act.value)

    def _is_on(self, act: Act) -> bool:
        seat = self.model.seat
        if act is Act.MUTE:
            return self.work.voice.is_muted
        if act is Act.RECORD:
            return seat.call is not None and seat.call.call_id == self._recording_call
        return act is Act.SECRET and seat.hidden

    def _hang_up(self) -> Deferred[None]:
        if self.model.seat.supervises:
            return self.client.stop_listening(call_id=self.model.call_id)
        seat = self.model.seat
        return (
            self.client.hang_up(call_id=self.model.call_id) if seat.kept is None else cancel_consult(self.client, seat)
        )

    def _hold(self) -> Deferred[None]:
        seat, call_id = self.model.seat, self.model.call_id
        if seat.kept is not None:
            return self.client.swap(call_id=call_id)
        is_held = seat.state is SeatState.HELD
        return self.client.retrieve(call_id=call_id) if is_held else self.client.hold(call_id=call_id)

    def _secret(self) -> Deferred[None]:
        call_id = self.model.call_id
        return (
            self.client.show_again(call_id=call_id)
            if self.model.seat.hidden
            else self.client.hide_secret(call_id=call_id)
        )

    def _record(self) -> None:
        call = self.model.seat.call
        if call is None:
            return
        if call.call_id == self._recording_call:
            self._do(Act.RECORD, partial(self.client.stop_recording, call_id=call.call_id), lambda _: self._records(""))
        else:
            begun = partial(self.client.start_recording, call_id=call.call_id)
            self._do(Act.RECORD, begun, lambda _: self._records(call.call_id))

    def _records(self, call_id: str) -> None:
        self._recording_call = call_id

    def _parked(self, place: str) -> None:
        self._note = self.work.words("Parked at {place}", place=place)

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        call = status.call.call_id if status.call else ""
        if call != self._call:
            self._call, self._call_since_s = call, self.work.clock.seconds()
            self.problem = ""
            if call:
                self._note = ""
        self.refresh()

    def start(self) -> None:
        super().start()
        self._endings += [self.work.settings.watch(self.refresh), self.work.voice.watch(self.refresh)]

    def row(self, row: ChannelRow) -> None:
        self._fax_news.row(row)

    def said(self, said: Said) -> None:
        self.refresh()

    def access(self, access: Access) -> None:
        self.refresh()

    def logged_in(self, hello: Hello) -> None:
        self.refresh()

    def lost(self, why: object) -> None:
        self.refresh()
