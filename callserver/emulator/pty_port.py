"""One pseudo-terminal: a serial port whose other end is a modem."""

import contextlib
import ctypes
import fcntl
import os
import pty
import struct
import termios
import tty

IN_CLOSE, IN_OPEN = 0x18, 0x20  # inotify(7)
EVENT_HEAD = struct.Struct("iIII")
OUTPUT_BYTES_MAX = 16384

_libc = ctypes.CDLL(None, use_errno=True)


class PtyPort:
    """
    A new pseudo-terminal in raw mode.

    A slave stays open here, or the first to close the port would take the settings away; so that nobody else has it
    open is learnt from the kernel's file notifications, and stands for a dropped DTR.
    """

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._slave)
        self.is_open = False  # some program has it open
        self._n_open = 0
        self._watch = _watch_opening(self.name)
        self._unsent = b""

    @property
    def unread(self) -> int:
        """Bytes that the program has not read; 4095 stands for more."""
        return int.from_bytes(fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)), "little")

    def dropped(self) -> bool:
        """Whether the last program has closed the port since this was asked."""
        was_open = self.is_open
        for mask in _events(self._watch):
            was_open |= bool(mask & IN_OPEN)
            self._n_open += 1 if mask & IN_OPEN else -1
        self.is_open = self._n_open > 0
        if was_open and not self.is_open:
            termios.tcflush(self._slave, termios.TCIFLUSH)
        return was_open and not self.is_open

    def read(self, n_bytes: int) -> bytes:
        """What the program has sent, at most so much."""
        try:
            return os.read(self._master, n_bytes) if n_bytes > 0 else b""
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """To the program; lost when none has the port open, as a modem's words are on a port nobody listens to."""
        self._unsent = (self._unsent + data)[:OUTPUT_BYTES_MAX] if self.is_open else b""
        if self._unsent:
            with contextlib.suppress(BlockingIOError):
                self._unsent = self._unsent[os.write(self._master, self._unsent) :]

    def close(self) -> None:
        """The device is gone."""
        for descriptor in (self._watch, self._slave, self._master):
            os.close(descriptor)


def _watch_opening(path: str) -> int:
    watch: int = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if watch < 0 or _libc.inotify_add_watch(watch, path.encode(), IN_OPEN | IN_CLOSE) < 0:
        raise OSError(ctypes.get_errno(), "cannot watch who opens it", path)
    return watch


def _events(watch: int) -> list[int]:
    """Masks of what has happened; the kernel writes no names for a file watched by itself."""
    try:
        data = os.read(watch, 4096)
    except BlockingIOError:
        return []
    return [mask for _, mask, _, _ in EVENT_HEAD.iter_unpack(data)]
