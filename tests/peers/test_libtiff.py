"""Faxes in the eyes of libtiff, which nobody here wrote: alone as Debian's tools, and inside Pillow."""

import os
import subprocess
from pathlib import Path
from shutil import which

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import Layout, Quality, append_page
from tests.fax.pages import any_pages, blank, dithered, text_like

PAGES = [text_like(120), dithered(30), blank(40), text_like(50, 2432), text_like(50, resolution=Resolution.STANDARD)]


class LibtiffTests(SynchronousTestCase):
    if not which("tiffinfo") and not os.environ.get("CI"):
        skip = "libtiff's tools are not installed: apt-get install libtiff-tools"

    def setUp(self) -> None:
        self.path = Path(self.mktemp()).absolute()

    def run_tool(self, *arguments: str) -> str:
        """What it prints; it must end well and warn of nothing."""
        done = subprocess.run(arguments, capture_output=True, timeout=60, check=False, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_tiffinfo(self) -> None:
        """What tiffinfo tells of a received page: its size, coding, resolution, and what the receiver counted."""
        append_page(self.path, text_like(120), Quality(bad_rows=3, longest_bad_run=2))
        append_page(self.path, dithered(30))
        told = self.run_tool("tiffinfo", "-D", str(self.path))
        for words in (
            "Image Width: 1728 Image Length: 120",
            "Resolution: 204, 196 pixels/inch",
            "Compression Scheme: CCITT Group 4",
            "Photometric Interpretation: min-is-white",
            "Bad Fax Lines: 3",
            "Consecutive Bad Fax Lines: 2",
            "Page Number: 1-0",
        ):
            self.assertIn(words, told)

    def test_every_layout(self) -> None:
        """libtiff reads the same pels from whatever we write, and warns of nothing; what it writes we read."""
        for layout in (
            Layout(coding, low, rows) for coding in Coding for low in (False, True) for rows in (10_000, 17)
        ):
            self.path.unlink(missing_ok=True)
            for page in PAGES:
                append_page(self.path, page, layout=layout)
            self.run_tool("tiffinfo", "-D", str(self.path))
            plain = self.path.with_suffix(".plain")
            self.run_tool("tiffcp", "-c", "none", str(self.path), str(plain))
            self.assert_pels(plain, PAGES)

    def test_every_layout_of_theirs(self) -> None:
        """MH, MR and MMR as tiffcp writes them, either bit order, big-endian too, many strips: read pel by pel."""
        for page in PAGES:
            append_page(self.path, page)
        theirs = self.path.with_suffix(".theirs")
        for coding in ("g3:1d", "g3:2d", "g4", "g3:1d:fill"):
            for order in ("msb2lsb", "lsb2msb"):
                for extra in ((), ("-B",), ("-r", "16")):
                    self.run_tool("tiffcp", "-c", coding, "-f", order, *extra, str(self.path), str(theirs))
                    for page, expected in zip(read_tiff(theirs), PAGES, strict=True):
                        np.testing.assert_array_equal(page.rows, expected.rows)
                        self.assertEqual(page.resolution, expected.resolution)

    def test_page_behind_theirs(self) -> None:
        """A page appended to a file of theirs, whichever octet comes first, is its last page for them as well."""
        append_page(self.path, PAGES[0])
        theirs = self.path.with_suffix(".theirs")
        for order in ("-B", "-L"):
            self.run_tool("tiffcp", "-c", "g4", order, str(self.path), str(theirs))
            append_page(theirs, PAGES[1])
            self.run_tool("tiffinfo", "-D", str(theirs))
            self.assert_pels(theirs, PAGES[:2])

    @settings(max_examples=150, deadline=None)
    @given(any_pages().filter(lambda page: len(page.rows)), st.sampled_from(Coding))
    def test_any_page(self, page: Page, coding: Coding) -> None:
        """Any page goes through libtiff and comes back pel by pel, in both directions."""
        self.path.unlink(missing_ok=True)
        append_page(self.path, page, layout=Layout(coding))
        self.assert_pels(self.path, [page])
        name, options = {Coding.MH: ("group3", 0), Coding.MR: ("group3", 1), Coding.MMR: ("group4", 0)}[coding]
        picture = Image.fromarray(np.unpackbits(~page.rows, axis=1).astype(np.bool_))
        resolution = (204, page.resolution.value)
        picture.save(self.path, "TIFF", compression=name, dpi=resolution, tiffinfo={292: options} if options else {})
        for read in read_tiff(self.path):
            np.testing.assert_array_equal(read.rows, page.rows)

    def assert_pels(self, path: Path, pages: list[Page]) -> None:
        with Image.open(path) as picture:
            for number, page in enumerate(pages):
                picture.seek(number)
                white = np.packbits(np.asarray(picture.convert("1")), axis=1)
                np.testing.assert_array_equal(~white, page.rows)
