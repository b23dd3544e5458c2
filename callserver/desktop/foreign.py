"""Text from outside (names, addresses, notes) as part of our own lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from unicodedata import bidirectional

from callserver.wire.catalogue import Complaint, Sentence, told

ISOLATE, POP = "\u2068", "\u2069"  # Unicode's first strong isolate: what is between them turns no other words round
TURNS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
ISOLATED = re.compile(f"{ISOLATE}([^{ISOLATE}{POP}]+){POP}")
FROM_RIGHT = ("R", "AL", "AN")  # Hebrew, Arabic, Arabic numbers, as Unicode sorts signs


def one_line(foreign: str) -> str:
    """On one line, and without the signs that would turn other words round; what is isolated in it stays so."""
    parts = ISOLATED.split(" ".join(foreign.split()))
    calm = [part.translate(TURNS) for part in parts]
    return "".join(f"{ISOLATE}{part}{POP}" if n % 2 and part else part for n, part in enumerate(calm))


def isolated(foreign: str) -> str:
    """On one line, and so marked that it may run from the right without moving the words around it."""
    flat = one_line(foreign)
    return flat if not flat or ISOLATED.fullmatch(flat) else f"{ISOLATE}{flat}{POP}"


def beside(foreign: str) -> str:
    """To stand beside other words on one line: isolated if it runs from the right, else as it is."""
    flat = one_line(foreign)
    loose = ISOLATED.sub("", flat)
    return isolated(flat) if any(bidirectional(sign) in FROM_RIGHT for sign in loose) else flat


def calmed(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a sentence so that none of them, whoever has written it, turns the sentence round."""
    return {name: _calmed(detail) for name, detail in details.items()}


def _calmed(detail: Any) -> Any:
    if isinstance(detail, str):
        return beside(detail)
    return calm_sentence(detail) if isinstance(detail, Sentence) else detail


def calm_sentence(sentence: Sentence) -> Complaint:
    """The same sentence, its details calmed."""
    return Complaint(sentence.msgid, **calmed(sentence.details))


def as_line(sentence: object, language: str) -> str:
    """
    A sentence as a line of its own on a screen: a refusal, what a feature knows of a caller, what has happened.

    Its details are calmed; a word of ours at its beginning has a great letter, a name stays as its people write it.
    """
    if not isinstance(sentence, Sentence):
        return told(sentence, language)
    words = told(calm_sentence(sentence), language)
    return words if sentence.msgid.startswith("{") else words[:1].upper() + words[1:]
