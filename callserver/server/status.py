"""How the server is, in one look: what `callserver status` shows, and monitors read as JSON."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from callserver.acd.queues.queues import Queues
from callserver.calls.board import Board, ChannelStatus
from callserver.calls.event_log import EventLog
from callserver.calls.line import NOT_SET_UP
from callserver.calls.live_calls import LiveCalls
from callserver.calls.vocabulary import Kind
from callserver.config import Config
from callserver.media.tick import Tick
from callserver.server.stalls import Stall, Stalls
from callserver.wire.alarms import alarm_text
from callserver.wire.catalogue import Sentence
from callserver.wire.convert import to_wire
from callserver.wire.messages import Phrase
from callserver.wire.records import EventRecord
from callserver.wire.states import LineState, SeatState

VERSION = 1
ALARMS = 20
LOOK_S = 0.1
LATE_MS = 20  # a tick that is a whole tick late


@dataclass(frozen=True)
class Reloaded:
    """What came of reading the settings anew, for the `n`th time; `at`: ISO, in the shop's zone."""

    n: int
    at: str
    ok: bool
    told: Sequence[Sentence]


class Status:
    """
    Follows the server from its beginning; asked for a snapshot it takes one of what the board shows.

    :param about: what is to be told of a line's menu
    `state`: "starting", "ready", "stopping"; `stopping`, `reloaded`: what there is to tell of the two, if anything
    """

    def __init__(
        self,
        clock: IReactorTime,
        config: Callable[[], Config],
        *,
        shop: str,
        board: Board,
        calls: LiveCalls,
        events: EventLog,
        queues: Queues,
        tick: Tick,
        stalls: Stalls,
        about: Callable[[int], dict[str, Any]] = lambda number: {},
    ) -> None:
        self.state = "starting"
        self.stopping: Phrase | None = None
        self.reloaded: Reloaded | None = None
        self.demo = False
        self.last_backup: datetime | None = None
        self._clock, self._config, self._shop = clock, config, shop
        self._board, self._calls, self._events, self._queues = board, calls, events, queues
        self._tick, self._stalls, self._about = tick, stalls, about
        self._since, self._since_s = events.now(), clock.seconds()
        self._alarms: deque[EventRecord] = deque(maxlen=ALARMS)
        events.watch(self._happened)

    def snapshot(self) -> dict[str, Any]:
        """Times are seconds so far, or ISO with offset; sentences are kept as data beside their English."""
        now_s = self._clock.seconds()
        return {
            "version": VERSION,
            "pid": os.getpid(),
            "shop": self._shop,
            "state": self.state,
            "demo": self.demo,
            "last_backup": self.last_backup and self.iso(self.last_backup),
            "since": self.iso(self._since),
            "uptime_s": round(now_s - self._since_s, 1),
            "stopping": self.stopping and to_wire(self.stopping),
            "reloaded": self.reloaded and vars(self.reloaded) | {"told": [_plain(one) for one in self.reloaded.told]},
            "lines": self._lines(),
            "calls": [self._call(call, now_s) for call in self._calls],
            "queues": self._queue_rows(),
            "seats": {"places": self._config().agents.seats, "here": self._seats()},
            "alarms": [self._alarm(event) for event in reversed(self._alarms)],
            "ticks": self._ticks(),
            "stalls": self._stall_figures(now_s),
        }

    def as_bytes(self) -> bytes:
        """The snapshot as JSON."""
        return json.dumps(self.snapshot(), ensure_ascii=False).encode("utf-8", "replace")

    def iso(self, at: datetime) -> str:
        """A moment in the shop's time zone."""
        return at.astimezone(self._config().server.zone).isoformat(timespec="milliseconds")

    async def lines_settled(self, limit_s: float) -> None:
        """Until each line that shall be in service has come up or has said why it does not; so long at most."""
        until_s = self._clock.seconds() + limit_s
        while any(_undecided(row) for row in self._lines()) and self._clock.seconds() < until_s:
            await deferLater(self._clock, LOOK_S)

    def _lines(self) -> list[dict[str, Any]]:
        return [self._line(number) for number in self._config().lines]

    def _line(self, number: int) -> dict[str, Any]:
        channel, settings = f"line {number}", self._config().lines[number]
        row = {"line": number, "channel": channel, "menu": settings.menu, "enabled": settings.enabled}
        row |= {"device": settings.device, "alive": False, "state": LineState.NOT_LOADED.name, "reason": None}
        about = self._about(number)
        row |= about | {"loaded": self.iso(about["loaded"]) if about.get("loaded") else None}
        status = self._board.statuses.get(channel)
        if status is None:
            return row
        row["alive"] = status.reason is None and status.state is not LineState.DISCONNECTED
        row["reason"] = None if status.reason is None else to_wire(status.reason)
        row["notes"] = [to_wire(note) for note in status.notes]
        return row | self._row(status) | {"draining": status.draining}

    def _seats(self) -> list[dict[str, Any]]:
        statuses = self._board.statuses.values()
        here = [one for one in statuses if isinstance(one.state, SeatState) and one.state is not SeatState.OFF]
        return [self._row(one) | {"person": one.person, "name": one.name} for one in here]

    def _row(self, status: ChannelStatus) -> dict[str, Any]:
        return {
            "channel": status.channel,
            "state": status.state.name,
            "sub": status.sub,
            "for_s": round(self._board.age_s(status), 1),
            "call": status.call_id,
            "caller": status.caller,
        }

    def _call(self, call: Any, now_s: float) -> dict[str, Any]:
        return {
            "id": call.id,
            "channel": call.first.name,
            "caller": call.caller.number,
            "stage": call.stage.value,
            "with": [party.name for party in call.parts if party is not call.first],
            "for_s": round(now_s - call.began_s, 1),
        }

    def _queue_rows(self) -> list[dict[str, Any]]:
        rows = self._queues.lists.rows()
        return [{"queue": row.queue, "waiting": row.length, "longest_s": round(row.oldest_s, 1)} for row in rows]

    def _ticks(self) -> dict[str, Any]:
        lateness = self._tick.lateness
        return {
            "n": lateness.n_ticks,
            "lost": self._tick.lost,
            "late": lateness.over(LATE_MS),
            "p999_ms": round(lateness.percentile_ms(0.999), 1),
            "longest_ms": round(lateness.max_ms, 1),
        }

    def _stall_figures(self, now_s: float) -> dict[str, Any]:
        last = [_stall(stall) | {"ago_s": round(now_s - at_s, 1)} for at_s, stall in reversed(self._stalls.last)]
        return {"n": self._stalls.n, "longest_s": self._stalls.longest_s, "last": last}

    def _alarm(self, event: EventRecord) -> dict[str, Any]:
        data = dict(event.data)
        return {"at": self.iso(event.at), "channel": event.channel, "text": alarm_text(data, "en"), "data": data}

    def _happened(self, event: EventRecord) -> None:
        if event.kind == Kind.ALARM.value:
            self._alarms.append(event)


def _stall(stall: Stall) -> dict[str, Any]:
    return {"busy_s": stall.busy_s, "machine_s": stall.machine_s, "interrupted": stall.interrupted} | vars(stall.place)


def _undecided(line: dict[str, Any]) -> bool:
    return line["enabled"] and line["reason"] is not None and line["reason"]["msgid"] == NOT_SET_UP


def _plain(sentence: Sentence) -> dict[str, Any]:
    """With what it says of sentences in it, so that all of it is read in one language."""
    details = {
        name: _plain(one) if isinstance(one, Sentence) else one if type(one) is int else str(one)
        for name, one in sentence.details.items()
    }
    return {"msgid": sentence.msgid, "details": details}
