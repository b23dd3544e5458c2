"""Files that agents give and take: what is given up or goes wrong leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.fax.documents.conversion import Conversion
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import paperwork
from callserver.features.faxing.files import Files
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.papers import Papers
from callserver.wire.catalogue import Complaint
from tests.fax.documents.office import box, pdf
from tests.fax.pages import blank

SLOW = pdf(["\n".join(box(x % 500, 9, 90, 90) for x in range(9000))] * 100)  # takes two minutes


def files_of(papers: Papers, in_thread: Any) -> Files:
    return Files(papers, None, in_thread, lambda: "1", None, "Star Shop")  # type: ignore[arg-type]


class StopTests(TestCase):
    timeout = 60

    async def test_while_a_document_is_drawn(self) -> None:
        """A server that stops does not wait for a document that takes minutes; nothing is left of it."""
        papers = Papers(Path(self.mktemp()))
        papers.folder.mkdir()
        files = files_of(papers, deferToThread)
        await files.take_part("801", "slow.pdf", 0, SLOW)
        drawing = Deferred.fromCoroutine(files.convert_parts("801", "slow.pdf"))
        files.stop()
        refused = await self.assertFailure(drawing, Complaint)
        self.assertIn("stopped", str(refused))
        while list(papers.folder.iterdir()):
            await deferToThread(lambda: None)  # what was given goes in a thread, too


class CoverTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.papers = Papers(Path(self.mktemp()))
        self.papers.folder.mkdir()
        self.files = files_of(self.papers, maybeDeferred)

    def covered(self, n_pages: int, text: str) -> Deferred[Letter]:
        for _ in range(n_pages):
            append_page(self.papers.path("doc.tif"), blank())
        return Deferred.fromCoroutine(self.files.with_cover(Letter("doc.tif", "prices"), "021", text))

    def left(self) -> list[str]:
        return [file.name for file in self.papers.folder.iterdir()]

    def test_before_the_pages(self) -> None:
        """One page more, of what can be printed: keys that no printer has are left out."""
        letter = self.successResultOf(self.covered(1, "For\x1b\x00 you\n\U0001f600"))
        first, second = read_tiff(self.papers.path(letter.file))
        self.assertTrue(first.rows.any())
        self.assertFalse(second.rows.any())
        self.assertEqual(paperwork.cover_text("shop", "021", "a\x1bb\tc"), "shop\n-> 021\n\nab\tc")

    def test_too_many_pages(self) -> None:
        """A hundred pages and a cover are more than a fax may have: that is said, and nothing is left of it."""
        refused = self.failureResultOf(self.covered(100, "For you"), Complaint)
        self.assertEqual(refused.getErrorMessage(), "with its cover the document has more than 100 pages")
        self.assertEqual(self.left(), ["doc.tif"])

    def test_long_cover(self) -> None:
        """Nor with a text that takes two pages before ninety-nine."""
        refused = self.failureResultOf(self.covered(99, "For you\n" * 80), Complaint)
        self.assertIn("more than 100 pages", refused.getErrorMessage())
        self.assertEqual(self.left(), ["doc.tif"])

    def test_damaged(self) -> None:
        """Nor of one whose pages cannot be read."""
        self.papers.path("doc.tif").write_bytes(b"II*\0 nothing of the kind")
        self.failureResultOf(self.covered(0, "For you"), Complaint)
        self.assertEqual(self.left(), ["doc.tif"])

    def test_a_document_that_is_none(self) -> None:
        """What was given is gone, whatever came of it."""
        self.successResultOf(self.files.take_part("801", "a.pdf", 0, b"%PDF-1.4 nothing"))
        self.failureResultOf(Deferred.fromCoroutine(self.files.convert_parts("801", "a.pdf")), Complaint)
        self.assertEqual(self.left(), [])
        again = Deferred.fromCoroutine(self.files.convert_parts("801", "a.pdf"))
        self.assertEqual(self.failureResultOf(again, Complaint).getErrorMessage(), "no file a.pdf was given")
        with patch.object(Conversion, "stop") as stop:
            self.files.stop()
        stop.assert_not_called()

    def test_parts(self) -> None:
        """Parts go to their places, a first part begins anew, and each person's files are his own."""
        give = self.files.take_part
        for person, at, part, size in (
            ("801", 0, b"Hello, world", 12),
            ("802", 0, b"other", 5),
            ("801", 7, b"shop!", 12),
            ("801", 7, b"Li", 9),
        ):
            self.assertEqual(self.successResultOf(give(person, "a.txt", at, part)), size)
        kept = sorted(file.read_bytes() for file in self.papers.folder.iterdir())
        self.assertEqual(kept, [b"Hello, Li", b"other"])
        self.assertEqual(self.successResultOf(give("801", "a.txt", 0, b"new")), 3)
