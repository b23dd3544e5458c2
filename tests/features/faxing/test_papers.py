"""Pages in the shop's folder: kept before they are confirmed, sent though their document is deleted meanwhile."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.t4.decoder import Decoder, decode
from callserver.fax.t4.encoding import encode
from callserver.fax.t30.documents import PageForm, ReceivedPage
from callserver.fax.tiff.directory import TiffError
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing.papers import Papers
from tests.fax.pages import blank, text_like
from tests.run import TOP
from tests.whole.fax_case import same


class PapersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()
        self.papers = Papers(self.folder)

    def test_killed_between_pages(self) -> None:
        """kill -9 at any moment: every page that was told as kept is there, whole."""
        command = [sys.executable, "-m", "tests.features.faxing.keep_until_killed", str(self.folder)]
        with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            told = [child.stdout.readline() for _ in range(3)]
            child.kill()
            told += child.stdout.readlines()
        n_told = int(told[-1]) if told[-1].endswith("\n") else int(told[-2])
        kept = list(read_tiff(self.papers.path("came.tif")))
        self.assertGreaterEqual(len(kept), n_told)
        for number, page in enumerate(kept):
            self.assertTrue(same(page, text_like(200, seed=number % 4)), number)

    def test_deleted_while_it_is_sent(self) -> None:
        """Who deletes a document takes it from nobody who is getting it; afterwards nothing is left of it."""
        append_page(self.papers.path("doc.tif"), text_like(50))
        sending = self.papers.begin_sending("doc.tif", "fax-1")
        self.papers.delete("doc.tif")
        form = PageForm(1728, Resolution.FINE, Coding.MMR)
        decoder = Decoder(1728, Coding.MMR)
        decoder.feed(sending.coded(0, form))
        decoder.finish()
        self.assertTrue(same(decoder.page(Resolution.FINE), text_like(50)))
        sending.over()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_the_rest(self) -> None:
        """Pages that were confirmed in an earlier try are left out."""
        for seed in range(3):
            append_page(self.papers.path("doc.tif"), text_like(30 + seed))
        sending = self.papers.begin_sending("doc.tif", "fax-1", first=1)
        self.assertEqual(([shape.n_rows for shape in sending.shapes], sending.first), ([31, 32], 1))
        told: list[tuple[int, int]] = []

        def top(page: object, number: int, total: int) -> object:
            told.append((number, total))
            return page

        for number in (0, 1):
            octets = sending.coded(number, PageForm(1728, Resolution.FINE, Coding.MMR), top)  # type: ignore[arg-type]
            self.assertTrue(
                same(decode(octets, 1728, Coding.MMR).page(Resolution.FINE), text_like(31 + number, seed=number + 1))
            )
        self.assertEqual(told, [(2, 3), (3, 3)])

    def test_a_piece(self) -> None:
        """Of a page that is longer than the paper the rows that are its turn; its line above comes with the first."""
        append_page(self.papers.path("doc.tif"), text_like(50))
        sending = self.papers.begin_sending("doc.tif", "fax-1")

        def top(page: Page, number: int, total: int) -> Page:
            return replace(page, rows=np.concatenate([~page.rows[:5], page.rows]))

        for first, end, shown in ((0, 20, 15), (20, 40, 20), (40, None, 15)):
            form = PageForm(1728, Resolution.FINE, Coding.MMR, 0, first, end)
            rows = decode(sending.coded(0, form, top), 1728, Coding.MMR).page(Resolution.FINE).rows
            at = max(first - 5, 0)
            np.testing.assert_array_equal(rows[-shown:], text_like(50).rows[at : at + shown])
            self.assertEqual(len(rows), shown + 5 * (not first))

    def test_a_page_again(self) -> None:
        """One that could not be confirmed, and comes again, takes the other's place."""
        for number, seed in ((0, 0), (1, 1), (1, 2)):
            page = text_like(30, seed=seed)
            form = PageForm(1728, Resolution.FINE, Coding.MMR)
            kept = self.papers.keep("came.tif", ReceivedPage(number, form, encode(page, Coding.MMR), None, 3, 2))
            self.assertEqual(kept, number + 1)
        with Image.open(self.papers.path("came.tif")) as picture:
            self.assertEqual(
                (picture.tag_v2[326], picture.tag_v2[328]), (3, 2), "bad rows, and the longest run of them"
            )
        pages = list(read_tiff(self.papers.path("came.tif")))
        self.assertEqual(len(pages), self.papers.n_pages("came.tif"))
        self.assertEqual(
            [same(page, text_like(30, seed=seed)) for page, seed in zip(pages, (0, 2), strict=True)], [True, True]
        )

    def test_no_fax(self) -> None:
        """What is no fax is not sent, and leaves no second name behind."""
        self.papers.path("doc.tif").write_bytes(b"II*\0 nothing of the kind")
        self.assertRaises(TiffError, self.papers.begin_sending, "doc.tif", "fax-1")
        self.assertEqual([file.name for file in self.folder.iterdir()], ["doc.tif"])
        self.assertRaises(ValueError, self.papers.path, "../doc.tif")

    def test_tidy(self) -> None:
        """Second names and half drawn pages of a killed server go; documents and what came stay."""
        append_page(self.papers.path("doc.tif"), blank())
        (self.folder / "given-1.tif.part").write_bytes(b"II*")
        self.papers.begin_sending("doc.tif", "fax-1")
        (self.folder / "parts-1").write_bytes(b"%PDF")
        append_page(self.papers.path("given-2.tif"), blank())
        self.assertEqual(self.papers.tidy(), ["given-2.tif"], "perhaps one that waits to be sent needs it")
        self.assertEqual(sorted(file.name for file in self.folder.iterdir()), ["doc.tif", "given-2.tif"])
