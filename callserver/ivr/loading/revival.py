"""Menus made of a version again: its Python imported anew from its own text, under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

from callserver.ivr.discovery import MenuProblem, read_menu_file
from callserver.ivr.interfaces import IMenu
from callserver.ivr.loading.version import MenuVersion
from callserver.ivr.menu_files.file_menu import FileMenu, led_on
from callserver.ivr.menu_files.folder import SUFFIX, problem_at, read_files
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.menu_files.switches import Switches
from callserver.ivr.texts import Texts

PYTHON = ".py"


def revive(version: MenuVersion, built_in: Mapping[str, IMenu], switches: Switches) -> dict[str, IMenu]:
    """
    All menus that callers of this one can come to, by name. Runs its Python files: apart from the reactor.

    :param built_in: those of the server itself
    :param switches: what is otherwise than the files say, at each moment
    :raises MenuProblem: it is not there, or not right any more
    """
    texts = Texts(version.files)
    menus, problems = dict(built_in), list[MenuProblem]()
    for path in (path for path in version.files if path.suffix == PYTHON):
        found, wrong = read_menu_file(path, texts=texts)
        menus.update({name: menu for name, (menu, _) in found.items() if name not in built_in})
        problems += wrong
    files = {name_of(path.stem): path for path in version.files if path.suffix == SUFFIX}
    for path, read in read_files(files.values(), Known(menus=files, plugins=menus), texts).items():
        problems += [problem_at(path, fault) for fault in read.faults]
        if read.menu is not None:
            menus[read.menu.name] = FileMenu(read.menu, path)
    missing = [name for name in (version.menu, *files) if name not in menus]
    if missing:
        raise problems[0] if problems else MenuProblem("no menu {menu}", menu=repr(missing[0]))
    return led_on(menus, switches)
