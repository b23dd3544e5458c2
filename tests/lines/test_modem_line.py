"""A line on a modem: all that every line must, and what only modems do to one."""

import errno
from pathlib import Path

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import UNSIGNED_8
from callserver.lines.interfaces import Caller, DialPermit, LineFailure
from callserver.lines.modem_line import ModemLine
from tests.lines.contract import BLOCK_SAMPLES, Diary, LineContract
from tests.lines.scripted_modem import ScriptedModem


class ModemLineCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.diary = Clock(), Diary()
        self.modem = self.a_modem()
        self.line = ModemLine("line 3", self.device, self.clock, connect_port=self.modem.connect)
        self.line.attach(self.diary)
        self.modem.plug_in()
        self.line.startService()
        self.pass_time(2)

    def a_modem(self) -> ScriptedModem:
        self.device = self.mktemp()
        Path(self.device).parent.mkdir(parents=True, exist_ok=True)
        return ScriptedModem(self.clock, self.device)

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.01)):
            self.clock.advance(0.01)

    def settle(self) -> None:
        self.pass_time(0.5)

    def answered(self) -> None:
        answered = self.line.answer()
        self.settle()
        self.successResultOf(answered)


class ModemLineContractTests(ModemLineCase, LineContract):
    def far_ring(self, caller: Caller | None) -> None:
        self.modem.says(b"\x10R\r\n")
        if caller is not None:
            number, name = (caller.number or "").encode(), (caller.name or "").encode()
            self.modem.says(b"\r\nNMBR = %s\r\nNAME = %s\r\n" % (number, name))
            self.settle()

    def far_speak(self, data: bytes) -> None:
        if self.modem.in_stream:
            self.modem.says(data.replace(b"\x10", b"\x10\x10"))

    def far_heard(self) -> bytes:
        return bytes(self.modem.heard)

    def far_hang_up(self) -> None:
        self.modem.says(b"\x10l")

    def dialled(self) -> list[str]:
        return self.modem.dialled

    def refuse_next_dial(self) -> None:
        self.modem.answers["ATDT10086;"] = "NO DIALTONE"

    def unplug(self) -> None:
        self.modem.unplug()

    def plug_in(self) -> None:
        self.modem.plug_in()
        self.pass_time(5)


