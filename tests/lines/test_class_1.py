"""T.30's wishes as Class 1 commands, against a modem that says what a test makes it say."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modulations import Modulation
from callserver.fax.signals import (
    Asked,
    FaxTone,
    FlagsHeard,
    FrameHeard,
    FramesOver,
    Heard,
    ImageHeard,
    ImageOver,
    Listen,
    SendFrames,
    SendImage,
    SendTone,
    Sent,
    Trained,
)
from callserver.lines.class_1 import Class1Fax

CNG, CED = SendTone(FaxTone.CNG), SendTone(FaxTone.CED)
DIS, CFR = b"\xff\x13\x80\x00\x10", b"\xff\x13\x84"
CSI = b"\xff\x03\x40222"
V29 = Modulation.V29_9600
OK, ERROR, CONNECT, NO_CARRIER, FCERROR = (
    b"\r\n%s\r\n" % code for code in (b"OK", b"ERROR", b"CONNECT", b"NO CARRIER", b"+FCERROR")
)
FCS, END = b"\x55\xaa", b"\x10\x03"


class Class1Case(SynchronousTestCase):
    def setUp(self) -> None:
        self.now_s = 100.0
        self.out = bytearray()
        self.heard: list[Heard] = []
        self.ends: list[str] = []
        self.answers: dict[type[Heard], Asked] = {}  # what T.30 asks from within what it hears
        self.fax = Class1Fax(
            on_bytes=self.out.extend,
            on_heard=self.hear,
            on_rest=lambda: self.ends.append("rest"),
            on_stuck=lambda stuck: self.ends.append(str(stuck)),
        )

    def hear(self, heard: Heard) -> None:
        self.heard.append(heard)
        answer = self.answers.pop(type(heard), None)
        if answer is not None:
            self.fax.asked(answer, self.now_s)

    def ask(self, asked: Asked) -> None:
        self.fax.asked(asked, self.now_s)

    def says(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.fax.feed(piece, self.now_s)

    def wait(self, seconds: float) -> None:
        """Time passes, every deadline kept."""
        end_s = self.now_s + seconds
        while (due_s := self.fax.next_deadline_s) is not None and due_s <= end_s:
            self.now_s = max(due_s, self.now_s)
            self.fax.on_time(self.now_s)
        self.now_s = end_s
        self.fax.on_time(end_s)

    def sent(self) -> bytes:
        """What the modem was sent since this was asked."""
        sent = bytes(self.out)
        self.out.clear()
        return sent

    def told(self) -> list[Heard]:
        told, self.heard = self.heard, []
        return told

    def exchanged(self, want: bytes, *answer: bytes) -> None:
        """It has sent this, and gets that answer."""
        self.assertEqual(self.sent(), want)
        self.says(*answer)


class SendingTests(Class1Case):
    def test_burst(self) -> None:
        """Frames of a burst go one by one, each after the CONNECT that the modem says for it."""
        self.ask(SendFrames((CSI, DIS)))
        self.exchanged(b"AT+FTS=7\r", OK)
        self.exchanged(b"AT+FTH=3\r", CONNECT)
        self.exchanged(CSI + END, CONNECT)
        self.assertEqual(self.told(), [])
        self.exchanged(DIS.replace(b"\x10", b"\x10\x10") + END, OK)
        self.assertEqual(self.told(), [Sent()])

    def test_answer_tone(self) -> None:
        """The modem waits for frames when its answer tone is over: no further command is needed."""
        self.ask(CED)
        self.exchanged(b"ATA\r")
        self.wait(4)
        self.answers = {Sent: SendFrames((CFR,))}
        self.says(CONNECT)
        self.exchanged(CFR + END, OK)
        self.assertEqual(self.told(), [Sent(), Sent()])

    def test_answer_tone_for_nothing(self) -> None:
        """If no frames follow, the carrier is ended before anything else is done."""
        self.ask(CED)
        self.exchanged(b"ATA\r", CONNECT)
        self.ask(Listen())
        self.exchanged(END, OK)
        self.exchanged(b"AT+FRH=3\r")

    def test_no_answer_tone(self) -> None:
        """A modem that refuses ATA in a call sends no tone, as many fax machines do not; the fax goes on."""
        self.ask(CED)
        self.exchanged(b"ATA\r", ERROR)
        self.assertEqual(self.told(), [Sent()])
        self.ask(SendFrames((CFR,)))
        self.exchanged(b"AT+FTS=7\r", OK)
        self.exchanged(b"AT+FTH=3\r")

    def test_answer_comes_after_silence(self) -> None:
        """Who has heard something waits until the far end is silent; on a noisy line no longer than a second."""
        for answer, then in ((OK, b"AT+FTH=3\r"), (b"", b"\x18")):
            self.setUp()
            self.ask(Listen())
            self.exchanged(b"AT+FRH=3\r", CONNECT, CFR + FCS + END, OK)
            self.sent()
            self.ask(SendFrames((CFR,)))
            self.exchanged(b"\x18", OK)
            self.exchanged(b"AT+FRS=7\r", answer)
            self.wait(1.1)
            self.assertEqual(self.sent(), then)
        self.says(OK)
        self.assertEqual(self.sent(), b"AT+FTH=3\r")

    def test_page_in_time(self) -> None:
        """A page goes as fast as the line takes it, a fifth to half a second ahead, with every DLE doubled."""
        octets = bytes(range(256)) * 20
        self.ask(SendImage(V29, False, octets))
        self.exchanged(b"AT+FTS=7\r", OK)
        self.exchanged(b"AT+FTM=96\r", CONNECT)
        page = b""
        for n in range(60):
            page += self.sent()
            given = len(page.replace(b"\x10\x10", b"\x10"))
            self.assertLessEqual(given, 1200 * (0.5 + 0.1 * n))
            self.assertGreaterEqual(given, min(1200 * (0.2 + 0.1 * n), len(octets)))
            self.wait(0.1)
        self.assertEqual(page, octets.replace(b"\x10", b"\x10\x10") + END)
        self.assertEqual(self.told(), [])
        self.says(OK)
        self.assertEqual(self.told(), [Sent()])

    def test_full_buffer(self) -> None:
        """After XOFF nothing goes; after XON no more at once than before."""
        self.ask(SendImage(V29, False, bytes(10_000)))
        self.says(OK, CONNECT)
        self.wait(0.1)
        self.says(b"\x13")
        self.sent()
        self.wait(3)
        self.assertEqual(self.sent(), b"")
        self.says(b"\x11")
        self.wait(0.1)
        self.assertLess(len(self.sent()), 500)

    def test_command_repeated(self) -> None:
        """Some modems say OK to the first +FTM and CONNECT to the second."""
        self.ask(SendImage(V29, False, bytes(10)))
        self.exchanged(b"AT+FTS=7\r", OK)
        self.exchanged(b"AT+FTM=96\r", OK)
        self.exchanged(b"AT+FTM=96\r", CONNECT)

    def test_modem_gives_up_a_page(self) -> None:
        """It had nothing to send for too long: as far as T.30 is concerned the page was sent and lost."""
        self.ask(SendImage(V29, False, bytes(10_000)))
        self.says(OK, CONNECT, ERROR)
        self.assertEqual(self.told(), [Sent()])

    def test_page_broken_off(self) -> None:
        """T.30 may listen before a page is out: its end is marked, and then it is listened."""
        self.ask(SendImage(V29, False, bytes(10_000)))
        self.says(OK, CONNECT)
        self.sent()
        self.ask(Listen())
        self.exchanged(END, OK)
        self.exchanged(b"AT+FRH=3\r")
        self.assertEqual(self.told(), [])

    def test_short_training(self) -> None:
        """V.17 has codes of its own for it."""
        for short, command in ((False, b"AT+FTM=145\r"), (True, b"AT+FTM=146\r")):
            self.setUp()
            self.ask(SendImage(Modulation.V17_14400, short, b"x"))
            self.exchanged(b"AT+FTS=7\r", OK)
            self.assertEqual(self.sent(), command)


class ListeningTests(Class1Case):
    def test_burst(self) -> None:
        """A burst is told frame by frame, without the check octets, to the frame that says it is the last."""
        self.ask(Listen())
        self.exchanged(b"AT+FRH=3\r", CONNECT)
        self.assertEqual(self.told(), [FlagsHeard()])
        self.says(CSI + FCS + END + OK)
        self.assertEqual(self.told(), [FrameHeard(CSI, True)])
        self.exchanged(b"AT+FRH=3\r", CONNECT + DIS.replace(b"\x10", b"\x10\x10") + FCS + END + OK)
        self.assertEqual(self.told(), [FrameHeard(DIS, True), FramesOver()])
        self.assertEqual(self.sent(), b"AT+FRH=3\r")

    def test_bad_frame(self) -> None:
        """A frame with a wrong check is told as such; only the end of the carrier then ends the burst."""
        self.ask(Listen())
        self.exchanged(b"AT+FRH=3\r", CONNECT, DIS + FCS + END, ERROR)
        self.assertFalse([heard for heard in self.told() if isinstance(heard, FramesOver)])
        self.exchanged(b"AT+FRH=3\r", NO_CARRIER)
        self.assertEqual(self.told(), [FramesOver()])

    def test_image(self) -> None:
        """Training, octets however they are cut, end."""
        self.ask(Listen(V29))
        self.exchanged(b"AT+FRM=96\r", CONNECT)
        for byte in b"\x00\x10\x10\x11\x13\x10\x03" + NO_CARRIER:
            self.says(bytes((byte,)))
        told = self.told()
        self.assertEqual((told[0], told[-1]), (Trained(), ImageOver()))
        self.assertEqual(b"".join(h.octets for h in told if isinstance(h, ImageHeard)), b"\x00\x10\x11\x13")

    def test_command_instead_of_image(self) -> None:
        """A modem with +FAR says so and gives the frame."""
        self.ask(Listen(V29))
        self.exchanged(b"AT+FRM=96\r", b"\r\n+FRH:3\r\n", CONNECT, CFR + FCS + END, OK)
        self.assertEqual(self.told(), [FlagsHeard(), FrameHeard(CFR, True), FramesOver()])

    def test_command_instead_of_image_without_far(self) -> None:
        """One without says +FCERROR; the frame is then asked for."""
        self.ask(Listen(V29))
        self.exchanged(b"AT+FRM=96\r", FCERROR)
        self.exchanged(b"AT+FRH=3\r", CONNECT, CFR + FCS + END, OK)
        self.assertEqual(self.told(), [FlagsHeard(), FrameHeard(CFR, True), FramesOver()])

    def test_end_of_the_command_before_an_image(self) -> None:
        """+FCERROR for the last flags of the command before: the image that follows is not missed."""
        self.ask(Listen(V29))
        self.exchanged(b"AT+FRM=96\r", FCERROR)
        self.exchanged(b"AT+FRH=3\r", NO_CARRIER)
        self.exchanged(b"AT+FRM=96\r", FCERROR)
        self.exchanged(b"AT+FRH=3\r")
        self.wait(0.3)
        self.exchanged(b"\x18", OK)
        self.exchanged(b"AT+FRM=96\r", CONNECT)
        self.assertEqual(self.told(), [Trained()])

    def test_calling(self) -> None:
        """CNG again and again is one command to the modem; T.30 may listen on in the middle of it."""
        self.ask(CNG)
        self.exchanged(b"ATX3D\r")
        self.answers = {Sent: CNG}
        self.wait(3.6)
        self.assertEqual(self.told(), [Sent()])
        self.ask(Listen())
        self.wait(60)
        self.exchanged(b"", CONNECT, CFR + FCS + END, OK)
        self.assertEqual(self.told(), [FlagsHeard(), FrameHeard(CFR, True), FramesOver()])

    def test_cannot_call(self) -> None:
        """A modem that knows no ATD in a call is silent instead, and listens."""
        self.ask(CNG)
        self.exchanged(b"ATX3D\r", ERROR)
        self.exchanged(b"AT+FRH=3\r")
        self.wait(3.6)
        self.assertEqual(self.told(), [Sent()])


class RaceTests(Class1Case):
    def test_result_crosses_the_break(self) -> None:
        """The character that breaks off may find the modem in command state already: its result counts."""
        for result in (OK, NO_CARRIER, CONNECT + END + OK, CONNECT + CFR + FCS + END + OK, FCERROR):
            self.setUp()
            self.ask(Listen())
            self.sent()
            self.ask(SendFrames((CFR,)))
            self.exchanged(b"\x18", result)
            self.exchanged(b"AT+FTS=7\r", OK)
            self.exchanged(b"AT+FTH=3\r")
            self.assertEqual(self.told(), [])

    def test_latest_wish(self) -> None:
        """What is asked while something is broken off takes the place of what was asked before."""
        self.ask(Listen())
        self.ask(Listen(V29))
        self.ask(Listen(Modulation.V29_7200))
        self.exchanged(b"AT+FRH=3\r\x18", OK)
        self.assertEqual(self.sent(), b"AT+FRM=72\r")

    def test_same_wish(self) -> None:
        """Who listens and is asked to listen does not stop for it."""
        self.ask(Listen(V29))
        self.ask(Listen(V29))
        self.assertEqual(self.sent(), b"AT+FRM=96\r")

    def test_end(self) -> None:
        """Whatever it is at, it ends in command state, says so once, and tells nothing more."""
        for ask, answers, last, end in (
            (Listen(), [], b"\x18", OK),
            (Listen(V29), [CONNECT, b"xxx"], b"\x18", END + OK),
            (CED, [], b"\x18", NO_CARRIER),
            (CED, [CONNECT], END, OK),
            (SendFrames((CFR,)), [OK, CONNECT], END, OK),
            (SendImage(V29, False, bytes(9999)), [OK, CONNECT], END, OK),
        ):
            self.setUp()
            self.ask(ask)
            self.says(*answers)
            self.sent()
            self.told()
            self.fax.end(self.now_s)
            self.assertEqual(self.ends, [])
            self.exchanged(last, end)
            self.ask(Listen())
            self.assertEqual((self.ends, self.sent(), self.told()), (["rest"], b"", []))

    def test_end_before_connect(self) -> None:
        """A command to send is answered by CONNECT at once: the end of data is not written before."""
        self.ask(SendImage(V29, False, bytes(9999)))
        self.says(OK)
        self.sent()
        self.fax.end(self.now_s)
        self.exchanged(b"", CONNECT)
        self.exchanged(END, OK)
        self.assertEqual(self.ends, ["rest"])

    def test_silent_modem(self) -> None:
        """A modem that says nothing is told as stuck after five seconds, once."""
        self.ask(SendFrames((CFR,)))
        self.wait(4.9)
        self.assertEqual(self.ends, [])
        self.wait(20)
        self.assertEqual(self.ends, ["no answer to AT+FTS=7 in 5 s"])

    def test_refuses_to_listen(self) -> None:
        """A modem that answers ERROR over and over is not asked for ever."""
        self.ask(Listen())
        for _ in range(5):
            self.says(ERROR)
        self.assertEqual(self.ends, ["the modem refuses to listen"])


WISHES = st.sampled_from(
    [CNG, CED, Listen(), Listen(V29), SendFrames((CSI, DIS)), SendFrames((CFR,)), SendImage(V29, True, bytes(3000))]
)


class ModelModem:
    """Answers as T.31 has it; complains of what no computer may send it in the state that it is in."""

    def __init__(self) -> None:
        self.state, self.complaints = "command", list[str]()
        self._line = bytearray()

    def hear(self, data: bytes) -> bytes:
        return b"".join(self._byte(bytes((byte,))) for byte in data)

    def _byte(self, byte: bytes) -> bytes:
        if self.state in ("receives", "answers") and byte == b"\x18":
            self.state = "command"
            return OK
        if self.state == "command" and byte != b"\r":
            self._line += byte
            return b""
        if self.state == "command":
            return self._command()
        if self.state == "takes":
            self._line += byte
            if self._line.endswith(END):
                return self._end_of_data()
        else:
            self.complaints.append(f"{byte!r} while it {self.state}")
        return b""

    def _command(self) -> bytes:
        line = bytes(self._line).lstrip(b"\x18\x10\x03")
        self._line.clear()
        if line.startswith((b"AT+FTH", b"AT+FTM")):
            self.state = "takes"
            self.hdlc = line.startswith(b"AT+FTH")
            return CONNECT
        if line.startswith((b"AT+FRH", b"AT+FRM", b"AT+FRS", b"ATX3D")):
            self.state = "receives"
        elif line == b"ATA":
            self.state = "answers"
        elif line.startswith(b"AT+FTS"):
            return OK
        else:
            self.complaints.append(f"no command: {line!r}")
        return b""

    def _end_of_data(self) -> bytes:
        more = self.hdlc and len(self._line) > 2 and not self._line[1] & 0x10
        self._line.clear()
        self.state = "takes" if more else "command"
        return CONNECT if more else OK

    def line_says(self, what: bytes) -> bytes:
        """Something comes on the line that ends what it does."""
        if self.state == "answers":
            self.state, self.hdlc = "takes", True
            return CONNECT
        if self.state != "receives":
            return b""
        self.state = "command"
        return what


EVENTS = st.one_of(
    WISHES,
    st.floats(0.01, 2.0),
    st.sampled_from([OK, NO_CARRIER, FCERROR, CONNECT + CFR + FCS + END + OK, CONNECT + b"xx" + END + NO_CARRIER]),
)


class AnyOrderTests(Class1Case):
    @settings(max_examples=200, deadline=None)
    @given(st.lists(EVENTS, max_size=25), st.booleans())
    def test_any_order(self, events: list[Asked | float | bytes], late: bool) -> None:
        """
        In whatever order T.30 wishes, time passes and the line speaks: the modem never gets what it may not get, and
        at the end it is in command state. `late`: its answers come after the next event.
        """
        self.setUp()
        modem, waiting = ModelModem(), b""
        for event in [*events, None]:
            said, waiting = waiting, b""
            self.says(said)
            waiting += modem.hear(self.sent())
            if event is None:
                self.fax.end(self.now_s)
            elif isinstance(event, float):
                self.wait(event)
            elif isinstance(event, bytes):
                waiting += modem.line_says(event)
            else:
                self.ask(event)
            while not late or event is None:
                waiting += modem.hear(self.sent())
                if not waiting:
                    break
                said, waiting = waiting, b""
                self.says(said)
            waiting += modem.hear(self.sent())
        self.assertEqual(modem.complaints, [])
        self.assertIn(self.ends, (["rest"], ["the modem refuses to listen"]))
        self.assertEqual(modem.state, "command")
