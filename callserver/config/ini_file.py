"""An INI file with the line of everything in it: what cannot be meant is a finding, and reading goes on."""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from dataclasses import dataclass, field
from pathlib import Path

from callserver.config.findings import Finding, Sentence, Unfit

LARGEST_BYTES = 1_000_000
LINE_ENDS = re.compile(r"\r\n|\r|\n")  # those that editors count
HEAD = re.compile(r"\[([^\[\]]*)\](.*)")
SETTING = re.compile(r"([^=:]*?)\s*[=:]\s*(.*)")
COMMENT_BEHIND = re.compile(r"(?:^|\s)[#;].*|[#;]\s.*")
QUOTES = "\"'“”‘’「」『』"
UTF_16_AND_32 = {BOM_UTF32_LE: "utf-32", BOM_UTF32_BE: "utf-32", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Setting:
    """One value as it was written."""

    value: str
    line: int = 0
    variable: str = ""  # of the environment, when it does not stand in the file


@dataclass
class Section:
    """One section with its settings by key, in small letters."""

    name: str
    line: int
    settings: dict[str, Setting] = field(default_factory=dict)


class IniFile:
    """
    A settings file, read as far as it can be.

    `sections` by name, `findings` in the file's order. Unlike Python's configparser it knows the line of everything,
    stops at nothing, and takes nothing silently for part of the value above: a blank in front of `enabled = no` had
    left a line enabled. `is_read`: there was a text to read.

    :param content: what is, or is to be, in the file; None: what it says
    """

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        self.path = path
        self.sections: dict[str, Section] = {}
        self.findings: list[Finding] = []
        self.is_read = True
        self._section: Section | None = None
        for line, text in enumerate(LINE_ENDS.split(self._text(content)), 1):
            self._read_line(line, text)

    def find(self, complaint: Sentence, line: int = 0, section: str = "", key: str = "") -> None:
        """Something is wrong here."""
        self.findings.append(Finding(complaint, self.path, line, section, key))

    def _text(self, content: bytes | None) -> str:
        try:
            return self._decoded(_settings_file(self._content() if content is None else content))
        except FileNotFoundError:
            self.find(Sentence("there is no such file; the first start in a folder makes it"))
        except OSError as problem:
            why = problem.strerror or str(problem)
            self.find(Sentence("cannot be read ({problem}): give the server's user the right to", problem=why))
        except Unfit as complaint:
            self.find(complaint)
        self.is_read = False
        return ""

    def _content(self) -> bytes:
        if self.path.exists() and not self.path.is_file():
            raise Unfit("is no file; config.ini is a text file in the shop's folder")
        with self.path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)

    def _decoded(self, content: bytes) -> str:
        for mark, code in UTF_16_AND_32.items():
            if content.startswith(mark):
                self.find(Sentence("is {code} text: save it as UTF-8", code=code.upper()))
                return content.decode(code, "replace")
        if b"\0" in content:
            self.find(Sentence("is {code} text: save it as UTF-8", code="UTF-16"))
            return content.decode("utf-16-le" if content.find(b"\0") % 2 else "utf-16-be", "replace")
        try:
            return content.removeprefix(BOM_UTF8).decode()  # Windows editors put a mark in front
        except UnicodeDecodeError as problem:
            line = len(LINE_ENDS.split(content[: problem.start].decode("latin-1")))
            self.find(Sentence("is not UTF-8 text: save it as UTF-8"), line)
            return content.decode("utf-8", "replace")

    def _read_line(self, line: int, text: str) -> None:
        begins = text.lstrip()
        if not begins or begins[0] in "#;":
            return
        name = self._section.name if self._section else ""
        if begins != text:
            setting = SETTING.fullmatch(begins)
            self.find(
                Sentence("begins with a blank: move it to the left edge"),
                line,
                name,
                setting[1].lower() if setting and begins[0] != "[" else "",
            )
        if begins[0] == "[":
            self._begin_section(line, begins.rstrip())
        elif setting := SETTING.fullmatch(begins.rstrip()):
            self._add(line, setting[1].lower(), setting[2])
        else:
            self.find(Sentence("{text} is neither [section] nor key = value{hint}", **_hint(begins)), line, name)

    def _begin_section(self, line: int, text: str) -> None:
        head = HEAD.fullmatch(text)
        if not head:
            self.find(Sentence("{text}: a section is written [name]", text=_shown(text)), line)
            self._section = Section("", line)  # what follows belongs to none that we know
            return
        name = head[1].strip()
        if head[2]:
            self.find(Sentence("more behind the section's name: give it a line of its own"), line, name)
        first = self.sections.get(name)
        if first:
            self.find(Sentence("stands in line {first} already: put both together", first=first.line), line, name)
        self._section = self.sections.setdefault(name, Section(name, line))

    def _add(self, line: int, key: str, value: str) -> None:
        section = self._section
        if section is None:
            self.find(Sentence("{key} stands before the first [section]", key=_shown(key)), line)
        elif not key:
            self.find(Sentence("there is no key before ="), line, section.name)
        elif key in section.settings:
            first = section.settings[key].line
            self.find(Sentence("stands in line {first} already: delete one", first=first), line, section.name, key)
        else:
            section.settings[key] = Setting(self._plain(line, section.name, key, value), line)

    def _plain(self, line: int, section: str, key: str, value: str) -> str:
        """The value alone; what was written around it is a finding."""
        behind = COMMENT_BEHIND.search(value)
        if behind:
            self.find(Sentence("a comment behind a value: give it a line of its own"), line, section, key)
            value = value[: behind.start()]
        if value and (value[0] in QUOTES or value[-1] in QUOTES):
            self.find(Sentence("in quotes: write the value without them"), line, section, key)
            value = value.strip(QUOTES)
        hidden = next((one for one in value if not one.isprintable()), "")
        if hidden:
            code = f"U+{ord(hidden):04X}"
            self.find(
                Sentence("holds a character that cannot be seen ({code}): type it anew", code=code), line, section, key
            )
            value = "".join(one for one in value if one.isprintable())
        return value


def _settings_file(content: bytes) -> bytes:
    if len(content) > LARGEST_BYTES:
        raise Unfit("is no settings file: more than {most} bytes", most=LARGEST_BYTES)
    return content


def _shown(text: str) -> str:
    """On one line, whatever stands in it, and not without end."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _hint(text: str) -> dict[str, object]:
    """The text, and what it may have been: ＝ and ［ come from Chinese keyboards."""
    narrow = unicodedata.normalize("NFKC", text)
    wide = narrow != text and (SETTING.fullmatch(narrow) or HEAD.fullmatch(narrow))
    hint = Sentence("; type = : [ ] as half-width characters") if wide else ""
    return {"text": _shown(text.rstrip()), "hint": hint}
