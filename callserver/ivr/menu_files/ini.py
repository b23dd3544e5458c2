"""
The look of config.ini, read line by line: whatever the bytes are, no exception.

Not Python's configparser, which joins an indented line to the one above and stumbles over a byte-order mark, and not
`callserver.config.ini_file`, which rightly refuses what Chinese keyboards and old editors do: a menu's texts are typed
by people who do not see the difference between = and ＝. Every value is text; a value ends with its line.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field
from unicodedata import normalize

from callserver.ivr.menu_files.faults import Fault, Remark
from callserver.wire.catalogue import N_

LARGEST_BYTES = 64 * 1024
LINE_ENDS = re.compile(r"\r\n|\r|\n")  # those that editors count
HEAD = re.compile(r"\[\s*([^\s\[\]]+)(?:\s+([^\[\]]+?))?\s*\]")
EQUALS = re.compile("[=＝]")
ALLOWS = re.compile(r"allow\s+(L\d+)", re.IGNORECASE)
OPENS = "[［【"


@dataclass(frozen=True)
class Entry:
    """One `key = value`; the value is never empty."""

    key: str  # in small letters and half-width signs
    value: str
    line: int


@dataclass
class Section:
    """`[kind name]` and what stands below it; `allowed`: remarks that a comment above an entry silences, by line."""

    kind: str
    name: str
    line: int
    entries: dict[str, Entry] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"[{self.kind} {self.name}]" if self.name else f"[{self.kind}]"

    def line_of(self, key: str) -> int:
        """Of an entry, or of the section if it is not there."""
        return self.entries[key].line if key in self.entries else self.line


class IniText:
    """
    A file's sections in order, what is wrong with its lines, and which remarks its comments silence, by line.

    :param content: the file's bytes
    """

    def __init__(self, content: bytes) -> None:
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.allowed: dict[int, set[str]] = {}
        self._allow: set[str] = set()  # of the comments just above
        self._lost = False  # below a section that is none
        if len(content) > LARGEST_BYTES:
            self.faults.append(Fault("too large: at most {most} KiB; split it", 1, most=LARGEST_BYTES // 1024))
            return
        for line, text in enumerate(LINE_ENDS.split(self._decoded(content)), 1):
            self._read(line, visible(text))

    def _decoded(self, content: bytes) -> str:
        content = content.removeprefix(BOM_UTF8)  # Windows editors put a mark in front
        try:
            return content.decode()
        except UnicodeDecodeError:
            pass
        try:
            text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030")
        except UnicodeDecodeError:
            self.faults.append(Fault("is no text; save it as UTF-8", 1))
            return ""
        self.faults.append(Remark("is not UTF-8: read as the encoding of Chinese Windows; save it as UTF-8", 1))
        return text

    def _read(self, line: int, text: str) -> None:
        if not text:
            return
        if normalize("NFKC", text[0]) in "#;":
            self._allow |= {code.upper() for code in ALLOWS.findall(text)}
            return
        self.allowed[line], self._allow = self._allow, set()
        if text[0] in OPENS:
            self._begin(line, text)
        else:
            self._add(line, text)

    def _begin(self, line: int, text: str) -> None:
        head = HEAD.fullmatch(normalize("NFKC", text).replace("【", "[").replace("】", "]"))
        self._lost = head is None
        if head is None:
            self.faults.append(Fault("{text}: a section is written [kind name]", line, text=shown(text)))
            return
        self.sections.append(Section(head[1].casefold(), name_of(head[2] or ""), line))

    def _add(self, line: int, text: str) -> None:
        key, value = ([one.strip() for one in EQUALS.split(text, maxsplit=1)] + [""])[:2]
        key = " ".join(normalize("NFKC", key).casefold().split())
        if self._lost:
            return
        if not EQUALS.search(text):
            self.faults.append(
                Fault("no = in {text}; a line is key = value, a text stays on one line", line, text=shown(text))
            )
        elif not self.sections:
            self.faults.append(Fault("{key} stands before the first [section]; move it into one", line, key=shown(key)))
        elif not key or not value:
            self.faults.append(Fault("{text}: nothing stands beside =; write key = value", line, text=shown(text)))
        elif key in (entries := self.sections[-1].entries):
            already = N_("{key} is there already, on line {first}; remove one")
            self.faults.append(Fault(already, line, key=shown(key), first=entries[key].line))
        else:
            entries[key] = Entry(key, value, line)


def name_of(text: str) -> str:
    """A step's, as it is compared: half-width, small letters, one blank between words."""
    return " ".join(normalize("NFKC", text).casefold().split())


def visible(text: str) -> str:
    """Without what cannot be seen, and blanks at the ends."""
    return "".join(_seen(text)).strip()


def _seen(text: str) -> Iterator[str]:
    return (" " if sign.isspace() else sign for sign in text if sign.isspace() or sign.isprintable())


def shown(text: str) -> str:
    """In quotes, on one line, and not without end."""
    return f"'{text if len(text) <= 40 else text[:37] + '...'}'"
