"""What is known of a recording and did not happen in its call: each change is an event, and then in the index."""

from __future__ import annotations

from collections.abc import Callable

from callserver.acd.organisation.noted import Stamps
from callserver.calls.vocabulary import Kind
from callserver.features.recordings import index
from callserver.features.recordings.search import Recorded
from callserver.features.recordings.tables import COMPLAINT, RecordingRow
from callserver.store.database import Store
from callserver.store.journal import append_event
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.records import EventRecord, Value

NOTE_MAX, CLASS_MAX = 500, 32
Still = Callable[[RecordingRow], bool]


class Records:
    """Writes events into the database, where the index follows in the same transaction."""

    def __init__(self, store: Store, events: Stamps) -> None:
        self._store, self._events = store, events

    async def note(self, one: Recorded, person: str | None, note: str) -> None:
        """
        What people want to know of it; it replaces the note before.

        :raises Complaint: too long, or not to be shown; it was deleted
        """
        await self._know(one, person, note=fitting(note, NOTE_MAX))

    async def classify(self, one: Recorded, person: str | None, class_: str) -> None:
        """
        What sort it is, in the shop's own words; COMPLAINT protects it, too.

        :raises Complaint: too long, or not to be shown; it was deleted
        """
        class_ = fitting(class_, CLASS_MAX)
        protects: dict[str, Value] = {"protected": True} if class_ == COMPLAINT else {}
        await self._know(one, person, **{"class": class_}, **protects)

    async def protect(self, one: Recorded, person: str | None, *, protected: bool) -> None:
        """
        Nothing deletes it by itself, or again as the others.

        :raises Complaint: it was deleted, perhaps a moment ago
        """
        await self._know(one, person, protected=protected)

    async def kept(self, one: Recorded, kept_as: str, octets: int, digest: str) -> bool:
        """The file that holds it from now on, and what is in that; False: it was deleted meanwhile."""
        known: dict[str, Value] = {"kept_as": kept_as, "octets": octets, "digest": digest}
        return await self._write(Kind.RECORDING_KEPT, one, None, is_there, **known) is not None

    async def deleted(
        self, one: Recorded, person: str | None, why: str, may_go: Still = lambda row: True
    ) -> str | None:
        """
        Its file goes.

        :param may_go: asked in the same transaction, when the index has all that the log tells
        :return: the file that holds it at this moment; None: it may not go, or is gone already
        """
        return await self._write(
            Kind.RECORDING_DELETED, one, person, lambda row: is_there(row) and may_go(row), why=why
        )

    async def _know(self, one: Recorded, person: str | None, **known: Value) -> None:
        if await self._write(Kind.RECORDING_NOTED, one, person, is_there, **known) is None:
            raise Complaint(N_("recording {number} was deleted"), number=one.number)

    async def _write(self, kind: Kind, one: Recorded, person: str | None, still: Still, **data: Value) -> str | None:
        event = self._events.stamp(kind, call_id=one.call_id, channel=one.line, person=person, file=one.file, **data)
        kept_as = await self._store.write(_told, event, one.file, still)
        if kept_as is not None:
            self._events.show(event)
        return kept_as


def is_there(row: RecordingRow) -> bool:
    """It was not deleted."""
    return row.deleted_ms is None


def _told(event: EventRecord, file: str, still: Still) -> str | None:
    """
    What holds of a recording is looked at where the event is written: between a look and a transaction of its own
    somebody may have protected, deleted or compressed it, or the index may be made anew.
    """
    index.catch_up_all()
    row = RecordingRow.get(RecordingRow.file == file)
    if not still(row):
        return None
    append_event(event)
    index.catch_up_all()
    return str(row.kept_as)


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
