"""Call progress: each country's tones are named, by frequency and rhythm, and nothing else is."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import UNSIGNED_8
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.progress.bank import ProgressBank, progress_freqs
from callserver.dsp.progress.events import ToneGone, ToneHeard
from callserver.dsp.progress.plans import PLANS, Plan, plan
from callserver.dsp.tones import Cadence, play, tone
from tests.dsp.bank_sound import events_of, noise

CHINA = plan("cn")
SECONDS = 10
LENGTH = SECONDS * RATE_HZ


def after_pause(sound: FloatArray, pause: int, length: int = LENGTH) -> FloatArray:
    """A tone that begins some time after listening began."""
    return np.concatenate([np.zeros(pause, np.float32), sound, np.zeros(length, np.float32)])[:length]


def all_tones(country: Plan, level_dbm0: float, seed: int) -> FloatArray:
    """One channel a tone, each beginning at another moment."""
    pauses = np.random.default_rng(seed).integers(3000, 9000, len(country.tones))
    sounds = [play(cadence, SECONDS, level_dbm0) for cadence in country.tones.values()]
    return np.stack([after_pause(sound, pause) for sound, pause in zip(sounds, pauses, strict=True)])


def varied(cadence: Cadence, times: float, shift_hz: float) -> Cadence:
    """The same tone from an exchange with a slow or fast clock."""
    bursts = (
        replace(
            burst,
            frequencies_hz=tuple(freq_hz + shift_hz for freq_hz in burst.frequencies_hz),
            on_s=burst.on_s * times,
            off_s=burst.off_s * times,
        )
        for burst in cadence.bursts
    )
    return Cadence(tuple(bursts))


def frequencies(cadence: Cadence) -> set[float]:
    return {freq_hz for burst in cadence.bursts for freq_hz in burst.frequencies_hz}


class PlanTests(SynchronousTestCase):
    def assert_all_named(self, country: Plan, sound: FloatArray, what: object) -> None:
        events = events_of(ProgressBank(len(sound), country), sound)
        for channel, name in enumerate(country.tones):
            named = [event.name for event in events[channel] if isinstance(event, ToneHeard)]
            self.assertEqual(named, [name], (country.code, name, what))

    def test_every_tone_of_every_country(self) -> None:
        """At -10 dBm0 each tone is named once, and stays."""
        for country in PLANS.values():
            self.assert_all_named(country, all_tones(country, -10, seed=1), "clean")

    def test_weak_and_noisy(self) -> None:
        """So it is at -35 dBm0 with noise 20 dB below."""
        for seed, country in enumerate(PLANS.values()):
            sound = all_tones(country, -35, seed)
            self.assert_all_named(country, sound + noise(sound.shape, -55, seed), "noisy")

    def test_slow_and_fast_exchanges(self) -> None:
        """Times 9 % off and frequencies at the edge of what is allowed change nothing."""
        for times, sign in ((0.91, 1), (1.09, -1)):
            for country in PLANS.values():
                off = {
                    name: varied(cadence, times, sign * (country.tolerance_hz - 1))
                    for name, cadence in country.tones.items()
                }
                self.assert_all_named(country, all_tones(replace(country, tones=off), -15, seed=2), (times, sign))

    def test_8_bit_line(self) -> None:
        """A USB modem's 8-bit sound at -25 dBm0 with an offset is good enough."""
        sound = all_tones(CHINA, -25, seed=3)
        coarse = UNSIGNED_8.decode(UNSIGNED_8.encode(sound + np.float32(0.06)))
        # The howler's first steps are too weak for 8 bits, its last is not.
        self.assert_all_named(CHINA, coarse, "8 bits")

    def test_other_countries(self) -> None:
        """No tone is taken for one of a country whose frequencies are others."""
        abroad = [
            (country, name, play(cadence, 8, -12))
            for country in PLANS.values()
            for name, cadence in country.tones.items()
        ]
        sound = np.stack([after_pause(sound, 4000, 9 * RATE_HZ) for _, _, sound in abroad])
        for home in PLANS.values():
            events = events_of(ProgressBank(len(sound), home), sound)
            for channel, (country, name, _) in enumerate(abroad):
                for event in events[channel]:
                    theirs, ours = frequencies(country.tones[name]), frequencies(home.tones[event.name])
                    far = max(min(abs(one - other) for other in ours) for one in theirs)
                    self.assertLessEqual(far, home.tolerance_hz, (home.code, event, country.code, name))


