"""What is cut off a message: the exchange's tone after a hang-up, the key that ended it, silence around the words."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.progress.plans import plan
from callserver.dsp.sound.files import read_wav
from callserver.dsp.tones import dtmf
from callserver.dsp.tones import play as sounded
from callserver.features.voicemail.sound import spoken_part
from callserver.ivr.prompts import FOLDER

CHINA, AMERICA = plan("cn"), plan("us")


def words(language: str = "zh", name: str = "recorded-notice") -> FloatArray:
    return read_wav(FOLDER / language / f"{name}.wav")


def silence(seconds: float) -> FloatArray:
    noise = np.random.default_rng(1).normal(0, 3e-4, round(seconds * RATE_HZ))
    return noise.astype(np.float32)


class SpokenPartTests(SynchronousTestCase):
    def left(self, *parts: FloatArray, country: str = "cn") -> float:
        """So many seconds stay."""
        return spoken_part(np.concatenate(parts), plan(country)).size / RATE_HZ

    def assert_words(self, left_s: float, said: FloatArray) -> None:
        self.assertApproximates(left_s, said.size / RATE_HZ, 0.45)

    def test_tones(self) -> None:
        """Busy, congestion, dial tone of China and America, after speech of both languages."""
        for said in (words(), words("en"), words("en", "goodbye")):
            for tone in ("busy", "congestion", "dial"):
                for country, exchange in (("cn", CHINA), ("us", AMERICA)):
                    tail = sounded(exchange.tones[tone], 3.0, -15.0)
                    self.assert_words(self.left(said, silence(0.4), tail, country=country), said)

    def test_key(self) -> None:
        """The first 60 ms of a key, which is all that is recorded of it, or the whole of it."""
        for key in "0123456789*#":
            for key_s in (0.06, 0.2):
                tone = np.concatenate([dtmf(key)[: round(0.08 * RATE_HZ)]] * 3)[: round(key_s * RATE_HZ)]
                self.assert_words(self.left(words(), silence(0.3), tone), words())

    def test_nothing_said(self) -> None:
        """Silence, a tone, clicks, nothing at all: no message."""
        click = np.zeros(800, np.float32)
        click[100:110] = 0.9
        busy = sounded(CHINA.tones["busy"], 5.0, -15.0)
        for nothing in (silence(5), busy, np.concatenate([silence(2), click, silence(2)]), silence(0)):
            self.assertEqual(self.left(nothing), 0)

    def test_silence(self) -> None:
        """Ten seconds before and after the words are a breath each."""
        self.assert_words(self.left(silence(10), words(), silence(10)), words())

    @given(st.integers(0, 40_000), st.floats(0.001, 0.5))
    @settings(max_examples=30, deadline=None)
    def test_words_are_left(self, n: int, level: float) -> None:
        """Whatever is in front, all of a speech that is loud enough stays: never more than its breaths is gone."""
        said = words("en") * np.float32(level / 0.2)
        if np.sqrt(np.mean(said**2)) < 0.02:
            return
        self.assertGreater(self.left(silence(n / RATE_HZ), said) + 0.35, said.size / RATE_HZ)
