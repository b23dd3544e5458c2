"""`callserver check`: all that is wrong with a shop's settings, at once."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from callserver.commands.options import json_option, language_option
from callserver.commands.start import shop_option
from callserver.config import Finding, Grade, Reading
from callserver.server.checks.shop import check as check_shop
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import text, told
from callserver.wire.cells import printable
from callserver.wire.terminal import here

HELP = (
    here("Check the settings without starting anything."),
    here("Everything they name is opened and tried: menus, prompts, database, port, certificate, modems."),
    here("All mistakes are told at once, each with its place."),
    here("Exit code 1: there is a mistake; a note alone is none."),
)


@click.command(help="\n\n".join(HELP))
@shop_option
@language_option
@json_option
def check(shop: Path, language: str, as_json: bool) -> None:
    reading, findings = check_shop(ShopFolder(shop))
    n_mistakes = sum(finding.grade is not Grade.NOTE for finding in findings)
    if as_json:
        click.echo(json.dumps(_plain(reading, findings, language), ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(printable(told(finding, language)))
        click.echo(_sum(reading, n_mistakes, language))
    sys.exit(1 if n_mistakes else 0)


def _sum(reading: Reading, n_mistakes: int, language: str) -> str:
    if n_mistakes:
        return text(language, "Mistakes: {n}", n=n_mistakes)
    return text(
        language,
        "{file}: all right; lines: {lines}, seats: {seats}.",
        file=str(reading.path),
        lines=len(reading.config.lines),
        seats=reading.config.agents.seats,
    )


def _plain(reading: Reading, findings: Sequence[Finding], language: str) -> dict[str, object]:
    return {
        "file": str(reading.path),
        "ok": all(finding.grade is Grade.NOTE for finding in findings),
        "lines": len(reading.config.lines),
        "seats": reading.config.agents.seats,
        "findings": [
            {
                "grade": finding.grade.value,
                "file": told(finding.file, language),
                "line": finding.line or None,
                "section": finding.section or None,
                "key": finding.key or None,
                "text": told(finding.complaint, language),
            }
            for finding in findings
        ],
    }
