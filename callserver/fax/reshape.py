"""
A page made into what the far end can take.

A black pel stays black: what is put together is black if any of its pels is, so thin lines do not vanish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from callserver.fax.page import Page, PelRows, Resolution

_FINEST_FIRST = (Resolution.SUPERFINE, Resolution.FINE, Resolution.STANDARD)


def reduced(page: Page, max_width: int, resolutions: Sequence[Resolution]) -> Page:
    """
    The page itself if it fits, else smaller; for a thread: a tenth of a second.

    :param max_width: pels; a wider page is made smaller in both directions, A3 on A4
    :param resolutions: that can be taken; one that is coarser than the page's is among them, as STANDARD always is
    """
    coarser = _FINEST_FIRST[_FINEST_FIRST.index(page.resolution) :]
    while page.resolution not in resolutions:
        coarser = coarser[1:]
        page = replace(page, resolution=coarser[0], rows=_rows_in_twos(page.rows))
    return page if page.width <= max_width else replace(page, width=max_width, rows=_narrowed(page.rows, max_width))


def _rows_in_twos(rows: PelRows) -> PelRows:
    return np.bitwise_or.reduceat(rows, np.arange(0, len(rows), 2)) if len(rows) else rows


def _narrowed(rows: PelRows, width: int) -> PelRows:
    n_rows = -(-len(rows) * width // (rows.shape[1] * 8))
    if not n_rows:
        return rows[:, : width // 8]
    fewer = np.bitwise_or.reduceat(rows, _starts(len(rows), n_rows))
    pels = np.unpackbits(fewer, axis=1)
    return np.packbits(np.bitwise_or.reduceat(pels, _starts(pels.shape[1], width), axis=1), axis=1)


def _starts(n_from: int, n_to: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Of so many, put together to fewer: the first of each."""
    return np.arange(n_to) * n_from // n_to
