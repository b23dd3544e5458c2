"""Files that agents give and take: parts that are put together, documents made into pages, faxes made into PDFs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred

from callserver.fax.documents.conversion import Conversion
from callserver.features import Mail
from callserver.features.faxing import paperwork, rules
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.papers import GIVEN, PARTS, Papers
from callserver.features.faxing.rules import Fax
from callserver.features.faxing.views import view_part
from callserver.features.faxing.words import pages_text
from callserver.store.database import Store
from callserver.wire.catalogue import LANGUAGES, N_, Complaint
from callserver.wire.messages import Phrase


class NoMail(Complaint):
    """Mail is not set up."""


@dataclass(frozen=True)
class Files:
    """
    :param mail_server: None: nothing is mailed
    """

    papers: Papers
    store: Store
    in_thread: Callable[..., Deferred[Any]]
    new_id: Callable[[], str]
    mail_server: Mail | None
    name: str  # of the shop, on cover sheets
    _drawing: set[Conversion] = field(default_factory=set)

    def take_part(self, person: str, name: str, at: int, part: bytes) -> Deferred[int]:
        """Write it to its place; how much of it is here by now."""
        return self.in_thread(_write_part, self._parts(person, name), at, part)

    async def convert_parts(self, person: str, name: str) -> tuple[str, int]:
        """
        The file of its pages, and how many.

        :raises Complaint: it is no document, or nothing of it was given
        """
        parts = self._parts(person, name)
        if not parts.exists():
            raise Complaint(N_("no file {name} was given"), name=name)
        file = f"{GIVEN}{self.new_id()}.tif"
        drawing = Conversion(parts, self.papers.path(file))
        self._drawing.add(drawing)
        try:
            pages = await self.in_thread(drawing.run)
        finally:
            self._drawing.discard(drawing)
            self.in_thread(_forget, parts)
        return file, pages

    def stop(self) -> None:
        """The server stops, and waits for its threads: documents that are being drawn are given up."""
        for drawing in self._drawing:
            drawing.stop()

    async def with_cover(self, letter: Letter, number: str, text: str) -> Letter:
        """The same behind a page that says from whom it comes, for whom it is, and a text."""
        file = f"{GIVEN}{self.new_id()}.tif"
        words = paperwork.cover_text(self.name, number, text)
        await self.in_thread(paperwork.covered, self.papers.path(letter.file), self.papers.path(file), words)
        return replace(letter, file=file)

    def view_part(self, fax: Fax, wanted: str, at: int, n_octets: int) -> Deferred[tuple[bytes, int]]:
        """
        Of a PDF of all of it, or a PNG of one page: `callserver.features.faxing.views`.

        :raises Complaint: it has no such page
        """
        return self.in_thread(view_part, self._pages(fax), wanted, _title(fax), at, n_octets)

    async def mail(self, fax: Fax, to: str) -> None:
        """
        A fax that came, as a PDF.

        :raises NoMail: no mail server is set
        """
        if self.mail_server is None:
            raise NoMail(N_("no mail server is set in [fax]"))
        octets = await self.in_thread(paperwork.pdf, self._pages(fax), _title(fax))
        about = {"number": fax.number or fax.remote_id or "–"}
        about |= {f"pages_{language}": pages_text(fax.pages, language) for language in LANGUAGES}
        subject = Phrase(N_("fax from {number}, {pages}"), about)
        text = Phrase(N_("A fax of {pages} has come from {number}; it is attached."), about)
        await self.mail_server.send(to, subject, text, (f"fax-{fax.began:%Y%m%d-%H%M}.pdf", octets))

    async def forget(self, file: str | None) -> None:
        """A file goes, unless something still needs it."""
        if file is not None and not await self.store.read(rules.is_needed, file):
            await self.in_thread(self.papers.delete, file)

    def _pages(self, fax: Fax) -> Path:
        if fax.file is None:
            raise Complaint(N_("the fax has no pages"))
        return self.papers.path(fax.file)

    def _parts(self, person: str, name: str) -> Path:
        """By a name of ours: theirs never becomes a path."""
        key = hashlib.sha256(f"{person}\0{name}".encode()).hexdigest()[:32]
        return self.papers.folder / f"{PARTS}{key}"


def _title(fax: Fax) -> str:
    return fax.number or fax.remote_id or fax.id


def _write_part(path: Path, at: int, part: bytes) -> int:
    with path.open("r+b" if at and path.exists() else "wb") as file:
        file.seek(at)
        file.write(part)
        file.truncate()
        return file.tell()


def _forget(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
