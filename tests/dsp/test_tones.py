"""Generators: levels, frequencies, cadences; any cut gives the same sound."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import level_dbm0
from callserver.dsp.progress.plans import PLANS, TONE_NAMES, plan
from callserver.dsp.tones import ToneSource, beep, comfort_noise, dtmf, play, tone


class ToneTests(SynchronousTestCase):
    def test_level(self) -> None:
        """A tone has the level asked for, each of two tones its own."""
        self.assertApproximates(level_dbm0(tone([400], 8000, -13)), -13, 0.01)
        spectrum = np.abs(np.fft.rfft(tone([697, 1209], 8000, (-9, -7)))) / 4000
        for frequency_hz, expected in ((697, -9), (1209, -7)):
            self.assertApproximates(20 * np.log10(spectrum[frequency_hz]) + 3.14, expected, 0.01)

    def test_key_lengths(self) -> None:
        """Keys sound as long as asked, with silence between."""
        sound = dtmf("18", on_ms=70, off_ms=50).reshape(2, -1)
        self.assertEqual(sound.shape, (2, 960))
        self.assertFalse(sound[:, 560:].any())
        self.assertApproximates(level_dbm0(sound[1, :560]), 10 * np.log10(10**-0.9 + 10**-0.7), 0.2)

    def test_no_such_key(self) -> None:
        """A letter that is on no keypad is refused by name."""
        with self.assertRaisesRegex(ValueError, "'E' is no key"):
            dtmf("12E")

    def test_beep_and_noise(self) -> None:
        """The beep starts and ends softly; comfort noise has its level."""
        sound = beep()
        self.assertEqual((len(sound), sound[0], sound[-1]), (1600, 0.0, 0.0))
        self.assertApproximates(level_dbm0(comfort_noise(80000, -55, seed=1)), -55, 0.1)


class CadenceTests(SynchronousTestCase):
    def test_chinese_ringback(self) -> None:
        """One second of 450 Hz, four of silence, again and again."""
        seconds = play(plan("cn").tones["ringback"], 11, -10).reshape(11, 8000)
        self.assertEqual([bool(second.any()) for second in seconds], [True, *[False] * 4, True, *[False] * 4, True])
        np.testing.assert_allclose(seconds[5], tone([450], 8000, -10), atol=1e-5)

    def test_special_information_tone(self) -> None:
        """Three tones of 330 ms, rising, then a pause."""
        sound = play(plan("de").tones["sit"], 1.99)
        tops = [int(np.argmax(np.abs(np.fft.rfft(sound[n * 2640 :][:2640], 8000)))) for n in range(3)]
        self.assertEqual(tops, [950, 1400, 1800])
        self.assertFalse(sound[7920:].any())

    def test_howler_grows(self) -> None:
        """The howler rises in five steps and then stays."""
        source = ToneSource(plan("cn").tones["howler"], 0)
        levels = [level_dbm0(source.read(3 * 8000)) for _ in range(6)]
        np.testing.assert_allclose(levels, [-12, -9, -6, -3, 0, 0], atol=0.01)

    @given(st.lists(st.integers(0, 900), min_size=1, max_size=12))
    @settings(max_examples=50, deadline=None)
    def test_any_cut(self, cuts: list[int]) -> None:
        """A tone read in pieces of any size is the tone read at once."""
        for name in ("unobtainable", "dial"):
            source = ToneSource(plan("cn").tones[name])
            pieces = np.concatenate([source.read(cut) for cut in cuts])
            np.testing.assert_allclose(pieces, play(plan("cn").tones[name], sum(cuts) / 8000), atol=1e-6)


class PlanTests(SynchronousTestCase):
    def test_every_plan_can_be_played(self) -> None:
        """Each country has dial tone, ring-back and busy, and all its tones sound at once."""
        for country in PLANS.values():
            self.assertLessEqual({"dial", "ringback", "busy"}, set(country.tones), country.code)
            self.assertLessEqual(set(country.tones), set(TONE_NAMES), country.code)
            self.assertEqual(len(country.ring_s) % 2, 0)
            for name, cadence in country.tones.items():
                self.assertTrue(play(cadence, 0.1).any(), (country.code, name))

    def test_unknown_country(self) -> None:
        """A plan that is not there is refused with the names of those that are."""
        with self.assertRaisesRegex(ValueError, "no tone plan 'xx'; there are cn, us"):
            plan("xx")
