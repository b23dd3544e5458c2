"""What all commands of an agent's program stand on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.not_connected import NotConnected
from callserver.wire.refusals import Refused

log = Logger()


class Asking(ABC):
    """Commands fail with Refused (what the server says) or NotConnected; `call_id` is as in `AgentClient`."""

    @abstractmethod
    def ask(self, act: str, *args: object, call_id: str = "") -> Deferred[Any]:
        """
        An act by its name, as a feature has declared it; fires with its answer.

        :param call_id: as in `AgentClient`
        """


def by_the_way(
    asked: Deferred[Any], then: Callable[[Any], None], not_told: Callable[[], None] = lambda: None
) -> Deferred[None]:
    """
    Of what nobody waits for: what was there stays while there is no answer, and one that cannot be understood is in
    the log. Never fails.

    :param not_told: called when there is no answer that could be used
    """

    def failed(failure: Failure) -> None:
        if not isinstance(failure.value, Refused | NotConnected | CancelledError):
            log.failure("an answer of the server's cannot be used", failure)
        not_told()

    return asked.addCallback(then).addErrback(failed)
