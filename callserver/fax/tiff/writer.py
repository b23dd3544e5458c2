"""
Pages into a TIFF-F file that grows page by page, each on disk before its sender hears that it was received.

Order of the writes of `append_page`, and what a kill or a power cut leaves behind:

1. the page's rows and its directory, behind everything there is; synced. Until now the file is the old one with
   something after its end that nothing points to.
2. the four octets that link the last directory (or the header) to it; synced. They lie in one sector, so they are
   written or not.

So at every moment the file is whole, with the pages confirmed so far and perhaps the one in hand. What a broken
attempt has left stays as a hole; the next page goes behind it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from callserver.fax.page import MAX_ROWS, Coding, Page
from callserver.fax.t4.bits import REVERSED
from callserver.fax.t4.encoding import encode
from callserver.fax.tiff.directory import KINDS, MAX_PAGES, Kind, Tag, TiffError, directories
from callserver.wire.catalogue import N_

_HEADER = b"II*\0" + bytes(4)
_FIRST_LINK = 4
_LINES_ACROSS = 204
_PART = ".part"
_ITS_OWNERS_ALONE = 0o600

Entries = dict[Tag, tuple[Kind, tuple[int, ...]]]


@dataclass(frozen=True)
class Quality:
    """What the receiver of a page has counted."""

    bad_rows: int = 0
    longest_bad_run: int = 0


@dataclass(frozen=True)
class Layout:
    """How the rows stand in the file. We keep pages in the default; other programs may want another."""

    coding: Coding = Coding.MMR
    low_bit_first: bool = False
    rows_a_strip: int = MAX_ROWS


_ALL_GOOD, _AS_WE_KEEP_IT = Quality(), Layout()


def append_page(
    path: Path,
    page: Page,
    quality: Quality = _ALL_GOOD,
    layout: Layout = _AS_WE_KEEP_IT,
    number: int = MAX_PAGES,
) -> None:
    """
    One more page at the end of a file, or the first of a new one. It is on disk when this returns; for a thread.

    A page without any row becomes one white row, so that its number is kept.

    :param number: its own, from 0; what is there from this number on is in the file no more
    :raises OSError: no room, no right; the file is as it was before
    :raises TiffError: what is there is no TIFF file, or is full
    """
    if not path.exists():
        _create(path)
    with path.open("r+b", buffering=0) as file:
        number, link, order = _last_link(file, number)
        old_end = file.seek(0, os.SEEK_END)
        at = old_end + old_end % 4
        octets, directory_at = _page_octets(page, _about(page, quality, layout, number), layout, at, order)
        try:
            _write(file, at, octets)
        except OSError:
            file.truncate(old_end)
            raise
        _write(file, link, struct.pack(order + "I", directory_at))


def _create(path: Path) -> None:
    """The header alone, whole or not there."""
    part = path.with_name(path.name + _PART)
    part.unlink(missing_ok=True)
    with open(part, "wb", buffering=0, opener=lambda name, flags: os.open(name, flags, _ITS_OWNERS_ALONE)) as file:
        _write(file, 0, _HEADER)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _last_link(file: BinaryIO, most: int) -> tuple[int, int, str]:
    """
    The number of the next page, from 0, where the link to it is to stand, and the order of its octets.

    :param most: so many pages stay
    """
    pages = list(directories(file))[:most]
    if len(pages) == MAX_PAGES:
        raise TiffError(N_("the file has {most} pages already"), most=MAX_PAGES)
    return (len(pages), pages[-1].next_link, pages[-1].order) if pages else (0, _FIRST_LINK, "<")


def _about(page: Page, quality: Quality, layout: Layout, number: int) -> Entries:
    """What is said of a page, but where its rows are."""
    n_rows = max(len(page.rows), 1)
    is_t6 = layout.coding is Coding.MMR
    return {
        Tag.NEW_SUBFILE_TYPE: (Kind.LONG, (2,)),  # one page of several
        Tag.IMAGE_WIDTH: (Kind.LONG, (page.width,)),
        Tag.IMAGE_LENGTH: (Kind.LONG, (n_rows,)),
        Tag.BITS_PER_SAMPLE: (Kind.SHORT, (1,)),
        Tag.COMPRESSION: (Kind.SHORT, (4 if is_t6 else 3,)),
        Tag.PHOTOMETRIC: (Kind.SHORT, (0,)),  # 0 is white
        Tag.FILL_ORDER: (Kind.SHORT, (2 if layout.low_bit_first else 1,)),
        Tag.SAMPLES_PER_PIXEL: (Kind.SHORT, (1,)),
        Tag.ROWS_PER_STRIP: (Kind.LONG, (min(layout.rows_a_strip, n_rows),)),
        Tag.X_RESOLUTION: (Kind.RATIONAL, (_LINES_ACROSS, 1)),
        Tag.Y_RESOLUTION: (Kind.RATIONAL, (page.resolution.value, 1)),
        Tag.T6_OPTIONS if is_t6 else Tag.T4_OPTIONS: (Kind.LONG, (int(layout.coding is Coding.MR),)),
        Tag.RESOLUTION_UNIT: (Kind.SHORT, (2,)),  # the inch
        Tag.PAGE_NUMBER: (Kind.SHORT, (number, 0)),  # of how many is not known
        Tag.BAD_FAX_LINES: (Kind.LONG, (quality.bad_rows,)),
        Tag.CLEAN_FAX_DATA: (Kind.SHORT, (int(quality.bad_rows > 0),)),  # 1: bad rows, and they were replaced
        Tag.CONSECUTIVE_BAD_FAX_LINES: (Kind.LONG, (quality.longest_bad_run,)),
    }


def _page_octets(page: Page, about: Entries, layout: Layout, at: int, order: str) -> tuple[bytes, int]:
    """All of a page as it is to stand there, and where in the file its directory begins."""
    octets, offsets, lengths = b"", list[int](), list[int]()
    for strip in _strips(page, layout):
        offsets.append(at + len(octets))
        lengths.append(len(strip))
        octets += strip + bytes(-len(strip) % 4)
    where: Entries = {
        Tag.STRIP_OFFSETS: (Kind.LONG, tuple(offsets)),
        Tag.STRIP_BYTE_COUNTS: (Kind.LONG, tuple(lengths)),
    }
    entries = sorted((about | where).items())
    far, near = b"", struct.pack(order + "H", len(entries))
    directory_octets = len(near) + 12 * len(entries) + 4
    far_at = at + len(octets) + directory_octets
    for tag, (kind, values) in entries:
        value = struct.pack(order + KINDS[kind] * (len(values) // len(KINDS[kind])), *values)
        if len(value) > 4:
            far, value = far + value, struct.pack(order + "I", far_at + len(far))
        near += struct.pack(order + "HHI", tag, kind, len(values) // len(KINDS[kind])) + value.ljust(4, b"\0")
    return octets + near + bytes(4) + far, at + len(octets)


def _strips(page: Page, layout: Layout) -> Iterable[bytes]:
    rows = page.rows if len(page.rows) else np.zeros((1, page.width // 8), np.uint8)
    for top in range(0, len(rows), layout.rows_a_strip):
        part = replace(page, rows=rows[top : top + layout.rows_a_strip])
        octets = encode(part, layout.coding)
        yield octets if layout.low_bit_first else octets.translate(REVERSED)


def _write(file: BinaryIO, at: int, octets: bytes) -> None:
    """All of it, on disk when this returns."""
    while octets:
        n_written = os.pwrite(file.fileno(), octets, at)
        at, octets = at + n_written, octets[n_written:]
    os.fdatasync(file.fileno())
