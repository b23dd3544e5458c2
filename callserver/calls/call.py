"""One call: from its first ring to the end of its last leg."""

from collections import deque
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import Caller
from callserver.media.leg import Leg
from callserver.wire.records import CallRecord, Value

log = Logger()

KEYS_MAX = 32  # so many may wait for a menu; more are noise
PHASE_LIMITS_S = {"flow": 1800.0, "queue": 3600.0, "bridged": 10800.0}


class Channel(Protocol):
    """The line under a call."""

    name: str

    async def answer(self, call: "Call") -> None:
        """Off hook; LineFailure if it cannot be."""

    def phase(self, call: "Call", text: str) -> None:
        """Show what a talking line is doing."""

    def hold(self, call: "Call") -> None: ...
    def retrieve(self, call: "Call") -> None: ...
    def over(self, call: "Call", reason: str) -> None:
        """Put the line on hook."""


class Call:
    """
    What a menu, a queue and a seat share about one caller.

    Whoever must know the end asks `when_ended`; keys belong to the call, not to the prompt that played meanwhile.
    """

    def __init__(
        self, channel: Channel, caller: Caller, events: EventLog, clock: IReactorTime, id: str | None = None
    ) -> None:
        self.id = id or str(uuid4())
        self.channel, self.caller = channel, caller
        self.events, self.clock = events, clock
        self.began_s = clock.seconds()
        self.leg: Leg | None = None
        self.ended: str | None = None  # the reason, once it is over
        self.keys: deque[str] = deque(maxlen=KEYS_MAX)
        self.on_key: Callable[[], None] = lambda: None  # whoever waits for keys
        self.on_recall: Callable[[], None] = lambda: None  # held too long
        self.path: list[str] = []  # menus, prompts and inputs so far, for the agent's screen
        self.language = "zh"
        self._limit: IDelayedCall | None = None
        self._waiting_for_end: list[Deferred[str]] = []
        self.opened = events.book.open_call(
            CallRecord(self.id, "in", channel.name, caller.number, caller.name, events.now())
        )

    def log(self, kind: Kind, *, person: str | None = None, **data: Value) -> None:
        """Write an event of this call."""
        self.events.write(kind, call_id=self.id, channel=self.channel.name, person=person, **data)

    def identify(self, caller: Caller) -> None:
        """The exchange has told who calls."""
        self.caller = caller
        self.events.book.change_call(self.id, caller_number=caller.number, caller_name=caller.name)
        self.log(Kind.CALLER_ID, number=caller.number, name=caller.name, withheld=caller.withheld)

    async def answer(self) -> None:
        """
        Off hook, once the call's record is safe on disk.

        :raises LineFailure: if the line does not go off hook
        """
        await self.opened
        await self.channel.answer(self)
        self.events.book.change_call(self.id, answered_at=self.events.now())
        self.log(Kind.ANSWER)
        self.phase("flow")

    def phase(self, name: str) -> None:
        """What the talking line does now: "flow", "queue" or "bridged"; each has its limit."""
        self._cancel_limit()
        if self.ended is None:
            self._limit = self.clock.callLater(PHASE_LIMITS_S[name], self.end, "server", f"limit of {name} reached")
            self.channel.phase(self, name)

    def key(self, digit: str, source: str) -> None:
        """A key was pressed."""
        self.log(Kind.KEY, digit=digit, source=source)
        self.keys.append(digit)
        self.on_key()

    def hold(self) -> None:
        """The line is held; the holder sees to the music."""
        self.channel.hold(self)
        self.log(Kind.HOLD)

    def retrieve(self) -> None:
        """The held line talks again."""
        self.channel.retrieve(self)
        self.log(Kind.RETRIEVE)

    def when_ended(self) -> Deferred[str]:
        """A fresh Deferred that fires with the reason when the call is over (at once if it is)."""
        waiting: Deferred[str] = Deferred()
        if self.ended is None:
            self._waiting_for_end.append(waiting)
        else:
            waiting.callback(self.ended)
        return waiting

    def end(self, by: str, reason: str) -> None:
        """End the call here; harmless when it is over already."""
        if self.ended is None:
            self.finish(by, reason)
            self.channel.over(self, reason)

    def finish(self, by: str, reason: str) -> None:
        """The call is over: everybody who waits is told. The channel calls this when the line itself was lost."""
        self.ended = reason
        self._cancel_limit()
        waiting, self._waiting_for_end = self._waiting_for_end, []
        for one in waiting:
            one.callback(reason)
        self.log(Kind.END, by=by, reason=reason)
        self.events.book.change_call(self.id, ended_at=self.events.now(), end_reason=reason)

    def _cancel_limit(self) -> None:
        if self._limit is not None and self._limit.active():
            self._limit.cancel()
        self._limit = None
