"""One wait in a queue: a caller's on his line, or that of somebody who wants to be called back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from callserver.acd.routing.candidates import Waiting
from callserver.acd.seats.offers import Offer
from callserver.calls.call import Call
from callserver.wire.messages import Card
from callserver.wire.rights import Right


@dataclass
class Ringing:
    """The round of ringing an entry is in: one seat, or several at once."""

    offers: dict[str, Offer] = field(default_factory=dict)  # that ring now, by staff number
    rung: dict[str, None] = field(default_factory=dict)  # all of this round
    missed: list[str] = field(default_factory=list)  # of those, who did not answer in time
    last_s: float = 0.0  # when the last one joined
    alone: bool = False  # one seat is asked before all others


class ForColleague(Protocol):
    """A colleague asks for somebody of the queue (callserver.acd.moves.queue_consultation)."""

    @property
    def call(self) -> Call:
        """In which he asks."""

    def offer(self, seat: str, ring_s: float) -> Offer:
        """To one who is free now."""

    def nobody(self) -> None:
        """Nobody is left who could answer."""


@dataclass(eq=False)
class Entry:
    """
    A place in one queue at a time.

    :param call: None: he is to be called back, or is a colleague
    :param log: writes an event of his: `Call.log`, or the like for a call that is over
    """

    sequence: int
    call: Call | None
    card: Card
    log: Callable[..., None]
    queue: str
    entered_s: float  # his place
    waits_since_s: float  # he came, or came back from an agent then: a talk is no waiting
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    sticky: str = ""  # who talked with him last
    dial_right: Right | None = None  # that a call-back takes
    missed: dict[str, None] = field(default_factory=dict)  # who has not taken him, the oldest first
    ringing: Ringing = field(default_factory=Ringing)
    seat: str = ""  # who talks with him
    n_offers: int = 0
    colleague: ForColleague | None = None
    kept_s: float | None = None  # since when his place was kept for him, who waits again now
    busy: bool = False  # he answers a question, or it is not yet time to call him: no seat is asked meanwhile

    @property
    def number(self) -> str:
        """The caller's; "" if he has withheld it."""
        return self.card.caller_number or ""

    @property
    def earlier_s(self) -> float:
        """So long before he came this time he had come first, and his place was kept for him."""
        return 0.0 if self.kept_s is None else max(0.0, self.waits_since_s - self.kept_s)

    def as_waiting(self) -> Waiting:
        """As routing sees it."""
        ringing = self.ringing
        return Waiting(
            self.sequence,
            self.queue,
            self.entered_s,
            self.priority,
            self.skills,
            tuple(self.missed),
            self.sticky,
            self.dial_right,
            self.call is None,
            tuple(ringing.offers),
            tuple(ringing.rung),
            ringing.last_s,
            ringing.alone,
            self.n_offers,
        )

    def has_missed(self, seat: str) -> None:
        """This seat did not take him: it comes last for him from now on."""
        self.missed.pop(seat, None)
        self.missed[seat] = None
