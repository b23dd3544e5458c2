"""A fax fetched part by part: made once, gone when it is fetched, and whole whatever happens in between."""

from __future__ import annotations

from errno import ENOSPC
from pathlib import Path
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import paperwork
from callserver.features.faxing.papers import Papers
from callserver.features.faxing.views import view_part
from callserver.wire.catalogue import Complaint
from tests.fax.pages import text_like

PART = 500


class ViewTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.papers = Papers(Path(self.mktemp()).absolute())
        self.papers.folder.mkdir()
        self.fax = self.papers.path("came.tif")
        for seed in range(2):
            append_page(self.fax, text_like(120, seed=seed))
        self.n_made = 0

        def made(path: Path, title: str) -> bytes:
            self.n_made += 1
            return whole

        whole = self.whole = paperwork.pdf(self.fax, "021")
        self.patch(paperwork, "pdf", made)

    def fetched(self, at: int = 0) -> bytes:
        """From there to the end."""
        got, total = b"", at + 1
        while at + len(got) < total:
            part, total = view_part(self.fax, "pdf", "021", at + len(got), PART)
            got += part
        return got

    def left(self) -> list[str]:
        return [file.name for file in self.papers.folder.iterdir()]

    def test_made_once(self) -> None:
        """However many parts there are; and nothing is left of it at the end."""
        self.assertGreater(len(self.whole), 3 * PART)
        self.assertEqual(self.fetched(), self.whole)
        self.assertEqual((self.n_made, self.left()), (1, ["came.tif"]))

    def test_to_the_last_octet(self) -> None:
        """A last part that ends where the file ends is the last; what is fetched at once is never kept."""
        at = len(self.whole) - PART
        self.assertEqual(view_part(self.fax, "pdf", "021", 0, at), (self.whole[:at], len(self.whole)))
        self.assertEqual(len(self.left()), 2)
        self.assertEqual(view_part(self.fax, "pdf", "021", at, PART), (self.whole[at:], len(self.whole)))
        self.assertEqual((self.n_made, self.left()), (1, ["came.tif"]))
        with patch("callserver.features.faxing.views.NamedTemporaryFile", side_effect=AssertionError):
            self.assertEqual(view_part(self.fax, "pdf", "021", 0, len(self.whole)), (self.whole, len(self.whole)))

    def test_two_readers(self) -> None:
        """The second goes on though the first has come to the end meanwhile."""
        view_part(self.fax, "pdf", "021", 0, PART)
        self.fetched()
        self.assertEqual(self.fetched(PART), self.whole[PART:])

    def test_grown(self) -> None:
        """Who begins anew sees the pages that have come since the last reader gave up."""
        view_part(self.fax, "pdf", "021", 0, PART)
        self.assertEqual(self.n_made, 1)
        grown = self.whole + self.whole
        self.patch(paperwork, "pdf", lambda path, title: grown)
        self.assertEqual(self.fetched(), grown)

    def test_picture(self) -> None:
        """A page as a picture goes the same way; a page that it has not is told."""
        whole, total = view_part(self.fax, "2", "021", 0, 1 << 20)
        parts = [view_part(self.fax, "2", "021", at, PART)[0] for at in range(0, total, PART)]
        self.assertEqual(b"".join(parts), whole)
        self.assertRaises(Complaint, view_part, self.fax, "3", "021", 0, PART)

    def test_disk_full(self) -> None:
        """It can be read all the same."""
        full = OSError(ENOSPC, "No space left on device")
        with patch("callserver.features.faxing.views.NamedTemporaryFile", side_effect=full):
            self.assertEqual(self.fetched(), self.whole)

    def test_not_fetched_to_the_end(self) -> None:
        """It goes with its fax, and with the next start."""
        view_part(self.fax, "pdf", "021", 0, PART)
        self.papers.tidy()
        self.assertEqual(self.left(), ["came.tif"])
        view_part(self.fax, "pdf", "021", 0, PART)
        self.papers.delete("came.tif")
        self.assertEqual(self.left(), [])
