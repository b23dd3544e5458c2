"""The server's log: one file with bounds, lines in the shop's time zone; what the disk does not take harms nothing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import IO, Any, cast

from twisted.logger import FileLogObserver, LogEvent, formatEventAsClassicLogText
from twisted.python.logfile import LogFile

SIZE_BYTES, OLD_FILES = 10_000_000, 9  # callserver.log, and callserver.log.1 to .9: 100 MB at most
EVENT_CHARACTERS = 20_000  # a longer one is cut
LOOK_S = 5.0  # whether the file is still there; and when it was not, whether it can be made


class BoundedLog:
    """
    What FileLogObserver writes into.

    A file that is taken away is made anew; lines that cannot be written (a full disk) are counted, and told as soon as
    there is room again.
    """

    def __init__(
        self,
        path: Path,
        size_bytes: int = SIZE_BYTES,
        old_files: int = OLD_FILES,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._size_bytes, self._old_files, self._seconds = path, size_bytes, old_files, seconds
        self._file: LogFile | None = None
        self._looked_s = float("-inf")
        self._lost = 0
        self._lock = threading.RLock()

    def write(self, text: str) -> None:
        """One event; raises nothing."""
        with self._lock:
            try:
                self._write(text)
            except (OSError, ValueError):
                self._lost += 1
                self._close()

    def flush(self) -> None:
        """Each line is written at once."""

    def _write(self, text: str) -> None:
        self._look()
        if self._file is None:
            raise ValueError("no log file")
        if self._lost:
            lacks = f"({self._lost} events before this one could not be written)\n"
            self._file.write(lacks.encode())  # type: ignore[no-untyped-call]
            self._lost = 0
        if len(text) > EVENT_CHARACTERS:
            text = f"{text[:EVENT_CHARACTERS]} ...\n"
        self._file.write(text.encode("utf-8", "backslashreplace"))  # type: ignore[no-untyped-call]

    def _look(self) -> None:
        now_s = self._seconds()
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        if self._file is not None and not self._is_there(self._file):
            self._close()
        if self._file is None:
            folder, bounds = str(self._path.parent), (self._size_bytes, 0o600, self._old_files)
            self._file = LogFile(self._path.name, folder, *bounds)  # type: ignore[no-untyped-call]

    def _is_there(self, file: LogFile) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(file._file.fileno()))
        except (OSError, ValueError):
            return False

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None and not file.closed:
            file.close()  # type: ignore[no-untyped-call]


def observer(path: Path, zone: tzinfo) -> FileLogObserver:
    """For twistd: the log of one shop."""
    return FileLogObserver(cast(IO[Any], BoundedLog(path)), lambda event: line(event, zone))


def line(event: LogEvent, zone: tzinfo) -> str | None:
    """One event; times with their offset, where an hour may come twice."""

    def at(when: float | None) -> str:
        return datetime.fromtimestamp(when or 0.0, zone).isoformat(" ", "milliseconds")

    return formatEventAsClassicLogText(event, at)
