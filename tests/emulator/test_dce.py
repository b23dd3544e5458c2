"""The modem answers as a CX93001 does, byte for byte, and moves sound in real time."""

from datetime import datetime

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import UNSIGNED_8
from callserver.dsp.frames import level_dbm0
from callserver.dsp.tones import dtmf, tone
from callserver.emulator.chip import CX93001_WITH_LAWS, Chip
from callserver.emulator.dce import Dce
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import PhoneListener
from callserver.emulator.voice_bytes import FromComputer, shielded

LINES = [b"ATZ\r", b"AT+FCLASS=8\r", b"junk", b"AT+VSM=?\r", b"ATS7?\r", b"\r", b"ATX;\r"]
NOON = datetime(2026, 11, 24, 12, 5)


class ModemCase(SynchronousTestCase):
    chip = Chip()

    def setUp(self) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock, now=lambda: NOON)
        self.exchange.start()
        self.line = self.exchange.add_line("8008")
        self.modem = Dce(self.line, self.chip)
        self.line.terminal = self.modem
        self.caller = self.exchange.add_phone("13912345678", "HARRINGTON")

    def run_s(self, seconds: float) -> None:
        self.clock.pump([0.02] * round(seconds / 0.02))

    def ask(self, text: str) -> bytes:
        """Everything the modem says to a line before time passes."""
        self.modem.feed(text.encode() + b"\r")
        return self.modem.read()

    def command(self, text: str, want: bytes = b"OK") -> None:
        self.modem.feed(text.encode() + b"\r")
        self.assertTrue(self.modem.read().endswith(b"\r\n%s\r\n" % want), text)

    def answered(self) -> None:
        """A call is up, in voice mode, the modem silent."""
        self.command("ATE0+FCLASS=8")
        self.caller.dial("8008")
        self.run_s(0.1)
        self.command("AT+VLS=1")
        self.run_s(0.1)
        self.assertEqual(self.caller.stage, SubscriberStage.TALKING)
        self.modem.read()


