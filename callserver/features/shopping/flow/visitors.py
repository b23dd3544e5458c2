"""Who the callers of calls are, as far as they or agents have shown it; also for a while after a call is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from twisted.internet.defer import Deferred

from callserver.features.shopping.flow.visitor import Visitor
from callserver.features.shopping.rules import Buyer
from callserver.wire.causes import Reason
from callserver.wire.messages import Identity

KEPT = timedelta(seconds=1800)  # an agent writes up what was said


class Visited(Protocol):
    """A call, as menus or agents know it."""

    @property
    def id(self) -> str: ...
    def when_ended(self) -> Deferred[Reason]: ...


class Visitors:
    """
    By call; looked at in the database's thread, too.

    :param now: this moment, aware
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._there: dict[str, Visitor] = {}
        self._gone: dict[str, datetime] = {}

    def of(self, call: Visited) -> Visitor:
        """Its caller; the same when a menu or an agent sends him through the shop once more."""
        if call.id not in self._there:
            self._there[call.id] = Visitor()
            call.when_ended().addCallback(self._over, call.id)
        return self._there[call.id]

    def find(self, call_id: str) -> Visitor | None:
        """Its caller, if anything was asked of him or said of him."""
        return self._there.get(call_id)

    def identity(self, call_id: str) -> Identity | None:
        """Who its caller has shown to be."""
        visitor = self.find(call_id)
        return visitor.identity if visitor is not None else None

    def is_named(self, call_id: str) -> bool:
        """Whether an agent has said who its caller is."""
        visitor = self.find(call_id)
        return visitor is not None and visitor.named

    def name(self, call: Visited, buyer: Buyer) -> Visitor:
        """An agent says that its caller is this customer; what he has proved himself stays."""
        visitor = self.of(call)
        if not visitor.proved:
            visitor.buyer, visitor.named = buyer, True
        return visitor

    def _over(self, _: Reason, call_id: str) -> None:
        now = self._now()
        self._gone[call_id] = now
        for old in [one for one, at in self._gone.items() if at <= now - KEPT]:
            del self._gone[old]
            self._there.pop(old, None)
