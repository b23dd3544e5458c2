"""The modem as a serial port: opened, read late, closed in the middle of a call, unplugged."""

import os
import tempfile
import time
import tty
from pathlib import Path

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.pty_modem import PtyModem


class PortCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        self.exchange.start()
        self.link = Path(tempfile.mkdtemp()) / "port-1"
        self.modem = PtyModem(self.exchange.add_line("8008"), self.clock, link=self.link)
        self.addCleanup(self.modem.close)
        self.caller = self.exchange.add_phone("139")
        self.port = -1

    def open(self) -> None:
        self.port = os.open(self.modem.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.addCleanup(self.close)

    def close(self) -> None:
        if self.port >= 0:
            os.close(self.port)
        self.port = -1

    def run_s(self, seconds: float) -> None:
        self.clock.pump([0.02] * round(seconds / 0.02))

    def read(self) -> bytes:
        """All that the kernel has taken from the modem so far; it passes it on a moment later."""
        data, limit_s = b"", time.monotonic() + 0.05
        while time.monotonic() < limit_s:
            try:
                data += os.read(self.port, 65536)
            except BlockingIOError:
                time.sleep(0.002)
        return data

    def ask(self, line: bytes) -> bytes:
        os.write(self.port, line + b"\r")
        self.run_s(0.04)
        return self.read()

    def answered(self) -> None:
        self.open()
        self.ask(b"ATE0+FCLASS=8;+VCID=1")
        self.caller.dial("8008")
        self.run_s(0.04)
        self.ask(b"AT+VLS=1")
        self.assertEqual(self.caller.stage, SubscriberStage.TALKING)


class PortTests(PortCase):
    def test_a_program_opens_it(self) -> None:
        """The link leads to a port that needs no settings: bytes pass as they are."""
        self.open()
        self.assertEqual(self.ask(b"ATI3"), b"ATI3\r\r\nCX93001-EIS_V0.2002-V92\r\n\r\nOK\r\n")
        self.assertTrue(self.link.is_symlink())
        self.assertEqual(tty.tcgetattr(self.port)[0] & tty.ICRNL, 0)

    def test_nobody_listens(self) -> None:
        """What the modem said while no program had the port open is not kept for the next one."""
        self.caller.dial("8008")
        self.run_s(12)
        self.caller.hang_up()
        self.open()
        self.assertEqual(self.ask(b"ATE0"), b"ATE0\r\r\nOK\r\n")

    def test_program_dies_in_a_call(self) -> None:
        """Closing the port drops DTR: on hook, out of the stream and of voice mode; with &D0 it talks on."""
        self.answered()
        self.ask(b"AT+VTR")
        self.close()
        self.run_s(0.04)
        self.assertEqual(self.caller.stage, SubscriberStage.TONE)
        self.caller.hang_up()
        self.open()
        self.assertEqual(self.ask(b"AT+FCLASS?"), b"\r\n0\r\nOK\r\n")
        self.answered()
        self.ask(b"AT&D0")
        self.close()
        self.run_s(0.04)
        self.assertEqual(self.caller.stage, SubscriberStage.TALKING)

    def test_recorded_sound_left_unread(self) -> None:
        """The program that reads too late loses sound, is told once, and it is counted."""
        self.answered()
        self.ask(b"AT+VRX")
        self.run_s(0.2)
        self.assertEqual(self.modem.overruns, 0)
        for _ in range(50):
            self.run_s(0.02)
            time.sleep(0.001)  # the kernel moves the bytes
        self.assertEqual(self.modem.overruns, 1)
        self.assertEqual(self.read().count(b"\x10o"), 1)

    def test_playing_takes_its_time(self) -> None:
        """Two seconds of sound written at once are played in two seconds."""
        self.answered()
        self.ask(b"AT+VTX")
        data = bytes(16000) + b"\x10\x03"
        for _ in range(90):
            data = data[self._write(data) :]
            self.run_s(0.02)
        self.assertEqual((data, self.read()), (b"", b""))
        self.run_s(0.3)
        self.assertEqual(self.read(), b"\r\nOK\r\n")
        self.assertEqual(self.modem.underruns, 0)

    def _write(self, data: bytes) -> int:
        try:
            return os.write(self.port, data)
        except BlockingIOError:
            return 0


class FaultTests(PortCase):
    def test_unplugged_and_back(self) -> None:
        """The port goes away as with a pulled cable, the call with it; a new modem comes under the same path."""
        self.answered()
        self.run_s(0.1)
        out = self.modem.unplug()
        self.run_s(2)
        self.successResultOf(out)
        self.assertEqual((os.read(self.port, 100), self.link.exists()), (b"", False))
        self.assertRaises(OSError, os.write, self.port, b"AT\r")
        self.assertEqual(self.caller.stage, SubscriberStage.TONE)
        self.close()
        self.modem.plug()
        self.open()
        self.assertEqual(self.ask(b"AT+FCLASS?"), b"AT+FCLASS?\r\r\n0\r\nOK\r\n")

    def test_ringing_into_the_air(self) -> None:
        """A line without its modem rings and is not answered."""
        self.modem.unplug()
        self.run_s(0.02)
        self.caller.dial("8008")
        self.run_s(6)
        self.assertEqual(self.caller.stage, SubscriberStage.RINGBACK)

    def test_deaf(self) -> None:
        """A hung modem takes everything and says nothing."""
        self.open()
        self.modem.deaf = True
        self.assertEqual(self.ask(b"AT"), b"")
        self.modem.deaf = False
        self.assertEqual(self.ask(b"ATE0"), b"ATE0\r\r\nOK\r\n")

    def test_garbage_and_halves(self) -> None:
        """Noise on the cable comes before what the modem says; halved, everything comes in two pieces."""
        self.open()
        self.modem.garbage(b"\xff\x00R")
        self.assertEqual(self.ask(b"ATE0"), b"\xff\x00RATE0\r\r\nOK\r\n")
        self.modem.halved = True
        os.write(self.port, b"ATI3\r")
        self.run_s(0.02)
        first = self.read()
        self.run_s(0.02)
        self.assertEqual(first + self.read(), b"\r\nCX93001-EIS_V0.2002-V92\r\n\r\nOK\r\n")
        self.assertNotIn(b"OK", first)
