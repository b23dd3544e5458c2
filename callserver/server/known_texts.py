"""All that is said in calls and was known before: from the database, and from the shop's menu files."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from callserver.acd.organisation.tables import OfficeRow
from callserver.ivr.interfaces import IMenu
from callserver.ivr.known_text import KnownText
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.texts import menu_texts
from callserver.server.features import FEATURES


def in_database() -> list[KnownText]:
    """Of every feature that has `texts.known_texts`, and the offices' names; in the database's thread."""
    found = [text for package in FEATURES for text in _of_feature(package)]
    return [*found, *_offices()]


def of_menus(menus: Iterable[IMenu]) -> list[KnownText]:
    """The sentences of those that are files."""
    return [text for menu in menus if isinstance(menu, FileMenu) for text in menu_texts(menu.written)]


def _of_feature(package: str) -> Iterator[KnownText]:
    name = f"{package}.texts"
    if find_spec(name) is not None:
        yield from importlib.import_module(name).known_texts()


def _offices() -> Iterator[KnownText]:
    """An office has one name, which is said in the language it is written in."""
    for office in OfficeRow.select().order_by(OfficeRow.number):
        yield KnownText(f"office.{office.number}", "en" if office.name.isascii() else "zh", office.name)
