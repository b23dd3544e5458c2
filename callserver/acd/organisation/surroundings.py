"""What an organisation names and does not hold: menus, mailboxes, numbers outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container
from dataclasses import dataclass, field

from callserver.calls.dial_guard import DialClass, classify
from callserver.config import DiallingConfig, Unfit, nearest


@dataclass(frozen=True)
class Surroundings:
    """
    Of one shop at one moment.

    :param menus: by name, looked up when something names one, for that may take running their files; None: not known
    :param boxes: numbers of mailboxes
    """

    menus: Callable[[], Collection[str]] | None = None
    boxes: Collection[str] = ()
    dialling: DiallingConfig = field(default_factory=DiallingConfig)

    def no_menu(self, name: str) -> Unfit | None:
        """What is to be said of a menu that there is not."""
        known = self.menus() if self.menus is not None else (name,)
        return None if name in known else Unfit("there is no menu {name}; {hint}", name=name, hint=nearest(name, known))

    def no_box(self, number: str) -> Unfit | None:
        """What is to be said of a mailbox that there is not."""
        if number in self.boxes:
            return None
        if not self.boxes:
            return Unfit(
                "there is no mailbox {name}, nor any other: leave it empty, and a message is taken", name=number
            )
        return Unfit("there is no mailbox {name}; {hint}", name=number, hint=nearest(number, self.boxes))

    def not_dialled(self, number: str, internal: Container[str] = ()) -> Unfit | None:
        """
        What is to be said of a number that no setting has dialled.

        :param internal: numbers of staff and groups
        """
        rules = self.dialling
        found = classify(
            number,
            internal=internal,
            premium=rules.premium,
            home_mobiles=rules.home_mobiles,
            prefix=rules.prefix,
        )
        if found is DialClass.EMERGENCY:
            return Unfit("{number} is an emergency number: choose another", number=number)
        if found is DialClass.INTERNAL:
            return Unfit("{number} is an internal number, which no line dials: write one of outside", number=number)
        if found is DialClass.REFUSED:
            return Unfit(
                "{number} is never dialled: it is a premium number, or no whole one; docs/lines.md has those that are",
                number=number,
            )
        return None
