"""Callers who have left the line and keep their place: open ones alone, what came of the others tells the event log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from peewee import BigIntegerField, BooleanField, IntegerField, TextField

from callserver.store.tables import Table, from_ms, to_ms


@dataclass(frozen=True)
class CallBack:
    """One wish to be called back; `call_id`: of the call in which it was told."""

    call_id: str
    queue: str
    number: str
    entered_at: datetime  # his place
    name: str | None = None
    priority: int = 0
    language: str = "zh"
    skills: Mapping[str, int] = field(default_factory=dict)
    tries: int = 0  # dials that reached nobody
    not_before: datetime | None = None  # the next try
    at_agent: bool = False  # offered, accepted or dialled: whether a dial went out may not be known


class CallBackRow(Table):
    """Skills are JSON."""

    call_id = TextField(primary_key=True)
    queue = TextField()
    number = TextField()
    name = TextField(null=True)
    entered_ms = BigIntegerField()
    priority = IntegerField()
    language = TextField()
    skills = TextField()
    tries = IntegerField()
    not_before_ms = BigIntegerField(null=True)
    at_agent = BooleanField()

    class Meta:
        table_name = "call_backs"


def save(one: CallBack) -> None:
    """In `store.write`: as it is now."""
    close(one.call_id)
    CallBackRow.create(
        call_id=one.call_id,
        queue=one.queue,
        number=one.number,
        name=one.name,
        entered_ms=to_ms(one.entered_at),
        priority=one.priority,
        language=one.language,
        skills=json.dumps(dict(one.skills)),
        tries=one.tries,
        not_before_ms=one.not_before and to_ms(one.not_before),
        at_agent=one.at_agent,
    )


def close(call_id: str) -> None:
    """In `store.write`: it is open no more."""
    CallBackRow.delete().where(CallBackRow.call_id == call_id).execute()


def still_open() -> list[CallBack]:
    """In `store.read`: the oldest first."""
    return [
        CallBack(
            row.call_id,
            row.queue,
            row.number,
            from_ms(row.entered_ms),
            row.name,
            row.priority,
            row.language,
            json.loads(row.skills),
            row.tries,
            None if row.not_before_ms is None else from_ms(row.not_before_ms),
            row.at_agent,
        )
        for row in CallBackRow.select().order_by(CallBackRow.entered_ms)
    ]
