"""Pages to code and to send: what an office sends, and what hypothesis thinks of."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from callserver.fax.page import WIDTHS, Page, Resolution


def text_like(n_rows: int = 300, width: int = 1728, resolution: Resolution = Resolution.FINE, seed: int = 1) -> Page:
    """Lines of strokes with white between them: about as dense as a typed letter."""
    rng = np.random.default_rng(seed)
    pels = np.zeros((n_rows, width), np.bool_)
    for top in range(20, n_rows - 20, 34):
        for column in range(60, width - 80, 18):
            left, right = sorted(rng.integers(0, 16, 2))
            upper, lower = sorted(rng.integers(0, 24, 2))
            pels[top + upper : top + lower, column + left : column + left + 3] = True
            pels[top + upper : top + upper + 3, column + left : column + right] = True
    return Page(width, resolution, np.packbits(pels, axis=1))


def dithered(n_rows: int = 60, width: int = 1728, seed: int = 1) -> Page:
    """A photograph at its worst: noise."""
    rows = np.random.default_rng(seed).integers(0, 256, (n_rows, width // 8), dtype=np.uint8)
    return Page(width, Resolution.FINE, rows)


def blank(n_rows: int = 100, width: int = 1728) -> Page:
    return Page(width, Resolution.FINE, np.zeros((n_rows, width // 8), np.uint8))


@st.composite
def any_pages(draw: st.DrawFn, max_rows: int = 12) -> Page:
    """Rows as hypothesis likes them: of runs that often lie near those above, so that each mode of T.6 is used."""
    width = draw(st.sampled_from(WIDTHS))
    n_rows = draw(st.integers(0, max_rows))
    changes: list[int] = []
    pels = np.zeros((n_rows, width), np.bool_)
    for row in range(n_rows):
        moved = [column + draw(st.integers(-4, 4)) for column in changes if draw(st.integers(0, 4))]
        changes = sorted(moved + draw(st.lists(st.integers(0, width - 1), max_size=3)))
        for column in changes:
            pels[row, max(column, 0) :] ^= True
    return Page(width, draw(st.sampled_from(Resolution)), np.packbits(pels, axis=1))
