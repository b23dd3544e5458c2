"""`callserver calls` and `callserver call ID`: what happened on the telephone, also while the server runs."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click

from callserver.commands.options import json_option, language_option, require_shop
from callserver.commands.report_words import prompt_texts, words
from callserver.commands.start import shop_option
from callserver.config import Config
from callserver.server.shop_folder import ShopFolder
from callserver.store import reading
from callserver.store.opening import StoreError, read_only
from callserver.store.reading import CallOut
from callserver.wire.catalogue import N_, text
from callserver.wire.cells import cells, column, columns, cut, printable, wrapped
from callserver.wire.dial_results import DialResult
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.terminal import complaint, here
from callserver.wire.words import code_text, reason_text

COLUMNS = (N_("time"), N_("number"), N_("line"), N_("agent"), N_("length"), N_("order"), N_("end"), N_("id"))
FLEXIBLE = {"end": 10, "number": 13}  # cut where a terminal is narrow, this one first, to no less than so much
GAP = 1  # columns between two
ID_SHOWN = 8  # characters; enough to ask for one call
USUAL = 80  # columns of a list, when nobody looks at a screen: --json has all of it
LONG_ID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
DIRECTIONS = {"in": N_("in {line}"), "out": N_("out {line}")}  # of a line; between seats it is said by the seat
WORDS_AT = 37  # columns, of a timeline
NARROWEST = 20  # for words


@click.command(help=here("List calls, the newest first."))
@shop_option
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help=here("So many calls."))
@click.option("--number", help=here("Only calls from this number, or to it."))
@language_option
@json_option
def calls(shop: Path, limit: int, number: str | None, language: str, as_json: bool) -> None:
    with known_shop(shop) as config:
        found = reading.list_calls(limit, number)
        dialled = reading.calls_out(found)
    if as_json:
        click.echo(as_text([asdict(call) | _as_dialled(dialled.get(call.id)) for call in found]))
    else:
        if not found:
            none = text(language, "There are no calls of this number.")
            click.echo(none if number else text(language, "There are no calls yet."), err=True)
            return
        for line in call_table(found, dialled, language, config.server.zone, list_width()):
            click.echo(line)


@click.command(
    help=here("Print all that happened in one call, or play what was recorded; the first characters of its ID will do.")
)
@click.argument("call_id", metavar="ID")
@click.option("--play", is_flag=True, help=here("Play its recordings at this computer."))
@click.option(
    "--export",
    type=click.Path(path_type=Path, dir_okay=False),
    help=here("Write its recordings as WAV into this file."),
)
@shop_option
@language_option
@json_option
def call(call_id: str, play: bool, export: Path | None, shop: Path, language: str, as_json: bool) -> None:
    with known_shop(shop) as config:
        try:
            record = reading.call(call_id)
        except reading.NotOne as problem:
            raise click.ClickException(complaint(problem)) from problem
        if play or export is not None:
            from callserver.commands import playing  # soundfile: `callserver calls` does without

            playing.hear_call(shop, record.id, export)
            return
        events, dialled = reading.timeline(record.id), reading.calls_out([record]).get(record.id)
    if as_json:
        call = asdict(record) | _as_dialled(dialled)
        click.echo(as_text({"call": call, "events": [asdict(event) for event in events]}))
    else:
        told = Telling(
            language, config.server.zone, prompt_texts(ShopFolder(shop).prompts(config), language), report_width()
        )
        for line in (*call_lines(record, told, dialled), "", *timeline_lines(record, events, told)):
            click.echo(line)


@dataclass(frozen=True)
class Telling:
    """
    For whom a report is.

    :param zone: the shop's
    :param prompts: what they say, by name
    :param width: of the terminal; None when no person reads it, who wants each event on one line
    """

    language: str
    zone: tzinfo
    prompts: Mapping[str, str] = field(default_factory=dict)
    width: int | None = None


def call_table(
    found: Sequence[CallRecord], dialled: Mapping[str, CallOut], language: str, zone: tzinfo, width: int
) -> list[str]:
    """A line a call under one with titles, within so many columns; names and ends are cut where there is no room."""
    titles = tuple(text(language, name) for name in COLUMNS)
    rows = [titles, *(_cells(one, dialled.get(one.id), language, zone) for one in found)]
    widths = [max(map(cells, entries)) for entries in zip(*rows, strict=True)]
    over = sum(widths) + GAP * (len(widths) - 1) - width
    for n in (COLUMNS.index(name) for name in FLEXIBLE):
        less = min(max(over, 0), max(widths[n] - FLEXIBLE[COLUMNS[n]], 0))
        widths[n], over = widths[n] - less, over - less
    shown = ([column(cut(entry, wide), wide) for entry, wide in zip(row, widths, strict=True)] for row in rows)
    return [(" " * GAP).join(row).rstrip() for row in shown]


def call_lines(record: CallRecord, told: Telling, dialled: CallOut | None = None) -> list[str]:
    """What is known of one call, a line each; what is not known is left out."""
    started = record.started_at.astimezone(told.zone)
    known = dict(zip(COLUMNS, _cells(record, dialled, told.language, told.zone), strict=True))
    known["time"] = f"{started:%Y-%m-%d} {clock_text(record.started_at, told.zone)} {started:%Z}"
    known["line"] = _line(record, told.language, code_text(record.channel, told.language))
    known["length"] = _length(record, "06.3f")
    known["end"] = printable(_end(record, dialled, told.language))
    known["id"] = record.id
    known[N_("recording")] = record.recording or ""
    return [f"{text(told.language, name)}: {value}" for name, value in known.items() if value]


def timeline_lines(record: CallRecord, events: Sequence[EventRecord], told: Telling) -> list[str]:
    """What happened: time of day, seconds since the call began, where, who, what; within the terminal's width."""
    lines = []
    for event in events:
        since_s = (event.at - record.started_at).total_seconds()
        where = column(code_text(event.channel or "", told.language), 8)
        head = f"{clock_text(event.at, told.zone)} {since_s:+9.3f} {where} {event.person or '':4} "
        said = words(event, told.language, told.prompts, told.zone)
        width = max(told.width - WORDS_AT, NARROWEST) if told.width else cells(said)
        first, *more = wrapped(said, width)
        lines += [head + first, *(" " * WORDS_AT + line for line in more)]
    return lines


