"""
The queues of the shop: callers come in, wait, and leave in exactly one way.

A caller lives in the coroutine that `enter` is, from his arrival until his time with us is over: the menu runner
cancels it when the call ends, and nobody else needs to know. So there is one owner at a time:

    waiting <--> ringing at seats --> taken by an agent --> (held, and the agent does not come back) --> waiting
       |
       +--> another queue, with his place kept --> waiting ...
       +--> a call-back with his place, and good-bye

Each wait ends with one LEAVE and its outcome. A queue he has been in already is no way out of another one: nobody is
sent in a circle. What he is asked while he waits (`_ask`) ends with the wait, whatever he would have answered.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd.queues.call_backs import CallBacks, Lists
from callserver.acd.queues.cut_offs import CutOffs, LostPlace
from callserver.acd.queues.door import Outcome, refusal, target
from callserver.acd.queues.entry import Entry, ForColleague
from callserver.acd.queues.house import House
from callserver.acd.queues.lists import QueueLists
from callserver.acd.queues.queue import Queue
from callserver.acd.queues.wait import Speaking, Wait
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seats import Seats
from callserver.calls.call import Call
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card
from callserver.wire.targets import Target, TargetKind

log = Logger()

RECORD_S = 0.3  # so long a caller waits for his record, which is there in milliseconds as a rule
WORDS = {
    Outcome.CLOSED: "closed-now",
    Outcome.NO_AGENT: "nobody-logged-in",
    Outcome.LEFT_EMPTY: "nobody-logged-in",
    Outcome.FULL: "queue-full",
    Outcome.DIVERTED: "queue-full",
    Outcome.TIMED_OUT: "still-busy",
}
GOODBYE = "goodbye"
GONE = (Outcome.ABANDONED, Outcome.CUT_OFF)

MakeCallBacks = Callable[[Lists, Callable[[], int]], CallBacks]


@dataclass(eq=False)
class _Caller:
    """One caller's time with us."""

    entry: Entry
    call: Call
    wait: Wait | None = None  # while he waits
    looked_up: bool = False
    done: Deferred[Outcome] = field(default_factory=Deferred)  # of the queue he is in
    asked: Deferred[None] | None = None  # a question he has not answered yet
    call_back: str = ""  # the number to call


