"""What queues ask of the rest of the shop, at the moment they need it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from twisted.internet.defer import Deferred, succeed

from callserver.acd.routing.candidates import Member
from callserver.calls.call import Call
from callserver.wire.messages import Card
from callserver.wire.targets import Target


class Favour(Protocol):
    """What the shop does for a caller it knows."""

    @property
    def priority(self) -> int:
        """Before others, or behind them; 0: as everybody in the queue."""

    @property
    def queue(self) -> str:
        """He waits there, whichever he was sent to; "": as everybody."""


class Asking(Protocol):
    """What a waiting caller is asked (callserver.ivr.call_back.CallBackTalk)."""

    async def number(self, call: Call) -> str:
        """Where to call him, confirmed; "" if he would rather wait."""

    async def promise(self, call: Call, number: str) -> None:
        """He hears that he will be called."""

    async def takes_old_place(self, call: Call) -> bool:
        """Whether he takes the place of his call-back, in this call."""


async def nowhere(call: Call, target: Target) -> None:
    """Nobody can take the caller there."""


@dataclass(frozen=True)
class House:
    """
    :param card: what an agent should see of a call; asked when the caller enters, and may be long in coming
    :param members: of a group; None: everybody with right 3
    :param skills: of a person, with their levels
    :param wrap_up_s: of a person's own, at least
    :param is_open: by the name of a calendar
    :param favour: what is done for a caller with this number
    :param last_agent: staff number of who talked last with this caller within so many days; ""
    :param today: the shop's day
    :param send: takes a caller to a target that is no queue; returns when he could not be served there
    :param wait_on: a caller whom nobody serves any more is to wait in this queue
    :param asking: None: nobody is offered a call-back
    :param seed: of the random strategy
    """

    card: Callable[[Call, str], Deferred[Card]]
    members: Callable[[str], Sequence[Member] | None] = lambda group: None
    skills: Callable[[str], Mapping[str, int]] = lambda number: {}
    wrap_up_s: Callable[[str], float] = lambda number: 0.0
    is_open: Callable[[str], bool] = lambda calendar: True
    favour: Callable[[str], Favour | None] = lambda number: None
    last_agent: Callable[[str, int], Deferred[str]] = lambda number, days: succeed("")
    today: Callable[[], date] = date.today
    send: Callable[[Call, Target], Awaitable[None]] = nowhere
    wait_on: Callable[[Call, str], None] = lambda call, queue: None
    asking: Asking | None = None
    seed: str = ""
