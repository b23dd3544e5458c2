"""`callserver calls` and `callserver call ID`: what happened on the telephone, also while the server runs."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from callserver.commands.options import json_option, language_option
from callserver.commands.report_words import words
from callserver.commands.start import shop_option
from callserver.server.shop_folder import ShopFolder
from callserver.store import reading
from callserver.store.opening import StoreError, read_only
from callserver.wire.catalogue import N_, text
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.terminal import column, complaint, here, printable
from callserver.wire.words import code_text, reason_text

COLUMNS = (N_("time"), N_("number"), N_("line"), N_("agent"), N_("length"), N_("order"), N_("end"), N_("id"))
ID_SHOWN = 8  # characters; enough to ask for one call
WIDE = 200  # columns, when nobody looks at a screen


@click.command(help=here("List calls, the newest first."))
@shop_option
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help=here("So many calls."))
@click.option("--number", help=here("Only calls from this number."))
@language_option
@json_option
def calls(shop: Path, limit: int, number: str | None, language: str, as_json: bool) -> None:
    with _database(shop):
        found = reading.list_calls(limit, number)
    if as_json:
        click.echo(_json([asdict(call) for call in found]))
    else:
        width = None if sys.stdout.isatty() else WIDE
        Console(width=width, markup=False, emoji=False, highlight=False).print(call_table(found, language))


@click.command(help=here("Print all that happened in one call; the first characters of its ID are enough."))
@click.argument("call_id", metavar="ID")
@shop_option
@language_option
@json_option
def call(call_id: str, shop: Path, language: str, as_json: bool) -> None:
    with _database(shop):
        try:
            record = reading.call(call_id)
        except reading.NotOne as problem:
            raise click.ClickException(complaint(problem)) from problem
        events = reading.timeline(record.id)
    if as_json:
        click.echo(_json({"call": asdict(record), "events": [asdict(event) for event in events]}))
    else:
        for line in (*call_lines(record, language), "", *timeline_lines(record, events, language)):
            click.echo(line)


def call_table(found: Sequence[CallRecord], language: str) -> Table:
    """One row a call."""
    table = Table(*_columns(language), box=None, pad_edge=False)
    for one in found:
        table.add_row(*_cells(one, language))
    return table


def call_lines(record: CallRecord, language: str) -> list[str]:
    """What is known of one call, a line each; what is not known is left out."""
    columns = _columns(language)
    cells = dict(zip(columns, _cells(record, language), strict=True))
    cells[columns[-1]] = record.id
    if record.recording:
        cells[text(language, "recording")] = record.recording
    return [f"{name}: {cell}" for name, cell in cells.items() if cell]


def timeline_lines(record: CallRecord, events: Sequence[EventRecord], language: str) -> list[str]:
    """One line an event: time of day, seconds since the call began, where, who, what."""
    return [
        f"{_clock(event.at)}  {(event.at - record.started_at).total_seconds():+9.3f}  "
        f"{column(code_text(event.channel or '', language), 10)}  {event.person or '':4}  {words(event, language)}"
        for event in events
    ]


def _columns(language: str) -> list[str]:
    return [text(language, column) for column in COLUMNS]


def _cells(record: CallRecord, language: str) -> tuple[str, ...]:
    started = record.started_at.astimezone()
    return (
        f"{started:%Y-%m-%d} {_clock(record.started_at)}",
        printable(" ".join(filter(None, (record.caller_number, record.caller_name)))),
        code_text(record.channel, language),
        record.agent or "",
        _length(record),
        record.order_number or "",
        printable(reason_text(record.end_reason or "", language)),
        record.id[:ID_SHOWN],
    )


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S.%f")[:-3]


def _length(record: CallRecord) -> str:
    if record.ended_at is None:
        return ""
    seconds = (record.ended_at - record.started_at).total_seconds()
    return f"{int(seconds // 60)}:{seconds % 60:06.3f}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else str(value)


@contextmanager
def _database(shop: Path) -> Iterator[None]:
    folder = ShopFolder(shop)
    if not folder.config_file.exists():
        raise click.ClickException(here("{shop}: no shop here (no config.ini)", shop=str(shop)))
    database = folder.config().server.database
    try:
        with read_only(database if "://" in database else str(folder.path / database)):
            yield
    except StoreError as problem:
        raise click.ClickException(complaint(problem)) from problem
