"""Faxes as PDF in the eyes of poppler, and TIFF to PDF by libtiff: nobody here wrote them."""

import os
import re
import subprocess
from pathlib import Path
from shutil import which

import numpy as np
from PIL import Image
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents.pdf_file import write_pdf
from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.tiff.writer import Layout, append_page
from tests.fax.pages import dithered, text_like

PAGES = [text_like(500), dithered(60), text_like(200, 2432), text_like(300, resolution=Resolution.STANDARD)]


class FaxPdfTests(SynchronousTestCase):
    if not (which("pdftoppm") and which("tiff2pdf")) and not os.environ.get("CI"):
        skip = "not installed: apt-get install poppler-utils libtiff-tools"

    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()

    def run_tool(self, *arguments: str) -> str:
        done = subprocess.run(arguments, capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode()

    def written(self, layout: Layout, pages: list[Page]) -> Path:
        for page in pages:
            append_page(self.folder / "fax.tif", page, layout=layout)
        write_pdf(self.folder / "fax.tif", self.folder / "fax.pdf", "来自 02187654321 的传真")
        return self.folder / "fax.pdf"

    def test_pels_and_size(self) -> None:
        """Every pel of the page is there, and the page is as large as on paper, also where pels are not square."""
        for layout in (Layout(), Layout(low_bit_first=True), Layout(Coding.MH, rows_a_strip=64)):
            (self.folder / "fax.tif").unlink(missing_ok=True)
            pdf = self.written(layout, PAGES)
            told = self.run_tool("pdfinfo", "-f", "1", "-l", "9", str(pdf))
            self.assertIn("来自 02187654321 的传真", told)
            sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+) pts", told)
            for number, (page, size) in enumerate(zip(PAGES, sizes, strict=True), 1):
                self.assertAlmostEqual(float(size[0]), page.width * 72 / 204, 1)
                self.assertAlmostEqual(float(size[1]), len(page.rows) * 72 / page.resolution.value, 1)
                self.assert_drawn(pdf, number, page)

    def assert_drawn(self, pdf: Path, number: int, page: Page) -> None:
        lines = ("-rx", "204", "-ry", str(page.resolution.value))
        output = self.folder / "drawn"
        self.run_tool("pdftoppm", "-singlefile", "-gray", "-f", str(number), *lines, str(pdf), str(output))
        with Image.open(output.with_suffix(".pgm")) as drawn:
            np.testing.assert_array_equal(np.packbits(np.asarray(drawn) < 128, axis=1), page.rows)

    def test_tiff2pdf(self) -> None:
        """libtiff makes a PDF of our TIFF file without a word, and it is one."""
        append_page(self.folder / "fax.tif", text_like(300))
        self.run_tool("tiff2pdf", "-o", str(self.folder / "theirs.pdf"), str(self.folder / "fax.tif"))
        self.assertIn("Pages:           1", self.run_tool("pdfinfo", str(self.folder / "theirs.pdf")))
