"""What agents can ask for to move calls between them: the services and their acts, put together once."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from callserver.acd.acts import Act
from callserver.acd.destinations import Destinations
from callserver.acd.moved import Flows
from callserver.acd.seats import Rights, Seats
from callserver.acd.transfers import Transfers
from callserver.wire.targets import Target


def target(value: Any) -> bool:
    """A place, as `str` of a Target gives it."""
    return isinstance(value, str) and str(Target.parse(value)) == value


class Moves:
    """The services of one house."""

    def __init__(self, seats: Seats, queues: Container[str], flows: Flows, rights: Rights) -> None:
        self.destinations = Destinations(seats, queues, flows)
        self.transfers = Transfers(self.destinations, flows, rights)

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {"transfer": Act(self.transfers.transfer, (target,))}
