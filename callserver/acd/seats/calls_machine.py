"""
The life of an agent's calls: one that rings, one in hand, one kept held while a third party is consulted.

| from | what happens | to |
|---|---|---|
| none | offer / take (picked up, grabbed) / dial / listen | offered / talking / dialling / listening |
| offered | answer / answer_by_dialling / stop_ringing (rejected, missed, withdrawn) | talking / dialling / none |
| dialling | rings_there / ended | ring-back / none, or held if one is kept |
| ring-back | answered_there / ended | talking / none, or held if one is kept |
| talking | hold / ended | held / none, or held if one is kept |
| held | retrieve / consult / recall / ended | talking / dialling with one kept / offered / none |
| ring-back, talking, with one kept | join / cancel | none / talking with the first |
| talking, with one kept | three_way | talking with both in one call |
| talking with the third | swap | talking with the first, the third kept |
| talking with the first, the third kept | swap / cancel / ended | as before / talking / held, the third |
| any with one kept | kept_gone | the same without |
| listening | take_over / ended | talking / none |

A swap changes who is in hand and who is kept; which of them is the first, and which was dialled, stays: joined, all
three and cancelled mean the same before and after.

Invariants: a seat has at most one call that rings or is in hand, and one kept; the machine only remembers them, what
is done with them (roles, gains) is the seat's part. An input that a state does not expect raises
automat.NoTransition and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from automat import TypeMachineBuilder

from callserver.acd.seats.offers import Dialled, Offer


class Phase(Enum):
    """What an agent's calls are doing; the phases with a second call are those with one kept held."""

    NONE = "none"
    OFFERED = "offered"
    DIALLING = "dialling"
    RINGBACK = "ring-back"
    TALKING = "talking"
    HELD = "held"
    DIALLING_SECOND = "dialling, one kept"
    RINGBACK_SECOND = "ring-back, one kept"
    TALKING_SECOND = "talking, one kept"
    TALKING_FIRST = "talking with the first, the dialled one kept"
    LISTENING = "listening"  # a supervisor, to somebody else's call; also while he whispers or has barged in


class CallsInputs(Protocol):
    """What can happen to an agent's calls."""

    def offer(self, offer: Offer) -> None: ...
    def stop_ringing(self) -> None: ...
    def answer(self) -> None: ...
    def answer_by_dialling(self) -> None:
        """What rings is somebody to be called: the agent takes that on him."""

    def take(self, offer: Offer) -> None:
        """Picks up a call that rings elsewhere, or grabs one that waits."""

    def dial(self, dialled: Offer) -> None:
        """A `Dialled` of his own; with no call in hand also somebody to be called who rang elsewhere."""

    def rings_there(self) -> None: ...
    def answered_there(self) -> None: ...
    def hold(self) -> None: ...
    def retrieve(self) -> None: ...
    def recall(self, offer: Offer) -> None:
        """The held party rings its agent, who has hung up or held it for too long."""

    def ended(self) -> None:
        """The call in hand is over."""

    def kept_gone(self) -> None: ...
    def join(self) -> None: ...
    def cancel(self) -> None: ...
    def listen(self, offer: Offer) -> None: ...
    def take_over(self) -> None:
        """The call that was listened to is his own from now on."""

    def swap(self) -> None:
        """The one in hand is kept from now on, and the other way round."""

    def three_way(self) -> None:
        """The consultation becomes part of the first call, in which all three talk."""


@dataclass
class CallsCore:
    """What the machine remembers."""

    phase: Phase = Phase.NONE
    ringing: Offer | None = None
    in_hand: Offer | None = None
    kept: Offer | None = None
    dialled: Dialled | None = None  # of the two, while one is kept

    def ring(self, offer: Offer) -> None:
        self.ringing = offer

    def stop_ringing(self) -> None:
        self.ringing = None

    def answer(self) -> None:
        self.in_hand, self.ringing = self.ringing, None

    def take(self, offer: Offer) -> None:
        self.in_hand = offer

    def end(self) -> None:
        self.in_hand = None

    def recall(self, offer: Offer) -> None:
        self.in_hand, self.ringing = None, offer

    def consult(self, dialled: Dialled) -> None:
        self.kept, self.in_hand, self.dialled = self.in_hand, dialled, dialled

    def back_to_kept(self) -> None:
        self.in_hand, self.kept, self.dialled = self.kept, None, None

    def swap(self) -> None:
        self.in_hand, self.kept = self.kept, self.in_hand

    def lose_kept(self) -> None:
        self.kept = self.dialled = None

    def leave_both(self) -> None:
        self.in_hand = self.kept = self.dialled = None

    def nothing(self) -> None:
        """The state says it all."""


