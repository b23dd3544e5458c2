"""Any sound on and off in equal measure, five times, is a far end that is gone; voices, melodies and keys are not."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.ear import Ear
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.progress.events import ToneHeard
from callserver.dsp.progress.plans import PLANS
from callserver.dsp.tones import cadence, dtmf, play, tone
from tests.dsp.bank_sound import noise, voices_bank
from tests.dsp.echo.test_canceller import speech

GONE = {"busy", "congestion", "unobtainable"}
HOMES = ("cn", "us", "gb", "jp")
SOUNDS = ([450.0], [400.0], [425.0], [480.0, 620.0], [350.0, 440.0], [600.0], [950.0])


def heard(sound: FloatArray, country: str = "cn") -> list[list[ToneHeard]]:
    """What the ear names on each channel."""
    ear, tones = Ear(len(sound), PLANS[country]), [list[ToneHeard]() for _ in sound]
    for start in range(0, sound.shape[1] // 160 * 160, 160):
        for event in ear.feed(sound[:, start : start + 160]):
            if isinstance(event, ToneHeard):
                tones[event.channel].append(event)
    return tones


def on_lines(sounds: list[FloatArray], noise_dbm0: float = -45.0) -> FloatArray:
    """Each on a line of its own, beginning at another moment, in noise."""
    bank = np.zeros((len(sounds), max(map(len, sounds)) + 5000), np.float32)
    for number, (row, sound) in enumerate(zip(bank, sounds, strict=True)):
        row[2000 + number * 37 % 3000 :][: len(sound)] = sound
    return bank + noise(bank.shape, noise_dbm0, seed=1)


class GoneTests(SynchronousTestCase):
    def test_busy_of_a_pbx(self) -> None:
        """On a Chinese line: whatever the sound and its measure, named in its sixth period at the latest."""
        measures = [(0.1, 0.1), (0.2, 0.2), (0.25, 0.25), (0.4, 0.4), (0.5, 0.5), (0.75, 0.75), (0.3, 0.2), (0.2, 0.5)]
        for freqs_hz in SOUNDS:
            sounds = [play(cadence(freqs_hz, *measure), 10, -20) for measure in measures]
            for tones, (on_s, off_s) in zip(heard(on_lines(sounds)), measures, strict=True):
                self.assertLessEqual({event.name for event in tones[:1]}, GONE, (freqs_hz, on_s, off_s))
                at_s = tones[0].at_sample / RATE_HZ
                self.assertLess(at_s, 0.7 + 6 * (on_s + off_s), (freqs_hz, on_s, off_s))

    def test_busy_of_every_country_on_every_line(self) -> None:
        """A call from abroad ends as well: each country's busy tone is noticed on every line."""
        sounds = [play(country.tones["busy"], 10, -20) for country in PLANS.values()]
        for home in HOMES:
            for tones, abroad in zip(heard(on_lines(sounds), home), PLANS, strict=True):
                self.assertTrue(GONE & {event.name for event in tones}, (home, abroad))

    def test_figures(self) -> None:
        """What was heard is told: frequencies, level, when it began."""
        ((event,),) = heard(on_lines([play(cadence([480, 620], 0.5, 0.5), 6, -20)]))
        self.assertEqual([round(freq_hz, -1) for freq_hz in event.freqs_hz], [480, 620])
        self.assertApproximates(event.level_dbm0, -20, 1)
        self.assertApproximates(event.began_sample, 2000, 0.6 * RATE_HZ)


class NotGoneTests(SynchronousTestCase):
    def assert_not_gone(self, sound: FloatArray, country: str = "cn") -> None:
        for channel, tones in enumerate(heard(sound, country)):
            self.assertFalse(GONE & {event.name for event in tones}, (channel, tones))

    def test_ringback(self) -> None:
        """The ring-back of no country is a far end that is gone, on whatever line; nor is call waiting, nor CNG."""
        sounds = [play(country.tones["ringback"], 30, -15) for country in PLANS.values()]
        sounds += [play(cadence([450], 0.4, 4), 30, -15), play(cadence([1100], 0.5, 3), 30, -15)]
        for home in HOMES:
            self.assert_not_gone(on_lines(sounds), home)

    def test_keys_in_time(self) -> None:
        """Keys pressed in time by a machine, the same or others, are keys."""
        keys = [dtmf(key * 20, on_ms, off_ms) for key in ("5", "1") for on_ms, off_ms in ((100, 100), (200, 200))]
        self.assert_not_gone(on_lines([*keys, dtmf("1234567890" * 3, 150, 150)]))

    def test_melodies(self) -> None:
        """Notes in strict time, of other pitches, or legato, are music; so is one chord, again and again."""
        rng = np.random.default_rng(8)
        notes_hz = 262 * 2 ** (np.arange(20) / 12)
        melodies = [play(cadence([262, 330, 392, 494], beat_s, beat_s), 8, -20) for beat_s in (0.1, 0.15, 0.3)]
        for beat in (1600, 2400, 4000):
            staccato = [np.pad(tone([hz], beat, -12), (0, beat)) for hz in rng.choice(notes_hz, 40)]
            melodies += [np.concatenate(staccato)[: 12 * RATE_HZ]]
            melodies += [np.concatenate([tone([hz], beat, -12) for hz in rng.choice(notes_hz, 40)])[: 12 * RATE_HZ]]
        self.assert_not_gone(on_lines(melodies))

    def test_voices(self) -> None:
        """Speech, recorded and synthetic, is no tone."""
        self.assert_not_gone(speech(np.random.default_rng(9), 40, 15))
        self.assert_not_gone(voices_bank(32, 20))
