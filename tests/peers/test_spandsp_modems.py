"""What libspandsp's fax modems send, ours understand; what ours send, libspandsp's understand."""

from __future__ import annotations

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.fax.hdlc import burst_bits
from callserver.fax.modems.ear import Ear
from callserver.fax.modems.learning import LearntLine
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.scramblers import Bits, bits_of
from callserver.fax.modems.transmitter import echo_protection, image_sound
from callserver.fax.modems.v21 import v21_sound
from callserver.fax.modulations import Modulation
from callserver.fax.signals import FlagsHeard, FrameHeard, FramesOver, Heard, ImageHeard, ImageOver, Trained
from tests.fax import bad_lines
from tests.peers import spandsp_modems as spandsp
from tests.peers.spandsp import MISSING

LEVEL_DBM0 = -14.0
IMAGES = [modulation for modulation in Modulation if modulation is not Modulation.V21]
SHORT = [modulation for modulation in IMAGES if modulation.recommendation == "V.17"]
OCTETS = np.random.default_rng(10).bytes(1600)
FRAMES = (bytes.fromhex("FF 03 40") + b"  0987654321        ", bytes.fromhex("FF 13 80 00 EE FA C4 80 D5 83 80 80 18"))
HEARD_FRAMES = [FlagsHeard(), *(FrameHeard(frame, good=True) for frame in FRAMES), FramesOver()]


def heard(
    sound: FloatArray,
    image: Modulation | None = None,
    lines: dict[str, LearntLine] | None = None,
    *,
    short: bool = False,
) -> list[Heard]:
    ear = Ear({} if lines is None else lines)
    ear.expect(image, short=short)
    whole = len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES
    return [event for block in sound[:whole].reshape(-1, BLOCK_SAMPLES) for event in ear.feed(block)]


def parted(events: list[Heard]) -> tuple[bytes, list[Heard]]:
    """The octets of an image, and all else."""
    octets = b"".join(event.octets for event in events if isinstance(event, ImageHeard))
    return octets, [event for event in events if not isinstance(event, ImageHeard)]


class V21Tests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def setUp(self) -> None:
        self.bits: Bits = np.frombuffer(burst_bits(FRAMES, 38, 5), np.uint8)

    def test_from_spandsp(self) -> None:
        """Its frames, loud and at -43 dBm0, in noise of -60 dBm0 and in noise 6 dB below, with its clock off."""
        for level_dbm0, noise_dbm0, ppm in ((-9.0, -60.0, 0), (-14.0, -20.0, 100), (-43.0, -60.0, -100)):
            sound = bad_lines.padded(spandsp.sent(Modulation.V21, self.bits, level_dbm0))
            sound = bad_lines.with_noise(bad_lines.with_clock_off(sound, ppm), noise_dbm0)
            self.assertEqual(heard(sound), HEARD_FRAMES, (level_dbm0, noise_dbm0, ppm))

    def test_to_spandsp(self) -> None:
        """It reads each of our bits."""
        receiver = spandsp.Receiver(Modulation.V21)
        sound = bad_lines.padded(np.concatenate(list(v21_sound(self.bits, LEVEL_DBM0))))
        receiver.hear(bad_lines.with_noise(sound, -60.0))
        self.assertIn(self.bits[8:].tobytes(), bytes(receiver.bits))
        receiver.close()


