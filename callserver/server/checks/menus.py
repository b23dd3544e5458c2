"""The menus that lines name, and the folders they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from callserver.acd.organisation.surroundings import Surroundings
from callserver.calls.dial_guard import CHINA
from callserver.config import Config, Finding, Grade, Reading, ServerConfig, nearest
from callserver.features import Feature, Shop
from callserver.ivr.discovery import Found
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.reading import Known
from callserver.server import declarations
from callserver.server.checks.named import Places, unknown_in_file, unknown_in_python
from callserver.server.shop_folder import TOP, ShopFolder
from callserver.wire.catalogue import Complaint


def menus(
    reading: Reading, folder: ShopFolder, found: Found, places: Places, accepted: Collection[str] = ()
) -> Iterator[Finding]:
    """
    A folder that is not there, files that are broken, lines whose menu nobody has, places that menus name in vain.

    :param found: all menus, and what is wrong with the files
    :param accepted: menus whose last version lines have, also without their files
    """
    yield from missing_folder(reading, folder, "plugins", reading.config.server.plugins)
    for problem in found.problems:
        yield reading.finding(problem, "server", "plugins", Grade.MISTAKE)
    yield from without_menu(reading, found, accepted)
    for number in filter(CHINA.emergency.__contains__, reading.config.agents.menu_numbers):
        said = Complaint("{number} is an emergency number: choose another", number=number)
        yield reading.finding(said, "agents", "menu_numbers")
    for number in reading.config.menus.may_dial:
        if (never := Surroundings.of(reading.config, tuple).not_dialled(number)) is not None:
            yield reading.finding(never, "menus", "may_dial")
    for menu in sorted({*reading.config.agents.menu_numbers.values()} - {*found.menus}):
        yield reading.finding(no_menu(menu, found.menus), "agents", "menu_numbers", Grade.MISTAKE)
    for place in folder.plugins(reading.config):
        for path in sorted(place.glob("*.py")):
            yield from unknown_in_python(path, places)
    for one in found.menus.values():
        if isinstance(one, FileMenu):
            yield from unknown_in_file(one, places)


def all_menus(config: Config, folder: ShopFolder, features: Sequence[Feature] = ()) -> Found:
    """The features' and the shop's own by name, and what is wrong with the files. Runs them."""
    nothing = cast(Any, None)  # a declaration keeps these for later
    features = features or declarations.declared(Shop(config, nothing, nothing, choice=lambda options: options[0]))
    found = declarations.own_menus(features, folder.plugins(config), folder.prompts(config), outside(config))
    return found._replace(menus=declarations.menus(features, found.menus))


def outside(config: Config) -> Known:
    """The numbers outside that menus may dial: those of the settings, as far as any line dials them."""
    around = Surroundings.of(config, tuple)
    return Known(numbers=config.menus.may_dial, not_dialled=lambda number: around.not_dialled(number))


def missing_menus(reading: Reading, known: Collection[str]) -> dict[str, str]:
    """The menus that lines name and nobody has, by section."""
    sections = {reading.line_section(number): line.menu for number, line in reading.config.lines.items()}
    return {section: menu for section, menu in sections.items() if menu not in known}


def without_menu(reading: Reading, found: Found, accepted: Collection[str] = ()) -> Iterator[Finding]:
    """The same as findings. Where a file is broken that it may be in, the server starts: callers get a person."""
    for section, menu in missing_menus(reading, {*found.menus, *accepted}).items():
        yield reading.finding(
            no_menu(menu, found.menus), section, "menu", Grade.MISTAKE if found.problems else Grade.STOPS
        )


def no_menu(menu: str, known: Collection[str]) -> Complaint:
    """It is named, and nobody has it."""
    return Complaint("no menu {menu}; {hint}", menu=repr(menu), hint=nearest(menu, known))


def missing_folder(reading: Reading, folder: ShopFolder, key: str, name: str) -> Iterator[Finding]:
    """A folder that [server] names and that is not there; version 0.1 looked for relative ones elsewhere."""
    path = folder.own(name)
    if not name or path.is_dir() or (name == getattr(ServerConfig, key) and not path.exists()):
        return
    complaint = Complaint("no folder {folder}: make it, or leave {key} empty", folder=path, key=key)
    for former in (TOP / name, Path(name).absolute()):
        if former.is_dir() and former != path:
            complaint = Complaint(
                "no folder {folder}: a relative path begins in the shop's folder; if {former} is meant, write that",
                folder=path,
                former=former,
            )
    yield reading.finding(complaint, "server", key, Grade.MISTAKE)
