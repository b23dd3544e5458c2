"""Any device's sound becomes the wire's, and back."""

from array import array
from math import log10

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.formats import RATE_HZ, WIRE, Inward, Outward, SoundFormat
from callserver.desktop.headset.resampler import ONE, Resampler, joined, parted
from tests.desktop.headset.fakes import tone
from tests.desktop.pulse import amplitude

DEVICES = [
    SoundFormat(8000),
    SoundFormat(16000, 2),
    SoundFormat(32000),
    SoundFormat(44100, 2, "f"),
    SoundFormat(48000, 1, "i"),
    SoundFormat(11025, 1, "B"),
]


class FormatTests(SynchronousTestCase):
    def test_there_and_back(self) -> None:
        """A voice's tone keeps its height and loudness through any device, whatever its rate and samples."""
        for device in DEVICES:
            played = Outward(device).feed(tone(0.5, 1000))
            self.assertApproximates(len(played) / device.frame_bytes / device.rate_hz, 0.5, 0.002)
            blocks = Inward(device).feed(played)
            self.assertEqual({len(block) for block in blocks}, {320})
            heard = array("h", b"".join(blocks[2:-1]))
            self.assertApproximates(amplitude(heard, 1000), 0.5, 0.01, msg=str(device))

    def test_pieces(self) -> None:
        """However the sound system cuts it, half samples too, the same blocks come out."""
        device = SoundFormat(44100, 2, "f")
        played = Outward(device).feed(tone(0.2, 700))
        inward, pieces = Inward(device), [played[at : at + 997] for at in range(0, len(played), 997)]
        self.assertEqual([block for piece in pieces for block in inward.feed(piece)], Inward(device).feed(played))

    def test_channels(self) -> None:
        """One channel of a stereo microphone suffices, at half the loudness; a headset's ears both hear."""
        stereo = SoundFormat(8000, 2)
        self.assertEqual(stereo.read(array("h", [200, 0, -100, 0]).tobytes()), [100, -50])
        self.assertEqual(stereo.write([7, -7]), array("h", [7, 7, -7, -7]).tobytes())

    @given(st.sampled_from(DEVICES), st.lists(st.integers(-(10**6), 10**6), max_size=50))
    def test_too_loud(self, device: SoundFormat, samples: list[int]) -> None:
        """What is too loud is clipped, and never wraps round to the other side."""
        back = device.read(device.write(samples))
        for sample, is_now in zip(samples, back, strict=True):
            self.assertApproximates(is_now, min(max(sample, -32768), 32767), 260 if device.kind == "B" else 1)


class ResamplerTests(SynchronousTestCase):
    def test_response(self) -> None:
        """A telephone's band passes; what a slower rate cannot hold does not fold back into it."""
        for freq_hz, least_db, most_db in ((300, -0.3, 0.3), (2500, -1, 0.3), (5500, -99, -40), (7000, -99, -40)):
            samples = array("h", tone(0.3, freq_hz, rate_hz=32000)).tolist()
            slow = Resampler(32000, RATE_HZ).feed(samples)[20:]
            folded = freq_hz if freq_hz < RATE_HZ / 2 else RATE_HZ - freq_hz
            level_db = 20 * log10(amplitude(array("h", slow), folded) / 0.5)
            self.assertTrue(least_db < level_db < most_db, f"{freq_hz} Hz: {level_db:.1f} dB")

    def test_delay(self) -> None:
        """It is late by what it says."""
        for from_hz, to_hz in ((32000, 8000), (8000, 16000), (44100, 8000)):
            resampler = Resampler(from_hz, to_hz)
            out = resampler.feed([0] * 1000 + [10_000] + [0] * 1000)
            self.assertApproximates(out.index(max(out)) / to_hz, 1000 / from_hz + resampler.delay_s, 1 / to_hz)

    def test_same_rate(self) -> None:
        """Nothing is touched where nothing is to be done."""
        samples = WIRE.read(tone(0.1, 440))
        self.assertIs(Resampler(8000, 8000).feed(samples), samples)

    @given(st.sampled_from([8000, 16000, 32000, 44100, 48000]), st.lists(st.integers(-32768, 32767), max_size=400))
    def test_cut_anywhere(self, rate_hz: int, samples: list[int]) -> None:
        """Both ways, pieces of any length give what the whole gives."""
        for from_hz, to_hz in ((rate_hz, 8000), (8000, rate_hz)):
            whole, cut = Resampler(from_hz, to_hz), Resampler(from_hz, to_hz)
            pieces = [samples[at : at + 7] for at in range(0, len(samples), 7)]
            self.assertEqual([one for piece in pieces for one in cut.feed(piece)], whole.feed(samples))

    def test_full_scale(self) -> None:
        """The loudest there is, of either sign, comes out as it went in, and not the sum of a neighbour."""
        for value in (32767, -32768):
            out = Resampler(32000, 8000).feed([value] * 640)[8:]
            self.assertLessEqual(max(abs(one - value) for one in out), 1)

    @given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=20), st.integers(-ONE // 2, ONE // 2 - 1))
    def test_joined(self, values: list[int], less: int) -> None:
        """Side by side in one number, weighed, and apart again, to the nearest whole unit."""
        weighed = [value * ONE + less for value in values]
        self.assertEqual(parted(joined(weighed), len(values)).tolist(), values)