class ImagesFromSpandspTests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def test_bad_lines(self) -> None:
        """Every bit after its training: noise, level, clock, echo, a hole, its echo protection tone."""
        for modulation in IMAGES:
            bits = bits_of(OCTETS)
            clean = bad_lines.padded(spandsp.sent(modulation, bits, LEVEL_DBM0))
            for name, sound in {
                "noise 25 dB below": bad_lines.with_noise(clean, LEVEL_DBM0 - 25),
                "-43 dBm0": bad_lines.with_noise(clean * np.float32(10 ** (-29 / 20)), -74.0),
                "clock fast": bad_lines.with_noise(bad_lines.with_clock_off(clean, 100), -46.0),
                "clock slow": bad_lines.with_noise(bad_lines.with_clock_off(clean, -100), -46.0),
                "echo": bad_lines.with_noise(bad_lines.with_echo(clean, 3, 12), -46.0),
                "echo protection": bad_lines.padded(spandsp.sent(modulation, bits, LEVEL_DBM0, tep=True)),
            }.items():
                octets, others = parted(heard(sound, modulation))
                self.assertEqual(octets[: len(OCTETS)], OCTETS, (modulation, name))
                self.assertEqual(others, [Trained(), ImageOver()], (modulation, name))

    def test_hole(self) -> None:
        """A hole of 50 ms costs what was sent in it and 20 ms more; what follows stands in its place."""
        for modulation in IMAGES:
            clean = bad_lines.padded(spandsp.sent(modulation, bits_of(OCTETS), LEVEL_DBM0))
            at_s = 1.9 if modulation.recommendation == "V.17" else 1.3
            octets, _ = parted(heard(bad_lines.with_noise(bad_lines.with_hole(clean, at_s, 0.05), -60.0), modulation))
            wrong = np.flatnonzero(bits_of(octets[: len(OCTETS)]) != bits_of(OCTETS))
            self.assertLess((wrong[-1] - wrong[0]) / modulation.bit_rate, 0.07, modulation)

    def test_short_training(self) -> None:
        """V.17: from -14 and from -40 dBm0, eight of eight."""
        for modulation in SHORT:
            for level_dbm0 in (-14.0, -40.0):
                lines: dict[str, LearntLine] = {}
                long = bad_lines.padded(spandsp.sent(modulation, bits_of(bytes(300)), level_dbm0))
                short = bad_lines.padded(spandsp.sent(modulation, bits_of(OCTETS), level_dbm0, short=True))
                heard(bad_lines.with_noise(long, -72.0), modulation, lines)
                for number in range(8):
                    sound = bad_lines.with_noise(short[37 * number :], -72.0, number)
                    octets, others = parted(heard(sound, modulation, lines, short=True))
                    self.assertEqual(octets[: len(OCTETS)], OCTETS, (modulation, level_dbm0, number))
                    self.assertEqual(others, [Trained(), ImageOver()])


class ImagesToSpandspTests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def test_every_bit(self) -> None:
        """
        It trains on ours and reads every bit, also with our clock 100 ppm off.

        But V.27ter at 2400 bit/s: there it makes as many errors with its own sender.
        """
        for modulation in IMAGES:
            for ppm in (0,) if modulation is Modulation.V27TER_2400 else (0, 100, -100):
                sound = np.concatenate(list(image_sound(scheme_of(modulation), OCTETS, LEVEL_DBM0, short=False)))
                sound = bad_lines.with_clock_off(bad_lines.padded(sound), ppm)
                receiver = spandsp.Receiver(modulation)
                receiver.hear(bad_lines.with_noise(sound, -50.0))
                self.assertIn(spandsp.TRAINED, receiver.states, modulation)
                self.assertEqual(bytes(receiver.bits[: len(OCTETS) * 8]), bits_of(OCTETS).tobytes(), modulation)
                receiver.close()

    def test_echo_protection(self) -> None:
        """The carrier before our training does not disturb it."""
        for modulation in IMAGES:
            scheme = scheme_of(modulation)
            image = image_sound(scheme, OCTETS, LEVEL_DBM0, short=False)
            receiver = spandsp.Receiver(modulation)
            receiver.hear(bad_lines.padded(np.concatenate([echo_protection(scheme, LEVEL_DBM0), *image])))
            self.assertEqual(bytes(receiver.bits[: len(OCTETS) * 8]), bits_of(OCTETS).tobytes(), modulation)
            receiver.close()

    def test_short_training(self) -> None:
        """After a long one, short ones of ours are as good."""
        for modulation in SHORT:
            receiver = spandsp.Receiver(modulation)
            for short in (False, True, True):
                receiver.bits.clear()
                sound = image_sound(scheme_of(modulation), OCTETS, LEVEL_DBM0, short=short)
                receiver.hear(bad_lines.padded(np.concatenate(list(sound))))
                self.assertEqual(bytes(receiver.bits[: len(OCTETS) * 8]), bits_of(OCTETS).tobytes(), modulation)
                receiver.expect_short()
            receiver.close()
