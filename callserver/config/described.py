"""All that a person wants to know of a setting before he changes it, from the dataclasses and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, get_type_hints

from callserver.config.findings import Sentence
from callserver.config.meanings import MEANINGS, UNITS
from callserver.config.settings import (
    CHOICES,
    DIAL_CLASSES,
    RANGES,
    SINGLE_SECTIONS,
    FaxConfig,
    LineConfig,
    QueueConfig,
    ServerConfig,
    ShopConfig,
    VoicemailConfig,
)

YES_NO, WHOLE, NUMBER, CHOICE, CHOICES_OF, TEXT = "yes or no", "whole number", "number", "choice", "choices", "text"
CLASSES = ((FaxConfig, "later"), (ShopConfig, "tell"), (VoicemailConfig, "call"))


@dataclass(frozen=True)
class Described:
    """
    One setting; texts as config.ini takes them.

    :param kind: YES_NO, WHOLE, NUMBER, CHOICE, CHOICES_OF (several, with commas) or TEXT
    :param low: the least it may be, `high` the most; "" where it is no number
    :param default: None: there is none, and it has to be set
    """

    key: str
    meaning: Sentence
    kind: str
    unit: Sentence | None
    low: str
    high: str
    choices: tuple[str, ...]
    default: str | None


def kind_of(section: str) -> type | None:
    """The dataclass of a section by its name; None: there can be no such section."""
    word, _, name = section.partition(" ")
    if name.strip():
        return {"line": LineConfig, "queue": QueueConfig}.get(word)
    return SINGLE_SECTIONS.get(section)


@cache
def described(kind: type) -> Mapping[str, Described]:
    """The settings of a section by key, in the order of its dataclass."""
    hints = get_type_hints(kind)
    return {one.name: _described(kind, one.name, hints[one.name], _default(one)) for one in fields(kind)}


def may_be_secret(kind: type | None, key: str) -> bool:
    """Whether a value may hold a password."""
    return (kind, key) == (ServerConfig, "database")


def text_of(value: object) -> str:
    """A value as config.ini takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}".strip() for key, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _described(kind: type, key: str, hint: type, default: str | None) -> Described:
    low, high = (f"{edge:.12g}" for edge in RANGES[kind, key]) if (kind, key) in RANGES else ("", "")
    several = (kind, key) in CLASSES
    choices = ("yes", "no") if hint is bool else DIAL_CLASSES if several else CHOICES.get((kind, key), ())
    shape = {bool: YES_NO, int: WHOLE, float: NUMBER}.get(hint) or (
        CHOICES_OF if several else CHOICE if choices else TEXT
    )
    unit = UNITS.get(key.rpartition("_")[2]) if shape in (WHOLE, NUMBER) else None
    meaning = MEANINGS[kind].get(key) or Sentence(key)  # a test tells of one that is missing, and no screen breaks
    return Described(key, meaning, shape, unit, low, high, choices, default)


def _default(one: Any) -> str | None:
    if one.default is not MISSING:
        return text_of(one.default)
    return text_of(one.default_factory()) if one.default_factory is not MISSING else None
