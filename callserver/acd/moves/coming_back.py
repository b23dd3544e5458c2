"""
A party that could not be brought where it was sent comes back to who sent it: it rings there, and he sees why.

If he cannot be rung, or does not answer, it waits in a queue; not served there either, it is asked for a message. So
each way ends with a person or with a word, never in silence. It comes back once: what is declined here goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

from callserver.acd.moves.moved import Flows, Moved, WaitingOffer, to_queue
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seat import Seat
from callserver.calls.stages import Stage
from callserver.wire.causes import Reason
from callserver.wire.refusals import Refused


@dataclass(frozen=True)
class Sender:
    """Who sent a party on: his seat, and the talk that he had with it."""

    seat: Seat
    taken: Offer


def come_back(moved: Moved, sender: Sender, why: Reason, flows: Flows) -> None:
    """The party rings at who sent it; harmless when its call is over."""
    if moved.call.ended is not None:
        return
    moved.wait_with_music(Stage.TRANSFER)

    def to_others() -> None:
        to_queue(moved, flows)

    offer = WaitingOffer(
        moved,
        right=None,  # the talk was his, also if he may not take another one by now
        on_declined=lambda _: to_others(),
        on_given_back=to_others,
        is_queued=sender.taken.is_queued,
        wrap_up_s=sender.taken.wrap_up_s,
    )
    try:
        offer.ring_at((sender.seat,), why)
    except Refused:  # he is in another call, or has gone
        to_others()
