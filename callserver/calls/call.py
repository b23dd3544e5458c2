"""
One call: from its first ring or dial to the end of its last leg; one record, one timeline, one recording.

Invariants, and why:

- Only the call sets gains, only between its own participants, and always all of them at once from `roles.gains`: so
  no forgotten gain can let a caller hear another one (G7). The patch bay refuses what crosses calls.
- A leg serves one call at a time. An agent who consults stays a participant of the call he holds, with the role
  ALONE, while his leg serves the other call; given the role TALKS again, his leg comes back.
- A call that is merged into another one is over, and `now` is that other: whoever has kept it in mind (an offer that
  rings, an agent's call in hand) asks for `now`, and so is in the call where his party is.
- A call ends once. Ended, it first tells those who wait (a menu, a queue: they write down what became of the caller),
  then writes its own end, then lets go of its parties, who may begin another call at once.
- Each stage has a bound; so has each state of the line (`line_machine`). Nothing here waits without one. Before the
  answer (DIALLING, RINGING) the bound is that of the line, or of the seat where it rings.
- A party that is told (`left`, `role_given`, `recalled`) may act on the call at once: the call is consistent by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from twisted.internet.defer import CancelledError, Deferred, DeferredLock, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.calls.call_recording import CallRecording
from callserver.calls.event_log import EventLog
from callserver.calls.keys import MASK, Key, Keys
from callserver.calls.recording_rules import RecordingRules
from callserver.calls.roles import LISTENERS, Part, Role, gains, overheard
from callserver.calls.stages import LIMITS_S, TAKES_KEYS, Stage
from callserver.calls.timeline import Timeline
from callserver.calls.vocabulary import Kind
from callserver.calls.waiters import Waiters
from callserver.dsp.frames import FloatArray
from callserver.lines.interfaces import Caller
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import CardPart, Identity, Partner

log = Logger()

TAKES_PART = (Role.TALKS, *LISTENERS, Role.CALLED, Role.FAXES)  # its leg serves this call

THERE = (Role.TALKS, Role.HELD, Role.ALONE)  # he is in the talk, or will be again


class Party(Protocol):
    """Whoever can take part in a call: a line in service, an agent's station. It is told; it never asks."""

    @property
    def name(self) -> str:
        """On the board and in the event log: "line 3", "seat 801"."""

    @property
    def leg(self) -> Leg | None:
        """Its place in the patch bay; None while it is on hook."""

    def role_given(self, call: Call, role: Role) -> None:
        """It is in this call, in this role."""

    def left(self, call: Call, reason: Reason) -> None:
        """It is in this call no more: a line goes on hook, a seat is free."""

    def recalled(self, call: Call) -> None:
        """A party it holds in this call has been held for too long."""


class FirstParty(Party, Protocol):
    """The party a call begins with, and has its record and its recording from."""

    async def answer(self, call: Call) -> None:
        """
        Off hook for this call, its leg open.

        :raises LineFailure: it does not go off hook
        :raises CancelledError: the call has ended meanwhile
        """

    def stage_changed(self, call: Call) -> None:
        """The call is served by a menu, a queue or a person now: the board shows it."""


