"""Whose record stands in the tabs: the caller's, or that of a customer who was looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.desktop.model import ShopModel
from callserver.desktop.not_connected import NOT_UNDERSTOOD, NotConnected
from callserver.wire.messages import Hello, SeatStatus
from callserver.wire.refusals import Refused

log = Logger()
Row = Mapping[str, Any]
SHOWN: Mapping[str, type | tuple[type, ...]] = {  # what the screens build on, of a customer
    "number": (int, str), "name": str, "telephones": (list, tuple), "address": str, "language": str,
    "balance_fen": int, "points": int, "pin": str, "orders": int, "reservations": (list, tuple),
}  # fmt: skip
FOUND: Mapping[str, type | tuple[type, ...]] = {
    "number": (int, str), "name": str, "telephones": (list, tuple), "address": str, "known_by": str,
}  # fmt: skip


class CustomerRecord(AgentListener):
    """
    One for the whole window, so that all tabs speak of the same person.

    A call that rings or begins asks who its caller may be. One who fits is shown at once; several are `hits`, of whom
    the agent chooses; none leaves an empty record. A customer who was looked for by hand stays until the next call.
    Whatever answer comes late, of a record that is not shown any more, is dropped: each `choose` asks anew, and the
    one before is cancelled.

    `hits`: rows of `find_customers`; `customer`: a row of `show_customer`, None while there is none; `problem`: why it
    could not be asked.
    """

    def __init__(self, client: AgentClient, model: ShopModel) -> None:
        self._client, self._model = client, model
        self._watchers: list[Callable[[], None]] = []
        self._asked: Deferred[Any] | None = None
        self._call_id = ""
        self.telephone = ""  # of the caller
        self.hits: tuple[Row, ...] = ()
        self.customer: Row | None = None
        self.problem: Refused | NotConnected | None = None
        self._end: Callable[[], None] = lambda: None

    @property
    def member(self) -> str:
        """The number of who is shown; "" if nobody is."""
        return str(self.customer["number"]) if self.customer is not None else ""

    @property
    def call_id(self) -> str:
        """Of the call that it is about, or was."""
        return self._call_id

    def begin(self) -> None:
        """Follow the calls of this seat, from the one on that is there already."""
        self._end = self._model.watch(self)
        self.status(self._model.seat)

    def end(self) -> None:
        """Follow them no more."""
        end, self._end = self._end, lambda: None
        end()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call it whenever another record, or more of it, is to be shown; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def choose(self, member: str) -> None:
        """Show this customer."""
        self._ask(self._client.ask("show_customer", member), self.show)

    def show(self, customer: Row) -> None:
        """A record that has just come, as after a change."""
        _check(customer, SHOWN)
        self._drop()
        self.customer, self.hits, self.problem = customer, (), None
        self._tell()

    def look_again(self) -> None:
        """Something of it has changed at the server: an order, a note."""
        if self.member:
            self.choose(self.member)

    def clear(self) -> None:
        """Nobody's: a new customer is to be written down."""
        self._drop()
        self.customer, self.hits, self.problem = None, (), None
        self._tell()

    # Of calls

    def status(self, status: SeatStatus) -> None:
        call = self._model.customer
        if call is None or status.supervises or call.call_id == self._call_id:
            return
        self._call_id, self.telephone = call.call_id, call.caller_number or ""
        self.customer, self.hits, self.problem = None, (), None
        self._tell()
        self._ask_who()

    def logged_in(self, hello: Hello) -> None:
        if self.member:
            self.look_again()
        elif self.problem is not None and self._call_id:
            self._ask_who()

    def _ask_who(self) -> None:
        self._ask(self._client.ask("caller_customers", self._call_id), self._found)

    def _found(self, answer: Row) -> None:
        found, self.problem = answer["found"], None
        for one in found:
            _check(one, FOUND)
        if len(found) == 1 or (found and found[0]["known_by"] in ("pin", "agent")):
            self.choose(found[0]["number"])
            return
        self.hits = tuple(found)
        self._tell()

    def _ask(self, asked: Deferred[Any], then: Callable[[Row], None]) -> None:
        self._drop()
        self._asked = asked
        asked.addCallback(then).addErrback(self._not_told)

    def _drop(self) -> None:
        """What is still to be answered is of what is not shown any more."""
        before, self._asked = self._asked, None
        if before is not None:
            before.cancel()

    def _not_told(self, failure: Failure) -> None:
        problem = failure.value
        if isinstance(problem, CancelledError):
            return
        if not isinstance(problem, Refused | NotConnected):
            log.failure("a customer's record broke", failure)
            problem = NotConnected(NOT_UNDERSTOOD)
        self.problem = problem
        self._tell()

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            try:
                watcher()
            except Exception:
                log.failure("a screen of the customer's record broke")


def _check(row: Row, shape: Mapping[str, type | tuple[type, ...]]) -> None:
    """:raises TypeError: what came is of another shape: all tabs would break on it"""
    odd = [name for name, kind in shape.items() if not isinstance(row.get(name), kind)]
    if odd:
        raise TypeError(f"a customer's {', '.join(odd)}")
