"""
One supervisor at somebody else's call: he listens, whispers, or has barged in.

    --listen--> LISTENS <--listen, whisper--> WHISPERS --barge_in--> TALKS --take_over, agent leaves--> his own call
    any --stop, the end of the call--> over

What must hold:

- *Nobody notices.* A listening or whispering supervisor is an `Ear` in the call: no party is told of it, no state of
  anybody changes, no row of the board but his own. Only the roles LISTENS (beside a seat), OVERHEARS (beside a line:
  also while it is with a menu or a queue) and WHISPERS are ever given to the ear, and `roles.gains` lets nobody hear
  the first two, and only the one it is beside the third.
- *It follows whom he listens to, not the call* (call-centre.md section 14, 29). Who that is hears one call at a time:
  the one his leg serves. So after each change of anybody's part in any call `follow` asks again which that is, and
  moves the ear there: into a consultation and back, into the call that a consultation is merged into. While a seat
  holds, it is alone, and beside one who is alone nothing is heard. When whom he listens to is in no call any more, it
  is over.
- *After a barge-in he is one of those who talk*, in that call and no other. When no agent is left in it the call is
  his own, with all that a seat can do with one; when only an agent is left the talk is over for both.
- *Two supervisors at one call.* Both may listen, whisper and barge in. Who takes over is alone with the caller: the
  agents go, and another supervisor who has barged in with them. The call is his until he hands it on: another may hear
  it, and is refused when he wants to take it over (`Supervision.take_over`).
- *Its end is in the timeline* of the call that goes on without him, as is the call into which he has come along. Why it
  ends knows who ends it: `Supervision` says so while another supervisor takes the call over or breaks it off.
- `over` is final, and comes once: whatever is told afterwards finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from callserver.acd.seats.ear import Ear, Station, call_of
from callserver.calls import operations
from callserver.calls.call import Call, Party
from callserver.calls.live_calls import LiveCalls
from callserver.calls.operations import PRESENT
from callserver.calls.roles import Part, Role
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import FloatArray
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import BARGED_IN, LISTENS, WHISPERS, Card

NOBODY_LEFT = Reason(Cause.PARTY_GONE)


class Place(Protocol):
    """The supervisor's seat, as it is told of what he listens to."""

    @property
    def number(self) -> str: ...
    @property
    def station(self) -> Station: ...
    def listening_over(self, listening: Listening, reason: Reason) -> None:
        """There is nothing to hear any more."""

    def takes_over(self, listening: Listening) -> None:
        """The call is his own from now on."""

    def listening_changed(self, reason: Reason) -> None:
        """What he does there has changed, or in which call."""


