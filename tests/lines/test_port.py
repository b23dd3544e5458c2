"""A serial port on a real tty: ours alone, never blocking, closable whatever the device does."""

import contextlib
import errno
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import tty
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.lines.lock_file import LockFile
from callserver.lines.port import WAITING_MAX_BYTES, bytes_per_s, open_port


class Reader(Protocol):
    def __init__(self) -> None:
        self.data, self.lost = bytearray(), 0
        self.at_end: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        self.data += data

    def connectionLost(self, reason: object = None) -> None:
        self.lost += 1
        self.at_end.callback(None)


def read_all(fd: int, n_bytes: int) -> bytes:
    """So many bytes from a pty, which may come in pieces."""
    data = b""
    while len(data) < n_bytes and select.select([fd], [], [], 5)[0]:
        data += os.read(fd, n_bytes)
    return data


class PortTests(TestCase):
    def setUp(self) -> None:
        self.master, slave = pty.openpty()
        self.addCleanup(lambda: self.master >= 0 and os.close(self.master))
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self.slave = slave
        self.addCleanup(lambda: self.slave >= 0 and os.close(self.slave))
        self.locks = self.mktemp()
        os.makedirs(self.locks)
        self.reader = Reader()
        self.port = open_port(self.path, reactor, self.reader, self.locks)
        self.addCleanup(self.port.abort, ConnectionError("test over"))

    def test_written_at_once(self) -> None:
        """What fits goes out without waiting for the reactor, and every byte as it is."""
        everything = bytes(range(256))
        self.port.write(everything)
        self.assertEqual(read_all(self.master, 256), everything)

    async def test_read_as_it_is(self) -> None:
        """XON, XOFF, CR, ETX and all other bytes come through unchanged."""
        everything = bytes(range(256))
        os.write(self.master, everything)
        select.select([self.slave], [], [], 5)  # the kernel brings them over in its own time
        self.assertGreater(self.port.n_unread(), 0)
        for _ in range(100):
            await deferLater(reactor, 0.02)
            if len(self.reader.data) == 256:
                break
        self.assertEqual(self.reader.data, everything)

    def test_settings(self) -> None:
        """No flow control by characters, hang-up on close, and no byte is not the end of the file."""
        iflag, _, cflag, lflag, *_, characters = termios.tcgetattr(self.slave)
        self.assertFalse(iflag & (termios.IXON | termios.IXOFF | termios.ICRNL) or lflag & termios.ECHO)
        self.assertTrue(cflag & termios.HUPCL)
        self.assertEqual(characters[termios.VMIN], 1)

    async def test_unplugged(self) -> None:
        """The other end going away is the end of the port, told once; writing then is harmless."""
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1
        self.use_all_the_same()  # nobody has noticed yet
        await self.reader.at_end.addTimeout(2, reactor)
        self.use_all_the_same()
        self.port.abort(ConnectionError("again"))
        self.assertEqual(self.reader.lost, 1)
        self.assertEqual(os.listdir(self.locks), [])

    def use_all_the_same(self) -> None:
        self.port.write(b"AT\r")
        self.assertEqual(self.port.n_unread(), 0)
        self.port.forget_output()
        self.port.raise_dtr(True)

    async def test_wedged_device(self) -> None:
        """A device that takes nothing costs bounded memory and can be closed at once."""
        for _ in range(2000):
            self.port.write(bytes(160))
        self.assertLessEqual(len(self.port._waiting), WAITING_MAX_BYTES)
        await deferLater(reactor, 0.02)
        self.port.abort(ConnectionError("wedged"))
        self.assertEqual(self.reader.lost, 1)
        self.assertEqual(self.port.fileno(), -1)

    async def test_waits_its_turn(self) -> None:
        """What does not fit is sent later, in order and whole."""
        sent = b"".join(b"%8d" % i for i in range(5000))
        for i in range(0, len(sent), 160):
            self.port.write(sent[i : i + 160])
        taken = bytearray()
        os.set_blocking(self.master, False)
        for _ in range(100):
            with contextlib.suppress(BlockingIOError):
                taken += os.read(self.master, 4096)
            if len(taken) == len(sent):
                break
            await deferLater(reactor, 0.002)
        self.assertEqual(taken, sent)

    def test_forgotten(self) -> None:
        """What has not left the computer can be taken back."""
        for _ in range(300):
            self.port.write(bytes(160))
        self.port.forget_output()
        self.port.write(b"new")
        os.set_blocking(self.master, False)
        rest = b""
        while True:
            try:
                rest += os.read(self.master, 65536)
            except BlockingIOError:
                break
        self.assertLessEqual(len(rest), 4095 + 3)
        self.assertTrue(rest.endswith(b"new"))

    def test_no_dtr_on_a_pty(self) -> None:
        """A tty without modem wires takes no offence."""
        self.port.raise_dtr(False)
        self.port.raise_dtr(True)

    def test_for_us_alone(self) -> None:
        """A second opening is refused while the first lasts; after it the port is free."""
        with self.assertRaises(OSError):
            open_port(self.path, reactor, Reader(), self.locks)
        self.port.abort(ConnectionError("done"))
        again = open_port(self.path, reactor, Reader(), self.locks)
        again.abort(ConnectionError("done"))

    def test_missing(self) -> None:
        """A device that is not there is an OSError and leaves no lock."""
        with self.assertRaises(OSError) as missing:
            open_port(self.path + "x", reactor, Reader(), self.locks)
        self.assertEqual(missing.exception.errno, errno.ENOENT)
        self.assertEqual(len(os.listdir(self.locks)), 1)


