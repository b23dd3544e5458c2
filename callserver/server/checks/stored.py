"""What a shop's database has, for checks of its settings: as far as there is one and it can be read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from peewee import PeeweeException

from callserver.config import Reading
from callserver.ivr.loading import loads
from callserver.server.shop_folder import ShopFolder
from callserver.store.opening import StoreError, read_only

T = TypeVar("T")


def stored(reading: Reading, folder: ShopFolder, read: Callable[[], T]) -> T | None:
    """None if there is none yet, or it cannot be read. Not beside a store of the same process."""
    if folder.life() is None:
        return None
    try:
        with read_only(folder.database(reading.config)):
            return read()
    except (StoreError, PeeweeException):
        return None


def accepted_menus(reading: Reading, folder: ShopFolder) -> Collection[str]:
    """Menus of which a version was accepted once: lines have it, whatever becomes of the files."""
    return (stored(reading, folder, loads.newest) or {}).keys()
