"""Images on lines as they are: every octet in its place, or the fewest lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.fax.modems.learning import LearntLine, carrier_hz
from callserver.fax.modems.receiver import ImageReceiver
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.scramblers import bits_of
from callserver.fax.modems.transmitter import echo_protection, image_sound
from callserver.fax.modulations import Modulation
from callserver.fax.signals import Heard, ImageHeard, ImageOver, Trained
from tests.fax import bad_lines

IMAGES = [modulation for modulation in Modulation if modulation is not Modulation.V21]
FEW = (Modulation.V27TER_2400, Modulation.V27TER_4800, Modulation.V29_9600, Modulation.V17_14400)
SHORT = [modulation for modulation in IMAGES if modulation.recommendation == "V.17"]
NOISE_DBM0 = -46.0  # 32 dB below
TRAINED_AND_OVER: list[Heard] = [Trained(), ImageOver()]


def octets_for(modulation: Modulation, seconds: float) -> bytes:
    return np.random.default_rng(7).bytes(round(modulation.bit_rate * seconds / 8))


def sound_of(modulation: Modulation, octets: bytes, *, short: bool = False) -> FloatArray:
    return bad_lines.padded(np.concatenate(list(image_sound(scheme_of(modulation), octets, -14.0, short=short))))


def heard(receiver: ImageReceiver, sound: FloatArray) -> tuple[bytes, list[Heard]]:
    """The octets of the image, and what else was told."""
    whole = len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES
    events = [event for block in sound[:whole].reshape(-1, BLOCK_SAMPLES) for event in receiver.feed(block)]
    octets = b"".join(event.octets for event in events if isinstance(event, ImageHeard))
    return octets, [event for event in events if not isinstance(event, ImageHeard)]


def wrong_places_s(modulation: Modulation, sent: bytes, got: bytes) -> FloatArray:
    """When the wrong bits were sent, in seconds of data."""
    places = np.flatnonzero(bits_of(sent) != bits_of(got[: len(sent)]))
    return (places / modulation.bit_rate).astype(np.float32)


class BadLineTests(SynchronousTestCase):
    def test_all_right(self) -> None:
        """No wrong bit: clock, carrier, echo, a long loop, codecs, clipping, hum, phase jitter, and several at once."""
        faults = {
            "clock fast": lambda sound: bad_lines.with_clock_off(sound, 100),
            "clock slow": lambda sound: bad_lines.with_clock_off(sound, -100),
            "carrier high": lambda sound: bad_lines.with_carrier_off(sound, 7),
            "carrier low": lambda sound: bad_lines.with_carrier_off(sound, -7),
            "echo": lambda sound: bad_lines.with_echo(sound, 3, 12),
            "loop": bad_lines.through_a_long_loop,
            "exchange": bad_lines.by_alaw,
            "two exchanges, two loops": lambda sound: bad_lines.by_alaw(
                bad_lines.through_a_long_loop(bad_lines.by_alaw(bad_lines.through_a_long_loop(sound)))
            ),
            "modem of 8 bits, -20 dBm0": lambda sound: bad_lines.by_8_bits(sound * np.float32(0.5)),
            "0 dBm0, clipped": lambda sound: bad_lines.by_alaw(sound * np.float32(5)),
            "hum": lambda sound: bad_lines.with_tone(sound, 50.0, -15.0),
            "phase jitter": lambda sound: bad_lines.with_phase_jitter(sound, 10.0, 50.0),
            "everything": lambda sound: bad_lines.through_a_long_loop(
                bad_lines.with_echo(bad_lines.with_carrier_off(bad_lines.with_clock_off(sound, -80), 3), 3, 15)
            ),
        }
        for modulation in FEW:
            octets = octets_for(modulation, 2.0)
            clean = sound_of(modulation, octets)
            for name, line in faults.items():
                sound = bad_lines.with_noise(line(clean), NOISE_DBM0)
                got, events = heard(ImageReceiver(scheme_of(modulation)), sound)
                self.assertEqual(got[: len(octets)], octets, (modulation, name))
                self.assertEqual(events, TRAINED_AND_OVER, (modulation, name))

    def test_faint(self) -> None:
        """-43 dBm0, with noise 30 dB below."""
        for modulation in IMAGES:
            octets = octets_for(modulation, 1.0)
            sound = bad_lines.with_noise(sound_of(modulation, octets) * np.float32(10 ** (-29 / 20)), -73.0)
            got, _ = heard(ImageReceiver(scheme_of(modulation)), sound)
            self.assertEqual(got[: len(octets)], octets, modulation)

    def test_clock_over_a_page(self) -> None:
        """The clock of a far end that is 100 ppm off is followed for half a minute: seven symbols."""
        modulation = Modulation.V17_14400
        octets = octets_for(modulation, 30.0)
        sound = bad_lines.with_noise(bad_lines.with_clock_off(sound_of(modulation, octets), 100), NOISE_DBM0)
        got, _ = heard(ImageReceiver(scheme_of(modulation)), sound)
        self.assertEqual(got[: len(octets)], octets)

    def test_holes_and_hits(self) -> None:
        """After a drop-out, a noise burst or a jump of level the data go on in their places, at once."""
        at_s, around_s = 1.0, 0.1
        faults = {
            "hole of 50 ms": (0.05, lambda sound, at: bad_lines.with_hole(sound, at, 0.05)),
            "hole of 200 ms": (0.2, lambda sound, at: bad_lines.with_hole(sound, at, 0.2)),
            "1 s of noise": (1.0, lambda sound, at: bad_lines.with_noise_burst(sound, at, 1.0, -10.0)),
            "3 dB less": (0.0, bad_lines.with_level_step),
        }
        for modulation in FEW:
            octets = octets_for(modulation, 4.0)
            clean = bad_lines.with_clock_off(bad_lines.with_carrier_off(sound_of(modulation, octets), 5), 50)
            data_from_s = len(clean) / RATE_HZ - 0.5 - 4.0
            for name, (lasts_s, fault) in faults.items():
                sound = bad_lines.with_noise(fault(clean, data_from_s + at_s), NOISE_DBM0)
                got, events = heard(ImageReceiver(scheme_of(modulation)), sound)
                wrong_s = wrong_places_s(modulation, octets, got)
                self.assertTrue(np.all((wrong_s > at_s - around_s) & (wrong_s < at_s + lasts_s + around_s)), name)
                self.assertEqual(events, TRAINED_AND_OVER, (modulation, name))

    def test_hole_in_the_training(self) -> None:
        """A hole of 30 ms anywhere in the training does no harm."""
        for modulation, training_s in zip(FEW, (0.943, 0.708, 0.2, 1.393), strict=True):
            octets = octets_for(modulation, 0.5)
            clean = sound_of(modulation, octets)
            for tenths in range(10):
                sound = bad_lines.with_hole(clean, 0.1546 + training_s * tenths / 10, 0.03)
                got, _ = heard(ImageReceiver(scheme_of(modulation)), bad_lines.with_noise(sound, NOISE_DBM0))
                self.assertEqual(got[: len(octets)], octets, (modulation, tenths))

    def test_lost_samples(self) -> None:
        """Where a computer lost some samples, the data are found again within 0.35 s, though at other bits."""
        for modulation in FEW:
            octets = octets_for(modulation, 3.0)
            clean = sound_of(modulation, octets)
            at = len(clean) - round(2.5 * RATE_HZ)
            for n_lost in (1, 57, 100):
                sound = np.concatenate([clean[:at], clean[at + n_lost :]])
                got, events = heard(ImageReceiver(scheme_of(modulation)), bad_lines.with_noise(sound, NOISE_DBM0))
                last_seconds = bits_of(octets)[-round(1.65 * modulation.bit_rate) : -8]
                self.assertIn(last_seconds.tobytes(), bits_of(got).tobytes(), (modulation, n_lost))
                self.assertEqual(events, TRAINED_AND_OVER, (modulation, n_lost))


class BurstTests(SynchronousTestCase):
    @given(st.integers(0, BLOCK_SAMPLES - 1), st.sampled_from(IMAGES))
    @settings(deadline=None, max_examples=16)
    def test_anywhere(self, n_before: int, modulation: Modulation) -> None:
        """A burst may begin anywhere in a block."""
        octets = octets_for(modulation, 0.3)
        sound = np.concatenate([np.zeros(n_before, np.float32), sound_of(modulation, octets)])
        got, events = heard(ImageReceiver(scheme_of(modulation)), bad_lines.with_noise(sound, NOISE_DBM0))
        self.assertEqual((got[: len(octets)], events), (octets, TRAINED_AND_OVER))

    def test_one_after_another(self) -> None:
        """The same receiver hears the next burst."""
        octets = octets_for(Modulation.V29_9600, 0.5)
        receiver = ImageReceiver(scheme_of(Modulation.V29_9600))
        for _ in range(2):
            got, events = heard(receiver, sound_of(Modulation.V29_9600, octets))
            self.assertEqual((got[: len(octets)], events), (octets, TRAINED_AND_OVER))

    def test_echo_protection(self) -> None:
        """The carrier that goes before some trainings is not taken for one."""
        for modulation in FEW:
            octets = octets_for(modulation, 0.5)
            carrier = echo_protection(scheme_of(modulation), -14.0)
            image = list(image_sound(scheme_of(modulation), octets, -14.0, short=False))
            sound = bad_lines.with_noise(bad_lines.padded(np.concatenate([carrier, *image])), NOISE_DBM0)
            got, events = heard(ImageReceiver(scheme_of(modulation)), sound)
            self.assertEqual((got[: len(octets)], events), (octets, TRAINED_AND_OVER))

    def test_noise_is_no_training(self) -> None:
        """A minute of noise trains nothing; what is loud and not understood ends when it ends."""
        for modulation in FEW:
            receiver = ImageReceiver(scheme_of(modulation))
            self.assertEqual(heard(receiver, bad_lines.with_noise(np.zeros(480000, np.float32), -20.0)), (b"", []))
            self.assertEqual(heard(receiver, np.zeros(1600, np.float32)), (b"", [ImageOver()]))

    def test_no_end(self) -> None:
        """A carrier that turns into noise for ever is given up after some seconds."""
        sound = sound_of(Modulation.V29_9600, octets_for(Modulation.V29_9600, 1.0))[:8000]
        sound = np.concatenate([sound, bad_lines.with_noise(np.zeros(40000, np.float32), -14.0)])
        _, events = heard(ImageReceiver(scheme_of(Modulation.V29_9600)), sound)
        self.assertEqual(events, TRAINED_AND_OVER)


class ShortTrainingTests(SynchronousTestCase):
    def learnt(self, modulation: Modulation, gain: float) -> LearntLine:
        receiver = ImageReceiver(scheme_of(modulation))
        sound = bad_lines.through_a_long_loop(sound_of(modulation, bytes(300))) * np.float32(gain)
        heard(receiver, bad_lines.with_noise(sound, -75.0))
        assert receiver.line
        return receiver.line

    def test_short(self) -> None:
        """At -14 and at -40 dBm0, over a long loop, ten bursts out of ten, with the data right from the first bit."""
        for modulation in SHORT:
            for gain in (1.0, 10 ** (-26 / 20)):
                octets, line = octets_for(modulation, 0.3), self.learnt(modulation, gain)
                for number in range(10):
                    clean = bad_lines.through_a_long_loop(sound_of(modulation, octets, short=True))[37 * number :]
                    receiver = ImageReceiver(scheme_of(modulation), short=True, line=line)
                    got, events = heard(receiver, bad_lines.with_noise(clean * np.float32(gain), -75.0))
                    self.assertEqual((got[: len(octets)], events), (octets, TRAINED_AND_OVER), (modulation, gain))

    def test_without_a_long_one(self) -> None:
        """Who has heard no long training understands a short one all the same, on a good line."""
        octets = octets_for(Modulation.V17_9600, 0.5)
        receiver = ImageReceiver(scheme_of(Modulation.V17_9600), short=True)
        got, _ = heard(receiver, bad_lines.with_noise(sound_of(Modulation.V17_9600, octets, short=True), -50.0))
        self.assertEqual(got[: len(octets)], octets)


class LearningTests(SynchronousTestCase):
    def test_clock_and_carrier(self) -> None:
        """They are measured in the training: the clock to 20 ppm, the carrier to 0.05 Hz."""
        for modulation in FEW:
            clean = sound_of(modulation, octets_for(modulation, 0.1))
            for ppm, offset_hz in ((100, 7), (-60, -3), (0, 0)):
                receiver = ImageReceiver(scheme_of(modulation))
                sound = bad_lines.with_carrier_off(bad_lines.with_clock_off(clean, ppm), offset_hz)
                heard(receiver, bad_lines.with_noise(sound, NOISE_DBM0))
                assert receiver.line
                measured_ppm = (receiver.line.per_symbol * scheme_of(modulation).baud / RATE_HZ - 1) * 1e6
                self.assertLess(abs(measured_ppm + ppm), 20, modulation)
                expected_hz = offset_hz + scheme_of(modulation).carrier_hz * ppm * 1e-6
                self.assertLess(abs(carrier_hz(receiver.line) - expected_hz), 0.05, modulation)