class ChineseTests(SynchronousTestCase):
    def heard(self, sound: FloatArray, cut: int = 160) -> list[ToneHeard | ToneGone]:
        return events_of(ProgressBank(1, CHINA), sound[None, :], cut)[0]

    def test_busy_in_three_cycles(self) -> None:
        """Busy tone is named before its third burst is over, with its level, frequency and beginning."""
        (event,) = self.heard(after_pause(play(CHINA.tones["busy"], 12, -20), 5000, 12 * RATE_HZ))
        assert isinstance(event, ToneHeard)
        self.assertLess(event.at_sample - 5000, 3 * 0.7 * RATE_HZ)
        self.assertApproximates(event.began_sample, 5000, 300)
        self.assertApproximates(event.level_dbm0, -20, 0.5)
        self.assertApproximates(event.freqs_hz[0], 450, 1)

    def test_ringback_at_its_first_burst(self) -> None:
        """Ring-back is named when its first burst is over, and is gone when the telephone is lifted."""
        ringing = play(CHINA.tones["ringback"], 12, -15)
        ringing[int(10.6 * RATE_HZ) :] = 0  # the third burst is cut short
        heard, gone = self.heard(after_pause(ringing, 4000, 12 * RATE_HZ))
        self.assertEqual((heard.name, gone), ("ringback", ToneGone(0, "ringback", gone.at_sample, cut_short=True)))
        self.assertLess(heard.at_sample - 4000, 1.5 * RATE_HZ)
        self.assertApproximates(gone.at_sample - 4000, 10.6 * RATE_HZ, 0.3 * RATE_HZ)

    def test_ringback_in_its_pause(self) -> None:
        """When he answers in the pause, the burst that does not come tells it."""
        _, gone = self.heard(after_pause(play(CHINA.tones["ringback"], 2, -15), 4000))
        self.assertEqual((gone.name, gone.cut_short), ("ringback", False))
        self.assertLess(gone.at_sample - 4000, 6 * RATE_HZ)

    def test_wrong_rhythm(self) -> None:
        """450 Hz in a rhythm that is in no plan stays without a name."""
        self.assertEqual(self.heard(after_pause(play(varied(CHINA.tones["busy"], 0.6, 0), 9, -15), 4000)), [])

    def test_inexact_busy(self) -> None:
        """Busy tone 18 % too slow or too fast, as PBXs send it, is named by its third burst all the same."""
        for times in (0.82, 1.18):
            event = self.heard(after_pause(play(varied(CHINA.tones["busy"], times, 0), 9, -15), 4000))[0]
            self.assertEqual(event.name, "busy")
            self.assertLess(event.at_sample - 4000, 3 * 0.7 * times * RATE_HZ)

    def test_wrong_frequency(self) -> None:
        """The rhythm of busy tone on 500 Hz, or with a second tone, is not busy tone."""
        busy = play(CHINA.tones["busy"], 9, -15)
        self.assertEqual(self.heard(after_pause(play(varied(CHINA.tones["busy"], 1, 50), 9, -15), 4000)), [])
        both = busy + np.where(busy != 0, tone([620], len(busy), -15), 0).astype(np.float32)
        self.assertEqual(self.heard(after_pause(both, 4000)), [])

    def test_drop_outs(self) -> None:
        """10 ms lost in a burst do not break it."""
        busy = after_pause(play(CHINA.tones["busy"], 8, -15), 4000, 8 * RATE_HZ)
        busy[4000 + 1000 : 4000 + 1080] = 0
        busy[4000 + 5600 + 2000 : 4000 + 5600 + 2080] = 0
        self.assertEqual([event.name for event in self.heard(busy)], ["busy"])

    def test_reset(self) -> None:
        """What was heard in one call says nothing about the next; the neighbour's call goes on."""
        bank = ProgressBank(2, CHINA)
        busy = after_pause(play(CHINA.tones["busy"], 6, -15), 4000)
        both = np.stack([busy, busy])
        self.assertEqual(events_of(bank, both[:, :14000]), {})
        bank.reset(0)
        events = events_of(bank, both[:, 14000:17600])
        self.assertEqual(list(events), [1])

    def test_neighbours(self) -> None:
        """A channel's events do not depend on what its neighbours say."""
        sound = all_tones(CHINA, -20, seed=5)
        alone = events_of(ProgressBank(1, CHINA), sound[2:3])[0]
        among = events_of(ProgressBank(len(sound), CHINA), sound)[2]
        self.assertEqual([replace(event, channel=0) for event in among], alone)

    @given(st.integers(1, 1000))
    @settings(max_examples=10, deadline=None)
    def test_any_cut(self, cut: int) -> None:
        """Cut into pieces of any size, the same sound gives the same events."""
        sound = after_pause(play(CHINA.tones["unobtainable"], 4, -15), 4321, 4 * RATE_HZ)
        self.assertEqual(self.heard(sound, cut), self.heard(sound))


class BadInputTests(SynchronousTestCase):
    def test_notes(self) -> None:
        """Notes one after the other, in all groups of a plan's frequencies, on pitch and beside it: no error."""
        rng = np.random.default_rng(6)
        for country in PLANS.values():
            freqs_hz = [freq_hz + off for freq_hz in progress_freqs(country) for off in (-45, -20, 0, 20, 45)]
            bars = [tone([rng.choice(freqs_hz)], int(rng.uniform(400, 5000)), -12) for _ in range(400)]
            sound = np.concatenate(bars)
            n_samples = len(sound) // 20 // 160 * 160
            events_of(ProgressBank(20, country), sound[: 20 * n_samples].reshape(20, -1))

    def test_silence_and_full_scale_noise(self) -> None:
        """Nothing, everything and a constant are borne without a word."""
        loud = np.sign(noise((1, 40000), 0, seed=9))
        for sound in (np.zeros((1, 40000), np.float32), loud, np.ones((1, 40000), np.float32)):
            self.assertEqual(events_of(ProgressBank(1, CHINA), sound), {})

    def test_wrong_shape_is_named(self) -> None:
        """Another shape or type is refused with what it was."""
        with self.assertRaisesRegex(ValueError, r"\(2, 160\)"):
            ProgressBank(3, CHINA).feed(np.zeros((2, 160), np.float32))
        with self.assertRaisesRegex(ValueError, "float64"):
            ProgressBank(3, CHINA).feed(np.zeros((3, 160)))  # type: ignore[arg-type]
