"""
Grey into black and white.

Text and drawings get a threshold: a dither makes them illegible. Photographs get a dither: of a threshold they become
blots. A page often has both, so it is decided for each tile of the page. In text grey is only where a stroke ends, one
or two pels wide; in a photograph whole neighbourhoods are grey. Where a grey is one and the same, and something is
written on it, as in the head of a table, it becomes white.

The dither is a screen of dots at 45 degrees, as newspapers print pictures: fax machines print single pels badly, and
error diffusion, whose pels lie as they fall, takes five times as long to send (a portrait 372 s against 72).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callserver.fax.documents.sheet import Grey
from callserver.fax.page import PelRows

_THRESHOLD = 160  # above the middle, so that thin strokes, grey from smoothing, stay
_MIDDLE = 48, 208  # what is neither ink nor paper
_TILE = 24  # columns and rows: a large letter
_SURE, _BESIDE = 0.2, 0.02  # so much of a tile lies within grey: a photograph; a part of one if beside it
_SCREEN_PELS = 8


def blackened(grey: Grey) -> PelRows:
    """:param grey: its width a multiple of 8"""
    black = grey < _THRESHOLD
    photograph = _photographs(grey)
    if photograph.any():
        rows, columns = np.ogrid[: grey.shape[0], : grey.shape[1]]
        dithered = grey < _SCREEN[rows % _SCREEN_PELS, columns % _SCREEN_PELS]
        black = np.where(photograph, dithered, black)
    return np.packbits(black, axis=1)


def _photographs(grey: Grey) -> NDArray[np.bool_]:
    """Of each pel: it belongs to a photograph."""
    tiled = np.pad(grey, [(0, -n % _TILE) for n in grey.shape], mode="edge")
    middle = (tiled > _MIDDLE[0]) & (tiled < _MIDDLE[1])
    within = _with_neighbours(middle, np.logical_and)
    n_rows, n_columns = (n // _TILE for n in tiled.shape)
    share = within.reshape(n_rows, _TILE, n_columns, _TILE).mean(axis=(1, 3))
    sure = share > _SURE
    tiles = sure | (_with_neighbours(sure, np.logical_or) & (share > _BESIDE))
    by_tile = tiled.reshape(n_rows, _TILE, n_columns, _TILE).swapaxes(1, 2).reshape(n_rows, n_columns, -1)
    tiles[tiles] = ~_written_on(by_tile[tiles])
    return np.kron(tiles, np.ones((_TILE, _TILE), np.bool_))[: grey.shape[0], : grey.shape[1]]


def _written_on(tiles: Grey) -> NDArray[np.bool_]:
    """Of each tile, a row of pels: most of it is one grey that the threshold makes white, and there is ink on it."""
    ground = np.median(tiles, axis=1)
    is_flat = (tiles == ground[:, None]).mean(axis=1) > 0.5
    is_pale = (ground > _THRESHOLD) & (ground < _MIDDLE[1])
    has_ink = (tiles < _THRESHOLD - 40).any(axis=1)
    written: NDArray[np.bool_] = is_flat & is_pale & has_ink
    return written


def _with_neighbours(mask: NDArray[np.bool_], both: np.ufunc) -> NDArray[np.bool_]:
    """Each element and the eight around it, all (logical_and) or any (logical_or) of them."""
    for axis in (0, 1):
        edged = np.pad(mask, [(1, 1) if axis == one else (0, 0) for one in (0, 1)], mode="edge")
        n = mask.shape[axis]
        mask = both(both(edged.take(range(n), axis), mask), edged.take(range(2, n + 2), axis))
    return mask


def _screen() -> Grey:
    """Thresholds for each pel of a square with two dots, which grow from their middles as it gets darker."""
    x, y = np.meshgrid(np.arange(_SCREEN_PELS), np.arange(_SCREEN_PELS))
    turn = 2 * np.pi / _SCREEN_PELS
    height = np.cos(turn * (x + y)) + np.cos(turn * (x - y)) + 1e-3 * np.cos(turn * x + 1) + 1e-4 * np.sin(turn * y)
    rank = height.ravel().argsort().argsort().reshape(height.shape)
    thresholds: Grey = ((rank + 0.5) * 256 / rank.size).astype(np.uint8)
    return thresholds


_SCREEN = _screen()
