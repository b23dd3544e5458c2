"""What can be set, as fields of a form: the server says what there is, and each field says what fits into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_

YES, NO = "yes", "no"
YES_NO_WORDS = {YES: N_("yes"), NO: N_("no")}
NUMBERS = ("whole number", "number")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class FormField:
    """
    One setting.

    :param label: what it is, beside the field; `meaning`: more of it
    :param choices: value and words of each; none: it is typed
    :param hint: what fits, what is usual, from when on it counts
    :param empty: what stands in the field while it is empty
    :param remark: to know, and no mistake
    """

    key: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    hint: str = ""
    meaning: str = ""
    empty: str = ""
    problem: str = ""
    remark: str = ""
    is_changed: bool = False


def begun(meaning: str) -> str:
    """As a label: it stands by itself, and begins with a great letter, wherever the server says it besides."""
    return meaning[:1].upper() + meaning[1:]


def choices_of(work: Workplace, row: Row) -> tuple[tuple[str, str], ...]:
    """Of what `describe` or `list_settings` says of one setting; yes and no are a choice, too."""
    found = [(YES, None), (NO, None)] if row["kind"] == "yes or no" else [_choice(one) for one in row["choices"]]
    return tuple((value, words[work.language] if words else _word(work, value)) for value, words in found)


def wrong_number(work: Workplace, row: Row, value: str) -> str:
    """What is wrong with a number, before the server is asked; "" if nothing is."""
    if row["kind"] not in NUMBERS or not value.strip() or not row["high"]:
        return ""
    try:
        fits = float(row["low"] or "-inf") <= float(value) <= float(row["high"])
    except ValueError:
        fits = False
    return "" if fits else work.words("Must be {low} to {high}", low=row["low"], high=row["high"])


def usual(work: Workplace, row: Row) -> list[str]:
    """The range and the default, as far as there are any."""
    parts = [f"{row['low']}–{row['high']}"] if row["kind"] in NUMBERS and row["high"] else []
    default = row["default"]
    if default:
        words = dict(choices_of(work, row))
        parts.append(work.words("default {value}", value=words.get(default, default)))
    return parts


def _choice(one: Any) -> tuple[str, Mapping[str, str] | None]:
    return (one["value"], one["words"]) if isinstance(one, Mapping) else (str(one), None)


def _word(work: Workplace, value: str) -> str:
    return work.words(YES_NO_WORDS[value]) if value in YES_NO_WORDS else value
