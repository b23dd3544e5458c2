"""Lock files of serial devices, as every program that dials has kept them since UUCP (FHS 5.9)."""

import errno
import os
from contextlib import suppress

LOCK_FOLDER = "/run/lock"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


class LockFile:
    """`LCK..ttyACM0` with our process number in it; one of a dead process is taken over."""

    def __init__(self, device: str, folder: str = LOCK_FOLDER) -> None:
        name = os.path.realpath(device).removeprefix("/dev/").replace("/", "_")
        self._path = os.path.join(folder, f"LCK..{name}")
        self._ours = False

    def acquire(self) -> None:
        """
        Take the device. A folder we may not write to means no lock file: the lock on the device itself remains.

        :raises OSError: EBUSY, a living process has it
        """
        for _ in range(2):
            try:
                self._create()
                return
            except FileExistsError:
                self._remove_stale()
            except (PermissionError, FileNotFoundError):
                return
        raise OSError(errno.EBUSY, f"in use by process {self._owner()}", self._path)

    def release(self) -> None:
        """Give it up, if it is ours."""
        if self._ours:
            self._ours = False
            with suppress(OSError):
                os.unlink(self._path)

    def _create(self) -> None:
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        self._ours = True
        with os.fdopen(fd, "w") as file:
            file.write(f"{os.getpid():10d}\n")

    def _owner(self) -> int:
        """The process in the file, 0 if there is none."""
        try:
            with open(self._path, "rb") as file:
                return int(file.read(32))
        except (OSError, ValueError):
            return 0

    def _remove_stale(self) -> None:
        owner = self._owner()
        if owner == 0 or not _alive(owner):
            with suppress(OSError):
                os.unlink(self._path)
