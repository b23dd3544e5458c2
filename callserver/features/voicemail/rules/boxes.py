"""Boxes and their greetings; run in `store.read` and `store.write`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.acd.organisation.tables import GroupRow
from callserver.calls.dial_guard import DialClass, classify
from callserver.features.voicemail.rules.messages import Sounding, add_sound, delete, forget_sounds
from callserver.features.voicemail.tables import BoxKind, BoxRow, GreetingKind, GreetingRow, MessageRow, SoundRow
from callserver.store.tables import clean
from callserver.wire.catalogue import LANGUAGES, N_, Complaint

NUMBER = re.compile(r"[0-9]{1,6}")
NAME_MAX = 40
ADDRESS = re.compile(r"[!-~]{1,64}@[A-Za-z0-9.-]{1,250}")
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
LIMITS = {"messages_max": (1, 1000), "message_s": (10, 600)}


class BoxError(Complaint):
    """A box cannot be so."""


@dataclass(frozen=True)
class Box:
    """One box; `has_pin`: it can be opened by telephone."""

    number: str
    name: str
    kind: BoxKind = BoxKind.PERSON
    owner: str = ""
    has_pin: bool = False
    pin_is_first: bool = False
    parent: str | None = None
    key: str = ""
    language: str = ""
    away: bool = False
    suspended: bool = False
    messages_max: int = 100
    message_s: int = 180
    mail_to: str = ""
    mail_delete: bool = False
    tell_number: str = ""
    deliver_at: str = ""


SETTINGS = (
    "name",
    "owner",
    "parent",
    "key",
    "language",
    "away",
    "suspended",
    "messages_max",
    "message_s",
    "mail_to",
    "mail_delete",
    "tell_number",
    "deliver_at",
)
TYPES = {name: type(getattr(Box("", ""), name)) for name in SETTINGS} | {"parent": str}


def add_box(box: Box) -> None:
    """
    :raises BoxError: there is one of this number, or it cannot be so
    """
    if find_box(box.number) is not None:
        raise BoxError(N_("there is a mailbox {number} already"), number=box.number)
    if not NUMBER.fullmatch(box.number):
        raise BoxError(N_("{number}: a mailbox has a number of one to six digits"), number=box.number)
    if classify(box.number) is not DialClass.REFUSED:
        raise BoxError(N_("{number} can be dialled outside: give the mailbox another"), number=box.number)
    BoxRow.insert(number=box.number, name="", kind=box.kind.value).execute()
    set_box(box.number, {name: getattr(box, name) for name in SETTINGS} | {"parent": box.parent or ""})


def set_box(number: str, settings: Mapping[str, Any]) -> None:
    """
    Set some of SETTINGS otherwise. Where letters begin, they begin with what comes from now on: what has lain here is
    neither mailed nor, by `mail_delete`, lost.

    :raises BoxError: there is no such box, or it cannot be so
    """
    box = need_box(number)
    given = {name: clean(value) for name, value in settings.items()}
    _check(box, settings)
    if given.get("mail_to") and not box.mail_to:
        MessageRow.update(mailed=True).where(MessageRow.box == number).execute()
    if given:
        BoxRow.update(given).where(BoxRow.number == number).execute()


def remove_box(number: str) -> list[str]:
    """
    With all that is in it.

    :return: the sounds that nothing plays any more
    :raises BoxError: there is no such box, or others are below it
    """
    need_box(number)
    if below := [one.number for one in below_box(number)]:
        raise BoxError(N_("{boxes} are below it: remove them first"), boxes=", ".join(below))
    sounds = {row.sound_id for row in GreetingRow.select().where(GreetingRow.box == number)}
    GreetingRow.delete().where(GreetingRow.box == number).execute()
    gone = delete(MessageRow.select().where(MessageRow.box == number))
    BoxRow.delete().where(BoxRow.number == number).execute()
    return [*gone, *forget_sounds(sounds)]


def find_box(number: str) -> Box | None:
    """By its number."""
    row = BoxRow.get_or_none(BoxRow.number == clean(number))
    return _box(row) if row is not None else None


def need_box(number: str) -> Box:
    """
    :raises BoxError: there is none
    """
    box = find_box(number)
    if box is None:
        raise BoxError(N_("there is no mailbox {number}"), number=repr(number[:24]))
    return box


def all_boxes() -> list[Box]:
    """By number."""
    return sorted(map(_box, BoxRow.select()), key=lambda box: (len(box.number), box.number))


def box_numbers() -> set[str]:
    """Of all there are."""
    return {row.number for row in BoxRow.select(BoxRow.number)}


def has_owner(box: Box) -> bool:
    """Whether the person or the group whose it is to be is there; nobody's is nobody's."""
    if not box.owner:
        return True
    if box.kind is BoxKind.GROUP:
        return bool(GroupRow.select().where(GroupRow.name == box.owner).exists())
    return bool(StaffRow.select().where(StaffRow.number == box.owner).exists())


def below_box(number: str) -> list[Box]:
    """Its sub-boxes, in the order of their keys."""
    return [_box(row) for row in BoxRow.select().where(BoxRow.parent == number).order_by(BoxRow.key, BoxRow.number)]


def goes_with(below: Box, above: Box) -> bool:
    """Whether who opens a box opens one below it, too: not where that is somebody else's. Pure."""
    return not below.owner or (below.owner, below.kind) == (above.owner, above.kind)


