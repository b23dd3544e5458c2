"""
Pages into the codes of T.4 and T.6.

All rows of a band are coded at once in numpy, also in two dimensions: see `modes`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callserver.fax.page import Coding, Page, PelRows, Resolution
from callserver.fax.t4.bits import BitPacker, Codes
from callserver.fax.t4.codes import BLACK_RUNS, EOL, HORIZONTAL, PASS, VERTICAL, WHITE_RUNS
from callserver.fax.t4.modes import Modes, modes_of
from callserver.fax.t4.runs import Booleans, Integers, Runs, runs_of
from callserver.fax.t4.turns import resting

ROWS_A_BAND = 8  # of noise, a row takes half a millisecond
K = {Resolution.STANDARD: 2, Resolution.FINE: 4, Resolution.SUPERFINE: 8}  # MR: one row in so many is one-dimensional
N_EOLS_OF_RTC = 6
_EOL_VALUE, _EOL_BITS = int(EOL, 2), len(EOL)
_RUN_VALUES = np.array([[int(code, 2) for code in codes] for codes in (WHITE_RUNS, BLACK_RUNS)])
_RUN_BITS = np.array([[len(code) for code in codes] for codes in (WHITE_RUNS, BLACK_RUNS)])
_VERTICAL_VALUES = np.array([int(VERTICAL[right], 2) for right in range(-3, 4)])
_VERTICAL_BITS = np.array([len(VERTICAL[right]) for right in range(-3, 4)])


def encode(page: Page, coding: Coding, min_row_bits: int = 0) -> bytes:
    """As `encode_in_bands`, all of it: for a thread, which rests after each piece (see `turns`)."""
    return b"".join(resting(encode_in_bands(page, coding, min_row_bits)))


def encode_in_bands(page: Page, coding: Coding, min_row_bits: int = 0) -> Iterator[bytes]:
    """
    A page to its end, RTC or EOFB, piece by piece: each is at most 5 ms of work, so the reactor may do it.

    :param min_row_bits: the minimum scan line time as bits: a row and its EOL are filled up with zeros to so many
    :return: octets in the order of the line, the lowest bit of each first
    """
    packer = BitPacker()
    k = {Coding.MH: 1, Coding.MR: K[page.resolution], Coding.MMR: 0}[coding]
    if k:
        yield packer.pack(_eols(1, coding).bits())
    above = np.zeros((1, page.width // 8), np.uint8)
    for top in range(0, len(page.rows), ROWS_A_BAND):
        band = page.rows[top : top + ROWS_A_BAND]
        one_dimensional = _one_dimensional(top, len(band) + 1, len(page.rows), k)
        codes, row = _band(band, above, one_dimensional[:-1])
        if k:
            codes = _with_eols(codes, row, _eol(one_dimensional[1:], coding), min_row_bits)
        yield packer.pack(codes.bits())
        above = band[-1:]
    yield packer.pack(_eols(N_EOLS_OF_RTC - 1 if k else 2, coding).bits()) + packer.flush()


def _one_dimensional(top: int, n: int, n_rows: int, k: int) -> Booleans:
    """Of the rows from `top` on, which are coded in one dimension; past the last is RTC, whose EOLs say so too."""
    row = np.arange(top, top + n)
    return (row % k == 0) | (row >= n_rows) if k else np.zeros(n, np.bool_)


def _band(rows: PelRows, above: PelRows, one_dimensional: Booleans) -> tuple[Codes, Integers]:
    """The codes of a band without EOLs, and the row of each code."""
    runs = runs_of(rows)
    modes = modes_of(runs, runs_of(np.concatenate([above, rows[:-1]])), one_dimensional)
    n_codes = np.where(modes.met, modes.passes + 1 + modes.horizontal, 0)
    place = np.cumsum(n_codes) - n_codes
    values = np.full(int(n_codes.sum()), int(PASS, 2), np.int64)
    lengths = np.full(len(values), len(PASS), np.int64)
    for run, code_place, value, length in _single_codes(runs, modes):
        values[place[run] + code_place], lengths[place[run] + code_place] = value, length
    return Codes(values, lengths), np.repeat(runs.row, n_codes)


def _single_codes(runs: Runs, modes: Modes) -> Iterator[tuple[Integers, Integers, Integers, Integers]]:
    """All codes but those of pass mode: the runs they belong to, their place after the run's first code, the codes."""
    plain = np.flatnonzero(modes.plain)
    span = runs.end[plain] - runs.start[plain], runs.black[plain]
    yield plain, np.zeros_like(plain), *_run_codes(*span)
    vertical = np.flatnonzero(modes.met & ~modes.plain & ~modes.horizontal)
    right = modes.right_of_b1[vertical] + 3
    yield vertical, modes.passes[vertical], _VERTICAL_VALUES[right], _VERTICAL_BITS[right]
    horizontal = np.flatnonzero(modes.met & modes.horizontal)
    black = runs.black[horizontal]
    value, length = _run_codes(runs.end[horizontal] - modes.a0[horizontal], black)
    yield horizontal, modes.passes[horizontal], value | int(HORIZONTAL, 2) << length, length + len(HORIZONTAL)
    yield horizontal, modes.passes[horizontal] + 1, *_run_codes(modes.a2[horizontal] - runs.end[horizontal], 1 - black)


def _run_codes(n_pels: Integers, black: Integers) -> tuple[Integers, Integers]:
    return _RUN_VALUES[black, n_pels], _RUN_BITS[black, n_pels]


def _eol(next_one_dimensional: Booleans, coding: Coding) -> Codes:
    """EOLs; in MR each with the tag bit of the row that comes next."""
    if coding is Coding.MR:
        return Codes(_EOL_VALUE << 1 | next_one_dimensional, np.full(len(next_one_dimensional), _EOL_BITS + 1))
    return Codes(np.full(len(next_one_dimensional), _EOL_VALUE), np.full(len(next_one_dimensional), _EOL_BITS))


def _eols(n: int, coding: Coding) -> Codes:
    return _eol(np.ones(n, np.bool_), coding)


def _with_eols(codes: Codes, row: Integers, eols: Codes, min_row_bits: int) -> Codes:
    """After each row its EOL; the fill is zeros in front of it, so only a longer code of the same value."""
    n_rows = len(eols.values)
    row_bits = np.bincount(row, codes.lengths, n_rows).astype(np.int64)
    filled = np.maximum(eols.lengths, min_row_bits - row_bits)
    after = np.searchsorted(row, np.arange(n_rows), "right")
    return Codes(np.insert(codes.values, after, eols.values), np.insert(codes.lengths, after, filled))
