"""The text of one setting of the organisation -> its value, and back; what does not fit says what would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from callserver.acd.organisation.parts import in_order
from callserver.acd.routing.candidates import Member
from callserver.calls.dial_guard import CHINA
from callserver.config import Unfit, nearest
from callserver.config.described import CHOICE, TEXT, WHOLE, YES_NO
from callserver.config.described import NUMBER as DECIMAL
from callserver.config.values import boolean, number
from callserver.wire.targets import Target, TargetKind
from callserver.wire.typed import typed_text

NAME = re.compile(r"[\w-]{1,32}")  # as in `callserver.wire.targets`
NUMBER = re.compile(r"[0-9]{1,8}")  # an internal one
NAME_OF, DIGITS, KEY, TARGET = "name", "digits", "key", "target"  # kinds, beside those of config.ini
TEXT_MAX, LEVEL_MAX, PHONE_MAX = 64, 9, 24


@dataclass(frozen=True)
class Field:
    """
    What one setting may be.

    :param read: its value, from a text that was typed; raises Unfit
    :param show: the text again, which `read` takes
    :param help: a sentence of the catalogue
    :param is_list: its text is items with commas between, which can be added and taken away one by one
    :param spread: the items of a value, each for itself
    :param allowed: all values there are, where they can be counted
    :param keys: what an item is known by, also when it is to be taken away: the 801 of 801/2
    :param kind: what sort of value, or of item, it is: what a screen shows to choose or type it
    :param low: the least number it may be, `high` the largest, as text; "" where it is none
    """

    read: Callable[[str], Any]
    show: Callable[[Any], str]
    help: str
    is_list: bool = False
    spread: Callable[[Any], list[str]] | None = None
    allowed: tuple[str, ...] = ()
    keys: Callable[[str], Iterable[str]] = lambda item: [re.split("[ /:]", item)[0]]
    kind: str = TEXT
    low: str = ""
    high: str = ""

    def plus(self, value: Any, text: str) -> Any:
        """
        The value with these items too; one that is there already is as it is written here.

        :raises Unfit: as `read`
        """
        new = items(text)
        return self.read(", ".join([*self._but(value, new), *new]))

    def minus(self, value: Any, text: str) -> Any:
        """
        The value without these items.

        :raises Unfit: one of them is not there
        """
        there = {key for item in self._items(value) for key in self.keys(item)}
        for item in items(text):
            if not there.intersection(self.keys(item)):
                raise Unfit("{item} is not there", item=repr(item))
        return self.read(", ".join(self._but(value, items(text))))

    def _but(self, value: Any, gone: Iterable[str]) -> list[str]:
        keys = {key for item in gone for key in self.keys(item)}
        return [item for item in self._items(value) if not keys.intersection(self.keys(item))]

    def _items(self, value: Any) -> list[str]:
        return self.spread(value) if self.spread else items(self.show(value))


def items(text: str) -> list[str]:
    """What stands between commas; those of a Chinese keyboard too."""
    return [item for part in re.split("[,，、;；]", text) if (item := " ".join(typed_text(part).split()))]


# Words and numbers


def yes_no(help: str) -> Field:
    return Field(lambda text: boolean(typed_text(text)), lambda value: "yes" if value else "no", help, kind=YES_NO)


def amount(kind: type[int] | type[float], low: float, high: float, help: str) -> Field:
    """A number with its limits."""
    read = number(kind, low, high)
    return Field(
        lambda text: read(typed_text(text)),
        lambda value: f"{value:.12g}",
        help,
        kind=WHOLE if kind is int else DECIMAL,
        low=f"{low:.12g}",
        high=f"{high:.12g}",
    )


def optional_amount(low: int, high: int, help: str) -> Field:
    """A whole number, or nothing."""
    read = number(int, low, high)
    return Field(
        lambda text: read(typed_text(text)) if typed_text(text) else None,
        lambda value: "" if value is None else str(value),
        help,
        kind=WHOLE,
        low=str(low),
        high=str(high),
    )


def choice(kind: type[Enum], help: str) -> Field:
    """One of an enum's values."""
    allowed = tuple(str(one.value) for one in kind)
    return Field(
        lambda text: kind(one_of(allowed, text)), lambda value: str(value.value), help, allowed=allowed, kind=CHOICE
    )


def word_of(allowed: Iterable[str], help: str) -> Field:
    """One of these words, or nothing."""
    known = tuple(allowed)
    return Field(lambda text: one_of(known, text) if typed_text(text) else "", str, help, allowed=known, kind=CHOICE)


def name(help: str) -> Field:
    """What something else is known by; whether it is there is seen to by `references`."""
    return Field(lambda text: read_name(text) if typed_text(text) else "", str, help, kind=NAME_OF)


def words(help: str) -> Field:
    """For people."""
    return Field(read_words, str, help)


def internal_number(help: str) -> Field:
    return Field(lambda text: no_emergency(read_number(text)) if typed_text(text) else "", str, help, kind=DIGITS)


def phone(help: str) -> Field:
    """One that the shop dials."""
    return Field(lambda text: no_emergency(read_phone(text)), str, help, kind=DIGITS)


def key(help: str) -> Field:
    """One that a caller presses."""
    return Field(_read_key, str, help, kind=KEY)


def target(help: str) -> Field:
    """Where a caller is sent; nothing is the usual."""
    return Field(_read_target, lambda value: "" if value is None else str(value), help, kind=TARGET)


