"""
A queue: callers wait with music, the seat that has been idle longest is rung, the two are joined.

An entry lives in the coroutine that `enter` is, from the caller's arrival until his time with us is over: the menu
runner cancels it when the call ends, and nobody else needs to know. So there is one owner at a time:

    waiting <--> offered to one seat --> taken by an agent --> (held, and the agent does not come back) --> waiting

Invariants: an entry waits in the list or is with an agent, never both; what is offered is withdrawn before the entry
is anything else; each wait ends with one LEAVE and its outcome; a caller who waits again keeps his first moment of
arrival, and so his place. Timers belong to one wait and end with it. The join rule (somebody there to answer) is kept
while waiting: it is looked at whenever a seat changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd.offers import Offer
from callserver.acd.routing import longest_idle
from callserver.acd.seat import Seat
from callserver.acd.seats import Seats
from callserver.calls.call import Call, Party, Stage
from callserver.calls.operations import connect, wait_again
from callserver.calls.vocabulary import Kind
from callserver.config import QueueConfig
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

log = Logger()

PLEASE_WAIT, COMFORT = "please-wait-for-person", "all-busy-please-wait"
NOBODY, STILL_BUSY = "nobody-logged-in", "still-busy"
RECORD_S = 0.3  # so long an offer waits for the caller's record, which is there in milliseconds as a rule
LAST_WORDS_S = 60.0  # after the longest wait: for what the caller is told then


@dataclass(eq=False)
class Entry:
    """One caller's wait."""

    call: Call
    card: Card
    entered_s: float  # his place
    record_due_s: float  # his record has come by then, or is waited for no longer
    done: Deferred[str]  # fires with the outcome when the caller's time with us is over and he is still there
    waits_since_s: float = 0.0  # of this wait
    offer: QueueOffer | None = None
    seat: Seat | None = None  # where it rings, or who talks
    missed: dict[str, None] = field(default_factory=dict)
    timers: list[IDelayedCall] = field(default_factory=list)


