"""The emulated modem's fax as ITU-T T.31 has it, byte by byte; two of them on a line, on virtual time."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.chip import CX93001, Chip
from callserver.emulator.dce import Dce
from callserver.emulator.exchange import Exchange
from callserver.fax.hdlc import fcs

DCS = b"\xff\x13\x83\x10\x11\x13\x03"  # with every octet that means something to somebody
OCTETS = bytes(range(256)) * 3


class Computer:
    """A modem, and what it has said."""

    def __init__(self, exchange: Exchange, number: str, chip: Chip = CX93001) -> None:
        self.modem = Dce(exchange.add_line(number), chip)
        self.modem.line.terminal = self.modem
        self.obeys_flow = self._holds = False
        self._heard = bytearray()
        self._waiting = bytearray()

    def say(self, data: bytes) -> None:
        """As fast as the modem takes it."""
        self._waiting += data
        self.step()

    def command(self, text: str) -> None:
        self.say(text.encode() + b"\r")

    def step(self) -> None:
        taken = b"" if self._holds else bytes(self._waiting[: self.modem.room])
        del self._waiting[: len(taken)]
        self.modem.feed(taken)
        said = self.modem.read()
        self._heard += said
        if self.obeys_flow:
            for byte in said:
                self._holds = byte == 0x13 or (self._holds and byte != 0x11)

    def heard(self) -> bytes:
        """Since this was asked."""
        heard = bytes(self._heard)
        self._heard.clear()
        return heard


def shielded(octets: bytes) -> bytes:
    return octets.replace(b"\x10", b"\x10\x10") + b"\x10\x03"


class Class1Case(SynchronousTestCase):
    chip = CX93001

    def setUp(self) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        self.exchange.start()
        self.us, self.them = Computer(self.exchange, "8001"), Computer(self.exchange, "8002", self.chip)

    def run_s(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            self.clock.advance(0.02)
            self.us.step()
            self.them.step()

    def until(self, computer: Computer, want: bytes, limit_s: float = 15.0) -> bytes:
        """What it hears until its modem has said this."""
        heard = b""
        while want not in heard and limit_s > 0:
            self.run_s(0.02)
            heard += computer.heard()
            limit_s -= 0.02
        self.assertIn(want, heard)
        return heard

    def in_call(self) -> None:
        """A talk of two lines, both modems in Class 1 by now."""
        for computer in (self.us, self.them):
            computer.command("ATE0+FCLASS=8")
        self.us.command("ATDT8002;")
        self.run_s(4)
        self.them.command("AT+VLS=1")
        self.run_s(0.2)
        for computer in (self.us, self.them):
            computer.command("AT+VNH=1")
            computer.command("AT+FCLASS=1")
        self.run_s(0.1)
        self.us.heard(), self.them.heard()

    def ask(self, computer: Computer, text: str, want: bytes) -> None:
        computer.heard()
        computer.command(text)
        self.assertEqual(computer.heard(), b"\r\n%s\r\n" % want)


class CommandTests(Class1Case):
    def test_lists(self) -> None:
        """What it can do, as fax programs ask it."""
        self.us.command("ATE0")
        self.us.heard()
        images = b"24,48,72,73,74,96,97,98,121,122,145,146"
        for text, answer in (
            ("AT+FCLASS=?", b"0,1,1.0,8"),
            ("AT+FTM=?", images),
            ("AT+FRM=?", images),
            ("AT+FTH=?", b"3"),
            ("AT+FRH=?", b"3"),
        ):
            self.us.command(text)
            self.assertEqual(self.us.heard(), b"\r\n%s\r\nOK\r\n" % answer)

    def test_not_now(self) -> None:
        """On hook, in another class, or with a value that there is not: ERROR."""
        self.us.command("ATE0+FCLASS=1")
        for text in ("AT+FTH=3", "AT+FRH=3", "AT+FTM=96", "AT+FRM=96", "AT+FTS=7", "AT+FRS=7"):
            self.ask(self.us, text, b"ERROR")
        self.in_call()
        for text in ("AT+FTH=4", "AT+FTM=97.5", "AT+FRM=3", "AT+FTS=256", "AT+FRH"):
            self.ask(self.us, text, b"ERROR")
        self.us.command("AT+FCLASS=8")
        self.run_s(0.1)
        self.ask(self.us, "AT+FTH=3", b"ERROR")

    def test_class_1_0(self) -> None:
        """The same commands in class 1.0, which programs that ask for it want to read back."""
        self.in_call()
        self.us.command("AT+FCLASS=1.0")
        self.us.heard()
        self.us.command("AT+FCLASS?")
        self.assertEqual(self.us.heard(), b"\r\n1.0\r\nOK\r\n")
        self.ask(self.us, "AT+FTH=3", b"CONNECT")

    def test_class_changed_in_a_call(self) -> None:
        """With +VNH=1 the call lives through 8, 1 and 8 again; without, it ends."""
        self.in_call()
        self.us.command("AT+FCLASS=8")
        self.assertTrue(self.us.modem.line.off_hook)
        self.us.command("AT+VNH=0;+FCLASS=1")
        self.assertFalse(self.us.modem.line.off_hook)

    def test_silence(self) -> None:
        """+FTS lasts as long as it says; +FRS until the far end was silent for so long; any character ends it."""
        self.in_call()
        self.us.command("AT+FTS=50")
        self.run_s(0.44)
        self.assertEqual(self.us.heard(), b"")
        self.until(self.us, b"OK", 0.2)
        self.them.command("AT+FTH=3")
        self.run_s(0.5)
        self.us.command("AT+FRS=10")
        self.run_s(3)
        self.assertEqual(self.us.heard(), b"")
        self.us.say(b"\x18")
        self.until(self.us, b"\r\nOK\r\n", 0.1)
        self.us.command("AT+FRS=10")
        self.until(self.them, b"ERROR")
        self.assertEqual(self.us.heard(), b"")
        self.run_s(0.2)
        self.assertEqual(self.us.heard(), b"\r\nOK\r\n")


class FrameTests(Class1Case):
    def test_frame(self) -> None:
        """Any octet comes through; flags, zeros and check octets are the modem's, and the check is passed on."""
        self.in_call()
        self.them.command("AT+FRH=3")
        self.us.command("AT+FTH=3")
        self.assertEqual(self.us.heard(), b"\r\nCONNECT\r\n")
        self.us.say(shielded(DCS))
        heard = self.until(self.them, b"OK")
        check = fcs(DCS).replace(b"\x10", b"\x10\x10")
        self.assertEqual(heard, b"\r\nCONNECT\r\n" + shielded(DCS)[:-2] + check + b"\x10\x03\r\nOK\r\n")
        self.until(self.us, b"\r\nOK\r\n", 0.2)

    def test_frames_of_a_burst(self) -> None:
        """CONNECT for each further frame, OK after the last; received by a command each, and then no carrier."""
        self.in_call()
        self.them.command("AT+FRH=3")
        self.us.command("AT+FTH=3")
        self.us.heard()
        for octets, answer in ((b"\xff\x03\x40", b"CONNECT"), (b"\xff\x03\x41", b"CONNECT"), (b"\xff\x13\x42", b"OK")):
            self.us.say(shielded(octets))
            self.assertEqual(self.until(self.us, b"\r\n", 3), b"\r\n%s\r\n" % answer)
        for octets in (b"\xff\x03\x40", b"\xff\x03\x41", b"\xff\x13\x42"):
            self.assertIn(octets, self.until(self.them, b"OK", 0.2))
            self.them.command("AT+FRH=3")
        self.until(self.them, b"\r\nNO CARRIER\r\n", 0.5)

    def test_bad_check(self) -> None:
        """A frame that was hurt on the line comes with ERROR."""
        self.in_call()
        self.them.command("AT+FRH=3")
        self.us.command("AT+FTH=3")
        self.us.say(shielded(b"\xff\x13\x42" + bytes(40)))
        self.run_s(1.6)
        noise = np.random.default_rng(1).normal(0, 0.2, 160).astype(np.float32)
        read_sound = self.us.modem.read_sound
        self.us.modem.read_sound = lambda: (read_sound(), noise)[1]
        self.run_s(0.06)
        self.us.modem.read_sound = read_sound
        self.assertIn(b"\x10\x03\r\nERROR\r\n", self.until(self.them, b"ERROR"))

    def test_no_frame_in_time(self) -> None:
        """A computer that sends nothing for five seconds gets ERROR, and the carrier ends."""
        self.in_call()
        self.us.command("AT+FTH=3")
        self.us.heard()
        self.run_s(4.5)
        self.assertEqual(self.us.heard(), b"")
        self.until(self.us, b"\r\nERROR\r\n", 2)
        self.ask(self.us, "AT", b"OK")

    def test_reception_broken_off(self) -> None:
        """Any character ends a reception but those of flow control; what follows it is a command again."""
        for command in ("AT+FRH=3", "AT+FRM=96"):
            self.setUp()
            self.in_call()
            self.us.command(command)
            self.us.say(b"\x11\x13")
            self.run_s(1)
            self.assertEqual(self.us.heard(), b"")
            self.us.say(b"\x18AT+FCLASS?\r")
            self.run_s(0.1)
            self.assertEqual(self.us.heard(), b"\r\nOK\r\n\r\n1\r\nOK\r\n")

    def test_line_feed_after_a_command(self) -> None:
        """<CR><LF> at the end of a command to receive breaks it off: a trap of real modems."""
        self.in_call()
        self.us.say(b"AT+FRH=3\r\n")
        self.run_s(0.1)
        self.assertEqual(self.us.heard(), b"\r\nOK\r\n")


