"""
What a supervisor may do with other people's calls and seats (call-centre.md section 12), by rights 1, 16, 17 and 18.

Each act asks for its rights at that moment, names the call it is about, and is written down, done or refused
(`Kind.AUDIT`). A right that is taken away ends at once what it carries: the listening with 16; with 17 a whisper, which
becomes listening again, and a barge-in. What has been taken over by then is a talk of his own and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from callserver.acd.moves.destinations import Places
from callserver.acd.moves.moves import call_id
from callserver.acd.seats.acts import Act, CallCheck, number, word
from callserver.acd.seats.ear import call_of
from callserver.acd.seats.listening import NOBODY_LEFT, Listening
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights, Seats
from callserver.acd.supervision.named import channel, channel_or_none, hang_up_or_queue, priority
from callserver.calls import operations
from callserver.calls.audit import audited
from callserver.calls.call import Call, Party
from callserver.calls.live_calls import LiveCalls
from callserver.calls.operations import PRESENT
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.tones import tone
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.targets import Target, TargetKind

AT_REST = (SeatState.IDLE_PC, SeatState.IDLE_PHONE, SeatState.PAUSED)  # wrap-up is a pause (section 14, 23)
INTRUSION_HZ, INTRUSION_S, INTRUSION_DBM0 = 1400.0, 0.4, -20.0  # as China's third-party warning tone sounds


def intrusion_tone() -> FloatArray:
    """What tells two who talk that a third joins them."""
    return tone([INTRUSION_HZ], round(INTRUSION_S * RATE_HZ), INTRUSION_DBM0)


class Supervision:
    """
    Acts of supervisors.

    :param tone: what those hear whose talk is barged into, shape (n,); None: nothing
    :param queues: their names
    :param find_person: called with a call and a queue: the caller waits there for a person; "" is the shop's first
    :param set_priority: called with the id of a waiting call and its new priority; raises Refused if it does not wait
    """

    def __init__(
        self,
        seats: Seats,
        calls: LiveCalls,
        rights: Rights,
        *,
        tone: FloatArray | None,
        queues: Places,
        find_person: Callable[[Call, str], None],
        set_priority: Callable[[str, int], None],
    ) -> None:
        self.tone = tone
        self._seats, self._calls, self._rights, self._queues = seats, calls, rights, queues
        self._find_person, self._set_priority = find_person, set_priority
        self._listenings: list[Listening] = []
        self._why_over = NOBODY_LEFT
        calls.watch(lambda call: self._follow())

    def acts(self) -> dict[str, Act]:
        """What supervisors can ask for, by name; refusals are written down, so each act asks for its rights itself."""
        return {
            "listen": Act(self.listen, (channel,), of_call=self._still("listen", Right.LISTEN)),
            "whisper": Act(self.whisper, of_call=self._still("whisper", Right.BARGE_IN, Right.LISTEN)),
            "barge_in": Act(self.barge_in, (channel_or_none,), of_call=self._still("barge_in", Right.BARGE_IN)),
            "take_over": Act(self.take_over, of_call=self._still("take_over", Right.BARGE_IN)),
            "stop_listening": Act(self.stop_listening, of_call=self._still("stop_listening")),
            "break_off": Act(
                self.break_off, (channel, hang_up_or_queue), of_call=self._still("break_off", Right.BARGE_IN)
            ),
            "force_log_out": Act(self.force_log_out, (number,)),
            "force_pause": Act(self.force_pause, (number, word)),
            "set_priority": Act(self.set_priority, (call_id, priority)),
        }

    # Other people's calls

    def listen(self, seat: Seat, channel: str) -> None:
        """
        Hear what a seat or a line hears and says (right 16); who whispers is silent again.

        :raises Refused: it is in no call, or one has a call of one's own, or has barged in
        """
        party, call = self._at(channel)
        with self._act(seat, "listen", channel, call, Right.LISTEN):
            self._turn_to(seat, party, call)
            seat.listening_changed(Reason(Cause.LISTENS))

    def whisper(self, seat: Seat) -> None:
        """
        Be heard by the agent one listens to, and by nobody else (rights 16 and 17).

        :raises Refused: one listens to nobody, or has barged in
        """
        listening = seat.listening
        with self._act(seat, "whisper", *_of(listening), Right.BARGE_IN, Right.LISTEN):
            _silent(seat, listening).whisper()
            seat.listening_changed(Reason(Cause.WHISPERS))

    def barge_in(self, seat: Seat, channel: str = "") -> None:
        """
        Talk with those who talk at a seat or a line, or, if it is "", with those one listens to (right 17).

        They hear a tone first.

        :raises Refused: nobody talks there, or one has a call of one's own, or has barged in
        """
        party, call = self._at(channel) if channel else _at(seat.listening)
        with self._act(seat, "barge_in", party.name if party else channel, call, Right.BARGE_IN):
            if seat.listening is not None:
                _silent(seat, seat.listening)
            if call is None or party is None or call.parts[party].role is not Role.TALKS:
                raise Refused(Refusal.NO_CALL)
            self._turn_to(seat, party, call)
            _silent(seat, seat.listening).barge_in(self.tone)

    def take_over(self, seat: Seat) -> None:
        """
        The agents of the call leave it, and who has listened or barged in talks on with the others (right 17).

        So does another supervisor who has barged in. From another supervisor nobody takes a call over.

        :raises Refused: one listens to nobody, or another supervisor has taken it over
        """
        listening = seat.listening
        with self._act(seat, "take_over", *_of(listening), Right.BARGE_IN):
            if listening is None:
                raise Refused(Refusal.NO_CALL)
            for other in self._seats:
                if other.has_taken_over(listening.call):
                    raise Refused(Refusal.TAKEN_OVER, other.number)
            with self._because(Reason(Cause.TAKEN_OVER, seat.number)):
                listening.take_over()

    def stop_listening(self, seat: Seat) -> None:
        """
        Leave the others alone; also out of a barge-in.

        :raises Refused: one listens to nobody
        """
        listening = seat.listening
        with self._act(seat, "stop_listening", *_of(listening)):
            if listening is None:
                raise Refused(Refusal.NO_CALL)
            seat.stop_listening(Reason(Cause.STOPPED_LISTENING))

    def break_off(self, seat: Seat, channel: str, target: str) -> None:
        """
        End a talk, and send its caller to a queue or hang up on him (right 17).

        :raises Refused: nobody talks there; there is no such queue, or no caller who could wait in it
        """
        _, call = self._at(channel)
        with self._act(seat, "break_off", channel, call, Right.BARGE_IN):
            if call is None:
                raise Refused(Refusal.NO_CALL)
            if call.stage is not Stage.TALK:
                raise Refused(Refusal.NOT_NOW, call.stage.value)
            reason, place = Reason(Cause.BROKEN_OFF, seat.number), Target.parse(target)
            if place.kind is TargetKind.HANG_UP:
                with self._because(reason):
                    call.end(f"agent {seat.number}", reason)
            elif place.name not in self._queues or call.first not in call.parts or self._seats.has_station(call.first):
                raise Refused(Refusal.NOWHERE, place)
            else:
                with self._because(reason):
                    operations.leave_alone(call, reason)
                self._find_person(call, place.name)

    # Other people's seats

    def force_log_out(self, seat: Seat, number: str) -> None:
        """
        Log out somebody else who is idle, pauses, or is in his wrap-up (right 18).

        :raises Refused: nobody is there, or he is in a call
        """
        with self._act(seat, "force_log_out", f"seat {number}", None, Right.FORCE_LOG_OUT):
            self._at_rest(seat, number).log_out(Reason(Cause.FORCED_OUT, seat.number))

    def force_pause(self, seat: Seat, number: str, reason: str) -> None:
        """
        Make somebody else pause who is idle, pauses, or is in his wrap-up (right 18).

        :raises Refused: nobody is there, or he is in a call
        """
        with self._act(seat, "force_pause", f"seat {number}", None, Right.FORCE_LOG_OUT):
            self._at_rest(seat, number).pause(reason, Reason(Cause.FORCED_PAUSE, seat.number))

    def set_priority(self, seat: Seat, call_id: str, priority: int) -> None:
        """
        Let a waiting caller go before those of smaller priority, -100 to 100 (right 1).

        :raises Refused: he does not wait
        """
        call = self._calls.find(call_id)
        with self._act(seat, "set_priority", str(priority), call, Right.SUPERVISOR):
            if call is None:
                raise Refused(Refusal.NO_CALL)
            self._set_priority(call_id, priority)
            call.log(Kind.PRIORITY, person=seat.number, priority=priority)

    # The parts

    @contextmanager
    def _act(self, seat: Seat, act: str, target: str, call: Call | None, *rights: Right) -> Iterator[None]:
        with audited(self._calls.events, seat.number, act, target, call_id=call.id if call else None):
            for right in rights:
                if right not in self._rights.rights(seat.number):
                    raise Refused.no_right(right)
            yield

    def _still(self, act: str, *rights: Right) -> CallCheck:
        """The call that a supervisor means is still there; if not that is refused, and written down, as the act is."""

        def check(seat: Seat, call_id: str, channel: str = "", *more: str) -> None:
            party, call = self._at(channel) if channel else _at(seat.listening)
            if call is None or call.id != call_id:
                with self._act(seat, act, party.name if party else channel, call, *rights):
                    raise Refused(Refusal.CALL_GONE)

        return check

    def _at(self, channel: str) -> tuple[Party | None, Call | None]:
        """Who takes part in calls under this name, and the call that is heard there."""
        for call in self._calls:
            if call.stage is Stage.SEAT:  # a seat's telephone between calls: no call to be heard, but a room
                continue
            for party, part in call.parts.items():
                if party.name == channel and part.role in PRESENT:  # and no other supervisor's ear
                    return party, call_of(self._calls, party)
        return None, None

    def _turn_to(self, seat: Seat, party: Party | None, call: Call | None) -> None:
        if party is None or call is None or party is seat.station:
            raise Refused(Refusal.NO_CALL)
        if seat.listening is not None:
            _silent(seat, seat.listening).turn_to(party)
            return
        listening = Listening(
            self._calls, seat, party, call,
            is_agent=self._seats.has_station, card_of=self._seats.card_of, find_somebody=self._find_somebody,
        )  # fmt: skip
        seat.listen(listening)
        self._listenings.append(listening)

    def _find_somebody(self, call: Call, station: Party, reason: Reason) -> None:
        """A supervisor does not come back to the caller whom he has taken over."""
        if operations.wait_again(call, station, reason):
            self._find_person(call, "")

    def _at_rest(self, by: Seat, number: str) -> Seat:
        seat = self._seats.find(number)
        if seat is None or seat is by:
            raise Refused(Refusal.BAD_ARGUMENT, "number")
        if seat.status.state not in AT_REST:
            raise Refused(Refusal.NOT_NOW, seat.status.state)
        return seat

    @contextmanager
    def _because(self, reason: Reason) -> Iterator[None]:
        """What supervisors can hear no more meanwhile ends for this reason."""
        self._why_over = reason
        try:
            yield
        finally:
            self._why_over = NOBODY_LEFT

    def _follow(self) -> None:
        """Somebody's part in a call has changed."""
        for listening in tuple(self._listenings):
            listening.follow(self._why_over)
        self._listenings = [listening for listening in self._listenings if not listening.over]


def _at(listening: Listening | None) -> tuple[Party | None, Call | None]:
    return (None, None) if listening is None else (listening.party, listening.call)


def _of(listening: Listening | None) -> tuple[str, Call | None]:
    return ("", None) if listening is None else (listening.party.name, listening.call)


def _silent(seat: Seat, listening: Listening | None) -> Listening:
    """One who has not barged in."""
    if listening is None:
        raise Refused(Refusal.NO_CALL)
    if listening.role is Role.TALKS:
        raise Refused(Refusal.NOT_NOW, seat.status.reason)
    return listening
