"""`callserver stats`: what happened, counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from callserver.commands.books import with_store
from callserver.commands.calls import list_width
from callserver.commands.options import Group, language_option
from callserver.commands.start import shop_option
from callserver.config import Config
from callserver.features.statistics import keeping
from callserver.features.statistics.metrics import SHORT_S, WITHIN_S
from callserver.features.statistics.reports import waits_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.shown import lines
from callserver.features.statistics.reports.table import Table
from callserver.store.database import Store
from callserver.wire.terminal import here

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(cls=Group, help=here("What happened, counted: of queues, agents, lines, hours, days, sales."))
def stats() -> None:
    """Holds the commands below."""


@stats.command(
    "queue", help=here("Callers of queues: every metric of one queue or of all, or the chief ones by group.")
)
@click.argument("name", default="")
@click.option("--by", type=click.Choice(list(waits_report.BY)), default="", help=here("One line each."))
@click.option("--from", "first", type=DAY, help=here("The first day; today if not given."))
@click.option("--to", "last", type=DAY, help=here("The last day; the first one if not given."))
@click.option("--within", type=click.FloatRange(0, 86400), default=WITHIN_S, show_default=True, help=here("Seconds."))
@click.option("--short", type=click.FloatRange(0, 86400), default=SHORT_S, show_default=True, help=here("Seconds."))
@shop_option
@language_option
def queue(
    shop: Path,
    name: str,
    by: str,
    first: datetime | None,
    last: datetime | None,
    within: float,
    short: float,
    language: str,
) -> None:
    def ask(config: Config) -> Ask:
        zone = config.server.zone
        day = first.date() if first else datetime.now(zone).date()
        period = days(day, last.date() if last else day, zone)
        return Ask(period, zone, by=by, only=name, within_s=within, short_s=short)

    show(shop, ask, waits_report.report, language)


def show(shop: Path, ask: Callable[[Config], Ask], report: Callable[[Ask], Table], language: str) -> None:
    """Fold what is new, then print a report."""

    async def work(store: Store, config: Config) -> None:
        asked = ask(config)
        while await store.write(keeping.fold_piece, 5000, config.exchange.country):
            pass
        table = await store.read(report, asked)
        for line in lines(table, language, list_width()):
            click.echo(line)

    with_store(shop, work)
