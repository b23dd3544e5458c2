"""`callserver hours NAME closed|open`, `callserver notice MENU TEXT`: what callers find otherwise than files say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import click

from callserver.acd.organisation.noted import Noted
from callserver.calls.event_log import CallBook, EventLog
from callserver.commands.books import tell, with_store
from callserver.commands.loading import Proof, give_voice
from callserver.commands.start import shop_option
from callserver.commands.try_menu import moment
from callserver.config import Config, nearest
from callserver.ivr.loading import loads, switching
from callserver.ivr.menu_files.hours import OpeningHours, State
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.menu_files.steps import WrittenMenu
from callserver.ivr.menu_files.switches import Notice, Switch, ends_by_itself
from callserver.ivr.menu_files.values import TEXT_MAX
from callserver.ivr.prompts import Prompts
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import here

OPEN, CLOSED = "open", "closed"
LONGEST = timedelta(days=366)
until_option = click.option("--until", default="", help=here('By the clock in the shop: "2027-02-06 18:40", 18:40.'))


@click.command(
    "NAME open|closed",
    help=here("Open or close hours of menu files, [hours NAME], by hand, until they are so by themselves."),
)
@click.argument("name")
@click.argument("state", type=click.Choice((OPEN, CLOSED)))
@until_option
@shop_option
def switch_hours(shop: Path, name: str, state: str, until: str) -> None:
    async def work(store: Store, config: Config) -> None:
        named, zone = name_of(name), config.server.zone
        now = datetime.now(zone)
        hours = _hours(named, await store.read(loads.loaded_files))
        there = (await store.read(switching.all_)).switch(named, now)
        written = {one.state(now.replace(tzinfo=None)) is State.OPEN for one in hours}
        noted = _noted(store, config)
        if there is not None and written == {state == OPEN}:
            await noted.write("switch_hours", named, None, switching.end_switch, named)
            tell(here("hours {name} are as they are written again", name=named))
            return
        ends = _end(hours, state == OPEN, now, moment(until, zone) if until else None)
        await noted.write("switch_hours", named, None, switching.switch, Switch(named, state == OPEN, now, ends))
        said = {"name": named, "until": f"{ends:%Y-%m-%d %H:%M}"}
        tell(here("hours {name}: open until {until}", **said) if state == OPEN else
             here("hours {name}: closed until {until}", **said))  # fmt: skip

    with_store(shop, work)


@click.command(help=here("Read a sentence out before the first step of a menu, until a moment; without TEXT: no more."))
@click.argument("menu")
@click.argument("text", default="")
@until_option
@shop_option
def notice(shop: Path, menu: str, text: str, until: str) -> None:
    if text and not until:
        raise click.UsageError(here("say until when: --until 18:00"))
    if len(text) > TEXT_MAX:
        raise Complaint("too large: at most {most} characters a text; split it", most=TEXT_MAX)

    async def work(store: Store, config: Config) -> None:
        named, now = name_of(menu), datetime.now(config.server.zone)
        files = {one.name for one in await store.read(loads.loaded_files)}
        if text and named not in files:
            raise Complaint("no line has a menu file {menu}; {hint}", menu=repr(menu), hint=nearest(named, files))
        noted = _noted(store, config)
        if not text:
            await noted.write("announce", named, None, switching.end_notice, named)
            tell(here("nothing is read out before menu {menu} any more", menu=named))
            return
        ends = _later(moment(until, config.server.zone), now)
        wanted = Notice(named, text, now, ends)
        folder = ShopFolder(shop)
        prompts = Prompts(folder.prompts(config))
        prompts.load()
        await give_voice(store.reactor, folder, Proof(None, [(wanted.language, text)], prompts))
        await noted.write("announce", named, None, switching.announce, wanted)
        tell(here("read out before menu {menu} until {until}: {text}", menu=named, text=text,
                  until=f"{ends:%Y-%m-%d %H:%M}"))  # fmt: skip

    with_store(shop, work)


def _hours(name: str, files: Sequence[WrittenMenu]) -> Collection[OpeningHours]:
    """
    All of this name in the menus that lines have.

    :raises Complaint: there are none
    """
    found = [menu.hours[name] for menu in files if name in menu.hours]
    if not found:
        known = sorted({one for menu in files for one in menu.hours})
        raise Complaint("no menu of a line has [hours {name}]; {hint}", name=name, hint=nearest(name, known))
    return found


def _end(hours: Collection[OpeningHours], is_open: bool, now: datetime, wished: datetime | None) -> datetime:
    """
    When a switch is over: as somebody wishes, and when the hours are so by themselves at the latest.

    :raises Complaint: nobody says when
    """
    wall = now.replace(tzinfo=None)
    latest = [at for one in hours if (at := ends_by_itself(one, is_open, wall)) is not None]
    ends = [at.replace(tzinfo=now.tzinfo) for at in latest] + ([_later(wished, now)] if wished is not None else [])
    if not ends:
        raise Complaint("these hours never come to that by themselves: say until when, --until 18:00")
    return min(ends)


def _later(at: datetime, now: datetime) -> datetime:
    if not now < at < now + LONGEST:
        raise Complaint("{until} is over, or more than a year away", until=f"{at:%Y-%m-%d %H:%M}")
    return at


def _noted(store: Store, config: Config) -> Noted:
    nothing = cast(CallBook, None)  # it only stamps
    return Noted(store, EventLog(nothing, store.reactor, config.server.node))
