"""
`callserver groups`, `queues`, `hours`, `offices`, `regions`, `callers`: what is set up of people's work.

Each has the same commands: list, show, add, set, delete, export, import; also while the server runs.
"""

from __future__ import annotations

import configparser
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from callserver.acd.organisation.forms import FORMS, Form
from callserver.acd.organisation.parts import CALLED, Part
from callserver.acd.organisation.rules import one
from callserver.commands.books import Books, settings_argument, some_settings_argument, tell, with_books
from callserver.commands.calls import NARROWEST, as_text, list_width
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.start import shop_option
from callserver.commands.switches import CLOSED, OPEN, switch_hours
from callserver.wire.catalogue import N_, Complaint, text
from callserver.wire.cells import cells, column, printable, wrapped
from callserver.wire.terminal import complaint, here, person_language

NAME_CELLS, KEY_CELLS, HELP_CELLS = 16, 22, 78
IMPORT_MAX = 1_000_000  # characters

HELPS = {
    Part.GROUP: here("Groups of people: who serves a queue, in which order."),
    Part.QUEUE: here("Queues in which callers wait for a person."),
    Part.CALENDAR: here("Hours: of the week, holidays, special days, the night switch."),
    Part.OFFICE: here("Offices that are told of faults."),
    Part.REGION: here("Regions callers live in, with the nearest offices of each."),
    Part.CALLERS: here("Classes of callers, known by number: who is served before others."),
}
SWITCHED = here("Hours of menu files: hours NAME closed (or open) [--until 18:00].")
FOLLOWS = here("A running server follows within two seconds; calls go on.")
LISTS = here("KEY+=ITEM adds to a list, KEY-=ITEM takes from it; KEY= alone is as it is by itself.")


class HoursGroup(Group):
    """Beside the commands of calendars: hours of menu files, switched by hand (`hours shop closed`)."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and {OPEN, CLOSED}.intersection(args[1:]):
            return args[0], switch_hours, args
        return super().resolve_command(ctx, args)


def commands_of(part: Part) -> click.Group:
    """The commands of one kind."""
    form = FORMS[part]
    name = click.argument("name", metavar="NUMBER" if form.key == "number" else "NAME")
    file = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
    keys = "\n\n".join((LISTS, keys_help(form)))
    is_hours = part is Part.CALENDAR
    helps = (HELPS[part], FOLLOWS, *((SWITCHED,) if is_hours else ()))
    group = (HoursGroup if is_hours else Group)(CALLED[part], help="\n\n".join(helps))

    def command(called: str, help: str, do: Callable[..., None], *decorators: Callable[..., Any]) -> None:
        callback: Any = partial(do, part)
        for decorate in (shop_option, *reversed(decorators)):
            callback = decorate(callback)
        group.add_command(click.command(called, help=help)(callback))

    command("list", here("List all, each with what is set."), _list, language_option, json_option)
    command("show", here("Show all settings of one, as set takes them."), _show, name)
    command("add", here("Make a new one.") + "\n\n" + keys, _add, name, settings_argument)
    command("set", here("Change settings of one; the others stay.") + "\n\n" + keys, _set, name, some_settings_argument)
    command("delete", here("Delete one that nothing else names."), _delete, name)
    command("export", here("Print all as an INI text, which import reads."), _export)
    command("import", here("Make or change those of an INI file, all or none; - is standard input."), _import, file)
    return group


def _list(part: Part, language: str, as_json: bool, shop: Path) -> None:
    async def work(books: Books) -> None:
        found = (await books.organisation.all()).of(part)
        if as_json:
            click.echo(as_text([{"name": key, "settings": FORMS[part].shown(there)} for key, there in found.items()]))
            return
        if not found:
            tell(text(language, "There are none yet."))
        for key, there in found.items():
            click.echo("\n".join(_row(key, FORMS[part].different(there), _remark(part, there, books, language))))

    with_books(shop, work)


def _show(part: Part, name: str, shop: Path) -> None:
    async def work(books: Books) -> None:
        there = one(part, name, await books.organisation.all())
        show_settings(FORMS[part].shown(there))

    with_books(shop, work)


def _add(part: Part, name: str, settings: dict[str, str], shop: Path) -> None:
    _save(part, shop, name, settings, new=True)


def _set(part: Part, name: str, settings: dict[str, str], shop: Path) -> None:
    _save(part, shop, name, settings, new=False)


def _save(part: Part, shop: Path, name: str, settings: Mapping[str, str], *, new: bool) -> None:
    form = FORMS[part]

    async def work(books: Books) -> None:
        saved = await books.organisation.save(part, name, settings, new=new)
        remark = _remark(part, saved, books, person_language())
        click.echo("\n".join(_row(getattr(saved, form.key), form.different(saved), remark)))
        _tell_slips(part, [getattr(saved, form.key)], books)

    with_books(shop, work)


def _delete(part: Part, name: str, shop: Path) -> None:
    async def work(books: Books) -> None:
        remarks = await books.organisation.delete(part, name)
        tell(here("{name} is deleted.", name=name))
        for remark in remarks:
            tell(complaint(remark))

    with_books(shop, work)


def _export(part: Part, shop: Path) -> None:
    async def work(books: Books) -> None:
        for name, there in (await books.organisation.all()).of(part).items():
            settings = FORMS[part].different(there).items()
            click.echo("\n".join([f"[{name}]", *(f"{key} = {value}" for key, value in settings), ""]))

    with_books(shop, work)


def _import(part: Part, file: Path, shop: Path) -> None:
    wanted = _read(file)

    async def work(books: Books) -> None:
        await books.organisation.save_all(part, wanted)
        tell(here("{names}: saved.", names=", ".join(wanted)))
        _tell_slips(part, wanted, books)

    with_books(shop, work)


def _tell_slips(part: Part, names: Collection[str], books: Books) -> None:
    """What has been saved and may not be meant."""
    for remark in books.organisation.remarks(part, names):
        tell(here("Note: {finding}", finding=remark))


def show_settings(settings: Mapping[str, str]) -> None:
    """One a line, each a word of a shell's command line."""
    for key, value in settings.items():
        click.echo(printable(shlex.quote(f"{key}={value}") if value else f"{key}="))


