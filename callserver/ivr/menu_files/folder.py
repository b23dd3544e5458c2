"""The menu files of the plugins folder, beside the shop's menus in Python."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from callserver.ivr.discovery import Found, MenuProblem, own_menu
from callserver.ivr.menu_files.checks import Checks
from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.menu_files.reading import Known, ReadMenu, read_menu
from callserver.ivr.texts import Texts
from callserver.wire.catalogue import N_

SUFFIX, TESTS = ".ini", ".test.ini"


def menu_files(folder: Path) -> list[Path]:
    """Those of a folder by name; tests beside them are none, nor what editors and Macs leave."""
    return [
        path
        for path in sorted(folder.glob(f"*{SUFFIX}"))
        if not path.name.startswith((".", "_", "~")) and not path.name.endswith(TESTS)
    ]


def read_files(paths: Iterable[Path], known: Known, texts: Texts | None = None) -> dict[Path, ReadMenu]:
    """
    Each file, with all that is wrong in it by itself, and together with the others it leads to.

    :param texts: the files as somebody has read them; None: as they are now
    """
    texts = texts or Texts()
    read = {path: read_menu(name_of(path.stem), _content(path, texts), known) for path in paths}
    checks = Checks({one.menu.name: one.menu for one in read.values() if one.menu is not None})
    for path, one in read.items():
        if one.menu is not None and (faults := checks.faults(one.menu.name)):
            read[path] = replace(one, menu=None, faults=tuple(faults))
    return read


def find_menu_files(
    folders: Sequence[Path],
    plugins: Collection[str],
    taken: Collection[str] = (),
    known: Known | None = None,
    texts: Texts | None = None,
) -> Found:
    """
    All menus in files, and what is wrong with them; of one name that of the first folder.

    :param plugins: names of all menus written in Python
    :param taken: those of them that the server has itself
    :param known: what else they may name
    :param texts: as `read_files`
    """
    by_name: dict[str, Path] = {}
    for path in (path for folder in folders for path in menu_files(folder)):
        by_name.setdefault(name_of(path.stem), path)
    problems = [problem for name, path in by_name.items() if (problem := _name_taken(name, path, plugins, taken))]
    own = {name: path for name, path in by_name.items() if name not in plugins}
    texts = texts or Texts()
    read = read_files(own.values(), replace(known or Known(), menus=own, plugins=plugins), texts)
    problems += [problem_at(path, fault) for path, one in read.items() for fault in one.faults]
    menus = {one.menu.name: FileMenu(one.menu, path) for path, one in read.items() if one.menu is not None}
    return Found(dict(menus), problems, {name: menu.path for name, menu in menus.items()}, texts)


def problem_at(path: Path, fault: Fault) -> MenuProblem:
    """With its place in front."""
    return MenuProblem("{place}: {fault}", place=f"{path}:{fault.line}", fault=fault)


def _content(path: Path, texts: Texts) -> bytes:
    """A file that cannot be read is told as one that is empty."""
    try:
        return texts.of(path)
    except OSError:
        return b""


def _name_taken(name: str, path: Path, plugins: Collection[str], taken: Collection[str]) -> MenuProblem | None:
    if name in taken:
        return own_menu(f"{path}:1", name)
    if name not in plugins:
        return None
    both = N_("{place}: a menu {name} is there already, in Python; this one is not used")
    return MenuProblem(both, place=f"{path}:1", name=name)
