"""What callers are told by name: the documents of the library."""

from collections.abc import Iterator

from callserver.features.faxing.tables import DocumentRow
from callserver.ivr.known_text import KnownText


def known_texts() -> Iterator[KnownText]:
    """In the database's thread."""
    for one in DocumentRow.select().order_by(DocumentRow.number):
        yield KnownText(f"document.{one.number}", "zh", one.title_zh)
        yield KnownText(f"document.{one.number}", "en", one.title_en)
