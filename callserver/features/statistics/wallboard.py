"""The wall's numbers beside their limits, for everybody; and everybody's own day, for himself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.board import ChannelStatus
from callserver.features import Floor
from callserver.features.statistics.metrics import Counted
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.today import Today, abandoned, own_day, service_level, waits_today
from callserver.store.database import Store
from callserver.store.tables import to_ms
from callserver.wire.messages import QueueRow
from callserver.wire.states import LineState, SeatState

FRESH_S = 5.0  # so long counted waits are told to whoever asks: many walls cost no more than one
READY = (SeatState.IDLE_PC, SeatState.IDLE_PHONE)
TALKING = (SeatState.TALKING, SeatState.HELD, SeatState.RINGING, SeatState.DIALING, SeatState.RINGBACK)
Row = dict[str, Any]


class Wallboard:
    """
    :param zone: of the shop
    :param seconds: monotonic
    """

    def __init__(
        self,
        store: Store,
        country: str,
        floor: Callable[[], Floor],
        now: Callable[[], datetime],
        zone: Callable[[], tzinfo],
        seconds: Callable[[], float],
    ) -> None:
        self._store, self._country, self._floor = store, country, floor
        self._now, self._zone, self._seconds = now, zone, seconds
        self._waiting: list[Deferred[Today]] = []
        self._last: tuple[float, Today] | None = None

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {"wallboard": Act(self.wallboard), "my_day": Act(self.my_day)}

    def wallboard(self, seat: Seat) -> Deferred[Row]:
        """
        The shop at this moment and its day, each number with its limit where the shop has set one; not noted.

        :return: {"waiting", "longest_s", "idle", "talking", "paused", "lines_dead", "lines": as they are now;
            "service_level", "abandoned": of today, thousandths, null while there is none; "answered", "entered";
            "waiting_limit", "longest_limit_s", "service_level_target" (thousandths), "within_s": null where none is
            set: of all queues the sum of their lengths, if each has one, else the strictest; "behind": events of the
            log that are not counted yet; "queues": a list of the same of each, with "queue"}
        """

        async def story() -> Row:
            today = await self._today()
            return _board(self._floor(), today)

        return Deferred.fromCoroutine(story())

    def my_day(self, seat: Seat) -> Deferred[Row]:
        """
        What he himself has done today, as the reports count it; not noted.

        :return: {"answered", "missed", "own_calls" (his own, or passed on to him), "talk_s" (the average of those he
            took from queues; null: none), "ready_s", "paused_s", "logged_in_s", "behind"}
        """

        async def story() -> Row:
            day = await self._store.write(own_day, self._ask(seat.number), self._country)
            mine = next((one for one in self._floor().channels if one.channel == f"seat {seat.number}"), None)
            still_ms = self._since(day.until_ms, mine)
            ready_ms = still_ms if mine is not None and mine.state in READY else 0
            return {
                "answered": day.answered,
                "missed": day.missed,
                "own_calls": day.others,
                "talk_s": round(day.talk_ms / day.talked / 1000) if day.talked else None,
                "ready_s": round((day.worked.ready + ready_ms) / 1000),
                "paused_s": round(day.worked.paused / 1000),
                "logged_in_s": round((day.worked.logged_in + still_ms) / 1000),
                "behind": day.behind,
            }

        return Deferred.fromCoroutine(story())

    def _since(self, until_ms: int, mine: ChannelStatus | None) -> int:
        """Milliseconds since the log's last event, in which he has been as he is: that would have been one."""
        if mine is None or mine.state is SeatState.OFF or not until_ms:
            return 0
        return max(0, min(to_ms(self._now()) - until_ms, round(1000 * self._floor().age_s(mine))))

    def _ask(self, only: str = "") -> Ask:
        zone = self._zone()
        today = self._now().astimezone(zone).date()
        return Ask(days(today, today, zone), zone, only=only)

    async def _today(self) -> Today:
        """Counted a moment ago, or now; who asks meanwhile is told the same."""
        if self._last is not None and self._seconds() - self._last[0] < FRESH_S:
            return self._last[1]
        waiter: Deferred[Today] = Deferred()
        self._waiting.append(waiter)
        if len(self._waiting) == 1:
            self._count().addBoth(self._tell)
        return await waiter

    def _count(self) -> Deferred[Today]:
        settings = self._floor().settings
        limits = {name: (one.service_level_s, one.short_abandon_s) for name, one in settings.items()}
        return self._store.write(waits_today, self._ask(), self._country, limits)

    def _tell(self, counted: Any) -> None:
        if isinstance(counted, Today):
            self._last = self._seconds(), counted
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            waiter.callback(counted)  # a Failure is one to each


def _board(floor: Floor, today: Today) -> Row:
    queues = [_queue(row, floor.settings[row.queue], today) for row in floor.queues if row.queue in floor.settings]
    lengths = [one["waiting_limit"] for one in queues]
    return {
        "waiting": sum(row.length for row in floor.queues),
        "longest_s": round(max((row.oldest_s for row in floor.queues), default=0.0)),
        "waiting_limit": sum(lengths) if lengths and None not in lengths else None,
        "longest_limit_s": min(_set(one["longest_limit_s"] for one in queues), default=None),
        "service_level_target": max(_set(one["service_level_target"] for one in queues), default=None),
        "within_s": min(_set(one["within_s"] for one in queues), default=None),
        **_counts(today.all),
        **_seats(floor.channels),
        **_lines(floor.channels),
        "behind": today.behind,
        "queues": queues,
    }


def _queue(row: QueueRow, limits: QueueSettings, today: Today) -> Row:
    return {
        "queue": row.queue,
        "waiting": row.length,
        "waiting_limit": limits.alarm_length or None,
        "longest_s": round(row.oldest_s),
        "longest_limit_s": round(limits.alarm_wait_s) or None,
        "service_level_target": round(10 * limits.alarm_service_level) or None,
        "within_s": round(limits.service_level_s),
        **_counts(today.queues.get(row.queue, Counted())),
    }


def _counts(counted: Counted) -> Mapping[str, int | None]:
    return {
        "service_level": service_level(counted),
        "abandoned": abandoned(counted),
        "answered": counted.answered,
        "entered": counted.entered,
    }


def _seats(channels: Iterable[ChannelStatus]) -> Mapping[str, int]:
    states = [one.state for one in channels]
    return {
        "idle": sum(state in READY for state in states),
        "talking": sum(state in TALKING for state in states if isinstance(state, SeatState)),
        "paused": states.count(SeatState.PAUSED),
    }


def _lines(channels: Iterable[ChannelStatus]) -> Mapping[str, int]:
    states = [one.state for one in channels if isinstance(one.state, LineState)]
    return {"lines": len(states), "lines_dead": states.count(LineState.DISCONNECTED)}


def _set(limits: Iterable[int | None]) -> list[int]:
    return [one for one in limits if one is not None]
