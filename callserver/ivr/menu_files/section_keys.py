"""The entries of one section, each read once; what cannot be read is told, and a default stands in for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from callserver.config import nearest
from callserver.ivr.menu_files import values
from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.ini import Entry, Section, shown
from callserver.ivr.menu_files.steps import PERSON, Target
from callserver.wire.catalogue import LANGUAGES, N_

T = TypeVar("T")

PRESS = "press"
TEXTS = frozenset({"play", *LANGUAGES, *(f"{one} again" for one in LANGUAGES)})
SETTINGS: Mapping[str, frozenset[str]] = {
    "menu": frozenset({"languages", "start", "person", "refused", "tries", "wait_s", "between_s", "max_s"}),
    "language": TEXTS | {"then", PRESS},
    "when": frozenset({"hours", "open", "closed", "holiday"}),
    "say": TEXTS | {"then"},
    "choice": TEXTS | {"save", "silence", "wrong", "tries", "wait_s", PRESS},
    "digits": TEXTS | {"digits", "save", "then", "silence", "wrong", "tries", "wait_s"},
    "go": TEXTS | {"to", "then", "refused"},
}
ALREADY = N_("{key} is there already, on line {first}; remove one")


class SectionKeys:
    """
    One section of a known kind; `targets`: all that it names, in the file's order.

    :param faults: told what is wrong
    """

    def __init__(self, section: Section, faults: list[Fault]) -> None:
        self.section, self._faults = section, faults
        self.targets: list[Target] = []
        for entry in section.entries.values():
            self._look(entry)

    def __contains__(self, key: str) -> bool:
        return key in self.section.entries

    def tell(self, msgid: str, key: str = "", /, **details: object) -> None:
        """Something is wrong with an entry, or with the section."""
        self._faults.append(Fault(msgid, self.section.line_of(key), **details))

    def take(self, key: str, read: Callable[[Entry], T], default: T) -> T:
        """An entry's value."""
        return self.read(self.section.entries[key], read, default) if key in self else default

    def read(self, entry: Entry, read: Callable[[Entry], T], default: T) -> T:
        """Likewise."""
        try:
            return read(entry)
        except Fault as fault:
            self._faults.append(fault)
            return default

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number."""
        return self.take(key, lambda entry: values.whole(entry, low, high), default)

    def target(self, key: str) -> Target | None:
        """Where a call goes; None if it is not said."""
        found: Target | None = self.take(key, values.target, None)
        if found is not None:
            self.targets.append(found)
        return found

    def needed_target(self, key: str) -> Target:
        """Likewise, where it has to be said."""
        if key not in self:
            needs = N_("{section} needs {key} =; say where the call goes")
            self.tell(needs, section=str(self.section), key=key)
        return self.target(key) or PERSON

    def pressed(self, read: Callable[[Entry], T], default: T) -> dict[str, T]:
        """What each key of `press K = ...` leads to."""
        found: dict[str, T] = {}
        lines: dict[str, int] = {}
        for entry in self.section.entries.values():
            if not entry.key.startswith(PRESS):
                continue
            value = self.read(entry, read, default)
            if isinstance(value, Target):
                self.targets.append(value)
            for key in self.read(entry, values.pressed, ""):
                if key in lines:
                    self.tell(ALREADY, entry.key, key=shown(f"{PRESS} {key}"), first=lines[key])
                lines[key], found[key] = entry.line, value
        return found

    def _look(self, entry: Entry) -> None:
        """Whether this kind has such a setting."""
        known = SETTINGS[self.section.kind]
        if entry.key in known - {PRESS} or (PRESS in known and entry.key.startswith(PRESS)):
            return
        hint = nearest(entry.key, known)
        there_is_none = N_("{key}: {section} has no such setting; {hint}")
        self._faults.append(
            Fault(there_is_none, entry.line, key=shown(entry.key), section=str(self.section), hint=hint)
        )
