"""Reports that are asked for, a few at the same time: each takes a thread that others need, and a processor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, DeferredSemaphore, fail

from callserver.features.statistics.child import Task, ask_child
from callserver.wire.catalogue import N_, Complaint

AT_ONCE = 2
WAITING_MAX = 20


class Children:
    """
    Makes them in the order in which they are asked for.

    :param in_thread: fires with what a job gives that takes its time
    """

    def __init__(self, in_thread: Callable[..., Deferred[Any]]) -> None:
        self._in_thread, self._places = in_thread, DeferredSemaphore(AT_ONCE)

    def ask(self, task: Task) -> Deferred[Any]:
        """What `ask_child` gives; fails with a Complaint if too many wait already."""
        if len(self._places.waiting) >= WAITING_MAX:
            return fail(Complaint(N_("too many reports are being made: try again in a minute")))
        return self._places.run(self._in_thread, ask_child, task)