class ImageTests(Class1Case):
    def send(self, code: int, octets: bytes) -> None:
        """With the receiver waiting for it."""
        self.them.command(f"AT+FRM={code}")
        self.us.command(f"AT+FTM={code}")
        self.us.say(shielded(octets))

    def received(self) -> bytes:
        heard = self.until(self.them, b"NO CARRIER", 40)
        self.assertTrue(heard.startswith(b"\r\nCONNECT\r\n"), heard[:40])
        self.assertTrue(heard.endswith(b"\x10\x03\r\nNO CARRIER\r\n"), heard[-40:])
        return heard[11:-16].replace(b"\x10\x1a", b"\x10\x10").replace(b"\x10\x10", b"\x10")

    def test_every_modulation(self) -> None:
        """Training, the octets in their places, the end of the carrier."""
        self.in_call()
        for code in (24, 48, 72, 96, 73, 97, 121, 145, 146):
            self.send(code, OCTETS)
            self.assertIn(OCTETS, self.received(), code)
            self.assertEqual(self.us.heard(), b"\r\nCONNECT\r\n\r\nOK\r\n")

    def test_small_buffer(self) -> None:
        """It says XOFF when it is full, XON when there is room, and takes nothing meanwhile; nothing is lost."""
        self.in_call()
        octets = OCTETS * 8
        self.us.obeys_flow = True
        self.send(96, octets)
        self.assertLess(self.us.modem.room, 30)
        self.assertIn(octets, self.received())
        said = self.us.heard()
        self.assertGreater(said.count(b"\x13"), 1, said)
        self.assertEqual(said.count(b"\x13"), said.count(b"\x11"))

    def test_no_flow_control(self) -> None:
        """With +FLO=0 it does not say so."""
        self.in_call()
        self.us.command("AT+FLO=0")
        self.us.heard()
        self.send(96, OCTETS * 4)
        self.received()
        self.assertEqual(self.us.heard(), b"\r\nCONNECT\r\n\r\nOK\r\n")

    def test_underrun(self) -> None:
        """A computer that sends too late: zeros go out in between, and it is counted once."""
        self.in_call()
        self.them.command("AT+FRM=96")
        self.us.command("AT+FTM=96")
        self.us.say(b"\xaa" * 100)
        self.run_s(1.5)
        self.us.say(shielded(b"\xaa" * 100))
        received = self.received()
        begin, _, end = received.partition(bytes(100))
        self.assertTrue(begin.endswith(b"\xaa" * 99), begin)
        self.assertIn(b"\xaa" * 99, end)
        self.assertEqual(self.us.modem.underruns, 1)

    def test_ones_first(self) -> None:
        """Until the first octet comes, ones are sent: no zeros that a receiver would count."""
        self.in_call()
        self.them.command("AT+FRM=96")
        self.us.command("AT+FTM=96")
        self.run_s(1)
        self.us.say(shielded(OCTETS))
        received = self.received()
        self.assertIn(b"\xff" * 100 + OCTETS, received)
        self.assertEqual(self.us.modem.underruns, 0)

    def test_nothing_to_send(self) -> None:
        """After five seconds without an octet the carrier ends, with ERROR."""
        self.in_call()
        self.us.command("AT+FTM=96")
        self.us.heard()
        self.run_s(5)
        self.assertEqual(self.us.heard(), b"")
        self.until(self.us, b"\r\nERROR\r\n", 1)

    def test_read_too_late(self) -> None:
        """A computer that reads too late loses octets, as with hardware; it is counted."""
        self.in_call()
        self.send(96, OCTETS)
        self.run_s(0.6)
        self.them.modem.congested = True
        self.run_s(0.2)
        self.them.modem.congested = False
        self.assertNotIn(OCTETS, self.received())
        self.assertEqual(self.them.modem.overruns, 1)


