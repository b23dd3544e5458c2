"""`callserver check-menu FILE`: what is wrong with a menu of one's own, and what a caller of it hears."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.logger import globalLogBeginner

from callserver.commands.report_words import words
from callserver.emulator.script_run import run_script
from callserver.ivr.discovery import MenuProblem, own_menu, prompts_in, read_menu_file
from callserver.ivr.prompt_files import PromptError
from callserver.ivr.prompts import FOLDER, Prompts
from callserver.rehearsal.world import RehearsalWorld
from callserver.server.assembly import CallServer
from callserver.server.menu_breaker import PATIENCE, MenuBreaker
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import LANGUAGES
from callserver.wire.records import EventRecord
from callserver.wire.script_words import ScriptError
from callserver.wire.terminal import complaint, here, person_language

CALLER = "13912345678"  # a customer of the demo shop
BLOCKED_S = 5.0  # so long a menu may keep everything waiting, as in the server
LONGEST_S = 2000.0  # longer than any menu may last
SHOWN = {"menu", "prompt", "input", "recording", "entry", "leave", "menu_failed", "alarm", "call_back", "end"}
SETTINGS = """
[server]
plugins = {plugins}
prompts = {prompts}
[line 1]
device = emulated
menu = {menu}
[recording]
announce = no
calls = none
"""
HELP = (
    here("Check a menu of your own, and try it."),
    here(
        "Lists every mistake in FILE with its line; then somebody calls the menu, on virtual time, and you read what "
        "he hears. Exit code 1: something is wrong."
    ),
)


@click.command("check-menu", help="\n\n".join(HELP))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--keys", default="", help=here('What the caller presses, question by question: "1 1001# 2".'))
@click.option("--prompts", type=click.Path(path_type=Path, file_okay=False), help=here("Your own recordings."))
def check_menu(file: Path, keys: str, prompts: Path | None) -> None:
    menus, problems = read_menu_file(file)
    problems += _unknown_prompts(file, prompts)
    for problem in problems:
        click.echo(complaint(problem), err=True)
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)  # else errors of the menu come to the terminal
    wrong = bool(problems)
    for name, (_, line) in menus.items():
        with TemporaryDirectory() as folder:
            for kind, told in _tried(Path(folder), f"{file}:{line}", name, keys.split(), prompts):
                click.echo(told.replace(str(Path(folder, "plugins", file.name)), str(file)))
                wrong = wrong or kind in ("menu_failed", "failed")
    sys.exit(1 if wrong else 0)


def _unknown_prompts(file: Path, own: Path | None) -> Iterator[MenuProblem]:
    """Names of prompts that are recorded in no language, or in one that is named and is not recorded."""
    known = Prompts([own, FOLDER] if own else [FOLDER])
    known.load()
    for line, name in prompts_in(file):
        language, _, bare = name.rpartition("/")
        if not any(_is_recorded(known, one, bare) for one in ([language] if language else LANGUAGES)):
            yield MenuProblem("{place}: there is no prompt {name}", place=f"{file}:{line}", name=repr(name))


def _is_recorded(prompts: Prompts, language: str, name: str) -> bool:
    try:
        prompts.sounds(language, name)
    except (PromptError, KeyError):
        return False
    return True


def _tried(folder: Path, place: str, menu: str, keys: Sequence[str], prompts: Path | None) -> Iterator[tuple[str, str]]:
    """One call to the menu in a shop of its own: kinds of events, and what happened in words."""
    server, reactor = _open(folder, Path(place.rpartition(":")[0]), menu, prompts)
    if any(menu == own.name for feature in server.features for own in feature.menus):
        yield "failed", complaint(own_menu(place, menu))
    else:
        yield from _called(server, reactor, keys)
    _until(reactor, server.stopService())


def _called(server: CallServer, reactor: Any, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    events: list[EventRecord] = []
    server.events.watch(events.append)
    assert server.exchange is not None
    began_s = reactor.seconds()
    presses = "".join(f"wait silence 1.2 within 90\npress {key}\n" for key in keys)
    breaker = MenuBreaker(reactor, BLOCKED_S / PATIENCE)
    breaker.start()
    call = f"caller {CALLER}\ndial {server.config.exchange.number}\nwait answer within 60\n{presses}"
    try:
        ended = _until(reactor, run_script(server.exchange, f"{call}wait hang up within {LONGEST_S:g}\nhang up\n"))
    finally:
        breaker.stop()
    for event in events:
        if event.kind in SHOWN:
            yield event.kind, f"{event.uptime_s - began_s:6.1f} s  {_words(event, server)}"
    if isinstance(ended, ScriptError):
        yield "failed", complaint(ended)


def _open(folder: Path, file: Path, menu: str, prompts: Path | None) -> tuple[CallServer, Any]:
    plugins, shop = folder / "plugins", ShopFolder(folder / "shop")
    plugins.mkdir()
    copy(file, plugins)
    shop.prepare()
    settings = SETTINGS.format(plugins=plugins, prompts=prompts.absolute() if prompts else "", menu=menu)
    shop.config_file.write_text(settings, "utf-8")
    world = RehearsalWorld(Random(menu), 0.0)
    server = CallServer(shop, world)
    server.startService()
    _until(world.reactor, server.ready)
    return server, world.reactor


def _until(reactor: Any, answer: Deferred[Any]) -> Any:
    """Time passes until this has fired; what it fired with, also where it failed."""
    found: list[Any] = []
    answer.addBoth(found.append)
    reactor.run_until(lambda: bool(found), reactor.seconds() + LONGEST_S)
    return getattr(found[0], "value", found[0]) if found else None


def _words(event: EventRecord, server: CallServer) -> str:
    """What happened; of a prompt, the text that is said."""
    if event.kind != "prompt":
        return words(event, person_language())
    names, language = event.data["names"], str(event.data["language"])
    assert isinstance(names, list)
    said = [str(name).rpartition("/") for name in names]
    return " ".join(server.prompts.text(own or language, name) for own, _, name in said)
