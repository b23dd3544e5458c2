"""What is known of a recording and did not happen in its call: each change is an event, and then in the index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callserver.acd.organisation.noted import Stamps
from callserver.calls.vocabulary import Kind
from callserver.features.recordings import index
from callserver.features.recordings.search import Recorded
from callserver.store.database import Store
from callserver.store.journal import append_event
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.records import EventRecord, Value

NOTE_MAX, CLASS_MAX = 500, 32
COMPLAINT = "complaint"  # a class that protects


class Records:
    """Writes events into the database, where the index follows in the same transaction."""

    def __init__(self, store: Store, events: Stamps) -> None:
        self._store, self._events = store, events

    async def note(self, one: Recorded, person: str | None, note: str) -> None:
        """
        What people want to know of it; it replaces the note before.

        :raises Complaint: too long, or not to be shown
        """
        await self._know(one, person, note=fitting(note, NOTE_MAX))

    async def classify(self, one: Recorded, person: str | None, class_: str) -> None:
        """
        What sort it is, in the shop's own words; COMPLAINT protects it, too.

        :raises Complaint: too long, or not to be shown
        """
        class_ = fitting(class_, CLASS_MAX)
        protects: dict[str, Value] = {"protected": True} if class_ == COMPLAINT else {}
        await self._know(one, person, **{"class": class_}, **protects)

    async def protect(self, one: Recorded, person: str | None, *, protected: bool) -> None:
        """Nothing deletes it by itself, or again as the others."""
        await self._know(one, person, protected=protected)

    async def kept(self, one: Recorded, kept_as: str, octets: int, digest: str) -> None:
        """The file that holds it from now on, and what is in that."""
        await self._write(Kind.RECORDING_KEPT, one, None, kept_as=kept_as, octets=octets, digest=digest)

    async def deleted(self, one: Recorded, person: str | None, why: str) -> None:
        """Its file goes."""
        await self._write(Kind.RECORDING_DELETED, one, person, why=why)

    async def _know(self, one: Recorded, person: str | None, **known: Value) -> None:
        await self._write(Kind.RECORDING_NOTED, one, person, **known)

    async def _write(self, kind: Kind, one: Recorded, person: str | None, **data: Value) -> None:
        event = self._events.stamp(kind, call_id=one.call_id, channel=one.line, person=person, file=one.file, **data)
        await self._store.write(_both, event)
        self._events.show(event)


def _both(event: EventRecord, then: Callable[[], Any] = index.catch_up_all) -> None:
    append_event(event)
    then()


def fitting(text: str, longest: int) -> str:
    """
    What a person has typed, without blanks around it.

    :raises Complaint: it is too long, or has what cannot be shown
    """
    text = text.strip()
    if len(text) > longest:
        raise Complaint(N_("longer than {most} characters"), most=longest)
    if not text.isprintable():
        raise Complaint(N_("has characters that cannot be shown"))
    return text
