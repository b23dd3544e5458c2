"""The menus that lines name, and the folders they come from."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from callserver.calls.dial_guard import CHINA
from callserver.config import Config, Finding, Grade, Reading, ServerConfig, nearest
from callserver.features import Feature, Shop
from callserver.ivr.discovery import Found
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.folder import menu_files, read_files
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.menu_files.steps import Target, To, WrittenMenu
from callserver.ivr.menu_files.ways import targets
from callserver.server import declarations
from callserver.server.shop_folder import TOP, ShopFolder
from callserver.wire.catalogue import Complaint


def menus(
    reading: Reading, folder: ShopFolder, found: Found, queues: Collection[str], accepted: Collection[str] = ()
) -> Iterator[Finding]:
    """
    A folder that is not there, files that are broken, lines whose menu nobody has, queues that menus name in vain.

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
    for number in filter(CHINA.emergency.__contains__, reading.config.menus.may_dial):
        said = Complaint("{number} is an emergency number: choose another", number=number)
        yield reading.finding(said, "menus", "may_dial")
    for menu in sorted({*reading.config.agents.menu_numbers.values()} - {*found.menus}):
        yield reading.finding(no_menu(menu, found.menus), "agents", "menu_numbers", Grade.MISTAKE)
    for place in folder.plugins(reading.config):
        for path in sorted(place.glob("*.py")):
            yield from unknown_queues(path, queues)
    for one in found.menus.values():
        if isinstance(one, FileMenu):
            yield from queues_of_file(one, queues)


def all_menus(config: Config, folder: ShopFolder, features: Sequence[Feature] = ()) -> Found:
    """The features' and the shop's own by name, and what is wrong with the files. Runs them."""
    nothing = cast(Any, None)  # a declaration keeps these for later
    features = features or declarations.declared(Shop(config, nothing, nothing, choice=lambda options: options[0]))
    found = declarations.own_menus(features, folder.plugins(config), folder.prompts(config), config.menus.may_dial)
    return found._replace(menus=declarations.menus(features, found.menus))


def unknown_queues(path: Path, queues: Collection[str]) -> Iterator[Finding]:
    """Where a menu file sends callers to a queue that there is not: in a call they would get the first one."""
    for name, line in _queues_in(path):
        if name not in queues:
            complaint = Complaint("no queue {queue}; {hint}", queue=name, hint=nearest(name, queues))
            yield Finding(complaint, path, line, grade=Grade.MISTAKE)


def sent_to(folders: Iterable[Path]) -> dict[str, str]:
    """Queues that the files of these folders send callers to, each with the first place."""
    found: dict[str, str] = {}
    for folder in folders:
        for path, name, line in _sent_from(folder):
            found.setdefault(name, f"{path.name}:{line}")
    return found


def _sent_from(folder: Path) -> Iterator[tuple[Path, str, int]]:
    for path in sorted(folder.glob("*.py")):
        for name, line in _queues_in(path):
            yield path, name, line
    for path, read in read_files(menu_files(folder), Known()).items():
        if read.menu is not None:
            for target in _queues_of(read.menu):
                yield path, target.name, target.line


def _queues_in(path: Path) -> Iterator[tuple[str, int]]:
    """Names that stand in a menu's file as they are, with their lines; of one that is broken none: that is told."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="transfer_to_queue"), args=[ast.Constant(value=str(name)), *_]):
                yield name, node.lineno
            case ast.Call(func=ast.Attribute(attr="transfer_to_queue" | "transfer_to_office"), keywords=[*given]):
                for one in given:
                    match one:
                        case ast.keyword(arg="queue", value=ast.Constant(value=str(name))) if name:
                            yield name, node.lineno


def queues_of_file(menu: FileMenu, queues: Collection[str]) -> Iterator[Finding]:
    """The same for a menu that is written in a file."""
    for target in _queues_of(menu.written):
        if target.name not in queues:
            complaint = Complaint("no queue {queue}; {hint}", queue=target.name, hint=nearest(target.name, queues))
            yield Finding(complaint, menu.path, target.line, grade=Grade.MISTAKE)


def _queues_of(menu: WrittenMenu) -> list[Target]:
    """From the first line to the last."""
    return sorted((one for one in targets(menu) if one.to is To.QUEUE), key=lambda one: one.line)


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
