"""The live state of every line and seat; screens are told, nobody asks a machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Reason
from callserver.wire.messages import Phrase
from callserver.wire.states import LineState, SeatState

log = Logger()


@dataclass(frozen=True)
class ChannelStatus:
    """What one icon shows, and what stands beside it."""

    channel: str  # "line 3", "seat 801"
    state: LineState | SeatState
    sub: str = ""  # what a talking line does; why a seat pauses
    draining: bool = False
    kept: bool = False  # a seat holds a second call
    call_id: str | None = None
    person: str | None = None  # staff number
    name: str = ""  # of the person
    caller: str | None = None  # number
    reason: Phrase | None = None  # why a line cannot be used, whatever its state; None while it can
    supervises: bool = False  # in somebody else's call, which is not told: `sub` says how
    menu: str = ""  # of a line, with its version
    notes: tuple[Phrase, ...] = ()  # what else is to be known of that
    since_s: float = 0.0  # monotonic; set by the board when the state began


class Board:
    """Newest status a channel. One change = one event = one update of the screens."""

    def __init__(self, events: EventLog, seconds: Callable[[], float]) -> None:
        self.statuses: dict[str, ChannelStatus] = {}
        self._events, self._seconds = events, seconds
        self._watchers: list[Callable[[ChannelStatus], None]] = []

    def watch(self, watcher: Callable[[ChannelStatus], None]) -> Callable[[], None]:
        """Call `watcher` with every change; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def age_s(self, status: ChannelStatus) -> float:
        """How long its channel has been in its state."""
        return self._seconds() - status.since_s

    def show(self, status: ChannelStatus, reason: Reason | None = None) -> None:
        """How a channel looks now, and why; a look that is no other than before is no change."""
        before = self.statuses.get(status.channel)
        same_state = before is not None and before.state is status.state
        since_s = before.since_s if before is not None and same_state else self._seconds()
        status = replace(status, since_s=since_s)
        if status == before:
            return
        self.statuses[status.channel] = status
        self._events.write(
            Kind.STATE,
            call_id=status.call_id,
            channel=status.channel,
            person=status.person,
            **{
                "from": before.state.value if before else None,
                "to": status.state.value,
                "sub": status.sub,
                "reason": str(reason or ""),
            },
        )
        for watcher in tuple(self._watchers):
            try:
                watcher(status)
            except Exception:
                log.failure("a watcher of the board failed on {channel}", channel=status.channel)
