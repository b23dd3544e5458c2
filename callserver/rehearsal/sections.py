"""A file in sections, each setting with its place: so that a mistake can name line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callserver.config import Sentence, nearest
from callserver.wire.catalogue import Complaint, Detail

HEAD = re.compile(r"\s*\[([^\]]*)(\])?\s*(.*)$")
SETTING = re.compile(r"(\s*)([^=:]+?)(\s*[=:]\s*)(.*?)\s*(?:\s#.*)?$")


class ScriptMistake(Complaint):
    """A script that cannot be used; the text says where and what would be right."""


def mistake(file: Path, line: int, column: int, complaint: Detail) -> ScriptMistake:
    """One that has its place."""
    where = {"file": str(file), "line": line, "column": column}
    return ScriptMistake("{file}, line {line}, column {column}: {complaint}", **where, complaint=complaint)


def read_text(file: Path) -> str:
    """
    What a person has written, in UTF-8.

    :raises ScriptMistake: unreadable, or other bytes: then with the place of the first
    """
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise ScriptMistake("{file}: cannot be read ({problem})", file=str(file), problem=problem.strerror) from problem
    except UnicodeDecodeError as problem:
        before = problem.object[: problem.start].decode() + "?"  # stands for the byte, so that its line is there
        *above, line = before.splitlines()
        byte = f"0x{problem.object[problem.start]:02x}"
        raise mistake(file, len(above) + 1, len(line), Sentence("not UTF-8 text (byte {byte})", byte=byte)) from problem


def no_such_file(folder: Path, name: str, pattern: str, *others: str) -> Sentence:
    """
    What to say of a file that is missing, with the likest of those that are there.

    :param others: words that are right too
    """
    known = [*others, *(file.name for file in folder.glob(pattern))]
    if not known:
        return Sentence("{file}: no such file", file=repr(name))
    return Sentence("{file}: no such file; {hint}", file=repr(name), hint=nearest(name, known))


@dataclass
class Section:
    head: str
    line: int
    values: dict[str, tuple[str, int, int, int]] = field(default_factory=dict)  # value, line, columns of key and value


class Source:
    """The text in sections, each value with its place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = read_text(path)
        self.sections = list(self._read())

    def mistake(self, line: int, column: int, complaint: Sentence) -> ScriptMistake:
        return mistake(self.path, line, column, complaint)

    def about(self, section: Section, complaint: Sentence, line: int = 0, column: int = 2) -> ScriptMistake:
        """About a whole section, or one of its lines."""
        said = Sentence("{section}: {complaint}", section=f"[{section.head}]", complaint=complaint)
        return self.mistake(line or section.line, column, said)

    def at(self, section: Section, key: str, complaint: Sentence | Exception, *, value: bool = True) -> ScriptMistake:
        """About one setting, or its name."""
        _, line, key_column, value_column = section.values[key]
        said = Sentence("{section} {key}: {complaint}", section=f"[{section.head}]", key=key, complaint=complaint)
        return self.mistake(line, value_column if value else key_column, said)

    def _read(self) -> Iterator[Section]:
        section: Section | None = None
        for number, line in enumerate(self.text.splitlines(), 1):
            if not line.strip() or line.lstrip()[0] in "#;":
                continue
            if head := HEAD.match(line):
                if section is not None:
                    yield section
                section = self._section(number, line, head)
            elif section is None:
                raise self.mistake(number, 1, Sentence("what stands before the first [section] belongs to none"))
            else:
                self._add(section, number, line)
        if section is not None:
            yield section

    def _section(self, number: int, line: str, head: re.Match[str]) -> Section:
        name, closed, rest = head.groups()
        if not closed:
            said = Sentence(
                "the bracket {bracket} is missing, as in: {head}", bracket="]", head=f"[{name.split('#')[0].strip()}]"
            )
            raise self.mistake(number, len(line.split("#")[0].rstrip()) + 1, said)
        if rest and rest[0] not in "#;":
            said = Sentence("{words} after {what} means nothing", words=repr(rest), what=f"[{name}]")
            raise self.mistake(number, head.start(3) + 1, said)
        return Section(" ".join(name.split()), number)

    def _add(self, section: Section, number: int, line: str) -> None:
        setting = SETTING.match(line)
        first = len(line) - len(line.lstrip()) + 1
        if setting is None:
            raise self.about(section, Sentence("needs a setting, as in: per_hour = 60"), number, first)
        key = setting[2].lower()
        if key in section.values:
            raise self.about(section, Sentence("{key} stands here twice", key=key), number, first)
        section.values[key] = (setting[4], number, setting.end(1) + 1, setting.end(3) + 1)