# Greetings


def greetings(number: str) -> dict[GreetingKind, Sounding]:
    """Those that a box has."""
    rows = GreetingRow.select().where(GreetingRow.box == number)
    return {GreetingKind(row.kind): Sounding(row.sound_id, row.sound.length_ms / 1000) for row in rows}


def all_greetings() -> dict[str, dict[GreetingKind, Sounding]]:
    """Of all boxes that have any."""
    found: dict[str, dict[GreetingKind, Sounding]] = {}
    for row in GreetingRow.select(GreetingRow, SoundRow).join(SoundRow):
        sound = Sounding(row.sound.id, row.sound.length_ms / 1000)
        found.setdefault(row.box_id, {})[GreetingKind(row.kind)] = sound
    return found


def chosen(box: Box, kinds: Collection[GreetingKind], *, busy: bool) -> GreetingKind | None:
    """Which greeting a guest hears; None: the server's own. Pure."""
    in_turn = (
        (GreetingKind.ABSENCE, box.away),
        (GreetingKind.BUSY, busy),
        (GreetingKind.NAME, True),
        (GreetingKind.STANDARD, True),
    )
    return next((kind for kind, holds in in_turn if holds and kind in kinds), None)


def set_greeting(number: str, kind: GreetingKind, sound: Sounding | None) -> list[str]:
    """
    Another greeting, or none.

    :return: the sounds that nothing plays any more
    """
    this = (GreetingRow.box == number) & (GreetingRow.kind == kind.value)
    before = {row.sound_id for row in GreetingRow.select().where(this)}
    GreetingRow.delete().where(this).execute()
    if sound is not None:
        add_sound(sound)
        GreetingRow.insert(box=number, kind=kind.value, sound=sound.id).execute()
    return forget_sounds(before)


def _check(box: Box, given: Mapping[str, Any]) -> None:
    name = given.get("name", box.name)
    if not (isinstance(name, str) and 1 <= len(name.strip()) <= NAME_MAX and name.isprintable()):
        raise BoxError(N_("a mailbox has a name of 1 to {n} characters"), n=NAME_MAX)
    for key, value in given.items():
        if type(value) is not TYPES[key]:
            raise BoxError(N_("{key}={value}: does not fit"), key=key, value=repr(value))
    for limit, (low, high) in LIMITS.items():
        if not low <= given.get(limit, low) <= high:
            raise BoxError(N_("{name} = {value}: {low} to {high}"), name=limit, value=given[limit], low=low, high=high)
    if given.get("mail_to") and not ADDRESS.fullmatch(given["mail_to"]):
        raise BoxError(N_("{address} is no mail address"), address=repr(given["mail_to"]))
    if given.get("deliver_at") and not TIME.fullmatch(given["deliver_at"]):
        raise BoxError(N_("{time} is no time of day: write 17:30"), time=repr(given["deliver_at"]))
    if given.get("language") and given["language"] not in LANGUAGES:
        raise BoxError(N_("there is no language {name}: write zh or en"), name=repr(given["language"]))
    number = given.get("tell_number")
    if number and classify(number) not in (DialClass.LOCAL, DialClass.NATIONAL):
        raise BoxError(N_("{number}: owners are called at local and national numbers"), number=repr(number[:24]))
    _check_place(box, given.get("parent", box.parent) or "", given.get("key", box.key))


def _check_place(box: Box, parent: str, key: str) -> None:
    if not parent:
        return
    above = need_box(parent)
    if above.parent or parent == box.number or below_box(box.number):
        raise BoxError(N_("{parent} cannot be above {box}: there are two levels"), parent=parent, box=box.number)
    if not re.fullmatch("[1-9]", key):
        raise BoxError(N_("a box below another needs key=1 to 9, by which callers reach it"))
    if any(one.key == key and one.number != box.number for one in below_box(parent)):
        raise BoxError(N_("key {key} leads to another box below {parent}"), key=key, parent=parent)


def _box(row: BoxRow) -> Box:
    return Box(
        row.number,
        kind=BoxKind(row.kind),
        has_pin=row.pin is not None,
        pin_is_first=row.pin_is_first,
        **{name: getattr(row, name) for name in SETTINGS},
    )
