"""`callserver interface`: keys of the shop's other programs, and where messages of changes go; also while it runs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from callserver.acd.organisation.noted import Noted
from callserver.calls.event_log import CallBook, EventLog
from callserver.commands.books import tell, with_store
from callserver.commands.calls import list_width
from callserver.commands.options import Group, json_option
from callserver.commands.start import shop_option
from callserver.config import Config
from callserver.features.shopping.web import keys as key_rules
from callserver.features.shopping.web.openapi import describe
from callserver.features.shopping.web.scopes import SCOPE_WORDS, Scope
from callserver.features.shopping.web.served import OPERATIONS
from callserver.features.shopping.web.webhooks import letters
from callserver.store.database import Store
from callserver.wire.cells import printable, wrapped
from callserver.wire.terminal import here

TOLD_ONCE = here("It is told this once; keep it where the program can read it, and nobody else.")
TIME = "%Y-%m-%d %H:%M"
T = TypeVar("T")


@click.group(cls=Group, help=here("HTTP for the shop's other programs: their keys, and messages to them."))
def interface() -> None:
    """Holds the commands below."""


@interface.command(help=here("Print the description of the interface (OpenAPI), as the server serves it."))
def openapi() -> None:
    click.echo(json.dumps(describe(OPERATIONS), ensure_ascii=False, indent=1))


def _scopes_help() -> str:
    return "\n".join(["\b", *(f"{scope:<18} {here(words)}" for scope, words in SCOPE_WORDS.items())])


@interface.group(cls=Group, help=here("Keys: each program has one of its own."))
def keys() -> None:
    """Holds the commands below."""


@keys.command("add", help=here("Make a key for a program, for these acts:") + "\n\n" + _scopes_help())
@click.argument("name")
@click.argument(
    "scopes", nargs=-1, required=True, metavar="SCOPE...", type=click.Choice([scope.value for scope in Scope])
)
@shop_option
def add_key(shop: Path, name: str, scopes: tuple[str, ...]) -> None:
    async def work(store: Store, config: Config) -> None:
        wanted = [Scope(scope) for scope in scopes]
        noted = _noted(store, config)
        secret = await noted.write(
            "interface_key_add", name, None, key_rules.make_key, name, wanted, _now(), scopes=" ".join(scopes)
        )
        tell(TOLD_ONCE)
        if not config.interface.enabled:
            tell(here("The interface is off: write enabled = yes below [interface] in config.ini, and start anew."))
        click.echo(secret)

    with_store(shop, work)


@keys.command("revoke", help=here("A key opens nothing any more, two seconds later."))
@click.argument("name")
@shop_option
def revoke_key(shop: Path, name: str) -> None:
    async def work(store: Store, config: Config) -> None:
        await _noted(store, config).write("interface_key_revoke", name, None, key_rules.revoke_key, name, _now())
        tell(here("{name}: opens nothing any more.", name=name))

    with_store(shop, work)


@keys.command("list", help=here("List the keys: name, since when, what for."))
@shop_option
@json_option
def list_keys(shop: Path, as_json: bool) -> None:
    async def work(store: Store, config: Config) -> None:
        found = await store.read(key_rules.all_keys)
        if as_json:
            _print_json([
                {
                    "name": key.name,
                    "scopes": sorted(key.scopes),
                    "made_at": key.made_at.isoformat(),
                    "revoked_at": key.revoked_at and key.revoked_at.isoformat(),
                }
                for key in found
            ])  # fmt: skip
            return
        for key in found:
            gone = here("revoked") if key.revoked_at is not None else ""
            made = key.made_at.astimezone(config.server.zone).strftime(TIME)
            click.echo(printable("  ".join(filter(None, (key.name, made, " ".join(sorted(key.scopes)), gone)))))
        if not found:
            tell(here("There are none yet."))

    with_store(shop, work)


@interface.group(cls=Group, help=here("Messages of changes (webhooks): where they go, and those nobody took."))
def webhooks() -> None:
    """Holds the commands below."""


@webhooks.command("add", help=here("Send each change from now on to URL; prints the secret that signs the messages."))
@click.argument("name")
@click.argument("url")
@shop_option
def add_target(shop: Path, name: str, url: str) -> None:
    async def work(store: Store, config: Config) -> None:
        allowed = config.interface.webhook_hosts
        change = letters.add_target, name, url, allowed, lambda: secrets.token_urlsafe(32)
        secret = await _noted(store, config).write("interface_webhook_add", name, None, *change, url=url)
        tell(TOLD_ONCE)
        click.echo(secret)

    with_store(shop, work)


@webhooks.command("remove", help=here("Send nothing there any more; its messages that nobody took are gone too."))
@click.argument("name")
@shop_option
def remove_target(shop: Path, name: str) -> None:
    async def work(store: Store, config: Config) -> None:
        await _noted(store, config).write("interface_webhook_remove", name, None, letters.remove_target, name)
        tell(here("{name} is deleted.", name=name))

    with_store(shop, work)


@webhooks.command("list", help=here("List where messages go, and how it stands."))
@shop_option
@json_option
def list_targets(shop: Path, as_json: bool) -> None:
    _list(shop, as_json, letters.all_targets, _target_row, _target_words)


@webhooks.command("dead", help=here("List the messages that were not taken however often; retry sends them again."))
@shop_option
@json_option
def list_dead(shop: Path, as_json: bool) -> None:
    _list(shop, as_json, letters.dead_letters, _dead_row, _dead_words)


@webhooks.command(help=here("Send again what a target did not take: all, or the message of one change. At once."))
@click.argument("name")
@click.argument("sequence", type=click.IntRange(1), required=False)
@shop_option
def retry(shop: Path, name: str, sequence: int | None) -> None:
    async def work(store: Store, config: Config) -> None:
        n = await _noted(store, config).write("interface_webhook_retry", name, None, letters.send_again, name, sequence)
        tell(here("Sent again by the running server: {n}", n=n))

    with_store(shop, work)


def _list(
    shop: Path,
    as_json: bool,
    question: Callable[[], list[T]],
    row: Callable[[T, Config], dict[str, Any]],
    words: Callable[[T, Config], Iterator[str]],
) -> None:
    async def work(store: Store, config: Config) -> None:
        found = await store.read(question)
        if as_json:
            _print_json([row(one, config) for one in found])
            return
        for one in found:
            first, *more = words(one, config)
            click.echo(printable(first))
            for line in more:
                click.echo("\n".join(f"  {part}" for part in wrapped(printable(line), list_width() - 2)))
        if not found:
            tell(here("There are none."))

    with_store(shop, work)


def _target_row(one: letters.TargetStatus, config: Config) -> dict[str, Any]:
    return {
        "name": one.name,
        "url": one.url,
        "waiting": one.waiting,
        "dead": one.dead,
        "tries": one.tries,
        "next_try": one.next_try and _local(one.next_try, config),
        "trouble": one.trouble,
    }


def _target_words(one: letters.TargetStatus, config: Config) -> Iterator[str]:
    """Where it goes; how much waits; what is wrong with it."""
    yield f"{one.name}  {one.url}"
    yield here("messages that wait: {waiting}, laid aside: {dead}", waiting=one.waiting, dead=one.dead)
    if one.next_try is not None:
        yield here("tries: {n}; the next one at {time}", n=one.tries, time=_shown(one.next_try, config))
    if one.trouble:
        yield here("the last try: {trouble}", trouble=one.trouble)


def _dead_words(one: letters.Dead, config: Config) -> Iterator[str]:
    yield f"{one.target}  {one.sequence}"
    yield here("laid aside at {time}: {trouble}", time=_shown(one.at, config), trouble=one.trouble)
    if one.again:
        yield here("is sent again by the running server")


def _dead_row(one: letters.Dead, config: Config) -> dict[str, Any]:
    return {
        "name": one.target,
        "sequence": one.sequence,
        "at": _local(one.at, config),
        "again": "yes" if one.again else "",
        "trouble": one.trouble,
    }


def _local(at: datetime, config: Config) -> str:
    return at.astimezone(config.server.zone).isoformat(timespec="seconds")


def _shown(at: datetime, config: Config) -> str:
    return at.astimezone(config.server.zone).strftime(TIME)


def _print_json(rows: list[dict[str, Any]]) -> None:
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))


def _noted(store: Store, config: Config) -> Noted:
    nothing = cast(CallBook, None)  # it only stamps: the event is kept with the change
    return Noted(store, EventLog(nothing, store.reactor, config.server.node))


def _now() -> datetime:
    return datetime.now(UTC)
