"""A serial port as a Twisted transport, for 50 small writes a second and a device that may wedge at any moment."""

import fcntl
import os
import re
import sys
import termios
from contextlib import suppress
from math import inf
from typing import Protocol as Interface

import serial
from twisted.internet import main
from twisted.internet.interfaces import IReactorFDSet, IReadWriteDescriptor
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from zope.interface import implementer

from callserver.lines.lock_file import LOCK_FOLDER, LockFile

BAUD = 115200  # plenty for 8000 samples a second of 8 bits
WITH_A_WIRE = re.compile(r"/dev/tty(?:S|USB|AMA|mxc|O)\d+")  # has a true speed; modems on USB (ttyACM) ignore it
WAITING_MAX_BYTES = 32 * 1024
READ_MAX_BYTES = 2048  # a modem that sends nothing but events is looked at for a few ms, then others have their turn
PSEUDO_TERMINALS = "/dev/pts/"


class IPort(Interface):
    """What a modem's link needs of its transport."""

    def write(self, data: bytes) -> None:
        """Now if possible, later if not; dropped beyond a bound, and once the port is gone."""

    def n_unread(self) -> int:
        """Bytes that have come and were not yet read."""

    def forget_output(self) -> None:
        """Drop what has not left the computer yet."""

    def raise_dtr(self, up: bool) -> None:
        """Data terminal ready; a modem hangs up and resets when it drops."""

    def abort(self, reason: Exception) -> None:
        """Close at once, whatever waits; the protocol's connectionLost follows."""


@implementer(IReadWriteDescriptor)
class Port:
    """
    An open tty. Implements IPort.

    Twisted's own SerialPort has no abort, no bound on what waits, and passes each write through the reactor; a write
    here is one system call as long as the device keeps up.
    """

    def __init__(self, device: serial.Serial, lock: LockFile, reactor: IReactorFDSet, protocol: Protocol) -> None:
        self._device, self._lock, self._reactor, self._protocol = device, lock, reactor, protocol
        self._fd: int = device.fd
        self._waiting = bytearray()
        self.connected = True
        self._protocol.makeConnection(self)  # type: ignore[no-untyped-call]
        if self.connected:
            reactor.addReader(self)

    def write(self, data: bytes) -> None:
        if not self.connected:
            return
        if not self._waiting:
            with suppress(OSError):  # a device that is gone says so to the reading side
                data = data[self._write_now(data) :]
            if not data:
                return
            self._reactor.addWriter(self)
        self._waiting += data[: WAITING_MAX_BYTES - len(self._waiting)]

    def n_unread(self) -> int:
        if self.connected:
            with suppress(OSError):  # gone, and the reading side does not know yet
                return int.from_bytes(fcntl.ioctl(self._fd, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)
        return 0

    def forget_output(self) -> None:
        self._waiting.clear()
        if self.connected:
            self._reactor.removeWriter(self)
            with suppress(termios.error):
                termios.tcflush(self._fd, termios.TCOFLUSH)

    def raise_dtr(self, up: bool) -> None:
        with suppress(OSError):  # a pty has no such wire
            self._device.dtr = up

    def abort(self, reason: Exception) -> None:
        self.connectionLost(Failure(reason))  # type: ignore[no-untyped-call]

    # IReadWriteDescriptor

    def fileno(self) -> int:
        return self._fd if self.connected else -1

    def logPrefix(self) -> str:
        return str(self._device.port)

    def doRead(self) -> Failure | None:
        try:
            data = os.read(self._fd, READ_MAX_BYTES)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return main.CONNECTION_LOST  # type: ignore[return-value]  # an exception, as all reactors expect
        if not data:
            return main.CONNECTION_DONE  # type: ignore[return-value]
        self._protocol.dataReceived(data)
        return None

    def doWrite(self) -> Failure | None:
        try:
            del self._waiting[: self._write_now(self._waiting)]
        except OSError:
            return main.CONNECTION_LOST  # type: ignore[return-value]  # an exception, as all reactors expect
        if not self._waiting:
            self._reactor.removeWriter(self)
        return None

    def connectionLost(self, reason: Failure) -> None:
        if self.connected:
            self.connected = False
            self._reactor.removeReader(self)
            self._reactor.removeWriter(self)
            self._close()
            self._protocol.connectionLost(reason)

    def _write_now(self, data: bytes | bytearray) -> int:
        try:
            return os.write(self._fd, data)
        except (BlockingIOError, InterruptedError):
            return 0

    def _close(self) -> None:
        with suppress(OSError, termios.error):
            termios.tcflush(self._fd, termios.TCIOFLUSH)  # else closing waits for what a wedged device never takes
            fcntl.ioctl(self._fd, termios.TIOCNXCL)
        with suppress(OSError, termios.error):
            self._device.close()
        self._lock.release()


def bytes_per_s(path: str) -> float:
    """What the port at this path carries each way; 10 bits a byte on a wire."""
    return BAUD / 10 if WITH_A_WIRE.fullmatch(os.path.realpath(path)) else inf


def open_port(path: str, reactor: IReactorFDSet, protocol: Protocol, lock_folder: str = LOCK_FOLDER) -> Port:
    """
    Open a tty for a modem: raw, 8 bits, RTS/CTS, never XON/XOFF, for us alone.

    :raises OSError: no such device, no right to it, not a tty, or another program has it
    """
    lock = LockFile(path, lock_folder)
    lock.acquire()
    try:
        return Port(_opened(path), lock, reactor, protocol)
    except BaseException:
        lock.release()
        raise


def _opened(path: str) -> serial.Serial:
    device = serial.Serial(path, BAUD, timeout=0, rtscts=True, exclusive=True)
    try:
        settings = termios.tcgetattr(device.fd)
        settings[2] |= termios.HUPCL  # our end, however it comes, drops DTR: the modem hangs up
        settings[6][termios.VMIN] = 1  # with 0, nothing to read looks like the end of the file
        termios.tcsetattr(device.fd, termios.TCSANOW, settings)
        if not os.path.realpath(path).startswith(PSEUDO_TERMINALS):
            # The other side of a pty may hold it open, and it would stay exclusive after a crash of ours.
            fcntl.ioctl(device.fd, termios.TIOCEXCL)
    except BaseException:
        device.close()
        raise
    return device
