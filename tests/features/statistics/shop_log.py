"""A shop's database with a story in its log, as the journal writes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.config.outcomes import TalkOutcome
from callserver.features.contacts.rules import set_outcome
from callserver.features.statistics import keeping
from callserver.store.tables import CallRow, EventRow, call_columns, event_columns
from callserver.wire.records import EventRecord
from tests.features.statistics.story import Story


def keep(story: Story) -> None:
    """Its calls and events; in the database's thread."""
    for call in story.calls.values():
        CallRow.insert(call_columns(asdict(call)) | {"node": "shop"}).execute()
    for event in story.events:
        if event.kind == Kind.OUTCOME.value:
            _keep_outcome(event)
        else:
            EventRow.insert(event_columns(event)).execute()


def _keep_outcome(event: EventRecord) -> None:
    said: dict[str, Any] = {"note": "", "protects": False, **event.data}
    set_outcome(event, TalkOutcome(said["code"], said["zh"], said["en"], said["protects"]), said["note"])


def fold(piece: int = 1000) -> None:
    """All of the log, in pieces."""
    while keeping.fold_piece(piece, "cn"):
        pass
