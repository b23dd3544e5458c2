"""What several commands have: options, groups, the look for a shop."""

from datetime import date
from math import isnan
from typing import Any

import click

from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import LANGUAGES
from callserver.wire.terminal import here, person_language

HELP_MAX = 200  # characters


def require_shop(folder: ShopFolder) -> None:
    """
    :raises click.ClickException: no shop lives in this folder
    """
    if not folder.config_file.exists():
        raise click.ClickException(here("{shop}: no shop here (no config.ini)", shop=str(folder.path)))


class Group(click.Group):
    """Commands, of which the list tells what each does, and not only how that begins."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(here("Commands")):
            formatter.write_dl([(name, one.get_short_help_str(HELP_MAX)) for name, one in found if one is not None])


class Number(click.FloatRange):
    """Between two others; what is none, "nan", is in no order with them, and not one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(here("{value} is not a number", value=repr(value)), param, ctx)
        return number


class Day(click.ParamType[date]):
    """A day of the shop's calendar, as 2026-03-31."""

    name = "day"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return here("DAY")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return self.fail(here("{day} is no day; write it as 2026-03-31", day=repr(value)), param, ctx)


language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=person_language,
    help=here("Of the report; that of CALLSERVER_LANGUAGE or LANG if not given."),
)
json_option = click.option("--json", "as_json", is_flag=True, help=here("For other programs; times in UTC."))
