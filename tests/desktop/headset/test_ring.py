"""It rings on a loudspeaker of its own until the call is answered or gone."""

from array import array

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.formats import RATE_HZ
from callserver.desktop.headset.level import level_of
from callserver.desktop.headset.ring import PAUSE_S, WARBLE_S, Ring
from callserver.wire.catalogue import told
from tests.desktop.headset.fakes import FakeSound
from tests.desktop.pulse import amplitude


class RingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.sound = Clock(), FakeSound()
        self.said: list[str] = []
        self.devices = Devices(self.sound, lambda phrase: None, {Use.RING: "l2"})
        self.ring = Ring(
            self.clock,
            self.sound,
            self.devices,
            lambda phrase: self.said.append(told(phrase, "en")),
            lambda: self.volume,
        )
        self.volume = 1.0

    def pass_time(self, seconds: float) -> None:
        """A loudspeaker that plays what it is given."""
        for _ in range(round(seconds / 0.1)):
            for stream in self.sound.opened:
                stream.queued = max(0.0, stream.queued - 0.1)
            before = [len(stream.written) for stream in self.sound.opened]
            self.clock.advance(0.1)
            for stream, n_bytes in zip(self.sound.opened, before, strict=False):
                stream.queued += (len(stream.written) - n_bytes) / 2 / RATE_HZ

    def test_two_tones(self) -> None:
        """Two tones in turn, a pause, and again; on the device that was chosen for it."""
        self.ring.ring()
        self.ring.ring()
        self.pass_time(7)
        self.assertEqual(self.sound.running, ["l2"])
        sound = array("h", self.sound.stream("l2").written)
        warble = sound[: round(WARBLE_S * RATE_HZ)]
        for freq_hz in (660, 880):
            self.assertGreater(amplitude(warble, freq_hz), 0.15)
        pause = sound[len(warble) : round((WARBLE_S + PAUSE_S) * RATE_HZ)]
        self.assertFalse(any(pause))
        self.assertEqual(sound[len(warble) + len(pause) :][: len(warble)], warble)

    def test_quiet(self) -> None:
        """Answered or gone: no sound, no open device, nothing left to do; and again for the next call."""
        self.ring.ring()
        self.clock.advance(0)
        self.ring.quiet()
        self.ring.quiet()
        self.assertEqual((self.sound.running, self.clock.getDelayedCalls()), ([], []))
        self.ring.ring()
        self.clock.advance(0)
        self.assertEqual(self.sound.running, ["l2"])

    def test_over_at_once(self) -> None:
        """A call that comes and goes in the same moment opens no device."""
        self.ring.ring()
        self.ring.quiet()
        self.clock.advance(1)
        self.assertEqual((self.sound.opened, self.clock.getDelayedCalls()), ([], []))

    def test_volume(self) -> None:
        """Half as loud is 6 dB less."""
        peaks_db = []
        for self.volume in (1.0, 0.5):
            self.ring.ring()
            self.pass_time(1)
            peaks_db.append(level_of(bytes(self.sound.opened[-1].written)).peak_db)
            self.ring.quiet()
        self.assertApproximates(peaks_db[0] - peaks_db[1], 6.0, 0.2)

    def test_no_clicks(self) -> None:
        """Each tone rises from nothing and falls to nothing."""
        self.ring.ring()
        self.pass_time(2)
        sound = array("h", self.sound.stream("l2").written)
        n_tone = round(0.1 * RATE_HZ)
        self.assertTrue(all(sound[at] == 0 == sound[at - 1] for at in range(n_tone, len(sound), n_tone)))

    def test_loudspeaker_lost(self) -> None:
        """It rings on from another one."""
        self.ring.ring()
        self.sound.outputs = self.sound.outputs[:1]
        self.sound.changed()
        self.pass_time(0.5)
        self.assertEqual(self.sound.running, ["l1"])
        self.assertTrue(any(self.sound.stream("l1").written))

    def test_no_loudspeaker(self) -> None:
        """Without any it is silent, and says so once."""
        self.sound.outputs = []
        self.sound.changed()
        self.ring.ring()
        self.pass_time(3)
        self.assertEqual(self.said, ["No loudspeaker to ring on: calls only show"])
