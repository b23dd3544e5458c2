"""
Pages longer than the far end's paper are sent in several pieces, each a page of its own on the line.

For the shop they stay one page: it is confirmed with its last piece, and sent again from its first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callserver.fax.t30.capabilities import Length
from callserver.fax.t30.documents import PageShape

MM_AN_INCH = 25.4
SPARE_MM = 8.0  # no second page for so little: a header above an A4 page has 5 mm


@dataclass(frozen=True)
class Piece:
    """Some rows of a page."""

    page: int  # from 0
    first_row: int = 0
    end_row: int | None = None  # None: to the end of the page, so the last piece

    @property
    def is_last(self) -> bool:
        """Of its page."""
        return self.end_row is None


def pieces(pages: Sequence[PageShape], widest: int, length: Length) -> list[Piece]:
    """
    Of all pages, in their order; of one that fits there is one.

    :param widest: in pels; a wider page is made smaller, and so becomes shorter too
    """
    return [piece for number, page in enumerate(pages) for piece in _cut(number, page, widest, length)]


def _cut(number: int, page: PageShape, widest: int, length: Length) -> Iterator[Piece]:
    enlarged = max(page.width / widest, 1.0)
    most = int(length.value * enlarged * page.resolution.value / MM_AN_INCH)
    spare = int(SPARE_MM * enlarged * page.resolution.value / MM_AN_INCH)
    first = 0
    while length is not Length.UNLIMITED and page.n_rows - first > most + spare:
        yield Piece(number, first, first + most)
        first += most
    yield Piece(number, first)
