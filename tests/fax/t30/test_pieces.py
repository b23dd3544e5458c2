"""Pages that are longer than the far end's paper, cut into pieces."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents.sheet import A4_ROWS
from callserver.fax.page import MAX_ROWS, WIDTHS, Resolution
from callserver.fax.t30.capabilities import Length
from callserver.fax.t30.documents import PageShape
from callserver.fax.t30.sender.pieces import SPARE_MM, Piece, pieces

SHAPES = st.builds(PageShape, st.sampled_from(WIDTHS), st.sampled_from(Resolution), st.integers(1, MAX_ROWS))
MM_AN_INCH = 25.4


class PiecesTests(SynchronousTestCase):
    @given(st.lists(SHAPES, max_size=4), st.sampled_from(WIDTHS), st.sampled_from(Length))
    def test_any_pages(self, pages: list[PageShape], widest: int, length: Length) -> None:
        """Every row of every page is in one piece, in order; none is longer on paper than that, and a little."""
        cut = {
            number: list(of_page) for number, of_page in groupby(pieces(pages, widest, length), lambda one: one.page)
        }
        self.assertEqual(list(cut), list(range(len(pages))))
        for number, page in enumerate(pages):
            ends = [page.n_rows if one.end_row is None else one.end_row for one in cut[number]]
            self.assertEqual([one.first_row for one in cut[number]], [0, *ends[:-1]])
            self.assertEqual([one.is_last for one in cut[number]], [False] * (len(ends) - 1) + [True])
            for one, end in zip(cut[number], ends, strict=True):
                mm = (end - one.first_row) / page.resolution.value * MM_AN_INCH * min(widest / page.width, 1.0)
                self.assertTrue(mm > 0 and (length is Length.UNLIMITED or mm < length.value + SPARE_MM + 0.1), mm)

    def test_a4(self) -> None:
        """An A4 page stays one, also with a header line above it, and in every resolution."""
        for resolution, rows in A4_ROWS.items():
            page = PageShape(1728, resolution, rows + round(resolution.value * 0.2))
            self.assertEqual(pieces([page], 1728, Length.A4), [Piece(0)])

    def test_a_little_longer(self) -> None:
        """Eight millimetres more than the paper are no second page, a row more are; on wider paper it is the same."""
        for widest in WIDTHS:
            longest = PageShape(1728, Resolution.FINE, 2291 + 61)
            self.assertEqual(pieces([longest], widest, Length.A4), [Piece(0)])
            longer = PageShape(1728, Resolution.FINE, 2291 + 62)
            self.assertEqual(pieces([longer], widest, Length.A4), [Piece(0, 0, 2291), Piece(0, 2291)])

    def test_a3(self) -> None:
        """An A3 page made narrow enough for A4 is no longer than that."""
        self.assertEqual(pieces([PageShape(2432, Resolution.FINE, 3241)], 1728, Length.A4), [Piece(0)])

    def test_cut(self) -> None:
        """A strip of 80 cm: three sheets of A4, three of B4, or one long one."""
        strip = PageShape(1728, Resolution.FINE, 6173)
        self.assertEqual([one.first_row for one in pieces([strip], 1728, Length.A4)], [0, 2291, 4582])
        self.assertEqual([one.first_row for one in pieces([strip], 1728, Length.B4)], [0, 2808, 5616])
        self.assertEqual(pieces([strip], 1728, Length.UNLIMITED), [Piece(0)])
