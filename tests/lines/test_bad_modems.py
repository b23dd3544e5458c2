"""Modems as they should not be: late, forgetful, talkative. Their line serves, or says why not, and disturbs nobody."""

import random

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import MU_LAW
from callserver.lines.interfaces import LineFailure
from callserver.lines.modem_line import ModemLine
from callserver.lines.still_ringing import StillRinging
from tests.lines.contract import BLOCK_SAMPLES, Diary
from tests.lines.scripted_modem import ScriptedModem
from tests.lines.test_modem_line import ModemLineCase

VOICE = [bytes(random.Random(n).choices(range(40, 220), k=BLOCK_SAMPLES)) for n in range(50)]


class BadModemCase(ModemLineCase):
    def setUp(self) -> None:
        self.clock, self.diary = Clock(), Diary()
        self.modem = self.a_modem()
        self.modem.plug_in()

    def started(self, modem: ScriptedModem | None = None) -> None:
        modem = modem or self.modem
        self.diary = Diary()
        self.line = ModemLine("line 3", self.device, self.clock, connect_port=modem.connect)
        self.line.attach(self.diary)
        self.line.startService()

    def stopped(self) -> None:
        stopped = self.line.stopService()
        self.pass_time(10)
        self.successResultOf(stopped)

    def served_a_call(self, within_s: float = 30) -> None:
        for asked in (self.line.answer, self.line.hang_up):
            result = asked()
            self.pass_time(within_s)
            self.successResultOf(result)
        self.assertFalse(self.modem.off_hook)

    def talk(self, seconds: float) -> None:
        """Both sides speak: each block that is sent is answered by one that is heard."""
        for n in range(round(seconds / 0.02)):
            self.line.send(VOICE[n % 50])
            if self.modem.in_stream:
                self.modem.says(VOICE[(n * 7 + 3) % 50].replace(b"\x10", b"\x10\x10"))
            self.pass_time(0.02)


class LateTests(BadModemCase):
    def test_always_late(self) -> None:
        """However late a modem answers, below the five seconds that any may take, it is served and never misjudged."""
        for answer_s in (0.05, 0.5, 0.99, 1.2, 1.99, 2.0, 3.1, 4.9):
            self.modem = self.a_modem()
            self.modem.plug_in()
            self.modem.answer_s = answer_s
            self.started()
            self.pass_time(60 * answer_s + 5)
            self.assertEqual(self.diary.told, ["up"], answer_s)
            self.served_a_call(60)
            self.stopped()

    def test_late_once(self) -> None:
        """One answer that is late, whichever it is, costs time; no answer is taken for another command's."""
        for late_s in (1.2, 4.0, 5.3, 9.0):
            for n in range(1, 40):
                self.modem = self.a_modem()
                self.modem.plug_in()
                self.modem.late = {n: late_s}
                self.started()
                self.pass_time(60)
                self.assertEqual(self.diary.told[-1], "up", (n, late_s))
                for reason in self.diary.lost_because:
                    self.assertIn("no answer to", reason)
                self.line.answer().addErrback(lambda failure: failure.trap(LineFailure))
                self.pass_time(60)
                self.line.hang_up()
                self.pass_time(60)
                self.served_a_call()
                self.stopped()

    def test_too_late(self) -> None:
        """One that takes longer for every answer says so, and is called nothing else."""
        for answer_s in (5.2, 6.5, 8.0):
            self.modem = self.a_modem()
            self.modem.plug_in()
            self.modem.answer_s = answer_s
            self.started()
            self.pass_time(200)
            self.assertEqual(self.diary.told[:1], ["lost"])
            for reason in self.diary.lost_because:
                self.assertRegex(reason, "no answer to|do not fit")
            self.stopped()

    def test_byte_by_byte(self) -> None:
        """Answers, callers, keys and ends of streams cut into single bytes are the same."""
        self.modem.cut = True
        self.started()
        self.pass_time(2)
        self.modem.says(b"\x10R\r\n\r\nNMBR = 01062345678\r\nNAME = RING\r\n")
        self.served_a_call(1)
        self.assertEqual(self.diary.told, ["up", "ring", "caller"])