class Call(Timeline):
    """
    What lines, menus, queues and seats share about one caller.

    :param first: the party it begins with
    :param music: what a held party hears, round and round
    :param find: a live call by its id
    :param on_card: told when its cards say something else of its caller
    :param on_parts: told when somebody has joined, has left, has another role or tells a secret; may act on the call
    `direction`: "in", "out", "internal".
    `parts`: the participants and their roles, in the order in which they joined.
    `merged_into`: the call that this one has become part of.
    `recording`: of all its participants, or none.
    `doing`: what its stage does, more exactly: a fax's phase; the board shows it.
    `entered_s`: when its stage began, on the monotonic clock.
    `guests`: who was brought to those whom the call was between, and as whom, if he is no agent.
    `left_for`: why somebody has left it last.
    `lines_alone`: two lines talk, and nobody of the house with them: the least sign that one is gone ends it.
    """

    def __init__(
        self,
        call_id: str,
        direction: str,
        first: FirstParty,
        caller: Caller,
        *,
        events: EventLog,
        clock: IReactorTime,
        bay: PatchBay,
        music: Callable[[], FloatArray | None],
        find: Callable[[str], Call | None],
        on_parts: Callable[[Call], None] = lambda call: None,
        on_card: Callable[[Call], None] = lambda call: None,
        recorder: Recorder | None = None,
        rules: RecordingRules = RecordingRules(),  # noqa: B008
    ) -> None:
        super().__init__(call_id, direction, first.name, caller, events)
        self.first, self.direction = first, direction
        self.parts: dict[Party, Part[Party]] = {first: Part(Role.ALONE)}
        self.stage = Stage.RINGING if direction == "in" else Stage.DIALLING
        self.ended: Reason | None = None
        self.merged_into: Call | None = None
        self.guests: dict[Party, Partner | None] = {}
        self.left_for = Reason(Cause.PARTY_GONE)
        self.lines_alone = False
        self.doing = ""
        self._secrets = 0  # that are being told, by whoever has begun them
        self.keys = Keys(self._write_key)
        self.began_s = self.entered_s = clock.seconds()
        self._answering, self._answered = DeferredLock(), False
        self._clock, self._bay, self._music, self._find = clock, bay, music, find
        self._on_parts, self._on_card = on_parts, on_card
        self.recording = CallRecording(self, recorder, rules, first.name)
        self._limit: IDelayedCall | None = None
        self._waiting_for_end: Waiters[Reason] = Waiters()
        self._waiting_for_fax: Waiters[None] = Waiters()
        self._waiting_for_left: Waiters[None] = Waiters()

    @property
    def now(self) -> Call:
        """Where its parties are: itself, or the call it has been merged into."""
        return self if self.merged_into is None else self.merged_into.now

    @property
    def leg(self) -> Leg | None:
        """Of the first party, whom menus speak to; None before the answer and when it has left."""
        return self.first.leg if self.first in self.parts else None

    # Its life

    async def answer(self) -> None:
        """
        Off hook, once the call's record is safe on disk; harmless when it is, also while another goes there.

        :raises LineFailure: if the line does not go off hook
        :raises CancelledError: the call has ended meanwhile; its line may ring for another by now
        """
        await self._answering.acquire()
        try:
            await self._answer()
        finally:
            self._answering.release()

    @property
    def is_answered(self) -> bool:
        """Its first party is off hook, or whoever that called has answered."""
        return self._answered

    async def _answer(self) -> None:
        await self.opened
        if self.ended is not None:
            raise CancelledError
        if self._answered:  # by another of its menu's acts
            return
        await self.first.answer(self)
        self.begin_answered(Stage.MENU)

    def begin_answered(self, stage: Stage) -> None:
        """
        The line is off hook and the other one is there: record and recording of their talk begin.

        Of a call that talked already, as one more joins, nothing begins, unless it is the first line in it.
        """
        if self.ended is not None:
            return
        if self._answered:
            self.recording.line_talks()
            return
        self._answered = True
        self.note(answered_at=self._events.now())
        self.log(Kind.ANSWER)
        self.recording.answered()
        self.enter(stage)

    def enter(self, stage: Stage, limit_s: float | None = None) -> None:
        """Somebody else serves the caller from now on, for so long at most; keys meant for another are dropped."""
        if self.ended is not None:
            return
        self.keys.drop()
        self.stage, self.doing, self.entered_s = stage, "", self._clock.seconds()
        self._cancel_limit()
        limit_s = LIMITS_S[stage] if limit_s is None else limit_s
        reached = Reason(Cause.LIMIT_REACHED, stage.value)
        self._limit = self._clock.callLater(limit_s, self.end, "server", reached)
        self.first.stage_changed(self)

    def rings(self) -> None:
        """What was dialled rings, or waits for somebody who is free; nothing new where it was brought to a talk."""
        if self.ended is None and self.stage is Stage.DIALLING:
            self.stage = Stage.RINGING
            self.first.stage_changed(self)

    def tell_doing(self, doing: str) -> None:
        """What it does now, until its stage changes; "" is nothing in particular."""
        if self.ended is None and doing != self.doing:
            self.doing = doing
            self.first.stage_changed(self)

    def when_fax_calls(self) -> Deferred[None]:
        """A fresh Deferred that fires when the calling tone of a fax is heard of the first party; cancel it to stop."""
        return self._waiting_for_fax.wait()

    def when_left(self) -> Deferred[None]:
        """
        A fresh Deferred that fires when the person the first party talks with has hung up, and left it on the line.

        While somebody waits for that the call does not end with the person's part; cancel it to stop.
        """
        return self._waiting_for_left.wait()

    @property
    def goes_on(self) -> bool:
        """Whether somebody waits for the first party when a person has talked with it."""
        return bool(self._waiting_for_left) and self.first in self.parts and self.ended is None

    def left_behind(self) -> None:
        """The first party is alone on the line: who waits for that has it now."""
        self.enter(Stage.MENU)
        self._waiting_for_left.fire(None)

    def fax_calls(self, party: Party) -> None:
        """The calling tone of a fax was heard."""
        if party is self.first:
            self._waiting_for_fax.fire(None)

    def when_ended(self) -> Deferred[Reason]:
        """A fresh Deferred that fires with the reason when the call is over (at once if it is)."""
        return self._waiting_for_end.wait() if self.ended is None else succeed(self.ended)

    def end(self, by: str, reason: Reason) -> None:
        """End the call; harmless when it is over already."""
        if self.ended is not None:
            return
        self.ended = reason
        self._cancel_limit()
        self.keys.drop()
        self._waiting_for_end.fire(reason)
        self.log(Kind.END, by=by, reason=str(reason))
        self.note(ended_at=self._events.now(), end_reason=str(reason))
        self.recording.over()
        parties, self.parts = self.parts, {}
        self._bay.set_gains(self.id, {})
        for party in parties:
            try:
                party.left(self, reason)
            except Exception:  # the others have to be let go all the same (G5)
                log.failure("{party} has not left call {call} as it should", party=party.name, call=self.id)
        self._on_parts(self)

    def caller_is(self, identity: Identity, part: CardPart) -> None:
        """An agent says who its caller is: whoever has its card before him sees it at once."""
        self.told_of(identity, part)
        self._on_card(self)

    # Who takes part, and how

    def give(self, party: Party, role: Role, beside: Party | None = None) -> None:
        """
        Let a party join in a role, or give a participant another one.

        :param beside: whom it listens or whispers to, or who holds it
        """
        if self.ended is not None:
            return
        self.parts[party] = Part(role, beside)
        if party.leg is not None:
            if role is not Role.FAXES:
                party.leg.take_back()
            if role in TAKES_PART or party is self.first or not self._serves(party, party.leg):
                self._take_leg(party, party.leg)
            self._set_music(party, party.leg)
        self._set_gains()
        self._tell_recording()
        party.role_given(self, role)
        self._on_parts(self)

    def leave(self, party: Party, reason: Reason) -> None:
        """A participant is in the call no more; the others stay as they are."""
        part = self.parts.pop(party, None)
        if part is None:
            return
        if part.role not in LISTENERS:
            self.left_for = reason
        self._set_gains()
        self._tell_recording()
        party.left(self, reason)
        self._on_parts(self)

    def move(self, other: Call) -> None:
        """The participants of another call join this one in their roles; the other is over, merged into this."""
        parts, other.parts, other.merged_into = other.parts, {}, self
        other.log(Kind.MERGED, into=self.id)
        self.log(Kind.MERGED, call=other.id, parties=[party.name for party in parts])
        self.recording.joined_by(other.recording, other.first)
        for party, part in parts.items():
            self.give(party, part.role, part.beside)
        if other._answered:
            self.recording.line_talks()
        other.end("server", Reason(Cause.TRANSFERRED, self.id))  # last: who follows one of them finds him here

    def wait_with_music(self, on: bool) -> None:
        """Music for the first party while it waits, or none."""
        if self.leg is not None:
            self.leg.music(self._music() if on else None)

    def recall(self, party: Party) -> None:
        """A held participant's time is up: who holds it is told."""
        part = self.parts.get(party)
        self.log(Kind.HOLD, recall=True)
        for other in tuple(self.parts):
            if part is not None and other == part.beside:
                other.recalled(self)

    # Keys and secrets

    @property
    def in_secret(self) -> bool:
        """The first party keys in a secret; its part is what it will be again afterwards."""
        return self._secrets > 0

    @contextmanager
    def secret(self) -> Iterator[None]:
        """While a menu asks the first party for a secret."""
        self.begin_secret()
        try:
            yield
        finally:
            self.end_secret()

    def begin_secret(self) -> None:
        """
        The first party keys in a secret: heard by nobody, recorded as silence, written down masked.

        Keys it has pressed already belong to the secret: their sound is taken out of the recording again. A role that
        it is given meanwhile (its agent holds it) holds when the secret is told. Begun twice, by a menu and an agent,
        it is over when both say so.
        """
        first_at_s = self.keys.first_at_s()
        since_s_ago = 0.0 if first_at_s is None else self._clock.seconds() - first_at_s
        self._secrets += 1
        self.recording.begin_silence(since_s_ago)
        self._keep_secret()

    def end_secret(self) -> None:
        """It is told."""
        self._secrets -= 1
        self.recording.end_silence()
        self._keep_secret()

    def key(self, party: Party, key: Key) -> None:
        """A key was pressed; nobody takes those of a talk, or of other parties than the first: written down masked."""
        if party is not self.first:
            self._write_key(key, MASK)
            return
        self.keys.press(key)
        self.recording.keep_silent()
        if self.stage not in TAKES_KEYS:
            self.keys.drop()

    def _write_key(self, key: Key, shown: str) -> None:
        self.log(Kind.KEY, digit=shown, source=key.source, pressed_s=round(key.at_s, 3))

    def _keep_secret(self) -> None:
        if self.leg is not None:
            self._set_music(self.first, self.leg)
        self._set_gains()
        self._on_parts(self)

    def _set_music(self, party: Party, leg: Leg) -> None:
        held = self.parts[party].role is Role.HELD and not (self.in_secret and party is self.first)
        leg.music(self._music() if held else None)

    def _serves(self, party: Party, leg: Leg) -> bool:
        """Its leg serves some call that it is in."""
        served = self._find(leg.call_id) if leg.call_id is not None else None
        return served is not None and party in served.parts

    def _take_leg(self, party: Party, leg: Leg) -> None:
        """The leg serves this call from now on; in the one it served before its party is alone."""
        served = self._find(leg.call_id) if leg.call_id is not None else None
        leg.serve(self.id)
        if served is not None and served is not self and party in served.parts:
            served.parts[party] = Part(Role.ALONE)
            served._set_gains()

    def _set_gains(self) -> None:
        legs = {party: party.leg for party in self.parts if party.leg is not None and party.leg.call_id == self.id}
        secret = {self.first: Part[Party](Role.SECRET)} if self.in_secret and self.first in legs else {}
        parts = {party: self.parts[party] for party in legs} | secret
        heard = {(legs[source], legs[sink]): gain for (source, sink), gain in gains(parts).items()}
        prompts = {legs[sink]: legs[source] for sink, source in overheard(parts).items()}
        self._bay.set_gains(self.id, heard, prompts)

    def _tell_recording(self) -> None:
        self.recording.talked_by(party.name for party, part in self.parts.items() if part.role in THERE)

    def _cancel_limit(self) -> None:
        if self._limit is not None and self._limit.active():
            self._limit.cancel()
        self._limit = None
