"""`callserver recordings`: find, hear, export, note, protect; also while the server runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from callserver.commands.books import tell
from callserver.commands.calls import as_text
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.playing import RecordingBooks, with_recordings
from callserver.commands.shop_books import Day
from callserver.commands.start import shop_option
from callserver.commands.tables import table
from callserver.features.recordings import index
from callserver.features.recordings.archive import FORMS, TWO_SIDED
from callserver.features.recordings.marks import PlacedMark, marks_of
from callserver.features.recordings.search import PAGE_MAX, Recorded, Wanted, find, search
from callserver.features.recordings.words import length_text, outcome_text, place_text, state_text
from callserver.wire.catalogue import N_, Complaint, known, text
from callserver.wire.cells import printable
from callserver.wire.terminal import here
from callserver.wire.words import code_text

number_argument = click.argument("recording", metavar="RECORDING")
form_option = click.option(
    "--form", type=click.Choice(FORMS), default=TWO_SIDED, show_default=True, help=here("One track, or a track a side.")
)
TITLES = (N_("id"), N_("began"), N_("number"), N_("length"), N_("agents"), N_("order"), N_("note"))


@click.group(cls=Group, help=here("Recordings of calls: find, hear, export, write notes, protect."))
def recordings() -> None:
    """Holds the commands below."""


@recordings.command("list", help=here("List recordings, the newest first; all that is given has to fit."))
@click.option("--since", type=Day(), help=here("Begun at this time or later."))
@click.option("--until", type=Day(), help=here("Begun before this time."))
@click.option("--number", default="", help=here("Of this number; * is any digits, ? is one."))
@click.option("--agent", default="", help=here("In which this staff number has talked."))
@click.option("--queue", default="", help=here("That waited in this queue."))
@click.option("--line", default="", help=here("Of this line; of calls in the house: seat 801."))
@click.option("--direction", type=click.Choice(["in", "out", "internal"]), default=None, help=here("Of the call."))
@click.option("--shortest", type=click.FloatRange(0), help=here("So many seconds long or longer."))
@click.option("--longest", type=click.FloatRange(0), help=here("So many seconds long or shorter."))
@click.option("--outcome", default="", help=here("answered, abandoned, self_service, busy ...: as --json shows it."))
@click.option("--note", default="", help=here("With these letters in the note."))
@click.option("--class", "class_", default="", help=here("Of this class."))
@click.option("--order", default="", help=here("In whose call this order was made."))
@click.option("--protected", is_flag=True, default=None, help=here("Protected ones only."))
@click.option("--limit", type=click.IntRange(1, PAGE_MAX), default=20, show_default=True, help=here("So many."))
@click.option("--after", default="", help=here("Go on behind another list, as it has told."))
@shop_option
@language_option
@json_option
def list_(shop: Path, limit: int, after: str, language: str, as_json: bool, **filters: Any) -> None:
    async def work(books: RecordingBooks) -> None:
        page = await books.store.read(search, _wanted(books, filters), after, limit)
        if as_json:
            click.echo(as_text({"found": [asdict(one) for one in page.found], "next": page.next}))
            return
        if not page.found:
            tell(text(language, "There are none."))
            return
        rows = [_row(one, books, language) for one in page.found]
        click.echo("\n".join(table(TITLES, rows, language, cut_first=(6, 5, 4, 2), right=(0, 3))))
        if page.next:
            tell(text(language, N_("There are more: --after {next}"), next=page.next))

    with_recordings(shop, work)


@recordings.command(help=here("Show a recording: its call, who talked, what is to be known of places in it."))
@number_argument
@shop_option
@language_option
@json_option
def show(recording: str, shop: Path, language: str, as_json: bool) -> None:
    async def work(books: RecordingBooks) -> None:
        one = await books.store.read(find, recording)
        marks = await books.store.read(marks_of, one)
        if as_json:
            click.echo(as_text(asdict(one) | {"marks": [asdict(mark) for mark in marks]}))
            return
        click.echo("\n".join([*_lines(one, books, language), *(_mark(mark, language) for mark in marks)]))

    with_recordings(shop, work)


@recordings.command(help=here("Play a recording at this computer."))
@number_argument
@click.option("--at", "at_s", type=click.FloatRange(0), default=0.0, help=here("From this second on."))
@shop_option
def play(recording: str, at_s: float, shop: Path) -> None:
    async def work(books: RecordingBooks) -> None:
        await books.play(await books.store.read(find, recording), at_s)

    with_recordings(shop, work)


@recordings.command(help=here("Write a recording into FILE as WAV."))
@number_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@form_option
@shop_option
def export(recording: str, file: Path, form: str, shop: Path) -> None:
    async def work(books: RecordingBooks) -> None:
        await books.export(await books.store.read(find, recording), form, file)
        click.echo(str(file))

    with_recordings(shop, work)


@recordings.command(help=here("Write a note on a recording; it replaces the one before, an empty one takes it away."))
@number_argument
@click.argument("words", metavar="NOTE")
@shop_option
def note(recording: str, words: str, shop: Path) -> None:
    async def work(books: RecordingBooks) -> None:
        one = await books.store.read(find, recording)
        await books.records.note(one, None, words)
        await books.note("note_recording", one)

    with_recordings(shop, work)


@recordings.command(help=here('Say of what CLASS a recording is, in your own words; "complaint" protects it, too.'))
@number_argument
@click.argument("class_", metavar="CLASS")
@shop_option
def classify(recording: str, class_: str, shop: Path) -> None:
    async def work(books: RecordingBooks) -> None:
        one = await books.store.read(find, recording)
        await books.records.classify(one, None, class_)
        await books.note("classify_recording", one)

    with_recordings(shop, work)


@recordings.command(help=here("Keep a recording, whatever the settings delete."))
@number_argument
@shop_option
def protect(recording: str, shop: Path) -> None:
    _protect(shop, recording, protected=True)


@recordings.command(help=here("Let a recording be deleted again as the others."))
@number_argument
@shop_option
def unprotect(recording: str, shop: Path) -> None:
    _protect(shop, recording, protected=False)


@recordings.command(help=here("Delete a recording's sound for ever; a protected one has to be unprotected first."))
@number_argument
@shop_option
def delete(recording: str, shop: Path) -> None:
    async def work(books: RecordingBooks) -> None:
        one = await books.store.read(find, recording)
        if one.deleted is not None:
            raise Complaint(N_("recording {number} was deleted"), number=one.number)
        if one.length_s is None:
            raise Complaint(N_("recording {number} still runs"), number=one.number)
        kept_as = await books.records.deleted(one, None, "by hand", lambda row: not row.protected)
        if kept_as is None:
            raise Complaint(N_("recording {number} is protected"), number=one.number)
        books.archive.remove(kept_as)
        await books.note("delete_recording", one)

    with_recordings(shop, work)


@recordings.command(help=here("Make the index of recordings anew from the event log."))
@shop_option
def rebuild(shop: Path) -> None:
    async def work(books: RecordingBooks) -> None:
        await books.store.write(index.rebuild)
        while await books.store.write(index.catch_up):
            pass

    with_recordings(shop, work)


def _protect(shop: Path, recording: str, *, protected: bool) -> None:
    async def work(books: RecordingBooks) -> None:
        one = await books.store.read(find, recording)
        await books.records.protect(one, None, protected=protected)
        await books.note("protect_recording", one, "on" if protected else "off")

    with_recordings(shop, work)


def _wanted(books: RecordingBooks, filters: dict[str, Any]) -> Wanted:
    zone = books.config.server.zone
    times = {name: _there(filters.pop(name), zone) for name in ("since", "until")}
    shortest, longest = filters.pop("shortest"), filters.pop("longest")
    direction = filters.pop("direction") or ""
    return Wanted(**times, **filters, direction=direction, shortest_s=shortest, longest_s=longest)


def _there(at: datetime | None, zone: Any) -> Any:
    return at.replace(tzinfo=zone) if at is not None else None


def _row(one: Recorded, books: RecordingBooks, language: str) -> tuple[object, ...]:
    began = one.started.astimezone(books.config.server.zone)
    return (
        one.number,
        f"{began:%Y-%m-%d %H:%M}",
        printable(one.caller or "–"),
        length_text(one.length_s),
        " ".join(one.agents),
        " ".join(one.orders),
        printable(" ".join(filter(None, (state_text(one, language), one.class_, one.note)))),
    )


def _lines(one: Recorded, books: RecordingBooks, language: str) -> list[str]:
    began = one.started.astimezone(books.config.server.zone)
    said = {
        N_("recording"): str(one.number),
        N_("began"): f"{began:%Y-%m-%d %H:%M:%S}",
        N_("length"): length_text(one.length_s),
        N_("state"): state_text(one, language),
        N_("call"): one.call_id,
        N_("number"): " ".join(filter(None, (one.caller, one.caller_name))),
        N_("line"): code_text(one.line, language),
        N_("agents"): ", ".join(one.agents),
        N_("queues"): ", ".join(one.queues),
        N_("outcome"): outcome_text(one.outcome, language),
        N_("order"): ", ".join(one.orders),
        N_("started by"): one.by,
        N_("class"): one.class_,
        N_("note"): one.note,
        N_("file"): one.kept_as,
    }
    return [printable(f"{known(language, title)}: {words}") for title, words in said.items() if words]


def _mark(mark: PlacedMark, language: str) -> str:
    stretch = f" ({mark.length_s:.1f} s)" if mark.length_s else ""
    return printable(f"{place_text(mark.at_s)}{stretch} {code_text(mark.text, language)}")
