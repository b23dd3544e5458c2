"""The shop's numbered documents, as menus and agents ask for them."""

from __future__ import annotations

from dataclasses import dataclass

from twisted.internet.defer import Deferred

from callserver.features.faxing import rules
from callserver.features.faxing.rules import Document
from callserver.store.database import Store


@dataclass(frozen=True)
class Library:
    """Changed by `callserver fax documents` beside the running server; always as it is now."""

    store: Store

    def all(self) -> Deferred[list[Document]]:
        """In the order of their numbers."""
        return self.store.read(rules.all_documents)

    def find(self, number: str) -> Deferred[Document | None]:
        """The one with this number."""
        return self.store.read(rules.find_document, number)
