"""
Call-back in place of waiting: the caller hangs up and keeps his place; when it is his turn, one dial goes out.

    wanted --stored--> waits --marked in the store--> offered <--> declined
                         ^                               |
                         |                            accepted, dialled once --answered--> over
                         +--- later, tries counted ------+--last try--> over, and people are told

Invariants:

- *Nobody is promised what is not on disk*, and what is over is gone from there: a restart finds all open ones.
- *One dial for one acceptance.* Before the first offer the store says that it is at an agent; so a restart that finds
  it there counts a try, whether the dial had gone out or not, and dials nobody twice.
- *One open call-back a number and queue.* A second wish is the same one.
- Its place is the caller's own; it never overtakes (`routing.matching`). It keeps it for the first retry; from the
  second failure on its place is that of the failure. What dialled nothing (no line free, no right any more) is no try.
- A call-back on its way (accepted, dialled) waits in no list: neither another agent nor its own caller gets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.queues.call_back_offer import CallBackOffer, Dial
from callserver.acd.queues.call_back_tables import CallBack
from callserver.acd.queues.door import Outcome
from callserver.acd.queues.entry import Entry
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call, Party
from callserver.calls.dial_guard import RIGHTS, DialClass
from callserver.calls.live_calls import LiveCalls
from callserver.calls.vocabulary import Kind
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()

NOT_DIALLED = (DialResult.NO_LINE, DialResult.GLARE, DialResult.NO_DIAL_TONE, DialResult.LINE_LOST, DialResult.REFUSED)
NO_LINE_S = 30.0  # then it is tried again
KEEPS_PLACE = 1  # failures


class Book(Protocol):
    """Where open call-backs are kept."""

    def save(self, one: CallBack) -> Deferred[None]:
        """Fires when it is on disk."""

    def close(self, call_id: str) -> Deferred[None]: ...

    def still_open(self) -> Deferred[list[CallBack]]: ...


class Lists(Protocol):
    """The queues, to call-backs that wait in them."""

    def put(self, entry: Entry) -> None:
        """It waits from now on."""

    def drop(self, entry: Entry) -> None:
        """It waits no more, and rings nowhere."""

    def taken_by(self, entry: Entry, station: Party) -> str:
        """An agent takes it: it waits no more; his staff number."""

    def declined(self, entry: Entry, seat: str, reason: Reason) -> None: ...

    def match_soon(self) -> None: ...

    def settings_of(self, entry: Entry) -> QueueSettings: ...

    def settings_for(self, entry: Entry, seat: str) -> QueueSettings: ...

    def waited_s(self, entry: Entry) -> float: ...

    def wait_on(self, queue: str, call: Call) -> None:
        """A caller on the line, whose agent does not come back, waits as any other."""


@dataclass(frozen=True)
class Waits:
    """
    One that is open.

    :param called_by: the staff number of who calls him at this moment; "": nobody
    :param rings_at: the seats that it is offered to
    """

    one: CallBack
    called_by: str
    rings_at: list[str]


class CallBacks:
    """
    The open ones.

    :param classify: what a number costs
    :param sequence: of arrival, as callers have it
    """

    def __init__(
        self,
        clock: IReactorTime,
        calls: LiveCalls,
        book: Book,
        lists: Lists,
        *,
        dial: Dial,
        classify: Callable[[str], DialClass],
        sequence: Callable[[], int],
    ) -> None:
        self._clock, self._calls, self._book, self._lists = clock, calls, book, lists
        self._dial, self._classify, self._sequence = dial, classify, sequence
        self._events = calls.events
        self._open: dict[Entry, CallBack] = {}
        self._on_their_way: set[Entry] = set()
        self._marked: set[Entry] = set()  # the store says that they are at an agent

    async def open(self) -> None:
        """After a start: all that were open wait again; one that was at an agent counts a try."""
        for one in await self._book.still_open():
            entry = self._entry(one)
            self._open[entry] = one
            if one.at_agent:
                self._failed(entry, DialResult.GAVE_UP)
            else:
                self._wait(entry)

    def may_call(self, number: str) -> bool:
        """Whether a person could have the right to dial this number; emergencies call nobody back."""
        return self._classify(number) in RIGHTS

    def find(self, queue: str, number: str | None) -> Entry | None:
        """The open call-back of a number, unless it is on its way."""
        for entry, one in self._open.items():
            if number and (one.queue, one.number) == (queue, number) and entry not in self._on_their_way:
                return entry
        return None

    async def keep(self, caller: Entry, number: str) -> None:
        """A waiting caller wants to be called back; when this returns, it is on disk and holds his place."""
        if any((one.queue, one.number) == (caller.queue, number) for one in self._open.values()):
            return
        now, waited_s = self._events.now(), self._clock.seconds() - caller.entered_s
        one = CallBack(
            caller.card.call_id,
            caller.queue,
            number,
            now - timedelta(seconds=waited_s),
            caller.card.caller_name,
            caller.priority,
            caller.card.language,
            dict(caller.skills),
        )
        try:
            await self._book.save(one)
        except CancelledError:  # he has hung up before it was promised; it may be on disk by now, or be there soon
            self._close(one)
            raise
        entry = self._entry(one, caller)
        self._open[entry] = one
        self._lists.put(entry)

    def called_again(self, entry: Entry) -> None:
        """Its caller has come himself and takes the place."""
        self._lists.drop(entry)
        self._over(entry, Outcome.CALLED_AGAIN.value)

    def offer(self, entry: Entry, seat: str, ring_s: float) -> Offer | None:
        """To an agent; None while the store does not say yet that it is at one: then it comes to it in a moment."""
        if entry not in self._marked:
            self._mark(entry)
            return None
        return self._offer(entry, seat, ring_s)

    def _offer(self, entry: Entry, seat: str, ring_s: float) -> Offer:
        waited_s = self._lists.waited_s(entry)
        settings = self._lists.settings_for(entry, seat)
        return CallBackOffer(
            self, entry, seat, settings, dial=self._dial, calls=self._calls, ring_s=ring_s, waited_s=waited_s
        )

    # What agents ask

    def waiting(self) -> list[Waits]:
        """All that are open, the oldest place first."""
        found = sorted(self._open.items(), key=lambda item: item[1].entered_at)
        return [
            Waits(one, entry.seat if entry in self._on_their_way else "", [*entry.ringing.offers])
            for entry, one in found
        ]

    async def take(self, call_id: str, seat: Seat) -> None:
        """
        An agent calls him now, before it is his turn; wherever it rings for him it stops.

        It is on disk that he is at an agent before his number is dialled, as with any offer.

        :raises Refused: NO_CALL: it is not open any more, or somebody calls him; or as `Seat.take`
        """
        entry = self._entry_of(call_id)
        seat.require(Right.GRAB)
        seat.require(entry.dial_right)
        entry.busy, was_busy = True, entry.busy  # nobody else is asked meanwhile
        try:
            if entry not in self._marked:
                self._open[entry] = replace(self._open[entry], at_agent=True)
                await self._book.save(self._open[entry])
                self._entry_of(call_id)
                self._marked.add(entry)
            seat.take(self._offer(entry, seat.number, 0.0), Right.GRAB, Reason(Cause.GRABBED))
        except Exception:  # as before: others may be asked
            entry.busy = was_busy
            self._lists.match_soon()
            raise

    def close(self, call_id: str, person: str, *, reached: bool) -> None:
        """
        An agent has settled it otherwise: it is open no more.

        :raises Refused: NO_CALL: it is not open any more, or somebody calls him
        """
        entry = self._entry_of(call_id)
        self._lists.drop(entry)
        self._over(entry, (Outcome.ANSWERED if reached else Outcome.GIVEN_UP).value, person=person)

    def _entry_of(self, call_id: str) -> Entry:
        for entry, one in self._open.items():
            if one.call_id == call_id and entry not in self._on_their_way:
                return entry
        raise Refused(Refusal.NO_CALL)

    # What agents and lines tell, by way of the offer

    def accepted(self, entry: Entry, station: Party) -> str:
        self._on_their_way.add(entry)
        return self._lists.taken_by(entry, station)

    def waited_s(self, entry: Entry) -> float:
        return self._lists.waited_s(entry)

    def declined(self, entry: Entry, seat: str, reason: Reason) -> None:
        self._lists.declined(entry, seat, reason)

    def reached(self, entry: Entry, seat: str, call: Call) -> None:
        call.note(agent=seat)
        call.log(Kind.CONNECT, person=seat, seat=seat, wait_s=self._lists.waited_s(entry))
        self._over(entry, Outcome.ANSWERED.value, person=seat, call=call.id)

    def not_reached(self, entry: Entry, seat: str, result: DialResult) -> None:
        self._on_their_way.discard(entry)
        if result is DialResult.REFUSED:
            entry.has_missed(seat)
        self._failed(entry, result, seat)

    def given_back(self, entry: Entry, call: Call) -> None:
        self._lists.wait_on(entry.queue, call)

    # Steps

    def _failed(self, entry: Entry, result: DialResult, seat: str | None = None) -> None:
        one, settings, now = self._open[entry], self._lists.settings_of(entry), self._events.now()
        if result in NOT_DIALLED:
            one = replace(one, not_before=now + timedelta(seconds=NO_LINE_S), at_agent=False)
        else:
            retry = now + timedelta(seconds=settings.call_back_retry_s)
            one = replace(one, tries=one.tries + 1, not_before=retry, at_agent=False)
        self._open[entry] = one
        if one.tries >= settings.call_back_tries:
            number, tries = one.number, one.tries
            self._events.alarm(
                N_("{number} was to be called back and was not reached, {n} times"), number=number, n=tries
            )
            self._over(entry, Outcome.GIVEN_UP.value, person=seat)
            return
        if one.tries > KEEPS_PLACE and result not in NOT_DIALLED:
            entry.entered_s = self._clock.seconds()
            self._open[entry] = replace(one, entered_at=now)
        self._tell(entry, result.value, seat)
        self._marked.discard(entry)
        self._save(self._open[entry])
        self._wait(entry)

    def _wait(self, entry: Entry) -> None:
        """In its queue, and asked for when it is time."""
        not_before = self._open[entry].not_before
        left_s = (not_before - self._events.now()).total_seconds() if not_before else 0.0
        entry.busy = left_s > 0
        self._lists.put(entry)
        if entry.busy:
            self._clock.callLater(left_s, self._is_time, entry)

    def _is_time(self, entry: Entry) -> None:
        entry.busy = False
        self._lists.match_soon()

    def _mark(self, entry: Entry) -> None:
        entry.busy = True
        self._open[entry] = replace(self._open[entry], at_agent=True)
        saved = self._book.save(self._open[entry])
        saved.addCallback(lambda _: self._marked.add(entry))
        saved.addErrback(lambda failure: log.failure("a call-back cannot be stored", failure))
        saved.addCallback(
            lambda _: self._clock.callLater(0 if entry in self._marked else NO_LINE_S, self._is_time, entry)
        )

    def _over(self, entry: Entry, outcome: str, person: str | None = None, **also: str) -> None:
        self._tell(entry, outcome, person, **also)
        self._on_their_way.discard(entry)
        self._marked.discard(entry)
        self._close(self._open.pop(entry))

    def _close(self, one: CallBack) -> None:
        self._book.close(one.call_id).addErrback(lambda failure: log.failure("a call-back stays open", failure))

    def _tell(self, entry: Entry, outcome: str, person: str | None, **also: str) -> None:
        """In the timeline of the call in which he wanted it."""
        one = self._open[entry]
        came = {"number": one.number, "outcome": outcome, "tries": one.tries}
        entry.log(Kind.CALLED_BACK, person=person, queue=one.queue, **came, **also)

    def _save(self, one: CallBack) -> None:
        self._book.save(one).addErrback(lambda failure: log.failure("a call-back cannot be stored", failure))

    def _entry(self, one: CallBack, caller: Entry | None = None) -> Entry:
        """Its place in the queue; on the monotonic clock that of its caller, or as long ago as the store says."""
        entered_s = self._clock.seconds() - (self._events.now() - one.entered_at).total_seconds()
        card = Card(one.call_id, one.number, one.name, queue=one.queue, language=one.language)
        return Entry(
            caller.sequence if caller else self._sequence(),
            None,
            replace(caller.card, caller_number=one.number) if caller else card,
            partial(self._events.write, call_id=one.call_id),
            one.queue,
            caller.entered_s if caller else entered_s,
            caller.waits_since_s if caller else entered_s,
            one.priority,
            one.skills,
            dial_right=RIGHTS.get(self._classify(one.number)),
        )
