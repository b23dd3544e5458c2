"""What can be set of queues, groups, hours, offices and people, told to programs: from the forms that read it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from callserver.acd.organisation.fields import NAME_OF
from callserver.acd.organisation.forms import FORMS
from callserver.acd.organisation.parts import CALLED
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.acd.staff.form import RIGHTS, STAFF_FORM
from callserver.config import Sentence
from callserver.config.meanings import UNITS
from callserver.wire.catalogue import LANGUAGES, N_, told
from callserver.wire.rights import Right
from callserver.wire.words import RIGHT_WORDS

NEXT, PAGE = re.compile("[0-9]{1,4}"), 15  # more would hold up the sound of calls while they are packed
STAFF = "staff"
KINDS = {called: FORMS[part] for part, called in CALLED.items()} | {STAFF: STAFF_FORM}
NAMES = {  # of what a name is, by the setting that has it
    "group": "groups",
    "calendar": "hours",
    "queue": "queues",
    "parent": "regions",
    "offices": "offices",
    "members": STAFF,
}
WORDS = {
    "yes": N_("yes"),
    "no": N_("no"),
    "ring_all": N_("all at once"),
    "longest_idle": N_("who has been idle longest"),
    "fewest_calls": N_("who has had the fewest calls today"),
    "least_talk": N_("who has talked least today"),
    "round_robin": N_("one after the other in turn"),
    "linear": N_("always from the first on"),
    "progressive": N_("from the first on, more and more at once"),
    "random": N_("by chance"),
    "priority": N_("higher priority, then who came first"),
    "aging": N_("waiting time, with a bonus for priority"),
    "automatic": N_("as hours and days say"),
    "on": N_("night: closed"),
    "off": N_("day: open"),
    "zh": N_("Chinese"),
    "en": N_("English"),
} | {name: RIGHT_WORDS[right] for name, right in RIGHTS.items()}
Row = dict[str, Any]


def described_kind(value: Any) -> bool:
    """One of "staff", "groups", "queues", "hours", "offices", "regions", "callers": as in the names of acts."""
    return isinstance(value, str) and value in KINDS


def fields_place(value: Any) -> bool:
    """Where the fields go on: "" at their beginning, else the "next" of the answer before."""
    return isinstance(value, str) and (value == "" or NEXT.fullmatch(value) is not None)


def describe(seat: Seat, kind: str, place: str) -> Row:
    """
    What can be set of one kind of things, as `save_queues` and its like take it; 15 fields at a time.

    :return: {"key": what they are known by, "fields": a list of {"key", "meaning", "kind" ("yes or no", "whole number",
        "number", "choice", "text", "name", "digits", "key", "target"), "of" (whose name it is: "groups"), "list"
        (several, with commas), "unit", "low", "high", "choices": a list of {"value", "words"}, "default"}; meaning,
        unit and words {"en", "zh"}, "next": what asks for those behind them, "" if there are none}
    """
    keys, first = list(KINDS[kind].settings), int(place or 0)
    behind = first + PAGE
    fields = [_row(kind, key) for key in keys[first:behind]]
    return {"key": KINDS[kind].key, "fields": fields, "next": str(behind) if behind < len(keys) else ""}


ACTS = {"describe": Act(describe, (described_kind, fields_place), Right.SUPERVISOR)}


@cache
def _row(kind: str, key: str) -> Row:
    """Made once: the words of all are some milliseconds."""
    form = KINDS[kind]
    field, default = form.settings[key], form.shown(form.new("1"))[key]
    unit = UNITS.get(key.rpartition("_")[2]) if field.low or field.high else None
    return {
        "key": key,
        "meaning": _both(Sentence(field.help)),
        "kind": field.kind,
        "of": NAMES.get(key, "") if field.kind == NAME_OF else "",
        "list": field.is_list,
        "unit": _both(unit) if unit is not None else None,
        "low": field.low,
        "high": field.high,
        "choices": [{"value": one, "words": _both(Sentence(WORDS.get(one, one)))} for one in field.allowed],
        "default": default,
    }


def _both(sentence: Sentence) -> Row:
    return {language: told(sentence, language) for language in LANGUAGES}
