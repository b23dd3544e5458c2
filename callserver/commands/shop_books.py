"""The shop's books of goods, customers and orders, opened for a command: changes are noted, refusals told in words."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from callserver.acd.organisation.noted import Noted
from callserver.calls.event_log import CallBook, EventLog
from callserver.commands.books import with_store
from callserver.commands.calls import as_text
from callserver.commands.tables import table
from callserver.config import Config, Unfit
from callserver.features.shopping.books.refusals import in_words
from callserver.features.shopping.rules import OrderRefused
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.records import EventRecord, Value
from callserver.wire.terminal import here

T = TypeVar("T")


@dataclass(frozen=True)
class ShopBooks:
    """Beside the running server or without it; callers hear the next time they ask what has been changed here."""

    store: Store
    config: Config
    events: EventLog

    @property
    def country(self) -> str:
        return self.config.exchange.country

    async def read(self, f: Callable[..., T], *args: Any) -> T:
        return await self.store.read(f, *args)

    async def change(self, act: str, target: str, f: Callable[..., Any], *args: Any, **data: Value) -> Any:
        """
        One transaction, with the event that says what was done at the server's command line.

        :raises Complaint: the rules refuse it
        """
        try:
            return await Noted(self.store, self.events).write(act, target, None, f, *args, **data)
        except OrderRefused as refused:
            raise in_words(refused) from refused

    def stamp(self, kind: Any) -> EventRecord:
        """An event of this moment."""
        return self.events.stamp(kind)

    def shown(self, at: datetime) -> str:
        """In the shop's zone."""
        return f"{at.astimezone(self.config.server.zone):%Y-%m-%d %H:%M}"


def with_shop_books(shop: Path, work: Callable[[ShopBooks], Coroutine[Any, Any, None]]) -> None:
    """Do it in the shop's database; what is refused is one line and exit code 1."""

    async def story(store: Store, config: Config) -> None:
        nothing = cast(CallBook, None)  # it only stamps
        await work(ShopBooks(store, config, EventLog(nothing, store.reactor, config.server.node)))

    with_store(shop, story)


def list_names(
    shop: Path,
    named: Callable[[], Mapping[str, tuple[str, ...]]],
    key: str,
    title: str,
    language: str,
    *,
    as_json: bool,
) -> None:
    """
    What the shop has under a key with a name in each language: categories, carriers.

    :param named: run in `store.read`
    :param title: of the key's column, a sentence of the catalogue
    """

    async def work(books: ShopBooks) -> None:
        found = await books.read(named)
        if as_json:
            click.echo(as_text([{key: one, "name_zh": zh, "name_en": en} for one, (zh, en) in found.items()]))
            return
        rows = [(one, zh, en) for one, (zh, en) in found.items()]
        click.echo("\n".join(table((title, N_("in Chinese"), N_("in English")), rows, language, cut_first=(1, 2))))

    with_shop_books(shop, work)


free_option = click.option("--free", is_flag=True, help=here("A price of 0.00 is meant: it is given away."))


class Day(click.ParamType[datetime]):
    """A day, or a day with its time, in the shop's zone; without one until it is known which."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
            try:
                return datetime.strptime(str(value).strip(), form)
            except ValueError:
                continue
        return self.fail(
            here("{typed} is no day: write 2026-12-01, or 2026-12-01 09:30", typed=repr(value)), param, ctx
        )


def typed_as(read: Callable[[str], T], typed: str) -> T:
    """
    One argument of a command line.

    :raises Complaint: what is wrong with it
    """
    try:
        return read(typed)
    except Unfit as problem:
        raise Complaint("{typed}: {problem}", typed=repr(typed), problem=problem) from None


def now() -> datetime:
    """Of the records."""
    return datetime.now(UTC).replace(microsecond=0)
