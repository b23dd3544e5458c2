"""A line that is recorded whenever somebody speaks: what begins and what ends a recording."""

from __future__ import annotations

from typing import cast

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.media.leg import Leg
from callserver.media.voice_trigger import BEFORE_S, VoiceTrigger
from tests.dsp.progress.test_answer import voice

SILENT = np.zeros(RATE_HZ, np.float32)
SPEAKS = np.asarray(voice(1.0), np.float32)


def tone(freq_hz: float, seconds: float, level: float = 0.3) -> FloatArray:
    n = np.arange(round(seconds * RATE_HZ))
    return (level * np.sin(2 * np.pi * freq_hz * n / RATE_HZ)).astype(np.float32)


class VoiceTriggerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.told: list[str] = []
        self.trigger = VoiceTrigger(
            cast(Leg, None), -40.0, 2.0, lambda: self.told.append("voice"), lambda: self.told.append("silence")
        )

    def hear(self, far: FloatArray, near: FloatArray | None = None) -> None:
        sides = np.stack([far, np.zeros_like(far) if near is None else near], axis=1)
        for block in (sides * 32767).astype("<i2").reshape(-1, BLOCK_SAMPLES, 2):
            self.trigger.take(block.tobytes())

    def test_either_side(self) -> None:
        """Whoever speaks, here or there; once for each time, however long."""
        for far, near in ((SPEAKS, SILENT), (SILENT, SPEAKS)):
            self.told.clear()
            self.hear(far, near)
            self.hear(far, near)
            self.assertEqual(self.told, ["voice"])
            self.hear(np.tile(SILENT, 3))
            self.assertEqual(self.told, ["voice", "silence"])

    def test_pause(self) -> None:
        """A pause shorter than the setting ends nothing; at its length it does, and the next word is a new one."""
        self.hear(SPEAKS)
        self.hear(np.zeros(round(1.5 * RATE_HZ), np.float32))
        self.hear(SPEAKS)
        self.assertEqual(self.told, ["voice"])
        self.hear(np.zeros(round(2.1 * RATE_HZ), np.float32))
        self.hear(SPEAKS)
        self.assertEqual(self.told, ["voice", "silence", "voice"])

    def test_no_voice(self) -> None:
        """What is too soft, a click, and what the exchange sounds: no recording begins."""
        click = SILENT.copy()
        click[:300] = SPEAKS[1000:1300]
        busy = np.tile(np.concatenate([tone(450, 0.35), np.zeros(2800, np.float32)]), 5)
        for sound in (SPEAKS / 400, click, busy, tone(450, 2.0), tone(1000, 1.0), tone(425, 1.0, 0.9)):
            self.hear(sound[: len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES])
            self.assertEqual(self.told, [])

    def test_busy_behind_a_voice(self) -> None:
        """Who spoke has hung up: the busy tone behind is silence."""
        self.hear(SPEAKS)
        self.hear(np.tile(np.concatenate([tone(450, 0.35), np.zeros(2800, np.float32)]), 4)[: 2 * RATE_HZ + 1600])
        self.assertEqual(self.told, ["voice", "silence"])

    def test_keys(self) -> None:
        """A key is two tones: it is recorded."""
        self.hear(tone(770, 0.2, 0.2) + tone(1336, 0.2, 0.2))
        self.assertEqual(self.told, ["voice"])

    def test_secret(self) -> None:
        """Of a secret nothing is heard, and nothing is kept."""
        self.trigger.pause()
        self.hear(SPEAKS)
        self.assertEqual(self.told, [])
        self.assertFalse(any(self.trigger.sound()))
        self.trigger.resume()
        self.hear(SPEAKS)
        self.assertEqual(self.told, ["voice"])

    def test_begins_before(self) -> None:
        """A second of what was before is kept: the first sound of a word is soft."""
        self.hear(np.tile(SILENT, 3))
        self.assertEqual(self.trigger.length_s, BEFORE_S)
        self.hear(SPEAKS[:1600])
        sound = np.frombuffer(self.trigger.sound(), "<i2").reshape(-1, 2)
        self.assertEqual(len(sound), RATE_HZ)
        self.assertTrue(np.any(sound[-1600:, 0]) and not np.any(sound[:-1600]))
