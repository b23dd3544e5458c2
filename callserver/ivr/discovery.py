"""The shop's own menus: one .py file each in the plugins folder, with an instance at module level."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from twisted.logger import Logger

from callserver.ivr.interfaces import IMenu

log = Logger()


def find_menus(folder: Path) -> dict[str, IMenu]:
    """
    All menus in a folder, by name; a file that does not import is logged and left out.

    Runs the files: before the reactor runs. twisted.plugin finds plugins on Python's path only, and writes a cache
    beside them; a shop's folder is neither on the path nor ours to write in.
    """
    menus: dict[str, IMenu] = {}
    for path in sorted(folder.glob("*.py")):
        for menu in _menus_in(path):
            if menu.name in menus:
                log.warn("{path}: a menu {name} is there already; this one is not used", path=path, name=menu.name)
            menus.setdefault(menu.name, menu)
    return menus


def _menus_in(path: Path) -> Iterator[IMenu]:
    spec = importlib.util.spec_from_file_location(f"callserver_plugins.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None  # it ends in .py
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception:
        log.failure("menu file {path} is left out: it does not import", path=path)
        return
    yield from (value for value in vars(module).values() if IMenu.providedBy(value))
