"""Grey becomes black and white: letters stay letters, photographs stay pictures."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents.blackening import blackened
from callserver.fax.documents.sheet import Grey
from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.t4.encoding import encode
from tests.fax.documents.office import photograph, typed_page


def black_of(grey: Grey) -> np.ndarray:
    return np.unpackbits(blackened(grey), axis=1)


class BlackeningTests(SynchronousTestCase):
    def test_text(self) -> None:
        """Text gets a threshold: no dot lies outside the letters."""
        grey = np.asarray(typed_page())
        np.testing.assert_array_equal(black_of(grey), grey < 160)

    def test_pale_background(self) -> None:
        """Letters on the grey of a table's head stay legible: around them the grey becomes white."""
        for pale in (217, 204, 178):
            grey = np.minimum(np.asarray(typed_page()), pale)
            letters = np.asarray(typed_page()) < 160
            written = letters.reshape(-1, 40, letters.shape[1]).any(axis=(1, 2)).repeat(40)
            there = black_of(grey)[written][:, 100:700]
            self.assertGreater((there == letters[written][:, 100:700]).mean(), 0.93)

    def test_chart(self) -> None:
        """A field of one grey with nothing written on it is a screen of dots: charts tell their fields apart by it."""
        darkness = [black_of(np.full((240, 240), level, np.uint8)).mean() for level in (200, 150, 100)]
        self.assertEqual(darkness, sorted(darkness))
        self.assertTrue(0.1 < darkness[0] < darkness[-1] < 0.7)

    def test_photograph(self) -> None:
        """A photograph is as dark as it was, everywhere, seen from afar."""
        grey = np.asarray(photograph())
        tiles = (25, 24, 25, 32)
        darkness = black_of(grey).reshape(tiles).mean(axis=(1, 3))
        wanted = 1 - grey.reshape(tiles).mean(axis=(1, 3)) / 255
        self.assertLess(np.abs(darkness - wanted).max(), 0.08)

    def test_both_on_a_page(self) -> None:
        """A page with a photograph and text has each as it should be."""
        grey = np.full((1400, 1600), 255, np.uint8)
        grey[:600, 400:1200] = np.asarray(photograph())
        grey[700:1396] = np.asarray(typed_page(1600, 696))
        black = black_of(grey)
        np.testing.assert_array_equal(black[700:], grey[700:] < 160)
        darker = black[:600, 400:1200].mean() - (1 - grey[:600, 400:1200].mean() / 255)
        self.assertLess(abs(darker), 0.03)

    def test_short_to_send(self) -> None:
        """A photograph takes less than half as long to send as with error diffusion."""
        picture = photograph(1600, 1200)
        diffused = np.packbits(~np.asarray(picture.convert("1")), axis=1)
        ours, theirs = (
            len(encode(Page(1600, Resolution.FINE, rows), Coding.MMR))
            for rows in (blackened(np.asarray(picture)), diffused)
        )
        self.assertLess(2 * ours, theirs)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 80), st.integers(1, 12), st.integers(0, 2**32 - 1))
    def test_any_size(self, n_rows: int, octets: int, seed: int) -> None:
        """Any grey gives rows of the same size; all white stays white and all black black."""
        grey = np.random.default_rng(seed).integers(0, 256, (n_rows, octets * 8), dtype=np.uint8)
        self.assertEqual(blackened(grey).shape, (n_rows, octets))
        self.assertFalse(blackened(np.full_like(grey, 255)).any())
        self.assertTrue((blackened(np.zeros_like(grey)) == 255).all())
        self.assertEqual(Image.fromarray(grey).size, (octets * 8, n_rows))