class Listening:
    """
    Implements Offer, so that the seat may have it in hand as it has a call.

    :param party: who is listened to: a seat's station, a line
    :param is_agent: whether a party is a seat's station
    :param card_of: what is known of the caller, as an agent in that call sees it; None where no agent is
    :param find_somebody: finds somebody else for a caller whom the supervisor has taken over and does not come back to
    """

    right = None  # asked by `Supervision`, at each act
    is_queued = False
    ring_s = 0.0
    max_misses = 0
    wrap_up_s = 0.0

    def __init__(
        self,
        calls: LiveCalls,
        seat: Place,
        party: Party,
        call: Call,
        *,
        is_agent: Callable[[Party], bool],
        card_of: Callable[[Call], Card | None],
        find_somebody: Callable[[Call, Party, Reason], None],
    ) -> None:
        self._call, self.party = call, party
        self.role = Role.LISTENS
        self.over = False
        self._calls, self._seat, self._is_agent, self._find_somebody = calls, seat, is_agent, find_somebody
        self._card_of, self._known = card_of, card_of(call)
        self._ear = Ear(seat.station)

    # Offer

    @property
    def call(self) -> Call:
        """That is heard now."""
        return self._call.now

    @property
    def card(self) -> Card:
        """Of the call that is heard now."""
        call, known = self.call, self._known
        if known is None or known.call_id != call.id:
            known = Card(call.id, call.caller.number, call.caller.name)
        return replace(known, language=call.language, path=tuple(call.path))

    def accept(self, station: Party) -> None:
        self._be_in(self.call)

    def decline(self, station: Party, reason: Reason) -> None:
        """It never rings."""

    def give_back(self, station: Party, reason: Reason) -> None:
        """The supervisor goes: of his own will, or because his program is gone."""
        if self.over:  # the call has been his own since
            self._find_somebody(self.call, self._seat.station, reason)
            return
        self.over = True
        self._log_out(self.call, reason)
        self.call.leave(self._ear, reason)
        self.call.leave(self._seat.station, reason)
        self._seat.station.on_hook()

    @property
    def doing(self) -> str:
        """For the screen."""
        return {Role.LISTENS: LISTENS, Role.WHISPERS: WHISPERS}.get(self.role, BARGED_IN) if not self.over else ""

    # What the supervisor does

    def turn_to(self, party: Party) -> None:
        """Listen to this one from now on."""
        self.party, self.role = party, Role.LISTENS
        heard = call_of(self._calls, party)
        self._known = self._card_of(heard) if heard is not None else None
        self.follow()

    def whisper(self) -> None:
        """Be heard by the agent alone; over when there is none."""
        self.role = Role.WHISPERS
        self.follow()

    def listen(self) -> None:
        """Be heard by nobody."""
        self.role = Role.LISTENS
        self.follow()

    def barge_in(self, tone: FloatArray | None) -> None:
        """Talk with those who talk; each hears the tone."""
        reason = Reason(Cause.BARGED_IN)
        operations.barge_in(self.call, self._seat.station, tone)
        self.role = Role.TALKS
        self.call.leave(self._ear, reason)
        self._seat.listening_changed(reason)

    def take_over(self) -> None:
        """The agents of the call go, and the supervisor talks on with who is left."""
        station = self._seat.station
        agents = [party for party in self.call.parts if self._is_agent(party) and party not in (station, self._ear)]
        operations.barge_in(self.call, station, None)
        self.role = Role.TALKS
        self.call.leave(self._ear, Reason(Cause.TAKEN_OVER))
        for agent in agents:
            self.call.leave(agent, Reason(Cause.TAKEN_OVER, self._seat.number))

    # What calls tell

    def follow(self, why_over: Reason = NOBODY_LEFT) -> None:
        """
        Somebody's part in a call has changed: be where whom he listens to is now.

        :param why_over: if there is nothing left to hear
        """
        if self.over:
            return
        if self.role is Role.TALKS:
            self._look_who_is_left(why_over)
            return
        call = call_of(self._calls, self.party)
        if call is None:
            self._end(why_over)
        elif call.parts.get(self._ear) != self._part(call):
            self._be_in(call)

    def _be_in(self, call: Call) -> None:
        before, self._call = self._call, call
        part = self._part(call)
        call.give(self._ear, part.role, part.beside)
        if before is not call:
            if before.merged_into is None:
                self._log_out(before, Reason(Cause.TRANSFERRED))
            before.leave(self._ear, Reason(Cause.TRANSFERRED))
            call.log(Kind.SUPERVISOR_IN, person=self._seat.number, by=self._seat.station.name, doing=self.doing)
            self._seat.listening_changed(Reason(Cause.LISTENS))

    def _part(self, call: Call) -> Part[Party]:
        """Whispered is to an agent: beside a line, to the one who talks with it, and to nobody while there is none."""
        if self._is_agent(self.party):
            return Part(self.role, self.party)
        agent = next((party for party in call.parts if self._is_agent(party)), None)
        if self.role is Role.WHISPERS and agent is not None:
            return Part(Role.WHISPERS, agent)
        return Part(Role.OVERHEARS, self.party)

    def _look_who_is_left(self, why_over: Reason) -> None:
        station, parts = self._seat.station, self.call.parts
        if station not in parts:
            self._end(why_over)
            return
        others = [party for party, part in parts.items() if party is not station and part.role in PRESENT]
        if others and not any(map(self._is_agent, others)):
            self.over = True
            operations.free_held(self.call)
            self.call.note(agent=self._seat.number)
            self.call.log(Kind.CONNECT, person=self._seat.number, seat=self._seat.number)
            self._seat.takes_over(self)
        elif len(others) < 2:
            self.call.end("server", Reason(Cause.PARTY_GONE))

    def _log_out(self, call: Call, reason: Reason) -> None:
        """In the timeline of a call that goes on without him; one that ends says so itself."""
        if call.ended is None:
            by = self._seat.station.name
            call.log(Kind.SUPERVISOR_OUT, person=self._seat.number, by=by, reason=str(reason))

    def _end(self, reason: Reason) -> None:
        self.over = True
        self._log_out(self.call, reason)
        self.call.leave(self._ear, reason)
        self._seat.station.on_hook()
        self._seat.listening_over(self, reason)
