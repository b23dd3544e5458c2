"""Who has called in vain, as the server lists it; how many of them nobody at this computer has looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

from callserver.desktop.asking import by_the_way
from callserver.desktop.client import AgentClient
from callserver.desktop.own_settings import OwnSettings

EVERY_S = 120.0


@dataclass(frozen=True)
class MissedCall:
    """A caller whom nobody has served since."""

    number: str
    last: str  # "2026-11-26 22:40", the shop's time
    times: int
    wants_call: bool
    queue: str
    why: str = ""  # he was not served, in the person's language
    name: str = ""  # of the customer who calls from there


class MissedCalls:
    """
    Asked for at the log-in, when the list is opened, and now and then; so also what came in the time away is there.

    It goes by itself on the server, when somebody has reached a caller or served him.
    """

    def __init__(self, client: AgentClient, settings: OwnSettings, language: str) -> None:
        self._client, self._settings, self._language = client, settings, language
        self._watchers: list[Callable[[], None]] = []
        self._is_asking = False
        self.calls: tuple[MissedCall, ...] = ()

    @property
    def n_new(self) -> int:
        """How many have come since the list was looked at."""
        return sum(one.last > self._settings.now.missed_seen for one in self.calls)

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call it when the list is another one; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def keep_asking(self, clock: IReactorTime) -> Callable[[], None]:
        """Now and then, until what is returned is called."""
        loop = LoopingCall(self.ask)
        loop.clock = clock
        loop.start(EVERY_S, now=True)
        return loop.stop

    def ask(self) -> None:
        """Have the list anew, unless it is under way."""
        if not self._is_asking:
            self._is_asking = True
            asked = self._client.ask("missed_calls", self._language).addBoth(self._answered)
            by_the_way(asked, self._listed)

    def seen(self) -> None:
        """Somebody has looked at it."""
        newest = max((one.last for one in self.calls), default="")
        if newest > self._settings.now.missed_seen:
            self._settings.remember(missed_seen=newest)
            self._tell()

    def _answered(self, answer: Any) -> Any:
        self._is_asking = False
        return answer

    def _listed(self, answer: dict[str, Any]) -> None:
        self.calls = tuple(
            MissedCall(str(number), str(last), int(n), bool(wants), *map(str, words))
            for number, last, n, wants, *words in answer["rows"]
        )
        self._tell()

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
