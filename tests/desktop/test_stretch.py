"""Speech at another speed keeps its pitch."""

from __future__ import annotations

from array import array
from itertools import pairwise
from math import pi, sin

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.stretch import HOP, Stretch

RATE_HZ = 8000


def tone(freq_hz: float, seconds: float) -> array[int]:
    return array("h", [round(8000 * sin(2 * pi * freq_hz * n / RATE_HZ)) for n in range(round(seconds * RATE_HZ))])


def pitch_hz(samples: array[int]) -> float:
    """By its crossings of zero."""
    rises = sum(before < 0 <= after for before, after in pairwise(samples))
    return rises * RATE_HZ / len(samples)


class StretchTests(SynchronousTestCase):
    def test_pitch(self) -> None:
        """Half as long or longer by a third, a voice is as high as before, and as loud."""
        for speed in (0.75, 1.5, 2.0):
            for freq_hz in (110, 220, 440):
                heard = Stretch(speed).feed(tone(freq_hz, 3))
                self.assertLess(abs(len(heard) / RATE_HZ - 3 / speed), 0.1)
                self.assertLess(abs(pitch_hz(heard) / freq_hz - 1), 0.04, f"{speed} {freq_hz}")
                self.assertGreater(max(heard[RATE_HZ // 2 :]), 7000)
                self.assertLess(max(abs(one - two) for one, two in pairwise(heard)), 4500, "no click")

    def test_as_it_is(self) -> None:
        """At 1× not a sample is another."""
        samples = tone(300, 0.1)
        self.assertEqual(Stretch(1.0).feed(samples), samples)

    def test_pieces(self) -> None:
        """Fed in pieces of any length it is the same sound; what waits is never much."""
        whole, stretch, heard = tone(200, 1), Stretch(1.5), array("h")
        for first in range(0, len(whole), 37):
            heard += stretch.feed(whole[first : first + 37])
            self.assertLess(stretch.n_waiting, 4 * HOP)
        self.assertEqual(heard, Stretch(1.5).feed(whole))
