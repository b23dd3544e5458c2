"""What libspandsp's fax modems send, ours understand; what ours send, libspandsp's understand."""

from __future__ import annotations

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FULL_SCALE_SINE_DBM0, RATE_HZ, FloatArray
from callserver.fax.hdlc import burst_bits
from callserver.fax.modems.ear import Ear
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.scramblers import Bits, bits_of
from callserver.fax.modems.transmitter import image_sound
from callserver.fax.modems.v21 import v21_sound
from callserver.fax.modulations import Modulation
from callserver.fax.signals import FlagsHeard, FrameHeard, FramesOver, Heard, ImageHeard, ImageOver, Trained
from tests.peers import spandsp_modems as spandsp
from tests.peers.spandsp import MISSING

LEVEL_DBM0 = -14.0
IMAGES = [modulation for modulation in Modulation if modulation is not Modulation.V21]
OCTETS = np.random.default_rng(10).bytes(1200)
FRAMES = (bytes.fromhex("FF 03 40") + b"  0987654321        ", bytes.fromhex("FF 13 80 00 EE FA C4 80 D5 83 80 80 18"))
HEARD_FRAMES = [FlagsHeard(), *(FrameHeard(frame, good=True) for frame in FRAMES), FramesOver()]


def noisy(sound: FloatArray, noise_dbm0: float) -> FloatArray:
    """With white noise, and some of it before and after."""
    sound = np.concatenate([np.zeros(1237, np.float32), sound, np.zeros(3200, np.float32)])
    amplitude = 10 ** ((noise_dbm0 - FULL_SCALE_SINE_DBM0) / 20) / np.sqrt(2)
    noise = np.random.default_rng(3).normal(0, amplitude, len(sound))
    return (sound + noise).astype(np.float32)


def sent_by_spandsp(modulation: Modulation, bits: Bits, level_dbm0: float = LEVEL_DBM0) -> FloatArray:
    sender = spandsp.Sender(modulation, iter(bits.tolist()))
    sender.set_level(level_dbm0)
    sound = sender.send(round((1.5 + len(bits) / modulation.bit_rate) * RATE_HZ))
    sender.close()
    return sound


def heard(sound: FloatArray, modulation: Modulation | None = None) -> list[Heard]:
    ear = Ear({})
    ear.expect(modulation, short=False)
    whole = len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES
    return [event for block in sound[:whole].reshape(-1, BLOCK_SAMPLES) for event in ear.feed(block)]


class V21Tests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def setUp(self) -> None:
        self.bits = np.frombuffer(burst_bits(FRAMES, 38, 5), np.uint8)

    def test_from_spandsp(self) -> None:
        """Its frames, loud and at -43 dBm0, in noise of -60 dBm0 and in noise 15 dB below."""
        for level_dbm0, noise_dbm0 in ((-9.0, -60.0), (-14.0, -29.0), (-43.0, -60.0)):
            sound = noisy(sent_by_spandsp(Modulation.V21, self.bits, level_dbm0), noise_dbm0)
            self.assertEqual(heard(sound), HEARD_FRAMES, (level_dbm0, noise_dbm0))

    def test_to_spandsp(self) -> None:
        """It reads each of our bits."""
        receiver = spandsp.Receiver(Modulation.V21)
        receiver.hear(noisy(v21_sound(self.bits, LEVEL_DBM0), -60.0))
        self.assertIn(self.bits[8:].tobytes(), bytes(receiver.bits))
        receiver.close()


class ImageTests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def test_from_spandsp(self) -> None:
        """Every bit after its training, with noise 25 dB below."""
        for modulation in IMAGES:
            sound = noisy(sent_by_spandsp(modulation, bits_of(OCTETS)), LEVEL_DBM0 - 25)
            events = heard(sound, modulation)
            octets = b"".join(event.octets for event in events if isinstance(event, ImageHeard))
            self.assertEqual(octets[: len(OCTETS)], OCTETS, modulation)
            others = [event for event in events if not isinstance(event, ImageHeard)]
            self.assertEqual(others, [Trained(), ImageOver()], modulation)

    def test_to_spandsp(self) -> None:
        """It trains on ours and reads every bit."""
        for modulation in IMAGES:
            receiver = spandsp.Receiver(modulation)
            sound = np.concatenate(list(image_sound(scheme_of(modulation), OCTETS, LEVEL_DBM0, short=False)))
            receiver.hear(noisy(sound, -50.0))
            self.assertIn(spandsp.TRAINED, receiver.states, modulation)
            self.assertEqual(bytes(receiver.bits[: len(OCTETS) * 8]), bits_of(OCTETS).tobytes(), modulation)
            receiver.close()