class WrongCarrierTests(Class1Case):
    def frame_instead(self) -> None:
        """They await an image, we send a frame."""
        self.them.command("AT+FRM=96")
        self.us.command("AT+FTH=3")
        self.us.say(shielded(DCS))

    def test_error(self) -> None:
        """+FCERROR, early enough for the frame to be asked for."""
        self.in_call()
        self.frame_instead()
        self.assertEqual(self.until(self.them, b"ERROR"), b"\r\n+FCERROR\r\n")
        self.them.command("AT+FRH=3")
        self.assertIn(shielded(DCS)[:-2], self.until(self.them, b"OK"))

    def test_adaptive(self) -> None:
        """With +FAR=1 the frame comes at once."""
        self.in_call()
        self.them.command("AT+FAR=1")
        self.run_s(0.1)
        self.them.heard()
        self.frame_instead()
        heard = self.until(self.them, b"OK")
        self.assertTrue(heard.startswith(b"\r\n+FRH:3\r\n\r\nCONNECT\r\n" + shielded(DCS)[:-2]), heard)

    def test_not_known(self) -> None:
        """A chip without +FAR says ERROR to it."""
        self.them.modem.chip = replace(CX93001, unknown=frozenset({"+FAR"}))
        self.in_call()
        self.ask(self.them, "AT+FAR=1", b"ERROR")


