"""A far end that begins in the middle of a wave, or stops there, is heard without a click."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray, amplitude
from tests.media.bench import FakeEar, Party, key_down, make_bay, plug, talk

CLICK = amplitude(-40.0)


def wave(n_blocks: int) -> FloatArray:
    """So slow that a click stands out; it begins at its top."""
    return (0.5 * np.cos(2 * np.pi * 2.0 * np.arange(n_blocks * BLOCK_SAMPLES) / 8000)).astype(np.float32)


def largest_step(party: Party) -> float:
    return float(max(np.abs(np.diff(party.sound())), default=0.0))


class FarBeginsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ear = FakeEar(8)
        self.bay = make_bay(ear=self.ear)
        self.caller, self.agent = plug(self.bay, "line 1"), plug(self.bay, "seat 801", signals=False)
        talk(self.bay, self.caller, self.agent)

    def ticks(self, n: int) -> None:
        for _ in range(n):
            self.bay.tick()

    def test_joins(self) -> None:
        """Somebody joins who is speaking already."""
        self.ticks(5)
        self.agent.speak(wave(6))
        self.ticks(5)
        self.assertGreater(abs(self.caller.sound()).max(), 0.3)
        self.assertLess(largest_step(self.caller), CLICK)

    @given(st.lists(st.booleans(), min_size=1, max_size=8))
    def test_late(self, comes: list[bool]) -> None:
        """However late blocks come: sound, silence in its place and sound again run into each other."""
        self.setUp()
        sound = wave(len(comes)).reshape(-1, BLOCK_SAMPLES)
        sent = 0
        for n, in_time in enumerate(comes, start=1):
            while in_time and sent < n:
                self.agent.speak(sound[sent])
                sent += 1
            self.bay.tick()
        self.assertLess(largest_step(self.caller), CLICK)

    def test_a_key_in_the_same_tick(self) -> None:
        """A key is told in the tick in which somebody begins to speak, and another leg is opened at once."""
        self.patch(self.caller, "key", lambda digit, at_s: plug(self.bay, "seat 802", signals=False))
        self.ticks(5)
        self.agent.speak(wave(6))
        self.ear.events = [key_down(self.caller.leg.slot, "5")]
        self.ticks(5)
        self.assertEqual(len(self.bay.legs), 3)
        self.assertGreater(abs(self.caller.sound()).max(), 0.3)
        self.assertLess(largest_step(self.caller), CLICK)
