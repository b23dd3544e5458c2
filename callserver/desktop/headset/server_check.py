"""
Whether Qt can still be connected with Linux's sound server.

When that has died, and until Qt has found it again (some seconds later, or never), opening a device ends the whole
program: QtMultimedia 6.11 asks libpulse for the state of a connection that is not there, and libpulse aborts.
"""

import os
import socket
import struct
from pathlib import Path

CONNECT_S = 0.2
NOBODY = 0
CREDENTIALS = struct.Struct("3i")  # process, user, group: as SO_PEERCRED gives them


def server_socket() -> Path | None:
    """Where PulseAudio, or PipeWire in its place, listens; None: it cannot be told from here."""
    named = os.environ.get("PULSE_SERVER", "")
    if named:
        return Path(named.removeprefix("unix:")) if named.startswith(("unix:", "/")) else None
    folder = os.environ.get("PULSE_RUNTIME_PATH") or os.environ.get("XDG_RUNTIME_DIR", "") + "/pulse"
    return Path(folder) / "native"


def listener(path: Path | None) -> int:
    """The process that listens there; `NOBODY` if none does."""
    if path is None or not hasattr(socket, "SO_PEERCRED") or not path.exists():
        return NOBODY
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(CONNECT_S)
        try:
            asked.connect(str(path))
        except OSError:
            return NOBODY
        process, _, _ = CREDENTIALS.unpack(asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
    return int(process)


class ServerCheck:
    """
    Says when a device must not be opened: the server is not the one that Qt was connected with when it last told of
    devices. Where nobody ever listened there is another kind of sound system, which is not our business.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path if path is not None else server_socket()
        self._known = listener(self._path)
        self._is_lost = False

    def lost(self) -> None:
        """A stream stands still: Qt's connection is gone, even if a server is there again already."""
        self._is_lost = self._known != NOBODY

    def found(self) -> None:
        """Qt tells of devices: it is connected."""
        self._known, self._is_lost = listener(self._path) or self._known, False

    def may_open(self) -> bool:
        """Whether it is safe."""
        return self._known == NOBODY or (not self._is_lost and listener(self._path) == self._known)
