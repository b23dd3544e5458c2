"""Fax machines are recognised by their tones, within half a second, on noisy lines, and nobody else is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.fax_tones.bank import FaxHeard, FaxSignal, FaxToneBank
from callserver.dsp.frames import RATE_HZ, FloatArray, amplitude
from callserver.dsp.progress.plans import plan
from callserver.dsp.tones import dtmf, play, tone
from tests.dsp.bank_sound import events_of, noise

SECONDS = 4
N_EACH = 24
CNG, CED, ANSAM, FLAGS = FaxSignal.CNG, FaxSignal.CED, FaxSignal.ANSAM, FaxSignal.FLAGS


def answer_tone(freq_hz: float, level_dbm0: float, *, modulated: bool, reversals: bool) -> FloatArray:
    """2100 Hz for 2.6 s, as ITU-T V.25 and V.8 vary it."""
    times = np.arange(int(2.6 * RATE_HZ)) / RATE_HZ
    sound = tone([freq_hz], len(times), level_dbm0)
    if modulated:
        sound = sound * (1 + 0.2 * np.sin(2 * np.pi * 15 * times))
    return (sound * (np.where(times // 0.45 % 2, -1, 1) if reversals else 1)).astype(np.float32)


def flags(level_dbm0: float, shared_zero: bool) -> FloatArray:
    """V.21 preamble of one second."""
    flag = [0, 1, 1, 1, 1, 1, 1] if shared_zero else [0, 1, 1, 1, 1, 1, 1, 0]
    bits = np.array((flag * 50)[:300])
    freqs = np.where(bits[np.arange(RATE_HZ) * 300 // RATE_HZ] == 1, 1650, 1850)
    return (amplitude(level_dbm0) * np.sin(2 * np.pi * np.cumsum(freqs) / RATE_HZ)).astype(np.float32)


class FaxToneTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rng = np.random.default_rng(4)

    def level(self) -> float:
        return self.rng.uniform(-35, -3)

    def hear(self, sounds: list[FloatArray], level_dbm0: list[float]) -> list[list[tuple[FaxSignal, float]]]:
        """Each sound somewhere in noise 10 dB below it: signals with the seconds since its beginning."""
        bank_sound = np.zeros((len(sounds), SECONDS * RATE_HZ), np.float32)
        starts = self.rng.integers(800, 3000, len(sounds))
        for row, sound, start, level in zip(bank_sound, sounds, starts, level_dbm0, strict=True):
            row[start : start + len(sound)] = sound
            row += noise(row.shape, level - 10, int(start))
        events = events_of(FaxToneBank(len(sounds)), bank_sound)
        return [
            [(event.signal, (event.at_sample - start) / RATE_HZ) for event in events[channel]]
            for channel, start in enumerate(starts)
        ]

    def assert_heard(self, signal: FaxSignal, within_s: float, make: object) -> None:
        levels = [self.level() for _ in range(N_EACH)]
        for level, heard in zip(levels, self.hear([make(level) for level in levels], levels), strict=True):
            self.assertEqual([each for each, _ in heard], [signal], level)
            self.assertLess(heard[0][1], within_s)

    def test_calling_fax(self) -> None:
        """One burst of CNG, 38 Hz and 15 % off at most, is heard as soon as it is over."""

        def cng(level: float) -> FloatArray:
            return tone([1100 + self.rng.uniform(-38, 38)], int(RATE_HZ * self.rng.uniform(0.425, 0.575)), level)

        self.assert_heard(CNG, 0.65, cng)

    def test_longer_notes(self) -> None:
        """A note of 1100 Hz that lasts longer than CNG, or less, or follows on other notes, is no fax."""
        notes = [tone([1100], int(RATE_HZ * seconds), -12) for seconds in (0.2, 0.3, 0.72, 0.8, 1.5, 3)]
        for before_hz in (550, 825, 980, 1240):
            notes.append(np.concatenate([tone([before_hz], 4000, -12), tone([1100], 4000, -12)]))
        self.assertEqual(self.hear(notes, [-30] * len(notes)), [[] for _ in notes])

    def test_second_burst(self) -> None:
        """CNG that comes out of other sound is known by its second burst, three seconds after the first."""
        cng, hum = tone([1100], 4000, -12), tone([800], RATE_HZ * 3, -12)
        sound = np.concatenate([hum[:4000], cng, hum, cng, hum[:4000]])[None, :]
        (heard,) = events_of(FaxToneBank(1), sound)[0]
        self.assertEqual(heard.signal, CNG)
        self.assertGreater(heard.at_sample, 4000 + 4000 + len(hum) + 4000)

    def test_answering_fax(self) -> None:
        """CED within 0.6 s, with and without phase reversals."""

        def ced(level: float) -> FloatArray:
            reversals = bool(self.rng.integers(2))
            return answer_tone(2100 + self.rng.uniform(-15, 15), level, modulated=False, reversals=reversals)

        self.assert_heard(CED, 0.6, ced)

    def test_ansam(self) -> None:
        """An answering V.8 machine is told apart by its modulation."""

        def ansam(level: float) -> FloatArray:
            reversals = bool(self.rng.integers(2))
            return answer_tone(2100 + self.rng.uniform(-1, 1), level, modulated=True, reversals=reversals)

        self.assert_heard(ANSAM, 0.6, ansam)

    def test_flags(self) -> None:
        """A fax that sends no CED is known by the flags of its first frame."""
        self.assert_heard(FLAGS, 0.6, lambda level: flags(level, bool(self.rng.integers(2))))

    def test_figures(self) -> None:
        """Frequency and level are measured."""
        (heard,) = events_of(FaxToneBank(1), np.pad(tone([1110], 4000, -20), (800, 4000))[None, :])[0]
        self.assertIsInstance(heard, FaxHeard)
        self.assertApproximates(heard.freq_hz, 1110, 1)
        self.assertApproximates(heard.level_dbm0, -20, 0.3)

    def test_others(self) -> None:
        """Data modems, alerting tones, keys and the exchange's own tones are no fax."""
        others = [tone([freq_hz], 16000, -12) for freq_hz in (1300, 2225, 1180, 1020, 2130, 1650, 1750, 1850)]
        others += [tone([2130, 2750], 16000, -12), dtmf("147#", 600, 60), play(plan("us").tones["sit"], 3)]
        others += [tone([1100], 2600, -12), tone([1100, 1700], 8000, -12)]
        self.assertEqual(self.hear(others, [-30] * len(others)), [[] for _ in others])

    @given(st.integers(1, 1000))
    @settings(max_examples=10, deadline=None)
    def test_any_cut(self, cut: int) -> None:
        """Cut into pieces of any size, the same sound gives the same events."""
        ansam = answer_tone(2100, -20, modulated=True, reversals=True)
        sound = np.concatenate([np.zeros(999, np.float32), tone([1100], 4000, -20), ansam, flags(-20, False)])[None, :]
        events = events_of(FaxToneBank(1), sound)
        self.assertEqual([event.signal for event in events[0]], [CNG, ANSAM, FLAGS])
        self.assertEqual(events_of(FaxToneBank(1), sound, cut), events)

    def test_bad_input(self) -> None:
        """Silence, full-scale noise and DC make no fax; a wrong shape is named."""
        loud = np.sign(noise((1, 40000), 0, seed=9))
        for sound in (np.zeros((1, 40000), np.float32), loud, np.ones((1, 40000), np.float32)):
            self.assertEqual(events_of(FaxToneBank(1), sound), {})
        with self.assertRaisesRegex(ValueError, r"\(2, 160\)"):
            FaxToneBank(3).feed(np.zeros((2, 160), np.float32))