class ResetTests(BadModemCase):
    def setUp(self) -> None:
        super().setUp()
        self.started()
        self.pass_time(2)

    def test_while_idle(self) -> None:
        """A modem that has reset itself is found within a minute and tells callers' numbers again."""
        self.modem.resets()
        self.pass_time(61)
        self.assertEqual((self.modem.voice_class, self.modem.tells_callers), ("8", True))
        self.assertEqual(self.diary.told, ["up"])

    def test_forgot_caller_id_only(self) -> None:
        """So is one that has only forgotten to tell callers' numbers."""
        self.modem.tells_callers = False
        self.pass_time(61)
        self.assertTrue(self.modem.tells_callers)

    def test_odd_answers_to_the_questions(self) -> None:
        """A modem that does not know them, always says 0, or has its own way to write an 8, is left in peace."""
        for answers, information in (
            ({"AT+VCID?": "ERROR"}, {}),
            ({}, {"AT+VCID?": b"0"}),
            ({}, {"AT+VCID?": b""}),
            ({}, {"AT+FCLASS?": b"+FCLASS: 8"}),
            ({}, {"AT+FCLASS?": b"008"}),
            ({}, {"AT+FCLASS?": b"\r\nchatter: 7\r\n\r\n8\r\n"}),
        ):
            self.stopped()
            self.modem = self.a_modem()
            self.modem.plug_in()
            self.modem.answers |= answers
            self.modem.information |= information
            self.started()
            self.pass_time(2)
            self.served_a_call(1)
            n_set_up = self.modem.commands.count("AT+VCID=1")
            self.pass_time(200)
            self.assertEqual((self.diary.told, self.modem.commands.count("AT+VCID=1")), (["up"], n_set_up), information)

    def test_while_it_rings(self) -> None:
        """One that has reset itself before a ring is answered all the same."""
        self.modem.resets()
        self.modem.says(b"\r\nRING\r\n")
        self.served_a_call(1)
        self.assertEqual(self.diary.told, ["up", "ring"])

    def test_at_each_moment_of_a_call(self) -> None:
        """Whenever it resets while a call is set up or ended, what was asked is answered, and the next call works."""
        for moment in range(30):
            asked = [self.line.answer()]
            self.pass_time(0.01 * (moment % 6))
            if moment >= 6:
                self.pass_time(0.5)
                asked.append(self.line.hang_up())
                self.pass_time(0.01 * (moment // 6))
            self.modem.resets()
            self.pass_time(40)
            asked.append(self.line.hang_up())
            self.pass_time(40)
            for one in asked:
                one.addErrback(lambda failure: failure.trap(LineFailure))
                self.successResultOf(one)
            self.assertEqual(self.diary.told[-1], "up")
            self.served_a_call()

    def test_echoes_in_a_call(self) -> None:
        """One that resets in a talk and sends back what it is sent is no caller: noticed in a second, and revived."""
        answered = self.line.answer()
        self.pass_time(1)
        self.successResultOf(answered)
        self.talk(2)
        self.modem.resets()
        self.talk(1)
        self.assertEqual(self.diary.told, ["up", "lost"])
        self.assertIn("has reset itself in the call", self.diary.lost_because[0])
        self.pass_time(5)
        self.assertEqual(self.diary.told, ["up", "lost", "up"])
        self.served_a_call(1)

    def test_no_echo_of_our_own(self) -> None:
        """A far end that is silent when we are, and speaks when we do, is none."""
        self.line.answer()
        self.pass_time(1)
        for n in range(200):
            self.line.send(VOICE[n % 50] if n % 20 < 10 else b"\x80" * BLOCK_SAMPLES)
            self.modem.says(b"\x80" * BLOCK_SAMPLES if n % 20 >= 10 else bytes(b ^ 2 for b in VOICE[n % 50] if b != 18))
            self.pass_time(0.02)
        self.assertNotIn("lost", self.diary.told)


class ChatterTests(BadModemCase):
    CHATTER = (
        *(b"\r\n%s\r\n" % word for word in (b"hello", b"OK", b"RING", b"NMBR = 1", b"ERROR", b"CONNECT", b"8")),
        *(b"\x10u", b"\x10o", b"\x10R", b"\x10/\x105\x10~", b"\x10b", b"\x10X", b"\xff\x00\x10", b"x"),
    )

    def chatters(self, words: bytes, seconds: float, faster: int = 1) -> None:
        """At the speed of a serial port, or so many times as fast."""
        piece = words * (faster * 115 // len(words) + 1)
        for _ in range(round(seconds / 0.01)):
            self.modem.says(piece)
            self.clock.advance(0.01)

    def at_rest(self, words: bytes) -> None:
        """The line is out of service, in words; its port is closed and not opened again for minutes."""
        n_opened = self.modem.n_opened
        self.assertEqual(self.diary.told[-1], "lost", words)
        self.assertRegex(self.diary.lost_because[-1], "without end|faster than")
        self.chatters(words, 60)
        self.assertEqual(self.modem.n_opened, n_opened, words)
        self.assertLess(len([told for told in self.diary.told if told not in ("underrun", "overrun")]), 100)

    def test_in_every_state(self) -> None:
        """Whatever a modem repeats without end, idle, ringing or while it is set up, it is left alone for minutes."""
        for words in self.CHATTER:
            for begin in (self.idle, self.ringing, self.setting_up):
                self.modem = self.a_modem()
                self.modem.plug_in()
                self.started()
                begin()
                with capturedLogs() as logged:
                    self.chatters(words, 20)
                    self.at_rest(words)
                self.assertLess(len(logged), 100)
                self.stopped()

    def idle(self) -> None:
        self.pass_time(2)

    def ringing(self) -> None:
        self.pass_time(2)
        self.modem.says(b"\r\nRING\r\n")

    def setting_up(self) -> None:
        self.pass_time(0.35)

    def test_in_a_talk(self) -> None:
        """In a talk it is reports and keys that may come without end; what is sound is sound."""
        for words in (b"\x10u", b"\x10o", b"\x10/\x105\x10~", b"\x10d", b"\x10R"):
            self.modem = self.a_modem()
            self.modem.plug_in()
            self.started()
            self.pass_time(2)
            self.line.answer()
            self.pass_time(1)
            with capturedLogs() as logged:
                self.chatters(words, 5)
                self.at_rest(words)
            self.assertLess(len(logged), 100)
            self.stopped()

    def test_faster_than_sound(self) -> None:
        """A modem that sends sound, or empty packets in it, many times faster than any line does is none."""
        for words in (b"\x10\x10", b"\x80", b"\x10X\x10."):
            self.modem = self.a_modem()
            self.modem.plug_in()
            self.started()
            self.pass_time(2)
            self.line.answer()
            self.pass_time(1)
            self.chatters(words, 10, faster=10)
            self.at_rest(words)
            self.stopped()

    def test_another_modem_in_its_place(self) -> None:
        """What is plugged in for a modem that chattered, another kind with another codec, serves within seconds."""
        self.started()
        self.pass_time(2)
        self.chatters(b"\x10u", 5)
        self.modem.unplug()
        self.pass_time(3)
        self.assertIn("no such device", self.diary.lost_because[-1])
        self.modem.information = {"AT+VSM=?": b'4,"G711U",8,0,(8000)', "ATI3": b"Si2457"}
        self.modem.plug_in()
        self.pass_time(5)
        self.assertEqual(self.diary.told[-1], "up")
        self.assertIs(self.line.codec, MU_LAW)
        self.served_a_call(1)

    def test_keys_a_second(self) -> None:
        """Twenty keys a second are told, and no more."""
        line = ModemLine("line 3", self.device, self.clock, reports_keys=True, connect_port=self.modem.connect)
        line.attach(self.diary)
        line.startService()
        self.pass_time(2)
        line.answer()
        self.pass_time(1)
        self.modem.says(b"\x10/\x105\x10~" * 50)
        self.assertEqual(self.diary.keys, "5" * 20)
        self.pass_time(1.1)
        self.modem.says(b"\x10/\x107\x10~")
        self.assertEqual(self.diary.keys[20:], "7")

    def test_who_talks_a_little(self) -> None:
        """A modem that says something of its own now and then stays in service, and fills no log."""
        self.started()
        self.pass_time(2)
        with capturedLogs() as logged:
            for _ in range(1200):
                self.modem.says(b"\r\n+CHATTER: 5\r\n")
                self.pass_time(0.05)
        self.assertEqual(self.diary.told, ["up"])
        self.assertLess(len(logged), 20)

    def test_long_answers(self) -> None:
        """A modem left in a stream, and one with two pages of settings, are not taken for talkative ones."""
        self.modem.off_hook = self.modem.in_stream = True
        self.started()
        for _ in range(30):
            self.modem.says(VOICE[1].replace(b"\x10", b"\x10\x10")[:80])
            self.pass_time(0.01)
        self.pass_time(3)
        self.assertEqual(self.diary.told, ["up"])

    def test_rings_at_line_speed(self) -> None:
        """No bell rings faster than twice a second: what is told beyond that is dropped."""
        self.started()
        self.pass_time(2)
        self.modem.says(b"\r\nRING\r\n" * 10)
        self.assertEqual(self.diary.told.count("ring"), 2)


class StillRingingTests(SynchronousTestCase):
    def test_tail(self) -> None:
        """The burst in which a call was answered may be told late; it counts for nothing, nor with the next one."""
        ringing = StillRinging(100.0)
        self.assertEqual([ringing.ring(at_s) for at_s in (101.0, 102.6)], [False, False])

    def test_beyond_doubt(self) -> None:
        """Two rings a cadence apart are; one alone, bursts of one ring, or two that are far apart are not."""
        for seconds, told in (
            ((105.0,), [False]),
            ((105.0, 105.6), [False, False]),
            ((105.0, 110.0), [False, True]),
            ((105.0, 105.6, 110.0), [False, False, True]),
            ((105.0, 130.0), [False, False]),
        ):
            ringing = StillRinging(100.0)
            self.assertEqual([ringing.ring(at_s) for at_s in seconds], told, seconds)
