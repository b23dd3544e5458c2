"""What a supervisor does with lines from his own program: out of service and back, as `callserver lines` does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.organisation.noted import Noted
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audit, in_words
from callserver.calls.event_log import EventLog
from callserver.config import Config
from callserver.ivr.loading import loads
from callserver.ivr.loading.loads import Service
from callserver.server.line_menus import LineMenus
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

LINE = re.compile("line ([1-9][0-9]{0,2})")
NO_LINE = N_("there is no line {line}; there are {lines}")
NO_MENU = N_("line {line} has no menu: load one first")


def line_channel(value: Any) -> bool:
    """A line, as the board names it: "line 3"."""
    return isinstance(value, str) and LINE.fullmatch(value) is not None


def at_once(value: Any) -> bool:
    """True: at once, and its call ends; false: when its call is over."""
    return type(value) is bool


class LineDesk:
    """
    Acts of right 1 on lines. What is wanted is kept in the database, and counts from then on, at later starts too: the
    server follows within two seconds, as it follows `callserver lines`.

    :param config: as it counts now
    """

    def __init__(
        self,
        store: Store,
        events: EventLog,
        config: Callable[[], Config],
        menus: LineMenus,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._events, self._config, self._menus, self._now = store, events, config, menus, now

    def acts(self) -> Mapping[str, Act]:
        """By their names on the agents' channel."""
        return {
            "disable_line": Act(self.disable_line, (line_channel, at_once), Right.SUPERVISOR),
            "enable_line": Act(self.enable_line, (line_channel,), Right.SUPERVISOR),
        }

    def disable_line(self, seat: Seat, channel: str, now: bool) -> Deferred[None]:
        """
        Take a line out of service within two seconds; the board shows it as draining while its call goes on.

        :raises Refused: NOT_SAVED, with why: there is no such line
        """
        return self._serve(seat, "disable_line", channel, enabled=False, now=now)

    def enable_line(self, seat: Seat, channel: str) -> Deferred[None]:
        """
        Let a line answer again, within two seconds; one that is draining simply stays in service.

        :raises Refused: NOT_SAVED, with why: there is no such line, or it has no menu
        """
        return self._serve(seat, "enable_line", channel, enabled=True)

    def _serve(self, seat: Seat, act: str, channel: str, *, enabled: bool, now: bool = False) -> Deferred[None]:
        async def story() -> None:
            with in_words():
                number = self._number(channel, enabled)
                configured = self._config().lines[number].enabled
                wanted = Service(number, enabled, configured, self._now(), now)
                await Noted(self._store, self._events).write(act, channel, seat.number, partial(loads.serve, wanted))

        return Deferred.fromCoroutine(self._told(seat, act, channel, story))

    def _number(self, channel: str, enabled: bool) -> int:
        number, lines = int(channel.removeprefix("line ")), self._config().lines
        if number not in lines:
            raise Complaint(NO_LINE, line=number, lines=", ".join(map(str, lines)))
        if enabled and not self._menus.menu_of(number):
            raise Complaint(NO_MENU, line=number)
        return number

    async def _told(self, seat: Seat, act: str, channel: str, story: Callable[[], Any]) -> None:
        """A refusal is noted too; what is done is noted together with it."""
        try:
            await story()
        except Refused as refused:
            audit(self._events, seat.number, act, channel, result=str(refused))
            raise
