"""Where calls can be sent besides seats and queues: groups, menus, offices, mailboxes, as the server lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from callserver.desktop.not_connected import NotConnected
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.refusals import Refused
from callserver.wire.targets import Target


@dataclass(frozen=True)
class Place:
    """One of them, as a row shows it."""

    target: Target
    title: str
    detail: str = ""
    why_not: str = ""


class TargetBook:
    """
    Asked for when a panel is opened; what it knew is kept while there is no answer.

    :param changed: called when another list is here
    """

    def __init__(self, work: Workplace, changed: Callable[[], None]) -> None:
        self._work, self._changed = work, changed
        self.places: tuple[Place, ...] = ()

    def ask(self) -> None:
        """Have the list anew."""
        self._work.client.ask("list_targets").addCallbacks(self._listed, self._not_listed)

    def name(self, target: str) -> str:
        """What people call it."""
        found = next((place.title for place in self.places if str(place.target) == target), "")
        return found or target.partition(" ")[2]

    def cannot(self, target: str) -> str:
        """Why it takes no calls, as far as the server has said."""
        return next((place.why_not for place in self.places if str(place.target) == target), "")

    def _listed(self, answer: Any) -> None:
        self.places = tuple(self._place(row) for row in answer)
        self._changed()

    def _place(self, row: dict[str, Any]) -> Place:
        return Place(Target.parse(row["target"]), row["name"])

    def _not_listed(self, failure: Failure) -> None:
        failure.trap(Refused, NotConnected, CancelledError)  # type: ignore[no-untyped-call]
