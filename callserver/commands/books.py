"""The shop's books opened for a command, beside the running server or without it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click
from peewee import PeeweeException
from twisted.internet.defer import Deferred
from twisted.internet.task import react

from callserver.acd.organisation.book import OrganisationBook
from callserver.acd.staff.book import StaffBook
from callserver.calls.event_log import CallBook, EventLog
from callserver.commands.options import require_shop
from callserver.commands.status import look
from callserver.config import Config
from callserver.server.checks.organisation import surroundings
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.store.opening import as_store_error
from callserver.wire.catalogue import Complaint
from callserver.wire.cells import printable
from callserver.wire.refusals import Refused
from callserver.wire.terminal import complaint, error, here, person_language

SETTING = re.compile(r"[a-z_]+[+-]?=")  # what cannot be a name


@dataclass(frozen=True)
class Books:
    """Who works here, and what is set up of their work."""

    staff: StaffBook
    organisation: OrganisationBook
    config: Config


def with_books(shop: Path, work: Callable[[Books], Coroutine[Any, Any, None]]) -> None:
    """Do it in the shop's database; what is refused is one line and exit code 1."""
    with_store(shop, lambda store, config: work(_books(store, store.reactor, config, ShopFolder(shop))))


def with_store(shop: Path, work: Callable[[Store, Config], Coroutine[Any, Any, None]]) -> None:
    """As `with_books`, for what has no book of its own."""
    folder = ShopFolder(shop)
    require_shop(folder)
    config = folder.known_config()
    database = folder.database(config)

    async def story(reactor: Any) -> None:
        store = Store(database, reactor, _alarm)
        try:
            await store.visit()
            try:
                await work(store, config)
            finally:
                await store.stop()
        except BrokenPipeError as gone:  # who read the list has seen enough, as `head` has
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - what is left would fail again at the exit
            raise SystemExit(1) from gone
        except Refused as refused:
            raise SystemExit(error(refused.in_full(person_language()))) from refused
        except Complaint as problem:
            raise SystemExit(error(problem)) from problem
        except PeeweeException as problem:  # a table of it is missing, for instance
            raise SystemExit(error(as_store_error(problem, database))) from problem

    react(lambda reactor: Deferred.fromCoroutine(story(reactor)))


def tell(words: str) -> None:
    """To the person; what a script takes goes to standard output."""
    click.echo(printable(words), err=True)


def settings_of(typed: tuple[str, ...]) -> dict[str, str]:
    """What was typed as KEY=VALUE, KEY+=ITEM or KEY-=ITEM."""
    found: dict[str, str] = {}
    for one in typed:
        key, equals, value = one.partition("=")
        if not equals or not key.strip():
            raise click.UsageError(here("{typed} is not KEY=VALUE, as in ring_s=20", typed=repr(one)))
        key = key.strip()
        if key in found:
            raise click.UsageError(
                here("{key}= is given twice: give it once; items of a list have commas between", key=key)
            )
        found[key] = value
    return found


def _read_settings(context: click.Context, parameter: click.Parameter, typed: tuple[str, ...]) -> dict[str, str]:
    _look_at_names(context)
    return settings_of(typed)


def _read_some_settings(context: click.Context, parameter: click.Parameter, typed: tuple[str, ...]) -> dict[str, str]:
    _look_at_names(context)
    if not typed:
        raise click.UsageError(here("Say what to set: KEY=VALUE; show prints what there is."))
    return settings_of(typed)


def _look_at_names(context: click.Context) -> None:
    """Who begins with the settings has forgotten whose they are."""
    for one in context.command.params:
        value = context.params.get(one.name or "")
        if isinstance(one, click.Argument) and isinstance(value, str) and SETTING.match(value):
            name = one.make_metavar(context)
            write = f"{context.command_path} {name} {value}"
            raise click.UsageError(here("{typed} is a setting, and {name} comes before it: {write}", typed=repr(value),
                                        name=name, write=write))  # fmt: skip


settings_argument = click.argument("settings", nargs=-1, metavar="[KEY=VALUE...]", callback=_read_settings)
some_settings_argument = click.argument("settings", nargs=-1, metavar="KEY=VALUE...", callback=_read_some_settings)


def _books(store: Store, reactor: Any, config: Config, folder: ShopFolder) -> Books:
    nothing = cast(CallBook, None)  # it only stamps: the books keep their events themselves
    events = EventLog(nothing, reactor, config.server.node)
    around = surroundings(config, folder)
    organisation = OrganisationBook(
        store,
        reactor,
        events,
        lambda: config.server.zone,
        waiting=lambda queue: _waiting(folder.path, queue),
        around=lambda: around,
    )
    return Books(StaffBook(store, reactor, events=events, around=lambda: around), organisation, config)


def _waiting(shop: Path, queue: str) -> int:
    """How many callers wait there, as the running server says."""
    rows = look(shop).get("queues", ())
    return sum(row["waiting"] for row in rows if row["queue"] == queue)


def _alarm(msgid: str, /, **details: object) -> None:
    click.echo(complaint(Complaint(msgid, **details)), err=True)
