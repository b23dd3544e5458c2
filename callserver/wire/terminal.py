"""A person's terminal: which language it is spoken to in, and what it can show."""

import os
import sys
from collections.abc import Mapping

from callserver.wire import click_words
from callserver.wire.catalogue import Detail, text, told

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


def error(problem: object) -> str:
    """What a command that could not do its work says last, as click says what is wrong with a command line."""
    return here("Error: {message}", message=complaint(problem))


def both(msgid: str, /, **details: Detail) -> list[str]:
    """A sentence in English and, where it can be shown, in Chinese: for who has not chosen a language yet."""
    return [text(language, msgid, **details) for language in _languages()]


def both_complaints(problem: object) -> list[str]:
    """What went wrong, in the same languages."""
    return [told(problem, language) for language in _languages()]


def _languages() -> tuple[str, ...]:
    return ("en", "zh") if shows_chinese() else ("en",)


def prepare() -> None:
    """A program of ours begins: click speaks as we do, and what the terminal cannot show is printed as "?"."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    click_words.speak(person_language())


def as_bytes(words: str) -> bytes:
    """In the terminal's encoding; what that does not have is "?"."""
    try:
        return words.encode(getattr(sys.__stdout__, "encoding", None) or "utf-8", "replace")
    except LookupError:
        return words.encode("ascii", "replace")
