"""A person's terminal: which language it is spoken to in, and what it can show."""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from unicodedata import east_asian_width

from callserver.wire import click_words
from callserver.wire.catalogue import Detail, text, told

UNIT = re.compile(
    r"[\u2e80-\uffef][，。；：！？、）”」]*\s*|[^\s\u2e80-\uffef]+\s*|\s+"
)  # what stays together on a line
CHOSEN_BY = ("CALLSERVER_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def person_language(environ: Mapping[str, str] = os.environ) -> str:
    """Of the person at the terminal: "zh" if it is chosen and can be shown, else "en"."""
    chosen = next((environ[name] for name in CHOSEN_BY if environ.get(name)), "")
    return "zh" if chosen.lower().startswith("zh") and shows_chinese() else "en"


def shows_chinese() -> bool:
    """Whether the terminal this program was started in takes Chinese characters; not so under a Latin-1 locale."""
    try:
        text("zh", "Chinese").encode(getattr(sys.__stdout__, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def here(msgid: str, /, **details: Detail) -> str:
    """A sentence in the language of the person at the terminal."""
    return text(person_language(), msgid, **details)


def complaint(problem: object) -> str:
    """What went wrong, in the language of the person at the terminal."""
    return told(problem, person_language())


def both(msgid: str, /, **details: Detail) -> list[str]:
    """A sentence in English and, where it can be shown, in Chinese: for who has not chosen a language yet."""
    languages = ("en", "zh") if shows_chinese() else ("en",)
    return [text(language, msgid, **details) for language in languages]


def prepare() -> None:
    """A program of ours begins: click speaks as we do, and what the terminal cannot show is printed as "?"."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    click_words.speak(person_language())


def printable(words: str) -> str:
    """What came from elsewhere, such as a caller's name, must not move the cursor."""
    return "".join(character if character.isprintable() else "?" for character in words)


def column(words: str, width: int) -> str:
    """Filled up with blanks to so many cells of the terminal."""
    shown = printable(words)
    return shown + " " * (width - cells(shown))


def cut(words: str, width: int) -> str:
    """On one line of so many cells; what does not fit is left out, with a sign."""
    shown = printable(words)
    if cells(shown) <= width:
        return shown
    while shown and cells(shown) > width - 1:
        shown = shown[:-1]
    return shown + "…"


def wrapped(words: str, width: int) -> list[str]:
    """On lines of at most so many cells, broken at blanks, between Chinese characters, and where nothing else helps."""
    lines = [""]
    for unit in UNIT.findall(printable(words)):
        if cells(lines[-1] + unit.rstrip()) > width and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        while cells(unit.rstrip()) > width:
            head = next(n for n in range(len(unit), 0, -1) if cells(unit[:n]) <= width or n == 1)
            lines[-1:] = [unit[:head], ""]
            unit = unit[head:]
        lines[-1] += unit
    return [line.rstrip() for line in lines if line.strip()] or [""]


def columns() -> int:
    """Cells a line of the terminal has."""
    return max(shutil.get_terminal_size().columns, 20)


def as_bytes(words: str) -> bytes:
    """In the terminal's encoding; what that does not have is "?"."""
    try:
        return words.encode(getattr(sys.__stdout__, "encoding", None) or "utf-8", "replace")
    except LookupError:
        return words.encode("ascii", "replace")


def cells(words: str) -> int:
    """How many it takes; a Chinese character takes two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in words)
