"""Documents of each kind are drawn as they should be, and those with anything wrong in them do no harm."""

import io
from contextlib import closing
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents.drawing import drawn_pages
from callserver.fax.page import Page, Resolution
from callserver.wire.catalogue import Complaint
from tests.fax.documents.office import box, pdf, photograph, saved, typed_page, words


def picture(format_name: str) -> bytes:
    file = io.BytesIO()
    small = typed_page(200, 120) if format_name == "PNG" else photograph(120, 80)
    small.save(file, format_name, compression="tiff_lzw" if format_name == "TIFF" else None)
    return file.getvalue()


FINE, STANDARD = Resolution.FINE, Resolution.STANDARD
DOCUMENTS = [pdf([words("Hello") + " " + box(9, 9, 90, 90)] * 2), *map(picture, ("PNG", "JPEG", "TIFF"))]


class DrawingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()

    def drawn(self, source: Path, resolution: Resolution = FINE) -> list[Page]:
        return list(drawn_pages(source, resolution, max_pages=100))

    def assert_near(self, value: float, wanted: float, tolerance: float) -> None:
        self.assertLessEqual(abs(value - wanted), tolerance)

    def test_pdf(self) -> None:
        """Each page of an A4 PDF is a page as large as A4, whatever the resolution; what is an inch stays an inch."""
        source = saved(self.folder / "a.pdf", pdf([box(72, 72, 72, 72), words("Hello")]))
        for resolution, n_rows in ((FINE, 2286), (STANDARD, 1143)):
            first, second = self.drawn(source, resolution)
            self.assertEqual((first.width, len(first.rows)), (1728, n_rows))
            pels = np.unpackbits(first.rows, axis=1)
            self.assert_near(pels.any(axis=0).sum(), 204, 2)
            self.assert_near(pels.any(axis=1).sum(), resolution.value, 2)
            self.assertGreater(second.rows.sum(), 0)

    def test_landscape(self) -> None:
        """A page that lies on its side is turned to fill the sheet."""
        [page] = self.drawn(saved(self.folder / "a.pdf", pdf([box(20, 20, 800, 20)], size=(841.89, 595.276))))
        pels = np.unpackbits(page.rows, axis=1)
        self.assertGreater(pels.any(axis=1).sum(), 2000)
        self.assertLess(pels.any(axis=0).sum(), 100)

    def test_larger_paper(self) -> None:
        """A3 is shrunk to A4, and what was square stays square."""
        [page] = self.drawn(saved(self.folder / "a.pdf", pdf([box(200, 200, 288, 288)], size=(841.89, 1190.55))))
        pels = np.unpackbits(page.rows, axis=1)
        inches = pels.any(axis=0).sum() / 204, pels.any(axis=1).sum() / 196
        self.assert_near(inches[0], inches[1], 0.03)
        self.assert_near(inches[0], 4 / 2**0.5, 0.05)

    def test_pictures(self) -> None:
        """PNG, JPEG and TIFF pictures of any kind fill the sheet between its margins; of a TIFF each picture a page."""
        letter = typed_page()
        transparent = Image.new("RGBA", letter.size, (0, 0, 0, 0))
        transparent.paste((0, 0, 0, 255), (100, 100, 400, 400))
        for name, picture in (
            ("a.png", letter),
            ("b.png", transparent),
            ("c.png", letter.convert("1")),
            ("d.png", letter.convert("P")),
            ("e.jpg", letter.convert("RGB")),
            ("f.jpg", letter.convert("CMYK")),
            ("g.tif", letter.convert("I;16")),
        ):
            picture.save(self.folder / name)
            [page] = self.drawn(self.folder / name)
            black = np.unpackbits(page.rows, axis=1)
            self.assertTrue(0.01 < black.mean() < 0.3, name)
            self.assertFalse(black[:, :50].any() or black[:, -50:].any() or black[:50].any())
        letter.save(self.folder / "h.tif", save_all=True, append_images=[photograph()])
        self.assertEqual(len(self.drawn(self.folder / "h.tif")), 2)

    def test_text(self) -> None:
        """Text in Chinese and English, of any of the usual encodings, gives the same page."""
        text = "尊敬的顾客：您好！\r\nYour order has been sent.\r\n"
        pages = []
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
            pages += self.drawn(saved(self.folder / "letter.txt", text.encode(encoding)))
        self.assertEqual(len(pages), 4)
        for page in pages:
            np.testing.assert_array_equal(page.rows, pages[0].rows)

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(DOCUMENTS), st.data())
    def test_any_flip_and_cut(self, document: bytes, data: st.DataObject) -> None:
        """Whatever is changed or cut off, there are pages, or a complaint that says what is wrong."""
        octets = bytearray(document)
        for _ in range(data.draw(st.integers(0, 5))):
            octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
        path = Path(self.mktemp()).absolute()
        path.write_bytes(octets[: data.draw(st.integers(len(octets) // 2, len(octets)))])
        try:
            with closing(drawn_pages(path, Resolution.STANDARD, max_pages=3)) as pages:
                for page in pages:
                    self.assertLessEqual(len(page.rows), 1143)
        except Complaint:
            pass
