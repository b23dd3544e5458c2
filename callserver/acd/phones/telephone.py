"""The telephone of a seat: a line that is kept up between the calls of its agent."""

from __future__ import annotations

from callserver.calls.call import Call
from callserver.media.leg import Leg


class Telephone:
    """
    Lends the leg of a line that is off hook to the station of a seat. Implements Instrument.

    The line stays the one party of a call of its own, `base`, from its first ring or dial until it is put on hook. Its
    keys, its tones and its end are told there. Its leg serves the call that the agent is in, and comes back when he
    is in none. As a leg serves one call at a time, and loses its gains when it serves another, he hears nobody in
    between, and nobody hears him (G7).

    :param base: the call of the line alone
    """

    def __init__(self, base: Call) -> None:
        self._base = base

    @property
    def base(self) -> Call:
        return self._base

    def pick_up(self) -> Leg:
        leg = self.base.leg
        if leg is None:
            raise LookupError(f"{self.base.first.name} is on hook")
        leg.music(None)
        leg.stop()
        return leg

    def put_down(self, leg: Leg) -> None:
        leg.music(None)
        leg.serve(self.base.id)
