"""What every ILine must hold, whatever it is made of; a test case mixes this in and says how its line is driven."""

from dataclasses import dataclass, field

from callserver.lines.interfaces import Caller, Capabilities, DialFailure, DialPermit, ILine, LineFailure
from callserver.wire.catalogue import Complaint
from callserver.wire.dial_results import DialResult

CALLER = Caller(number="01062345678", name="HARRINGTON")
BLOCK_SAMPLES = 160


@dataclass
class Diary:
    """An ILineListener that writes everything down."""

    told: list[str] = field(default_factory=list)
    capabilities: list[Capabilities] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    keys: str = ""
    lost_because: list[str] = field(default_factory=list)
    gone_because: list[str] = field(default_factory=list)

    def line_up(self, capabilities: Capabilities) -> None:
        self.told.append("up")
        self.capabilities.append(capabilities)

    def line_lost(self, reason: Complaint) -> None:
        self.told.append("lost")
        self.lost_because.append(str(reason))

    def ring(self) -> None:
        self.told.append("ring")

    def caller_id(self, caller: Caller) -> None:
        self.told.append("caller")
        self.callers.append(caller)

    def sound(self, data: bytes) -> None:
        self.heard += data

    def key(self, digit: str) -> None:
        self.keys += digit

    def far_end_gone(self, reason: str) -> None:
        self.told.append("gone")
        self.gone_because.append(reason)

    def sound_trouble(self, kind: str) -> None:
        self.told.append(kind)


