"""
The life of a seat: the phases, and just the transitions of the table below.

An input that a phase does not expect raises automat.NoTransition and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol

from automat import TypeMachineBuilder

from callserver.acd.seat_calls import Offer, Person, SeatCall
from callserver.acd.seat_core import SeatCore
from callserver.acd.seat_hands import SeatHands
from callserver.acd.seat_phases import BUSY, IDLE, RESTING, Phase

Act = Callable[..., str]
Given = ParamSpec("Given")


class SeatInputs(Protocol):
    """What can happen to a seat."""

    def log_in_phone(self, person: Person) -> None: ...
    def log_in_pc(self, person: Person) -> None: ...
    def log_out(self, cause: str) -> None: ...
    def pause(self, reason: str) -> None: ...
    def ready(self) -> None: ...
    def dial_emergency(self, call: SeatCall) -> None: ...
    def dial(self, call: SeatCall) -> None: ...
    def take(self, call: SeatCall, cause: str) -> None:
        """Picks up a call that rings elsewhere, or grabs one that waits."""

    def acd_offer(self, offer: Offer) -> None: ...
    def internal_call(self, offer: Offer) -> None: ...
    def answer(self) -> None: ...
    def reject(self) -> None: ...
    def ring_time_over(self) -> None: ...
    def withdraw(self, reason: str) -> None: ...
    def accepted(self) -> None:
        """The number that was dialled rings."""

    def answered(self) -> None:
        """The party that was dialled has answered."""

    def hold(self) -> None: ...
    def retrieve(self) -> None: ...
    def hang_up(self) -> None: ...
    def call_ended(self, by: str) -> None: ...
    def consult(self, call: SeatCall) -> None: ...
    def join(self) -> None: ...
    def cancel(self) -> None: ...
    def kept_party_gone(self, by: str) -> None: ...
    def wrap_up_over(self) -> None: ...
    def prolong(self, seconds: float) -> None: ...
    def client_lost(self) -> None: ...
    def client_stays_away(self) -> None: ...
    def client_back(self) -> None: ...

    # Whose hands are free falls back to one of these; no act, the cause is that of the input before.
    def fall_to_off(self, cause: str) -> None: ...
    def fall_to_idle_phone(self, cause: str) -> None: ...
    def fall_to_idle_pc(self, cause: str) -> None: ...
    def fall_to_paused(self, cause: str) -> None: ...
    def fall_to_wrap_up(self, cause: str) -> None: ...


def hands(act: Callable[Concatenate[SeatHands, Given], str]) -> Callable[Concatenate[SeatCore, Given], str]:
    """An act of the hands as one of the core."""

    def perform(core: SeatCore, /, *args: Given.args, **kwargs: Given.kwargs) -> str:
        return act(core.hands, *args, **kwargs)

    return perform


def keep(core: SeatCore, cause: str) -> str:
    """Nothing to do but show the cause."""
    return cause


def because(cause: str) -> Act:
    """Nothing to do; the cause is always the same."""
    return lambda core: cause


P, I, C, H = Phase, SeatInputs, SeatCore, SeatHands  # noqa: E741 - the table reads better
TRANSITIONS: tuple[tuple[Phase, Callable[..., None], Phase, Act], ...] = (
    (P.OFF, I.log_in_phone, P.IDLE_PHONE, C.log_in),
    (P.OFF, I.log_in_pc, P.IDLE_PC, C.log_in),
    (P.OFF, I.dial_emergency, P.DIALING, hands(H.dial)),
    *((resting, I.log_out, P.OFF, C.log_out) for resting in RESTING),
    *((idle, I.pause, P.PAUSED, C.pause) for idle in IDLE),
    (P.PAUSED, I.ready, P.HANDS_FREE, C.ready),
    *((idle, I.acd_offer, P.RINGING, hands(H.ring)) for idle in IDLE),
    *((resting, I.internal_call, P.RINGING, hands(H.ring)) for resting in RESTING),
    *((resting, I.dial, P.DIALING, hands(H.dial)) for resting in RESTING),
    *((resting, I.take, P.TALKING, hands(H.take)) for resting in RESTING),
    (P.RINGING, I.answer, P.TALKING, C.accept),
    (P.RINGING, I.reject, P.HANDS_FREE, C.reject),
    (P.RINGING, I.ring_time_over, P.HANDS_FREE, C.miss),
    (P.RINGING, I.withdraw, P.HANDS_FREE, hands(H.withdraw)),
    (P.RINGING, I.client_lost, P.HANDS_FREE, C.lose_client_ringing),
    (P.DIALING, I.accepted, P.RINGBACK, because("accepted")),
    (P.DIALING, I.call_ended, P.HANDS_FREE, hands(H.call_ended)),
    (P.DIALING, I.hang_up, P.HANDS_FREE, hands(H.give_up)),
    (P.RINGBACK, I.answered, P.TALKING, because("answered")),
    (P.RINGBACK, I.call_ended, P.HANDS_FREE, hands(H.call_ended)),
    (P.RINGBACK, I.hang_up, P.HANDS_FREE, hands(H.give_up)),
    (P.TALKING, I.hold, P.HELD, hands(H.hold)),
    (P.TALKING, I.call_ended, P.HANDS_FREE, hands(H.call_ended)),
    (P.TALKING, I.hang_up, P.HANDS_FREE, hands(H.hang_up)),
    (P.HELD, I.retrieve, P.TALKING, hands(H.retrieve)),
    (P.HELD, I.call_ended, P.HANDS_FREE, hands(H.call_ended)),
    (P.HELD, I.hang_up, P.RINGING, hands(H.recall)),
    (P.HELD, I.consult, P.DIALING_THIRD, hands(H.consult)),
    (P.DIALING_THIRD, I.accepted, P.RINGBACK_THIRD, because("accepted")),
    (P.DIALING_THIRD, I.call_ended, P.HELD, hands(H.third_gone)),
    (P.DIALING_THIRD, I.hang_up, P.HELD, hands(H.give_up_third)),
    (P.DIALING_THIRD, I.kept_party_gone, P.DIALING, hands(H.kept_gone)),
    (P.RINGBACK_THIRD, I.answered, P.TALKING_THIRD, because("answered")),
    (P.RINGBACK_THIRD, I.call_ended, P.HELD, hands(H.third_gone)),
    (P.RINGBACK_THIRD, I.hang_up, P.HELD, hands(H.give_up_third)),
    (P.RINGBACK_THIRD, I.kept_party_gone, P.RINGBACK, hands(H.kept_gone)),
    (P.RINGBACK_THIRD, I.join, P.HANDS_FREE, hands(H.join)),
    (P.RINGBACK_THIRD, I.cancel, P.TALKING, hands(H.cancel)),
    (P.TALKING_THIRD, I.call_ended, P.HELD, hands(H.third_gone)),
    (P.TALKING_THIRD, I.hang_up, P.HELD, hands(H.hang_up_third)),
    (P.TALKING_THIRD, I.kept_party_gone, P.TALKING, hands(H.kept_gone)),
    (P.TALKING_THIRD, I.join, P.HANDS_FREE, hands(H.join)),
    (P.TALKING_THIRD, I.cancel, P.TALKING, hands(H.cancel)),
    (P.WRAP_UP, I.wrap_up_over, P.HANDS_FREE, C.wrap_up_over),
    (P.WRAP_UP, I.ready, P.HANDS_FREE, C.end_wrap_up),
    (P.WRAP_UP, I.prolong, P.WRAP_UP, C.prolong),
    # A pause asked for in a call, or taken back, takes effect after it.
    *((busy, I.pause, busy, C.pause) for busy in (*BUSY, P.WRAP_UP)),
    *((busy, I.ready, busy, C.ready) for busy in BUSY),
    # The desktop program is gone, and comes back; nothing of it touches a talk.
    *((phase, I.client_lost, phase, C.lose_client) for phase in (P.IDLE_PC, P.PAUSED, P.WRAP_UP, *BUSY[1:])),
    (P.IDLE_PC, I.client_stays_away, P.PAUSED, C.pause_lost),
    *((phase, I.client_stays_away, phase, C.pause_lost) for phase in (P.PAUSED, P.WRAP_UP, *BUSY)),
    (P.PAUSED, I.client_back, P.HANDS_FREE, C.client_back),
    *((phase, I.client_back, phase, C.client_back) for phase in (P.IDLE_PC, P.WRAP_UP, *BUSY)),
    (P.HANDS_FREE, I.fall_to_off, P.OFF, keep),
    (P.HANDS_FREE, I.fall_to_idle_phone, P.IDLE_PHONE, keep),
    (P.HANDS_FREE, I.fall_to_idle_pc, P.IDLE_PC, keep),
    (P.HANDS_FREE, I.fall_to_paused, P.PAUSED, keep),
    (P.HANDS_FREE, I.fall_to_wrap_up, P.WRAP_UP, keep),
)
FALLS = {after: happening.__name__ for before, happening, after, _ in TRANSITIONS if before is P.HANDS_FREE}


def _build() -> Callable[[SeatCore], SeatInputs]:
    builder = TypeMachineBuilder(SeatInputs, SeatCore)
    phases = {phase: builder.state(phase.value) for phase in P}

    def move(before: Phase, after: Phase, act: Act) -> Callable[..., None]:
        def perform(inputs: SeatInputs, core: SeatCore, *args: object) -> None:
            if after is not before:
                core.leave()
            cause = act(core, *args)
            if after is not before:
                core.begin(after)
            if after is P.HANDS_FREE:
                getattr(inputs, FALLS[core.rest()])(cause)  # performed by Automat when this transition is over
            else:
                core.show(cause)

        return perform

    for before, happening, after, act in TRANSITIONS:
        phases[before].upon(happening).to(phases[after])(move(before, after, act))
    return builder.build()


seat_machine = _build()  # seat_machine(core) is a new seat, OFF
