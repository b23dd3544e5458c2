"""The bytes of menu files, each read once: what is looked at is what is tried, run and kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

LARGEST_BYTES = 4 * 1024 * 1024  # whatever somebody has put there


class Texts:
    """
    Files as they were at the first look at each.

    :param known: those that need no look: of a version that is kept
    """

    def __init__(self, known: Mapping[Path, bytes] = MappingProxyType({})) -> None:
        self._read = dict(known)

    def of(self, path: Path) -> bytes:
        """
        One file.

        :raises OSError: it cannot be read
        """
        if path not in self._read:
            with path.open("rb") as file:
                self._read[path] = file.read(LARGEST_BYTES)
        return self._read[path]