class QueueOffer:
    """One attempt to ring one seat for one caller; taken, the talk that came of it. Implements Offer."""

    right = Right.ANSWER_QUEUED
    is_queued = True

    def __init__(self, queue: Queue, entry: Entry, seat: Seat, config: QueueConfig, outcome: str = "answered") -> None:
        self.ring_s, self.max_misses, self.wrap_up_s = config.ring_s, config.misses, config.wrap_up_s
        self.call = entry.call
        self._queue, self._entry, self._seat, self._outcome = queue, entry, seat, outcome
        self._waited_s = queue.waited_s(entry)

    @property
    def card(self) -> Card:
        return replace(self._entry.card, waited_s=round(self._waited_s), path=tuple(self.call.path))

    def accept(self, station: Party) -> None:
        self._queue.answered(self._entry, station, self._outcome)
        connect(self.call, station)

    def decline(self, station: Party, reason: Reason) -> None:
        self._queue.declined(self._entry, self._seat, reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        if wait_again(self.call, station, reason):
            self._queue.wait(self._entry)


class Queue:
    """
    Callers in order of arrival; one that no free seat can serve does not block those behind him.

    :param say: says prompts to a caller in his language
    :param card: what an agent should see of a call; asked when the caller enters, and may be long in coming
    """

    def __init__(
        self,
        name: str,
        config: QueueConfig,
        *,
        clock: IReactorTime,
        seats: Seats,
        say: Callable[[Call, Sequence[str]], Deferred[None]],
        card: Callable[[Call, str], Deferred[Card]],
    ) -> None:
        self.name, self._config, self._clock, self._seats = name, config, clock, seats
        self._say, self._card = say, card
        self.waiting: list[Entry] = []
        seats.watch(lambda change: self.match())

    def change(self, config: QueueConfig) -> None:
        """Other settings, for what happens from now on."""
        self._config = config
        self.match()

    async def enter(self, call: Call) -> str:
        """
        Let a caller wait for a person.

        :return: the outcome, when he has been told that he cannot be served; an answered caller stays here until his
            call ends, which cancels the waiting
        """
        if not self._is_staffed():
            call.log(Kind.LEAVE, queue=self.name, outcome="no_agent", wait_s=0)
            await self._say(call, (NOBODY,))
            return "no_agent"
        now_s = self._clock.seconds()
        entry = Entry(call, self._bare_card(call), now_s, now_s + RECORD_S, Deferred())
        self._card(call, self.name).addCallbacks(partial(self._card_came, entry), partial(self._no_card, entry))
        self.wait(entry)
        try:
            outcome = await entry.done
        except GeneratorExit:  # nothing waits any more
            raise
        except BaseException:  # cancelled; or a menu is told that its caller has gone
            if entry in self.waiting:
                self._leave(entry, _outcome_of_end(call.ended))
            raise
        call.enter(Stage.MENU)
        return outcome

    def wait(self, entry: Entry) -> None:
        """The caller waits from now on, for the first time or again."""
        call = entry.call
        self.waiting.append(entry)
        self.waiting.sort(key=lambda waiting: waiting.entered_s)
        entry.seat = entry.offer = None
        entry.waits_since_s = self._clock.seconds()
        call.log(Kind.ENTRY, queue=self.name, place=self.waiting.index(entry) + 1)
        call.enter(Stage.QUEUE, self._config.max_wait_s + LAST_WORDS_S)
        call.wait_with_music(True)
        self._say(call, (PLEASE_WAIT,))
        self._later(entry, self._config.max_wait_s, self._waited_too_long, entry)
        self._later(entry, self._config.comfort_s, self._comfort, entry)
        self._later(entry, 0, self.match)
        self._later(entry, RECORD_S, self.match)

    def match(self) -> None:
        """
        Offer waiting callers to free seats; called whenever a seat or a caller may have become free for it.

        Where nobody is left who could answer, they are told.
        """
        staffed = self._is_staffed() if self.waiting else True
        for entry in tuple(self.waiting):
            if entry.offer is not None or entry not in self.waiting or self._clock.seconds() < entry.record_due_s:
                continue
            if staffed:
                self._offer(entry)
            else:
                self._end_wait(entry, "left_empty", (NOBODY,))

    def waited_s(self, entry: Entry) -> float:
        """Since the caller came, or came back from an agent: a talk is no waiting."""
        return round(self._clock.seconds() - entry.waits_since_s, 3)

    def take(self, call_id: str, seat: Seat, outcome: str = "grabbed") -> Offer:
        """
        A caller who waits here, for an agent who takes him; he waits on until the offer is accepted.

        :raises LookupError: he does not wait here
        """
        for entry in self.waiting:
            if entry.call.id == call_id:
                return QueueOffer(self, entry, seat, self._config, outcome)
        raise LookupError(call_id)

    # What seats tell, by way of the offer

    def answered(self, entry: Entry, station: Party, outcome: str) -> None:
        """An agent takes the call; at a seat where it rings it stops, and has not been missed."""
        rung, offer, seat = entry.seat, entry.offer, self._seats.of(station)
        entry.offer, entry.seat = None, seat
        self._leave(entry, outcome)
        if rung is not None and offer is not None:
            rung.withdraw(offer, Reason(Cause.TAKEN_ELSEWHERE))
        entry.call.note(agent=seat.number)
        entry.call.log(Kind.CONNECT, person=seat.number, seat=seat.number, wait_s=self.waited_s(entry))

    def declined(self, entry: Entry, seat: Seat, reason: Reason) -> None:
        """The seat did not take it: the next choice at once, this one after a rest and last."""
        entry.offer = entry.seat = None
        entry.missed[seat.number] = None
        seat.rest(self._config.retry_s)
        entry.call.log(Kind.MISS, person=seat.number, seat=seat.number, reason=str(reason))
        self._later(entry, 0, self.match)

    def _is_staffed(self) -> bool:
        return self._seats.is_staffed(Right.ANSWER_QUEUED, count_paused=self._config.wait_for_paused)

    def _offer(self, entry: Entry) -> None:
        choice = longest_idle(self._seats.candidates(), tuple(entry.missed))
        if not choice.order:
            return
        seat = self._seats[choice.order[0]]
        entry.offer, entry.seat = QueueOffer(self, entry, seat, self._config), seat
        entry.call.log(
            Kind.OFFER,
            seat=seat.number,
            candidates=list(choice.order),
            passed_over=dict(choice.passed_over),
            why="longest idle",
        )
        try:
            seat.offer(entry.offer)
        except Refused as refused:  # it has changed its mind since
            log.warn("seat {seat} refused an offer: {refused}", seat=seat.number, refused=refused)
            self.declined(entry, seat, Reason(Cause.REJECTED))

    # The card

    def _bare_card(self, call: Call) -> Card:
        return Card(call.id, call.caller.number, call.caller.name, queue=self.name, language=call.language)

    def _card_came(self, entry: Entry, card: Card) -> None:
        entry.card = card
        self._record_settled(entry)
        if entry.seat is not None and entry.call.ended is None:
            entry.seat.card_changed()

    def _no_card(self, entry: Entry, failure: Failure) -> None:
        log.failure("a caller waits without his record", failure)
        self._record_settled(entry)

    def _record_settled(self, entry: Entry) -> None:
        entry.record_due_s = 0.0
        if entry in self.waiting:
            self._later(entry, 0, self.match)

    # The end of a wait

    def _waited_too_long(self, entry: Entry) -> None:
        self._end_wait(entry, "timed_out", (STILL_BUSY,))

    def _end_wait(self, entry: Entry, outcome: str, words: Sequence[str]) -> None:
        self._leave(entry, outcome)
        told = self._say(entry.call, words)
        told.addBoth(lambda _: entry.done.callback(outcome) if not entry.done.called else None)

    def _leave(self, entry: Entry, outcome: str) -> None:
        self.waiting.remove(entry)
        for timer in entry.timers:
            if timer.active():
                timer.cancel()
        entry.timers.clear()
        entry.call.wait_with_music(False)
        if entry.call.leg is not None:
            entry.call.leg.stop()
        offer, seat = entry.offer, entry.seat
        entry.offer = None
        entry.call.log(Kind.LEAVE, queue=self.name, outcome=outcome, wait_s=self.waited_s(entry))
        if offer is not None and seat is not None:
            seat.withdraw(offer, Reason(Cause.TIMED_OUT if outcome == "timed_out" else Cause.ABANDONED))

    def _later(self, entry: Entry, delay_s: float, act: Callable[..., None], *args: Entry) -> None:
        entry.timers.append(self._clock.callLater(delay_s, act, *args))

    def _comfort(self, entry: Entry) -> None:
        self._later(entry, self._config.comfort_s, self._comfort, entry)
        if entry.offer is None:  # never talk over the moment a seat answers
            self._say(entry.call, (COMFORT,))


def _outcome_of_end(ended: Reason | None) -> str:
    """Of a wait that ends with its call: who was there and waited until the line was gone has not given up."""
    gave_up = ended is None or ended.cause in (Cause.CALLER_HUNG_UP, Cause.MENU_OVER)
    return "abandoned" if gave_up else "cut_off"
