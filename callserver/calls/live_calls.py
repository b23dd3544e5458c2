"""Every call of the shop that is not over, and what a new one is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twisted.internet.interfaces import IReactorTime

from callserver.calls.call import Call, FirstParty
from callserver.calls.event_log import EventLog
from callserver.dsp.frames import FloatArray
from callserver.lines.interfaces import Caller
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.wire.causes import Reason


class LiveCalls:
    """
    Makes calls and knows them until they end.

    :param new_id: a fresh UUID each time
    :param recorder: None: calls are not recorded
    `music`: what a held or waiting party hears, shape (n,); None until the prompts are loaded.
    """

    def __init__(
        self,
        clock: IReactorTime,
        bay: PatchBay,
        events: EventLog,
        new_id: Callable[[], str],
        recorder: Recorder | None = None,
    ) -> None:
        self.bay, self.events, self.clock = bay, events, clock
        self.music: FloatArray | None = None
        self._new_id, self._recorder = new_id, recorder
        self._calls: dict[str, Call] = {}

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls.values()))

    def __len__(self) -> int:
        return len(self._calls)

    def begin(self, direction: str, first: FirstParty, caller: Caller) -> Call:
        """A call begins at a party: "in" with a ring, "out" with a dial."""
        call = Call(
            self._new_id(),
            direction,
            first,
            caller,
            events=self.events,
            clock=self.clock,
            bay=self.bay,
            music=lambda: self.music,
            find=self._calls.get,
            recorder=self._recorder,
        )
        self._calls[call.id] = call
        call.when_ended().addCallback(lambda _: self._calls.pop(call.id))
        return call

    def end_all(self, by: str, reason: Reason) -> None:
        """The server stops."""
        for call in self:
            call.end(by, reason)
