"""A file in sections, each setting with its place: so that a mistake can name line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callserver.config import Sentence
from callserver.wire.catalogue import Complaint


class ScriptMistake(Complaint):
    """A script that cannot be used; the text says where and what would be right."""


def mistake(file: Path, line: int, column: int, complaint: Sentence | Exception) -> ScriptMistake:
    """One that has its place."""
    where = {"file": str(file), "line": line, "column": column}
    return ScriptMistake("{file}, line {line}, column {column}: {complaint}", **where, complaint=complaint)


@dataclass
class Section:
    head: str
    line: int
    values: dict[str, tuple[str, int, int, int]] = field(default_factory=dict)  # value, line, columns of key and value


class Source:
    """The text in sections, each value with its place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text("utf-8-sig")
        except OSError as problem:
            raise ScriptMistake(
                "{file}: cannot be read ({problem})", file=str(path), problem=problem.strerror
            ) from problem
        except UnicodeDecodeError as problem:
            raise ScriptMistake("{file}: not UTF-8 text (byte {byte})", file=str(path), byte=problem.start) from problem
        self.sections = list(self._read())

    def mistake(self, line: int, column: int, complaint: Sentence) -> ScriptMistake:
        return mistake(self.path, line, column, complaint)

    def about(self, section: Section, complaint: Sentence, line: int = 0, column: int = 2) -> ScriptMistake:
        """About a whole section, or one of its lines."""
        said = Sentence("{section}: {complaint}", section=f"[{section.head}]", complaint=complaint)
        return self.mistake(line or section.line, column, said)

    def at(self, section: Section, key: str, complaint: Sentence, *, value: bool = True) -> ScriptMistake:
        """About one setting, or its name."""
        _, line, key_column, value_column = section.values[key]
        said = Sentence("{section} {key}: {complaint}", section=f"[{section.head}]", key=key, complaint=complaint)
        return self.mistake(line, value_column if value else key_column, said)

    def _read(self) -> Iterator[Section]:
        section: Section | None = None
        for number, line in enumerate(self.text.splitlines(), 1):
            if not line.strip() or line.lstrip()[0] in "#;":
                continue
            if head := re.match(r"\s*\[(.*)\]\s*$", line):
                if section is not None:
                    yield section
                section = Section(" ".join(head[1].split()), number)
            elif section is None:
                raise self.mistake(number, 1, Sentence("what stands before the first [section] belongs to none"))
            else:
                self._add(section, number, line)
        if section is not None:
            yield section

    def _add(self, section: Section, number: int, line: str) -> None:
        setting = re.match(r"(\s*)([^=:]+?)(\s*[=:]\s*)(.*?)\s*(?:\s#.*)?$", line)
        first = len(line) - len(line.lstrip()) + 1
        if setting is None:
            raise self.about(section, Sentence("needs a setting, as in: per_hour = 60"), number, first)
        key = setting[2].lower()
        if key in section.values:
            raise self.about(section, Sentence("{key} stands here twice", key=key), number, first)
        section.values[key] = (setting[4], number, setting.end(1) + 1, setting.end(3) + 1)
