"""`callserver stats`: what happened, counted; while the server runs, or without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from callserver.commands.books import tell, with_store
from callserver.commands.calls import as_text, list_width
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.sheets import write_sheet
from callserver.commands.start import shop_option
from callserver.commands.stats_progress import Folding
from callserver.config import Config
from callserver.features.statistics import keeping
from callserver.features.statistics.metrics import SERVICE_LEVEL, SERVICE_LEVELS, SHORT_S, WITHIN_S
from callserver.features.statistics.reports import staffing_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.day import Day, of
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.named import REPORTS, Report
from callserver.features.statistics.reports.sheet import sheet_of
from callserver.features.statistics.reports.shown import lines
from callserver.features.statistics.reports.table import Table
from callserver.store.database import Store
from callserver.store.on_disk import write_whole
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import here

DAY = click.DateTime(["%Y-%m-%d"])
MISSED_DAYS = 7  # callers whom nobody has called since are not looked for any more
SHEETS, CHARTS = (".csv", ".xlsx"), (".svg", ".png")
now = datetime.now
T = TypeVar("T")


@click.group(
    cls=Group,
    help="\n\n".join(
        (
            here("What happened, counted: of queues, agents, lines, hours, days, sales."),
            here("Each report is of today, or of the days from --from to --to, in the shop's time zone."),
        )
    ),
)
def stats() -> None:
    """Holds the commands below."""


@dataclass(frozen=True)
class Given:
    """What was typed behind the name of a report; some of them take only some of it."""

    shop: Path
    first: datetime | None
    last: datetime | None
    out: Path | None
    language: str
    as_json: bool
    only: str = ""
    by: str | None = None
    within: float = WITHIN_S
    short: float = SHORT_S
    variant: str = SERVICE_LEVEL


Params = list[Callable[[Any], Any]]


def _command(name: str, report: Report) -> click.Command:
    """A report as `callserver stats NAME`."""

    def command(**given: Any) -> None:
        _report_as_asked(name, report, Given(**given))

    for param in reversed([*_own_params(name, report), *COMMON_PARAMS]):
        command = param(command)
    return click.command(name, help=here(report.words))(command)


def _own_params(name: str, report: Report) -> Params:
    """What only this report takes."""
    params: Params = []
    if report.only:
        must: dict[str, Any] = {"required": True} if name == "sheet" else {"default": ""}
        params.append(click.argument("only", metavar=report.only.upper(), **must))
    if report.by:
        params.append(click.option("--by", type=click.Choice(report.by), help=here("One line each.")))
    return params + (LIMITS if name == "queue" else [])


SECONDS = click.FloatRange(0, 86400)
LIMITS: Params = [
    click.option("--within", type=SECONDS, default=WITHIN_S, show_default=True, help=here("In time: seconds.")),
    click.option("--short", type=SECONDS, default=SHORT_S, show_default=True, help=here("At once: seconds.")),
    click.option(
        "--variant",
        type=click.Choice(list(SERVICE_LEVELS)),
        default=SERVICE_LEVEL,
        show_default=True,
        help=here("Of the service level, in tables by group."),
    ),
]
COMMON_PARAMS: Params = [
    click.option("--from", "first", type=DAY, help=here("The first day; today if not given.")),
    click.option("--to", "last", type=DAY, help=here("The last day; the first one if not given.")),
    click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help=here("Into a file: .csv or .xlsx a table, .svg or .png a chart."),
    ),
    shop_option,
    language_option,
    json_option,
]


def _report_as_asked(name: str, report: Report, given: Given) -> None:
    _check_kind(given.out)

    def ask(config: Config) -> Ask:
        zone = config.server.zone
        since, until = _span(name, given.first, given.last, now(zone).date())
        return Ask(
            days(since, until, zone),
            zone,
            by=given.by or "",
            only=given.only,
            within_s=given.within,
            short_s=given.short,
            service_level=given.variant,
        )

    def give(tables: Sequence[Table]) -> None:
        if given.as_json:
            click.echo(as_text([asdict(one) for one in tables]))
        elif given.out is not None:
            _write(given.out, tables, given.language)
        else:
            for line in _printed(tables, given.language):
                click.echo(line)

    _answer(given.shop, ask, report.make, give)


for _name, _report in REPORTS.items():
    stats.add_command(_command(_name, _report))


@stats.command("fold", help=here("Make all figures anew from the event log; what is there goes first."))
@shop_option
def fold_again(shop: Path) -> None:
    async def work(store: Store, config: Config) -> None:
        await store.write(keeping.start_again)
        n = await Folding(store, config.exchange.country).catch_up()
        tell(here("{n} events counted", n=n))

    with_store(shop, work)


@stats.command(
    "staffing", help=here("What if: so many agents, by Erlang C, and the days of before played again with them.")
)
@click.argument("queue", default="")
@click.option("--agents", type=click.IntRange(1, 500), required=True, help=here("That one would have."))
@click.option(
    "--target", type=click.FloatRange(1, 99.9), default=80, show_default=True, help=here("Percent answered in time.")
)
@click.option("--within", type=SECONDS, default=WITHIN_S, show_default=True, help=here("In time: seconds."))
@click.option("--from", "first", type=DAY, help=here("The first day; yesterday if not given."))
@click.option("--to", "last", type=DAY, help=here("The last day; the first one if not given."))
@shop_option
@language_option
@json_option
def staffing(
    shop: Path,
    queue: str,
    agents: int,
    target: float,
    within: float,
    first: datetime | None,
    last: datetime | None,
    language: str,
    as_json: bool,
) -> None:
    def ask(config: Config) -> Ask:
        zone = config.server.zone
        since = first.date() if first else now(zone).date() - timedelta(days=1)
        return Ask(days(since, last.date() if last else since, zone), zone, only=queue, within_s=within)

    def give(tables: Sequence[Table]) -> None:
        if as_json:
            click.echo(as_text([asdict(one) for one in tables]))
            return
        for line in _printed(tables, language):
            click.echo(line)

    _answer(shop, ask, lambda asked: staffing_report.report(asked, agents, target / 100), give)


@stats.command("day", help=here("The sheet of one day as a PDF, to be printed or sent."))
@click.argument("day", type=DAY)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help=here("The file; the day with .pdf if not given."),
)
@shop_option
@language_option
def day_command(shop: Path, day: datetime, out: Path | None, language: str) -> None:
    from callserver.features.statistics.drawing.day_sheet import day_sheet  # takes its time to be imported

    file, which = out or Path(f"{day:%Y-%m-%d}.pdf"), day.date()

    def ask(config: Config) -> Ask:
        return Ask(days(which, which, config.server.zone), config.server.zone)

    def give(found: Day) -> None:
        write_whole(file, day_sheet(found, "", language))
        tell(str(file))

    _answer(shop, ask, lambda asked: of(asked, which), give)


def _span(name: str, first: datetime | None, last: datetime | None, today: date) -> tuple[date, date]:
    if name == "missed" and first is None:
        return today - timedelta(days=MISSED_DAYS), last.date() if last else today
    since = first.date() if first else today
    return since, last.date() if last else since


def _answer(shop: Path, ask: Callable[[Config], Ask], make: Callable[[Ask], T], give: Callable[[T], None]) -> None:
    """Count what is new in the log, then ask for a report."""

    async def work(store: Store, config: Config) -> None:
        asked = ask(config)
        await Folding(store, config.exchange.country).catch_up()
        give(await store.read(make, asked))

    with_store(shop, work)


def _printed(tables: Sequence[Table], language: str) -> Iterator[str]:
    for n, table in enumerate(tables):
        if n:
            yield ""
        yield from lines(table, language, list_width())


def _check_kind(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in (*SHEETS, *CHARTS) and str(out) != "-":
        raise click.UsageError(here("{file}: name it .csv, .xlsx, .svg or .png, by what it shall be", file=out.name))


def _write(out: Path, tables: Sequence[Table], language: str) -> None:
    if out.suffix.lower() in CHARTS:
        from callserver.features.statistics.drawing.chart import write_chart  # takes its time to be imported

        write_chart(tables[0], language, out)
        tell(str(out))
        return
    if not tables:
        raise Complaint("there is nothing in it")
    write_sheet(out, *sheet_of(tables[0], language))
