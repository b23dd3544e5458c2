"""A shop's database with a story in its log, as the journal writes it."""

from __future__ import annotations

from dataclasses import asdict

from callserver.features.statistics import keeping
from callserver.store.tables import CallRow, EventRow, call_columns, event_columns
from tests.features.statistics.story import Story


def keep(story: Story) -> None:
    """Its calls and events; in the database's thread."""
    for call in story.calls.values():
        CallRow.insert(call_columns(asdict(call)) | {"node": "shop"}).execute()
    for event in story.events:
        EventRow.insert(event_columns(event)).execute()


def fold(piece: int = 1000) -> None:
    """All of the log, in pieces."""
    while keeping.fold_piece(piece, "cn"):
        pass
