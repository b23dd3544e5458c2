"""What a number outside would cost, and whether this person may dial it: asked of the server before he does."""

from __future__ import annotations

from collections.abc import Callable

from callserver.desktop.asking import by_the_way
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.rights import Right

WORDS = {
    "emergency": N_("Emergency call"),
    "internal": N_("internal"),
    "local": N_("local"),
    "national": N_("national"),
    "international": N_("international"),
}
NEEDS = {
    "internal": Right.DIAL_INTERNAL,
    "local": Right.DIAL_LOCAL,
    "national": Right.DIAL_NATIONAL,
    "international": Right.DIAL_INTERNATIONAL,
}
REFUSED = "refused"
KEPT = 64


class NumberClasses:
    """
    Remembers what the server has said of each number.

    :param changed: called when more is known
    """

    def __init__(self, work: Workplace, changed: Callable[[], None]) -> None:
        self._work, self._changed = work, changed
        self._known: dict[str, str] = {}

    def ask(self, number: str) -> None:
        """Unless it is known, or asked for already."""
        if number in self._known:
            return
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[number] = ""
        asked = self._work.client.dial_class(number)
        by_the_way(asked, lambda kind: self._know(number, kind), lambda: self._not_known(number))

    def told(self, number: str) -> tuple[str, str]:
        """Its class in words, "" while it is not known; and why he may not dial it."""
        words, kind = self._work.words, self._known.get(number, "")
        if kind == REFUSED:
            return "", words("Nobody may dial this number")
        right = NEEDS.get(kind)
        why_not = self._work.lacks(right) if right is not None else ""
        return (words(WORDS[kind]) if kind in WORDS else ""), why_not

    def _know(self, number: str, kind: str) -> None:
        self._known[number] = kind
        self._changed()

    def _not_known(self, number: str) -> None:
        """It stays without a class, and is asked for again when it is typed again; the dial itself is judged anyway."""
        self._known.pop(number, None)
