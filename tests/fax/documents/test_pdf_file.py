"""Received faxes as PDF files."""

from pathlib import Path

import pypdfium2
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents.pdf_file import write_pdf
from callserver.fax.page import Resolution
from callserver.fax.tiff.directory import TiffError
from callserver.fax.tiff.writer import append_page
from tests.fax.pages import text_like


class PdfFileTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.tiff, self.pdf = Path(self.mktemp()).absolute(), Path(self.mktemp()).absolute()

    def test_pages(self) -> None:
        """A PDF has the fax's pages, as large as they are on paper, and its title in any language."""
        for resolution in Resolution:
            append_page(self.tiff, text_like(392, resolution=resolution))
        write_pdf(self.tiff, self.pdf, "来自 02187654321 的传真 (1)")
        document = pypdfium2.PdfDocument(self.pdf)
        self.assertEqual(document.get_metadata_value("Title"), "来自 02187654321 的传真 (1)")
        inches = [round(page.get_height() / 72, 1) for page in document]
        self.assertEqual(inches, [4.0, 2.0, 1.0])
        document.close()

    def test_strips_as_they_are(self) -> None:
        """Pages as we keep them are not coded again: the PDF is hardly larger than the TIFF file, and soon there."""
        append_page(self.tiff, text_like(400))
        write_pdf(self.tiff, self.pdf, "")
        self.assertLess(self.pdf.stat().st_size, self.tiff.stat().st_size + 1500)

    def test_damaged(self) -> None:
        """A TIFF file that cannot be read is told so."""
        self.tiff.write_bytes(b"II*\0\xff\xff\0\0")
        self.assertRaises(TiffError, write_pdf, self.tiff, self.pdf, "")