class Queues(QueueLists):
    """
    The callers in them.

    :param call_backs: makes what keeps the places of those who have hung up; None: nobody is called back
    """

    def __init__(
        self,
        clock: IReactorTime,
        seats: Seats,
        speaking: Speaking,
        house: House,
        call_backs: MakeCallBacks | None = None,
    ) -> None:
        super().__init__(clock, seats, house)
        self._speaking = speaking
        self._callers: dict[Entry, _Caller] = {}
        self._cut_offs = CutOffs()
        self.call_backs = call_backs(self, partial(next, self._sequence)) if call_backs else None

    # A caller's story

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        """
        Let a caller wait for a person.

        :param priority: that a menu gives him; None: the queue's, or what the shop does for this caller
        :return: the outcome, when he has been told that he cannot be served; an answered caller stays here until his
            call ends, which cancels the waiting
        :raises LookupError: there is no such queue
        """
        if queue not in self.by_name:
            raise LookupError(f"no queue {queue!r}; there are {', '.join(self.by_name)}")
        entry = self._entry(queue, call, priority)
        caller = self._callers[entry] = _Caller(entry, call)
        try:
            return (await self._serve(caller, entry.queue)).value
        except GeneratorExit:  # nothing waits any more
            raise
        except BaseException:  # cancelled; or a menu is told that its caller has gone
            if caller.wait is not None:
                self._gone(entry, _outcome_of_end(call.ended))
            raise
        finally:
            self._callers.pop(entry, None)

    async def _serve(self, caller: _Caller, name: str) -> Outcome:
        tried: list[str] = []
        while True:
            queue = self.by_name[name]
            tried.append(name)
            outcome = await self._wait_in(caller, queue)
            where = target(queue.settings, outcome)
            if where is None or where.kind is not TargetKind.QUEUE:
                return await self._part(caller, outcome, where)
            if where.name not in self.by_name or where.name in tried:
                return await self._part(caller, outcome, None)
            name = where.name
            caller.entry.missed.clear()

    async def _wait_in(self, caller: _Caller, queue: Queue) -> Outcome:
        """What became of him in this queue, when that was not an answer."""
        entry, settings = caller.entry, queue.settings
        entry.queue, entry.card = queue.name, replace(entry.card, queue=queue.name)
        refused = refusal(
            settings,
            is_open=self._house.is_open(settings.calendar),
            is_staffed=queue.is_staffed(self._matching.candidates()),
            n_waiting=len(queue.waiting),
            estimate_s=self._estimate_s(queue, queue.place(entry)) if settings.max_estimate_s else None,
        )
        if refused is not None:
            entry.log(Kind.LEAVE, queue=queue.name, outcome=refused.value, wait_s=self.waited_s(entry))
            return refused
        await self._look_up(caller)
        await self._old_place(caller, queue)
        caller.done = Deferred()
        self._begin(caller)
        outcome = await caller.done
        caller.call.enter(Stage.MENU)
        return outcome

    async def _part(self, caller: _Caller, outcome: Outcome, where: Target | None) -> Outcome:
        """No queue is left for him: to the target the shop has set, else he is told, and his menu goes on."""
        call, asking = caller.call, self._house.asking
        if outcome is Outcome.CALL_BACK and asking is not None:
            await asking.promise(call, caller.call_back)
            call.end("queue", Reason(Cause.CALL_BACK_WANTED, caller.call_back))
            return outcome
        if where is not None and where.kind is not TargetKind.HANG_UP:
            await self._house.send(call, where)
            return outcome
        if outcome in WORDS:
            await self._speaking.say(call, (WORDS[outcome],))
        if where is not None:
            await self._speaking.say(call, (GOODBYE,))
            call.end("queue", Reason(Cause.NOBODY_THERE))
        return outcome

    # Who he is

    def _entry(self, queue: str, call: Call, priority: int | None) -> Entry:
        now_s, number = self._clock.seconds(), call.caller.known_by
        favour = self._house.favour(number) if number else None
        if favour is not None and favour.queue in self.by_name:
            queue = favour.queue
        bare = Card(call.id, call.caller.number, call.caller.name, queue=queue, language=call.language)
        entry = Entry(next(self._sequence), call, bare, call.log, queue, now_s, now_s)
        settings = self.by_name[queue].settings
        usual = favour.priority if favour is not None and favour.priority else settings.priority
        entry.priority = usual if priority is None else priority
        entry.skills = {call.language: 1} if settings.by_language else {}
        return entry

    async def _look_up(self, caller: _Caller) -> None:
        """As far as the shop's books tell in time; asked once."""
        if caller.looked_up:
            return
        caller.looked_up = True
        entry, in_time = caller.entry, Deferred[None]()
        known = self._house.card(caller.call, entry.queue).addCallbacks(partial(self._card_came, entry), self._no_card)
        days = self.by_name[entry.queue].settings.sticky_days
        if days and caller.call.caller.number:
            known.addCallback(lambda _: self._house.last_agent(caller.call.caller.number or "", days))
            known.addCallbacks(partial(setattr, entry, "sticky"), self._no_card)
        known.addCallback(lambda _: None if in_time.called else in_time.callback(None))
        with suppress(TimeoutError):
            await in_time.addTimeout(RECORD_S, self._clock)

    def _card_came(self, entry: Entry, card: Card) -> None:
        entry.card = replace(card, queue=entry.queue)
        if entry.seat and entry.call is not None and entry.call.ended is None:
            self._seats[entry.seat].card_changed()
        for number in entry.ringing.offers:
            self._seats[number].card_changed()

    def _no_card(self, failure: Failure) -> None:
        log.failure("a caller waits without his record", failure)

    async def _old_place(self, caller: _Caller, queue: Queue) -> None:
        """Was he cut off a moment ago, or is he to be called back? The place he had is his, or may be."""
        entry, number = caller.entry, caller.call.caller.known_by or ""
        entered_s = self._cut_offs.take(queue.name, number, self._clock.seconds())
        if entered_s is not None:
            entry.entered_s = entry.kept_s = min(entry.entered_s, entered_s)
        calls, asking = self.call_backs, self._house.asking
        if calls is None or asking is None or calls.find(queue.name, number) is None:
            return
        try:
            wants = await asking.takes_old_place(caller.call)
        except BaseException:  # he has gone without an answer: what he had is his, as if he had waited by now
            if _outcome_of_end(caller.call.ended) in GONE:
                self._keep_place(entry, caller.call)
            raise
        kept = calls.find(queue.name, number)  # it may have been on its way meanwhile
        if wants and kept is not None:
            entry.entered_s, entry.sequence = kept.entered_s, kept.sequence
            entry.kept_s = kept.entered_s
            entry.priority = max(entry.priority, kept.priority)
            calls.called_again(kept)

    # Waits

    def _begin(self, caller: _Caller) -> None:
        """He waits from now on, for the first time or again."""
        entry, queue = caller.entry, self._queue(caller.entry)
        wait = Wait(
            entry,
            caller.call,
            queue,
            self._clock,
            self._speaking,
            estimate_s=partial(self._estimate_s, queue),
            on_timeout=partial(self._let_go, entry, Outcome.TIMED_OUT),
            on_key=partial(self._key, caller),
        )
        self.put(entry)
        caller.wait = wait
        wait.begin()

    def _let_go(self, entry: Entry, outcome: Outcome) -> None:
        """He is not served here: what becomes of him is his story's next step."""
        caller = self._callers[entry]
        self._leave(entry, outcome)
        caller.done.callback(outcome)

    def _gone(self, entry: Entry, outcome: Outcome) -> None:
        if outcome in GONE and entry.call is not None:
            self._keep_place(entry, entry.call)
        self._leave(entry, outcome)

    def _keep_place(self, entry: Entry, call: Call) -> None:
        """For a while, should he call again."""
        number, within_s = call.caller.known_by or "", self.settings_of(entry).cut_off_s
        self._cut_offs.lost(entry.queue, number, entry.entered_s, self._clock.seconds(), within_s)

    def restore_places(self, places: Iterable[LostPlace], now: datetime, kept_s: Mapping[str, float]) -> None:
        """
        Those of before this start, the first that was lost in front.

        :param kept_s: how long each queue keeps them
        """
        now_s = self._clock.seconds()
        for one in places:
            entered_s, lost_s = (now_s - (now - at).total_seconds() for at in (one.entered_at, one.lost_at))
            self._cut_offs.lost(one.queue, one.number, entered_s, lost_s, kept_s.get(one.queue, 0.0))

    def given_back(self, entry: Entry) -> None:
        caller = self._callers.get(entry)
        entry.waits_since_s, entry.kept_s = self._clock.seconds(), None
        if caller is not None:
            self._begin(caller)
        elif entry.call is not None:  # his story has ended when somebody sent him elsewhere
            self.wait_on(entry.queue, entry.call)

    def wait_on(self, queue: str, call: Call) -> None:
        """A caller on the line, whose agent does not come back, waits as any other."""
        self._house.wait_on(call, queue)

    def _wait_over(self, entry: Entry) -> None:
        caller = self._callers.get(entry)
        if caller is None:
            return
        wait, caller.wait = caller.wait, None
        if wait is not None:
            wait.end()
        if caller.asked is not None:
            caller.asked.cancel()

    def _empty(self, queue: Queue) -> None:
        for entry in tuple(queue.waiting):
            if entry.ringing.offers:
                continue
            if entry.call is not None:
                self._let_go(entry, Outcome.LEFT_EMPTY)
            elif entry.colleague is not None:
                entry.colleague.nobody()

    def _speak(self, entry: Entry) -> None:
        caller = self._callers.get(entry)
        if caller is not None and caller.wait is not None:
            caller.wait.look()

    def _offer(self, entry: Entry, seat: str, ring_s: float) -> Offer | None:
        if entry.call is not None:
            return self._offer_of(entry, entry.call, seat, ring_s)
        if entry.colleague is not None:
            return entry.colleague.offer(seat, ring_s)
        return self.call_backs.offer(entry, seat, ring_s) if self.call_backs is not None else None

    # Colleagues

    def may_consult(self, queue: str, asks: str) -> bool:
        """Whether there is such a queue, with somebody there who could answer beside the one who asks."""
        others = [seat for seat in self._matching.candidates() if seat.number != asks]
        return queue in self.by_name and self.by_name[queue].is_staffed(others)

    def colleague(self, queue: str, card: Card, log: Callable[..., None], offers: ForColleague) -> Entry:
        """The place of one of the house who asks for somebody of this queue; it waits from now on."""
        now_s, priority = self._clock.seconds(), self.by_name[queue].settings.priority
        entry = Entry(next(self._sequence), None, card, log, queue, now_s, now_s, priority, colleague=offers)
        self.put(entry)
        return entry

    # Keys

    def _key(self, caller: _Caller, key: str) -> None:
        settings = self.settings_of(caller.entry)
        if key == settings.exit_key:
            self._let_go(caller.entry, Outcome.KEY_EXIT)
        elif key == settings.call_back_key and self.call_backs is not None and not caller.entry.ringing.offers:
            self._ask(caller, self._call_back(caller))

    def _ask(self, caller: _Caller, question: Coroutine[Any, Any, None]) -> None:
        """No seat is asked for him meanwhile; then he waits on, if that is what has come of it."""
        caller.entry.busy = True
        caller.asked = Deferred.fromCoroutine(question)
        caller.asked.addErrback(_broken)
        caller.asked.addCallback(lambda _: self._waits_on(caller))

    def _waits_on(self, caller: _Caller) -> None:
        caller.asked, caller.entry.busy = None, False
        if caller.wait is not None:
            caller.wait.resume()
            self.match_soon()

    async def _call_back(self, caller: _Caller) -> None:
        asking, calls = self._house.asking, self.call_backs
        number = await asking.number(caller.call) if asking is not None else ""
        if number and calls is not None:
            await calls.keep(caller.entry, number)
            caller.call_back = number
            caller.asked = None  # the wait's end is no end of this
            self._let_go(caller.entry, Outcome.CALL_BACK)


def _broken(failure: Failure) -> None:
    """What ends a story (he has gone) is no trouble."""
    if isinstance(failure.value, Exception) and not isinstance(failure.value, CancelledError):
        log.failure("a question to a waiting caller broke", failure)


def _outcome_of_end(ended: Reason | None) -> Outcome:
    """Of a wait that ends with its call: who was there and waited until the line was gone has not given up."""
    if ended is None:
        return Outcome.TRANSFERRED
    gave_up = ended.cause in (Cause.CALLER_HUNG_UP, Cause.MENU_OVER)
    return Outcome.ABANDONED if gave_up else Outcome.CUT_OFF
