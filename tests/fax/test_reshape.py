"""Pages made smaller for a machine that cannot take them as they are."""

import numpy as np
from hypothesis import given, settings
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import Page, Resolution
from callserver.fax.reshape import reduced
from tests.fax.pages import any_pages, text_like

STANDARD, FINE, SUPERFINE = Resolution.STANDARD, Resolution.FINE, Resolution.SUPERFINE


class ReducedTests(SynchronousTestCase):
    def test_fits(self) -> None:
        """A page that the far end can take is sent as it is."""
        page = text_like()
        self.assertIs(reduced(page, 2048, (STANDARD, FINE)), page)

    def test_fine_to_standard(self) -> None:
        """Two fine rows become one standard row, black where either is."""
        page = text_like(101)
        smaller = reduced(page, 1728, (STANDARD,))
        self.assertEqual((smaller.resolution, len(smaller.rows)), (STANDARD, 51))
        np.testing.assert_array_equal(smaller.rows[:50], page.rows[0:100:2] | page.rows[1:100:2])

    def test_superfine(self) -> None:
        """A superfine page becomes fine where the far end has that, else standard."""
        page = text_like(400, resolution=SUPERFINE)
        fine, standard = reduced(page, 1728, (STANDARD, FINE)), reduced(page, 1728, (STANDARD,))
        self.assertEqual((fine.resolution, len(fine.rows)), (FINE, 200))
        self.assertEqual((standard.resolution, len(standard.rows)), (STANDARD, 100))

    def test_too_coarse(self) -> None:
        """A standard page in a session of fine ones has each row twice."""
        page = text_like(100, resolution=STANDARD)
        finer = reduced(page, 1728, (FINE,))
        self.assertEqual((finer.resolution, len(finer.rows)), (FINE, 200))
        np.testing.assert_array_equal(finer.rows[::2], page.rows)
        np.testing.assert_array_equal(finer.rows[1::2], page.rows)

    def test_a3_on_a4(self) -> None:
        """An A3 page becomes smaller in both directions, so what was square stays square."""
        pels = np.zeros((2432, 2432), np.bool_)
        pels[1000:1512, 1000:1512] = True
        smaller = reduced(Page(2432, FINE, np.packbits(pels, axis=1)), 1728, (FINE,))
        black = np.unpackbits(smaller.rows, axis=1)
        self.assertEqual(black.shape, (1728, 1728))
        self.assertEqual(black.any(axis=0).sum(), black.any(axis=1).sum())

    @settings(max_examples=100, deadline=None)
    @given(any_pages())
    def test_thin_lines(self, page: Page) -> None:
        """Nothing black vanishes, be it a single pel."""
        smaller = reduced(page, 1728, (STANDARD,))
        self.assertEqual((smaller.width, smaller.resolution), (1728, STANDARD))
        self.assertEqual(smaller.rows.any(), page.rows.any())
