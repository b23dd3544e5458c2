"""What a program that has logged in works with, and what the channel asks of the staff book."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seats import Rights, Seats
from callserver.calls.board import Board
from callserver.wire.messages import MailMark, QueueRow
from callserver.wire.refusals import Refused

Complain = Callable[[str, str, str, Refused], None]
"""Called with staff number, address, act and refusal, for each act that is refused."""


class StaffDirectory(Rights, Protocol):
    """Who works here, whether it is really them, and what they may do at this moment."""

    def log_in(self, number: str, password: str, address: str) -> Deferred[Any]:
        """Fires with a Person, fails with Refused."""

    def change_password(self, number: str, password: str, new: str, address: str) -> Deferred[None]:
        """Fails with Refused."""


class WaitingLists(Protocol):
    """Who waits in which queue."""

    def rows(self) -> Sequence[QueueRow]:
        """Every queue as it is now, with the numbers of callers; who may see those is asked by whoever shows them."""

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` when somebody comes, goes, or is another's turn; returns what ends it."""


class NoQueues:
    """Where nobody waits. Implements WaitingLists."""

    def rows(self) -> Sequence[QueueRow]:
        return ()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


@dataclass(frozen=True)
class Desk:
    """What a program that has logged in works with."""

    staff: StaffDirectory
    seats: Seats
    board: Board
    acts: Mapping[str, Act]
    complain: Complain
    demo: bool = False  # the shop is made up: said on every screen
    waiting: WaitingLists = field(default_factory=NoQueues)
    marks: Callable[[str], Sequence[MailMark]] = lambda number: ()  # of the mailboxes that a person may open
    arrived: Callable[[str], None] = lambda number: None  # told the staff number of whose program has asked `hello`
