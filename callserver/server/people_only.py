"""What serves callers when there is nothing else to serve them from: people, or a word that nobody is there."""

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
