"""The features of this server: one line each, and nothing else knows them."""

import importlib
from importlib.util import find_spec

import click

FEATURES = [
    "callserver.features.shopping",
    "callserver.features.faxing",
    "callserver.features.shopping.web",
    "callserver.features.announcing",
    "callserver.features.recordings",
    "callserver.features.voicemail",
    "callserver.features.statistics",
    "callserver.features.contacts",
]


def commands() -> dict[str, click.Command]:
    """The commands that features add to bin/callserver, by name."""
    found: dict[str, click.Command] = {}
    for package in FEATURES:
        if find_spec(f"{package}.commands") is not None:
            found |= importlib.import_module(f"{package}.commands").COMMANDS
    return found
