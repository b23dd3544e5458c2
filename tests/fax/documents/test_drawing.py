"""Documents with anything wrong in them."""

import io
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents.drawing import drawn_pages
from callserver.fax.page import Resolution
from callserver.wire.catalogue import Complaint
from tests.fax.documents.office import box, pdf, photograph, typed_page, words


def picture(format_name: str) -> bytes:
    file = io.BytesIO()
    small = typed_page(200, 120) if format_name == "PNG" else photograph(120, 80)
    small.save(file, format_name, compression="tiff_lzw" if format_name == "TIFF" else None)
    return file.getvalue()


DOCUMENTS = [pdf([words("Hello") + " " + box(9, 9, 90, 90)] * 2), *map(picture, ("PNG", "JPEG", "TIFF"))]


class DrawingTests(SynchronousTestCase):
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
