"""
Orders on their way into the database: what a caller has confirmed is booked, once, however long that takes.

The event log keeps what he confirmed before anything else is tried, and the event log is written down also while the
database is locked or full. So an order that the database does not take now is tried again, and one that the server was
killed over is booked at its next start. What the database would never take, however often it is told, is given up
with an alarm. `rules.confirm` books each of a call's orders once, however often it is asked
to: they are counted, and the next one begins when the one before is on disk or refused. Until then whoever says yes
again in this call, its caller or an agent for him, means the same order.

Who has confirmed it may have lost his telephone number to another customer by then. So what is confirmed carries a
digest of who he was, and nobody else's balance pays it, nor is his address where it goes. (The event log may hold no
digits that a caller keyed, and a member's number may be those.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from peewee import InterfaceError, OperationalError
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.tables import Payment, Source
from callserver.store.database import Store
from callserver.store.opening import StoreError
from callserver.store.tables import to_ms
from callserver.wire.catalogue import N_
from callserver.wire.records import EventRecord, Value

log = Logger()

RETRY_S = 5.0
LAST_RUN = ""  # among the retries, which are named by calls
RECENT_S = 1800.0  # who calls again so soon is asked whether he means it
TRY_AGAIN = OperationalError, InterfaceError, StoreError  # locked, full, closed: the store gives its alarm
UNBOOKED_S = 86400.0  # a start books what was confirmed so long before, not what is older


@dataclass(frozen=True)
class Wanted:
    """What a caller has confirmed, with the moment at which he did."""

    call_id: str
    nth: int  # of the call's orders, from 1
    contact: Contact
    payment: Payment
    lines: tuple[tuple[str, int, int], ...]  # item, pieces, price of one in fen as he was told
    stamp: EventRecord
    source: Source = Source.CALL
    address: str | None = None  # where it goes; None: to the customer's own
    customer: str | None = None  # who he is in the books, see `_digest`; None: nobody, or not known

    def data(self) -> dict[str, Value]:
        """As the event log keeps it."""
        items: list[Value] = [
            {"item": item, "quantity": quantity, "price_fen": price} for item, quantity, price in self.lines
        ]
        return {
            "nth": self.nth,
            "number": self.contact.number,
            "claimed": self.contact.claimed,
            "payment": self.payment.value,
            "source": self.source.value,
            "address": self.address,
            "customer": self.customer,
            "items": items,
        }

    @classmethod
    def read(cls, call_id: str, data: Mapping[str, Any], stamp: EventRecord) -> Wanted:
        """What `data` has written; old events have no `nth`, payment or customer."""
        lines = tuple((item["item"], item["quantity"], item["price_fen"]) for item in data["items"])
        payment, source = Payment(data.get("payment", Payment.ON_DELIVERY)), Source(data.get("source", Source.CALL))
        contact = Contact(data["number"], data["claimed"])
        address, customer = data.get("address"), data.get("customer")
        return cls(call_id, data.get("nth", 1), contact, payment, lines, stamp, source, address, customer)

    @property
    def key(self) -> str:
        """Names it among all that are on their way."""
        return f"{self.call_id}/{self.nth}"


@dataclass(frozen=True)
class Booked:
    """An order that is on disk, and where it goes."""

    taken: rules.OrderTaken
    buyer: rules.Buyer | None


class Bookings(Service):
    """All orders of this run that are confirmed and not booked yet; those of the last run, once it is started."""

    def __init__(self, store: Store, events: EventLog, choice: rules.RandomChoice, country: str = "cn") -> None:
        self._store, self._events, self._choice, self._country = store, events, choice, country
        self._pending: dict[str, Wanted] = {}  # by `Wanted.key`
        self._waiting: dict[str, list[Deferred[Booked]]] = {}
        self._retries: dict[str, IDelayedCall] = {}
        self._settled: Counter[str] = Counter()  # by call: how many of its orders are booked or refused
        self._left: set[str] = set()  # calls that are over, of which an order is on its way
        self._told_s: dict[str, float] = {}  # order: when its caller was told its number

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._look_back(self._events.now() - timedelta(seconds=UNBOOKED_S))

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        for retry in self._retries.values():  # the next start does it
            retry.cancel()
        self._retries.clear()

    def book(
        self,
        call_id: str,
        contact: Contact,
        lines: Sequence[rules.Line],
        payment: Payment = Payment.ON_DELIVERY,
        source: Source = Source.CALL,
        address: str | None = None,
        member: str | None = None,
    ) -> Deferred[Booked]:
        """
        Book a call's order; what is asked of it again before it is settled is the same order.

        :param member: whose the contact's number is in the shop's books, as far as this call knows
        :return: fires when it is on disk, whenever that is; fails with OrderRefused where it cannot be had any more
        """
        items = tuple((line.item, line.quantity, line.price_fen) for line in lines)
        stamp, customer = self._stamp(call_id), _digest(call_id, member) if member is not None else None
        wanted = Wanted(call_id, self.nth(call_id), contact, payment, items, stamp, source, address, customer)
        answer: Deferred[Booked] = Deferred()
        self._waiting.setdefault(wanted.key, []).append(answer)
        if wanted.key not in self._pending:
            self._pending[wanted.key] = wanted
            self._events.write(Kind.ORDER_WANTED, call_id=call_id, **wanted.data())  # type: ignore[arg-type]
            self._try(wanted.key)
        return answer

    def nth(self, call_id: str) -> int:
        """Which of a call's orders is the one that is not settled yet, from 1."""
        return self._settled[call_id] + 1

    def is_pending(self, *, call_id: str | None = None, number: str | None = None) -> bool:
        """Whether an order of this call, or of who can be reached there, is confirmed and not booked yet."""
        return any(
            wanted.call_id == call_id or (number is not None and wanted.contact.number == number)
            for wanted in self._pending.values()
        )

    def forget(self, call_id: str) -> None:
        """The call is over: nothing more is ordered in it."""
        if self.is_pending(call_id=call_id):
            self._left.add(call_id)
        else:
            self._left.discard(call_id)
            self._settled.pop(call_id, None)

    def tell(self, order: str) -> None:
        """The caller has been told the number of his order."""
        now_s = self._store.reactor.seconds()
        self._told_s = {number: at_s for number, at_s in self._told_s.items() if now_s - at_s < RECENT_S}
        self._told_s[order] = now_s

    def untold(self, order: rules.OrderStatus) -> bool:
        """Whether this order is so new that he who calls again may not know that it was taken."""
        is_new = self._events.now() - order.placed_at < timedelta(seconds=RECENT_S)
        return is_new and order.source is Source.CALL and order.number not in self._told_s

    def _stamp(self, call_id: str) -> EventRecord:
        return self._events.stamp(Kind.ORDER, call_id=call_id)

    def _book_again(self, unbooked: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Those of the last run; their callers wait no more."""
        for call_id, data in unbooked:
            wanted = Wanted.read(call_id, data, self._stamp(call_id))
            if wanted.key not in self._pending:  # else it is of this run: the books have answered late
                self._pending[wanted.key] = wanted
                self._left.add(call_id)
                self._try(wanted.key)

    def _look_back(self, since: datetime) -> None:
        """As often as it takes: the database may be locked at the start."""
        self._retries.pop(LAST_RUN, None)
        found = self._store.read(rules.unbooked, to_ms(since))
        found.addCallbacks(self._book_again, self._not_found, errbackArgs=(since,))

    def _not_found(self, failure: Failure, since: datetime) -> None:
        log.failure("orders of the last run could not be looked for", failure)
        if self.running:
            self._retries[LAST_RUN] = self._store.reactor.callLater(RETRY_S, self._look_back, since)

    def _try(self, key: str) -> None:
        self._retries.pop(key, None)
        booked = self._store.write(_book, self._pending[key], self._choice, self._country)
        booked.addCallbacks(partial(self._booked, key), partial(self._not_booked, key))
        booked.addErrback(lambda failure: log.failure("a booking broke", failure))

    def _booked(self, key: str, booked: Booked) -> None:
        if booked.taken.event is not None:
            self._events.show(booked.taken.event)
        self._over(key, booked)

    def _not_booked(self, key: str, failure: Failure) -> None:
        if isinstance(failure.value, TRY_AGAIN):
            self._retries[key] = self._store.reactor.callLater(RETRY_S, self._try, key)
            return
        wanted = self._pending[key]
        reason = repr(failure.value)
        self._events.write(Kind.ORDER_REFUSED, call_id=wanted.call_id, nth=wanted.nth, reason=reason)
        is_told = isinstance(failure.value, rules.OrderRefused) and self._is_awaited(key)
        if not is_told or isinstance(failure.value, rules.UnknownMember):
            self._events.alarm(
                N_("a confirmed order of {number} cannot be booked: {problem}; call back"),
                number=wanted.contact.number,
                problem=reason,
            )
        self._over(key, failure)

    def _is_awaited(self, key: str) -> bool:
        """False: he has been told that it is noted, or is gone."""
        return any(not answer.called for answer in self._waiting.get(key, []))

    def _over(self, key: str, result: Booked | Failure) -> None:
        call_id = self._pending.pop(key).call_id
        self._settled[call_id] += 1
        for answer in self._waiting.pop(key, []):
            if not answer.called:
                answer.callback(result)
        if call_id in self._left:
            self.forget(call_id)


def _book(wanted: Wanted, choice: rules.RandomChoice, country: str) -> Booked:
    """Run in `store.write`."""
    contact, buyer = wanted.contact, _buyer(wanted, country)
    taken = rules.confirm(
        wanted.call_id,
        buyer,
        [(item, quantity) for item, quantity, _ in wanted.lines],
        wanted.stamp,
        caller_number=contact.number,
        choice=choice,
        told_fen={item: price for item, _, price in wanted.lines},
        nth=wanted.nth,
        payment=wanted.payment,
        source=wanted.source,
        address=wanted.address,
    )
    return Booked(taken, buyer)


def _buyer(wanted: Wanted, country: str) -> rules.Buyer | None:
    """
    Whose order it is, if he still is in the books under the number that he had when he confirmed it.

    :raises UnknownMember: he is not, and his balance is to pay
    """
    contact = wanted.contact
    found = None if contact.claimed else rules.find_buyer(contact.number, country)
    if wanted.customer is None:
        return found
    if found is not None and _digest(wanted.call_id, found.member_number) == wanted.customer:
        return found
    if wanted.payment is Payment.BALANCE:
        raise rules.UnknownMember(None)
    return None


def _digest(call_id: str, member: str) -> str:
    """A customer's name in the event log, another one in each call."""
    return sha256(f"{call_id} {member}".encode()).hexdigest()[:16]
