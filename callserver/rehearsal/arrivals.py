"""Who calls the shop and when: each group of callers comes at its own rate, each caller with wishes of his own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure

from callserver.emulator.loop import CallProgress
from callserver.emulator.narration import WORDS
from callserver.emulator.phone import Phone
from callserver.rehearsal.callers import Caller, Visit, drawn_number, is_free
from callserver.rehearsal.script import Callers, Script
from callserver.server.assembly import CallServer


class Arrivals:
    """
    :param keep: folder for what callers heard and said
    :param without: numbers of visits that do not take place; the others are as they would be
    :param note: told (who, what) of what callers do
    :param on_broken: told of a caller who failed in himself
    `visits`: all so far; `n_called`: with those that were left out
    """

    def __init__(
        self,
        script: Script,
        server: CallServer,
        keep: Path | None,
        without: frozenset[int],
        note: Callable[[str, str], None],
        on_broken: Callable[[Failure, Visit], None],
    ) -> None:
        self.visits: list[Visit] = []
        self.n_calling = 0
        self._script, self._server, self._keep, self._without = script, server, keep, without
        self._note, self._on_broken = note, on_broken
        self._clock = server.reactor
        self._next: dict[str, IDelayedCall] = {}  # by group
        self.n_called, self._opened_s = 0, 0.0

    def start(self) -> None:
        """From now on they come."""
        self._opened_s = self._clock.seconds()
        for callers in self._script.callers:
            self._expect_next(callers, Random(f"{self._script.seed} arrivals {callers.name}"))

    def stop(self) -> None:
        """Nobody else comes."""
        for arrival in self._next.values():
            if arrival.active():
                arrival.cancel()

    @property
    def all_served(self) -> bool:
        """Everybody has come and gone."""
        return self._all_have_come() and not self.n_calling

    def _all_have_come(self) -> bool:
        hours = self._script.hours
        closed = hours is not None and self._clock.seconds() - self._opened_s > hours * 3600
        return closed or self.n_called >= self._script.visits

    def _expect_next(self, callers: Callers, random: Random) -> None:
        if callers.per_hour:
            delay_s = random.expovariate(callers.per_hour / 3600)
            self._next[callers.name] = self._clock.callLater(delay_s, self._come, callers, random)

    def _come(self, callers: Callers, random: Random) -> None:
        if not self._all_have_come():
            self.n_called += 1
            if self.n_called not in self._without:
                self._call(callers, self.n_called)
            self._expect_next(callers, random)

    def _call(self, callers: Callers, n: int) -> None:
        exchange = self._server.exchange
        assert exchange is not None
        random, who = Random(f"{self._script.seed} visit {n}"), f"caller {n}"
        number = drawn_number(callers, n, random)
        if not is_free(exchange, number):
            number = f"138{20_000_000 + n:08}"  # his line is in use: he takes another telephone
        is_new = number not in exchange.phones
        phone = exchange.add_phone(number)
        phone.line.withheld = random.random() < callers.withheld and not callers.text
        visit = Visit(n, callers.name, number, self._clock.seconds())
        self.visits.append(visit)
        recording = self._keep / f"caller-{n}.wav" if self._keep else None
        caller = Caller(
            visit, callers, phone, random, exchange, lambda event: self._note(who, _in_words(event.what)), recording
        )
        self.n_calling += 1
        story = Deferred.fromCoroutine(caller.call(self._server.config.exchange.number))
        story.addErrback(self._on_broken, visit)
        story.addCallback(lambda _: self._over(visit, phone if is_new else None))

    def _over(self, visit: Visit, phone: Phone | None) -> None:
        visit.ended_s = self._clock.seconds()
        self.n_calling -= 1
        outcome = visit.outcome.value if visit.outcome else "broke"
        self._note(f"caller {visit.n}", f"{outcome} {visit.problem}".rstrip())
        if phone is not None and self._server.exchange is not None:
            self._server.exchange.remove_phone(phone)


def _in_words(what: str) -> str:
    """The steps of a script are words; what the network tells is a code."""
    return WORDS[what] if what in {progress.value for progress in CallProgress} else what
