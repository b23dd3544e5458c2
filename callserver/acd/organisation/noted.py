"""Changes of the shop's books, each with the event that says who has made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from callserver.calls.audit import DONE
from callserver.calls.vocabulary import Kind
from callserver.store.database import Store
from callserver.store.tables import EventRow, event_columns
from callserver.wire.records import EventRecord, Value

TARGET_MAX = 80
ADMIN = "admin"  # whoever sits at the server's command line


class Stamps(Protocol):
    """Who makes events (`callserver.calls.event_log.EventLog`); these are kept with what they tell of."""

    def stamp(
        self,
        kind: Kind,
        *,
        call_id: str | None = None,
        channel: str | None = None,
        person: str | None = None,
        **data: Value,
    ) -> EventRecord:
        """An event that happens now."""

    def show(self, event: EventRecord) -> None:
        """It is kept."""


class Noted:
    """
    Writes changes into the database.

    A change and its event are one transaction: there is neither a change nobody made, nor one that was told of and
    did not come about.

    :param events: None: nothing is noted
    """

    def __init__(self, store: Store, events: Stamps | None) -> None:
        self._store, self._events = store, events

    async def write(
        self, act: str, target: str, by: str | None, change: Callable[..., Any], *args: Any, **data: Value
    ) -> Any:
        """
        Run a change in the database's thread.

        :param act: by its name on the agents' channel
        :param by: staff number; None: somebody at the server's command line
        :param data: what the event says beside who, what and to whom
        """
        if self._events is None:
            return await self._store.write(change, *args)
        data |= {} if by else {"by": ADMIN}
        data |= {"act": act, "target": target[:TARGET_MAX], "result": DONE}
        event = replace(self._events.stamp(Kind.AUDIT, person=by), data=data)
        done = await self._store.write(_both, event, change, *args)
        self._events.show(event)
        return done


def _both(event: EventRecord, change: Callable[..., Any], *args: Any) -> Any:
    done = change(*args)
    EventRow.insert(event_columns(event)).execute()
    return done
