"""
Asks a running server how it is; blocking, for commands.

The folder is named by a descriptor of it, because a socket's own path may have 107 bytes only and a shop's may be
longer. Who asks learns the server's process from the socket itself (SO_PEERCRED), so also that of one that is frozen.
"""

import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "status.sock"
ANSWER_S = 1.0  # with what the command itself needs, a frozen server is known within 2 s
TRY_AGAIN_S = 0.05
READ_BYTES = 1 << 16


@dataclass(frozen=True)
class Asked:
    """What came of asking; `pid` None: it is not known; `answer` None: none came in time."""

    listens: bool
    pid: int | None = None
    answer: bytes | None = None


def ask(folder: Path, within_s: float = ANSWER_S) -> Asked:
    """
    Ask the server of a shop; blocks for so long at most.

    :raises OSError: there is no folder, or there is something in it that we may not ask
    """
    until_s = time.monotonic() + within_s
    with _named(folder) as where:
        while True:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as way:
                way.settimeout(within_s)
                try:
                    way.connect(where)
                except (FileNotFoundError, ConnectionRefusedError):
                    return Asked(False)
                except BlockingIOError:  # more ask already than it has let in
                    if time.monotonic() > until_s:
                        return Asked(True)
                    time.sleep(TRY_AGAIN_S)
                    continue
                peer = way.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                return Asked(True, struct.unpack("3i", peer)[0], _read(way, until_s))


def _read(way: socket.socket, until_s: float) -> bytes | None:
    found = b""
    try:
        while (left_s := until_s - time.monotonic()) > 0:
            way.settimeout(left_s)
            part = way.recv(READ_BYTES)
            if not part:
                return found
            found += part
    except OSError:  # too late, or it was sent away
        pass
    return None


@contextmanager
def _named(folder: Path) -> Iterator[str]:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield address(fd)
    finally:
        os.close(fd)


def address(folder_fd: int) -> str:
    """Of the socket in a folder that is open."""
    return f"/proc/self/fd/{folder_fd}/{FILE_NAME}"
