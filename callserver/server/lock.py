"""
One server a shop: whoever moves, migrates, repairs or restores anything in a shop's folder holds its lock.

一个店铺文件夹同一时刻只归一个进程所有：先上锁，后动手。

It is a flock, so it is gone with its owner however that ends, and a pid that was given again means nothing. The
folder is locked as well as the file: else deleting the file "left behind" would let a second server in.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from callserver.wire.catalogue import Complaint

FILE_NAME = "callserver.lock"
PATIENCE_S = 0.5  # who only looks (`holder`) holds it for microseconds
TRY_AGAIN_S = 0.02
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.EBADF)  # a file system without locks on folders


class FolderError(Complaint):
    """This folder cannot be the shop's, or not now; nothing in it was touched."""


@dataclass(frozen=True)
class Holder:
    """Who serves a shop."""

    pid: int | None  # None: it was not legible
    since: datetime | None


class ShopLock:
    """Held until `release`, or until the process ends; children that are executed do not inherit it."""

    def __init__(self, folder: Path, handles: list[int]) -> None:
        self.folder, self._handles = folder, handles
        self.sign()

    def sign(self) -> None:
        """Write down who holds it; once more after a fork, which keeps the lock and changes the pid."""
        text = f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')}\n".encode("ascii")
        with suppress(OSError):  # a full disk: the lock holds without a signature
            os.pwrite(self._handles[0], text, 0)
            os.ftruncate(self._handles[0], len(text))

    def release(self) -> None:
        """The file stays: to remove it would race with who opens it now."""
        while self._handles:
            os.close(self._handles.pop())


def take(folder: Path) -> ShopLock:
    """
    Own the shop in this folder, which is made if it is missing.

    :raises FolderError: another process owns it, or nothing can be written here
    """
    os.umask(0o077)  # what an owner makes from now on is his: customers, voices, keys
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handles = [_open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT), _open(folder, os.O_RDONLY | os.O_DIRECTORY)]
    except FileExistsError as problem:
        raise FolderError("{folder}: a file, where the shop's folder should be", folder=folder) from problem
    except OSError as problem:
        raise _unfit(folder, problem) from problem
    give_up_s = time.monotonic() + PATIENCE_S
    while not all(_locked(handle) for handle in handles):
        if time.monotonic() > give_up_s:
            for handle in handles:
                os.close(handle)
            raise _taken(folder)
        time.sleep(TRY_AGAIN_S)
    return ShopLock(folder, handles)


@contextmanager
def locked(folder: Path) -> Iterator[ShopLock]:
    """`take`, for as long as this lasts."""
    lock = take(folder)
    try:
        yield lock
    finally:
        lock.release()


def holder(folder: Path) -> Holder | None:
    """
    Who serves the shop in this folder; None when nobody does. Makes and changes nothing.

    :raises FolderError: it may not be looked at
    """
    for name in (folder / FILE_NAME, folder):  # the folder as well: the file may have been deleted
        try:
            handle = _open(name, os.O_RDONLY)
        except FileNotFoundError:
            continue
        except OSError as problem:
            raise _unfit(folder, problem) from problem
        try:
            if not _locked(handle, fcntl.LOCK_SH):
                return _signature(folder / FILE_NAME)
        finally:
            os.close(handle)
    return None


def _open(path: Path, flags: int) -> int:
    if path.name == FILE_NAME:
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK  # the lock is a file of this folder: no link, no pipe that waits
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _locked(handle: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as problem:
        if problem.errno not in NO_LOCKS:
            raise
    return True


def _signature(file: Path) -> Holder:
    try:
        pid, since = file.read_text("ascii").split()
        return Holder(int(pid), datetime.fromisoformat(since))
    except (OSError, ValueError):
        return Holder(None, None)


def _unfit(folder: Path, problem: OSError) -> FolderError:
    return FolderError("{folder}: cannot be the shop's folder ({problem})", folder=folder, problem=problem.strerror)


def _taken(folder: Path) -> FolderError:
    who = holder(folder)
    if who is None or who.pid is None:
        return FolderError("{folder}: another callserver serves this shop", folder=folder)
    return FolderError(
        "{folder}: another callserver (process {pid}, since {since}) serves this shop",
        folder=folder,
        pid=who.pid,
        since=who.since.astimezone().isoformat(" ", "seconds") if who.since else "",
    )
