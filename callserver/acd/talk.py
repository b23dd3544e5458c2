"""An agent and a caller, joined: what the agent can do with the call in his hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callserver.acd.seat import Seat
from callserver.acd.seat_calls import SeatCall
from callserver.calls.call import Call
from callserver.dsp.frames import FloatArray
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

RECALL_RING_S = 20.0


class Talk:
    """
    A queued call in an agent's hand. Implements callserver.acd.seat_calls.SeatCall.

    :param leg: the agent's voice
    :param requeue: find the caller somebody else; he was held and his agent does not come back
    """

    def __init__(
        self,
        call: Call,
        seat: Seat,
        leg: Leg,
        card: Card,
        *,
        bay: PatchBay,
        music: FloatArray,
        wrap_up_s: float,
        requeue: Callable[[], None],
    ) -> None:
        self.card, self.wrap_up_s, self.requeue = card, wrap_up_s, requeue
        self._call, self._seat, self._leg, self._bay, self._music = call, seat, leg, bay, music
        self._let_go = False  # the seat has ended it and need not be told
        self._leg.serve(call.id)
        call.on_recall = seat.recall
        call.phase("bridged")
        call.events.book.change_call(call.id, agent=seat.number)
        self._plug()
        call.when_ended().addCallback(self._ended)

    def hold(self) -> None:
        self._unplug()
        if self._call.leg is not None:
            self._call.leg.music(self._music)
        self._call.hold()

    def retrieve(self) -> None:
        if self._call.leg is not None:
            self._call.leg.music(None)
        self._plug()
        self._call.retrieve()

    def end(self, reason: str) -> None:
        self._let_go = True
        self._call.end(f"agent {self._seat.number}", reason)

    def join(self, other: SeatCall) -> None:
        raise Refused(Refusal.NOT_NOW, "no second call")  # agents cannot dial a third party yet

    def recall(self) -> Recall:
        return Recall(self)

    def let_go(self) -> None:
        """The agent is out of it for good; the caller is somebody else's."""
        self._let_go = True
        self._unplug()
        self._leg.serve(None)

    def _plug(self) -> None:
        if self._call.leg is not None:
            both = (self._call.leg, self._leg), (self._leg, self._call.leg)
            self._bay.set_gains(self._call.id, dict.fromkeys(both, 1.0))

    def _unplug(self) -> None:
        if self._call.leg is not None:
            self._bay.set_gains(self._call.id, {})

    def _ended(self, reason: str) -> None:
        if self._leg.call_id == self._call.id:
            self._leg.serve(None)
        if not self._let_go:
            self._seat.call_ended(reason, self)


@dataclass(eq=False)
class Recall:
    """The held party rings his agent, once. Implements callserver.acd.seat_calls.Offer."""

    talk: Talk
    ring_time_s: float = RECALL_RING_S
    right: Right = Right.ANSWER_QUEUED

    @property
    def card(self) -> Card:
        return self.talk.card

    def accept(self, seat: Seat) -> Talk:
        self.talk.retrieve()
        return self.talk

    def decline(self, seat: Seat, reason: str) -> None:
        self.talk.let_go()
        self.talk.requeue()