class LineContract:
    """Mixed into a SynchronousTestCase whose setUp makes `line`, gives it `diary` and starts it."""

    line: ILine
    diary: Diary

    # How the test case drives its line; time passes inside where the line needs it.
    def far_ring(self, caller: Caller | None) -> None:
        raise NotImplementedError

    def far_speak(self, data: bytes) -> None:
        raise NotImplementedError

    def far_heard(self) -> bytes:
        """All that the far end heard in this call."""
        raise NotImplementedError

    def far_hang_up(self) -> None:
        raise NotImplementedError

    def dialled(self) -> list[str]:
        raise NotImplementedError

    def refuse_next_dial(self) -> None:
        raise NotImplementedError

    def unplug(self) -> None:
        raise NotImplementedError

    def plug_in(self) -> None:
        raise NotImplementedError

    def settle(self) -> None:
        """Let the line do what it has begun."""

    def off_hook(self) -> None:
        answered = self.line.answer()
        self.settle()
        self.successResultOf(answered)

    def seized(self) -> None:
        seized = self.line.seize()
        self.settle()
        self.successResultOf(seized)

    def on_hook(self) -> None:
        hung_up = self.line.hang_up()
        self.settle()
        self.successResultOf(hung_up)

    def word(self) -> bytes:
        """A block that can be told from silence."""
        return bytes(range(32, 192))[: BLOCK_SAMPLES * self.line.codec.bytes_per_sample]

    def test_comes_up(self) -> None:
        """A started line says once that it can be used, and what it can do."""
        self.assertEqual(self.diary.told, ["up"])
        self.assertTrue(self.diary.capabilities[0].full_duplex)

    def test_rings_with_the_callers_number(self) -> None:
        """Each burst of ringing is told, and who calls is told once."""
        self.far_ring(CALLER)
        self.far_ring(None)
        self.assertEqual(sorted(self.diary.told), ["caller", "ring", "ring", "up"])
        self.assertEqual(self.diary.callers, [CALLER])

    def test_both_hear_each_other(self) -> None:
        """Off hook, each side hears what the other says."""
        self.far_ring(None)
        self.off_hook()
        self.far_speak(self.word())
        self.line.send(self.word())
        self.settle()
        self.assertIn(self.word(), self.diary.heard)
        self.assertIn(self.word(), self.far_heard())

    def test_deaf_and_dumb_on_hook(self) -> None:
        """On hook nothing is heard and nothing said, before a call and after it."""
        self.line.send(self.word())
        self.line.flush()
        self.off_hook()
        self.on_hook()
        already_heard = len(self.diary.heard)
        self.line.send(self.word())
        self.line.flush()
        self.far_speak(self.word())
        self.assertEqual(len(self.diary.heard), already_heard)
        self.assertNotIn(self.word(), self.far_heard())

    def test_far_end_hangs_up(self) -> None:
        """The exchange's report that the caller has gone is told once, with a reason; hanging up is ours to do."""
        self.off_hook()
        self.far_hang_up()
        self.assertEqual(self.diary.told[-1], "gone")
        self.assertTrue(self.diary.gone_because[0])
        self.on_hook()

    def test_hang_up_is_harmless_on_hook(self) -> None:
        """Hanging up an idle line changes nothing, and the next call works."""
        self.on_hook()
        self.on_hook()
        self.off_hook()
        self.on_hook()
        self.far_ring(None)
        self.assertEqual(self.diary.told, ["up", "ring"])

    def test_hang_up_at_any_moment(self) -> None:
        """Hanging up may be asked while it rings, while it is answered, twice and without a line: it ends on hook."""
        self.far_ring(None)
        self.on_hook()
        answered = self.line.answer()
        self.on_hook()
        answered.addErrback(lambda failure: failure.trap(LineFailure))  # where answering takes time
        self.off_hook()
        both = self.line.hang_up(), self.line.hang_up()
        self.settle()
        for hung_up in both:
            self.successResultOf(hung_up)
        self.off_hook()
        self.unplug()
        self.on_hook()
        self.plug_in()
        self.off_hook()
        self.line.stopService()
        self.on_hook()

    def test_no_second_answer(self) -> None:
        """A line that is off hook can be neither answered nor seized."""
        self.off_hook()
        self.failureResultOf(self.line.answer(), LineFailure)
        self.failureResultOf(self.line.seize(), LineFailure)

    def test_dials(self) -> None:
        """Seized, both sides hear each other; the permitted digits go out; then both hear each other again."""
        self.seized()
        self.line.send(self.word())
        self.settle()
        self.assertIn(self.word(), self.far_heard())
        dialled = self.line.dial(DialPermit("01062345678", "test"))
        self.settle()
        self.successResultOf(dialled)
        self.assertEqual(self.dialled(), ["01062345678"])
        self.far_speak(self.word())
        self.settle()
        self.assertIn(self.word(), self.diary.heard)

    def test_dialled_once(self) -> None:
        """A line dials only when it was seized for it, and once: no digits go into a talk."""
        for prepare in (self.on_hook, self.off_hook):
            prepare()
            self.failureResultOf(self.line.dial(DialPermit("10086", "test")), LineFailure)
        self.on_hook()
        self.test_dials()
        self.failureResultOf(self.line.dial(DialPermit("10086", "test")), LineFailure)
        self.assertEqual(self.dialled(), ["01062345678"])

    def test_dialling_refused(self) -> None:
        """A refused call says why, leaves the line on hook, and the next one goes out."""
        self.refuse_next_dial()
        self.seized()
        refused = self.line.dial(DialPermit("10086", "test"))
        self.settle()
        failure = self.failureResultOf(refused, DialFailure).value
        self.assertIn("NO DIALTONE", str(failure))
        self.assertIs(failure.result, DialResult.NO_DIAL_TONE)
        self.on_hook()
        self.test_dials()

    def test_flush_keeps_the_call(self) -> None:
        """What is said after a barge-in is heard."""
        self.off_hook()
        self.line.send(self.word())
        self.line.flush()
        self.line.send(self.word())
        self.settle()
        self.assertTrue(self.far_heard().rstrip(self.line.codec.silence).endswith(self.word()))

    def test_unplugged_and_back(self) -> None:
        """A line that vanishes in a call says so once, fails what is asked of it, and serves again when it is back."""
        self.off_hook()
        self.unplug()
        self.assertEqual(self.diary.told, ["up", "lost"])
        self.line.send(self.word())
        self.line.flush()
        self.failureResultOf(self.line.answer(), LineFailure)
        self.plug_in()
        self.assertEqual(self.diary.told, ["up", "lost", "up"])
        self.off_hook()