class CommandTests(ModemCase):
    def test_exact_bytes(self) -> None:
        """Echo, blank lines and results are those in the logs of real CX93001s."""
        for line, answer in (
            ("ATZ", b"ATZ\r\r\nOK\r\n"),
            ("AT+FCLASS?", b"AT+FCLASS?\r\r\n0\r\nOK\r\n"),
            ("ATI3", b"ATI3\r\r\nCX93001-EIS_V0.2002-V92\r\n\r\nOK\r\n"),
            ("AT+GMI", b"AT+GMI\r\r\n+GMI: CONEXANT\r\n\r\nOK\r\n"),
            ("at+fclass=?", b"at+fclass=?\r\r\n0,1,1.0,8\r\nOK\r\n"),
            ("ATFOO", b"ATFOO\r\r\nERROR\r\n"),
            ("AT-PV", b"AT-PV\r\r\nERROR\r\n"),
            ("AT", b"AT\r\r\nOK\r\n"),
            ("", b"\r"),
            ("hello", b"hello\r"),
            (";AT+VCID=1", b";AT+VCID=1\r\r\nOK\r\n"),
            ("\x10\x03\x10!\x10^AT", b"\x10\x03\x10!\x10^AT\r\r\nOK\r\n"),
        ):
            self.assertEqual(self.ask(line), answer)

    def test_other_conexant(self) -> None:
        """Some chips put a blank line before OK after every answer."""
        self.modem.chip = Chip(blank_line_before_ok=True)
        self.assertEqual(self.ask("AT+VCID?"), b"AT+VCID?\r\r\n0\r\n\r\nOK\r\n")

    def test_chaining(self) -> None:
        """One result for a line; what stands before a mistake is done, what stands after is not."""
        self.assertEqual(self.ask("AT-SCID=1;+VCID=1;-STE=3"), b"AT-SCID=1;+VCID=1;-STE=3\r\r\nOK\r\n")
        self.assertEqual(self.ask("ATE0Q0V1H0"), b"ATE0Q0V1H0\r\r\nOK\r\n")
        self.assertEqual(self.ask("AT+VCID=2;+NONSENSE;+VCID=0"), b"\r\nERROR\r\n")
        self.assertEqual(self.ask("AT+VCID?;S0=0"), b"\r\n2\r\nOK\r\n")

    def test_numbers_for_words(self) -> None:
        """V0 gives codes with a carriage return alone; Q1 says nothing."""
        self.command("ATE0")
        self.assertEqual(self.ask("ATV0"), b"0\r")
        self.assertEqual(self.ask("ATX9"), b"4\r")
        self.assertEqual(self.ask("ATV1Q1"), b"")
        self.assertEqual(self.ask("ATQ0"), b"\r\nOK\r\n")

    def test_echo_ends_within_a_burst(self) -> None:
        """Lines sent together are echoed until the one that turns echo off has been obeyed."""
        self.modem.feed(b"ATE0\rATI9\rAT+FCLASS?\r")
        self.assertEqual(self.modem.read(), b"ATE0\r\r\nOK\r\n\r\nOK\r\n\r\n0\r\nOK\r\n")

    def test_voice_commands_need_voice_mode(self) -> None:
        """Codecs and devices can be asked for in class 8 only."""
        for line in ("AT+VSM=?", "AT+VLS=1", "AT+VTX", "AT+VTS=1"):
            self.command(line, b"ERROR")
        self.command("AT+FCLASS=8")
        answer = self.ask("AT+VSM=?")
        self.assertIn(b'\r\n1,"UNSIGNED PCM",8,0,(8000),(0),(0)\r\n130,"UNSIGNED PCM",8,0,(8000),(0),(0)\r\nOK', answer)
        self.command("AT+VSM=130,8000,0,0")
        self.command("AT+VSM=128,8000", b"ERROR")
        self.command("AT+VSM=1,11025", b"ERROR")

    def test_silence_detector_of_a_cx93001(self) -> None:
        """It is accepted and has no effect: reads back as before."""
        self.command("AT+FCLASS=8")
        self.command("AT+VSD=129,40")
        self.assertIn(b"\r\n128,0\r\n", self.ask("AT+VSD?"))

    def test_ranges(self) -> None:
        """Values a CX93001 refuses are refused."""
        self.command("AT+FCLASS=8")
        self.command("AT+VDR=1,15", b"ERROR")
        self.command("AT+VLS=5", b"ERROR")
        self.command("AT+VGT=256", b"ERROR")
        self.command("AT+VGT=255;+VGR=0;+VIT=0;+VNH=0;+VRA=70;+VRN=10;+IFC=2,2")
        self.assertIn(b"\r\n(0-255)\r\n", self.ask("AT+VGR=?"))

    def test_profile(self) -> None:
        """AT&V has several lines; ATS7? three digits."""
        self.assertGreater(self.ask("AT&V").count(b"\r\n"), 4)
        self.assertIn(b"\r\n050\r\n", self.ask("ATS7?"))
        self.command("AT&W0&F&C1&D2&K3")

    def test_country(self) -> None:
        """
        China is 26. Every country that the chip knows can be set and is kept over a reset; set to another one it hears
        no dial tone on this line. A country that it does not know is refused.
        """
        self.assertIn(b"\r\n26\r\n", self.ask("AT+GCI?"))
        for code in ("26", "B5", "b4", "42", "FE", "00"):
            self.command(f"AT+GCI={code}")
            self.command("ATZ")
            self.assertIn(f"\r\n{code.upper()}\r\n".encode(), self.ask("AT+GCI?"))
        self.assertIn(b"B4,B5", self.ask("AT+GCI=?"))
        for nonsense in ("FF", "1", "026", "CN", ""):
            self.command(f"AT+GCI={nonsense}", b"ERROR")
        self.command("AT+GCI=B5;+FCLASS=8;+VLS=1")
        self.run_s(4)
        self.assertNotIn(b"\x10d", self.modem.read())
        self.command("AT+VLS=0;+GCI=26;+VLS=1")
        self.run_s(4)
        self.assertIn(b"\x10d", self.modem.read())

    def test_stored_profile(self) -> None:
        """
        AT&W keeps the basic settings and the S-registers, and ATZ brings them back; AT&F brings those of the factory.
        Voice parameters and caller ID are never kept.
        """
        self.command("ATE0S0=2M1&D3;+VCID=1;+VDR=1,5")
        self.command("AT&W0")
        self.command("ATE1S0=0M2&D1&FE1")
        self.assertIn(b"\r\n000\r\n", self.ask("ATS0?"))
        self.command("ATZ")
        self.assertIn(b"\r\n002\r\n", self.ask("ATS0?"))
        self.assertNotIn(b"ATS0?", self.ask("ATS0?"))
        self.assertIn(b"&D3", self.ask("AT&V"))
        self.assertIn(b"\r\n0\r\n", self.ask("AT+VCID?"))
        self.command("AT&F")
        self.assertIn(b"&D2", self.ask("AT&V"))
        self.command("AT&W2", b"ERROR")

    @given(
        st.lists(st.sampled_from([b"ATZ\r", b"AT+FCLASS=8\r", b"junk", b"AT+VSM=?\r", b"ATS7?\r", b"\r", b"ATX;\r"])),
        st.data(),
    )
    @settings(max_examples=60, deadline=None)
    def test_any_cut(self, lines: list[bytes], data: st.DataObject) -> None:
        """However the bytes are cut, the answers are the same."""
        whole = b"".join(lines)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
        one, other = Dce(self.line), Dce(self.line)
        one.feed(whole)
        for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
            other.feed(whole[begin:end])
        self.assertEqual(one.read(), other.read())

    @given(st.binary(max_size=600))
    @settings(max_examples=100, deadline=None)
    @example(b"ATS3=7\r")
    @example(b"ATE0A")
    def test_any_noise(self, noise: bytes) -> None:
        """
        No bytes break the modem: with the factory's settings (noise may hold ATS3=7) it still answers.

        The noise ends with its line: if that was ATA, the next command only ends the answering.
        """
        modem = Dce(self.line)
        modem.feed(noise + b"\r")
        for _ in range(3):
            modem.read_sound()
            modem.feed_sound(None)
        modem.drop()
        modem.settings.factory()
        modem.feed(b"\rATZ\r")
        modem.read()
        modem.feed(b"ATE0Q0V1S3=13S4=10S5=8\r")
        modem.read()
        modem.feed(b"AT\r")
        self.assertEqual(modem.read(), b"\r\nOK\r\n")


