"""The live state of every line and seat; screens are told, nobody asks a machine."""

from collections.abc import Callable
from dataclasses import dataclass

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.wire.states import LineState, SeatState


@dataclass(frozen=True)
class ChannelStatus:
    """What one icon shows."""

    channel: str
    state: LineState | SeatState
    reason: str
    since_s: float  # monotonic
    call_id: str | None = None
    person: str | None = None


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

    def show(
        self,
        channel: str,
        state: LineState | SeatState,
        reason: str,
        call_id: str | None = None,
        person: str | None = None,
    ) -> None:
        """A channel has changed its state."""
        before = self.statuses.get(channel)
        status = ChannelStatus(channel, state, reason, self._seconds(), call_id, person)
        self.statuses[channel] = status
        self._events.write(
            Kind.STATE,
            call_id=call_id,
            channel=channel,
            person=person,
            **{"from": before.state.value if before else None, "to": state.value, "reason": reason},
        )
        for watcher in tuple(self._watchers):
            watcher(status)
