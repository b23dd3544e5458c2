"""
The codes of T.4 and T.6 into a page, as they come from the line.

MH and MR: an EOL cannot occur inside a row's codes, so the stream is cut at EOLs first and each piece is decoded by
itself. That is the resynchronisation: what a wrong bit spoils ends at the next EOL. A piece that is not exactly a row
is a bad row, shown as a copy of the row above; in MR the rows after it are bad as well until one that is coded in one
dimension, because they were coded against a row that is not there.

MMR has nothing to find one's way by: after codes that no row has nothing can be read.

Bounds: at most MAX_ROWS rows, kept packed; at most `_MAX_ROW_OCTETS` of the stream wait for a row's end. So 30 KB of
T.6 that stand for 172 MB of pels stay under 3 MB.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from callserver.fax.page import MAX_ROWS, Coding, Page, Resolution
from callserver.fax.t4.bits import windows_of
from callserver.fax.t4.codes import EOL
from callserver.fax.t4.row_codes import BadRow, Changes, as_reference, one_dimensional, packed, two_dimensional
from callserver.fax.t4.turns import resting

_PIECE_OCTETS = 256
_MAX_ROW_OCTETS = {
    Coding.MH: 12_000,  # a row may last 5 s with its fill: 9000 octets at 14 400 bit/s
    Coding.MR: 12_000,
    Coding.MMR: 4000,  # 7 bits a pel are the most, and no fill
}
_EOLS_OF_AN_END = 2  # so many rows without anything are RTC
_EOL_BITS = len(EOL)
_PADDING = bytes(4)


def decode(octets: bytes, width: int, coding: Coding) -> Decoder:
    """All of a page, finished: for a thread, which rests after each piece (see `turns`)."""
    decoder = Decoder(width, coding)
    for place in resting(range(0, len(octets), _PIECE_OCTETS)):
        decoder.feed(octets[place : place + _PIECE_OCTETS])
    decoder.finish()
    return decoder


class Decoder:
    """
    One page. `feed` it what comes, cut anywhere; `finish` when no more will come; then `page`.

    In the reactor feed at most 256 octets a call, which take under 5 ms. A thread has `decode`.
    """

    def __init__(self, width: int, coding: Coding) -> None:
        self.over = False  # RTC or EOFB was seen, or no more can be taken: what is fed is ignored
        self.broken = False  # the codes of MMR ceased to make sense: the page ends there
        self.too_long = False  # there is more than the MAX_ROWS that were kept
        self.bad_rows = self.longest_bad_run = 0
        self._width, self._coding = width, coding
        self._waiting, self._start = b"", 0  # octets, and the bit in them where the next row begins
        self._begun, self._flat, self._n_empty = False, True, 0
        self._lost, self._bad_run = False, 0
        self._rows, self._reference = bytearray(), as_reference([], width)

    @property
    def n_rows(self) -> int:
        return len(self._rows) * 8 // self._width

    def page(self, resolution: Resolution) -> Page:
        """All rows there are by now."""
        rows = np.frombuffer(bytes(self._rows), np.uint8).reshape(-1, self._width // 8)
        return Page(self._width, resolution, rows)

    def feed(self, octets: bytes) -> None:
        """Some octets in the order of the line, the lowest bit of each first."""
        for place in range(0, len(octets), _PIECE_OCTETS):
            if self.over:
                return
            self._take(octets[place : place + _PIECE_OCTETS])

    def finish(self) -> None:
        """The carrier or the file has ended: a last row that is whole, but has no EOL after it, is one."""
        if self.over:
            return
        n_bits = len(self._waiting) * 8
        self._take(_PADDING)
        if self._coding is not Coding.MMR and not self.over:
            windows = windows_of(self._waiting).tolist()
            if self._start < n_bits and any(windows[self._start : n_bits : 13]):
                self._last_row(windows, n_bits)
        self.over = True

    def _take(self, octets: bytes) -> None:
        self._waiting += octets
        windows = windows_of(self._waiting)[: 1 - 13]  # those that are whole
        if self._coding is Coding.MMR:
            self._rows_in_a_row(windows.tolist())
        else:
            eols = np.flatnonzero(windows[self._start :] >> 1 == 1) + self._start
            if len(eols):
                self._rows_between(windows.tolist(), eols.tolist())
        whole = min(self._start // 8, len(self._waiting))
        self._waiting, self._start = self._waiting[whole:], self._start - whole * 8
        if len(self._waiting) > _MAX_ROW_OCTETS[self._coding]:
            self._no_end()

    def _no_end(self) -> None:
        if self._coding is Coding.MMR:
            self.broken = self.over = True
        else:
            self._waiting, self._start = self._waiting[-2:], 0
            self._bad_row()

    # MH and MR

    def _rows_between(self, windows: Sequence[int], eols: Sequence[int]) -> None:
        for eol in eols:
            if eol < self._start:
                continue  # a tag of MR and zeros after it look like an EOL
            self._row_before(windows, eol)
            if self.over:
                return
            self._flat = self._coding is Coding.MH or bool(windows[eol] & 1)
            self._start = eol + _EOL_BITS + (self._coding is Coding.MR)

    def _row_before(self, windows: Sequence[int], eol: int) -> None:
        """What lies between the last EOL and this: a row, or nothing, or what is left of a row."""
        begun, self._begun = self._begun, True
        if not _anything(windows, self._start, eol):
            self._n_empty += begun
            self.over = self._n_empty >= _EOLS_OF_AN_END
            return
        if self._n_empty:
            self._n_empty = 0
            self._bad_row()
        row = self._row_of(windows, self._start, eol)
        if row is not None:
            self._good_row(row)
        elif begun:  # what comes before the first EOL is the end of the training, and no row
            self._bad_row()

    def _row_of(self, windows: Sequence[int], start: int, end: int) -> Changes | None:
        if self._lost and not self._flat:
            return None
        try:
            if self._flat:
                row, at = one_dimensional(windows, start, self._width)
            else:
                row, at = two_dimensional(windows, start, self._reference, self._width)
        except (BadRow, IndexError):  # at the latest at the zeros of the EOL, after which there may be nothing yet
            return None
        return row if at <= end and not _anything(windows, at, end) else None

    def _last_row(self, windows: Sequence[int], end: int) -> None:
        row = self._row_of(windows, self._start, end)
        if row is not None:
            self._good_row(row)

    # MMR

    def _rows_in_a_row(self, windows: Sequence[int]) -> None:
        try:
            while not self.over:
                if windows[self._start] >> 1 == 1:  # the first EOL of EOFB
                    self.over = True
                    return
                row, self._start = two_dimensional(windows, self._start, self._reference, self._width)
                self._good_row(row)
        except IndexError:
            pass  # the row is not whole
        except BadRow:
            self.over = self.broken = any(windows[self._start :])  # zeros may be filling, after which no more comes

    # rows

    def _good_row(self, row: Changes) -> None:
        self._lost, self._bad_run = False, 0
        self._reference = as_reference(row, self._width)
        self._keep(packed(row, self._width))

    def _bad_row(self) -> None:
        self._lost = True
        self.bad_rows += 1
        self._bad_run += 1
        self.longest_bad_run = max(self.longest_bad_run, self._bad_run)
        row_octets = self._width // 8
        self._keep(bytes(self._rows[-row_octets:]) or bytes(row_octets))

    def _keep(self, row: bytes) -> None:
        if self.n_rows < MAX_ROWS:
            self._rows += row
        else:
            self.over = self.too_long = True


def _anything(windows: Sequence[int], start: int, eol: int) -> bool:
    """Is there a 1 before the EOL? (The window one before it ends with the EOL's own.)"""
    return any(window > 1 for window in windows[start:eol:13])