class SpeedTests(SynchronousTestCase):
    def test_what_a_port_carries(self) -> None:
        """A wire carries what its speed says; what is on USB or emulated, more than any sound needs."""
        for path in ("/dev/ttyS0", "/dev/ttyUSB11", "/dev/ttyAMA0"):
            self.assertEqual(bytes_per_s(path), 11520)
        for path in ("/dev/ttyACM0", "/dev/pts/7", "/nowhere"):
            self.assertGreater(bytes_per_s(path), 1e6)


class LockFileTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = self.mktemp()
        os.makedirs(self.folder)
        self.lock = LockFile("/dev/ttyACM0", self.folder)
        self.file = Path(self.folder, "LCK..ttyACM0")

    def test_as_other_programs_write_it(self) -> None:
        """Our process number in ten columns, gone when we are done."""
        self.lock.acquire()
        self.assertEqual(self.file.read_text(), f"{os.getpid():10d}\n")
        self.lock.release()
        self.assertFalse(self.file.exists())

    def test_held_by_the_living(self) -> None:
        """A device another process uses is refused, and its lock stays."""
        other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.file.write_text(f"{other.pid:10d}\n")
        with self.assertRaisesRegex(OSError, str(other.pid)):
            self.lock.acquire()
        self.lock.release()
        self.assertTrue(self.file.exists())
        other.send_signal(signal.SIGKILL)
        other.wait()
        other.stdin.close()
        self.lock.acquire()
        self.assertEqual(int(self.file.read_text()), os.getpid())

    def test_left_by_the_dead(self) -> None:
        """An empty or senseless lock file, as a power cut leaves it, holds nobody up and harms nobody."""
        for content in (
            b"", b"garbage\n", b"\0\0\0\0", b"\xff\xfe1", b"99999999999999999999\n", b"     -1\n", b"0", b"4194305",
            b"1e3", "１２".encode(), b"\n\n", b"minicom 1", b"9" * 100_000, b"12_3",
        ):  # fmt: skip
            self.file.write_bytes(content)
            self.lock.acquire()
            self.assertEqual(self.file.read_text(), f"{os.getpid():10d}\n")
            self.lock.release()

    def test_with_a_name(self) -> None:
        """Behind the number some programs write their own name and their user's: a living one's lock stays."""
        for content in (f"{os.getppid():10d} minicom root\n", f"{os.getppid()} kermit", f"\n {os.getppid()}\n"):
            self.file.write_text(content)
            with self.assertRaises(OSError):
                self.lock.acquire()
            self.assertEqual(self.file.read_text(), content)

    def test_own_number(self) -> None:
        """After a kill in a container the next server has the same number: the lock is nobody's, and taken over."""
        self.file.write_text(f"{os.getpid():10d}\n")
        self.lock.acquire()
        with self.assertRaises(OSError):  # but two lines of one server do not share a device
            LockFile("/dev/ttyACM0", self.folder).acquire()
        self.lock.release()
        self.assertFalse(self.file.exists())

    def test_no_file_at_all(self) -> None:
        """A folder or a pipe in the lock's place neither holds up the server nor its line."""
        self.file.mkdir()
        Path(self.file, "something").touch()
        self.lock.acquire()
        self.lock.release()
        self.assertTrue(self.file.exists())
        Path(self.file, "something").unlink()
        self.file.rmdir()
        os.mkfifo(self.file)
        self.lock.acquire()
        self.lock.release()
        self.file.symlink_to("/nowhere")
        self.lock.acquire()
        self.lock.release()

    def test_may_not_be_read(self) -> None:
        """A lock that we may not read may be a living program's: the line waits, and its reason names the file."""
        self.file.write_text("1\n")

        def refuse(*_: object) -> int:
            raise PermissionError(errno.EACCES, "no")

        self.patch(os, "open", refuse)
        lock = LockFile("/dev/ttyACM0", self.folder)
        self.patch(lock, "_create", self.taken)
        with self.assertRaisesRegex(OSError, "LCK..ttyACM0") as refused:
            lock.acquire()
        self.assertEqual(refused.exception.errno, errno.EBUSY)

    def taken(self) -> None:
        raise FileExistsError

    def test_no_folder(self) -> None:
        """Where no lock files can be written, the lock on the device has to do."""
        LockFile("/dev/ttyACM0", self.folder + "/none").acquire()
