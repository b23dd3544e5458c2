"""Settings changed in the text of config.ini as a person would: what is not touched stays, byte by byte."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from callserver.config.ini_file import IniFile

LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")  # with their ends
WRITTEN = re.compile(r"(\s*[^=:]*?)(\s*[=:])(\s*)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """One setting that is to be another, as it would be typed into the file."""

    section: str
    key: str
    value: str


def edited(content: bytes, changes: Iterable[Change]) -> bytes:
    """
    The file with these settings.

    A setting that stands there has its line changed; another one is put behind the last of its section, and a section
    that is not there at the end. Mark at the beginning, line ends, comments and order stay.

    :param content: UTF-8
    """
    mark = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
    text = content.removeprefix(BOM_UTF8).decode()
    for change in changes:
        text = _changed(text, change)
    return mark + text.encode()


def _changed(text: str, change: Change) -> str:
    lines = LINES.findall(text)
    end = _end(lines[0]) if lines and _end(lines[0]) else "\n"
    section = IniFile(Path(), text.encode()).sections.get(change.section)
    setting = section.settings.get(change.key) if section is not None else None
    if setting is not None:
        lines[setting.line - 1] = _written(lines[setting.line - 1], change.value)
        return "".join(lines)
    new = f"{change.key} = {change.value}".rstrip()
    if section is None:
        empty = end if lines and lines[-1].strip() else ""
        return "".join([*_ended(lines, end), empty, f"[{change.section}]{end}", f"{new}{end}"])
    last = max([section.line, *(one.line for one in section.settings.values())])
    before, behind = _ended(lines[:last], end), lines[last:]
    return "".join([*before, f"{new}{end}", *behind])


def _written(line: str, value: str) -> str:
    """With another value; how it is spaced is its writer's."""
    end = _end(line)
    found = WRITTEN.fullmatch(line.removesuffix(end))
    assert found is not None
    key, equals, space, before = found.groups()
    if not value:
        return f"{key}{equals}{end}"
    if not before:
        space = " " if equals[0].isspace() else ""
    return f"{key}{equals}{space}{value}{end}"


def _ended(lines: list[str], end: str) -> list[str]:
    """The last of them, too."""
    return [*lines[:-1], lines[-1] if _end(lines[-1]) else lines[-1] + end] if lines else []


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def is_section(name: object) -> bool:
    """Whether it can stand between brackets."""
    if not isinstance(name, str) or not name or not name.isprintable() or name != name.strip():
        return False
    return "[" not in name and "]" not in name
