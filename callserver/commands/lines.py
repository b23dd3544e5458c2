"""`callserver lines`: which menu each line has, and whether it is in service; changed while calls go on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import click

from callserver.acd.organisation.noted import Noted
from callserver.calls.event_log import CallBook, EventLog
from callserver.commands.books import tell, with_store
from callserver.commands.calls import known_shop
from callserver.commands.lines_words import lines_report
from callserver.commands.loading import give_voice, proved
from callserver.commands.options import Group, json_option, language_option, require_shop
from callserver.commands.start import shop_option
from callserver.commands.status import look
from callserver.config import Config
from callserver.ivr.loading import loads
from callserver.ivr.loading.loads import Load, Service
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.wire.catalogue import Complaint
from callserver.wire.states import LineState
from callserver.wire.terminal import here

LOOK_S = 0.3
FOLLOWS_S = 45.0  # a server follows within two seconds; the import of a menu's Python may take it 30
HELP = (
    here("Lines: their menus, versions and states; load a menu, take a line out of service and back."),
    here("LINES: 3, 1-4 or 1,3,5-8. A running server follows within two seconds; calls go on."),
)
RINGS_ON = here("A caller whom the exchange puts through to a line out of service rings there in vain: docs/lines.md")
lines_argument = click.argument("numbers", metavar="LINES")


@click.group(cls=Group, help="\n\n".join(HELP), invoke_without_command=True)
@shop_option
@language_option
@json_option
@click.pass_context
def lines(context: click.Context, shop: Path, language: str, as_json: bool) -> None:
    if context.invoked_subcommand is not None:
        return
    found = rows(shop)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(lines_report(found, language)))


@lines.command(help=here("Check, walk and test a menu, and give it to lines; their next call comes to it."))
@lines_argument
@click.argument("menu")
@shop_option
def load(shop: Path, numbers: str, menu: str) -> None:
    config = _config(shop)
    chosen = _numbers(numbers, config)
    proof = proved(shop, menu)  # in this process: a menu that never ends holds up no call
    name = proof.version.name if proof.version is not None else ""

    async def work(store: Store, config: Config) -> None:
        await give_voice(store.reactor, ShopFolder(shop), proof)
        for number in chosen:
            wanted = Load(number, menu, name, config.lines[number].menu, datetime.now(UTC))
            noted = _noted(store, config), "load_line", number
            await _write(*noted, loads.load, wanted, proof.version, menu=menu, version=name)

    _in_store(shop, work)
    tell(here("menu {menu} {version}: accepted.", menu=menu, version=name))
    _until(shop, chosen, lambda row: (row["menu"], row["version"]) == (menu, name))


@lines.command(help=here("Give lines what they had before what they have; once more: that again."))
@lines_argument
@shop_option
def back(shop: Path, numbers: str) -> None:
    chosen = _numbers(numbers, _config(shop))
    given: dict[int, tuple[str, str]] = {}

    async def work(store: Store, config: Config) -> None:
        for number in chosen:
            before = await store.read(loads.before, number)
            given[number] = before.menu, before.version
            wanted = Load(number, *given[number], config.lines[number].menu, datetime.now(UTC))
            noted = _noted(store, config), "load_line", number
            await _write(*noted, loads.load, wanted, None, menu=before.menu, version=before.version)
            done = here("line {line}: back to menu {menu} {version}", line=number, menu=before.menu,
                        version=before.version)  # fmt: skip
            tell(done.rstrip())  # the server's own menus have no version

    _in_store(shop, work)
    _until(shop, chosen, lambda row: (row["menu"], row["version"]) == given[row["line"]])


@lines.command(help=here("Take the menu off lines that are not in service."))
@lines_argument
@shop_option
def unload(shop: Path, numbers: str) -> None:
    chosen = _numbers(numbers, _config(shop))
    there = {row["line"]: row for row in rows(shop)}
    for number in chosen:
        if there[number]["enabled"]:
            raise Complaint("line {line} is in service: drain it first", line=number)

    async def work(store: Store, config: Config) -> None:
        for number in chosen:
            wanted = Load(number, "", "", config.lines[number].menu, datetime.now(UTC))
            await _write(_noted(store, config), "unload_line", number, loads.load, wanted, None)

    _in_store(shop, work)
    _until(shop, chosen, lambda row: row["state"] == LineState.NOT_LOADED.name)


@lines.command(help=here("Let lines answer."))
@lines_argument
@shop_option
def enable(shop: Path, numbers: str) -> None:
    chosen = _numbers(numbers, _config(shop))
    there = {row["line"]: row for row in rows(shop)}
    for number in chosen:
        if not there[number]["menu"]:
            raise Complaint("line {line} has no menu: load one first", line=number)
    _serve(shop, chosen, enabled=True)
    _until(shop, chosen, lambda row: row["enabled"] and row["state"] != LineState.LOADED.name)


@lines.command(help=here("Take lines out of service: a line that is in a call when that is over."))
@lines_argument
@click.option("--now", is_flag=True, help=here("At once: its call ends."))
@shop_option
def disable(shop: Path, numbers: str, now: bool) -> None:
    chosen = _numbers(numbers, _config(shop))
    _serve(shop, chosen, enabled=False, at_once=now)
    _until(shop, chosen, lambda row: _is_out(row) or (row.get("draining") and not now))
    tell(RINGS_ON)
    for row in rows(shop):
        if row["line"] in chosen and row.get("draining"):
            tell(here("line {line} is in a call: out of service when that is over", line=row["line"]))


@lines.command(help=here("The same, and wait until the last of their calls is over."))
@lines_argument
@shop_option
def drain(shop: Path, numbers: str) -> None:
    chosen = _numbers(numbers, _config(shop))
    _serve(shop, chosen, enabled=False)
    tell(RINGS_ON)
    _until(shop, chosen, lambda row: _is_out(row) or row.get("draining"))
    _until(shop, chosen, _is_out, within_s=float("inf"))


def rows(shop: Path) -> list[dict[str, Any]]:
    """The lines as the running server has them; without one as its next start will have them."""
    found = look(shop)
    if "lines" in found:
        return list(found["lines"])
    with known_shop(shop) as config:
        wishes = loads.wishes()
    return [_at_rest(number, config, wishes) for number in config.lines]


def _at_rest(number: int, config: Config, wishes: loads.Wishes) -> dict[str, Any]:
    settings = config.lines[number]
    said, service = wishes.loads.get(number), wishes.services.get(number)
    if said is not None and said.configured != settings.menu:
        said = None
    enabled = service.enabled if service is not None and service.configured == settings.enabled else settings.enabled
    return {
        "line": number,
        "state": None,
        "menu": said.menu if said is not None else settings.menu,
        "version": said.version if said is not None else "",
        "loaded": said.at.astimezone(config.server.zone).isoformat() if said is not None else None,
        "enabled": enabled,
    }


def _is_out(row: dict[str, Any]) -> bool:
    return not row["enabled"] and row["state"] in (LineState.LOADED.name, LineState.NOT_LOADED.name)


def _serve(shop: Path, chosen: Sequence[int], *, enabled: bool, at_once: bool = False) -> None:
    async def work(store: Store, config: Config) -> None:
        for number in chosen:
            configured = config.lines[number].enabled
            wanted = Service(number, enabled, configured, datetime.now(UTC), at_once)
            act = "enable_line" if enabled else "disable_line"
            await _write(_noted(store, config), act, number, loads.serve, wanted)

    _in_store(shop, work)


def _in_store(shop: Path, work: Callable[[Store, Config], Coroutine[Any, Any, None]]) -> None:
    """As `with_store`, and the command goes on if all went well: a reactor that has run ends the process."""
    try:
        with_store(shop, work)
    except SystemExit as end:
        if end.code:
            raise


def _noted(store: Store, config: Config) -> Noted:
    nothing = cast(CallBook, None)  # it only stamps
    return Noted(store, EventLog(nothing, store.reactor, config.server.node))


async def _write(noted: Noted, act: str, number: int, change: Callable[..., None], *args: Any, **data: str) -> None:
    await noted.write(act, f"line {number}", None, partial(change, *args), **data)


def _config(shop: Path) -> Config:
    folder = ShopFolder(shop)
    require_shop(folder)
    return folder.known_config()


def _numbers(typed: str, config: Config) -> list[int]:
    """
    Lines, as they were typed.

    :raises Complaint: there is no such line
    """
    found: list[int] = []
    for part in typed.split(","):
        first, _, last = part.strip().partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise Complaint("{typed}: write lines as 3, 1-4 or 1,3,5-8", typed=repr(typed))
        found += range(int(first), int(last or first) + 1)
    for number in found:
        if number not in config.lines:
            known = ", ".join(map(str, config.lines))
            raise Complaint("there is no line {line}; there are {lines}", line=number, lines=known)
    return list(dict.fromkeys(found))


def _until(
    shop: Path, chosen: Sequence[int], done: Callable[[dict[str, Any]], object], within_s: float = FOLLOWS_S
) -> None:
    """The running server has followed; ends the command where it does not, and says why."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        found = look(shop)
        if "lines" not in found:
            tell(here("The server does not run: what is said counts from its next start on."))
            return
        mine = [row for row in found["lines"] if row["line"] in chosen]
        for row in mine:
            if row.get("refused"):
                raise Complaint("line {line}: {problem}", line=row["line"], problem=row["refused"])
        if all(map(done, mine)):
            return
        time.sleep(LOOK_S)
    tell(here("The server has not followed within {s} s; callserver lines shows how it is.", s=f"{within_s:g}"))
    sys.exit(1)
