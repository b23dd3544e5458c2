"""
The words for people: English stands in the code, every other language in a gettext catalogue under `locale/`.

A sentence is known by its English text. One that a catalogue does not have (that of a newer server, the text of an old
record) is shown as it is; so `locale/en` is needed only where a screen shall say something else than the code.
`python -m tools.catalogue` brings the catalogues up to date with the code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parents[1] / "locale"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@runtime_checkable
class Sentence(Protocol):
    """One of the catalogue with its data: a `Complaint`, a `callserver.wire.messages.Phrase`."""

    @property
    def msgid(self) -> str: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


Detail = str | int | float | None | Sentence | Exception
Details = Mapping[str, Any]  # of `Detail`s; what else is in it is shown as its `str`


class Complaint(Exception):
    """What went wrong, as a sentence of the catalogue; its `str` is English. A detail may be another exception."""

    def __init__(self, msgid: str, /, **details: object) -> None:
        super().__init__(fill("en", msgid, details) if details else msgid)
        self.msgid, self.details = msgid, details


def N_(msgid: str) -> str:
    """Marks a sentence that is shown later, in whatever language is asked for then."""
    return msgid


def text(language: str, msgid: str, /, **details: Detail) -> str:
    """A sentence in "zh" or "en", with its details: see `fill`."""
    return fill(language, known(language, msgid), details)


def plural(language: str, one: str, many: str, n: int, /, **details: Detail) -> str:
    """As `text`, of two sentences the one that fits a number, which is the detail {n}."""
    return fill(language, _translations(language).ngettext(one, many, n), details | {"n": n})


def told(sentence: object, language: str) -> str:
    """What an exception or a phrase says; an exception that is no sentence of the catalogue says it in English."""
    if not isinstance(sentence, Sentence):
        return str(sentence)
    words = known(language, sentence.msgid)
    return fill(language, words, sentence.details) if sentence.details else words


def known(language: str, msgid: str) -> str:
    """The words of a language for it, without details; itself if there are none."""
    return _translations(language).gettext(msgid) if msgid else ""


def fill(language: str, sentence: str, details: Details) -> str:
    """
    The details in their places; one that is missing leaves its place empty.

    Its name says what a detail is: `..._fen` is money, shown in yuan; `..._word` is itself to be found in the
    catalogue; {name} is `name`, or else `name_zh` or `name_en`; what is itself a sentence is told. Nothing else is
    understood in braces, so a sentence from another computer can do no harm.
    """
    return PLACEHOLDER.sub(lambda place: _detail(language, place.group(1), details), sentence)


def yuan(fen: int) -> str:
    """Integer fen as people write it."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def _detail(language: str, name: str, details: Details) -> str:
    value = details.get(name, details.get(f"{name}_{language}"))
    if value is None:
        return ""
    if isinstance(value, Sentence):
        return told(value, language)
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    return known(language, str(value)) if name.endswith("_word") else str(value)


@cache
def _translations(language: str) -> NullTranslations:
    file = FOLDER / language / "LC_MESSAGES" / "callserver.po"
    if language not in LANGUAGES or not file.exists():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
