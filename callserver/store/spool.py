"""Where records wait on disk while the database cannot take them."""

import json
import os
from pathlib import Path
from typing import Any

SpoolEntry = dict[str, Any]


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
        lines = "".join(json.dumps(entry) + "\n" for entry in entries).encode("ascii")
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        n_before = os.fstat(handle).st_size
        try:
            while lines:
                lines = lines[os.write(handle, lines) :]
            os.fdatasync(handle)
            if is_new:
                self._sync_folder()
        except OSError:
            os.ftruncate(handle, n_before)
            raise
        finally:
            os.close(handle)

    def read(self, start: int = 0) -> tuple[list[SpoolEntry], int]:
        """
        The entries from byte `start` on, and where the next one would begin.

        A last line cut off by a power failure was never acknowledged; it is dropped.
        """
        if not self.path.exists():
            return [], start
        with self.path.open("rb") as file:
            file.seek(start)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        return [json.loads(line) for line in whole.splitlines()], start + len(whole)

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

    def _sync_folder(self) -> None:
        handle = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
