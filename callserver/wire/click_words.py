"""
The words that click says around ours, in our catalogue: "Usage", "Options", what is wrong with a command line.

click asks Python's gettext for them under the name `_`; a catalogue of its own would have to lie compiled in a folder
of the system's making, so it is given ours under that name. What it calls kinds of values it translates nowhere. It
counts characters where a terminal has cells, so it is given our way of breaking lines, too.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

import click

from callserver.wire.catalogue import N_, known
from callserver.wire.cells import cells, wrapped

WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("required"),
    N_("(dynamic)"),
    N_("Aborted!"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("Missing parameter: {param_name}"),
    N_("Missing {param_type}"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Did you mean {possibility}?"),
    N_("(Did you mean one of: {possibilities}?)"),
    N_("Got unexpected extra argument ({args})"),
    N_("Got unexpected extra arguments ({args})"),
    N_("Option {name!r} does not take a value."),
    N_("Option {name!r} requires an argument."),
    N_("Option {name!r} requires {nargs} arguments."),
    N_("Argument {name!r} takes {nargs} values."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Choose from:\n\t{choices}"),
    N_("{value!r} is not {choice}."),
    N_("{value!r} is not one of {choices}."),
    N_("{value} is not in the range {range}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("{name} {filename!r} does not exist."),
    N_("file"),
    N_("directory"),
    N_("path"),
    N_("Could not open file {filename!r}: {message}"),
    N_("unknown error"),
    N_("Do you want to continue?"),
    N_("Repeat for confirmation"),
    N_("Error: The two entered values do not match."),
    N_("Error: invalid input"),
)
KINDS: Mapping[type[click.ParamType[Any]], str] = {
    click.types.StringParamType: N_("text"),
    click.types.IntParamType: N_("integer"),
    click.types.IntRange: N_("integer range"),
    click.types.FloatParamType: N_("float"),
    click.types.FloatRange: N_("float range"),
}
PLACES = (N_("[OPTIONS]"), N_("[COMMAND] [ARGS]..."), N_("COMMAND [ARGS]..."))


def speak(language: str) -> None:
    """click speaks this language from now on."""

    def one(msgid: str) -> str:
        return known(language, msgid)

    def of_number(single: str, several: str, n: int) -> str:
        return known(language, single if n == 1 else several)

    class Formatter(click.HelpFormatter):
        """Of which click gives the first line untranslated."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            for words in PLACES:
                args = args.replace(words, one(words))
            super().write_usage(prog, args, prefix)

    click.Context.formatter_class = Formatter
    for kind, name in KINDS.items():
        kind.name = one(name)
    for name, module in list(sys.modules.items()):
        if name.startswith("click."):
            for asked, answer in (("_", one), ("ngettext", of_number), ("term_len", cells), ("wrap_text", wrap_text)):
                if hasattr(module, asked):
                    setattr(module, asked, answer)


def wrap_text(
    words: str,
    width: int = 78,
    initial_indent: str = "",
    subsequent_indent: str = "",
    preserve_paragraphs: bool = False,
) -> str:
    """As click's own, by cells; a paragraph that begins with a line of `\\b` stays as it is."""
    paragraphs = re.split(r"\n\s*\n", words) if preserve_paragraphs else [words]
    return "\n\n".join(_paragraph(one, width, initial_indent, subsequent_indent) for one in paragraphs)


def _paragraph(words: str, width: int, first: str, further: str) -> str:
    if words.startswith("\b\n"):
        return "\n".join(further + line for line in words.splitlines()[1:])
    lines = wrapped(" ".join(words.split()), width - max(cells(first), cells(further)))
    return "\n".join((further if n else first) + line for n, line in enumerate(lines))
