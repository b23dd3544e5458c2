"""Files from anywhere: those that lie are told so, whatever they lie about."""

import contextlib
import resource
import struct
import time
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import Coding
from callserver.fax.tiff.directory import Tag, TiffError
from callserver.fax.tiff.reader import NoFaxTiff, read_tiff
from callserver.fax.tiff.writer import Layout, append_page
from tests.fax.pages import blank, text_like


class ReaderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp()).absolute()
        append_page(self.path, text_like(80))
        append_page(self.path, text_like(80, seed=2), layout=Layout(Coding.MR, rows_a_strip=30))
        self.octets = self.path.read_bytes()

    def changed(self, tag: Tag, value: int) -> Path:
        """The file with another value of a tag on its first page."""
        at = struct.unpack_from("<I", self.octets, 4)[0]
        octets = bytearray(self.octets)
        for place in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", octets, at)[0], 12):
            if struct.unpack_from("<H", octets, place)[0] == tag:
                kind = struct.unpack_from("<H", octets, place + 2)[0]
                where = struct.unpack_from("<I", octets, place + 8)[0] if kind == 5 else place + 8
                struct.pack_into("<H" if kind == 3 else "<I", octets, where, value)
        self.path.write_bytes(octets)
        return self.path

    def complaint(self, tag: Tag, value: int) -> str:
        return str(self.assertRaises(TiffError, list, read_tiff(self.changed(tag, value))))

    def test_lies(self) -> None:
        """A page that says it has more rows, or other strips, than it has is refused, and in words."""
        self.assertEqual(
            self.complaint(Tag.IMAGE_LENGTH, 81), "page 1 does not have the strips it says"
        )  # one strip of 80
        for tag, value, words in (
            (Tag.IMAGE_LENGTH, 0, "page 1 says it has 0 rows"),
            (Tag.IMAGE_LENGTH, 4_000_000_000, "page 1 says it has 4000000000 rows"),
            (Tag.STRIP_OFFSETS, 4_000_000_000, "page 1 says it lies where the file has ended"),
            (Tag.STRIP_BYTE_COUNTS, 4_000_000_000, "page 1 says it lies where the file has ended"),
            (Tag.ROWS_PER_STRIP, 0, "page 1 does not have the strips it says"),
            (Tag.ROWS_PER_STRIP, 7, "page 1 does not have the strips it says"),
        ):
            self.assertEqual(self.complaint(tag, value), words)

    def test_no_fax(self) -> None:
        """A picture that is none of a fax machine is told from a damaged fax."""
        for tag, value in (
            (Tag.IMAGE_WIDTH, 1000),
            (Tag.BITS_PER_SAMPLE, 8),
            (Tag.SAMPLES_PER_PIXEL, 3),
            (Tag.COMPRESSION, 7),
            (Tag.T6_OPTIONS, 2),
            (Tag.Y_RESOLUTION, 300),
        ):
            self.assertRaises(NoFaxTiff, list, read_tiff(self.changed(tag, value)))

    def test_resolutions(self) -> None:
        """200, 100 and 400 lines to the inch are what fax machines call 196, 98 and 391; 77 to the centimetre too."""
        for lines, expected in ((200, 196), (100, 98), (98, 98), (400, 391), (391, 391), (196, 196)):
            page = next(read_tiff(self.changed(Tag.Y_RESOLUTION, lines)))
            self.assertEqual(page.resolution.value, expected)
        self.octets = self.changed(Tag.Y_RESOLUTION, 77).read_bytes()
        page = next(read_tiff(self.changed(Tag.RESOLUTION_UNIT, 3)))
        self.assertEqual(page.resolution.value, 196)

    def test_white_and_black(self) -> None:
        """A file in which 0 is black is the same page, the other way round."""
        page = next(read_tiff(self.changed(Tag.PHOTOMETRIC, 1)))
        np.testing.assert_array_equal(page.rows, ~text_like(80).rows)

    def test_fewer_rows(self) -> None:
        """A strip that ends early is said, with the page and what there is of it."""
        complaint = self.complaint(Tag.STRIP_BYTE_COUNTS, 40)
        self.assertRegex(complaint, r"page 1 is damaged: it says 80 rows and \d+ can be read")

    def test_circle(self) -> None:
        """Pages that go round in a circle end."""
        octets = bytearray(self.octets)
        first = struct.unpack_from("<I", octets, 4)[0]
        struct.pack_into("<I", octets, first + 2 + 12 * struct.unpack_from("<H", octets, first)[0], first)
        self.path.write_bytes(octets)
        self.assertIn("circle", str(self.assertRaises(TiffError, list, read_tiff(self.path))))

    def test_no_tiff(self) -> None:
        """Anything else is told to be no TIFF file."""
        for octets in (b"", b"II", b"%PDF-1.4", bytes(1000)):
            self.path.write_bytes(octets)
            self.assertIn("no TIFF", str(self.assertRaises(TiffError, list, read_tiff(self.path))))

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_any_flip_and_cut(self, data: st.DataObject) -> None:
        """Any octets changed, the file cut anywhere: pages or a declared error, soon and in little memory."""
        octets = bytearray(self.octets)
        for _ in range(data.draw(st.integers(1, 6))):
            octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
        self.path.write_bytes(octets[: data.draw(st.integers(0, len(octets)))])
        with contextlib.suppress(TiffError):
            for page in read_tiff(self.path):
                self.assertLessEqual(page.rows.nbytes, 10_000 * 304)

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_any_directory(self, data: st.DataObject) -> None:
        """Every entry of the first page with any value: pages or a declared error."""
        tag = data.draw(st.sampled_from(Tag))
        with contextlib.suppress(TiffError):
            list(read_tiff(self.changed(tag, data.draw(st.integers(0, 65535)))))

    def test_bomb(self) -> None:
        """A small file of very many white rows takes little processor time and little memory."""
        self.path.unlink()
        append_page(self.path, blank(9_999, 2432))
        self.assertLess(self.path.stat().st_size, 2000)
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        self.assertEqual(sum(len(page.rows) for page in read_tiff(self.path)), 9_999)
        self.assertLess(time.process_time() - started, 30)
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 100_000)
