"""The numbered library: documents that callers can have faxed to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from callserver.features.faxing.tables import DocumentRow
from callserver.store.tables import to_ms
from callserver.wire.catalogue import Complaint

NUMBER = re.compile(r"[1-9][0-9]{0,7}")  # 0 asks for a person
TITLE_MAX = 60


class DocumentError(Complaint):
    """What is wrong with a document."""


@dataclass(frozen=True)
class Document:
    """One document; `file`: its name in the shop's folder of faxes."""

    number: str
    title_zh: str
    title_en: str
    file: str
    pages: int

    def title(self, language: str) -> str:
        """As it is spoken and shown."""
        return self.title_zh if language == "zh" else self.title_en


def add_document(document: Document, now: datetime, *, replace: bool = False) -> str | None:
    """
    Put one into the library.

    :param replace: in the place of another of its number
    :return: the file of that other, which nobody needs any more once no fax sends it
    :raises DocumentError: its number is taken, or none; a title is missing or too long
    """
    if not NUMBER.fullmatch(document.number):
        raise DocumentError("a document's number has 1 to 8 digits, and does not begin with 0")
    if not all(1 <= len(title) <= TITLE_MAX for title in (document.title_zh, document.title_en)):
        raise DocumentError("a document needs a title of at most {n} characters", n=TITLE_MAX)
    before = find_document(document.number)
    if before is not None and not replace:
        raise DocumentError("there is a document {number} already", number=document.number)
    remove_document(document.number, missing_ok=True)
    DocumentRow.create(**vars(document), added_ms=to_ms(now))
    return before.file if before is not None else None


def remove_document(number: str, *, missing_ok: bool = False) -> str | None:
    """
    Take one out of the library; a fax that is sending it goes on.

    :return: its file
    :raises DocumentError: there is none
    """
    before = find_document(number)
    if before is None and not missing_ok:
        raise DocumentError("there is no document {number}", number=number)
    DocumentRow.delete().where(DocumentRow.number == number).execute()
    return before.file if before is not None else None


def find_document(number: str) -> Document | None:
    """The one with this number."""
    row = DocumentRow.get_or_none(DocumentRow.number == number)
    return None if row is None else _document(row)


def all_documents() -> list[Document]:
    """In the order of their numbers."""
    return sorted(map(_document, DocumentRow.select()), key=lambda document: int(document.number))


def _document(row: DocumentRow) -> Document:
    return Document(row.number, row.title_zh, row.title_en, row.file, row.pages)
