"""The interface of a shop with sample goods, in memory and on virtual time, and a program that asks it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.protocol import connectionDone
from twisted.internet.testing import StringTransport

from callserver.calls.event_log import EventLog
from callserver.features.shopping import sample
from callserver.features.shopping.web.keys import KeyRing, make_key
from callserver.features.shopping.web.limits import Limits
from callserver.features.shopping.web.resource import Interface
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.served import OPERATIONS
from callserver.features.shopping.web.site import ShopSite
from callserver.wire.records import EventRecord
from tests.store.inline import StubbornStore

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """What a program gets."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[str, str | None]:
        """Code and field."""
        return self.json["error"]["code"], self.json["error"]["field"]


class EventBook:
    """Keeps events in a list."""

    def __init__(self) -> None:
        self.events: list[EventRecord] = []

    def write(self, event: EventRecord) -> None:
        self.events.append(event)


class Connection:
    """One to the interface, from some computer."""

    def __init__(self, site: ShopSite, host: str = "127.0.0.1") -> None:
        self.protocol = site.buildProtocol(IPv4Address("TCP", host, 40000))
        self.transport = StringTransport(peerAddress=IPv4Address("TCP", host, 40000))
        self.transport.abortConnection = self.transport.loseConnection  # type: ignore[method-assign]
        if self.protocol is not None:
            self.protocol.makeConnection(self.transport)

    def send(self, octets: bytes) -> None:
        self.protocol.dataReceived(octets)

    def lose(self) -> None:
        self.protocol.connectionLost(connectionDone)

    def answer(self) -> Answer:
        """The one that has come; cuts it off."""
        head, _, body = self.transport.value().partition(b"\r\n\r\n")
        self.transport.clear()
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return Answer(int(lines[0].split()[1]), headers, body)


class ServedShop:
    """
    The shop; `key` opens all of it.

    :param store: with the tables; sample goods are put in
    """

    def __init__(self, store: StubbornStore, limits: Limits = Limits()) -> None:  # noqa: B008 - it is frozen
        self.store, self.clock, self.book = store, store.reactor, EventBook()
        self.events = EventLog(self.book, self.clock, "test", self.now)  # type: ignore[arg-type]
        store.run(sample.load, self.now())
        self.keys = KeyRing(store, self.clock)  # type: ignore[arg-type]
        self.key = self.make_key("web-shop", *Scope)
        self.n_changes = 0
        interface = Interface(
            OPERATIONS,
            self.keys,
            store,  # type: ignore[arg-type]
            self.events,
            self.clock,
            limits,
            on_change=self._changed,
        )
        self.site = ShopSite(interface.resource(), self.clock, limits, interface.knows)

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.clock.seconds())

    def make_key(self, name: str, *scopes: Scope) -> str:
        secret: str = self.store.run(make_key, name, scopes, self.now())
        self.follow()
        return secret

    def follow(self) -> None:
        """The server's copy of the keys is brought up to date."""
        try:
            self.keys.follow().send(None)
        except StopIteration:
            return

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        key: str | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        host: str = "127.0.0.1",
    ) -> Answer:
        """A request on a connection of its own."""
        connection = self.connect(host)
        connection.send(self.request(method, path, body, self.key if key is None else key, headers))
        answer = connection.answer()
        connection.lose()
        return answer

    def connect(self, host: str = "127.0.0.1") -> Connection:
        return Connection(self.site, host)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        key: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> bytes:
        """Its octets."""
        octets = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Host": "shop", "Content-Length": str(len(octets))}
        sent |= {"Authorization": f"Bearer {key}"} if key else {}
        sent |= {"Content-Type": "application/json"} if octets else {}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (sent | dict(headers)).items())]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + octets

    def told(self) -> list[tuple[str, Any]]:
        """The events: kind and data."""
        return [(event.kind, event.data) for event in self.book.events]

    def _changed(self) -> None:
        self.n_changes += 1
