"""The values of a menu file: each is read from its text, or refused with what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import normalize

from callserver.config import nearest
from callserver.config.findings import Sentence
from callserver.config.values import likest
from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.ini import Entry, name_of, shown
from callserver.ivr.menu_files.steps import Piece, Slot, Target, To
from callserver.wire.catalogue import LANGUAGES, N_

KEYS = "1234567890*#"
TEXT_MAX = 500  # characters
NAME = re.compile(r"[\w\-?]+")
PRESS = re.compile(r"press\s*([0-9])\s*(?:-|to)\s*([0-9])|press\s*([0-9*#])")
RANGE = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?")
SLOT = re.compile(r"\{\s*([^{}]*?)\s*\}")
DIGITS_MAX = 30
OPENS = "opens"
LIKE = 0.75  # so like a name that is asked for must be one that is offered
NAMED = (To.QUEUE, To.MENU, To.PLUGIN, To.OFFICE, To.NUMBER, To.DOCUMENT, To.MAILBOX)
ALONE = (To.REPEAT, To.BACK, To.PERSON, To.HANGUP)
RESERVED = frozenset(one.value for one in (*NAMED, *ALONE))


def plain(entry: Entry) -> str:
    """A value that is no text: half-width, small letters."""
    return name_of(entry.value)


def whole(entry: Entry, low: int, high: int) -> int:
    """
    A whole number.

    :raises Fault:
    """
    text = plain(entry)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high):
        wanted = N_("{key} = {value}: needs a whole number from {low} to {high}")
        raise Fault(wanted, entry.line, key=entry.key, value=shown(entry.value), low=low, high=high)
    return int(text)


def digit_range(entry: Entry) -> tuple[int, int]:
    """
    How many digits: `4`, `1-8`.

    :raises Fault:
    """
    found = RANGE.fullmatch(plain(entry))
    fewest, most = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= fewest <= most <= DIGITS_MAX:
        wrong = N_("digits = {value}: write how many, as 4 or 1-8, at most {most}")
        raise Fault(wrong, entry.line, value=shown(entry.value), most=DIGITS_MAX)
    return fewest, most


def pressed(entry: Entry) -> str:
    """
    The keys that `press 1`, `press 1-5`, `press *` mean.

    :raises Fault:
    """
    found = PRESS.fullmatch(entry.key)
    if found is None or (found[1] and found[1] >= found[2]):
        wrong = N_("{key}: no such key; write press 1, press 1-5, press * or press #")
        raise Fault(wrong, entry.line, key=shown(entry.key))
    return found[3] or "".join(str(key) for key in range(int(found[1]), int(found[2]) + 1))


def language(entry: Entry) -> str:
    """
    "zh" or "en".

    :raises Fault:
    """
    if plain(entry) not in LANGUAGES:
        raise Fault("{value}: no such language; there are zh and en", entry.line, value=shown(entry.value))
    return plain(entry)


def languages(entry: Entry) -> tuple[str, ...]:
    """
    Several, each once.

    :raises Fault:
    """
    return tuple(dict.fromkeys(language(Entry(entry.key, one, entry.line)) for one in plain(entry).split()))


def target(entry: Entry) -> Target:
    """
    Where a call goes; whether there is such a step, menu or queue is seen later.

    :raises Fault: what is not done yet, or wants a name
    """
    first, _, name = plain(entry).partition(" ")
    if first == To.QUEUE.value:  # its name is the shop's, capital letters count
        name = " ".join(normalize("NFKC", entry.value).split()).partition(" ")[2]
    wrong = {"value": shown(entry.value)}
    if first in (To.DOCUMENT.value, To.MAILBOX.value) or (first in {one.value for one in NAMED} and name):
        return _named(To(first), name, entry)
    if first in {one.value for one in ALONE} and not name:
        return Target(To(first), line=entry.line)
    if first in RESERVED or not NAME.fullmatch(first) or name:
        raise Fault("{value} is neither a step nor a target; write queue NAME, menu NAME ...", entry.line, **wrong)
    return Target(To.STEP, first, entry.line)


def _named(to: To, name: str, entry: Entry) -> Target:
    if to is To.OFFICE and name != "nearest" and not (name.isascii() and name.isdigit()):
        raise Fault("{value}: write office nearest, or office and its number", entry.line, value=shown(entry.value))
    if to is To.NUMBER and not (name.isascii() and name.isdigit()):
        raise Fault("{value}: write number and its digits, as they are dialled", entry.line, value=shown(entry.value))
    if to is To.DOCUMENT and not (name == "" or (name.isascii() and name.isdigit())):
        raise Fault("{value}: write document and its number", entry.line, value=shown(entry.value))
    if to is To.MAILBOX and not re.fullmatch("[0-9]{0,6}", name):
        raise Fault("{value}: write mailbox and its number", entry.line, value=shown(entry.value))
    return Target(to, name, entry.line)


def pieces(entry: Entry) -> tuple[Piece, ...]:
    """
    A text with its {places}, which are looked up in the call.

    :raises Fault: too long, or a brace alone
    """
    text = entry.value
    if len(text) > TEXT_MAX:
        raise Fault("too large: at most {most} characters a text; split it", entry.line, most=TEXT_MAX)
    if set(SLOT.sub("", text)) & set("{}"):
        raise Fault("a brace alone in the text; write {name} or leave it out", entry.line, name="{opens}")
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    for n, part in enumerate(SLOT.split(text)):
        if n % 2:
            yield Slot(name_of(part))
        elif any(one.isalnum() for one in part):
            yield part.strip()


def prompts(entry: Entry, known: Iterable[str] | None) -> tuple[str, ...]:
    """
    Names of recorded prompts.

    :param known: all there are; None: not looked at
    :raises Fault:
    """
    names = tuple(normalize("NFKC", entry.value).lower().split())
    return names if known is None else _all_recorded(entry, names, known)


def _all_recorded(entry: Entry, names: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """As `all_known`; of some hundred prompts only a near one is worth a hint."""
    there = set(known)
    for name in names:
        if name not in there:
            hint = likest(name, there, LIKE) or Sentence("`callserver prompts list` shows all there are")
            raise Fault("there is no prompt {name}; {hint}", entry.line, name=shown(name), hint=hint)
    return tuple(names)


def all_known(entry: Entry, names: Sequence[str], known: Iterable[str], wrong: str) -> tuple[str, ...]:
    """
    These names.

    :raises Fault: `wrong`, of the first that there is not
    """
    there = set(known)
    for name in names:
        if name not in there:
            raise Fault(wrong, entry.line, name=shown(name), hint=nearest(name, there))
    return tuple(names)
