"""A call centre of two agents and a supervisor: what the agents' channel stands on, real but for lines and books."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorTime

from callserver.acd.seats.acts import SEAT_ACTS, Act
from callserver.acd.seats.seats import Seats
from callserver.acd.seats.station import NoSignals
from callserver.agents.channel import AgentChannel
from callserver.agents.desk import Desk
from callserver.agents.tls import OwnCertificate, own_certificate
from callserver.calls.board import Board, ChannelStatus
from callserver.calls.call import Call, Party
from callserver.calls.event_log import EventLog
from callserver.calls.live_calls import LiveCalls
from callserver.calls.operations import connect, hang_up, wait_again
from callserver.calls.roles import Role
from callserver.dsp.codecs import LINEAR_16
from callserver.lines.interfaces import Caller as CallerNumber
from callserver.media.patch_bay import PatchBay
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card, CardPart, Identity, Phrase, QueueRow
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState

PASSWORD = "correct horse battery"
BASKET = "basket {quantity} × {name} ({item}) at ¥{price_fen}"
CARD = Card(
    "call-1",
    "13812345678",
    "王小明",
    "orders",
    12,
    identity=Identity("1007", "王小明"),
    parts=(
        CardPart("shopping", (Phrase(BASKET, {"quantity": 2, "name": "苹果", "item": "1001", "price_fen": 1250}),)),
    ),
    path=("welcome", "order"),
)
ANSWERS = frozenset({Right.ANSWER_QUEUED, Right.ANSWER_INTERNAL})


@dataclass(frozen=True)
class Person:
    number: str
    name: str


class StaffInMemory:
    """Agents 801 and 802, supervisor 900, whoever knows the password; their rights can change."""

    def __init__(self) -> None:
        self.people = {"801": "Li Mei", "802": "Wang Fang", "900": "Zhao Gang"}
        self.tries: list[tuple[str, str]] = []
        self.seats: Seats | None = None  # told of other rights, as the server does
        self._rights = {"801": ANSWERS, "802": ANSWERS, "900": ANSWERS | {Right.SUPERVISOR}}

    def log_in(self, number: str, password: str, address: str) -> Deferred[Any]:
        self.tries.append((number, address))
        known = number in self.people and password == PASSWORD
        return succeed(Person(number, self.people[number])) if known else fail(Refused(Refusal.LOG_IN))

    def change_password(self, number: str, password: str, new: str, address: str) -> Deferred[None]:
        return self.log_in(number, password, address).addCallback(lambda person: None)

    def rights(self, number: str) -> frozenset[Right]:
        return self._rights.get(number, frozenset())

    def give(self, number: str, *rights: Right) -> None:
        self._change(number, self.rights(number) | set(rights))

    def take(self, number: str, *rights: Right) -> None:
        self._change(number, self.rights(number) - set(rights))

    def forget(self, number: str, *rights: Right) -> None:
        """Taken away a moment ago; nobody has been told yet."""
        self._rights[number] -= set(rights)

    def _change(self, number: str, after: Iterable[Right]) -> None:
        before, self._rights[number] = self.rights(number), frozenset(after)
        assert self.seats is not None
        self.seats.rights_changed(number, before, self.rights(number))


class BookInMemory:
    """A CallBook."""

    def __init__(self) -> None:
        self.events: list[EventRecord] = []

    def open_call(self, record: CallRecord) -> Deferred[None]:
        return succeed(None)

    def change_call(self, call_id: str, **fields: object) -> None: ...

    def write(self, event: EventRecord) -> None:
        self.events.append(event)


class Caller:
    """Somebody at a telephone, whose line is nothing but a leg. Implements FirstParty."""

    def __init__(self, bay: PatchBay) -> None:
        self.name = "line 1"
        self.heard: list[bytes] = []
        self.role: Role | None = None
        self.call: Call
        self.leg = bay.open_leg(self.name, LINEAR_16, self._hear, lambda: None, NoSignals(), listen_for_signals=False)

    def says(self, sound: bytes) -> None:
        """16-bit linear."""
        self.leg.receive(sound)

    def hangs_up(self) -> None:
        hang_up(self.call, self, "caller", Reason(Cause.CALLER_HUNG_UP))

    async def answer(self, call: Call) -> None: ...

    def stage_changed(self, call: Call) -> None: ...

    def role_given(self, call: Call, role: Role) -> None:
        self.role = role

    def left(self, call: Call, reason: Reason) -> None:
        self.role = None
        self.leg.close()

    def recalled(self, call: Call) -> None: ...

    def _hear(self, block: bytes) -> None:
        if any(block):
            self.heard.append(block)


@dataclass
class Offer:
    """A caller who has come by the queue, for one seat. Implements callserver.acd.seats.offers.Offer."""

    call: Call
    caller: Caller
    wrap_up_s: float = 0.0
    right: Right = Right.ANSWER_QUEUED
    is_queued: bool = True
    ring_s: float = 15.0
    max_misses: int = 3
    declined: list[str] = field(default_factory=list)
    given_back: int = 0

    @property
    def card(self) -> Card:
        return replace(CARD, call_id=self.call.id)

    @property
    def end(self) -> str:
        """Why the call is over; empty while it is not."""
        return str(self.call.ended or "")

    def accept(self, station: Party) -> None:
        connect(self.call, station)

    def decline(self, station: Party, reason: Reason) -> None:
        self.declined.append(str(reason))

    def give_back(self, station: Party, reason: Reason) -> None:
        wait_again(self.call, station, reason)
        self.given_back += 1


class Lists:
    """Who waits, as a test says. Implements WaitingLists."""

    def __init__(self) -> None:
        self.shown: list[QueueRow] = []
        self._watchers: list[Callable[[], None]] = []

    def rows(self) -> Sequence[QueueRow]:
        return self.shown

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def show(self, *rows: QueueRow) -> None:
        """From now on these."""
        self.shown = list(rows)
        for watcher in self._watchers:
            watcher()


class SmallCentre:
    """
    Seats, board, calls, staff; `acts` may be added to.

    :param staff: another staff book than the one in memory
    """

    def __init__(self, clock: IReactorTime, staff: Any = None) -> None:
        self.clock, self.book = clock, BookInMemory()
        events = EventLog(self.book, clock, "test")
        self.bay = PatchBay(clock, n_legs=6)
        self.board = Board(events, clock.seconds)
        self.staff = staff or StaffInMemory()
        self.seats = Seats(clock, board=self.board, events=events, bay=self.bay, rights=self.staff, n_seats=4)
        self.staff.seats = self.seats
        self.acts: dict[str, Act] = dict(SEAT_ACTS)
        self.waiting = Lists()
        self.complaints: list[tuple[str, str, str, str]] = []
        numbers = count(1)
        self.calls = LiveCalls(clock, self.bay, events, lambda: f"call-{next(numbers)}")

    def complain(self, number: str, address: str, act: str, refused: Refused) -> None:
        self.complaints.append((number, address, act, str(refused)))

    def ring(self, number: str, **offer: Any) -> Offer:
        """A caller rings at a seat."""
        caller = Caller(self.bay)
        caller.call = self.calls.begin("in", caller, CallerNumber(CARD.caller_number, CARD.caller_name))
        made = Offer(caller.call, caller, **offer)
        self.seats[number].offer(made)
        return made

    def show_line(self, state: LineState, name: str = "line 1") -> None:
        """A line of the shop looks so now."""
        self.board.show(ChannelStatus(name, state))


def certificate(folder: str) -> OwnCertificate:
    """One made for a test."""
    path = Path(folder)
    path.mkdir()
    return own_certificate(path)


def channel(
    clock: IReactorTime, centre: SmallCentre, own: OwnCertificate, endpoint: Any = None, *, demo: bool = False
) -> AgentChannel:
    """The agents' channel of this centre."""
    desk = Desk(centre.staff, centre.seats, centre.board, centre.acts, centre.complain, demo, centre.waiting)
    return AgentChannel(clock, endpoint, own.options, desk)
