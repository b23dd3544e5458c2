"""The shop's counter as one caller meets it: what it asks the books for, and how it says that something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from peewee import PeeweeException
from twisted.internet.defer import Deferred, TimeoutError
from twisted.logger import Logger

from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.interfaces import ICall, Prompt
from callserver.store.database import Store
from callserver.store.opening import StoreError

log = Logger()

PATIENCE_S = 15.0  # so long a caller waits for the database, with a word after three seconds
GLANCE_S = 1.0
T = TypeVar("T")


@dataclass(frozen=True)
class Premises:
    """
    What is the same for all callers of the shop.

    :param now: this moment, aware
    :param country: whose numbers callers have
    :param zone: whose days are told
    :param in_thread: fires with what a job gives that takes more than 5 ms
    """

    store: Store
    now: Callable[[], datetime]
    country: str
    zone: tzinfo
    in_thread: Callable[..., Deferred[Any]]


@dataclass(frozen=True)
class Counter:
    """
    One caller and the shop's books.

    What is asked of them raises WantsPerson where they do not answer in time, and the caller has been told then.
    """

    call: ICall
    premises: Premises

    def now(self) -> datetime:
        """This moment."""
        return self.premises.now()

    def here(self, at: datetime) -> datetime:
        """A moment by the clock on the shop's wall."""
        return at.astimezone(self.premises.zone)

    async def read(self, question: Callable[..., T], *arguments: object) -> T:
        """What the books say."""
        return await self._answered(self.premises.store.read(question, *arguments), "system-trouble")

    async def glance(self, question: Callable[..., T], *arguments: object) -> T | None:
        """What the books say if they say it at once; nothing is told of it, for the caller has asked nothing yet."""
        try:
            return await self.call.wait_for(self.premises.store.read(question, *arguments), GLANCE_S)
        except (TimeoutError, PeeweeException, StoreError) as problem:
            log.warn("call {call}: the database does not answer: {problem}", call=self.call.id, problem=problem)
            return None

    async def write(self, change: Callable[..., T], *arguments: object) -> T:
        """Change the books, where nothing is promised to the caller by it."""
        return await self._answered(self.premises.store.write(change, *arguments), "system-trouble")

    async def settle(self, change: Callable[..., T], *arguments: object) -> T:
        """
        Change the books as the caller has told.

        What they do not take in time they may still take: he is told that it is not known.
        """
        return await self._answered(self.premises.store.write(change, *arguments), "outcome-unknown")

    async def think(self, job: Callable[..., T], *arguments: object) -> T:
        """What takes more than 5 ms, in a thread."""
        return await self._answered(self.premises.in_thread(job, *arguments), "system-trouble")

    async def sorry(self, *prompts: Prompt) -> None:
        """Say that something is wrong; what was typed ahead was meant for something else."""
        self.call.forget_keys()
        await self.call.play(*prompts)

    async def _answered(self, answer: Deferred[T], trouble: str) -> T:
        try:
            return await self.call.wait_for(answer, PATIENCE_S)
        except (TimeoutError, PeeweeException, StoreError) as problem:
            log.warn("call {call}: the database does not answer: {problem}", call=self.call.id, problem=problem)
            await self.sorry(trouble)
            raise WantsPerson("database does not answer") from problem
