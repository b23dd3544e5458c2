"""
The skeleton of a TIFF file: its directories, one a page, each naming its next.

A file may say anything, so nothing in it is believed: no offset, no count, no end of the chain.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from callserver.wire.catalogue import N_, Complaint

MAX_PAGES = 100
BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}  # by a file's first octets; as for `struct`
_MAX_ENTRIES = 200
_MAX_VALUES = 10_000  # no page here has more strips


class TiffError(Complaint):
    """A file that is no TIFF for fax machines, or lies about itself."""


class Kind(IntEnum):
    """Of the numbers of an entry."""

    BYTE = 1
    SHORT = 3
    LONG = 4
    RATIONAL = 5


KINDS = {Kind.BYTE: "B", Kind.SHORT: "H", Kind.LONG: "I", Kind.RATIONAL: "II"}  # as for `struct`


class Tag(IntEnum):
    """Those of TIFF-F."""

    NEW_SUBFILE_TYPE = 254
    IMAGE_WIDTH = 256
    IMAGE_LENGTH = 257
    BITS_PER_SAMPLE = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    FILL_ORDER = 266
    STRIP_OFFSETS = 273
    SAMPLES_PER_PIXEL = 277
    ROWS_PER_STRIP = 278
    STRIP_BYTE_COUNTS = 279
    X_RESOLUTION = 282
    Y_RESOLUTION = 283
    T4_OPTIONS = 292
    T6_OPTIONS = 293
    RESOLUTION_UNIT = 296
    PAGE_NUMBER = 297
    BAD_FAX_LINES = 326
    CLEAN_FAX_DATA = 327
    CONSECUTIVE_BAD_FAX_LINES = 328


_TAGS, _NUMBERS = frozenset(Tag), frozenset(Kind)


@dataclass(frozen=True)
class Directory:
    """One page's entries, whole numbers and fractions."""

    values: dict[Tag, tuple[float, ...]]
    next_link: int  # where in the file the link to the next directory stands
    order: str  # of the octets of a number, as for `struct`

    def number(self, tag: Tag, default: int) -> int:
        return int(self.values.get(tag, (default,))[0])


def directories(file: BinaryIO) -> Iterator[Directory]:
    """
    In the order of the file.

    :raises TiffError: no TIFF; cut off; pages without end
    """
    order = BYTE_ORDERS.get(file.read(4))
    if order is None:
        raise TiffError(N_("this is no TIFF file"))
    link, seen = 4, set[int]()
    while at := _unpacked(file, link, order + "I")[0]:
        if at in seen or len(seen) == MAX_PAGES:
            raise TiffError(
                N_("the file has more than {most} pages, or its pages go round in a circle"), most=MAX_PAGES
            )
        seen.add(at)
        directory = _directory(file, at, order)
        yield directory
        link = directory.next_link


def _directory(file: BinaryIO, at: int, order: str) -> Directory:
    n_entries = _unpacked(file, at, order + "H")[0]
    if not 0 < n_entries <= _MAX_ENTRIES:
        raise TiffError(N_("the TIFF file is damaged: a page with {n} entries"), n=n_entries)
    values: dict[Tag, tuple[float, ...]] = {}
    for place in range(at + 2, at + 2 + 12 * n_entries, 12):
        number, kind, n_values = _unpacked(file, place, order + "HHI")
        if number in _TAGS and kind in _NUMBERS:
            values[Tag(number)] = _values(file, place + 8, order, Kind(kind), n_values)
    return Directory(values, at + 2 + 12 * n_entries, order)


def _values(file: BinaryIO, at: int, order: str, kind: Kind, n_values: int) -> tuple[float, ...]:
    """Of one entry: in the entry itself where they fit in four octets, else where it points."""
    if not 0 < n_values <= _MAX_VALUES:
        raise TiffError(N_("the TIFF file is damaged: an entry with {n} values"), n=n_values)
    form = order + KINDS[kind] * n_values
    if struct.calcsize(form) > 4:
        at = _unpacked(file, at, order + "I")[0]
    numbers = _unpacked(file, at, form)
    if kind is not Kind.RATIONAL:
        return numbers
    return tuple(over / under if under else 0.0 for over, under in zip(numbers[::2], numbers[1::2], strict=True))


def _unpacked(file: BinaryIO, at: int, form: str) -> tuple[int, ...]:
    file.seek(at)
    octets = file.read(struct.calcsize(form))
    if len(octets) < struct.calcsize(form):
        raise TiffError(N_("the TIFF file is cut off"))
    return struct.unpack(form, octets)
