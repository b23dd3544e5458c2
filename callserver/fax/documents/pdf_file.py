"""
Fax pages as a PDF, for reading and printing.

No pel is touched: the strips of MMR stand in the file as they are (`/CCITTFaxDecode`), and the page has the size its
pels have on paper, so the pels of a standard page, twice as high as wide, are shown so.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from callserver.fax.page import Coding
from callserver.fax.t4.bits import REVERSED
from callserver.fax.t4.encoding import encode
from callserver.fax.tiff.reader import StoredPage, decoded, octets_of, stored_pages

_POINTS_AN_INCH, _LINES_ACROSS = 72, 204
_ORDER_MARK = "\ufeff"  # says that a string is in UTF-16
_CATALOG, _PAGES, _INFO = 1, 2, 3  # numbers of objects; the pages' come after


def write_pdf(tiff: Path, pdf: Path, title: str) -> None:
    """
    A TIFF file of fax pages as a PDF; for a thread.

    :raises TiffError: a page cannot be read
    """
    with tiff.open("rb") as source, pdf.open("wb") as file:
        writer = _Writer(file)
        pages = [_write_page(writer, stored, _mmr(source, stored)) for stored in stored_pages(source)]
        kids = " ".join(f"{page} 0 R" for page in pages)
        writer.add(_CATALOG, f"<< /Type /Catalog /Pages {_PAGES} 0 R >>")
        writer.add(_PAGES, f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>")
        writer.add(_INFO, f"<< /Title <{f'{_ORDER_MARK}{title}'.encode('utf-16-be').hex()}> /Producer (callserver) >>")
        writer.end()


def _mmr(source: BinaryIO, stored: StoredPage) -> bytes:
    """A page's rows in MMR, the highest bit of an octet first: as they are, if they are so."""
    if stored.coding is Coding.MMR and len(stored.strips) == 1 and not stored.black_is_zero:
        offset, n_octets, _ = stored.strips[0]
        octets = octets_of(source, offset, n_octets)
        return octets.translate(REVERSED) if stored.low_bit_first else octets
    return encode(decoded(source, stored), Coding.MMR).translate(REVERSED)


def _write_page(writer: _Writer, stored: StoredPage, mmr: bytes) -> int:
    """Returns the number of its object."""
    width, height = _points(stored.width, _LINES_ACROSS), _points(stored.n_rows, stored.resolution.value)
    page, content, image = (writer.next_number() for _ in range(3))
    writer.add(
        page,
        f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {width:.3f} {height:.3f}] /Contents {content} 0 R "
        f"/Resources << /XObject << /Fax {image} 0 R >> >> >>",
    )
    writer.add(content, "<<", f"{width:.3f} 0 0 {height:.3f} 0 0 cm /Fax Do".encode("ascii"))
    writer.add(
        image,
        f"<< /Type /XObject /Subtype /Image /Width {stored.width} /Height {stored.n_rows} /BitsPerComponent 1 "
        f"/ColorSpace /DeviceGray /Filter /CCITTFaxDecode "
        f"/DecodeParms << /K -1 /Columns {stored.width} /Rows {stored.n_rows} /BlackIs1 false >>",
        mmr,
    )
    return page


def _points(n_pels: int, lines_an_inch: int) -> float:
    """To the thousandth below: of a page larger by that viewers make one pel more, and shift the others."""
    return n_pels * _POINTS_AN_INCH * 1000 // lines_an_inch / 1000


class _Writer:
    """The objects of a PDF one after another, and at the end where each stands."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._places, self._last = file, dict[int, int](), _INFO
        file.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")  # the four tell programs that copy text that this is none

    def next_number(self) -> int:
        self._last += 1
        return self._last

    def add(self, number: int, dictionary: str, stream: bytes | None = None) -> None:
        """:param dictionary: that of a stream is left open"""
        self._places[number] = self._file.tell()
        self._file.write(f"{number} 0 obj\n{dictionary}".encode("ascii"))
        if stream is not None:
            self._file.write(f" /Length {len(stream)} >>\nstream\n".encode("ascii") + stream + b"\nendstream")
        self._file.write(b"\nendobj\n")

    def end(self) -> None:
        at, n = self._file.tell(), self._last + 1
        places = "".join(f"{self._places[number]:010} 00000 n \n" for number in range(1, n))
        self._file.write(f"xref\n0 {n}\n0000000000 65535 f \n{places}".encode("ascii"))
        root = f"<< /Size {n} /Root {_CATALOG} 0 R /Info {_INFO} 0 R >>"
        self._file.write(f"trailer\n{root}\nstartxref\n{at}\n%%EOF\n".encode("ascii"))
