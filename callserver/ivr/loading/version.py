"""A version of a menu: its file and all it leads to, byte by byte. The same bytes are the same version."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from callserver.ivr.discovery import Found
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.steps import Target, To
from callserver.ivr.menu_files.ways import targets

NAME_DIGITS = 12
BUILT_IN = ""  # the version of a menu of the server itself: that of the server


@dataclass(frozen=True)
class MenuVersion:
    """
    :param menu: the one that a line is bound to
    :param files: all that its callers can come to, by path
    """

    menu: str
    files: Mapping[Path, bytes]

    @property
    def name(self) -> str:
        """Twelve hexadecimal digits, wherever the folder of the files is."""
        seen = sha256(self.menu.encode())
        for path in sorted(self.files, key=lambda path: path.name):
            seen.update(f"\0{path.name}\0{len(self.files[path])}\0".encode())
            seen.update(self.files[path])
        return seen.hexdigest()[:NAME_DIGITS]


def version_of(menu: str, found: Found) -> MenuVersion | None:
    """The version that a menu has in what was found; None: it is the server's own, or there is none."""
    if menu not in found.files or found.texts is None:
        return None
    paths = {found.files[name] for name in led_to(menu, found)}
    return MenuVersion(menu, {path: found.texts.of(path) for path in sorted(paths)})


def led_to(menu: str, found: Found) -> list[str]:
    """It, and the menus in files that its callers can come to, in the order in which they can."""
    return [name for name in names_from(menu, found.menus) if name in found.files]


def reached(menu: str, menus: Mapping[str, IMenu]) -> list[FileMenu]:
    """Those of them that are text files."""
    there: list[object] = [menus.get(name) for name in names_from(menu, menus)]
    return [one for one in there if isinstance(one, FileMenu)]


def names_from(menu: str, menus: Mapping[str, IMenu]) -> list[str]:
    """It, and all that its callers can come to as its files say, be it there or not."""
    names, left = [menu], [menu]
    while left:
        written = menus.get(left.pop())
        ways: Collection[Target] = targets(written.written) if isinstance(written, FileMenu) else ()
        for name in sorted(way.name for way in ways if way.to in (To.MENU, To.PLUGIN)):
            if name not in names:
                names.append(name)
                left.append(name)
    return names