P, I, C = Phase, CallsInputs, CallsCore  # noqa: E741 - the table reads better
TRANSITIONS: tuple[tuple[Phase, Callable[..., None], Phase, Callable[..., None]], ...] = (
    (P.NONE, I.offer, P.OFFERED, C.ring),
    (P.NONE, I.take, P.TALKING, C.take),
    (P.NONE, I.dial, P.DIALLING, C.take),
    (P.OFFERED, I.answer, P.TALKING, C.answer),
    (P.OFFERED, I.answer_by_dialling, P.DIALLING, C.answer),
    (P.OFFERED, I.stop_ringing, P.NONE, C.stop_ringing),
    (P.DIALLING, I.rings_there, P.RINGBACK, C.nothing),
    (P.DIALLING, I.ended, P.NONE, C.end),
    (P.RINGBACK, I.answered_there, P.TALKING, C.nothing),
    (P.RINGBACK, I.ended, P.NONE, C.end),
    (P.TALKING, I.hold, P.HELD, C.nothing),
    (P.TALKING, I.ended, P.NONE, C.end),
    (P.HELD, I.retrieve, P.TALKING, C.nothing),
    (P.HELD, I.ended, P.NONE, C.end),
    (P.HELD, I.recall, P.OFFERED, C.recall),
    (P.HELD, I.dial, P.DIALLING_SECOND, C.consult),
    (P.DIALLING_SECOND, I.rings_there, P.RINGBACK_SECOND, C.nothing),
    (P.DIALLING_SECOND, I.ended, P.HELD, C.back_to_kept),
    (P.DIALLING_SECOND, I.kept_gone, P.DIALLING, C.lose_kept),
    (P.RINGBACK_SECOND, I.answered_there, P.TALKING_SECOND, C.nothing),
    (P.RINGBACK_SECOND, I.ended, P.HELD, C.back_to_kept),
    (P.RINGBACK_SECOND, I.kept_gone, P.RINGBACK, C.lose_kept),
    (P.RINGBACK_SECOND, I.join, P.NONE, C.leave_both),
    (P.RINGBACK_SECOND, I.cancel, P.TALKING, C.back_to_kept),
    (P.NONE, I.listen, P.LISTENING, C.take),
    (P.LISTENING, I.take_over, P.TALKING, C.nothing),
    (P.LISTENING, I.ended, P.NONE, C.end),
    (P.TALKING_SECOND, I.ended, P.HELD, C.back_to_kept),
    (P.TALKING_SECOND, I.kept_gone, P.TALKING, C.lose_kept),
    (P.TALKING_SECOND, I.join, P.NONE, C.leave_both),
    (P.TALKING_SECOND, I.three_way, P.TALKING, C.back_to_kept),
    (P.TALKING_SECOND, I.cancel, P.TALKING, C.back_to_kept),
    (P.TALKING_SECOND, I.swap, P.TALKING_FIRST, C.swap),
    (P.TALKING_FIRST, I.swap, P.TALKING_SECOND, C.swap),
    (P.TALKING_FIRST, I.ended, P.HELD, C.back_to_kept),
    (P.TALKING_FIRST, I.kept_gone, P.TALKING, C.lose_kept),
    (P.TALKING_FIRST, I.join, P.NONE, C.leave_both),
    (P.TALKING_FIRST, I.three_way, P.TALKING, C.lose_kept),
    (P.TALKING_FIRST, I.cancel, P.TALKING, C.lose_kept),
)


def _build() -> Callable[[CallsCore], CallsInputs]:
    builder = TypeMachineBuilder(CallsInputs, CallsCore)
    states = {phase: builder.state(phase.value) for phase in P}

    def move(after: Phase, act: Callable[..., None]) -> Callable[..., None]:
        def perform(inputs: CallsInputs, core: CallsCore, *args: object) -> None:
            act(core, *args)
            core.phase = after

        return perform

    for before, happening, after, act in TRANSITIONS:
        states[before].upon(happening).to(states[after])(move(after, act))
    return builder.build()


calls_machine = _build()  # calls_machine(core) has no calls
