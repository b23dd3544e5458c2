"""
The queues of the shop: callers come in, wait, and leave in exactly one way.

A caller lives in the coroutine that `enter` is, from his arrival until his time with us is over: the menu runner
cancels it when the call ends, and nobody else needs to know. So there is one owner at a time:

    waiting <--> ringing at seats --> taken by an agent --> (held, and the agent does not come back) --> waiting
       |
       +--> another queue, with his place kept --> waiting ...

Invariants: an entry waits in one list or is with an agent, never both; what rings is withdrawn before the entry is
anything else; each wait ends with one LEAVE and its outcome; a caller who waits again, here or in another queue, keeps
his first moment of arrival, and so his place. A queue he has been in already is no way out of another one: nobody is
sent in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import count

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd.door import Outcome, refusal, target
from callserver.acd.entry import Entry
from callserver.acd.estimate import estimate_s
from callserver.acd.matching import Matching
from callserver.acd.offers import Offer
from callserver.acd.queue import Queue
from callserver.acd.queue_offer import QueueOffer
from callserver.acd.queue_settings import QueueSettings
from callserver.acd.routing.candidates import Member
from callserver.acd.seat import Seat
from callserver.acd.seats import Seats
from callserver.acd.tallies import Tallies
from callserver.acd.wait import Speaking, Wait
from callserver.acd.waiting_lists import WaitingLists
from callserver.calls.call import Call, Party, Stage
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
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
TAKEN = (Outcome.ANSWERED, Outcome.GRABBED)
WITHDRAWN = {Outcome.TIMED_OUT: Cause.TIMED_OUT}  # why it stops ringing, where he has not given up


async def nowhere(call: Call, target: Target) -> None:
    """Nobody can take the caller there."""


@dataclass(frozen=True)
class House:
    """
    What queues ask of the rest of the shop, at the moment they need it.

    :param card: what an agent should see of a call; asked when the caller enters, and may be long in coming
    :param members: of a group; None: everybody with right 3
    :param skills: of a person, with their levels
    :param is_open: by the name of a calendar
    :param today: the shop's day
    :param send: takes a caller to a target that is no queue; returns when he could not be served there
    """

    card: Callable[[Call, str], Deferred[Card]]
    members: Callable[[str], Sequence[Member] | None] = lambda group: None
    skills: Callable[[str], Mapping[str, int]] = lambda number: {}
    is_open: Callable[[str], bool] = lambda calendar: True
    today: Callable[[], date] = date.today
    send: Callable[[Call, Target], object] = nowhere
    seed: str = ""  # of the random strategy


@dataclass(eq=False)
class _Caller:
    """One caller's time with us."""

    entry: Entry
    call: Call
    wait: Wait | None = None  # while he waits
    looked_up: bool = False
    done: Deferred[Outcome] = field(default_factory=Deferred)  # of the queue he is in


