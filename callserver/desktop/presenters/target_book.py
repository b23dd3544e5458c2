"""Where calls can be sent besides seats and queues: groups, menus, offices, mailboxes, as the server lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callserver.desktop.asking import by_the_way
from callserver.desktop.foreign import beside
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.targets import Target, TargetKind

KINDS = ("queues", "groups", "offices", "menus")
KIND_WORDS = {
    TargetKind.QUEUE: N_("Queue"),
    TargetKind.SEAT: N_("Group"),
    TargetKind.OFFICE: N_("Office"),
    TargetKind.MENU: N_("Menu"),
    TargetKind.BOX: N_("Mailbox"),
}


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
        by_the_way(self._work.client.ask("list_targets"), self._listed)

    def name(self, target: str) -> str:
        """What people call it."""
        found = next((place.title for place in self.places if str(place.target) == target), "")
        return found or target.partition(" ")[2]

    def cannot(self, target: str) -> str:
        """Why it takes no calls, as far as the server has said."""
        return next((place.why_not for place in self.places if str(place.target) == target), "")

    def _listed(self, answer: Any) -> None:
        rows = [row for kind in KINDS for row in answer.get(kind, ()) if row["target"]]
        self.places = tuple(map(self._place, rows))
        self._changed()

    def _place(self, row: dict[str, Any]) -> Place:
        words, target = self._work.words, Target.parse(row["target"])
        details = [words(KIND_WORDS[target.kind])]
        if target.kind is TargetKind.SEAT:
            details = [words("Group of {n}", n=len(row.get("members", ())))]
        details += [", ".join(row[name]) for name in ("regions",) if row.get(name)]
        details += [words("closed now")] if row.get("open") is False else []
        number = str(row.get("number") or "")
        return Place(target, f"{number} {beside(row['name'])}".lstrip(), " · ".join(details))
