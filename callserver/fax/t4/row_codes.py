"""
One row out of its codes: the changing elements, each code one look-up.

What is at each bit of the stream is there as a list of 13-bit numbers (`bits.windows_of`), so a code is one index into
a table, whatever its length. Past the end of that list is an IndexError: the row is not whole yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from callserver.fax.t4.codes import (
    BLACK_MAKE_UP,
    BLACK_TERMINATING,
    HORIZONTAL,
    LONG_MAKE_UP,
    LONGEST_CODE,
    PASS,
    VERTICAL,
    WHITE_MAKE_UP,
    WHITE_TERMINATING,
)

Changes = list[int]  # columns; the even ones turn to black
_V0 = 1 << LONGEST_CODE - 1  # a window of at least this begins with a 1
_PASS, _HORIZONTAL, _VERTICAL_0 = 1, 2, 8  # vertical: 8 and so many to the right


class BadRow(Exception):
    """No row has these codes."""


def one_dimensional(windows: Sequence[int], at: int, width: int) -> tuple[Changes, int]:
    """
    :param at: the bit where the row begins
    :return: the row, and the bit after it
    """
    changes: Changes = []
    column, black = 0, False
    while column < width or not changes:
        span, at = _run(windows, at, _BLACK if black else _WHITE)
        column += span
        changes.append(column)
        black = not black
    if column > width:
        raise BadRow
    return _cleaned(changes, width), at


def two_dimensional(windows: Sequence[int], at: int, above: Sequence[int], width: int) -> tuple[Changes, int]:
    """
    :param above: the row above, from `as_reference`
    :return: the row, and the bit after it
    """
    changes: Changes = []
    column, black, b = 0, 0, 0  # above[b] is b1: beyond the column, or at 0 for the start, and to the other colour
    while column < width:
        window = windows[at]
        mode, n_bits = (_VERTICAL_0, 1) if window >= _V0 else _MODES[window]
        at += n_bits
        if mode > _HORIZONTAL:
            a1 = above[b] + mode - _VERTICAL_0
            if not column <= a1 <= width:
                raise BadRow
            column = a1
            changes.append(column)
            black = not black
            b = b - 1 if b else 1
        elif mode == _HORIZONTAL:
            first, at = _run(windows, at, _BLACK if black else _WHITE)
            second, at = _run(windows, at, _WHITE if black else _BLACK)
            changes += column + first, column + first + second
            column += first + second
        elif mode == _PASS and above[b + 1] < width:
            column = above[b + 1]
            b += 2
        else:
            raise BadRow
        if column < width:
            while above[b] <= column:
                b += 2
    if column > width:
        raise BadRow
    return _cleaned(changes, width), at


def as_reference(changes: Changes, width: int) -> list[int]:
    """A row as the one above the next: with changing elements past its end enough for any search."""
    return [*changes, width, width, width, width]


def packed(changes: Changes, width: int) -> bytes:
    """The pels of a row, as in `Page`."""
    masks = _masks(width)
    row = 0
    for column in changes:
        row ^= masks[column]
    return row.to_bytes(width // 8, "big")


def _run(windows: Sequence[int], at: int, table: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A run's pels, and the bit after it. A run that goes on and on ends with the codes' bits."""
    span, n_bits = table[windows[at]]
    at += n_bits
    total = span
    while span >= 64:
        span, n_bits = table[windows[at]]
        at += n_bits
        total += span
    if span < 0:
        raise BadRow
    return total, at


def _cleaned(changes: Changes, width: int) -> Changes:
    """Without the end of the row, and without runs of no pels, whose two changes are none."""
    while changes and changes[-1] == width:
        changes.pop()
    if len(set(changes)) == len(changes):
        return changes
    kept: Changes = []
    for column in changes:
        if kept and kept[-1] == column:
            kept.pop()
        else:
            kept.append(column)
    return kept


@cache
def _masks(width: int) -> list[int]:
    """All pels from a column on."""
    return [(1 << width - column) - 1 for column in range(width)]


def _table(codes: Iterable[tuple[str, int]], unknown: tuple[int, int]) -> list[tuple[int, int]]:
    """What begins with each code: its meaning and its bits."""
    table = [unknown] * (1 << LONGEST_CODE)
    for code, meaning in codes:
        rest = LONGEST_CODE - len(code)
        first = int(code, 2) << rest
        table[first : first + (1 << rest)] = [(meaning, len(code))] * (1 << rest)
    return table


def _run_table(terminating: list[str], make_up: list[str]) -> list[tuple[int, int]]:
    spans = [*range(64), *range(64, 2561, 64)]
    return _table(zip(terminating + make_up + LONG_MAKE_UP, spans, strict=True), unknown=(-1, 0))


_WHITE = _run_table(WHITE_TERMINATING, WHITE_MAKE_UP)
_BLACK = _run_table(BLACK_TERMINATING, BLACK_MAKE_UP)
_MODES = _table(
    [(PASS, _PASS), (HORIZONTAL, _HORIZONTAL), *((code, _VERTICAL_0 + right) for right, code in VERTICAL.items())],
    unknown=(0, 0),
)
