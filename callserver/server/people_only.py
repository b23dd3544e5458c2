"""What serves callers when there is nothing else to serve them from: people, or a word that nobody is there."""

from dataclasses import dataclass

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu


@implementer(IMenu)
@dataclass(frozen=True)
class PeopleOnly:
    """In place of the menu of this name."""

    name: str
    queue: str

    async def run(self, call: ICall) -> None:
        """Hand the caller to the queue."""
        await call.transfer_to_queue(self.queue)
