"""Any document handed in becomes pages, or is told why not, soon and in both languages; the server is never at risk."""

import errno
import os
import struct
import threading
import zlib
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.documents import child
from callserver.fax.documents.conversion import Conversion, Limits
from callserver.fax.page import Page, Resolution
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.wire.catalogue import Complaint, told
from tests.fax.documents.office import box, pdf, photograph, saved, words
from tests.fax.pages import text_like

LIMITS, FINE, STANDARD = Limits(), Resolution.FINE, Resolution.STANDARD


class ConversionTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()
        self.target = self.folder / "fax.tif"

    def converted(self, source: Path, resolution: Resolution = FINE, limits: Limits = LIMITS) -> list[Page]:
        n_pages = Conversion(source, self.target, resolution, limits).run()
        pages = list(read_tiff(self.target))
        self.assertEqual(len(pages), n_pages)
        return pages

    def complaint(self, octets: bytes, limits: Limits = LIMITS) -> str:
        """In English; it must be there in Chinese too, and nothing may be left."""
        source = saved(self.folder / "document", octets)
        refused = self.assertRaises(Complaint, Conversion(source, self.target, FINE, limits).run)
        self.assertNotEqual(told(refused, "zh"), str(refused))
        self.assertEqual(list(self.folder.iterdir()), [source])
        return str(refused)

    def test_pages(self) -> None:
        """A document's pages are in the file that was asked for, in the resolution asked for, and nothing else is."""
        source = saved(self.folder / "a.pdf", pdf([box(72, 72, 72, 72), words("Hello")]))
        first, second = self.converted(source, STANDARD)
        self.assertEqual((first.resolution, len(first.rows)), (STANDARD, 1143))
        self.assertFalse(np.array_equal(first.rows, second.rows))
        self.assertEqual(sorted(self.folder.iterdir()), sorted([source, self.target]))

    def test_a_pipe(self) -> None:
        """What is no file, from which one may wait for ever, is refused at once."""
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        refused = self.assertRaises(Complaint, Conversion(pipe, self.target).run)
        self.assertEqual(str(refused), "pipe is no file")

    def test_its_owners_alone(self) -> None:
        """Nobody else may read what is faxed."""
        self.converted(saved(self.folder / "a.txt", b"secret"))
        self.assertEqual(self.target.stat().st_mode & 0o777, 0o600)

    def test_fax_again(self) -> None:
        """A TIFF file of fax pages is taken as it is, pel by pel, in its own resolution."""
        page = text_like(200)
        append_page(self.folder / "received.tif", page)
        [sent] = self.converted(self.folder / "received.tif", FINE)
        np.testing.assert_array_equal(sent.rows, page.rows)

    def test_too_many_pages(self) -> None:
        """A PDF of 5,000 pages is refused before any is drawn, with the number and the bound; endless text too."""
        said = self.complaint(pdf([words("page")] * 5000))
        self.assertEqual(said, "the document has 5000 pages; a fax has at most 100")
        self.assertEqual(self.complaint(b"x\f" * 200), "the document has more than 100 pages")
        self.assertEqual(self.complaint(b"line\n" * 1_000_000), "the document has more than 100 pages")

    def test_encrypted(self) -> None:
        """An encrypted PDF is told to be so, with what to do."""
        self.assertIn("encrypted", self.complaint(pdf([words("secret")], encrypted=True)))

    def test_damaged(self) -> None:
        """What is damaged is told to be so."""
        self.assertIn("PDF is damaged", self.complaint(b"%PDF-1.4\n" + bytes(range(256)) * 20))
        self.assertIn("picture is damaged", self.complaint(b"\x89PNG\r\n\x1a\n" + bytes(100)))
        jpeg = self.folder / "a.jpg"
        photograph().save(jpeg)
        octets = jpeg.read_bytes()
        jpeg.unlink()
        self.assertIn("picture is damaged", self.complaint(octets[: len(octets) // 2]))
        append_page(self.folder / "fax", text_like(80))
        octets = (self.folder / "fax").read_bytes()
        (self.folder / "fax").unlink()
        self.assertIn("cut off", self.complaint(octets[:-300]))

    def test_other_kinds(self) -> None:
        """What is no document is refused; for an office document it is said what to do; so is an empty one."""
        self.assertIn("print it to a PDF", self.complaint(b"PK\x03\x04" + bytes(200)))
        self.assertIn("no document that can be faxed", self.complaint(bytes(range(256))))
        self.assertEqual(self.complaint(b" \r\n"), "the document is empty")

    def test_bombs(self) -> None:
        """A PNG of 60,000 by 60,000 pels in a few KB is refused and not unpacked; a page of a mile is shrunk."""
        size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
        data = zlib.compress(bytes(10_000_000), 9)
        chunks = [(b"IHDR", size), (b"IDAT", data), (b"IEND", b"")]
        png = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in chunks
        )
        self.assertIn("too large", self.complaint(png))
        [page] = self.converted(saved(self.folder / "mile.pdf", pdf([words("x")], size=(14_400, 14_400_000))))
        self.assertLessEqual(len(page.rows), 2286)

    def test_takes_for_ever(self) -> None:
        """A document that takes for ever is given up at the bound, by the clock or by the processor."""
        busy = pdf(["\n".join(box(x % 500, x % 700, 90, 90) for x in range(3000))] * 100)
        said = self.complaint(busy, Limits(seconds=1))
        self.assertEqual(said, "the document takes more than 1 s to draw")

    def test_takes_all_memory(self) -> None:
        """One that needs more memory than it may have is given up, in the child alone."""
        picture = self.folder / "large.png"
        Image.new("RGB", (9000, 9000), "white").save(picture)
        octets = picture.read_bytes()
        picture.unlink()
        said = self.complaint(octets, Limits(memory_octets=400_000_000))
        self.assertRegex(said, "memory|broke the program")

    def test_server_stops(self) -> None:
        """When the server stops, the child is ended and the document given up at once."""
        source = saved(self.folder / "a.pdf", pdf(["\n".join(box(x % 500, 9, 90, 90) for x in range(9000))] * 100))
        conversion = Conversion(source, self.target)
        threading.Timer(0.3, conversion.stop).start()
        self.assertIn("stopped", str(self.assertRaises(Complaint, conversion.run)))
        self.assertEqual(list(self.folder.iterdir()), [source])

    def test_without_the_extra(self) -> None:
        """Without the extra fax pages are taken as ever; of others it is said what is missing."""
        append_page(self.folder / "received.tif", text_like(80))
        for name in ("received.tif", "a.txt"):
            source = self.folder / name
            if name == "a.txt":
                saved(source, b"Hello")
            task = child.Task(str(source), str(self.target), "FINE", 100, 10, 10**9)
            with mock.patch.dict("sys.modules", {"callserver.fax.documents.drawing": None}):
                self.patch(child, "_limit", lambda _: None)
                answer = child.main(task)
            if name == "a.txt":
                self.assertIn("callserver[documents]", str(Complaint(answer["msgid"], **answer["details"])))
            else:
                self.assertEqual(answer, {"pages": 1})

    def test_disk_full(self) -> None:
        """With no room for the pages that is what is said, and nothing is left."""
        self.patch(child, "_limit", lambda _: None)
        source = saved(self.folder / "a.txt", b"Hello")

        def no_room(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        self.patch(child, "append_page", no_room)
        answer = child.main(child.Task(str(source), str(self.target), "FINE", 100, 10, 10**9))
        self.assertIn("the disk is full", str(Complaint(answer["msgid"], **answer["details"])))

    def test_child_that_lies(self) -> None:
        """A child that a document has taken over can make nothing of the server but a complaint."""
        for said in ("", "no JSON", "[]", '{"pages": 3}', '{"msgid": 5}', '{"msgid": "x", "details": []}'):
            conversion = Conversion(self.folder / "a", self.target)
            self.patch(conversion, "_child_says", lambda said=said: (0, said))
            self.assertIn("broke", str(self.assertRaises(Complaint, conversion.run)))
