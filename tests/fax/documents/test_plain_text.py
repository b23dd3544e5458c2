"""Text is set as on a typewriter, Chinese too."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents.plain_text import columns_of, decoded_text, folded, text_pages
from callserver.fax.documents.sheet import WIDTH, Sheet
from callserver.fax.page import Resolution
from callserver.wire.catalogue import Complaint

SHEET = Sheet(Resolution.FINE)


def lines_of(black: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The rows of each line of text."""
    filled = np.flatnonzero(np.diff(black.any(axis=1).astype(np.int8), prepend=0, append=0))
    return [black[top:end] for top, end in filled.reshape(-1, 2)]


class PlainTextTests(SynchronousTestCase):
    def test_fold(self) -> None:
        """Lines break between words, between any two Chinese characters, and inside a word only if it is too long."""
        self.assertEqual(list(folded("the quick brown fox", 10)), ["the quick", "brown fox"])
        self.assertEqual(list(folded("订单已发货请查收", 10)), ["订单已发货", "请查收"])
        self.assertEqual(list(folded("订单abc发货ab", 8)), ["订单abc", "发货ab"])
        self.assertEqual(list(folded("unbelievable", 5)), ["unbel", "ievab", "le"])
        self.assertEqual(list(folded("", 5)), [""])

    @given(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.integers(4, 40))
    def test_any_fold(self, line: str, n_columns: int) -> None:
        """No piece is too wide, and nothing but blanks is lost."""
        pieces = list(folded(line, n_columns))
        for piece in pieces:
            self.assertLessEqual(sum(map(columns_of, piece)), n_columns)
        self.assertEqual("".join("".join(pieces).split()), "".join(line.split()))

    def test_pages(self) -> None:
        """A page has 50 lines; a form feed begins another; a page ends with its last line."""
        first, second, third = text_pages("line\n" * 58 + "\fnew page\n", SHEET)
        self.assertEqual(first.shape[1], WIDTH)
        self.assertGreater(len(first), 2000)
        self.assertLess(len(second), 500)
        self.assertLess(len(third), 300)

    def test_columns(self) -> None:
        """Chinese fills the lines, and what stands in one column is drawn so, whatever is before it."""
        (sheet,) = text_pages("龙" * 200 + "\n" + "a" * 10 + "|\n" + "茶" * 5 + "|", SHEET)
        black = sheet < 128
        right_edges = [np.flatnonzero(band.any(axis=0))[-1] for band in lines_of(black)]
        self.assertGreater(right_edges[0], WIDTH - SHEET.margin_columns - 40)
        self.assertApproximates(right_edges[-1], right_edges[-2], 1)

    def test_no_text(self) -> None:
        """Octets that are no text in any encoding are refused."""
        for octets in (b"\x00\x01\x02", b"\xff\xff\xff", b"abc\x00"):
            self.assertRaises(Complaint, decoded_text, octets)