def one_of(allowed: Iterable[str], text: str) -> str:
    """
    :raises Unfit: it is none of these; with the likest
    """
    known, typed = tuple(allowed), typed_text(text).lower().replace("-", "_")
    if typed not in known:
        raise Unfit("{hint}", hint=nearest(typed, known))
    return typed


def read_name(text: str) -> str:
    """
    :raises Unfit: letters, figures, - and _ make a name
    """
    typed = typed_text(text)
    if not NAME.fullmatch(typed):
        raise Unfit("is no name: that is 1 to 32 letters, figures, - or _")
    return typed


def read_number(text: str) -> str:
    """
    :raises Unfit: it is no internal number
    """
    typed = typed_text(text)
    if not NUMBER.fullmatch(typed):
        raise Unfit("is no internal number: that is 1 to 8 digits")
    return typed


def no_emergency(number: str) -> str:
    """
    Nobody has such a number, and no setting has it dialled.

    :raises Unfit: it is one
    """
    if number in CHINA.emergency:
        raise Unfit("{number} is an emergency number: choose another", number=number)
    return number


def read_words(text: str) -> str:
    """
    :raises Unfit: too long, or not to be read
    """
    typed = typed_text(text)
    if len(typed) > TEXT_MAX or not typed.isprintable():
        raise Unfit("needs at most {most} readable characters", most=TEXT_MAX)
    return typed


def read_phone(text: str) -> str:
    """
    A telephone number as one dials it from the shop; written with blanks and dashes too.

    :raises Unfit: it is none
    """
    typed = _close_up(text)
    if typed.startswith("+"):
        raise Unfit("write the number as it is dialled from the shop, without +")
    if not re.fullmatch("[0-9]*", typed) or len(typed) > PHONE_MAX:
        raise Unfit("is no telephone number: that is at most {most} digits", most=PHONE_MAX)
    return typed


def read_caller(text: str) -> str:
    """
    A number as people and exchanges write a caller's: +86 139 1234 5678 too.

    :raises Unfit: it is none
    """
    typed = _close_up(text)
    return f"+{read_phone(typed[1:])}" if typed.startswith("+") else read_phone(typed)


def _close_up(text: str) -> str:
    return re.sub(r"[\s()./-]", "", typed_text(text))


def _read_key(text: str) -> str:
    typed = typed_text(text)
    if not re.fullmatch("[0-9*#]?", typed):
        raise Unfit("needs one key of a telephone: 0 to 9, * or #; or nothing")
    return typed


def _read_target(text: str) -> Target | None:
    typed = " ".join(typed_text(text).split())
    if not typed:
        return None
    try:
        target = Target.parse(typed)
    except ValueError:
        raise Unfit(
            "needs a place, as in: queue service, seat 802, number 01062345678, menu fault, office, hang up"
        ) from None
    if target.kind is TargetKind.NUMBER:
        no_emergency(target.name)
    return target


# Lists


def list_of(read: Callable[[str], Any], show: Callable[[Any], str], help: str, allowed: tuple[str, ...] = ()) -> Field:
    """Items with commas between, of whatever kind."""
    return Field(read, show, help, is_list=True, allowed=allowed, kind=CHOICE if allowed else TEXT)


def names(help: str) -> Field:
    """Numbers of others, in their order."""
    return Field(lambda text: tuple(_once(map(read_number, items(text)))), ", ".join, help, is_list=True, kind=NAME_OF)


def phones(help: str) -> Field:
    """Telephone numbers, or beginnings of them."""
    return Field(lambda text: tuple(_once(map(read_phone, items(text)))), ", ".join, help, is_list=True, kind=DIGITS)


def callers(help: str) -> Field:
    """Telephone numbers of callers, as each was written down."""
    return Field(lambda text: tuple(_once(map(read_caller, items(text)))), ", ".join, help, is_list=True)


def levels(help: str, low: int = 0, high: int = 10) -> Field:
    """Skills with their levels: zh:3, en:1; without a level it is 1."""
    read = number(int, low, high)

    def read_all(text: str) -> dict[str, int]:
        found = [one.replace("：", ":").partition(":") for one in items(text)]
        _once(skill for skill, _, _ in found)
        return {read_name(skill): read(level.strip()) if colon else 1 for skill, colon, level in found}

    return Field(read_all, _show_levels, help, is_list=True)


def _show_levels(value: Mapping[str, int]) -> str:
    return ", ".join(f"{skill}:{level}" for skill, level in sorted(value.items()))


def members(help: str) -> Field:
    """People in the order in which they are asked; 804/2 is at level 2."""
    return Field(_read_members, _show_members, help, is_list=True, kind=NAME_OF)


def _read_members(text: str) -> tuple[Member, ...]:
    level_of = number(int, 1, LEVEL_MAX)
    found = [item.replace(" ", "").partition("/") for item in items(text)]
    _once(person for person, _, _ in found)
    return in_order(
        Member(read_number(person), level_of(level) if slash else 1, position)
        for position, (person, slash, level) in enumerate(found, 1)
    )


def _show_members(value: tuple[Member, ...]) -> str:
    shown = sorted(value, key=lambda one: (one.position, one.level, one.number))
    return ", ".join(one.number if one.level == 1 else f"{one.number}/{one.level}" for one in shown)


def _once(found: Iterable[str]) -> list[str]:
    seen: dict[str, None] = {}
    for one in found:
        if one in seen:
            raise Unfit("{item} is in the list twice: write it once", item=one)
        seen[one] = None
    return list(seen)
