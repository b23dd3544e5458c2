"""A supervisor's ear: what takes part in a call while he listens or whispers, in place of his station."""

from __future__ import annotations

from typing import Protocol

from callserver.calls.call import Call, Party
from callserver.calls.live_calls import LiveCalls
from callserver.calls.roles import Role
from callserver.media.leg import Leg
from callserver.wire.causes import Reason


class Station(Party, Protocol):
    """Where the supervisor's voice is."""

    def off_hook(self) -> None:
        """Open the leg; harmless when it is open."""

    def on_hook(self) -> None:
        """Close the leg, unless the station takes part in a call."""


class Ear:
    """
    Beside somebody in a call, with the leg of the supervisor's station. Implements Party.

    It is a party of its own, so that it may be moved from call to call, and come out of one that ends, without the
    supervisor's seat taking that for the end of a call of its own.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self.call: Call | None = None  # that it is in

    @property
    def name(self) -> str:
        return self._station.name

    @property
    def leg(self) -> Leg | None:
        return self._station.leg

    def role_given(self, call: Call, role: Role) -> None:
        self.call = call

    def left(self, call: Call, reason: Reason) -> None:
        if call is self.call:
            self.call = None

    def recalled(self, call: Call) -> None:
        """An ear holds nobody."""


def call_of(calls: LiveCalls, party: Party) -> Call | None:
    """The call that a party takes part in; of two the one that its leg serves, which is not the one it holds."""
    served = calls.find(party.leg.call_id) if party.leg is not None else None
    if served is not None and party in served.parts:
        return served
    return next((call for call in calls if party in call.parts), None)