class RingTests(ModemCase):
    def test_ring_and_caller_in_data_mode(self) -> None:
        """RING for each burst, and the caller's block between the first two, in one piece."""
        self.command("AT+VCID=1")
        self.caller.dial("8008")
        self.run_s(2)
        self.assertEqual(self.modem.read(), b"\r\nRING\r\n")
        self.run_s(0.2)
        self.assertEqual(
            self.modem.read(),
            b"\r\nDATE = 1124\r\nTIME = 1205\r\nNMBR = 13912345678\r\nNAME = HARRINGTON\r\n",
        )
        self.run_s(3)
        self.assertEqual(self.modem.read(), b"\r\nRING\r\n")
        self.assertEqual(self.ask("AT+VRID=0").count(b"NMBR"), 1)

    def test_ring_in_voice_mode(self) -> None:
        """In class 8 it is an event and a line end."""
        self.command("AT+FCLASS=8")
        self.caller.dial("8008")
        self.run_s(5.2)
        self.assertEqual(self.modem.read(), b"\x10R\r\n" * 2)

    def test_withheld(self) -> None:
        """P stands for a number that the caller keeps to himself."""
        self.command("AT+VCID=1")
        self.caller.line.withheld = True
        self.caller.dial("8008")
        self.run_s(3)
        self.assertIn(b"\r\nNMBR = P\r\nNAME = P\r\n", self.modem.read())

    def test_raw_caller_id(self) -> None:
        """The raw form is the message of the line, with a checksum that holds."""
        self.command("AT+VCID=2")
        self.caller.dial("8008")
        self.run_s(3)
        said = self.modem.read().partition(b"MESG = ")[2].strip()
        message = bytes.fromhex(said.decode())
        self.assertEqual(sum(message) % 256, 0)
        self.assertIn(b"\x02\x0b13912345678\x07\x0aHARRINGTON", message)

    def test_cadence_reports(self) -> None:
        """With +VDR=1,5 the lengths of bursts and pauses come too, and RING half a second after the burst."""
        self.command("AT+VDR=1,5")
        self.caller.dial("8008")
        self.run_s(1.2)
        self.assertEqual(self.modem.read(), b"\r\nDRON=10\r\n")
        self.run_s(4)
        self.assertEqual(self.modem.read(), b"\r\nRING\r\n\r\nDROF=40\r\n")

    def test_caller_gives_up(self) -> None:
        """No event tells it: rings just do not come."""
        self.caller.dial("8008")
        self.run_s(2)
        self.caller.hang_up()
        self.modem.read()
        self.run_s(10)
        self.assertEqual(self.modem.read(), b"")