class UnpluggedTests(ModemLineCase):
    def test_back_within_five_seconds(self) -> None:
        """However long a modem was away, five seconds after it is plugged in again its line serves."""
        self.modem.unplug()
        self.pass_time(100)
        self.assertEqual(self.diary.told, ["up", "lost"])
        self.modem.plug_in()
        self.pass_time(5)
        self.assertEqual(self.diary.told, ["up", "lost", "up"])

    def test_missing_from_the_start(self) -> None:
        """A line whose modem is not there says so, once, in words; it serves when the modem comes."""
        modem, diary = self.a_modem(), Diary()
        line = ModemLine("line 4", self.device, self.clock, connect_port=modem.connect)
        line.attach(diary)
        line.startService()
        self.pass_time(100)
        self.assertEqual(diary.lost_because, [f"no such device {self.device}"])
        self.failureResultOf(line.answer(), LineFailure)
        modem.plug_in()
        self.pass_time(5)
        self.assertEqual(diary.told, ["lost", "up"])

    def test_why_it_is_not_opened(self) -> None:
        """What keeps a line from its port is said in words, with the device, and the lock file if that is it."""
        for problem, words in (
            (OSError(errno.EBUSY, "in use by process 7", "/run/lock/LCK..ttyACM0"), "as /run/lock/LCK..ttyACM0 says"),
            (OSError(errno.EAGAIN, "could not exclusively lock"), "in use by another program"),
            (OSError(errno.EACCES, "permission denied", "/dev/ttyACM0"), "group dialout"),
            (OSError(errno.ENOTTY, "inappropriate ioctl"), "no serial port"),
            (OSError(errno.EIO, "I/O error"), "cannot be used: [Errno 5] I/O error"),
            (OSError("odd"), "cannot be used: odd"),
        ):
            diary = Diary()

            def fails(*_: object, problem: OSError = problem) -> None:
                raise problem

            line = ModemLine("line 4", "/dev/ttyACM0", self.clock, connect_port=fails)
            line.attach(diary)
            line.startService()
            self.pass_time(100)
            self.assertEqual(diary.told, ["lost"])
            self.assertIn("/dev/ttyACM0", diary.lost_because[0])
            self.assertIn(words, diary.lost_because[0])
            line.stopService()

    def test_another_reason(self) -> None:
        """A line without a modem into which one is plugged that cannot serve says that now, and once."""
        modem, diary = self.a_modem(), Diary()
        modem.answers["AT+FCLASS=?"] = "ERROR"
        line = ModemLine("line 4", self.device, self.clock, connect_port=modem.connect)
        line.attach(diary)
        line.startService()
        self.pass_time(10)
        modem.plug_in()
        self.pass_time(100)
        self.assertEqual(diary.told, ["lost", "lost"])
        self.assertIn("has no voice", diary.lost_because[1])

    def test_every_waiter_is_answered(self) -> None:
        """Pulling the cable in the middle of answering fails the answer, and hanging up then is harmless."""
        answering = self.line.answer()
        self.modem.unplug()
        self.failureResultOf(answering, LineFailure)
        self.successResultOf(self.line.hang_up())
        self.assertEqual(self.diary.told, ["up", "lost"])

    def test_pulled_at_each_moment(self) -> None:
        """Whenever it is pulled while a call is set up or ended, all that was asked is answered."""
        for moment in range(12):
            answering = self.line.answer()
            self.pass_time(0.01 * (moment % 4))
            asked = [answering] if moment < 4 else [answering, self.line.hang_up()]
            self.pass_time(0.01 * (moment // 4))
            self.modem.unplug()
            for one in asked:
                one.addErrback(lambda failure: failure.trap(LineFailure))
                self.successResultOf(one)
            self.modem.plug_in()
            self.pass_time(5)
        self.assertEqual(self.diary.told[-1], "up")


class ProbeTests(ModemLineCase):
    def test_hangs_up_first(self) -> None:
        """A modem left in a call by a crash is freed and put on hook before anything is asked of it."""
        self.assertTrue(self.modem.raw.startswith(b"\x10\x03\x10!\x10^\rATE0Q0V1\r"))
        self.assertEqual(self.modem.commands[:4], ["ATE0Q0V1", "AT", "ATZ", "ATE0Q0V1H0"])

    def test_left_in_a_stream(self) -> None:
        """So it is with a modem that still sends the sound of a call."""
        modem, diary = self.a_modem(), Diary()
        modem.plug_in()
        modem.off_hook = modem.in_stream = True
        line = ModemLine("line 4", self.device, self.clock, connect_port=modem.connect)
        line.attach(diary)
        line.startService()
        modem.says(b"\x80" * 700 + b"\x10l")
        self.pass_time(2)
        self.assertFalse(modem.in_stream)
        self.assertEqual(diary.told, ["up"])

    def test_idle_in_voice_mode(self) -> None:
        """Up means: voice mode, the chosen codec, caller ID and loop-break reports on."""
        self.assertEqual(self.modem.voice_class, "8")
        for command in ("AT+VSM=1,8000", "AT+VCID=1", "AT-STE=7", "AT+GCI=26"):
            self.assertIn(command, self.modem.commands)
        self.assertIs(self.line.codec, UNSIGNED_8)
        self.assertTrue(self.diary.capabilities[0].fax)

    def test_half_duplex_is_declined(self) -> None:
        """A modem without +VTR is declined in words an admin understands, and asked again: another may come."""
        modem, diary = self.a_modem(), Diary()
        modem.plug_in()
        modem.answers["AT+VTR=?"] = modem.answers["AT+VTR"] = "ERROR"
        line = ModemLine("line 4", self.device, self.clock, connect_port=modem.connect)
        line.attach(diary)
        line.startService()
        self.pass_time(10)
        self.assertEqual(diary.told, ["lost"])
        self.assertIn("cannot hear while it speaks", diary.lost_because[0])
        del modem.answers["AT+VTR=?"]
        self.pass_time(30)
        self.assertEqual(diary.told, ["lost", "up"])

    def test_duplex_is_tried(self) -> None:
        """
        A modem that refuses the question for +VTR is tried: on hook, and if it refuses that, off hook for a moment;
        once for each modem, not at every attempt.
        """
        for refuses_on_hook in (False, True):
            modem, diary = self.a_modem(), Diary()
            modem.plug_in()
            modem.answers["AT+VTR=?"] = "ERROR"
            modem.duplex_on_hook = not refuses_on_hook
            line = ModemLine("line 4", self.device, self.clock, connect_port=modem.connect)
            line.attach(diary)
            line.startService()
            self.pass_time(2)
            self.assertEqual((diary.told, modem.off_hook, modem.in_stream), (["up"], False, False))
            self.assertEqual("AT+VLS=1" in modem.commands, refuses_on_hook)

    def test_half_duplex_is_tried_once(self) -> None:
        """A half-duplex modem does not seize its line at every attempt, for whoever calls would find it busy."""
        modem, diary = self.a_modem(), Diary()
        modem.plug_in()
        modem.answers["AT+VTR=?"] = modem.answers["AT+VTR"] = "ERROR"
        line = ModemLine("line 4", self.device, self.clock, connect_port=modem.connect)
        line.attach(diary)
        line.startService()
        self.pass_time(300)
        self.assertGreater(modem.n_opened, 3)
        self.assertEqual(modem.commands.count("AT+VLS=1"), 1)
        modem.unplug()
        self.pass_time(40)
        modem.plug_in()
        self.pass_time(40)
        self.assertEqual(modem.commands.count("AT+VLS=1"), 2, "what is plugged in next may be another one of its kind")

    def test_voice_mode_refused(self) -> None:
        """A modem that promises voice and then refuses it, as old firmware does, is named for that."""
        modem, diary = self.a_modem(), Diary()
        modem.plug_in()
        modem.answers["AT+FCLASS=8"] = "ERROR"
        line = ModemLine("line 4", self.device, self.clock, connect_port=modem.connect)
        line.attach(diary)
        line.startService()
        self.pass_time(2)
        self.assertIn("ERROR to AT+FCLASS=8", diary.lost_because[0])


class CallTests(ModemLineCase):
    def test_harrington(self) -> None:
        """A caller named HARRINGTON or RING is no ring, and his name arrives."""
        self.modem.says(b"\r\nRING\r\n\r\nNMBR = 01062345678\r\nNAME = RING\r\n\r\nNAME = HARRINGTON\r\n")
        self.settle()
        self.assertEqual(self.diary.told, ["up", "ring", "caller"])
        self.assertEqual(self.diary.callers, [Caller("01062345678", "RING")])

    def test_caller_before_the_ring(self) -> None:
        """Where caller ID comes before the first ring, it is told before it."""
        self.modem.says(b"\r\nNMBR = P\r\n\x10R\r\n")
        self.assertEqual(self.diary.told, ["up", "caller", "ring"])
        self.assertEqual(self.diary.callers, [Caller(withheld=True)])

    def test_cushion(self) -> None:
        """Before the first block 60 ms of silence go out, so that a late tick is not heard."""
        self.answered()
        self.assertEqual(self.modem.heard, UNSIGNED_8.silence * 480)

    def test_shielded(self) -> None:
        """A sample that looks like <DLE> arrives as one sample, both ways."""
        self.answered()
        self.line.send(b"\x10" * BLOCK_SAMPLES)
        self.modem.says(b"\x10\x10\x10")
        self.modem.says(b"\x10\x10\x1a")
        self.assertTrue(self.modem.heard.endswith(b"\x10" * BLOCK_SAMPLES))
        self.assertEqual(self.diary.heard, b"\x10" * 4)

    def test_flush(self) -> None:
        """A barge-in empties the computer's queue, then the modem's, and lays a new cushion."""
        self.answered()
        self.modem.raw.clear()
        self.line.flush()
        self.assertEqual(self.modem.n_forgotten, 1)
        self.assertEqual(self.modem.raw, b"\0\x10\x18" + UNSIGNED_8.silence * 480)

    def test_busy_tone_needs_a_second_report(self) -> None:
        """One busy report may be imagined; the next one four seconds later is the end."""
        self.answered()
        self.modem.says(b"\x10b")
        self.pass_time(7)
        self.modem.says(b"\x10b")
        self.assertEqual(self.diary.gone_because, [])
        self.pass_time(4)
        self.modem.says(b"\x10b")
        self.modem.says(b"\x10b\x10l")
        self.assertEqual(self.diary.gone_because, ["busy tone reported twice"])

    def test_dial_tone_report_is_not_trusted(self) -> None:
        """Chips report dial tone while they play: it ends no call."""
        self.answered()
        for _ in range(3):
            self.modem.says(b"\x10d")
            self.pass_time(3)
        self.assertEqual(self.diary.gone_because, [])

    def test_modem_ends_the_stream(self) -> None:
        """When the modem ends the sound by itself, the call is over and nothing is sent into its command state."""
        self.answered()
        self.modem.in_stream = False
        self.modem.says(b"\x10\x03\r\nNO CARRIER\r\n")
        self.modem.raw.clear()
        self.line.send(bytes(BLOCK_SAMPLES))
        self.assertEqual(self.modem.raw, b"")
        self.assertEqual(self.diary.gone_because, ["the modem ended the call"])
        self.successResultOf(self.hung_up())

    def test_modem_ends_the_call_in_words(self) -> None:
        """One that says NO CARRIER without ending its sound has ended the call too, however the words are cut."""
        words = b"\r\nNO CARRIER\r\n"
        for cut in range(len(words)):
            self.answered()
            self.diary.gone_because.clear()
            self.modem.says(b"\x80" * 50 + words[:cut])
            self.modem.in_stream = False
            self.modem.says(words[cut:])
            self.assertEqual(self.diary.gone_because, ["the modem ended the call"], cut)
            hung_up = self.line.hang_up()
            self.pass_time(10)
            self.successResultOf(hung_up)
        self.assertNotIn("lost", self.diary.told)

    def test_underrun(self) -> None:
        """An underrun is told, and mended once; the one at the start of a stream is usual and not told."""
        self.answered()
        self.modem.says(b"\x10u")
        self.assertEqual(self.diary.told, ["up"])
        self.modem.says(b"\x80" * 1600 + b"\x10u\x10u\x10o")
        self.assertEqual(self.diary.told, ["up", "underrun", "underrun", "overrun"])
        self.assertEqual(self.modem.heard, UNSIGNED_8.silence * 960)

    def test_keys_where_the_modem_is_their_source(self) -> None:
        """A key held long is one key; speech that sounds like one is none; elsewhere the modem's keys are not told."""
        modem, diary = self.a_modem(), Diary()
        modem.plug_in()
        line = ModemLine("line 4", self.device, self.clock, reports_keys=True, connect_port=modem.connect)
        line.attach(diary)
        line.startService()
        self.pass_time(2)
        line.answer()
        self.answered()
        for one in (modem, self.modem):
            one.says(b"\x10/\x105\x105\x10~\x107\x10/\x10#\x10\x7f")
        self.assertEqual((diary.keys, self.diary.keys), ("5#", ""))

    def test_hung_up_while_answering(self) -> None:
        """Hanging up before the answer is through ends on hook, and the answer fails."""
        answering = self.line.answer()
        hung_up = self.line.hang_up()
        self.settle()
        self.failureResultOf(answering, LineFailure)
        self.successResultOf(hung_up)
        self.assertFalse(self.modem.off_hook or self.modem.in_stream)
        self.answered()

    def test_next_call_while_hanging_up(self) -> None:
        """Who asks for the next call as soon as an answer has failed by a hang-up gets it."""
        again: list[object] = []
        answered = self.line.answer()
        hung_up = self.line.hang_up()
        answered.addErrback(lambda failure: again.append(self.line.answer()))
        self.settle()
        self.successResultOf(hung_up)
        self.successResultOf(again[0])
        self.assertTrue(self.modem.off_hook)

    def test_nobody_waits_for_the_answer_any_more(self) -> None:
        """A menu that ends while its line is being answered leaves the line on hook."""
        answering = self.line.answer()
        self.clock.advance(0.01)
        answering.cancel()
        answering.addErrback(lambda _: None)
        self.settle()
        self.assertFalse(self.modem.off_hook or self.modem.in_stream)
        self.answered()

    def test_hung_up_while_dialling(self) -> None:
        """A hang-up aborts the dialling at once instead of waiting for the dial tone's time-out."""
        self.modem.answers["ATDT10086;"] = None
        self.successResultOf(self.after(self.line.seize()))
        dialling = self.line.dial(DialPermit("10086", "test"))
        self.settle()
        hung_up = self.line.hang_up()
        self.assertTrue(self.modem.raw.endswith(b"ATDT10086;\r\r"))
        self.modem.says(b"\r\nNO CARRIER\r\n")
        self.settle()
        self.failureResultOf(dialling, LineFailure)
        self.successResultOf(hung_up)

    def test_only_digits_leave_the_line(self) -> None:
        """Whatever a permit holds, nothing but 0 to 9 is dialled."""
        for number in ("", "*57*10086", "10086;", "1,2", "10086\rATDT911", "１１０", "W110", "!2"):
            self.successResultOf(self.after(self.line.seize()))
            self.failureResultOf(self.after(self.line.dial(DialPermit(number, "test"))), LineFailure)
            self.assertFalse(self.modem.off_hook)
        self.assertEqual(self.modem.dialled, [])

    def hung_up(self):
        return self.after(self.line.hang_up())

    def after(self, asked):
        self.settle()
        return asked


class RingsOnTests(ModemLineCase):
    def ring(self, seconds: float, burst: bytes = b"\x10R", every_s: float = 5) -> None:
        """The exchange rings on; sound flows."""
        for n in range(round(seconds / 0.02)):
            if n % round(every_s / 0.02) == 0:
                self.modem.says(burst)
            if self.modem.in_stream:
                self.modem.says(b"\x80\x7f" * 80)
            self.line.send(bytes(BLOCK_SAMPLES))
            self.pass_time(0.02)

    def test_answered_again(self) -> None:
        """Ringing that goes on after the answer means that the modem is on hook: it is answered again."""
        for burst in (b"\x10R", b"\x10R\r\n", b"\r\nRING\r\n"):
            self.answered()
            n_answers = self.modem.commands.count("AT+VLS=1")
            self.ring(12, burst)
            self.assertEqual(self.modem.commands.count("AT+VLS=1"), n_answers + 1, burst)
            self.ring(10, b"")
            self.assertEqual(self.diary.told, ["up"])
            self.diary.heard.clear()
            self.ring(1, b"")
            self.assertGreater(len(self.diary.heard), 7000)
            self.line.hang_up()
            self.settle()

    def test_given_up(self) -> None:
        """If it rings on even then, the line is out of service with one alarm."""
        for every_s in (3, 5, 6):
            self.answered()
            self.diary.told.clear()
            self.ring(40, every_s=every_s)
            self.assertEqual(self.diary.told, ["lost"])
            self.assertIn("rings although", self.diary.lost_because[-1])
            self.modem.unplug()
            self.pass_time(2)
            self.modem.plug_in()
            self.pass_time(5)

    def test_rings_after_dialling(self) -> None:
        """When it rings after a call out, the modem is on hook: nobody is answered as if he were the one dialled."""
        for asked in (self.line.seize, lambda: self.line.dial(DialPermit("10086", "test"))):
            done = asked()
            self.settle()
            self.successResultOf(done)
        self.ring(10.5)
        self.assertEqual(self.diary.told, ["up", "lost"])
        self.assertEqual(self.modem.commands.count("AT+VLS=1"), 1)

    def test_last_burst(self) -> None:
        """The burst in which it was answered, told late, and a single false report in a talk cost nobody his call."""
        self.answered()
        n_answers = self.modem.commands.count("AT+VLS=1")
        self.modem.says(b"\x10R")
        self.pass_time(1)
        self.modem.says(b"\x10R\r\n")
        for _ in range(5):
            self.pass_time(20)
            self.modem.says(b"\x10R")
            self.pass_time(0.6)
            self.modem.says(b"\x10R")
        self.assertEqual(self.modem.commands.count("AT+VLS=1"), n_answers)

    def test_hung_up_while_answered_again(self) -> None:
        """A hang-up while it is answered again ends on hook, at each moment."""
        for moment in range(8):
            self.answered()
            self.ring(5.01)
            self.modem.says(b"\x10R")
            self.pass_time(0.01 * moment)
            hung_up = self.line.hang_up()
            self.settle()
            self.successResultOf(hung_up)
            self.assertFalse(self.modem.off_hook or self.modem.in_stream)
            self.assertEqual(self.diary.told, ["up"])


class StuckModemTests(ModemLineCase):
    def test_idle_modem_is_asked(self) -> None:
        """Every minute without a call the modem is asked how it is; in a call it is not."""
        asked = self.modem.commands.count("AT")
        self.pass_time(130)
        self.assertEqual(self.modem.commands.count("AT"), asked + 2)
        self.answered()
        self.pass_time(130)
        self.assertEqual(self.modem.commands.count("AT"), asked + 2)

    def test_revived_in_place(self) -> None:
        """A modem that does not answer once is reset without its line going out of service."""
        self.modem.answers["ATH"] = None
        answered = self.line.answer()
        self.settle()
        self.successResultOf(answered)
        hung_up = self.line.hang_up()
        self.pass_time(6)
        del self.modem.answers["ATH"]
        self.pass_time(3)
        self.successResultOf(hung_up)
        self.assertEqual((self.diary.told, self.modem.dtr, self.modem.n_opened), (["up"], [False, True], 1))
        self.answered()

    def test_opened_anew(self) -> None:
        """One that stays silent is closed and opened anew: what was asked fails, the line is lost, then back."""
        self.answered()
        self.modem.deaf = True
        hung_up = self.line.hang_up()
        self.pass_time(15)
        self.failureResultOf(hung_up, LineFailure)
        self.assertEqual(self.diary.told, ["up", "lost"])
        self.modem.deaf = False
        self.pass_time(35)
        self.assertEqual(self.diary.told, ["up", "lost", "up"])
        self.assertFalse(self.modem.off_hook)

    def test_stopped_while_silent(self) -> None:
        """A modem that stays silent when the server stops is left by closing its port, and counts as on hook then."""
        self.answered()
        self.modem.deaf = True
        stopped = self.line.stopService()
        self.pass_time(4)
        self.successResultOf(stopped)
        hung_up = self.line.hang_up()
        self.settle()
        self.successResultOf(hung_up)

    def test_silent_when_idle(self) -> None:
        """Silence is found while the line is idle, and told once."""
        self.modem.deaf = True
        self.pass_time(200)
        self.assertEqual(self.diary.told, ["up", "lost"])
        self.assertIn("no answer to", self.diary.lost_because[0])

    def test_wedged_in_a_call(self) -> None:
        """A modem whose sound stands still is given up after two seconds; what waits for it does not grow."""
        self.answered()
        self.modem.raw.clear()
        for _ in range(500):
            self.line.send(bytes(BLOCK_SAMPLES))
            self.pass_time(0.02)
        self.assertLess(len(self.modem.raw), 3000)
        self.assertEqual(self.diary.told[:2], ["up", "lost"])

    def test_refuses_to_go_on_hook(self) -> None:
        """A modem that answers ERROR to the hang-up is reset."""
        self.answered()
        self.modem.answers["AT+VLS=0"] = "ERROR"
        hung_up = self.line.hang_up()
        self.pass_time(3)
        self.successResultOf(hung_up)
        self.assertEqual(self.modem.dtr, [False, True])

    def test_no_voice_at_the_answer(self) -> None:
        """
        A modem that refuses the sound of a call even when it is set up anew goes out of service, on hook, with one
        alarm: else it would pick up and drop every caller. It is tried again when another is plugged in, or in ten
        minutes.
        """
        self.modem.answers["AT+VTR"] = "ERROR"
        answering = self.line.answer()
        self.pass_time(1)
        self.assertIn("ERROR to AT+VTR", self.failureResultOf(answering, LineFailure).getErrorMessage())
        self.assertFalse(self.modem.off_hook)
        self.assertIn("ERROR to AT+VTR", self.diary.lost_because[0])
        self.failureResultOf(self.line.answer(), LineFailure)
        self.pass_time(590)
        self.assertEqual((self.diary.told, self.modem.n_opened), (["up", "lost"], 1))
        del self.modem.answers["AT+VTR"]
        self.pass_time(30)
        self.assertEqual(self.diary.told, ["up", "lost", "up"])
        self.answered()

    def test_another_modem_after_one_that_refuses(self) -> None:
        """Who plugs in another modem need not wait for ten minutes."""
        self.modem.answers["AT+VTR"] = "ERROR"
        self.line.answer().addErrback(lambda _: None)
        self.pass_time(10)
        self.modem.unplug()
        self.pass_time(2)
        self.modem.answers.clear()
        self.modem.plug_in()
        self.pass_time(5)
        self.answered()

    def test_line_in_use(self) -> None:
        """What is not the modem's fault, somebody on the telephone beside it, costs an answer and no more."""
        self.modem.answers["AT+VLS=1"] = "LINE IN USE"
        answering = self.line.answer()
        self.pass_time(1)
        self.failureResultOf(answering, LineFailure)
        self.modem.answers.clear()
        self.answered()
        self.assertEqual(self.diary.told, ["up"])

    def test_stopped(self) -> None:
        """Stopping the server puts the line on hook and closes the port; nothing is left to run."""
        self.answered()
        stopped = self.line.stopService()
        self.settle()
        self.successResultOf(stopped)
        self.assertFalse(self.modem.off_hook)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class FlashTests(ModemLineCase):
    FLASHED = "ATDT!,W62345678;"
    PERMIT = DialPermit("62345678", "test")

    def setUp(self) -> None:
        super().setUp()
        self.line._flash = True

    def after(self, asked):
        self.settle()
        return asked

    def test_flash_and_number(self) -> None:
        """In a call: out of the stream, flash and digits in one command; then on hook, and the line serves the next."""
        self.answered()
        self.successResultOf(self.after(self.line.flash_transfer(self.PERMIT)))
        self.assertEqual(self.modem.commands[-1], self.FLASHED)
        self.successResultOf(self.after(self.line.hang_up()))
        self.assertFalse(self.modem.off_hook or self.modem.in_stream)
        self.answered()

    def test_refused(self) -> None:
        """The exchange gives no second dial tone: another flash, and the caller is back with his sound."""
        self.modem.answers[self.FLASHED] = "NO DIALTONE"
        self.answered()
        failure = self.failureResultOf(self.after(self.line.flash_transfer(self.PERMIT)), LineFailure)
        self.assertIn("NO DIALTONE", failure.getErrorMessage())
        self.assertIn("ATD!;", self.modem.commands)
        self.assertTrue(self.modem.off_hook and self.modem.in_stream)
        self.successResultOf(self.after(self.line.hang_up()))

    def test_hung_up_meanwhile(self) -> None:
        """Who hangs up while it dials ends it at once, on hook."""
        self.modem.answers[self.FLASHED] = None
        self.answered()
        flashed = self.line.flash_transfer(self.PERMIT)
        self.settle()
        hung_up = self.line.hang_up()
        self.modem.says(b"\r\nNO CARRIER\r\n")
        self.settle()
        self.clock.advance(30)
        self.settle()
        self.failureResultOf(flashed, LineFailure)
        self.successResultOf(hung_up)
        self.assertFalse(self.modem.off_hook)

    def test_only_in_a_call(self) -> None:
        """Not on hook, not where it is not set, and nothing but digits."""
        self.failureResultOf(self.line.flash_transfer(self.PERMIT), LineFailure)
        self.answered()
        for number in ("", "1,2", "!2", "10086\rATDT911"):
            self.failureResultOf(self.after(self.line.flash_transfer(DialPermit(number, "test"))), LineFailure)
            self.assertTrue(self.modem.in_stream)
        self.line._flash = False
        self.failureResultOf(self.line.flash_transfer(self.PERMIT), LineFailure)
        self.assertEqual([command for command in self.modem.commands if "!" in command and command != "ATD!;"], [])
