"""Lock files of serial devices, as every program that dials has kept them since UUCP (FHS 5.9)."""

import errno
import os
from contextlib import suppress

from twisted.logger import Logger

log = Logger()

LOCK_FOLDER = "/run/lock"
LARGEST_PID = 4_194_304  # Linux, PID_MAX_LIMIT
READ_MAX_BYTES = 64
_held: set[str] = set()  # the lock files of this process


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


class LockFile:
    """
    `LCK..ttyACM0` with our process number in it; one of a dead process is taken over.

    The file is a courtesy to other programs, the lock on the device itself decides (see `port`). So one that cannot be
    written, or that stands there for a dead process and cannot be removed, keeps nobody from the device; only a living
    process does, and a file that may be one's: which we may not read.
    """

    def __init__(self, device: str, folder: str = LOCK_FOLDER) -> None:
        name = os.path.realpath(device).removeprefix("/dev/").replace("/", "_")
        self._path = os.path.join(folder, f"LCK..{name}")
        self._ours = False

    def acquire(self) -> None:
        """
        Take the device.

        :raises OSError: EBUSY, a living process has it
        """
        for _ in range(2):
            try:
                self._create()
                return
            except FileExistsError:
                self._demand_stale()
                with suppress(OSError):
                    os.unlink(self._path)
            except OSError as problem:  # no such folder, no right to it, no room in it
                log.debug("no lock file {path}: {problem}", path=self._path, problem=problem)
                return
        log.warn("{path} is nobody's and cannot be removed", path=self._path)

    def release(self) -> None:
        """Give it up, if it is ours."""
        if self._ours:
            self._ours = False
            _held.discard(self._path)
            with suppress(OSError):
                os.unlink(self._path)

    def _create(self) -> None:
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        self._ours = True
        _held.add(self._path)
        with os.fdopen(fd, "w") as file, suppress(OSError):
            file.write(f"{os.getpid():10d}\n")

    def _demand_stale(self) -> None:
        """Whoever has written it is no more."""
        owner = self._owner()
        if owner == os.getpid():  # in a container the server before us had the same number
            if self._path in _held:
                raise OSError(errno.EBUSY, "in use by another line", self._path)
        elif owner and _alive(owner):
            raise OSError(errno.EBUSY, f"in use by process {owner}", self._path)

    def _owner(self) -> int:
        """The process in the file: the first word, behind which some write their name; 0 if there is none."""
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)  # it may be a pipe that nobody writes to
            try:
                words = os.read(fd, READ_MAX_BYTES).split()
            finally:
                os.close(fd)
        except PermissionError:
            raise OSError(errno.EBUSY, "its lock file may not be read", self._path) from None
        except OSError:
            return 0
        first = words[0] if words else b""
        return int(first) if first.isdigit() and len(first) <= 10 and int(first) <= LARGEST_PID else 0
