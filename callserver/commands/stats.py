"""`callserver stats`: what happened, counted; while the server runs, or without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from callserver.commands.books import tell, with_store
from callserver.commands.calls import as_text, list_width
from callserver.commands.options import Day as DayTyped
from callserver.commands.options import Group, Number, json_option, language_option
from callserver.commands.sheets import write_file, write_sheet
from callserver.commands.start import shop_option
from callserver.commands.stats_progress import Folding
from callserver.config import Config
from callserver.features.statistics import keeping
from callserver.features.statistics.metrics import SERVICE_LEVEL, SERVICE_LEVELS, SHORT_S, WITHIN_S
from callserver.features.statistics.reports.asking import REPEAT_DAYS, TARGET, Ask
from callserver.features.statistics.reports.day import Day, of
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.known_names import check_known
from callserver.features.statistics.reports.named import REPORTS, STAFFING, Report
from callserver.features.statistics.reports.plain import plain
from callserver.features.statistics.reports.sheet import sheet_of
from callserver.features.statistics.reports.shown import lines
from callserver.features.statistics.reports.table import Table
from callserver.features.statistics.request import AGAIN_MAX, PERCENT_MAX, SECONDS_MAX
from callserver.features.statistics.staffing.erlang import AGENTS_MAX
from callserver.store.database import Store
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import here

DAY = DayTyped()
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
    first: date | None
    last: date | None
    out: Path | None
    language: str
    as_json: bool
    only: str = ""
    by: str | None = None
    within: float = WITHIN_S
    short: float = SHORT_S
    variant: str = SERVICE_LEVEL
    again: int = REPEAT_DAYS
    agents: int = 0
    target: float = 100 * TARGET


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
        words = here(report.only).upper()
        must: dict[str, Any] = {"metavar": words} if name == "sheet" else {"metavar": f"[{words}]", "default": ""}
        params.append(click.argument("only", **must))
    if report.by:
        params.append(click.option("--by", type=click.Choice(report.by), help=here("One line each.")))
    return params + OWN_PARAMS.get(name, [])


SECONDS = Number(0, SECONDS_MAX)
within_option = click.option(
    "--within", type=SECONDS, default=WITHIN_S, show_default=True, help=here("In time: seconds.")
)
LIMITS: Params = [
    within_option,
    click.option("--short", type=SECONDS, default=SHORT_S, show_default=True, help=here("At once: seconds.")),
    click.option(
        "--variant",
        type=click.Choice(list(SERVICE_LEVELS)),
        default=SERVICE_LEVEL,
        show_default=True,
        help=here("Of the service level, in tables by group."),
    ),
]
OWN_PARAMS: dict[str, Params] = {
    "queue": LIMITS,
    "calls": [
        click.option(
            "--again",
            type=click.IntRange(1, AGAIN_MAX),
            default=REPEAT_DAYS,
            show_default=True,
            help=here("Who calls again: within so many days."),
        )
    ],
    STAFFING: [
        click.option("--agents", type=click.IntRange(1, AGENTS_MAX), required=True, help=here("That one would have.")),
        click.option(
            "--target",
            type=Number(1, PERCENT_MAX),
            default=100 * TARGET,
            show_default=True,
            help=here("Percent answered in time."),
        ),
        within_option,
    ],
}
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
    if given.out is not None and given.as_json:
        raise click.UsageError(here("--json is printed: leave --out away, or --json"))

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
            repeat_days=given.again,
            n_agents=given.agents,
            target=given.target / 100,
        )

    def give(tables: Sequence[Table], config: Config) -> None:
        if given.as_json:
            click.echo(as_text([plain(one, given.language) for one in tables]))
        elif given.out is not None:
            _write(given.out, tables, given.language)
        else:
            for line in _printed(tables, given.language):
                click.echo(line)

    def make(asked: Ask) -> Sequence[Table]:
        check_known(report.only, asked.only)
        return report.make(asked)

    _answer(given.shop, ask, make, give)


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


@stats.command("day", help=here("The sheet of one day as a PDF, to be printed or sent."))
@click.argument("day", metavar=here("DAY"), type=DAY)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help=here("The file; the day with .pdf if not given."),
)
@shop_option
@language_option
def day_command(shop: Path, day: date, out: Path | None, language: str) -> None:
    from callserver.features.statistics.drawing.day_sheet import day_sheet  # takes its time to be imported

    file = out or Path(f"{day}.pdf")
    if file.suffix.lower() != ".pdf":
        raise click.UsageError(here("{file}: name it .pdf, which it will be", file=file.name))

    def ask(config: Config) -> Ask:
        return Ask(days(day, day, config.server.zone), config.server.zone)

    def give(found: Day, config: Config) -> None:
        write_file(file, day_sheet(found, config.fax.name, language))
        tell(str(file))

    _answer(shop, ask, lambda asked: of(asked, day), give)


def _span(name: str, first: date | None, last: date | None, today: date) -> tuple[date, date]:
    if name == "missed" and first is None:
        return today - timedelta(days=MISSED_DAYS), last or today
    since = first or (today - timedelta(days=1) if name == STAFFING else today)
    return since, last or since


def _answer(
    shop: Path, ask: Callable[[Config], Ask], make: Callable[[Ask], T], give: Callable[[T, Config], None]
) -> None:
    """Count what is new in the log, then ask for a report."""

    async def work(store: Store, config: Config) -> None:
        asked = ask(config)
        await Folding(store, config.exchange.country).catch_up()
        give(await store.read(make, asked), config)

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
        from callserver.features.statistics.drawing.chart import chart  # takes its time to be imported

        write_file(out, chart(tables[0], language, out.suffix.lower().removeprefix(".")))
        tell(str(out))
        return
    if not tables:
        raise Complaint("there is nothing in it")
    write_sheet(out, *sheet_of(tables, language))
