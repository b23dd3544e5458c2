"""A floor with seats, a staff book with two people, and connections in memory: what the agents' channel stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callserver.acd.seat_calls import SeatChange
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.test.iosim import FakeTransport, IOPump
from zope.interface import implementer

from callserver.acd.seat import Seat
from callserver.agents.channel import AgentChannel
from callserver.agents.session import AgentSession
from callserver.agents.tls import OwnCertificate, own_certificate
from callserver.wire.messages import Card, CardPart, Identity, Phrase
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

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


@dataclass(frozen=True)
class Person:
    number: str
    name: str
    rights: frozenset[Right] = frozenset({Right.ANSWER_QUEUED, Right.ANSWER_INTERNAL})


@dataclass
class Talk:
    """A call whose far end repeats what the agent says."""

    headset: AgentSession
    card: Card = CARD
    wrap_up_s: float = 0.0
    acts: list[str] = field(default_factory=list)

    def hold(self) -> None:
        self.acts.append("hold")

    def retrieve(self) -> None:
        self.acts.append("retrieve")

    def end(self, reason: str) -> None:
        self.acts.append(reason)

    def join(self, other: object) -> None: ...

    def recall(self) -> Any:
        return Offer(self)


@dataclass
class Offer:
    call: Talk
    right: Right = Right.ANSWER_QUEUED
    ring_time_s: float = 15.0
    declined: list[str] = field(default_factory=list)

    @property
    def card(self) -> Card:
        return self.call.card

    def accept(self, seat: Seat) -> Talk:
        self.call.acts.append("accept")
        return self.call

    def decline(self, seat: Seat, reason: str) -> None:
        self.declined.append(reason)


class Floor:
    """Seats 801 and 802, whoever knows the password."""

    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock
        self.seats: dict[str, Seat] = {}
        self.headsets: dict[str, AgentSession] = {}
        self.heard: list[bytes] = []
        self.tries: list[tuple[str, str]] = []
        self.complaints: list[tuple[str, str, str, str]] = []
        self.show: Callable[[SeatChange], None] = lambda change: None

    def log_in(self, number: str, password: str, address: str) -> Deferred[Person]:
        self.tries.append((number, address))
        known = number in ("801", "802") and password == PASSWORD
        return succeed(Person(number, "Li Mei")) if known else fail(Refused(Refusal.LOG_IN))

    def sit_down(self, person: Any, headset: AgentSession) -> Seat:
        seat = self.seats.setdefault(person.number, Seat(person.number, self.clock, lambda change: self.show(change)))
        self.headsets[person.number] = headset
        headset.on_audio = self.heard.append
        if seat.person is None:
            seat.log_in_pc(person)
        elif not seat.status.client_here:
            seat.client_back()
        return seat

    def complain(self, number: str, address: str, act: str, refused: Refused) -> None:
        self.complaints.append((number, address, act, str(refused)))

    def ring(self, number: str) -> Offer:
        """A caller rings at a seat."""
        offer = Offer(Talk(self.headsets[number]))
        self.seats[number].offer(offer)
        return offer


@implementer(IStreamClientEndpoint)
class Wires:
    """Connections in memory between programs and one agents' channel; nothing moves until `settle`."""

    def __init__(self, clock: Clock, factory: Any) -> None:
        self.clock, self.factory = clock, factory
        self.up = True
        self.pumps: list[IOPump] = []
        self.frozen: set[IOPump] = set()

    def connect(self, client_factory: Any) -> Deferred[Any]:
        if not self.up:
            return fail(ConnectionRefusedError("the server is down"))
        address = IPv4Address("TCP", "192.0.2.1", 50000 + len(self.pumps))
        client, server = client_factory.buildProtocol(None), self.factory.buildProtocol(address)
        to_server, to_client = FakeTransport(client, False), FakeTransport(server, True, peerAddress=address)
        server.makeConnection(to_client)
        client.makeConnection(to_server)
        self.pumps.append(IOPump(client, server, to_server, to_client, False, self.clock))
        return succeed(client)

    def settle(self) -> None:
        """Let everything that is under way arrive."""
        moved = True
        while moved:
            moved = any(pump.pump() for pump in self.pumps if pump not in self.frozen or pump.serverIO.disconnecting)

    def pass_time(self, seconds: float, step_s: float = 0.5) -> None:
        """Time passes, and what is said meanwhile arrives."""
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            self.settle()


@dataclass
class Stranger:
    """Whoever has opened a connection; speaks bytes."""

    factory: Any
    host: str = "198.51.100.7"

    def __post_init__(self) -> None:
        self.address = IPv4Address("TCP", self.host, 40000)
        self.protocol = self.factory.buildProtocol(self.address)
        if self.protocol is not None:
            self.transport = FakeTransport(self.protocol, True, peerAddress=self.address)
            self.protocol.makeConnection(self.transport)

    def says(self, data: bytes, piece: int = 65536) -> None:
        """As the reactor would deliver it."""
        for start in range(0, len(data), piece):
            if not self.transport.disconnecting:
                self.protocol.dataReceived(data[start : start + piece])

    @property
    def cut_off(self) -> bool:
        return self.protocol is None or bool(self.transport.disconnecting)

    def leave(self) -> None:
        if not self.transport.disconnected:
            self.transport.disconnected = self.transport.disconnecting = True
            self.transport.reportDisconnect()


def certificate(folder: str) -> OwnCertificate:
    """One made for a test."""
    path = Path(folder)
    path.mkdir()
    return own_certificate(path)


def channel(clock: IReactorTime, floor: Floor, own: OwnCertificate, endpoint: Any = None) -> AgentChannel:
    """The agents' channel of this floor."""
    made = AgentChannel(
        clock, endpoint, own.options, log_in=floor.log_in, sit_down=floor.sit_down, complain=floor.complain
    )
    floor.show = made.show
    return made
