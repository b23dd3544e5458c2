"""
A page made into what the far end can take.

A black pel stays black: what is put together is black if any of its pels is, so thin lines do not vanish.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from callserver.fax.page import Page, PelRows, Resolution

_FINEST_FIRST = (Resolution.SUPERFINE, Resolution.FINE, Resolution.STANDARD)


def reduced(page: Page, max_width: int, resolutions: Sequence[Resolution]) -> Page:
    """
    The page itself if it fits, else smaller; for a thread: a tenth of a second.

    :param max_width: pels; a wider page is made smaller in both directions, A3 on A4
    :param resolutions: that can be taken; a page coarser than all of them has its rows doubled
    """
    wanted = _nearest(page.resolution, resolutions)
    step = _FINEST_FIRST.index(wanted) - _FINEST_FIRST.index(page.resolution)
    rows = _put_together(page.rows, 2**step) if step > 0 else page.rows.repeat(2**-step, axis=0) if step else page.rows
    if page.width > max_width:
        return Page(max_width, wanted, _narrowed(rows, max_width))
    return Page(page.width, wanted, rows) if step else page


def _nearest(resolution: Resolution, resolutions: Sequence[Resolution]) -> Resolution:
    """Itself, else the finest of the coarser ones, else the coarsest of the finer ones."""
    at = _FINEST_FIRST.index(resolution)
    return next(one for one in (*_FINEST_FIRST[at:], *_FINEST_FIRST[:at][::-1]) if one in resolutions)


def _put_together(rows: PelRows, n: int) -> PelRows:
    return np.bitwise_or.reduceat(rows, np.arange(0, len(rows), n)) if len(rows) else rows


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
