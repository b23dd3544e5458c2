"""What can be sent, as agents and commands name it: a document of the library, a fax that came, a file just given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from callserver.features.faxing import rules
from callserver.features.faxing.letters import Letter
from callserver.store.reading import NotOne
from callserver.wire.catalogue import Complaint

SOURCE = re.compile(r"(document|fax|upload) ([0-9a-zA-Z-]{1,64})")


class NoSource(Complaint):
    """There is nothing of this name to be sent."""


def source(value: Any) -> bool:
    """What is to be sent: "document NUMBER", "fax ID", or "upload NAME" as `convert_fax` has answered."""
    return isinstance(value, str) and SOURCE.fullmatch(value) is not None


@dataclass(frozen=True)
class Uploaded:
    """A file that an agent has given, converted; its owner alone can send it."""

    file: str
    title: str
    person: str


def letter_of(named: str, person: str, language: str, uploads: dict[str, Uploaded], *, sees_all: bool) -> Letter:
    """
    Run in `store.read`.

    :raises NoSource: there is none, or it is not his
    """
    found = SOURCE.fullmatch(named)
    kind, name = found.groups() if found else ("", "")
    if kind == "document" and (document := rules.find_document(name)) is not None:
        return Letter(document.file, document.title(language), person=person)
    if kind == "upload" and name in uploads and uploads[name].person == person:
        return Letter(uploads[name].file, uploads[name].title, person=person)
    if kind == "fax":
        try:
            fax = rules.find_fax(name)
        except NotOne:
            fax = None
        if fax is not None and fax.file is not None and (sees_all or fax.person in (None, person)):
            return Letter(fax.file, fax.remote_id or fax.number or "", person=person)
    raise NoSource("there is no such document or fax: {name}", name=named)