class CallTests(Class1Case):
    def test_dial_and_answer(self) -> None:
        """ATD calls with CNG until the far end's V.21 comes, ATA answers with CED; both end with CONNECT."""
        for computer in (self.us, self.them):
            computer.command("ATE0+FCLASS=1")
        self.us.command("ATDT8002")
        self.until(self.them, b"RING")
        self.them.command("ATA")
        self.assertIn(b"CONNECT", self.until(self.them, b"CONNECT", 5))
        self.us.heard()
        self.them.say(shielded(DCS))
        self.assertIn(b"\r\nCONNECT\r\n" + shielded(DCS)[:-2], self.until(self.us, b"OK"))

    def test_busy(self) -> None:
        """Nobody can be reached: BUSY, and on hook."""
        self.them.modem.lift()
        self.us.command("ATE0+FCLASS=1")
        self.us.command("ATDT8002")
        self.until(self.us, b"BUSY", 20)
        self.assertFalse(self.us.modem.line.off_hook)

    def test_no_fax_there(self) -> None:
        """Nobody answers within S7: NO CARRIER, and on hook."""
        self.us.command("ATE0+FCLASS=1;S7=10")
        self.us.command("ATDT8002")
        self.until(self.us, b"NO CARRIER", 20)
        self.assertFalse(self.us.modem.line.off_hook)

    def test_broken_off(self) -> None:
        """A character ends ATA and ATD with NO CARRIER; a call that was a talk before stays (+VNH=1)."""
        for command in ("ATA", "ATD"):
            self.setUp()
            self.in_call()
            self.us.command(command)
            self.run_s(1)
            self.us.say(b"\x18")
            self.until(self.us, b"\r\nNO CARRIER\r\n", 0.1)
            self.assertTrue(self.us.modem.line.off_hook)


PIECES = st.one_of(
    st.sampled_from(
        [
            *(f"AT{name}\r".encode() for name in ("A", "D", "H", "", "+FCLASS=8", "+FCLASS=1", "+VTR", "+VLS=1", "Z")),
            *(
                f"AT+F{name}\r".encode()
                for name in ("TH=3", "RH=3", "TM=96", "RM=96", "TM=146", "RM=145", "TS=8", "RS=8")
            ),
            b"\x10\x03",
            b"\x18",
            b"\x11\x13",
            shielded(DCS),
            b"AT+FTS=8;+FTM=96\r",
        ]
    ),
    st.binary(max_size=300),
    st.floats(0.02, 1.5),
)


class AnyBytesTests(Class1Case):
    @settings(max_examples=8, deadline=None)
    @given(st.lists(st.tuples(st.booleans(), PIECES), max_size=30))
    def test_any_bytes_at_any_time(self, pieces: list[tuple[bool, bytes | float]]) -> None:
        """Whatever two computers send and whenever: no modem breaks, and each answers AT after it was rescued."""
        self.setUp()
        self.in_call()
        for ours, piece in pieces:
            if isinstance(piece, float):
                self.run_s(piece)
            else:
                (self.us if ours else self.them).say(piece)
        for computer in (self.us, self.them):
            for rescue, seconds in ((b"\x10\x03", 8), (b"\x18", 1), (b"\x10^", 1), (b"\r", 1)):
                computer.say(rescue)
                self.run_s(seconds)
            computer.heard()
            computer.command("ATE0Q0V1")
            computer.command("AT")
            self.run_s(0.1)
            self.assertIn(b"OK", computer.heard())