class Queues:
    """All queues by name, and the callers in them."""

    def __init__(self, clock: IReactorTime, seats: Seats, speaking: Speaking, house: House) -> None:
        self.by_name: dict[str, Queue] = {}
        self._clock, self._seats, self._speaking, self._house = clock, seats, speaking, house
        self._callers: dict[Entry, _Caller] = {}
        self._tallies = Tallies(clock, house.today)
        self._sequence = count(1)
        self.lists = WaitingLists(self.by_name, self.waited_s)
        self._matching = Matching(
            clock,
            seats,
            self.by_name,
            self._tallies,
            skills=house.skills,
            offer=self._offer,
            on_left=self._leave,
            on_rings=self._rings,
            on_empty=self._empty,
            seed=house.seed,
        )

    def set(self, settings: Mapping[str, QueueSettings]) -> None:
        """The queues that there are, for what happens from now on; who waits in one that is gone is served there."""
        for name, one in settings.items():
            if name in self.by_name:
                self.by_name[name].settings = one
            else:
                self.by_name[name] = Queue(one, self._house.members)
        for name in self.by_name.keys() - settings.keys():
            if not self.by_name[name].waiting:
                del self.by_name[name]
        self.match()

    def match(self) -> None:
        """Something that routing looks at is otherwise now: groups, skills, settings."""
        self._matching.match()

    # A caller's story

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        """
        Let a caller wait for a person.

        :param priority: that a menu gives him; None: the queue's
        :return: the outcome, when he has been told that he cannot be served; an answered caller stays here until his
            call ends, which cancels the waiting
        :raises LookupError: there is no such queue
        """
        if queue not in self.by_name:
            raise LookupError(f"no queue {queue!r}; there are {', '.join(self.by_name)}")
        entry = self._entry(queue, call, priority)
        caller = self._callers[entry] = _Caller(entry, call)
        try:
            return (await self._serve(caller, queue)).value
        except GeneratorExit:  # nothing waits any more
            raise
        except BaseException:  # cancelled; or a menu is told that its caller has gone
            if caller.wait is not None:
                self._leave(entry, _outcome_of_end(call.ended))
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
                return await self._part(caller.call, outcome, where)
            if where.name not in self.by_name or where.name in tried:
                return await self._part(caller.call, outcome, None)
            name = where.name
            caller.entry.missed.clear()

    async def _wait_in(self, caller: _Caller, queue: Queue) -> Outcome:
        """What became of him in this queue, when that was not an answer."""
        entry, seats = caller.entry, self._matching.candidates()
        entry.queue, entry.card = queue.name, replace(entry.card, queue=queue.name)
        refused = refusal(
            queue.settings,
            is_open=self._house.is_open(queue.settings.calendar),
            is_staffed=queue.is_staffed(seats),
            n_waiting=len(queue.waiting),
            estimate_s=self._estimate_s(queue, queue.place(entry)) if queue.settings.max_estimate_s else None,
        )
        if refused is not None:
            entry.log(Kind.LEAVE, queue=queue.name, outcome=refused.value, wait_s=self.waited_s(entry))
            return refused
        await self._look_up(caller)
        caller.done = Deferred()
        self._begin(caller)
        outcome = await caller.done
        caller.call.enter(Stage.MENU)
        return outcome

    async def _part(self, call: Call, outcome: Outcome, where: Target | None) -> Outcome:
        """The shop has no queue for him: to the target it has set, else he is told, and his menu goes on."""
        if where is not None and where.kind is not TargetKind.HANG_UP:
            await self._house.send(call, where)  # type: ignore[misc]
            return outcome
        if outcome in WORDS:
            await self._speaking.say(call, (WORDS[outcome],))
        if where is not None:
            await self._speaking.say(call, (GOODBYE,))
            call.end("queue", Reason(Cause.NOBODY_THERE))
        return outcome

    def _entry(self, queue: str, call: Call, priority: int | None) -> Entry:
        now_s = self._clock.seconds()
        settings = self.by_name[queue].settings
        bare = Card(call.id, call.caller.number, call.caller.name, queue=queue, language=call.language)
        entry = Entry(next(self._sequence), call, bare, call.log, queue, now_s, now_s)
        entry.priority = settings.priority if priority is None else priority
        entry.skills = {call.language: 1} if settings.by_language else {}
        return entry

    async def _look_up(self, caller: _Caller) -> None:
        """Who he is, as far as the shop's books tell in time; asked once."""
        if caller.looked_up:
            return
        caller.looked_up = True
        entry, in_time = caller.entry, Deferred[None]()
        known = self._house.card(caller.call, entry.queue).addCallbacks(partial(self._card_came, entry), self._no_card)
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

    # Waits

    def _begin(self, caller: _Caller) -> None:
        """He waits from now on, for the first time or again."""
        entry, queue = caller.entry, self.by_name[caller.entry.queue]
        entry.seat = ""
        queue.waiting.append(entry)
        entry.log(Kind.ENTRY, queue=queue.name, place=queue.place(entry))
        caller.wait = Wait(
            entry,
            caller.call,
            queue,
            self._clock,
            self._speaking,
            estimate_s=partial(self._estimate_s, queue),
            on_timeout=partial(self._let_go, entry, Outcome.TIMED_OUT),
            on_key=partial(self._key, entry),
        )
        caller.wait.begin()
        self._look_all(queue)
        self._matching.match_soon()

    def _let_go(self, entry: Entry, outcome: Outcome) -> None:
        """He is not served here: what becomes of him is his story's next step."""
        caller = self._callers[entry]
        self._leave(entry, outcome)
        caller.done.callback(outcome)

    def _leave(self, entry: Entry, outcome: Outcome) -> None:
        """The wait is over; the one place where it ends."""
        queue, caller = self.by_name[entry.queue], self._callers[entry]
        queue.waiting.remove(entry)
        wait, caller.wait = caller.wait, None
        if wait is not None:
            wait.end()
        entry.log(Kind.LEAVE, queue=queue.name, outcome=outcome.value, wait_s=self.waited_s(entry))
        if outcome not in TAKEN:
            self._matching.withdraw(entry, Reason(WITHDRAWN.get(outcome, Cause.ABANDONED)))
        self._look_all(queue)

    def _empty(self, queue: Queue) -> None:
        """Nobody is left who could answer."""
        for entry in tuple(queue.waiting):
            if entry.call is not None and not entry.ringing.offers:
                self._let_go(entry, Outcome.LEFT_EMPTY)

    def _rings(self, entry: Entry) -> None:
        """At other seats than before, or at none."""
        self._look_all(self.by_name[entry.queue])

    def _look_all(self, queue: Queue) -> None:
        """Places may be better, or a caller may be spoken to again."""
        self.lists.changed()
        for entry in queue.waiting:
            caller = self._callers.get(entry)
            if caller is not None and caller.wait is not None:
                caller.wait.look()

    def _key(self, entry: Entry, key: str) -> None:
        if key == self.by_name[entry.queue].settings.exit_key:
            self._let_go(entry, Outcome.KEY_EXIT)

    # Offers

    def _offer(self, entry: Entry, seat: str, ring_s: float, outcome: Outcome = Outcome.ANSWERED) -> Offer:
        assert entry.call is not None
        settings, waited_s = self.by_name[entry.queue].settings, self.waited_s(entry)
        return QueueOffer(self, entry, entry.call, seat, settings, ring_s=ring_s, waited_s=waited_s, outcome=outcome)

    def answered(self, entry: Entry, station: Party, outcome: Outcome) -> None:
        seat = self._seats.of(station).number  # where it rang, or who has picked it up
        self._matching.answered(entry, seat, outcome)
        assert entry.call is not None
        entry.call.note(agent=seat)
        entry.log(Kind.CONNECT, person=seat, seat=seat, wait_s=self.waited_s(entry))

    def declined(self, entry: Entry, seat: str, reason: Reason) -> None:
        self._matching.declined(entry, seat, reason)

    def given_back(self, entry: Entry) -> None:
        """The agent has taken the caller and does not come back to him."""
        entry.waits_since_s = self._clock.seconds()
        self._begin(self._callers[entry])

    # What others ask

    def __contains__(self, queue: str) -> bool:
        return queue in self.by_name

    def take(self, call_id: str, seat: Seat) -> Offer:
        """
        A caller who waits, also one who rings at a seat, for an agent who takes him; until then nothing changes.

        :raises LookupError: he does not wait
        """
        entry = self._entry_of(call_id)
        return self._offer(entry, seat.number, 0.0, Outcome.GRABBED)

    def set_priority(self, call_id: str, priority: int) -> None:
        """
        Somebody who waits goes forward or back.

        :raises Refused: NO_CALL
        """
        try:
            entry = self._entry_of(call_id)
        except LookupError:
            raise Refused(Refusal.NO_CALL) from None
        entry.priority = priority
        self._look_all(self.by_name[entry.queue])
        self._matching.match_soon()

    def _entry_of(self, call_id: str) -> Entry:
        for queue in self.by_name.values():
            for entry in queue.waiting:
                if entry.call is not None and entry.call.id == call_id:
                    return entry
        raise LookupError(call_id)

    def waited_s(self, entry: Entry) -> float:
        """Since the caller came, or came back from an agent: a talk is no waiting."""
        return round(self._clock.seconds() - entry.waits_since_s, 3)

    def _estimate_s(self, queue: Queue, place: int) -> float | None:
        n_agents = queue.n_at_work(self._matching.candidates())
        return estimate_s(place, self._tallies.handled_s(queue.name), n_agents)


def _outcome_of_end(ended: Reason | None) -> Outcome:
    """Of a wait that ends with its call: who was there and waited until the line was gone has not given up."""
    if ended is None:
        return Outcome.TRANSFERRED
    gave_up = ended.cause in (Cause.CALLER_HUNG_UP, Cause.MENU_OVER)
    return Outcome.ABANDONED if gave_up else Outcome.CUT_OFF