def keys_help(form: Form) -> str:
    """What can be set, a line each, for click to leave as it is."""
    lines = ["\b"]
    for key, field in form.settings.items():
        said = "  ".join(filter(None, (here(field.help), ", ".join(field.allowed))))
        first, *more = wrapped(said, HELP_CELLS - KEY_CELLS)
        lines += [column(key, KEY_CELLS) + first, *(" " * KEY_CELLS + line for line in more)]
    return "\n".join(lines)


def _row(name: str, settings: Mapping[str, str], remark: str) -> Iterable[str]:
    """On as many lines of the terminal as it takes."""
    head = column(name, NAME_CELLS) + " "
    said = "  ".join(filter(None, (remark, *(f"{key}={value}" for key, value in settings.items())))) or "-"
    lines = wrapped(said, max(list_width() - cells(head), NARROWEST))
    return [f"{head if n == 0 else ' ' * cells(head)}{line}" for n, line in enumerate(lines)]


def _remark(part: Part, there: Any, books: Books, language: str) -> str:
    if part is not Part.CALENDAR:
        return ""
    is_open = there.is_open(datetime.now(UTC), books.config.server.zone)
    return text(language, N_("[open now]") if is_open else N_("[closed now]"))


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        with click.open_file(str(file), "rb") as opened:
            content = opened.read(IMPORT_MAX).decode("utf-8-sig")
        parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), default_section="")
        parser.read_string(content)
    except OSError as problem:
        raise click.UsageError(
            here("{file}: cannot be read ({problem})", file=str(file), problem=problem.strerror)
        ) from problem
    except UnicodeDecodeError as problem:
        raise click.UsageError(here("{file}: is not UTF-8 text: save it as UTF-8", file=str(file))) from problem
    except configparser.Error as problem:
        raise click.UsageError(here("{file}: {problem}", file=str(file), problem=_no_ini(problem))) from problem
    return {name: dict(parser[name]) for name in parser.sections()}


def _no_ini(problem: configparser.Error) -> Complaint:
    """In our words: the library's are English."""
    match problem:
        case configparser.DuplicateSectionError(section=section, lineno=line):
            return Complaint("line {line}: [{section}] stands twice: put both together", line=line, section=section)
        case configparser.DuplicateOptionError(section=section, option=key, lineno=line):
            return Complaint(
                "line {line}: {key} stands twice in [{section}]: delete one", line=line, key=key, section=section
            )
        case configparser.MissingSectionHeaderError(lineno=line):
            return Complaint("line {line}: is no INI text: that begins with [name]", line=line)
        case configparser.ParsingError(errors=[(line, _), *_]):
            return Complaint("line {line}: is no INI text: that has lines as key = value", line=line)
    return Complaint("is no INI text")


groups, queues, hours, offices, regions, callers = (commands_of(part) for part in Part)
