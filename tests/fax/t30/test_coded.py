"""Pages into the form of a far end, and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.t30.coded import coded, decoded
from callserver.fax.t30.documents import PageForm, ReceivedPage
from tests.fax.pages import any_pages, dithered, text_like


def through(page: Page, form: PageForm) -> Page:
    return decoded(ReceivedPage(0, form, coded(page, form)))


class CodedTests(SynchronousTestCase):
    @given(any_pages().filter(lambda page: len(page.rows) > 0), st.sampled_from(Coding), st.sampled_from([0, 96]))
    def test_round_trip(self, page: Page, coding: Coding, min_row_bits: int) -> None:
        came = through(page, PageForm(page.width, page.resolution, coding, min_row_bits))
        np.testing.assert_array_equal(came.rows, page.rows)

    def test_smaller(self) -> None:
        """What is too wide or too fine for the far end arrives smaller, with all that was black."""
        page = text_like(200, 2432, Resolution.FINE)
        came = through(page, PageForm(1728, Resolution.STANDARD, Coding.MH))
        self.assertEqual((came.width, came.resolution), (1728, Resolution.STANDARD))
        self.assertLess(len(came.rows), 100)
        self.assertTrue(came.rows.any())

    @given(any_pages().filter(lambda page: len(page.rows) > 1), st.data())
    def test_in_pieces(self, page: Page, data: st.DataObject) -> None:
        """Pieces of a page are the page, wherever it is cut."""
        cut = data.draw(st.integers(1, len(page.rows) - 1))
        form = PageForm(page.width, page.resolution, Coding.MMR)
        came = [through(page, one).rows for one in (replace(form, end_row=cut), replace(form, first_row=cut))]
        np.testing.assert_array_equal(np.concatenate(came), page.rows)

    def test_nonsense(self) -> None:
        """Octets that are no page are an error that names the page."""
        form = PageForm(1728, Resolution.FINE, Coding.MMR)
        for octets in (b"", b"\x00\x10\x01" * 10, coded(dithered(), form)[:1000] + bytes(range(256))):
            wrong = self.assertRaises(ValueError, decoded, ReceivedPage(2, form, octets))
            self.assertIn("page 3", str(wrong))
