"""Pages out of TIFF-F files, whoever wrote them: MH, MR and MMR, in strips, either way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from callserver.fax.page import MAX_ROWS, WIDTHS, Coding, Page, PelRows, Resolution
from callserver.fax.t4.bits import REVERSED
from callserver.fax.t4.decoder import decode
from callserver.fax.tiff.directory import BYTE_ORDERS, Directory, Tag, TiffError, directories
from callserver.wire.catalogue import N_

_CENTIMETRE, _CM_AN_INCH = 3, 2.54
_ABOUT = 0.05  # 200 and 204, 100 and 98, 400 and 391 lines to the inch are the same to a fax machine
_MR, _UNCOMPRESSED = 1, 2  # bits of T4Options; in T6Options 2 as well
_MAX_ROW_OCTETS = 12_000  # five seconds of fill at 14 400 bit/s, and the codes
_MAX_BAD_SHARE = 0.1


class NoFaxTiff(TiffError):
    """A TIFF file, but of pictures that no fax machine has: other sizes, colours, codes."""


@dataclass(frozen=True)
class StoredPage:
    """A page as it stands in the file."""

    number: int  # from 1
    width: int
    n_rows: int
    resolution: Resolution
    coding: Coding
    low_bit_first: bool  # in its octets
    black_is_zero: bool
    strips: tuple[tuple[int, int, int], ...]  # offset, octets, rows
    bad_rows: int = 0  # as a receiver has counted them


def read_tiff(path: Path) -> Iterator[Page]:
    """
    Page by page; half a second each, so for a thread.

    :raises TiffError: at the first page that cannot be read
    :raises OSError: the file cannot
    """
    with path.open("rb") as file:
        for stored in stored_pages(file):
            yield decoded(file, stored)


def is_fax_tiff(path: Path) -> bool:
    """Or it is something else, such as a TIFF file of other pictures; a damaged one is a fax until it is read."""
    with path.open("rb") as file:
        if file.read(4) not in BYTE_ORDERS:
            return False
        try:
            return bool(list(stored_pages(file)))
        except NoFaxTiff:
            return False
        except TiffError:
            return True


def stored_pages(file: BinaryIO) -> Iterator[StoredPage]:
    """
    What there is, without decoding it.

    :raises TiffError: at the first page that is none
    """
    size = file.seek(0, 2)
    file.seek(0)
    for number, directory in enumerate(directories(file), 1):
        yield _stored_page(number, directory, size)


def octets_of(file: BinaryIO, offset: int, n_octets: int) -> bytes:
    file.seek(offset)
    return file.read(n_octets)


def decoded(file: BinaryIO, stored: StoredPage) -> Page:
    """:raises TiffError: the page has fewer rows than it says, or too many are bad"""
    rows = [_strip(file, stored, *strip) for strip in stored.strips]
    page_rows = np.concatenate(rows) if rows else np.zeros((0, stored.width // 8), np.uint8)
    return Page(stored.width, stored.resolution, ~page_rows if stored.black_is_zero else page_rows)


def _strip(file: BinaryIO, stored: StoredPage, offset: int, n_octets: int, n_rows: int) -> PelRows:
    octets = octets_of(file, offset, n_octets)
    decoder = decode(octets if stored.low_bit_first else octets.translate(REVERSED), stored.width, stored.coding)
    rows = decoder.page(stored.resolution).rows[:n_rows]
    if len(rows) < n_rows or decoder.bad_rows > n_rows * _MAX_BAD_SHARE:
        good = min(len(rows), decoder.n_rows - decoder.bad_rows)
        raise TiffError(
            N_("page {page} is damaged: it says {rows} rows and {good} can be read"),
            page=stored.number,
            rows=n_rows,
            good=good,
        )
    return rows


def _stored_page(number: int, directory: Directory, file_octets: int) -> StoredPage:
    width, n_rows = directory.number(Tag.IMAGE_WIDTH, 0), directory.number(Tag.IMAGE_LENGTH, 0)
    pels = (directory.number(Tag.BITS_PER_SAMPLE, 1), directory.number(Tag.SAMPLES_PER_PIXEL, 1))
    if width not in WIDTHS or pels != (1, 1):
        raise NoFaxTiff(N_("page {page} is {width} pels wide, which no fax machine prints"), page=number, width=width)
    if not 0 < n_rows <= MAX_ROWS:
        raise TiffError(N_("page {page} says it has {rows} rows"), page=number, rows=n_rows)
    return StoredPage(
        number,
        width,
        n_rows,
        _resolution(number, directory),
        _coding(number, directory),
        directory.number(Tag.FILL_ORDER, 1) == 2,
        directory.number(Tag.PHOTOMETRIC, 0) == 1,
        _strips(number, directory, n_rows, file_octets),
        directory.number(Tag.BAD_FAX_LINES, 0),
    )


def _resolution(number: int, directory: Directory) -> Resolution:
    """:raises NoFaxTiff: none of the three"""
    lines = directory.values.get(Tag.Y_RESOLUTION, (Resolution.FINE.value,))[0]
    if directory.number(Tag.RESOLUTION_UNIT, 2) == _CENTIMETRE:
        lines *= _CM_AN_INCH
    for resolution in Resolution:
        if abs(lines / resolution.value - 1) < _ABOUT:
            return resolution
    raise NoFaxTiff(N_("page {page} has {lines} lines to the inch; a fax has 98, 196 or 391"), page=number, lines=lines)


def _coding(number: int, directory: Directory) -> Coding:
    """:raises NoFaxTiff: none of the three"""
    compression = directory.number(Tag.COMPRESSION, 1)
    options = directory.number(Tag.T4_OPTIONS if compression == 3 else Tag.T6_OPTIONS, 0)
    if compression not in (3, 4) or options & _UNCOMPRESSED:
        raise NoFaxTiff(N_("page {page} is not coded as faxes are"), page=number)
    if compression == 4:
        return Coding.MMR
    return Coding.MR if options & _MR else Coding.MH


def _strips(number: int, directory: Directory, n_rows: int, file_octets: int) -> tuple[tuple[int, int, int], ...]:
    """:raises TiffError: strips that lie outside the file, or not as many as the rows need"""
    rows_each = min(directory.number(Tag.ROWS_PER_STRIP, n_rows), n_rows)
    offsets = [int(offset) for offset in directory.values.get(Tag.STRIP_OFFSETS, ())]
    lengths = [int(length) for length in directory.values.get(Tag.STRIP_BYTE_COUNTS, ())]
    if not rows_each or not len(offsets) == len(lengths) == -(-n_rows // rows_each):
        raise TiffError(N_("page {page} does not have the strips it says"), page=number)
    tops = range(0, n_rows, rows_each)
    strips = tuple(zip(offsets, lengths, (min(rows_each, n_rows - top) for top in tops), strict=True))
    for offset, length, rows in strips:
        if offset + length > file_octets or length > (rows + 1) * _MAX_ROW_OCTETS:
            raise TiffError(N_("page {page} says it lies where the file has ended"), page=number)
    return strips
