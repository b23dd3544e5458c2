"""What has no pels yet, or those of a picture, drawn as fax pages. Needs the extra `documents`: Pillow and PDFium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from callserver.fax.documents.blackening import blackened
from callserver.fax.documents.pdf_pages import pdf_pages
from callserver.fax.documents.pictures import picture_pages
from callserver.fax.documents.plain_text import decoded_text, text_pages
from callserver.fax.documents.sheet import WIDTH, Grey, Sheet
from callserver.fax.page import Page, Resolution
from callserver.wire.catalogue import N_, Complaint

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # files of word processors, new and old
_PDF, _HEAD_OCTETS = b"%PDF-", 1024
_MOST_TEXT_OCTETS = 2_000_000


def drawn_pages(source: Path, resolution: Resolution, max_pages: int) -> Iterator[Page]:
    """
    The pages of a PDF, a PNG, JPEG or TIFF picture, or a text; known by its first octets, not by its name.

    :raises Complaint: it is none of them, or damaged
    """
    for grey in _grey_pages(source, Sheet(resolution), max_pages):
        yield Page(WIDTH, resolution, blackened(grey))


def _grey_pages(source: Path, sheet: Sheet, max_pages: int) -> Iterator[Grey]:
    with source.open("rb") as file:
        head = file.read(_HEAD_OCTETS)
    if _PDF in head:
        return pdf_pages(source, sheet, max_pages)
    if head.startswith(_PICTURES):
        return picture_pages(source, sheet)
    if head.startswith(_OFFICE):
        raise Complaint(N_("an office document cannot be faxed as it is: print it to a PDF first"))
    if source.stat().st_size > _MOST_TEXT_OCTETS:
        raise Complaint(N_("the document has more than {most} pages"), most=max_pages)
    return text_pages(decoded_text(source.read_bytes()), sheet)