def report_width() -> int | None:
    """Of the terminal, if somebody looks at one, or has said how wide he wants it."""
    return columns() if sys.stdout.isatty() or os.environ.get("COLUMNS") else None


def list_width() -> int:
    """For a list of many."""
    return report_width() or USUAL


def _cells(record: CallRecord, dialled: CallOut | None, language: str, zone: tzinfo) -> tuple[str, ...]:
    by = code_text(dialled.by, language) if dialled is not None else ""
    return (
        _day_and_time(record.started_at.astimezone(zone)),
        printable(" ".join(filter(None, (record.caller_number, record.caller_name)))),
        _line(record, language, code_text(record.channel.removeprefix("line "), language)),
        record.agent or by,
        _length(record, "02.0f"),
        record.order_number or "",
        printable(LONG_ID.sub(r"\1", _end(record, dialled, language))),
        record.id[:ID_SHOWN],
    )


def _line(record: CallRecord, language: str, line: str) -> str:
    """Which way the call went, and on which line."""
    is_line = record.channel.startswith("line ") and record.direction in DIRECTIONS
    return text(language, DIRECTIONS[record.direction], line=line) if is_line else line


def _end(record: CallRecord, dialled: CallOut | None, language: str) -> str:
    """Of a call out what came of the number goes first; where nobody answered that is all."""
    end = reason_text(record.end_reason or "", language)
    if dialled is None:
        return end
    result = code_text(dialled.result, language)
    if dialled.result != DialResult.ANSWERED.value or not end:
        return result
    return text(language, N_("{result}, {end}"), result=result, end=end)


def _as_dialled(dialled: CallOut | None) -> dict[str, str]:
    """For programs; nothing of a call in."""
    return {"dialled_by": dialled.by, "dial_result": dialled.result} if dialled is not None else {}


def _day_and_time(at: datetime) -> str:
    this_year = at.year == datetime.now(at.tzinfo).year
    comes_twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    return (f"{at:%m-%d %H:%M:%S}" if this_year else f"{at:%Y-%m-%d %H:%M}") + (f"{at:%z}" if comes_twice else "")


def clock_text(at: datetime, zone: tzinfo) -> str:
    """Time of day with milliseconds."""
    return at.astimezone(zone).strftime("%H:%M:%S.%f")[:-3]


def _length(record: CallRecord, seconds_shown: str) -> str:
    if record.ended_at is None:
        return ""
    # Never below nothing, as it would be where the computer's clock was set back in the call.
    seconds = max((record.ended_at - record.started_at).total_seconds(), 0.0)
    if seconds_shown == "02.0f":
        seconds = int(seconds)
    return f"{int(seconds // 60)}:{seconds % 60:{seconds_shown}}"


def as_text(value: object) -> str:
    """JSON as people and programs read it."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else str(value)


@contextmanager
def known_shop(shop: Path) -> Iterator[Config]:
    """Its database can be read inside, also beside a running server; how it is set."""
    folder = ShopFolder(shop)
    require_shop(folder)
    config = folder.known_config()
    try:
        with read_only(folder.database(config)):
            yield config
    except StoreError as problem:
        raise click.ClickException(complaint(problem)) from problem
