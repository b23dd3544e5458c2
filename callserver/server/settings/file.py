"""config.ini as it is changed at a screen: nobody's other change is lost, and there is never half a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from callserver.config import Finding, Reading, Sentence
from callserver.config.described import described, kind_of
from callserver.config.editing import Change, edited
from callserver.store.on_disk import write_whole
from callserver.wire.catalogue import N_, Complaint

CHANGED = N_("{file} has been changed meanwhile by somebody else: look at it again, then change it")
NOT_UTF8 = N_("is not UTF-8 text: save it as UTF-8")
BEFORE = ".bak"


def digest(content: bytes) -> str:
    """What a file is known by."""
    return sha256(content).hexdigest()


class Wanted:
    """
    Changes as they were asked for, on a file as it is.

    `changes`: those that can be written down; `against`: why others cannot; `new`: the file with them.

    :raises Complaint: the file is no text that can be changed
    """

    def __init__(self, file: Path, content: bytes, asked: Sequence[Mapping[str, Any]]) -> None:
        self.changes: list[Change] = []
        self.against: list[Finding] = []
        for one in asked:
            self._take(file, one["section"], one["key"], one["value"])
        try:
            self.new = edited(content, self.changes)
        except UnicodeDecodeError:
            raise Complaint("{file}: {problem}", file=file.name, problem=Complaint(NOT_UTF8)) from None
        self.reading = Reading(file, content=self.new)

    def overridden(self) -> Iterator[Finding]:
        """What is saved and does not count, since the server's environment says otherwise."""
        for change in self.changes:
            setting = self.reading.sections[change.section].settings.get(change.key)
            if setting is not None and setting.variable:
                said = Sentence(
                    "{variable} in the server's environment goes before it: what is saved counts when that is gone",
                    variable=setting.variable,
                )
                yield self.reading.finding(said, change.section, change.key)

    def _take(self, file: Path, section: str, key: str, value: str | None) -> None:
        kind = kind_of(section)
        one = described(kind).get(key) if kind is not None else None
        if value is None:
            value = one.default if one is not None else ""
        hidden = next((letter for letter in value or "" if not letter.isprintable()), "")
        if value is None:
            said = Sentence("the setting {key} is needed", key=repr(key))
            self.against.append(Finding(said, file, 0, section, key))
        elif hidden:
            said = Sentence("holds a character that cannot be seen ({code}): type it anew", code=f"U+{ord(hidden):04X}")
            self.against.append(Finding(said, file, 0, section, key))
        else:
            self.changes.append(Change(section, key, value.strip()))


def write(file: Path, before: bytes, new: bytes) -> None:
    """
    Replace the file, which was so before; what it was stays beside it.

    :raises Complaint: it is another one by now
    :raises OSError: nothing has changed
    """
    file = file.resolve()  # a link stays one
    if file.read_bytes() != before:
        raise Complaint(CHANGED, file=file.name)
    if new != before:
        write_whole(file.with_name(file.name + BEFORE), before)
        write_whole(file, new)
