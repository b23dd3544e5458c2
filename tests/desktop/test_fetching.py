"""Files of the server's on this computer: what lies there already is somebody's, and stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.fetching import NotWritten, fetch


class FetchingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.path = self.folder / "fax.tif"
        self.waiting: list[Deferred[Any]] = []
        self.fetched = fetch(self.ask, self.path, lambda share: None)

    def ask(self, place: int) -> Deferred[Any]:
        self.waiting.append(Deferred())
        return self.waiting[-1]

    def names(self) -> list[str]:
        return sorted(one.name for one in self.folder.iterdir())

    def test_whole(self) -> None:
        """Only the whole file has its name, and nothing else is left."""
        self.waiting[0].callback({"octets": b"ab", "total": 4})
        self.assertEqual(self.names(), ["fax.tif.part"])
        self.waiting[1].callback({"octets": b"cd", "total": 4})
        self.successResultOf(self.fetched)
        self.assertEqual((self.names(), self.path.read_bytes()), (["fax.tif"], b"abcd"))

    def test_foreign_part(self) -> None:
        """A file that is called as a half one would be is neither written over nor removed."""
        foreign = self.folder / "letter.pdf.part"
        foreign.write_bytes(b"mine")
        again = fetch(self.ask, self.folder / "letter.pdf", lambda share: None)
        self.assertIn("letter.pdf.2.part", self.names())
        again.cancel()
        self.failureResultOf(again)
        self.assertEqual((self.names(), foreign.read_bytes()), (["fax.tif.part", "letter.pdf.part"], b"mine"))

    def test_there_meanwhile(self) -> None:
        """What somebody has put there while it was fetched stays."""
        self.path.write_bytes(b"mine")
        self.waiting[0].callback({"octets": b"abcd", "total": 4})
        self.failureResultOf(self.fetched, NotWritten)
        self.assertEqual((self.names(), self.path.read_bytes()), (["fax.tif"], b"mine"))

    def test_short(self) -> None:
        """A server that sends nothing more before the end: no half file is left, and it says so."""
        self.waiting[0].callback({"octets": b"ab", "total": 4})
        self.waiting[1].callback({"octets": b"", "total": 4})
        self.assertIn("only a part", str(self.failureResultOf(self.fetched, NotWritten).value))
        self.assertEqual(self.names(), [])

    def test_empty(self) -> None:
        """A file of nothing is whole, too."""
        self.waiting[0].callback({"octets": b"", "total": 0})
        self.successResultOf(self.fetched)
        self.assertEqual(self.names(), ["fax.tif"])
