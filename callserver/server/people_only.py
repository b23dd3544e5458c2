"""What serves callers when there is nothing else to serve them from: people, or a word that nobody is there."""

from collections.abc import Callable
from dataclasses import dataclass

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu

FIRST = ""  # in place of a queue's name: the shop's first, whatever it is called at the moment


@implementer(IMenu)
@dataclass(frozen=True)
class PeopleOnly:
    """In place of the menu of this name."""

    name: str

    async def run(self, call: ICall) -> None:
        """Hand the caller to the shop's first queue."""
        await call.transfer_to_queue(FIRST)


@implementer(IMenu)
@dataclass(frozen=True)
class PeopleUntil:
    """
    In place of a menu that has nothing to serve callers from, and itself as soon as it has: a line keeps what it has.

    :param is_bare: whether it is so still
    """

    menu: IMenu
    is_bare: Callable[[], bool]

    @property
    def name(self) -> str:
        return str(self.menu.name)

    @property
    def takes_fax(self) -> bool:
        """As its menu."""
        return bool(getattr(self.menu, "takes_fax", True))

    @property
    def for_callers(self) -> bool:
        """As its menu."""
        return bool(getattr(self.menu, "for_callers", True))

    async def run(self, call: ICall) -> None:
        """What counts is how it is when the caller comes."""
        await (PeopleOnly(self.name) if self.is_bare() else self.menu).run(call)
