"""
The folded tables kept up with the log, a bounded piece in one transaction; run in `store.write`.

Rows, sums and how far the log was read are on disk together or not at all, and each piece reads that first: so the
server and a command may fold side by side, and a kill in the middle counts nothing twice.

A fold of another version, and one of a log that was taken back (a restore), is begun anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import cattrs
from peewee import chunked, fn

from callserver.calls.vocabulary import Kind
from callserver.features.statistics.folding.fold import Fold, State
from callserver.features.statistics.folding.told import Opened, Rows, Told
from callserver.features.statistics.tables import FOLDED, AccountStat, CallStat, CountStat, FoldRow, PartStat, WaitStat
from callserver.store.tables import RUN, CallRow, EventRow, from_ms, run_of

VERSION = 2  # of what the rows mean; another one makes them anew
PIECE = 200  # events of one transaction beside calls
ROWS_MAX = 500  # of one question
NUMBERED = (Kind.CALLER_ID.value, Kind.DIAL_RESULT.value)
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
        fold.feed(told(event, country))
    fold.settle()
    write(fold.rows)
    stand(fold.state, events[-1].seq, events[-1].at_ms)
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


def last_seen() -> datetime | None:
    """When the run of the server before this one was last heard of; None: there was none."""
    before = EventRow.select(EventRow.at_ms).where(~EventRow.uid.startswith(f"{RUN}-"))
    row = before.order_by(EventRow.seq.desc()).first()
    return from_ms(row.at_ms) if row is not None else None


def told(row: EventRow, country: str) -> Told:
    """An event as a fold reads it; a number is one, however an exchange or a person writes it."""
    mono_ms, data = round(row.uptime_s * 1000), json.loads(row.data)
    if row.kind in NUMBERED and data.get("number"):
        data["number"] = _normal(str(data["number"]), country)
    return Told(run_of(row), row.at_ms, mono_ms, row.kind, row.call_id, row.channel, row.person, data)


def _normal(number: str, country: str) -> str:
    from callserver.wire.numbers import normal  # takes its time to be imported, and a report may need none of it

    return normal(number, country)


def _row() -> FoldRow:
    row = FoldRow.get_or_none()
    newest = EventRow.select(fn.MAX(EventRow.seq)).scalar() or 0
    if row is None or row.version != VERSION or row.seq > newest:
        start_again()
        stand(State(), 0, 0)
        row = FoldRow.get()
    return row


class _Records:
    """The records of the calls that some events are of."""

    def __init__(self, events: Sequence[EventRow], country: str) -> None:
        ids = {event.call_id for event in events if event.call_id}
        self._country = country
        self._by_id: dict[str, CallRow] = {}
        self._over: set[str] = set()
        for some in chunked(sorted(ids), ROWS_MAX):
            self._by_id |= {row.id: row for row in CallRow.select().where(CallRow.id.in_(some))}
            over = CallStat.select(CallStat.call_id).where(CallStat.call_id.in_(some), CallStat.ended_ms > 0)
            self._over |= {row.call_id for row in over}

    def opened(self, call_id: str) -> Opened | None:
        row, is_over = self._by_id.get(call_id), call_id in self._over
        if row is None:
            return Opened("in", "", "", 0, is_over=True) if is_over else None
        number = _normal(row.caller_number, self._country) if row.caller_number else ""
        return Opened(row.direction, row.channel, number, row.started_ms, is_over)


def stand(state: State, seq: int, until_ms: int) -> None:
    """The log is folded so far."""
    open_there = json.dumps(asdict(state), ensure_ascii=False)
    FoldRow.delete().execute()
    FoldRow.insert(id=1, version=VERSION, seq=seq, until_ms=until_ms, state=open_there).execute()


def write(rows: Rows) -> None:
    """What a piece has changed."""
    for table, found in ((CallStat, rows.calls), (WaitStat, rows.waits), (PartStat, rows.parts)):
        _upsert(table, (vars(one).values() for one in found.values()))
    accounts = rows.accounts.items()
    _upsert(AccountStat, [(quarter, agent, *which, ms) for (agent, quarter, *which), ms in accounts if ms])
    counts = rows.counts.items()
    _upsert(CountStat, [(key[3], *key[:3], n, rows.amounts[key]) for key, n in counts])


def _upsert(table: Any, rows: Iterable[Iterable[Any]]) -> None:
    """
    Rows in the order of the table's columns: what is there already is set, or, of sums, added to.

    In words of our own: peewee builds the statement anew for each value, which takes five times as long as the rest.
    """
    listed = [tuple(row) for row in rows]
    if not listed:
        return
    database, name = table._meta.database, table._meta.table_name
    keys = [field.column_name for field in table._meta.get_primary_keys()]
    columns = [field.column_name for field in table._meta.sorted_fields]
    sums = ADDED.get(table, ())
    changes = [
        f"{one} = {name}.{one} + excluded.{one}" if one in sums else f"{one} = excluded.{one}"
        for one in columns
        if one not in keys
    ]
    marks = ", ".join([database.param] * len(columns))
    statement = (
        f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}"
    )
    database.cursor().executemany(statement, listed)
