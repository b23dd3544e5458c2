"""What all scripts that people write have in common: a step a line, words, quotation marks, comments, places."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from callserver.wire.catalogue import N_, Complaint, Sentence

WORD = re.compile(r"\"[^\"]*\"|'[^']*'|\S+")


class ScriptError(Complaint):
    """A script that cannot be read (then with the column), or a step that came to nothing; the text names the place."""

    def __init__(self, line: int, complaint: Sentence | Exception, column: int = 0) -> None:
        where = N_("line {line}, column {column}: {complaint}") if column else N_("line {line}: {complaint}")
        super().__init__(where, line=line, column=column, complaint=complaint)
        self.line, self.column, self.complaint = line, column, complaint


@dataclass(frozen=True)
class Word:
    """One of a line, without its quotation marks."""

    text: str
    column: int
    quoted: str = ""  # the mark


def words_of(number: int, line: str, keys: tuple[str, ...] = ()) -> list[Word]:
    """
    The words of a line up to its comment.

    :param number: the line's, for a `ScriptError`
    :param keys: commands whose first argument may begin with a #, which is a key there
    :raises ScriptError: a quotation mark is missing
    """
    words = [Word(found[0], found.start() + 1) for found in WORD.finditer(line)]
    first = 2 if words and words[0].text in keys else 0
    end = next((at for at, word in enumerate(words) if at >= first and word.text.startswith("#")), len(words))
    return [_unquoted(number, word) for word in words[:end]]


def likest(name: str, known: Iterable[str]) -> Sentence:
    """The likest of the known words, or which there are."""
    known = sorted(known)
    close = difflib.get_close_matches(name.lower(), known, 1, 0.5)
    if close:
        return Complaint("did you mean {name}?", name=repr(close[0]))
    if len(known) == 1:
        return Complaint("there is only {name}", name=known[0])
    return Complaint("there are {names}", names=", ".join(known))


def _unquoted(line: int, word: Word) -> Word:
    text = word.text
    if text[0] not in "\"'":
        return word
    if len(text) < 2 or text[-1] != text[0]:
        raise ScriptError(line, Complaint("a quotation mark is missing: {word}", word=text), word.column)
    return Word(text[1:-1], word.column, text[0])
