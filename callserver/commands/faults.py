"""`callserver faults`: the faults that were passed on to offices, with every office that was tried."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path

import click

from callserver.acd.offices.cases import AtOffice, Case, list_cases
from callserver.commands.calls import as_text, known_shop, list_width
from callserver.commands.options import json_option, language_option
from callserver.commands.start import shop_option
from callserver.wire.catalogue import N_, text
from callserver.wire.cells import wrapped
from callserver.wire.terminal import here
from callserver.wire.words import code_text, reason_text

UNDER_WAY = N_("under way")
MORE = " " * 8  # before what goes on from the line above


@click.command(help=here("List the faults that were passed on to offices, the newest first, with every attempt."))
@shop_option
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help=here("So many faults."))
@language_option
@json_option
def faults(shop: Path, limit: int, language: str, as_json: bool) -> None:
    with known_shop(shop) as config:
        found = list_cases(limit)
    if as_json:
        click.echo(as_text([asdict(case) | {"attempts": [asdict(one) for one in tried]} for case, tried in found]))
        return
    if not found:
        click.echo(text(language, "There are none yet."), err=True)
    for case, tried in found:
        for said in fault_lines(case, tried, language, config.server.zone):
            click.echo(f"\n{MORE}".join(wrapped(said, list_width() - len(MORE))))


def fault_lines(case: Case, tried: Sequence[AtOffice], language: str, zone: tzinfo) -> Iterator[str]:
    """One case in people's words, in "zh" or "en"."""
    yield text(
        language,
        N_("{at}  {number}, region {region} ({found_by}), {note}: {result}")
        if case.region
        else N_("{at}  {number}, region not known ({found_by}), {note}: {result}"),
        at=f"{case.at.astimezone(zone):%Y-%m-%d %H:%M}",
        number=case.caller_number or "–",
        region=case.region,
        found_by=code_text(case.found_by, language),
        note=case.note or "–",
        result=reason_text(case.result or UNDER_WAY, language),
    )
    for one in tried:
        result = reason_text(one.result or UNDER_WAY, language)
        yield text(
            language, N_("    office {office}, {number}: {result}"), office=one.office, number=one.number, result=result
        )
