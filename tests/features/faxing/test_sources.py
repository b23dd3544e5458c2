"""What can be sent: each by its name, and nothing that is another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.faxing import rules
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.library import Library
from callserver.features.faxing.rules import Document, Fax
from callserver.features.faxing.sources import NoSource, Uploaded, letter_of, source
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CAME = Fax("f1", "in", "call", "line 1", "021", NOW, file="f1.tif")
UPLOADS = {"given-1": Uploaded("given-1.tif", "prices.pdf", "801")}


class SourcesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        for number in ("12", "2"):
            self.store.run(rules.add_document, Document(number, "价目表", "prices", f"{number}.tif", 1), NOW)

    def letter(self, named: str, person: str = "801", language: str = "en", *, sees_all: bool = False) -> Letter | None:
        """None: there is none for him."""
        try:
            return self.store.run(lambda: letter_of(named, person, language, UPLOADS, sees_all=sees_all))
        except NoSource as none:
            self.assertIn(named, str(none))
            return None

    def test_documents(self) -> None:
        """One of the library by its number, with its title in the language that is spoken; and no other."""
        self.assertEqual(self.letter("document 12"), Letter("12.tif", "prices", person="801"))
        self.assertEqual(self.letter("document 12", language="zh"), Letter("12.tif", "价目表", person="801"))
        for named in ("document 13", "upload 12", "fax 12", "12", "document", "document ../12"):
            self.assertIsNone(self.letter(named), named)

    def test_uploads(self) -> None:
        """A file that an agent has given is his alone."""
        self.assertEqual(self.letter("upload given-1"), Letter("given-1.tif", "prices.pdf", person="801"))
        for named, person in (("upload given-1", "802"), ("upload given-2", "801"), ("document given-1", "801")):
            self.assertIsNone(self.letter(named, person), named)

    def test_faxes(self) -> None:
        """One that came to him or to nobody, or with right 1 to anybody, while its pages are there."""
        self.store.run(rules.begin_fax, CAME)
        self.store.run(rules.begin_fax, replace(CAME, id="g1", person="802", remote_id="8610", file="g1.tif"))
        self.store.run(rules.begin_fax, replace(CAME, id="h1", number=None, file="h1.tif"))
        self.store.run(rules.begin_fax, replace(CAME, id="out1", direction="out", file=None))
        self.assertEqual(self.letter("fax f1"), Letter("f1.tif", "021", person="801"))
        self.assertEqual(self.letter("fax h1"), Letter("h1.tif", "", person="801"))
        self.assertIsNone(self.letter("fax g1"))
        self.assertEqual(self.letter("fax g1", "802"), Letter("g1.tif", "021", person="802"))
        self.assertEqual(self.letter("fax g1", sees_all=True), Letter("g1.tif", "021", person="801"))
        self.store.run(lambda: rules.end_fax("g1", NOW, "success", pages=1, remote_id="8610"))
        self.assertEqual(self.letter("fax g1", sees_all=True), Letter("g1.tif", "8610", person="801"))
        for named in ("fax out1", "fax x", "upload f1"):
            self.assertIsNone(self.letter(named, sees_all=True), named)

    def test_names(self) -> None:
        """What cannot be a name never gets as far as that."""
        self.assertTrue(source("document 12") and source("fax f-1") and source("upload given-1"))
        for value in ("document", "document 12\n", "letter 12", "fax a b", "fax " + "x" * 65, 12, None):
            self.assertFalse(source(value), value)

    def test_library(self) -> None:
        """In the order of their numbers, as people count."""
        library = Library(self.store)
        self.assertEqual([one.number for one in self.successResultOf(library.all())], ["2", "12"])
        found = self.successResultOf(library.find("12"))
        assert found is not None
        self.assertEqual((found.file, self.successResultOf(library.find("1"))), ("12.tif", None))
