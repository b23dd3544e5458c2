"""People, offices and numbers outside for callers in menus; nobody is put through before he knows of the recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.defer import Deferred

from callserver.acd.offices.regions import Known
from callserver.calls.call import Call
from callserver.calls.calls_out import Dialler
from callserver.config import Config
from callserver.server.call_centre import CallCentre
from callserver.server.recording_notice import RecordingNotice
from callserver.wire.targets import Target, TargetKind


@dataclass(frozen=True)
class MenuPeople:
    """Implements ivr's People."""

    config: Callable[[], Config]
    centre: CallCentre
    notice: RecordingNotice

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        """
        Wait for a person.

        :param queue: its name; FIRST: the shop's first
        :param priority: that the menu gives; None: what the shop gives this caller, or the queue's
        :raises LookupError: there is no such queue
        """
        queue = queue or self.centre.first_queue
        if queue not in self.centre.queues.by_name:
            raise LookupError(f"no queue {queue!r}; there are {', '.join(self.centre.queues.by_name)}")
        await self._tell(call)
        return await self.centre.queues.enter(queue, call, priority)

    async def send(self, call: Call, target: Target) -> None:
        """An office or a number outside."""
        await self._tell(call)
        await self.centre.moves.destinations.send(call, target)

    async def connect(self, call: Call, number: str, asks: Dialler) -> None:
        """A number outside, for somebody who may have it dialled."""
        await self._tell(call)
        await self.centre.moves.destinations.send(call, Target(TargetKind.NUMBER, number), asks)

    async def to_office(self, call: Call, address: str, ask_area_code: Callable[[], Deferred[str]], note: str) -> str:
        """The office nearest to the caller."""
        await self._tell(call)
        known = Known(address, call.caller.known_by or "", ask_area_code=ask_area_code)
        return str((await self.centre.offices.transfer(call, known, note)).value)

    async def _tell(self, call: Call) -> None:
        if self.config().recording.announce:
            await self.notice.before_a_person(call)
