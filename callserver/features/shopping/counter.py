"""The shop's counter as one caller meets it: what it asks the books for, and how it says that something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from peewee import PeeweeException
from twisted.internet.defer import Deferred, TimeoutError
from twisted.logger import Logger

from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.interfaces import ICall, Prompt
from callserver.store.database import Store

log = Logger()

PATIENCE_S = 15.0  # so long a caller waits for the database, with a word after three seconds
T = TypeVar("T")


@dataclass(frozen=True)
class Counter:
    """One caller and the shop's books."""

    call: ICall
    store: Store
    now: Callable[[], datetime]

    async def read(self, question: Callable[..., T], *arguments: object) -> T:
        """
        What the books say.

        :raises WantsPerson: they do not answer; the caller has been told
        """
        return await self._answered(self.store.read(question, *arguments))

    async def write(self, change: Callable[..., T], *arguments: object) -> T:
        """
        Change the books.

        :raises WantsPerson: they do not answer; the caller has been told
        """
        return await self._answered(self.store.write(change, *arguments))

    async def sorry(self, *prompts: Prompt) -> None:
        """Say that something is wrong; what was typed ahead was meant for something else."""
        self.call.forget_keys()
        await self.call.play(*prompts)

    async def _answered(self, answer: Deferred[T]) -> T:
        try:
            return await self.call.wait_for(answer, PATIENCE_S)
        except (TimeoutError, PeeweeException) as problem:
            log.warn("call {call}: the database does not answer: {problem}", call=self.call.id, problem=problem)
            await self.sorry("system-trouble")
            raise WantsPerson("database does not answer") from problem
