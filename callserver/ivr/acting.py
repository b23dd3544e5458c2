"""
Acts of a menu: what keeps somebody else's code from holding up the house.

- An act takes BREATH_S at least, unless it has waited for an answer from elsewhere: a menu that asks again and again
  in a loop lets all others live meanwhile. HASTY_MAX of them in a row that took no time are a menu that spins.
- An act that fails at once takes its time as well: a loop that catches everything is a loop.
- Once there is nobody to act for, each act fails with CallOver, which no `except Exception` catches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from callserver.ivr.running import CallOver, MenuStopped, Spins

BREATH_S = 0.02
HASTY_MAX = 100  # a caller types 32 keys ahead
OVER = "the caller has gone, or the menu is over"

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A", bound="Acting")


def act(
    method: Callable[Concatenate[A, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[A, P], Coroutine[Any, Any, T]]:
    """An act of a call: it lets others live, even if it fails at once, and it fails with CallOver once it is over."""

    @wraps(method)
    async def acted(self: A, /, *args: P.args, **kwargs: P.kwargs) -> T:
        began_s = self.clock.seconds()
        if self.is_over:
            await deferLater(self.clock, BREATH_S)
            raise CallOver(OVER)
        try:
            result = await method(self, *args, **kwargs)
        except GeneratorExit:  # nothing can wait any more
            raise
        except BaseException as problem:
            if self.is_over and isinstance(problem, CancelledError):
                raise CallOver("the caller has gone") from None
            if isinstance(problem, MenuStopped):
                self.stopped = problem
            await self.take_time(began_s)
            raise
        await self.take_time(began_s)
        return result

    return acted


class Acting(ABC):
    """
    Who acts.

    `stopped`: why the menu is to end, once an act has said so; it may have caught it.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock
        self.stopped: MenuStopped | None = None
        self._n_hasty, self._has_waited = 0, False

    @property
    @abstractmethod
    def is_over(self) -> bool:
        """Whether there is nobody to act for any more."""

    async def take_time(self, began_s: float) -> None:
        """
        What was begun then has taken BREATH_S when this returns, or has waited for an answer from elsewhere.

        :raises Spins: HASTY_MAX acts in a row had not
        """
        left_s = began_s + BREATH_S - self.clock.seconds()
        waited, self._has_waited = self._has_waited, False
        if left_s <= 0 or waited:
            self._n_hasty = 0
            return
        self._n_hasty += 1
        await deferLater(self.clock, left_s)
        if self._n_hasty > HASTY_MAX:
            self.stopped = Spins(f"{HASTY_MAX} acts in a row that took no time")
            raise self.stopped