class StreamTests(ModemCase):
    def play(self, data: bytes, seconds: float) -> None:
        """Feed as a program does that never lets the buffer run empty."""
        for _ in range(round(seconds / 0.02)):
            taken, data = data[: self.modem.room], data[self.modem.room :]
            self.modem.feed(taken)
            self.run_s(0.02)

    def heard_by_caller(self) -> list[np.ndarray]:
        blocks: list[np.ndarray] = []
        self.caller.attach(PhoneListener(on_sound=lambda block: blocks.append(block.copy())))
        return blocks

    def test_play(self) -> None:
        """What the program sends is what the caller hears; <DLE><ETX> plays out, then OK."""
        self.answered()
        heard = self.heard_by_caller()
        sound = tone([1000.0], 8000, -10.0)
        data = UNSIGNED_8.encode(sound).tobytes()
        self.assertEqual(self.ask("AT+VTX"), b"\r\nCONNECT\r\n")
        self.play(shielded(data) + b"\x10\x03\r", 0.9)
        self.assertEqual(self.modem.read(), b"")
        self.run_s(0.2)
        self.assertEqual(self.modem.read(), b"\r\nOK\r\n")
        whole = np.concatenate(heard)
        begin = int(np.flatnonzero(np.abs(whole) > 0.01)[0])
        self.assertLess(np.abs(whole[begin - 1 : begin + 7999] - sound).max(), 0.01)
        self.assertEqual(self.modem.underruns, 0)
        self.assertEqual(self.ask("AT"), b"\r\nOK\r\n")

    def test_buffer(self) -> None:
        """The modem holds 2 KB and takes more only as it plays: a greeting cannot be swallowed at once."""
        self.answered()
        self.ask("AT+VTX")
        self.assertEqual(self.modem.room, 2048)
        self.modem.feed(bytes(2048))
        self.assertEqual(self.modem.room, 0)
        self.run_s(0.1)
        self.assertEqual(self.modem.room, 800)

    def test_underrun(self) -> None:
        """Too late with sound: one report for one gap; then the sound goes on."""
        self.answered()
        self.ask("AT+VTX")
        self.modem.feed(bytes(800))
        self.run_s(0.5)
        self.assertEqual(self.modem.read(), b"\x10u")
        self.modem.feed(bytes(800))
        self.run_s(0.2)
        self.assertEqual(self.modem.read(), b"\x10u")
        self.assertEqual(self.modem.underruns, 2)

    def test_slow_start(self) -> None:
        """A late start is reported, as the chip does, but is no gap."""
        self.answered()
        self.ask("AT+VTX")
        self.run_s(0.3)
        self.assertEqual((self.modem.read(), self.modem.underruns), (b"\x10u", 0))

    def test_cancel(self) -> None:
        """<DLE><CAN><DLE><ETX> silences at once."""
        self.answered()
        self.ask("AT+VTR")
        self.modem.feed(bytes(2000))
        self.run_s(0.1)
        self.modem.feed(b"\x10\x18\x10\x03")
        heard = self.heard_by_caller()
        self.run_s(0.1)
        self.assertEqual(level_dbm0(np.concatenate(heard)), float("-inf"))
        self.assertTrue(self.modem.read().endswith(b"\x10\x03\r\nOK\r\n"))

    def test_pause(self) -> None:
        """<DLE>p holds the sound back, <DLE>r lets it go on."""
        self.answered()
        self.ask("AT+VTX")
        self.modem.feed(bytes(1600) + b"\x10p")
        self.run_s(0.5)
        self.assertEqual(self.modem.room, 448)
        self.modem.feed(b"\x10r")
        self.run_s(0.2)
        self.assertEqual(self.modem.room, 2048)

    def test_record(self) -> None:
        """+VRX gives every sample, 0x10 shielded; ends with <DLE><ETX> and OK after the last bytes."""
        self.answered()
        self.assertEqual(self.ask("AT+VRX"), b"\r\nCONNECT\r\n")
        sound = tone([440.0], 8000, -6.0)
        self.caller.say(sound)
        self.run_s(1.1)
        self.modem.feed(b"\x10!\r")
        self.run_s(0.02)
        said = self.modem.read()
        self.assertTrue(said.endswith(b"\x10\x03\r\nOK\r\n"))
        pieces = list(FromComputer().feed(said[: -len(b"\x10\x03\r\nOK\r\n")]))
        samples = b"".join(piece for piece, code in pieces if not code)
        self.assertEqual(len(samples), 160 * 56)
        decoded = UNSIGNED_8.decode(np.frombuffer(samples, np.uint8))
        self.assertLess(np.abs(decoded[160 : 160 + 7840] - sound[160:8000]).max(), 0.01)

    def test_duplex(self) -> None:
        """Both at once, and one's own voice comes back from the line."""
        self.answered()
        self.assertEqual(self.ask("AT+VTR"), b"\r\nCONNECT\r\n")
        self.play(shielded(UNSIGNED_8.encode(tone([1000.0], 12000, -10.0)).tobytes()), 1.0)
        said = self.modem.read()
        samples = b"".join(piece for piece, code in FromComputer().feed(said) if not code)
        echo = UNSIGNED_8.decode(np.frombuffer(samples, np.uint8))
        self.assertLess(abs(level_dbm0(echo[800:]) + 24), 0.5)
        self.modem.feed(b"\x10^")
        self.run_s(0.02)
        self.assertTrue(self.modem.read().endswith(b"\x10\x03\r\nOK\r\n"))

    def test_keys(self) -> None:
        """A key is reported between / and ~, once, while a prompt plays."""
        self.answered()
        self.ask("AT+VTX")
        self.caller.press("5")
        self.play(bytes([128]) * 8000, 0.5)
        self.assertEqual(self.modem.read(), b"\x10/\x105\x10~")

    def test_far_end_hangs_up(self) -> None:
        """Busy tone is reported once its cadence is sure, and again every 4 s until on hook."""
        self.answered()
        self.ask("AT+VTX")
        self.caller.hang_up()
        self.play(bytes([128]) * 90000, 10)
        self.assertEqual(self.modem.read(), b"\x10b" * 3)
        self.modem.feed(b"\x10\x18\x10\x03")
        self.run_s(0.1)
        self.command("AT+VLS=0")
        self.run_s(5)
        self.assertEqual(self.modem.read(), b"")
        self.assertEqual(self.line.stage, SubscriberStage.ON_HOOK)

    def test_fax_calls(self) -> None:
        """The calling tone of a fax is told from its second burst on."""
        self.answered()
        self.ask("AT+VTX")
        cng = np.concatenate([tone([1100.0], 4000, -12.0), np.zeros(24000, np.float32)])
        self.caller.say(np.tile(cng, 3))
        self.play(bytes([128]) * 90000, 5)
        self.assertEqual(self.modem.read(), b"\x10c")

    def test_laws(self) -> None:
        """A chip with mu- and A-law offers them by name, and they work."""
        self.modem.chip = CX93001_WITH_LAWS
        self.answered()
        self.assertIn(b'131,"ULAW",8', self.ask("AT+VSM=?"))
        self.command("AT+VSM=131,8000")
        self.ask("AT+VRX")
        self.run_s(0.1)
        self.assertEqual(set(self.modem.read()), {0xFF})

    def test_overrun(self) -> None:
        """A program that does not read loses sound and is told so once."""
        self.answered()
        self.ask("AT+VRX")
        self.modem.congested = True
        self.run_s(0.5)
        self.assertEqual(self.modem.read(), b"\x10o")
        self.modem.congested = False
        self.run_s(0.02)
        self.assertEqual((len(self.modem.read()), self.modem.overruns), (160, 1))

    def test_gain(self) -> None:
        """+VGT=255 plays twice as loud."""
        self.answered()
        self.command("AT+VGT=255")
        self.ask("AT+VTX")
        heard = self.heard_by_caller()
        self.play(bytes([138]) * 1600, 0.1)
        self.assertLess(abs(float(np.concatenate(heard).max()) * 128 - 20), 0.2)

    @given(st.binary(max_size=300), st.integers(0, 300))
    @settings(max_examples=60, deadline=None)
    def test_shielding(self, sound: bytes, cut: int) -> None:
        """What is shielded and cut anywhere comes out as it was."""
        data, reader = shielded(sound), FromComputer()
        pieces = [*reader.feed(data[:cut]), *reader.feed(data[cut:])]
        self.assertEqual((b"".join(piece for piece, _ in pieces), {code for _, code in pieces} - {b""}), (sound, set()))

    def test_unknown_codes(self) -> None:
        """A program that does not double its 0x10 loses a sample or two and nothing else."""
        self.assertEqual([*FromComputer().feed(b"ab\x10Qcd")], [(b"ab", b""), (b"", b"Q"), (b"cd", b"")])


