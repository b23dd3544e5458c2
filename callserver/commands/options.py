"""Options that several commands have."""

import click

from callserver.wire.catalogue import LANGUAGES
from callserver.wire.terminal import here, person_language

language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=person_language,
    help=here("Of the report; that of CALLSERVER_LANGUAGE or LANG if not given."),
)
json_option = click.option("--json", "as_json", is_flag=True, help=here("For other programs; times in UTC."))
