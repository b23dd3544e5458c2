"""Pages of a PDF, drawn by PDFium at the pels of a fax, which are not square."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from callserver.fax.documents.sheet import Grey, Sheet, centred
from callserver.wire.catalogue import N_, Complaint

_POINTS_AN_INCH = 72
_FLAGS = pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE | pdfium.FPDF_PRINTING
_ENCRYPTED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


def pdf_pages(path: Path, sheet: Sheet, max_pages: int) -> Iterator[Grey]:
    """
    A page that lies on its side is turned upright.

    :raises Complaint: encrypted, damaged, or of too many pages, before any of them is drawn
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as problem:
        if problem.err_code in _ENCRYPTED:
            raise Complaint(N_("the PDF is encrypted: print it to a PDF without a password first")) from problem
        raise Complaint(N_("the PDF is damaged: no program can show it")) from problem
    n_pages = len(document)
    if n_pages > max_pages:
        raise Complaint(N_("the document has {pages} pages; a fax has at most {most}"), pages=n_pages, most=max_pages)
    document.init_forms()
    for number in range(n_pages):
        try:
            yield _drawn(document[number], sheet)
        except (pypdfium2.PdfiumError, ValueError) as problem:
            raise Complaint(N_("page {page} of the PDF is damaged"), page=number + 1) from problem


def _drawn(page: pypdfium2.PdfPage, sheet: Sheet) -> Grey:
    width, height = (points / _POINTS_AN_INCH for points in page.get_size())
    if not (width > 0 and height > 0):
        raise ValueError(f"{width} by {height} inches")
    turned = width > height
    columns, rows = sheet.fitted(height, width) if turned else sheet.fitted(width, height)
    bitmap = pypdfium2.PdfBitmap.new_native(columns, rows, pdfium.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, columns, rows)
    where = (bitmap, page, 0, 0, columns, rows, 1 if turned else 0, _FLAGS)
    pdfium.FPDF_RenderPageBitmap(*where)
    if page.formenv:
        pdfium.FPDF_FFLDraw(page.formenv, *where)
    drawn = np.array(bitmap.to_numpy()).reshape(rows, -1)[:, :columns]
    bitmap.close()
    page.close()
    return centred(drawn)
