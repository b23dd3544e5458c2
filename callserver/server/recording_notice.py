"""Nobody talks with a person before he was told that the call may be recorded, whatever menu he came by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred

from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.wire.records import EventRecord

NOTICE = "recorded-notice"


class RecordingNotice:
    """
    Knows from the event log who was told.

    :param say: says prompts in a call; fires when they were said, or silenced by a key
    """

    def __init__(self, events: EventLog, say: Callable[[Call, Sequence[str]], Deferred[None]]) -> None:
        self._say = say
        self._told: set[str] = set()  # ids of calls that live
        events.watch(self._follow)

    async def before_a_person(self, call: Call) -> None:
        """Tell him, unless a menu has."""
        if call.id not in self._told:
            await self._say(call, [NOTICE])

    def _follow(self, event: EventRecord) -> None:
        if event.call_id is None:
            return
        if event.kind == Kind.PROMPT.value and NOTICE in event.data["names"]:  # type: ignore[operator]
            self._told.add(event.call_id)
        elif event.kind == Kind.END.value:
            self._told.discard(event.call_id)
