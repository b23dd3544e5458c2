"""A talk's sound, whatever happens to the devices meanwhile."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.headset import Headset
from callserver.desktop.headset.level import Level
from callserver.wire.catalogue import told
from callserver.wire.messages import Phrase
from tests.desktop.headset.fakes import BLOCK, FakeSound, tone


class HeadsetTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.sound = Clock(), FakeSound()
        self.sent: list[bytes] = []
        self.said: list[str] = []
        self.levels: list[tuple[Use, Level]] = []
        self.devices = Devices(self.sound, self.say)
        self.headset = Headset(self.clock, self.sound, self.devices, self.sent.append, self.say, self.show)

    def say(self, phrase: Phrase) -> None:
        self.said.append(told(phrase, "en"))

    def show(self, use: Use, level: Level) -> None:
        self.levels.append((use, level))

    def test_talk(self) -> None:
        """What the microphone hears is sent, what comes is played; devices are open in the talk only."""
        self.headset.play(BLOCK)  # between talks: nobody hears it
        self.headset.open()
        self.assertEqual(self.sound.running, ["l1", "m1"])
        self.sound.stream("m1").heard(BLOCK)
        self.assertEqual(self.sent, [BLOCK])
        self.headset.play(BLOCK)
        self.assertEqual(self.sound.stream("l1").written, BLOCK)
        self.headset.close()
        self.assertEqual(self.sound.running, [])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_twice(self) -> None:
        """Ring-back and talk may both open it, and what is closed may be closed again."""
        self.headset.close()
        self.headset.open()
        self.headset.open()
        self.assertEqual(len(self.sound.opened), 2)
        self.headset.close()
        self.headset.close()
        self.headset.open()
        self.assertEqual(self.sound.running, ["l1", "m1"])

    def test_mute(self) -> None:
        """Muted, the caller hears silence without a gap, and the meter still moves; the next talk is not muted."""
        self.headset.open()
        self.headset.mute(True)
        for _ in range(5):
            self.sound.stream("m1").heard(tone(0.02, 1000))
        self.assertEqual(self.sent, [bytes(320)] * 5)
        self.assertEqual(self.levels, [(Use.MICROPHONE, Level(-6.0, -9.0))])
        self.headset.close()
        self.headset.open()
        self.assertFalse(self.headset.is_muted)

    def test_switched_in_a_talk(self) -> None:
        """Another microphone: the old one is stopped, the new one opened in the next turn, not sooner."""
        self.headset.open()
        self.devices.choose(Use.MICROPHONE, "m2")
        self.assertEqual(self.sound.running, ["l1"])
        self.clock.advance(0)
        self.assertEqual(self.sound.running, ["l1", "m2"])
        self.clock.advance(60)
        self.assertEqual(len(self.sound.opened), 3)

    def test_closed_while_switching(self) -> None:
        """A talk that ends in that turn leaves no microphone open."""
        self.headset.open()
        self.devices.choose(Use.MICROPHONE, "m2")
        self.headset.close()
        self.clock.advance(10)
        self.assertEqual(self.sound.running, [])

    def test_dies(self) -> None:
        """A stream that died of itself is made anew within half a second."""
        self.headset.open()
        self.sound.stream("l1").is_alive = False
        self.clock.advance(0.5)
        self.clock.advance(0)
        self.assertEqual((self.sound.running, len(self.sound.opened)), (["m1", "l1"], 3))

    def test_no_devices(self) -> None:
        """On a computer without sound the talk goes on in silence, and what to do is said once."""
        self.sound.inputs, self.sound.outputs = [], []
        self.sound.changed()
        self.said.clear()
        self.headset.open()
        self.headset.play(BLOCK)
        self.clock.pump([0.5] * 20)
        self.assertEqual(
            self.said,
            ["No headset: plug one in, or log in by telephone", "No microphone: plug one in, or log in by telephone"],
        )
        self.headset.close()

    def test_refuses(self) -> None:
        """A microphone that another program holds is said once, and tried again until it opens."""
        self.sound.broken = {"m1"}
        self.headset.open()
        self.clock.pump([0.5] * 10)
        self.assertEqual(self.said, ["Microphone Jabra does not open: is another program using it?"])
        self.sound.broken = set()
        self.clock.advance(0.5)
        self.assertEqual(self.sound.running, ["l1", "m1"])

    def test_broken_block(self) -> None:
        """Half a block is no sound."""
        self.headset.open()
        self.headset.play(b"x")
        self.assertEqual(self.sound.stream("l1").written, b"")

    def test_meters(self) -> None:
        """Both meters move in the talk and lie down after it."""
        self.headset.open()
        for _ in range(5):
            self.headset.play(tone(0.02, 1000))
        self.headset.close()
        self.assertEqual(
            self.levels, [(Use.HEADSET, Level(-6.0, -9.0)), (Use.MICROPHONE, Level()), (Use.HEADSET, Level())]
        )
