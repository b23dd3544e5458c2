"""A whole shop in which somebody tries what he may and may not do: agents at their programs, callers, other rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.phones.star_codes import CODES, Takes
from callserver.acd.seats.seat import Seat
from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.emulator.script_run import run_script
from callserver.server.first_start import settle_in
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.whole.test_telephone_seat import LOG_IN, PIN, Telephone
from tests.whole.virtual_shop import VirtualShop

FIRST_CALLER = 13912345600
# He wants to speak to a person: Mandarin, person.
WANTS_A_PERSON = "caller {number}\ndial {shop}\nwait answer\nwait 3\npress 1\nwait 3\npress 0\nwait 3000"


class AtTelephone:
    """Somebody who works at his telephone: what others ask at a program he keys."""

    def __init__(self, hall: Hall, number: str) -> None:
        self._hall, self._telephone = hall, Telephone(hall.shop)
        hall.shop.until(hall.centre.staff.set_pin(number, PIN))
        self._telephone.does(LOG_IN)

    def is_gone(self) -> None:
        self._telephone.is_gone()

    def asks(self, act: str, *args: object) -> Refused | None:
        """Why not, as the event log has it; he hears a tone or a sentence."""
        before = len(self._hall.events)
        self._telephone.does(f"press {keys(act, *args)}\nwait 2")
        for event in self._hall.events[before:]:
            if event.kind == "right_refused":
                return Refused(Refusal.NO_RIGHT, str(event.data["right"]))
            if event.kind == "audit" and event.data["result"] != "done":
                return Refused.from_wire(str(event.data["result"]))
        return None


def keys(act: str, *args: object) -> str:
    """What an agent keys for an act of the register."""
    if act == "answer":
        return "1"
    code = next(code for code in CODES if code.act == act)
    given = [_keyed(takes, arg) for takes, arg in zip(code.takes, args or ("",) * len(code.takes), strict=True)]
    return code.keys + "".join(given)


def _keyed(takes: Takes, arg: object) -> str:
    if takes is Takes.REASON:
        return "2"
    if takes in (Takes.WAITING, Takes.HANG_UP_OR_QUEUE):
        return "#"
    return f"{str(arg).rpartition(' ')[2]}#"


class Hall:
    """
    `tried`: what came of the last thing that somebody tried, an answer or a Refused.
    `first`, `second`, `caller`: who is there, as a scene has put them; the caller is his number.
    """

    first: AgentClient | AtTelephone
    second: AgentClient
    caller: str

    def __init__(
        self, case: SynchronousTestCase, n_lines: int = 4, settings: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.shop = VirtualShop(case, n_lines, settings=settings)
        self.centre = self.shop.server.centre
        self.events: list[EventRecord] = []
        self.shop.server.events.watch(self.events.append)
        self.tried: Any = None
        self._case, self._n_calls = case, 0

    def seat(self, number: str) -> Seat:
        return self.centre.seats[number]

    def give(self, number: str, rights: Iterable[Right]) -> None:
        """From now on somebody holds these and no others."""
        self.shop.until(self.centre.staff.set_rights(number, frozenset(rights)))
        self.shop.wait(0.1)

    def comes(self, number: str, rights: Iterable[Right] = frozenset(Right)) -> AgentClient:
        """Somebody logs in at a program, and holds these rights."""
        self.give(number, rights)
        self.shop.until(self.shop.server.store.write(settle_in))  # a right may ask for a longer password
        way = self.shop.world.network.way(f"10.0.0.{number[-1]}")
        password = self.shop.folder.first_password(number)
        client = AgentClient(self.shop.world.reactor, way, number, password, AgentListener())
        client.start()
        self._case.addCleanup(client.stop)
        self.until(lambda: client.seat.state is not SeatState.OFF)
        return client

    def telephones(self, number: str) -> AtTelephone:
        """Somebody logs in from his telephone."""
        telephone = AtTelephone(self, number)
        self._case.addCleanup(telephone.is_gone)
        self._case.assertIs(self.seat(number).status.state, SeatState.IDLE_PHONE)
        return telephone

    def calls(self) -> str:
        """Somebody calls and wants a person; his number. He rings somewhere or waits when this is over."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        number = str(FIRST_CALLER + self._n_calls)
        self._n_calls += 1
        script = WANTS_A_PERSON.format(number=number, shop=self.shop.server.config.exchange.number)
        calling: Deferred[Any] = run_script(exchange, script)
        calling.addErrback(lambda failure: failure.trap(CancelledError))
        self._case.addCleanup(calling.cancel)
        self.until(lambda: "entry" in self.kinds(number))
        self.shop.wait(1)
        return number

    def call_id(self, number: str) -> str:
        """Of the last call of a number."""
        return next(
            str(event.call_id)
            for event in reversed(self.events)
            if event.kind == "caller_id" and event.data["number"] == number
        )

    def kinds(self, number: str) -> list[str]:
        """What happened in that call."""
        calls = [e.call_id for e in self.events if e.kind == "caller_id" and e.data["number"] == number]
        return [event.kind for event in self.events if calls and event.call_id == calls[-1]]

    def tries(self, who: AgentClient | AtTelephone, act: str, *args: object) -> Any:
        """Somebody asks for something, at his program or by keys; the answer, or the Refused."""
        if isinstance(who, AtTelephone):
            self.tried = who.asks(act, *args)
            return self.tried
        found: list[Any] = []
        who.ask(act, *args).addBoth(found.append)
        self.until(lambda: bool(found))
        self.tried = found[0].value if hasattr(found[0], "value") else found[0]
        self.shop.wait(0.3)
        return self.tried

    def does(self, who: AgentClient | AtTelephone, act: str, *args: object) -> None:
        """The same, and it must not be refused."""
        tried = self.tries(who, act, *args)
        self._case.assertFalse(isinstance(tried, Exception), f"{act} {args}: {tried}")

    def until(self, reached: Any, within_s: float = 60.0) -> None:
        """Time passes until it is so."""
        reactor = self.shop.world.reactor
        self._case.assertTrue(reactor.run_until(reached, reactor.seconds() + within_s), "it did not come to that")

    def is_refused(self, right: Right) -> bool:
        """Whether what was tried last is refused for want of this right, and an event says so."""
        lacks = str(Refused.no_right(right))
        told = [
            event
            for event in self.events
            if (event.kind == "right_refused" and event.data["right"] == str(int(right)))
            or (event.kind == "audit" and event.data["result"] == lacks)
        ]
        return isinstance(self.tried, Refused) and str(self.tried) == lacks and bool(told)
