"""
Somebody to be called back, as he is offered to an agent; taken, one number is dialled, once.

    rings at the seat --dial_for--> dialled --rings_there, answered_there--> the agent talks with him
                                       +--not_reached, given up--> waits again

The agent dials as with any call out: his seat shows so, he hears the line, and can give up. If his program is lost
before anybody answers the dial is given up with it: nobody would be there for who answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol, cast

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.acd.queues.entry import Entry
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.offers import DialsFor
from callserver.calls.call import Call, Party
from callserver.calls.live_calls import LiveCalls
from callserver.calls.operations import wait_again
from callserver.calls.outgoing import DialListener
from callserver.calls.roles import Role
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import Caller
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()

Dial = Callable[[str, str, DialListener], Call]
"""Dials a number for the person with a staff number; raises Refused as `CallsOut.dial`."""


class NoLine:
    """The party of a call out for which nothing could be dialled. Implements FirstParty."""

    name, leg = "queue", None

    async def answer(self, call: Call) -> None: ...
    def stage_changed(self, call: Call) -> None: ...
    def role_given(self, call: Call, role: Role) -> None: ...
    def left(self, call: Call, reason: Reason) -> None: ...
    def recalled(self, call: Call) -> None: ...


class NotYet:
    """Stands for the call before an agent has accepted: it has not begun, and does not end."""

    id, ended, in_secret = "", None, False
    parts: Mapping[Party, object] = MappingProxyType({})

    def when_ended(self) -> Deferred[Reason]:
        return Deferred()

    def end(self, by: str, reason: Reason) -> None: ...
    def on_card(self, card: Card) -> Card:
        return card


NOT_YET = NotYet()


class Results(Protocol):
    """Who is told what came of it."""

    def accepted(self, entry: Entry, station: Party) -> str:
        """An agent takes it on him; his staff number."""

    def waited_s(self, entry: Entry) -> float:
        """Up to now."""

    def declined(self, entry: Entry, seat: str, reason: Reason) -> None: ...

    def reached(self, entry: Entry, seat: str, call: Call) -> None: ...

    def not_reached(self, entry: Entry, seat: str, result: DialResult) -> None: ...

    def given_back(self, entry: Entry, call: Call) -> None:
        """He is on the line, and his agent does not come back to him."""


class CallBackOffer:
    """
    One attempt. Implements Offer and CallToMake, and is told by the line.

    There is no call before an agent accepts; till then `call` is one that has not begun.
    """

    right: Right | None = Right.ANSWER_QUEUED
    is_queued = True

    def __init__(
        self,
        results: Results,
        entry: Entry,
        seat: str,
        settings: QueueSettings,
        *,
        dial: Dial,
        calls: LiveCalls,
        ring_s: float,
        waited_s: float,
    ) -> None:
        self.ring_s, self.max_misses, self.wrap_up_s = ring_s, settings.misses, settings.wrap_up_s
        self._results, self._entry, self._seat, self._dial, self._calls = results, entry, seat, dial, calls
        self._waited_s = waited_s
        self._call: Call | None = None
        self._by: DialsFor | None = None  # the seat whose agent has taken it
        self._rang = self._reached = False

    @property
    def call(self) -> Call:
        return cast(Call, NOT_YET) if self._call is None else self._call.now

    @property
    def card(self) -> Card:
        call_id = self._entry.card.call_id if self._call is None else self._call.id
        return replace(self._entry.card, call_id=call_id, waited_s=round(self._waited_s))

    def dial_for(self, seat: DialsFor) -> None:
        self._waited_s = self._results.waited_s(self._entry)
        self._seat, self._by = self._results.accepted(self._entry, seat.station), seat
        try:
            self._call = self._dial(self._entry.number, self._seat, self)
        except Exception as failure:
            result = _result_of(failure)
            self._call = self._calls.begin("out", NoLine(), Caller(self._entry.number))
            self._call.end("queue", Reason(Cause.NOT_REACHED, result.value))
            self.not_reached(result)
            return
        self._call.log(Kind.CALL_BACK_OF, call=self._entry.card.call_id, queue=self._entry.queue)
        self._call.give(seat.station, Role.TALKS)

    def accept(self, station: Party) -> None:
        self.call.give(station, Role.TALKS)

    def decline(self, station: Party, reason: Reason) -> None:
        self._results.declined(self._entry, self._seat, reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        if self._call is None:
            self.decline(station, reason)
        elif not self._reached:
            self.call.end(station.name, reason)
        elif wait_again(self.call, station, reason):
            self._results.given_back(self._entry, self.call)

    # DialListener

    def rings_there(self) -> None:
        if self._by is not None and not self._rang:
            self._rang = True
            self._by.rings_there()

    def answered_there(self) -> None:
        self.rings_there()  # an exchange may connect without a ring-back tone
        self._reached = True
        self._results.reached(self._entry, self._seat, self.call)
        if self._by is not None:
            self._by.answered_there()

    def not_reached(self, result: DialResult) -> None:
        self._results.not_reached(self._entry, self._seat, result)


def _result_of(failure: Exception) -> DialResult:
    """Of a dial that did not come as far as a line."""
    if isinstance(failure, Refused):
        return DialResult.NO_LINE if failure.code is Refusal.NOT_NOW else DialResult.REFUSED
    log.failure("a call-back could not be dialled")
    return DialResult.LINE_LOST
