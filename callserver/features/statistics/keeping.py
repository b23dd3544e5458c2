"""
The folded tables kept up with the log, a bounded piece in one transaction; run in `store.write`.

Rows, sums and how far the log was read are on disk together or not at all, and each piece reads that first: so the
server and a command may fold side by side, and a kill in the middle counts nothing twice.

A fold of another version, and one of a log that was taken back (a restore), is begun anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import cattrs
from peewee import EXCLUDED, chunked, fn

from callserver.features.statistics.folding.fold import Fold, State
from callserver.features.statistics.folding.told import Opened, Rows, Told
from callserver.features.statistics.tables import FOLDED, AccountStat, CallStat, CountStat, FoldRow, PartStat, WaitStat
from callserver.store.tables import CallRow, EventRow, run_of
from callserver.wire.numbers import normal

VERSION = 1  # of what the rows mean; another one makes them anew
PIECE = 200  # events of one transaction beside calls
ROWS_MAX = 500  # of one INSERT
ADDED = {AccountStat: ("ms",), CountStat: ("n", "amount")}  # to what is there


def fold_piece(n_events: int, country: str) -> int:
    """
    The next events of the log into the tables.

    :param country: of the shop, whose numbers are written in many ways
    :return: how many they were; 0 is all that there are
    """
    row = _row()
    events = list(EventRow.select().where(EventRow.seq > row.seq).order_by(EventRow.seq).limit(n_events))
    if not events:
        return 0
    fold = Fold(cattrs.structure(json.loads(row.state), State), _Records(events, country).opened)
    for event in events:
        fold.feed(told(event))
    fold.settle()
    _write(fold.rows)
    row.seq, row.until_ms = events[-1].seq, events[-1].at_ms
    row.state = json.dumps(asdict(fold.state), ensure_ascii=False)
    row.save()
    return len(events)


def start_again() -> None:
    """All rows go; the next pieces make them anew from the log."""
    for table in (FoldRow, *FOLDED):
        table.delete().execute()


def behind() -> int:
    """About how many events are not folded yet; for who waits for it."""
    newest = EventRow.select(fn.MAX(EventRow.seq)).scalar() or 0
    row = FoldRow.get_or_none()
    return int(newest) - (row.seq if row is not None and row.version == VERSION else 0)


def folded_until_ms() -> int:
    """The time of the last event that is folded; 0 for none."""
    row = FoldRow.get_or_none()
    return int(row.until_ms) if row is not None else 0


def told(row: EventRow) -> Told:
    """An event as a fold reads it."""
    mono_ms = round(row.uptime_s * 1000)
    return Told(run_of(row), row.at_ms, mono_ms, row.kind, row.call_id, row.channel, row.person, json.loads(row.data))


def _row() -> FoldRow:
    row = FoldRow.get_or_none()
    newest = EventRow.select(fn.MAX(EventRow.seq)).scalar() or 0
    if row is None or row.version != VERSION or row.seq > newest:
        start_again()
        state = json.dumps(asdict(State()))
        FoldRow.insert(id=1, version=VERSION, seq=0, until_ms=0, state=state).execute()
        row = FoldRow.get()
    return row


class _Records:
    """The records of the calls that some events are of."""

    def __init__(self, events: Sequence[EventRow], country: str) -> None:
        ids = {event.call_id for event in events if event.call_id}
        self._country = country
        self._by_id: dict[str, CallRow] = {}
        for some in chunked(sorted(ids), ROWS_MAX):
            self._by_id |= {row.id: row for row in CallRow.select().where(CallRow.id.in_(some))}

    def opened(self, call_id: str) -> Opened | None:
        row = self._by_id.get(call_id)
        if row is None:
            return None
        number = normal(row.caller_number, self._country) if row.caller_number else ""
        return Opened(row.direction, row.channel, number, row.started_ms)


def _write(rows: Rows) -> None:
    for table, found in ((CallStat, rows.calls), (WaitStat, rows.waits), (PartStat, rows.parts)):
        _upsert(table, [asdict(one) for one in found.values()])
    accounts = [
        {"agent": agent, "quarter": quarter, "kind": kind, "reason": reason, "ms": ms}
        for (agent, quarter, kind, reason), ms in rows.accounts.items()
        if ms
    ]
    _upsert(AccountStat, accounts)
    counts = [
        {"what": what, "whose": whose, "which": which, "quarter": quarter, "n": n, "amount": rows.amounts[key]}
        for key, n in rows.counts.items()
        for what, whose, which, quarter in [key]
    ]
    _upsert(CountStat, counts)


def _upsert(table: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """What is there already is set, or, of sums, added to."""
    keys = table._meta.get_primary_keys()
    named = {field.name for field in keys}  # a field's == is SQL
    others = [field for field in table._meta.sorted_fields if field.name not in named]
    added = ADDED.get(table, ())
    update = {field: field + getattr(EXCLUDED, field.column_name) for field in others if field.name in added}
    preserve = [field for field in others if field.name not in added]
    for some in chunked(rows, ROWS_MAX):
        table.insert_many(some).on_conflict(conflict_target=keys, preserve=preserve, update=update).execute()
