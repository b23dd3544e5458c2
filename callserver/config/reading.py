"""config.ini and the environment -> Config, with everything that is wrong in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from callserver.config.findings import ConfigError, Finding, Grade, Sentence, Unfit
from callserver.config.ini_file import IniFile, Section, Setting
from callserver.config.settings import (
    EMULATED,
    LINES_MAX,
    SINGLE_SECTIONS,
    Config,
    LineConfig,
    QueueConfig,
)
from callserver.config.values import likest, nearest, value_of

PREFIX = "CALLSERVER_"
NO_SETTINGS = frozenset({"CALLSERVER_SHOP", "CALLSERVER_LANGUAGE"})  # variables for the commands
FIRST_QUEUE = "operator"
STAND_INS: dict[tuple[str, str], Any] = {("recording", "announce"): True, ("line", "device"): EMULATED}
T = TypeVar("T")


class Reading:
    """
    A shop's settings as far as they can be read: what is wrong is in `findings`, and has its default in `config`.

    `config.lines` lacks no line that is described, so that one mistake is not told as two.

    :param content: what is to be in the file; None: what it says
    """

    def __init__(self, path: Path, environment: Mapping[str, str] = os.environ, content: bytes | None = None) -> None:
        self.path = path
        self._file = IniFile(path, content)
        self.is_read = self._file.is_read  # there was a text to read
        self._sections = self._file.sections
        self._line_sections: dict[int, str] = {}
        self._queues: dict[str, QueueConfig] = {}
        self._lines: dict[int, LineConfig] = {}
        self.findings = self._file.findings
        self._add_environment(environment)
        for section in list(self._sections.values()):
            self._read_section(section)
        self._no_device_twice()
        single: dict[str, Any] = {
            name: self._values(self._section(name), kind) for name, kind in SINGLE_SECTIONS.items()
        }
        self.config = Config(**single, lines=self._lines, queues=self._queues or {FIRST_QUEUE: QueueConfig()})
        self.findings = self.in_order(self.findings)

    def in_order(self, findings: Iterable[Finding]) -> list[Finding]:
        """As they stand in the file, what stands elsewhere behind."""
        return sorted(findings, key=lambda finding: (finding.file != self.path, finding.line))

    def finding(self, complaint: object, section: str = "", key: str = "", grade: Grade = Grade.STOPS) -> Finding:
        """Something about this setting, at its place: the line it stands in, the section's, or its variable."""
        there = self._sections.get(section)
        setting = there.settings.get(key) if there else None
        if setting and setting.variable:
            return Finding(complaint, setting.variable, 0, section, key, grade)
        line = setting.line if setting else there.line if there else 0
        return Finding(complaint, self.path, line, section, key, grade)

    @property
    def queue_sections(self) -> list[str]:
        """Those that stand in the file, or in the environment: "queue operator"."""
        return [name for name in self._sections if name.startswith("queue ")]

    def queues(self) -> list[tuple[str, QueueConfig]]:
        """What those sections say."""
        return [(section, self._queues[section.partition(" ")[2].strip()]) for section in self.queue_sections]

    @property
    def sections(self) -> Mapping[str, Section]:
        """All that stand in the file or in the environment, by name, with what they say as it was written."""
        return self._sections

    def line_section(self, number: int) -> str:
        """The name of the section that describes a line: "line 1-20"."""
        return self._line_sections.get(number, f"line {number}")

    def _find(self, complaint: Sentence, section: str = "", key: str = "") -> None:
        self.findings.append(self.finding(complaint, section, key))

    def _section(self, name: str) -> Section:
        return self._sections.get(name) or Section(name, 0)

    # The environment

    def _add_environment(self, environment: Mapping[str, str]) -> None:
        names = [*self._sections, *(name for name in SINGLE_SECTIONS if name not in self._sections)]
        if not any(name.startswith("queue ") for name in names):
            names.append(f"queue {FIRST_QUEUE}")
        prefixes = {PREFIX + re.sub(r"\W", "_", name).upper() + "_": name for name in names}
        for variable in sorted(environment.keys() - NO_SETTINGS):
            if variable.startswith(PREFIX):
                self._add_variable(variable, environment[variable], prefixes)

    def _add_variable(self, variable: str, value: str, prefixes: Mapping[str, str]) -> None:
        prefix = max((prefix for prefix in prefixes if variable.startswith(prefix)), key=len, default="")
        if not prefix:
            known = [prefix + key.upper() for prefix, name in prefixes.items() for key in _known(name)]
            hint = likest(variable, known) or Sentence("it is CALLSERVER_SECTION_KEY, as in CALLSERVER_AGENTS_PORT")
            complaint = Sentence("no such section in {file}; {hint}", file=self.path, hint=hint)
            self.findings.append(Finding(complaint, variable))
            return
        name = prefixes[prefix]
        section = self._sections.setdefault(name, Section(name, 0))
        section.settings[variable.removeprefix(prefix).lower()] = Setting(value.strip(), 0, variable)

    # The sections

    def _read_section(self, section: Section) -> None:
        kind, _, name = section.name.partition(" ")
        if kind == "line" and name:
            self._read_lines(section)
        elif kind == "queue" and name.strip():
            self._queues[name.strip()] = self._values(section, QueueConfig)
        elif section.name not in SINGLE_SECTIONS:
            known = [*SINGLE_SECTIONS, _as_line(section.name) or "line 1", f"queue {FIRST_QUEUE}"]
            self._find(Sentence("no such section; {hint}", hint=nearest(section.name, known)), section.name)

    def _read_lines(self, section: Section) -> None:
        settings = self._values(section, LineConfig)
        numbers = self._line_numbers(section)
        for number in numbers:
            if number in self._lines:
                other = self._section(self._line_sections[number])
                here = {"line": number, "section": f"[{other.name}]", "there": other.line}
                self._find(Sentence("line {line} is in {section} (line {there}) already", **here), section.name)
            else:
                self._lines[number] = settings
                self._line_sections[number] = section.name
        if len(numbers) > 1 and settings.device != EMULATED:
            complaint = Sentence("{n} lines cannot share one modem: write a section for each", n=len(numbers))
            self._find(complaint, section.name, "device")

    def _line_numbers(self, section: Section) -> range:
        span = re.fullmatch(r"line (\d+)(?:-(\d+))?", section.name)
        first, last = (int(span[1]), int(span[2] or span[1])) if span else (0, 0)
        if span and last < first <= LINES_MAX:
            self._find(
                Sentence(
                    "a row of lines begins with its smallest number: [line {last}-{first}]", first=first, last=last
                ),
                section.name,
            )
            return range(last, first + 1)
        if not 1 <= first <= last <= LINES_MAX:
            self._find(
                Sentence("needs numbers from 1 to {most}, as in [line 3] or [line 1-20]", most=LINES_MAX), section.name
            )
            return range(0)
        return range(first, last + 1)

    def _no_device_twice(self) -> None:
        first: dict[str, str] = {}
        for number, line in self._lines.items():
            section = self.line_section(number)
            other = first.setdefault(line.device, section)
            if line.device != EMULATED and other != section:
                self._find(Sentence("[{other}] has this device already", other=other), section, "device")

    def _values(self, section: Section, kind: type[T]) -> T:
        known: dict[str, Field[Any]] = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
        hints = get_type_hints(kind)
        values: dict[str, Any] = {}
        for key, setting in section.settings.items():
            if key not in known:
                self._find(Sentence("no such setting; {hint}", hint=nearest(key, known)), section.name, key)
                continue
            try:
                values[key] = value_of(kind, key, hints[key], setting.value)
            except Unfit as complaint:
                self._find(complaint, section.name, key)
        for key in known.keys() - values.keys():
            if _is_needed(known[key]):
                if self.is_read and key not in section.settings:
                    self._find(Sentence("the setting {key} is needed", key=repr(key)), section.name)
                values[key] = STAND_INS[section.name.partition(" ")[0], key]
        return kind(**values)


def read_config(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """
    Read and check the whole file.

    :raises ConfigError: with all that is wrong
    """
    reading = Reading(path, environment)
    if reading.findings:
        raise ConfigError.of(reading.findings)
    return reading.config


def _as_line(name: str) -> str:
    """What [Line 4], [line4] or [lines 1 - 20] would have been."""
    numbers = re.fullmatch(r"lines?\W*(\d+)\s*(?:-\s*(\d+))?", name.lower().strip())
    return f"line {numbers[1]}" + (f"-{numbers[2]}" if numbers[2] else "") if numbers else ""


def _is_needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _known(section: str) -> Iterable[str]:
    kind = SINGLE_SECTIONS.get(section) or (LineConfig if section.startswith("line ") else QueueConfig)
    return [one.name for one in fields(kind)]
