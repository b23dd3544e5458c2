"""Where records wait on disk while the database cannot take them."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

SpoolEntry = dict[str, Any]
KINDS = ("event", "call", "change")


class Spooled(NamedTuple):
    """What was found in a spool."""

    entries: list[SpoolEntry]
    damaged: list[bytes]  # whole lines that are no entry: a bad sector, another program, somebody's editor
    end: int  # where the next entry would begin


class Spool:
    """
    A file of JSON lines; every method waits for the disk, so it runs in a thread, one at a time.

    A line is whole or it is not there: half a line can only be the last one, after a power failure, and whoever reads
    the file at start clears it before anything is appended. The folder is synced when the file comes and when it goes:
    else a power failure could lose what was acknowledged, or bring back what was done with.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entries: list[SpoolEntry]) -> None:
        """
        Returns when all entries are on disk.

        :raises OSError: when they do not fit; then none of them is in the file
        """
        self.append_lines(json.dumps(entry).encode("ascii") for entry in entries)

    def append_lines(self, lines: Iterable[bytes]) -> None:
        """As `append`, for lines as they were found, without their ends."""
        rest = b"".join(line + b"\n" for line in lines)
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        n_before = os.fstat(handle).st_size
        try:
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fdatasync(handle)
            if is_new:
                self._sync_folder()
        except OSError:
            os.ftruncate(handle, n_before)
            raise
        finally:
            os.close(handle)

    def read(self, start: int = 0) -> Spooled:
        """
        What stands from byte `start` on.

        A last line cut off by a power failure was never acknowledged; it is dropped.

        :raises OSError: it cannot be read
        """
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                data = file.read()
        except FileNotFoundError:
            return Spooled([], [], start)
        whole = data[: data.rfind(b"\n") + 1]
        entries, damaged = [], []
        for line in whole.split(b"\n"):
            entry = _entry(line)
            if entry is not None:
                entries.append(entry)
            elif line:
                damaged.append(line)
        return Spooled(entries, damaged, start + len(whole))

    def drop_half_line(self) -> None:
        """Before anything is appended to what a power failure has left."""
        if self.path.exists():
            with self.path.open("r+b") as file:
                data = file.read()
                file.truncate(data.rfind(b"\n") + 1)
                os.fsync(file.fileno())

    def clear(self) -> None:
        """Everything in it is in the database now."""
        if self.path.exists():
            self.path.unlink()
            self._sync_folder()

    def lay_aside(self) -> Path:
        """
        Move what stands here out of the way, whatever it is; returns where it is now.

        :raises OSError: it cannot be moved
        """
        n = 1
        while (aside := self.path.with_suffix(f".unreadable-{n}")).exists():
            n += 1
        self.path.rename(aside)
        self._sync_folder()
        return aside

    def _sync_folder(self) -> None:
        handle = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _entry(line: bytes) -> SpoolEntry | None:
    """What a line says; None if it says nothing of a call or an event."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):  # of a line is also what is no text
        return None
    kind = next(iter(entry), None) if isinstance(entry, dict) else None
    return entry if kind in KINDS and isinstance(entry[kind], dict) else None
