"""`callserver fax`: the library, faxes sent by themselves, and what came and went; also while the server runs."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from callserver.acd.organisation.surroundings import Surroundings
from callserver.commands.books import tell, with_store
from callserver.commands.calls import as_text, known_shop
from callserver.commands.options import json_option, language_option, require_shop
from callserver.commands.start import shop_option
from callserver.config import Config
from callserver.features.faxing import paperwork, rules
from callserver.features.faxing.arguments import ADDRESS, YEAR_END
from callserver.features.faxing.papers import Papers
from callserver.features.faxing.rules import Document, Fax, Job
from callserver.features.faxing.rules.retries import within
from callserver.features.faxing.tables import JobState
from callserver.features.faxing.words import DIRECTIONS, pages_text, result_text
from callserver.ivr.loading import loads
from callserver.server.checks.named import named_by_files, refuse_if_named
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.store.reading import NotOne
from callserver.wire.catalogue import N_, Complaint, known, plural
from callserver.wire.cells import column, printable
from callserver.wire.problems import why
from callserver.wire.terminal import complaint, error, here, person_language

STATES = {
    JobState.WAITING: N_("waits"),
    JobState.UNDER_WAY: N_("under way"),
    JobState.SENT: N_("sent"),
    JobState.FAILED: N_("given up"),
    JobState.CANCELLED: N_("cancelled"),
}
limit_option = click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help=here("So many faxes.")
)
DIRECTION_CELLS, NUMBER_CELLS, PAGES_CELLS = 7, 34, 9  # a number and what its machine calls itself
AT = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])


@click.group(help=here("Faxes: send one, see what came and went, and the library that callers can have."))
def fax() -> None:
    """Holds the commands below."""


@fax.command(help=here("Send FILE (PDF, TIFF, PNG, JPEG, text) to NUMBER; a running server does it as soon as it can."))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("number")
@click.option("--at", type=AT, help=here("Not before this time, in the shop's time zone: 2026-03-02 18:00."))
@click.option("--cover", default="", help=here("A text on a page of its own before it."))
@click.option("--title", default="", help=here("What it is called in lists; the file's name if not given."))
@click.option("--report-to", default="", help=here("A mail address that is told what has come of it."))
@shop_option
def send(shop: Path, file: Path, number: str, at: datetime | None, cover: str, title: str, report_to: str) -> None:
    if at is not None and at.year >= YEAR_END:
        raise click.UsageError(here("{at} is too far ahead", at=f"{at:%Y-%m-%d %H:%M}"))
    config = _checked(shop, number, report_to)
    new_file, pages = converted(shop, file)
    if cover:
        new_file, pages = with_cover(shop, config, new_file, number, cover)

    async def work(store: Store, config: Config) -> None:
        now = datetime.now(UTC)
        wished = at.replace(tzinfo=config.server.zone).astimezone(UTC) if at is not None else now
        due = within(max(wished, now), config.fax.hours, config.server.zone)
        job = Job(str(uuid4()), number, title or file.name, new_file, pages, now, due, report_to=report_to)
        await store.write(rules.add_job, job)
        said = pages_text(pages, person_language())
        tell(here("{pages} to {number}; see it with: callserver fax list --queue", pages=said, number=number))
        click.echo(job.id)

    _kept_if(shop, new_file, work)


@fax.command(help=here("Send a fax no more that waits to be sent."))
@click.argument("id")
@shop_option
def cancel(shop: Path, id: str) -> None:
    async def work(store: Store, config: Config) -> None:
        job = await store.read(rules.find_job, id)
        if not await store.write(rules.cancel_job, job.id):
            raise Complaint(N_("this fax does not wait any more"))
        await forgotten(store, Papers(ShopFolder(shop).faxes), job.file)

    with_store(shop, work)


@fax.command("list", help=here("List the faxes that came and went, the newest first; or those that wait to be sent."))
@click.option("--queue", is_flag=True, help=here("Those that are sent by themselves."))
@limit_option
@shop_option
@language_option
@json_option
def list_(shop: Path, queue: bool, limit: int, language: str, as_json: bool) -> None:
    with known_shop(shop) as config:
        jobs = [(job, rules.faxes_of(job.id)) for job in (rules.list_jobs(limit) if queue else ())]
        faxes = [] if queue else rules.list_faxes(limit)
    if as_json:
        sent = [asdict(job) | {"faxes": [one.id for one in tries]} for job, tries in jobs]
        click.echo(as_text(sent or [asdict(one) for one in faxes]))
        return
    zone = config.server.zone
    for job, tries in jobs:
        click.echo(job_line(job, tries, language, zone))
    for one in faxes:
        click.echo(fax_line(one, language, zone))


@fax.command(help=here("Show one fax; write it as a PDF, or its pages as pictures."))
@click.argument("id")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help=here("Write it there, ready to print."))
@click.option(
    "--png", type=click.Path(path_type=Path, file_okay=False), help=here("Folder for a picture of each page.")
)
@shop_option
@language_option
def show(shop: Path, id: str, pdf: Path | None, png: Path | None, language: str) -> None:
    with known_shop(shop) as config:
        job, faxes = _named(id)
    for each in faxes:
        click.echo(fax_line(each, language, config.server.zone))
        if each.detail:
            click.echo(printable(f"    {each.detail}"))
    if job is not None:
        click.echo(job_line(job, faxes, language, config.server.zone))
    one = faxes[-1] if faxes else None
    if one is None or one.file is None:
        if pdf or png:
            raise click.ClickException(here("the fax has no pages"))
        return
    path = Papers(ShopFolder(shop).faxes).path(one.file)
    if pdf is not None:
        pdf.write_bytes(paperwork.pdf(path, one.number or one.remote_id or one.id))
        click.echo(str(pdf))
    if png is not None:
        png.mkdir(parents=True, exist_ok=True)
        for n in range(1, one.pages + 1):
            (png / f"page-{n}.png").write_bytes(paperwork.picture(path, n))
            click.echo(str(png / f"page-{n}.png"))


@fax.command(help=here("Show what both machines said in a fax, with milliseconds."))
@click.argument("id")
@shop_option
def trace(shop: Path, id: str) -> None:
    with known_shop(shop):
        _, faxes = _named(id)
        if not faxes:
            raise click.ClickException(here("this fax has not been dialled yet"))
        steps = rules.trace(faxes[-1].id)
    for step in steps:
        minutes, ms = divmod(step.at_ms, 60_000)
        click.echo(printable(f"{minutes:02}:{ms / 1000:06.3f} {step.name} {step.detail}"))


@fax.group(help=here("The library: documents that callers can have by their number."))
def documents() -> None:
    """Holds the commands below."""


@documents.command(help=here("Add FILE (PDF, TIFF, PNG, JPEG, text) under NUMBER, 1 to 8 digits."))
@click.argument("number")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--title-zh", default="", help=here("As callers are told in Mandarin; the file's name if not given."))
@click.option("--title-en", default="", help=here("As callers are told in English; the file's name if not given."))
@click.option("--replace", is_flag=True, help=here("In the place of another with this number."))
@shop_option
def add(shop: Path, number: str, file: Path, title_zh: str, title_en: str, replace: bool) -> None:
    new_file, pages = converted(shop, file)

    async def work(store: Store, config: Config) -> None:
        name = file.stem[: rules.TITLE_MAX]
        document = Document(number, title_zh or title_en or name, title_en or title_zh or name, new_file, pages)
        before = await store.write(lambda: rules.add_document(document, datetime.now(UTC), replace=replace))
        await forgotten(store, Papers(ShopFolder(shop).faxes), before)
        tell(here("document {number}: {pages}", number=number, pages=pages_text(pages, person_language())))

    _kept_if(shop, new_file, work)


@documents.command("list", help=here("List the library."))
@shop_option
@language_option
@json_option
def list_documents(shop: Path, language: str, as_json: bool) -> None:
    with known_shop(shop):
        found = rules.all_documents()
    if as_json:
        click.echo(as_text([asdict(one) for one in found]))
        return
    for one in found:
        pages = pages_text(one.pages, language)
        click.echo(f"{one.number:>8}  {column(pages, PAGES_CELLS)}  {printable(one.title(language))}")


@documents.command(help=here("Take a document out of the library; a fax that is sending it goes on."))
@click.argument("number")
@shop_option
def remove(shop: Path, number: str) -> None:
    async def work(store: Store, config: Config) -> None:
        named = named_by_files(ShopFolder(shop).plugins(config)) | await store.read(loads.named)
        refuse_if_named(f"document {number}", named)
        await forgotten(store, Papers(ShopFolder(shop).faxes), await store.write(rules.remove_document, number))

    with_store(shop, work)


async def forgotten(store: Store, papers: Papers, file: str | None) -> None:
    """A file goes, unless something still needs it."""
    if file is not None and not await store.read(rules.is_needed, file):
        papers.delete(file)


def converted(shop: Path, file: Path) -> tuple[str, int]:
    """
    A document made into pages in the shop's folder: the file there, and how many.

    Before a reactor runs, so that the command can be ended while it waits for the program that draws.

    :raises SystemExit: what is wrong with it
    """
    require_shop(ShopFolder(shop))
    new_file = f"{uuid4()}.tif"
    papers = Papers(ShopFolder(shop).faxes)
    papers.folder.mkdir(mode=0o700, exist_ok=True)
    try:
        return new_file, paperwork.converted(file, papers.path(new_file))
    except (Complaint, OSError) as problem:
        raise SystemExit(error(why(problem))) from problem


def with_cover(shop: Path, config: Config, file: str, number: str, cover: str) -> tuple[str, int]:
    """
    The same behind a page of text.

    :raises SystemExit: what is wrong with it; then nothing is left
    """
    papers, new_file = Papers(ShopFolder(shop).faxes), f"{uuid4()}.tif"
    words = paperwork.cover_text(config.fax.name, number, cover)
    try:
        paperwork.covered(papers.path(file), papers.path(new_file), words)
    except (Complaint, OSError) as problem:
        raise SystemExit(error(why(problem))) from problem
    finally:
        papers.delete(file)
    return new_file, papers.n_pages(new_file)


def fax_line(one: Fax, language: str, zone: tzinfo) -> str:
    """One fax in a line."""
    number = " ".join(filter(None, (one.number, one.remote_id and f"({one.remote_id})"))) or "–"
    return _row(
        one.id[:8],
        f"{one.began.astimezone(zone):%Y-%m-%d %H:%M}",
        column(known(language, DIRECTIONS[one.direction]), DIRECTION_CELLS),
        column(number, NUMBER_CELLS),
        column(pages_text(one.pages, language), PAGES_CELLS),
        result_text(one.result, language),
    )


def job_line(one: Job, faxes: Sequence[Fax], language: str, zone: tzinfo) -> str:
    """One fax that is sent by itself, in a line, with the ids of the faxes in which it was dialled."""
    tries = plural(language, "{n} try", "{n} tries", one.tries)
    result = f": {result_text(one.result, language)}" if one.result else ""
    ids = f" ({', '.join(fax.id[:8] for fax in faxes)})" if faxes else ""
    return _row(
        one.id[:8],
        f"{one.due.astimezone(zone):%Y-%m-%d %H:%M}",
        column(one.number, NUMBER_CELLS // 2),
        column(f"{one.pages_sent}/{pages_text(one.pages, language)}", PAGES_CELLS + 3),
        f"{known(language, STATES[one.state])}, {tries}{result}{ids}",
        one.title,
    )


def _row(*columns: str) -> str:
    return printable("  ".join(columns))


def _checked(shop: Path, number: str, report_to: str) -> Config:
    """What can never be sent is refused before anything is kept of it; the shop's settings."""
    if not (number.isdecimal() and number.isascii()):
        raise click.UsageError(here("{number} is no number that can be dialled", number=repr(number)))
    if report_to and not ADDRESS.fullmatch(report_to):
        raise click.UsageError(here("{address} is no mail address", address=repr(report_to)))
    require_shop(ShopFolder(shop))
    config = ShopFolder(shop).known_config()
    around = Surroundings.of(config, tuple)
    if (unfit := around.not_dialled(number) or around.not_possible(number)) is not None:
        raise SystemExit(error(unfit))
    return config


def _kept_if(shop: Path, new_file: str, work: Callable[[Store, Config], Coroutine[Any, Any, None]]) -> None:
    """Do it in the shop's database; a file that nothing there needs then is kept no more."""
    try:
        with_store(shop, work)
    except BaseException as ended:
        if not (isinstance(ended, SystemExit) and not ended.code):  # a reactor that has done all ends so, too
            Papers(ShopFolder(shop).faxes).delete(new_file)
        raise


def _named(id_prefix: str) -> tuple[Job | None, list[Fax]]:
    """By the id of a fax, or of one that is sent by itself: that, and the faxes in which it was dialled."""
    try:
        fax = rules.find_fax(id_prefix)
    except NotOne as no_fax:
        try:
            job = rules.find_job(id_prefix)
        except NotOne:
            raise click.ClickException(complaint(no_fax)) from no_fax
        return job, rules.faxes_of(job.id)
    return rules.find_job(fax.job) if fax.job else None, [fax]
