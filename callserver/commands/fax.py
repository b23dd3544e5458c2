"""`callserver fax`: the library, faxes sent by themselves, and what came and went; also while the server runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from uuid import uuid4

import click

from callserver.commands.books import tell, with_store
from callserver.commands.calls import as_text, known_shop
from callserver.commands.options import json_option, language_option
from callserver.commands.start import shop_option
from callserver.config import Config
from callserver.features.faxing import paperwork, rules
from callserver.features.faxing.papers import Papers
from callserver.features.faxing.rules import Document, Fax, Job
from callserver.features.faxing.rules.retries import within
from callserver.features.faxing.tables import JobState
from callserver.features.faxing.words import DIRECTIONS, result_text
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.store.reading import NotOne
from callserver.wire.catalogue import N_, Complaint, text
from callserver.wire.cells import printable
from callserver.wire.terminal import complaint, here

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
    if not (number.isdecimal() and number.isascii()):
        raise click.UsageError(here("{number} is no number that can be dialled", number=repr(number)))

    async def work(store: Store, config: Config) -> None:
        new_file, pages = converted(shop, file)
        if cover:
            new_file, pages = with_cover(shop, config, new_file, number, cover)
        now = datetime.now(UTC)
        wished = at.replace(tzinfo=config.server.zone).astimezone(UTC) if at is not None else now
        due = within(max(wished, now), config.fax.hours, config.server.zone)
        job = Job(str(uuid4()), number, title or file.name, new_file, pages, now, due, report_to=report_to)
        await store.write(rules.add_job, job)
        tell(here("{pages} pages to {number}; see it with: callserver fax list --queue", pages=pages, number=number))
        click.echo(job.id)

    with_store(shop, work)


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
        found: list[Fax] | list[Job] = rules.list_jobs(limit) if queue else rules.list_faxes(limit)
    if as_json:
        click.echo(as_text([asdict(one) for one in found]))
        return
    zone = config.server.zone
    for one in found:
        click.echo(printable(job_line(one, language, zone) if isinstance(one, Job) else fax_line(one, language, zone)))


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
        one = _one(id)
    click.echo(printable(fax_line(one, language, config.server.zone)))
    if one.detail:
        click.echo(printable(f"    {one.detail}"))
    if one.file is None:
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
        steps = rules.trace(_one(id).id)
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
    async def work(store: Store, config: Config) -> None:
        new_file, pages = converted(shop, file)
        name = file.stem[: rules.TITLE_MAX]
        document = Document(number, title_zh or title_en or name, title_en or title_zh or name, new_file, pages)
        papers = Papers(ShopFolder(shop).faxes)
        try:
            before = await store.write(lambda: rules.add_document(document, datetime.now(UTC), replace=replace))
        except Exception:
            papers.delete(new_file)
            raise
        await forgotten(store, papers, before)
        tell(here("document {number}: {pages} pages", number=number, pages=pages))

    with_store(shop, work)


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
        pages = text(language, N_("{pages} pages"), pages=one.pages)
        click.echo(printable(f"{one.number:>8}  {one.title(language)}  {pages}"))


@documents.command(help=here("Take a document out of the library; a fax that is sending it goes on."))
@click.argument("number")
@shop_option
def remove(shop: Path, number: str) -> None:
    async def work(store: Store, config: Config) -> None:
        await forgotten(store, Papers(ShopFolder(shop).faxes), await store.write(rules.remove_document, number))

    with_store(shop, work)


async def forgotten(store: Store, papers: Papers, file: str | None) -> None:
    """A file goes, unless something still needs it."""
    if file is not None and not await store.read(rules.is_needed, file):
        papers.delete(file)


def converted(shop: Path, file: Path) -> tuple[str, int]:
    """
    A document made into pages in the shop's folder: the file there, and how many.

    :raises Complaint: what is wrong with it
    """
    new_file = f"{uuid4()}.tif"
    papers = Papers(ShopFolder(shop).faxes)
    papers.folder.mkdir(mode=0o700, exist_ok=True)
    return new_file, paperwork.converted(file, papers.path(new_file))


def with_cover(shop: Path, config: Config, file: str, number: str, cover: str) -> tuple[str, int]:
    """The same behind a page of text."""
    papers, new_file = Papers(ShopFolder(shop).faxes), f"{uuid4()}.tif"
    words = paperwork.cover_text(config.fax.name, number, cover)
    paperwork.covered(papers.path(file), papers.path(new_file), words)
    papers.delete(file)
    return new_file, papers.n_pages(new_file)


def fax_line(one: Fax, language: str, zone: tzinfo) -> str:
    """One fax in a line."""
    return text(
        language,
        N_("{id}  {at}  {direction_word}  {number}  {pages} pages  {result}"),
        id=one.id[:8],
        at=f"{one.began.astimezone(zone):%Y-%m-%d %H:%M}",
        direction_word=DIRECTIONS[one.direction],
        number=" ".join(filter(None, (one.number, one.remote_id and f"({one.remote_id})"))) or "–",
        pages=one.pages,
        result=result_text(one.result, language),
    )


def job_line(one: Job, language: str, zone: tzinfo) -> str:
    """One fax that is sent by itself, in a line."""
    said = text(
        language,
        N_("{id}  {at}  {number}  {title}  {sent}/{pages} pages  {state_word}, {tries} tries"),
        id=one.id[:8],
        at=f"{one.due.astimezone(zone):%Y-%m-%d %H:%M}",
        number=one.number,
        title=one.title,
        sent=one.pages_sent,
        pages=one.pages,
        state_word=STATES[one.state],
        tries=one.tries,
    )
    return f"{said}: {result_text(one.result, language)}" if one.result else said


def _one(id_prefix: str) -> Fax:
    try:
        return rules.find_fax(id_prefix)
    except NotOne as problem:
        raise click.ClickException(complaint(problem)) from problem
