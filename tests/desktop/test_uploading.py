"""A file of this computer on its way to the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.uploading import NAME_MAX, PART_OCTETS, NotGiven, upload


class UploadTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.asked: list[tuple[Any, ...]] = []
        self.shares: list[float] = []

    def ask(self, *what: Any) -> Deferred[Any]:
        self.asked.append(what)
        return succeed({"source": "upload u1"})

    def given(self, name: str, octets: bytes) -> Deferred[str]:
        path = self.folder / name
        path.write_bytes(octets)
        return Deferred.fromCoroutine(upload(self.ask, path, self.shares.append))

    def test_parts(self) -> None:
        """Part by part, with how far it is, which is never more than all; then it is made into pages."""
        source = self.successResultOf(self.given("a.txt", b"x" * (PART_OCTETS + 1)))
        self.assertEqual((source, self.shares[-1]), ("upload u1", 1.0))
        self.assertEqual([one[:3] for one in self.asked[:2]], [("upload_fax", "a.txt", at) for at in (0, PART_OCTETS)])
        self.assertEqual(self.asked[2:], [("convert_fax", "a.txt")])

    def test_empty(self) -> None:
        """Of an empty file nothing is sent."""
        self.assertIn("empty", str(self.failureResultOf(self.given("a.txt", b""), NotGiven).value))
        self.assertEqual(self.asked, [])

    def test_long_name(self) -> None:
        """Of a long name the end is told, where its kind stands."""
        self.successResultOf(self.given("a" * 200 + ".pdf", b"x"))
        self.assertEqual(self.asked[-1], ("convert_fax", "a" * (NAME_MAX - 4) + ".pdf"))
