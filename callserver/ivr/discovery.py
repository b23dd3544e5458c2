"""The shop's own menus: found in the plugins folder at start."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from twisted.logger import Logger
from twisted.plugin import IPlugin, getPlugins

from callserver.ivr.interfaces import IMenu

log = Logger()

PACKAGE = "callserver_plugins"  # under which the folder's files are imported


def find_menus(folder: Path) -> dict[str, IMenu]:
    """
    All menus in a folder, by name; a file that does not import is logged by twisted.plugin and left out.

    Does file work: before the reactor runs.
    """
    if not folder.is_dir():
        return {}
    package = ModuleType(PACKAGE)
    package.__path__ = [str(folder)]
    package.__spec__ = importlib.util.spec_from_loader(PACKAGE, loader=None, is_package=True)
    sys.modules[PACKAGE] = package
    menus: dict[str, IMenu] = {}
    for menu in getPlugins(IMenu, package):
        if not IPlugin.providedBy(menu):
            continue
        if menu.name in menus:
            log.warn("two menus are called {name}; the first is used", name=menu.name)
        menus.setdefault(menu.name, menu)
    return menus
