"""Codecs: exact against the standard library's, whole banks at once, and honest about bad input."""

import warnings
from unittest import SkipTest

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import A_LAW, LINEAR_16, MU_LAW, UNSIGNED_8
from callserver.dsp.tones import tone

ALL_CODECS = (UNSIGNED_8, MU_LAW, A_LAW, LINEAR_16)
ALL_BYTES = np.arange(256, dtype=np.uint8)
ALL_SAMPLES = np.arange(-32768, 32768, dtype=np.int16)

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop
except ImportError:
    audioop = None


class G711Tests(SynchronousTestCase):
    def setUp(self) -> None:
        if audioop is None:
            raise SkipTest("audioop left the standard library with Python 3.13")

    def test_every_code_decodes_exactly(self) -> None:
        """All 256 codes of mu-law and A-law give the sample the standard library gives."""
        for codec, decode in ((MU_LAW, audioop.ulaw2lin), (A_LAW, audioop.alaw2lin)):
            expected = np.frombuffer(decode(ALL_BYTES.tobytes(), 2), np.int16) / np.float32(32768)
            np.testing.assert_array_equal(codec.decode(ALL_BYTES), expected, codec.name)

    def test_every_sample_encodes_exactly(self) -> None:
        """All 65,536 samples give the code the standard library gives."""
        sound = LINEAR_16.decode(ALL_SAMPLES.view(np.uint8))
        for codec, encode in ((MU_LAW, audioop.lin2ulaw), (A_LAW, audioop.lin2alaw)):
            self.assertEqual(codec.encode(sound).tobytes(), encode(ALL_SAMPLES.tobytes(), 2), codec.name)


class CodecTests(SynchronousTestCase):
    def test_linear_round_trip(self) -> None:
        """16-bit sound passes through unchanged, extremes included."""
        raw = ALL_SAMPLES.astype("<i2").view(np.uint8)
        np.testing.assert_array_equal(LINEAR_16.encode(LINEAR_16.decode(raw)), raw)

    def test_rounded_to_the_nearest(self) -> None:
        """What lies between two samples becomes the nearer one, loud or quiet, above zero or below."""
        between = np.array([0.4, 0.6, -0.4, -0.6, 99.7, -99.7, 20000.3, -20000.6], np.float32) / np.float32(32768)
        expected = [0, 1, 0, -1, 100, -100, 20000, -20001]
        self.assertEqual(LINEAR_16.encode(between).view("<i2").tolist(), expected)

    def test_rounding_has_no_preference(self) -> None:
        """On the way through 16 bits sound gets no DC and loses no loudness."""
        quiet = tone([1004.0], 8000, -70)
        through = LINEAR_16.decode(LINEAR_16.encode(quiet))
        self.assertLess(abs(float(np.mean(through - quiet))) * 32768, 0.02)
        self.assertLess(abs(10 * np.log10(np.mean(through**2) / np.mean(quiet**2))), 0.1)

    def test_unsigned_round_trip(self) -> None:
        """All 256 codes of 8-bit sound survive, and 128 is silence."""
        np.testing.assert_array_equal(UNSIGNED_8.encode(UNSIGNED_8.decode(ALL_BYTES)), ALL_BYTES)
        self.assertEqual(UNSIGNED_8.decode(np.array([128], np.uint8)).tolist(), [0.0])

    def test_silence(self) -> None:
        """A codec's silence is what it makes of zeros, and its size is that of one sample."""
        for codec in ALL_CODECS:
            self.assertEqual(codec.encode(np.zeros(3, np.float32)).tobytes(), codec.silence * 3, codec.name)
            self.assertEqual(len(codec.silence), codec.bytes_per_sample)
            decoded = codec.decode(np.frombuffer(codec.silence, np.uint8))
            self.assertLess(abs(float(decoded[0])), 0.001, codec.name)

    def test_a_bank_is_its_lines(self) -> None:
        """Twenty lines in one array give what each line alone gives."""
        bank = np.stack([tone([300.0 + 10 * line], 160) for line in range(20)])
        for codec in ALL_CODECS:
            raw = codec.encode(bank)
            self.assertEqual(raw.shape, (20, 160 * codec.bytes_per_sample))
            np.testing.assert_array_equal(raw[7], codec.encode(bank[7]))
            np.testing.assert_array_equal(codec.decode(raw)[7], codec.decode(raw[7]))

    def test_a_tone_survives(self) -> None:
        """A -10 dBm0 tone comes back with its distortion at least 30 dB down."""
        sound = tone([1004.0], 8000, -10)
        for codec in ALL_CODECS:
            error = codec.decode(codec.encode(sound)) - sound
            self.assertLess(10 * np.log10(np.mean(error**2) / np.mean(sound**2)), -30, codec.name)

    def test_too_loud_is_clipped(self) -> None:
        """Sound beyond full scale becomes the loudest sample of its sign, never the opposite one."""
        loud = np.array([-9.0, 9.0], np.float32)
        for codec in ALL_CODECS:
            low, high = codec.decode(codec.encode(loud))
            self.assertLess(low, -0.97, codec.name)
            self.assertGreater(high, 0.97, codec.name)

    def test_bad_input_is_named(self) -> None:
        """Wrong type or half a sample is a ValueError that tells the shape."""
        with self.assertRaisesRegex(ValueError, r"int16 of shape \(4,\)"):
            MU_LAW.decode(np.zeros(4, np.int16))  # type: ignore[arg-type]
        with self.assertRaisesRegex(ValueError, r"uint8 of shape \(2, 3\)"):
            LINEAR_16.decode(np.zeros((2, 3), np.uint8))
        with self.assertRaisesRegex(ValueError, r"float64 of shape \(160,\)"):
            A_LAW.encode(np.zeros(160))  # type: ignore[arg-type]
