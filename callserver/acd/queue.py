"""A queue: callers wait with music, the seat that has been idle longest is rung, the two are joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.acd.floor import Floor
from callserver.acd.routing import longest_idle
from callserver.acd.seat import Seat
from callserver.acd.talk import Talk
from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.config import QueueConfig
from callserver.dsp.frames import FloatArray
from callserver.media.patch_bay import PatchBay
from callserver.wire.messages import Card
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

log = Logger()

PLEASE_WAIT, COMFORT = "please-wait-for-person", "all-busy-please-wait"
NOBODY, TRY_LATER = "nobody-logged-in", "please-try-later"


@dataclass(eq=False)
class Entry:
    """One waiting caller."""

    call: Call
    card: Card
    entered_s: float
    left: Deferred[str]  # fires with the outcome when the caller's time with us is over
    offer: QueueOffer | None = None
    seat: Seat | None = None  # where it rings
    not_before_s: float = 0.0  # no offer earlier: the pause after a miss
    missed: set[str] = field(default_factory=set)
    timers: list[IDelayedCall] = field(default_factory=list)


@dataclass(eq=False)
class QueueOffer:
    """One attempt to ring one seat for one caller. Implements callserver.acd.seat_calls.Offer."""

    queue: Queue
    entry: Entry
    card: Card
    ring_time_s: float
    right: Right = Right.ANSWER_QUEUED

    def accept(self, seat: Seat) -> Talk:
        return self.queue.answered(self, seat)

    def decline(self, seat: Seat, reason: str) -> None:
        self.queue.missed(self, seat, reason)


class Queue:
    """
    Callers in order of arrival; one that no free seat can serve does not block those behind him.

    :param say: says prompts to a caller in his language
    :param card: what an agent should see of a call; asked when the caller enters
    """

    def __init__(
        self,
        name: str,
        config: QueueConfig,
        *,
        clock: IReactorTime,
        bay: PatchBay,
        floor: Floor,
        say: Callable[[Call, Sequence[str]], Deferred[None]],
        card: Callable[[Call, str], Deferred[Card]],
        music: FloatArray,
    ) -> None:
        self.name, self._config, self._clock, self._bay, self._floor = name, config, clock, bay, floor
        self._say, self._card, self._music = say, card, music
        self.waiting: list[Entry] = []
        floor.watch(lambda _: self.match())

    async def enter(self, call: Call) -> str:
        """
        Let a caller wait for a person.

        :return: the outcome, when he has talked, or has been told that he cannot
        """
        if not self._floor.staffed(Right.ANSWER_QUEUED):
            call.log(Kind.LEAVE, queue=self.name, outcome="no_agent", wait_s=0)
            await self._say(call, (NOBODY, TRY_LATER))
            return "no_agent"
        entry = Entry(call, await self._card(call, self.name), self._clock.seconds(), Deferred())
        self._add(entry)
        call.phase("queue")
        return await entry.left

    def match(self) -> None:
        """Offer waiting callers to free seats; called whenever a seat or a caller may have become free for it."""
        for entry in tuple(self.waiting):
            if entry.offer is None and entry.not_before_s <= self._clock.seconds():
                self._offer(entry)

    def _add(self, entry: Entry) -> None:
        call = entry.call
        self.waiting.append(entry)
        call.log(Kind.ENTRY, queue=self.name, place=len(self.waiting))
        if call.leg is not None:
            call.leg.music(self._music)
        self._say(call, (PLEASE_WAIT,))
        call.when_ended().addCallback(lambda _: self._abandoned(entry))
        self._later(entry, self._config.max_wait_s, self._waited_too_long, entry)
        self._later(entry, self._config.comfort_s, self._comfort, entry)
        self._later(entry, 0, self.match)

    def _later(self, entry: Entry, delay_s: float, act: Callable[..., None], *args: Entry) -> None:
        entry.timers.append(self._clock.callLater(delay_s, act, *args))

    def _offer(self, entry: Entry) -> None:
        choice = longest_idle(self._floor.candidates(), frozenset(entry.missed))
        if not choice.order:
            return
        seat = self._floor.seats[choice.order[0]]
        waited_s = round(self._clock.seconds() - entry.entered_s)
        entry.offer, entry.seat = (
            QueueOffer(self, entry, replace(entry.card, waited_s=waited_s), self._config.ring_s),
            seat,
        )
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
            self.missed(entry.offer, seat, str(refused))

    def answered(self, offer: QueueOffer, seat: Seat) -> Talk:
        """The seat takes the call: join the two."""
        entry = offer.entry
        self._leave(entry, "answered")
        wait_s = self._waited_s(entry)
        entry.call.log(Kind.CONNECT, person=seat.number, seat=seat.number, wait_s=wait_s)
        entry.call.when_ended().addCallback(lambda _: self._talked(entry, seat))
        return Talk(
            entry.call,
            seat,
            self._floor.leg(seat.number),
            offer.card,
            bay=self._bay,
            music=self._music,
            wrap_up_s=self._config.wrap_up_s,
            requeue=lambda: self._requeue(entry),
        )

    def missed(self, offer: QueueOffer, seat: Seat, reason: str) -> None:
        """The seat did not take it: the next one, after a pause."""
        entry = offer.entry
        entry.offer = entry.seat = None
        entry.missed.add(seat.number)
        entry.not_before_s = self._clock.seconds() + self._config.retry_s
        entry.call.log(Kind.MISS, person=seat.number, seat=seat.number, reason=reason)
        self._later(entry, self._config.retry_s, self.match)

    def _waited_s(self, entry: Entry) -> float:
        return round(self._clock.seconds() - entry.entered_s, 3)

    def _talked(self, entry: Entry, seat: Seat) -> None:
        self._floor.talk_ended(seat.number)
        if entry not in self.waiting and not entry.left.called:
            entry.left.callback("answered")

    def _requeue(self, entry: Entry) -> None:
        """A held caller whose agent does not come back: he waits again, at his old place."""
        again = Entry(entry.call, entry.card, entry.entered_s, entry.left)
        self._add(again)
        self.waiting.sort(key=lambda waiting: waiting.entered_s)
        entry.call.retrieve()
        entry.call.phase("queue")

    def _abandoned(self, entry: Entry) -> None:
        if entry in self.waiting:
            self._leave(entry, "abandoned")
            entry.left.callback("abandoned")

    def _waited_too_long(self, entry: Entry) -> None:
        self._leave(entry, "timed_out")
        self._say(entry.call, (TRY_LATER,)).addBoth(lambda _: entry.left.callback("timed_out"))

    def _leave(self, entry: Entry, outcome: str) -> None:
        self.waiting.remove(entry)
        for timer in entry.timers:
            if timer.active():
                timer.cancel()
        if entry.call.leg is not None:
            entry.call.leg.music(None)
            entry.call.leg.stop()
        if entry.offer is not None and entry.seat is not None and outcome != "answered":
            entry.seat.withdraw(entry.offer, outcome)
        entry.call.log(Kind.LEAVE, queue=self.name, outcome=outcome, wait_s=self._waited_s(entry))

    def _comfort(self, entry: Entry) -> None:
        self._later(entry, self._config.comfort_s, self._comfort, entry)
        if entry.offer is None:  # never talk over the moment a seat answers
            self._say(entry.call, (COMFORT,))
