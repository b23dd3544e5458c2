"""What may stand in the shop's books: on a command line and in a sheet alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from callserver.acd.organisation.fields import Field, items
from callserver.config import Unfit, nearest
from callserver.features.shopping.tables import ITEM_DIGITS, MEMBER_DIGITS
from callserver.wire.catalogue import LANGUAGES, N_, known, yuan
from callserver.wire.numbers import digits, is_possible
from callserver.wire.typed import typed_text

NAME_MAX, ADDRESS_MAX = 80, 300
YUAN_MAX = 10_000_000
MONEY = re.compile(r"[-+]?[0-9]+(\.[0-9]{1,2}0*)?")
MARKS = re.compile("|".join((r"[¥\s]", *(known(language, N_("yuan")) for language in LANGUAGES))))
TELEPHONES_MAX = 10
YES_NO = {True: N_("yes"), False: N_("no")}
YES = {"y", "true", "1", *(known(language, YES_NO[True]) for language in LANGUAGES)}
NO = {"n", "false", "0", *(known(language, YES_NO[False]) for language in LANGUAGES)}


def keyed_number(help: str, most: int = ITEM_DIGITS) -> Field:
    """By which callers name a thing, or themselves, on their telephones."""
    return Field(lambda text: read_keyed_number(text, most), str, help)


def words(help: str, most: int = NAME_MAX) -> Field:
    """For people; of an address a line."""

    def read(text: str) -> str:
        typed = normalize("NFC", " ".join(text.split()))
        if len(typed) > most or not typed.isprintable():
            raise Unfit("needs at most {most} readable characters", most=most)
        return typed

    return Field(read, str, help)


def money(help: str, *, most_yuan: int = YUAN_MAX) -> Field:
    """Yuan with or without a point; kept as fen."""
    return Field(lambda text: read_money(text, most_yuan), lambda fen: "" if fen is None else yuan(fen), help)


def one_of(named: Mapping[str, tuple[str, ...]], help: str, none_yet: str) -> Field:
    """
    One of what the shop has, by its key or one of its names; kept as the key. Nothing is none.

    :param none_yet: what to do where there is none, a sentence
    """
    keys = {_plain(name): key for key, names in named.items() for name in (*names, key)}

    def read(text: str) -> str:
        typed = typed_text(text)
        if not typed:
            return ""
        if _plain(typed) in keys:
            return keys[_plain(typed)]
        if not named:
            raise Unfit(none_yet)
        raise Unfit(
            "there is none called so; {hint}", hint=nearest(typed, [n for names in named.values() for n in names])
        )

    return Field(read, str, help)


def yes_no(help: str) -> Field:
    """As people write it in any language of ours."""

    def read(text: str) -> bool:
        typed = typed_text(text).lower()
        if typed not in YES | NO:
            raise Unfit("needs yes or no")
        return typed in YES

    return Field(read, lambda value: YES_NO[value], help)


def telephones(country: str, help: str) -> Field:
    """Numbers from which somebody calls, as they are written."""

    def read(text: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(items(text)))
        for number in found:
            if not re.fullmatch(r"\+?[0-9]+", re.sub(r"[\s()./-]", "", number)) or not is_possible(number, country):
                raise Unfit("{number} is no telephone number", number=number)
        if len(found) > TELEPHONES_MAX:
            raise Unfit("has more than {n} numbers", n=TELEPHONES_MAX)
        return found

    return Field(read, ", ".join, help, is_list=True, keys=lambda item: [digits(item)])


def read_keyed_number(text: str, most: int = ITEM_DIGITS) -> str:
    """
    :raises Unfit: a caller cannot key it
    """
    typed = typed_text(text)
    if not re.fullmatch("[0-9]+", typed) or len(typed) > most:
        raise Unfit("is no number that callers can key: that is 1 to {most} digits", most=most)
    return typed


def read_member_number(text: str) -> str:
    """
    :raises Unfit: a caller cannot key it
    """
    return read_keyed_number(text, MEMBER_DIGITS)


def read_money(text: str, most_yuan: int = YUAN_MAX) -> int:
    """
    39.00, 39, ¥39, 1,234.50 as fen.

    :raises Unfit: no sum, or one below nothing
    """
    typed = re.sub(r",(?=[0-9]{3}\b)", "", MARKS.sub("", typed_text(text)))
    if not MONEY.fullmatch(typed):
        raise Unfit("is no sum: write yuan, as 39.00")
    try:
        fen = int(Decimal(typed) * 100)
    except InvalidOperation:
        raise Unfit("is no sum: write yuan, as 39.00") from None
    if fen < 0:
        raise Unfit("is below nothing: write a sum, as 39.00")
    if fen > most_yuan * 100:
        raise Unfit("is more than {most} yuan: is the point in its place?", most=most_yuan)
    return fen


def _plain(name: str) -> str:
    return typed_text(name).lower().replace(" ", "")
