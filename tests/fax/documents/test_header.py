"""The line at the top of each page."""

from datetime import datetime
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents import fonts
from callserver.fax.documents.fonts import font
from callserver.fax.documents.header import Header, with_header
from callserver.fax.documents.plain_text import text_pages
from callserver.fax.documents.sheet import Sheet
from callserver.fax.page import Page, Resolution
from callserver.wire.catalogue import Complaint
from tests.fax.pages import blank, text_like

HEADER = Header(datetime(2026, 11, 26, 14, 30), "快乐商店 010-12345678", "02187654321")


class HeaderTests(SynchronousTestCase):
    def test_over_the_margin(self) -> None:
        """On a page with a margin it takes no room: the page stays as long, and all else as it was."""
        page = blank(400)
        page.rows[60:] = text_like(340).rows
        stamped = with_header(page, HEADER, 1, 3)
        self.assertEqual(len(stamped.rows), 400)
        np.testing.assert_array_equal(stamped.rows[60:], page.rows[60:])
        self.assertTrue(stamped.rows[:40].any())

    def test_no_margin(self) -> None:
        """On a page that is printed to the edge it goes above, and nothing is lost."""
        page = Page(1728, Resolution.STANDARD, np.full((300, 216), 0x55, np.uint8))
        stamped = with_header(page, HEADER, 1, 1)
        np.testing.assert_array_equal(stamped.rows[-300:], page.rows)
        self.assertGreater(len(stamped.rows), 300)

    def test_what_it_says(self) -> None:
        """It says when, from whom, to whom; two pages differ only at its right end, where the page's number is."""
        self.assertEqual(HEADER.words(), "2026-11-26 14:30  快乐商店 010-12345678  ->  02187654321")
        first, second = (np.unpackbits(with_header(blank(), HEADER, n, 2).rows, axis=1) for n in (1, 2))
        differs = np.flatnonzero((first != second).any(axis=0))
        self.assertGreater(differs.min(), 1550)

    def test_long_name(self) -> None:
        """A name that is too long is cut; the page's number is not."""
        long = Header(HEADER.sent_at, "很长的店名" * 40, "1")
        first, second = (with_header(blank(), long, n, 2).rows for n in (1, 2))
        self.assertFalse(np.array_equal(first, second))

    def test_no_chinese_font(self) -> None:
        """Without a font for Chinese the line has the rest of it: a fax does not fail for it."""
        font.cache_clear()
        self.addCleanup(font.cache_clear)
        self.patch(fonts, "_CHINESE", ())
        self.patch(fonts, "_LATIN", (Path("/nowhere"), 0))
        self.assertTrue(with_header(blank(), HEADER, 1, 1).rows.any())
        refused = self.assertRaises(Complaint, list, text_pages("您好", Sheet(Resolution.FINE)))
        self.assertIn("fonts-wqy-microhei", str(refused))

    def test_every_width_and_resolution(self) -> None:
        """It is there on A3 and B4, at each resolution."""
        for width in (1728, 2048, 2432):
            for resolution in Resolution:
                page = Page(width, resolution, np.zeros((200, width // 8), np.uint8))
                self.assertTrue(with_header(page, HEADER, 1, 1).rows.any())
