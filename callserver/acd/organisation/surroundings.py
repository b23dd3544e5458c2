"""What an organisation names and does not hold: menus, mailboxes, numbers outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field

from callserver.calls.dial_guard import CHINA, DialClass, classify
from callserver.config import Config, DiallingConfig, Unfit, nearest
from callserver.wire.numbers import is_possible


@dataclass(frozen=True)
class Surroundings:
    """
    Of one shop at one moment.

    :param menus: by name, looked up when something names one, for that may take running their files; None: not known
    :param boxes: numbers of mailboxes; asked in the database's thread when something names one
    :param menu_numbers: menus by what telephones of seats key for them
    :param country: of the exchange
    :param named: what the shop's menus lead callers to ("queue tea", "office 3"), with the place in their files; asked
        in the database's thread when one goes
    """

    menus: Callable[[], Collection[str]] | None = None
    boxes: Callable[[], Collection[str]] = tuple
    dialling: DiallingConfig = field(default_factory=DiallingConfig)
    menu_numbers: Mapping[str, str] = field(default_factory=dict)
    country: str = "cn"
    named: Callable[[], Mapping[str, str]] = dict

    @classmethod
    def of(
        cls,
        config: Config,
        menus: Callable[[], Collection[str]],
        named: Callable[[], Mapping[str, str]] = dict,
        boxes: Callable[[], Collection[str]] = tuple,
    ) -> Surroundings:
        """Those that a shop's settings make."""
        return cls(
            menus,
            boxes,
            dialling=config.dialling,
            menu_numbers=config.agents.menu_numbers,
            country=config.exchange.country,
            named=named,
        )

    def no_menu(self, name: str) -> Unfit | None:
        """What is to be said of a menu that there is not."""
        known = self.menus() if self.menus is not None else (name,)
        return None if name in known else Unfit("there is no menu {name}; {hint}", name=name, hint=nearest(name, known))

    def no_box(self, number: str) -> Unfit | None:
        """What is to be said of a mailbox that there is not."""
        boxes = self.boxes()
        if number in boxes:
            return None
        if not boxes:
            return Unfit(
                "there is no mailbox {name}, nor any other: leave it empty, and a message is taken", name=number
            )
        return Unfit("there is no mailbox {name}; {hint}", name=number, hint=nearest(number, boxes))

    def not_dialled(self, number: str, internal: Container[str] = ()) -> Unfit | None:
        """
        What is to be said of a number that no setting has dialled.

        :param internal: numbers of the house
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

    def not_possible(self, number: str) -> Unfit | None:
        """What is to be said of a number abroad that the country it begins with cannot have: perhaps a slip."""
        abroad = re.fullmatch(f"(?:{CHINA.carrier_prefix})?(00.*)", number)
        if abroad is None or is_possible(abroad[1], self.country):
            return None
        return Unfit("{number} is no whole number of any country: nobody would answer", number=number)
