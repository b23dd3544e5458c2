"""`callserver calls` and `callserver call ID`: what happened on the telephone, also while the server runs."""

import json
import os
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

from callserver.commands.report_words import phrase, printable, words
from callserver.commands.start import shop_option
from callserver.server.shop_folder import ShopFolder
from callserver.store import reading
from callserver.store.opening import StoreError, read_only
from callserver.wire.records import CallRecord, EventRecord

COLUMNS = {
    "zh": ("时间", "号码", "线路", "座席", "时长", "订单", "结束", "编号"),
    "en": ("time", "number", "line", "agent", "length", "order", "end", "id"),
}
ID_SHOWN = 8  # characters; enough to ask for one call
WIDE = 200  # columns, when nobody looks at a screen


def _language() -> str:
    """Of the person at the terminal."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if locale.startswith("zh") else "en"


language_option = click.option(
    "--language", type=click.Choice(["zh", "en"]), default=_language, help="Of the report; that of LANG if not given."
)
json_option = click.option("--json", "as_json", is_flag=True, help="For other programs; times in UTC.  JSON 格式。")


@click.command()
@shop_option
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="So many calls.")
@click.option("--number", help="Only calls from this number.  只列此号码。")
@language_option
@json_option
def calls(shop: Path, limit: int, number: str | None, language: str, as_json: bool) -> None:
    """List calls, the newest first.  列出通话记录。"""
    with _database(shop):
        found = reading.list_calls(limit, number)
    if as_json:
        click.echo(_json([asdict(call) for call in found]))
    else:
        width = None if sys.stdout.isatty() else WIDE
        Console(width=width, markup=False, emoji=False, highlight=False).print(call_table(found, language))


@click.command()
@click.argument("call_id", metavar="ID")
@shop_option
@language_option
@json_option
def call(call_id: str, shop: Path, language: str, as_json: bool) -> None:
    """Print all that happened in one call; the first characters of its ID are enough.  显示一次通话的全过程。"""
    with _database(shop):
        try:
            record = reading.call(call_id)
        except LookupError as problem:
            raise click.ClickException(str(problem)) from problem
        events = reading.timeline(record.id)
    if as_json:
        click.echo(_json({"call": asdict(record), "events": [asdict(event) for event in events]}))
    else:
        for line in (*call_lines(record, language), "", *timeline_lines(record, events, language)):
            click.echo(line)


def call_table(found: Sequence[CallRecord], language: str) -> Table:
    """One row a call."""
    table = Table(*COLUMNS[language], box=None, pad_edge=False)
    for one in found:
        table.add_row(*_cells(one, language))
    return table


def call_lines(record: CallRecord, language: str) -> list[str]:
    """What is known of one call, a line each; what is not known is left out."""
    cells = dict(zip(COLUMNS[language], _cells(record, language), strict=True))
    cells[COLUMNS[language][-1]] = record.id
    if record.recording:
        cells["录音" if language == "zh" else "recording"] = record.recording
    return [f"{name}: {cell}" for name, cell in cells.items() if cell]


def timeline_lines(record: CallRecord, events: Sequence[EventRecord], language: str) -> list[str]:
    """One line an event: time of day, seconds since the call began, where, who, what."""
    return [
        f"{_clock(event.at)}  {(event.at - record.started_at).total_seconds():+9.3f}  "
        f"{event.channel or '':10}  {event.person or '':4}  {words(event, language)}"
        for event in events
    ]


def _cells(record: CallRecord, language: str) -> tuple[str, ...]:
    started = record.started_at.astimezone()
    return (
        f"{started:%Y-%m-%d} {_clock(record.started_at)}",
        printable(" ".join(filter(None, (record.caller_number, record.caller_name)))),
        record.channel,
        record.agent or "",
        _length(record),
        record.order_number or "",
        printable(phrase(record.end_reason or "", language)),
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
        raise click.ClickException(f"{shop}: no shop here (no config.ini)  此目录不是店铺目录")
    database = folder.config().server.database
    try:
        with read_only(database if "://" in database else str(folder.path / database)):
            yield
    except StoreError as problem:
        raise click.ClickException(str(problem)) from problem