class DialTests(ModemCase):
    def setUp(self) -> None:
        super().setUp()
        self.other = self.exchange.add_phone("200")
        self.exchange.add_phone("201").lift()
        self.command("ATE0+FCLASS=8")

    def dial(self, line: str, seconds: float) -> bytes:
        self.modem.feed(line.encode() + b"\r")
        self.run_s(seconds)
        return self.modem.read()

    def test_digits_only(self) -> None:
        """With a semicolon OK comes right after the digits, and the line is up."""
        self.assertEqual(self.dial("ATDT200;", 3), b"\x10d\r\nOK\r\n")
        self.assertEqual(self.other.stage, SubscriberStage.RINGING)

    def test_answered(self) -> None:
        """Answered is a guess: ringback has been gone for +VRA."""
        self.modem.feed(b"ATD200\r")
        self.run_s(8)
        self.other.lift()
        self.run_s(1)
        self.assertEqual(self.modem.read(), b"\x10d\x10r")
        self.run_s(5)
        self.assertEqual(self.modem.read(), b"\r\nOK\r\n")

    def test_still_ringing(self) -> None:
        """Five seconds of +VRA are enough for China's pauses: no answer until somebody answers, or S7 is over."""
        self.command("ATS7=20")
        said = self.dial("ATD200", 30)
        self.assertTrue(said.endswith(b"\r\nNO ANSWER\r\n"))
        self.assertEqual(said.count(b"r"), 4)
        self.assertEqual(self.line.stage, SubscriberStage.ON_HOOK)

    def test_too_hasty(self) -> None:
        """With +VRA under the pause between two bursts the modem takes ringing for an answer, as real ones do."""
        self.command("AT+VRA=35")
        self.assertTrue(self.dial("ATD200", 7).endswith(b"\r\nOK\r\n"))

    def test_busy(self) -> None:
        """A number in use: BUSY, and on hook."""
        self.assertIn(b"\r\nBUSY\r\n", self.dial("ATD201", 8))
        self.assertEqual(self.line.stage, SubscriberStage.ON_HOOK)

    def test_no_dial_tone(self) -> None:
        """A line that brings no dial tone is not dialled into."""
        self.line.lift()
        self.line.tone = None
        self.assertTrue(self.dial("ATS7=3DW200", 4).endswith(b"\r\nNO DIALTONE\r\n"))

    def test_abort(self) -> None:
        """Any character ends dialling, but not the line feed behind the command."""
        self.modem.feed(b"ATD200\r\n")
        self.run_s(3)
        self.assertNotIn(b"NO CARRIER", self.modem.read())
        self.modem.feed(b"x")
        self.assertEqual(self.modem.read(), b"\r\nNO CARRIER\r\n")
        self.assertEqual(self.line.stage, SubscriberStage.ON_HOOK)

    def test_tones(self) -> None:
        """OK comes after a tone has ended; a key is as long as asked."""
        self.answered()
        heard: list[np.ndarray] = []
        self.caller.attach(PhoneListener(on_sound=lambda block: heard.append(block.copy())))
        self.modem.feed(b"AT+VTS=[933,,120]\r")
        self.run_s(1.1)
        self.assertEqual(self.modem.read(), b"")
        self.run_s(0.2)
        self.assertEqual(self.modem.read(), b"\r\nOK\r\n")
        self.assertLess(abs(level_dbm0(np.concatenate(heard)[1600:8000]) + 10), 0.1)
        self.modem.feed(b"AT+VTS={5,20},1,[900,900,10]\r")
        self.run_s(2)
        self.assertEqual(self.modem.read(), b"\r\nOK\r\n")
        self.command("AT+VTS=[900,,", b"ERROR")

    def test_data_answer(self) -> None:
        """ATA outside voice mode answers as a data modem; a character ends that."""
        self.command("AT+FCLASS=0")
        self.caller.dial("8008")
        self.run_s(0.1)
        self.modem.feed(b"ATA\r")
        self.run_s(1)
        self.assertEqual(self.caller.stage, SubscriberStage.TALKING)
        self.modem.feed(b"\r")
        self.assertTrue(self.modem.read().endswith(b"\r\nNO CARRIER\r\n"))
        self.assertEqual(self.caller.stage, SubscriberStage.TONE)

    def test_inactivity(self) -> None:
        """+VIT hangs up and leaves voice mode when the program says nothing for so long."""
        self.answered()
        self.command("AT+VIT=3")
        self.run_s(3.2)
        self.assertEqual((self.line.stage, self.modem.settings.service), (SubscriberStage.ON_HOOK, "0"))

    def test_reset(self) -> None:
        """ATZ hangs up and leaves voice mode; +FCLASS=0 too, unless +VNH forbids it."""
        self.answered()
        self.command("AT+VNH=1;+FCLASS=0")
        self.assertEqual(self.line.stage, SubscriberStage.TALKING)
        self.command("ATZ")
        self.assertEqual(self.line.stage, SubscriberStage.ON_HOOK)
        self.assertIn(b"\r\n0\r\n", self.ask("AT+FCLASS?"))

    def test_loop_break(self) -> None:
        """Where the exchange breaks the loop at hang-up, -STE=4 lets the modem say so."""
        exchange = Exchange(self.clock, loop_break=True)
        line, phone = exchange.add_line("1"), exchange.add_phone("2")
        line.terminal = modem = Dce(line)
        modem.feed(b"ATE0-STE=4;+FCLASS=8;+VLS=1\r")
        line.hang_up()
        phone.dial("1")
        line.lift()
        modem.read()
        phone.hang_up()
        self.assertEqual(modem.read(), b"\x10l")

    def test_own_keys(self) -> None:
        """The exchange's register hears keys sent with +VTS after +VLS=1."""
        self.command("AT+VLS=1")
        self.run_s(1)
        self.modem.feed(b"AT+VTD=10;+VTS=2,0,0\r")
        self.run_s(2)
        self.assertEqual(self.other.stage, SubscriberStage.RINGING)
        self.assertEqual(dtmf("2").size, 1280)
