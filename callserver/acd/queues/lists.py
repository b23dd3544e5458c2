"""
Who waits in which queue, and what seats do with him.

Invariants: an entry waits in one list or is with an agent, never both; `_remove` is the one place where it leaves a
list, and what rings is withdrawn before it is anything else; who waits again keeps his first moment of arrival, and so
his place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from twisted.internet.interfaces import IReactorTime

from callserver.acd.queues.door import Outcome
from callserver.acd.queues.entry import Entry
from callserver.acd.queues.estimate import estimate_s
from callserver.acd.queues.house import House
from callserver.acd.queues.matching import Matching
from callserver.acd.queues.offer import QueueOffer
from callserver.acd.queues.queue import Queue
from callserver.acd.queues.tallies import Tallies
from callserver.acd.queues.waiting_lists import WaitingLists
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Seats
from callserver.calls.call import Call, Party
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused

TAKEN = (Outcome.ANSWERED, Outcome.GRABBED)
WITHDRAWN = {Outcome.TIMED_OUT: Cause.TIMED_OUT}  # why it stops ringing, where he has not given up


class QueueLists(ABC):
    """All queues by name."""

    def __init__(self, clock: IReactorTime, seats: Seats, house: House) -> None:
        self.by_name: dict[str, Queue] = {}
        self._clock, self._seats, self._house = clock, seats, house
        self._tallies = Tallies(clock, house.today)
        self._sequence = count(1)
        self.lists = WaitingLists(self.by_name, self.whole_wait_s)
        self._matching = Matching(
            clock,
            seats,
            self.by_name,
            self._tallies,
            skills=house.skills,
            offer=self._offer,
            on_left=self._leave,
            on_rings=lambda entry: self._changed(self.by_name[entry.queue]),
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

    def match_soon(self) -> None:
        """The same, when what happens at this moment has happened."""
        self._matching.match_soon()

    def __contains__(self, queue: str) -> bool:
        return queue in self.by_name

    def settings_of(self, entry: Entry) -> QueueSettings:
        """Of the queue he is in."""
        return self._queue(entry).settings

    def settings_for(self, entry: Entry, seat: str) -> QueueSettings:
        """The same for this agent: after it he has the longer of the queue's wrap-up and his own."""
        settings = self.settings_of(entry)
        return replace(settings, wrap_up_s=max(settings.wrap_up_s, self._house.wrap_up_s(seat)))

    def waited_s(self, entry: Entry) -> float:
        """Since the caller came, or came back from an agent: a talk is no waiting. So statistics count it, by call."""
        return round(self._clock.seconds() - entry.waits_since_s, 3)

    def whole_wait_s(self, entry: Entry) -> float:
        """As people see it: of one whose place was kept for him, from when he came the first time."""
        since_s = entry.waits_since_s if entry.kept_s is None else entry.kept_s
        return round(self._clock.seconds() - since_s, 3)

    # What others ask

    def take(self, call_id: str, seat: Seat) -> Offer:
        """
        A caller who waits, also one who rings at a seat, for an agent who takes him; until then nothing changes.

        :raises LookupError: he does not wait
        """
        entry = self._entry_of(call_id)
        assert entry.call is not None
        return self._offer_of(entry, entry.call, seat.number, 0.0, Outcome.GRABBED)

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
        self._changed(self.by_name[entry.queue])
        self.match_soon()

    # The lists

    def put(self, entry: Entry) -> None:
        """He waits from now on, for the first time or again."""
        queue = self._queue(entry)
        entry.queue, entry.seat = queue.name, ""
        queue.waiting.append(entry)
        if entry.call is not None:
            kept = {} if entry.kept_s is None else {"kept_for_s": self.whole_wait_s(entry)}
            entry.call.recording.waits_in(queue.name)
            entry.log(Kind.ENTRY, queue=queue.name, place=queue.place(entry), **kept)
        self._changed(queue)
        self.match_soon()

    def drop(self, entry: Entry) -> None:
        """He waits no more, and rings nowhere."""
        self._remove(entry)
        self._matching.withdraw(entry, Reason(Cause.ABANDONED))

    def _leave(self, entry: Entry, outcome: Outcome) -> None:
        """His wait is over."""
        self._remove(entry)
        if entry.call is not None:
            entry.log(Kind.LEAVE, queue=entry.queue, outcome=outcome.value, wait_s=self.waited_s(entry))
        if outcome not in TAKEN:
            self._matching.withdraw(entry, Reason(WITHDRAWN.get(outcome, Cause.ABANDONED)))

    def _remove(self, entry: Entry) -> None:
        queue = self.by_name[entry.queue]
        queue.waiting.remove(entry)
        self._wait_over(entry)
        self._changed(queue)

    def _changed(self, queue: Queue) -> None:
        """Places may be better, or a caller may be spoken to again."""
        self.lists.changed()
        for entry in queue.waiting:
            self._speak(entry)

    def _queue(self, entry: Entry) -> Queue:
        """The one he is in; the shop's first, if that one is there no more."""
        return self.by_name.get(entry.queue) or next(iter(self.by_name.values()))

    def _entry_of(self, call_id: str) -> Entry:
        for queue in self.by_name.values():
            for entry in queue.waiting:
                if entry.call is not None and entry.call.id == call_id:
                    return entry
        raise LookupError(call_id)

    def _estimate_s(self, queue: Queue, place: int) -> float | None:
        n_agents = queue.n_at_work(self._matching.candidates())
        return estimate_s(place, self._tallies.handled_s(queue.name), n_agents)

    # What seats tell, by way of the offer

    def waits(self, entry: Entry) -> bool:
        """He is in a list, perhaps ringing somewhere."""
        return entry in self._queue(entry).waiting

    def taken_by(self, entry: Entry, station: Party, outcome: Outcome = Outcome.ANSWERED) -> str:
        """He is an agent's now, who sits where it rang or has picked him up; the staff number."""
        seat = self._seats.of(station).number
        self._matching.answered(entry, seat, outcome)
        return seat

    def answered(self, entry: Entry, station: Party, outcome: Outcome) -> None:
        seat = self.taken_by(entry, station, outcome)
        assert entry.call is not None
        entry.call.note(agent=seat)
        entry.log(Kind.CONNECT, person=seat, seat=seat, wait_s=self.waited_s(entry))

    def declined(self, entry: Entry, seat: str, reason: Reason) -> None:
        self._matching.declined(entry, seat, reason)

    @abstractmethod
    def given_back(self, entry: Entry) -> None:
        """The agent has taken the caller and does not come back to him."""

    def _offer_of(
        self, entry: Entry, call: Call, seat: str, ring_s: float, outcome: Outcome = Outcome.ANSWERED
    ) -> Offer:
        settings, waited_s = self.settings_for(entry, seat), self.whole_wait_s(entry)
        return QueueOffer(self, entry, call, seat, settings, ring_s=ring_s, waited_s=waited_s, outcome=outcome)

    # What is the callers' own

    @abstractmethod
    def _offer(self, entry: Entry, seat: str, ring_s: float) -> Offer | None:
        """To be made now; None: not yet."""

    @abstractmethod
    def _empty(self, queue: Queue) -> None:
        """Nobody is left who could answer."""

    @abstractmethod
    def _wait_over(self, entry: Entry) -> None:
        """He has left the list: his words and timers end."""

    @abstractmethod
    def _speak(self, entry: Entry) -> None:
        """Perhaps he is to be told something."""
