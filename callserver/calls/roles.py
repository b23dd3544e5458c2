"""Who hears whom: pure, from the roles of one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

P = TypeVar("P")


class Role(Enum):
    """What a participant does in a call."""

    TALKS = "talks"
    HELD = "held"  # hears music
    ALONE = "alone"  # with a menu or a queue, or holds the others: hears only what is played to it
    LISTENS = "listens"  # beside one who talks: hears what that one hears and says
    OVERHEARS = "overhears"  # beside a line: as LISTENS, and also while it is with a menu or a queue
    WHISPERS = "whispers"  # as LISTENS, and is heard by that one alone
    CALLED = "called"  # is being dialled: is heard, with its tones, and hears nobody (no key of a talk dials on)
    FAXES = "faxes"  # its sound is a fax engine's alone
    SECRET = "in secret"  # keys in what nobody may hear, and hears only what is played to it


LISTENERS = (Role.LISTENS, Role.OVERHEARS, Role.WHISPERS)


@dataclass(frozen=True)
class Part(Generic[P]):
    """A participant's role; `beside`: whom it listens or whispers to, or who holds it."""

    role: Role
    beside: P | None = None


def gains(parts: Mapping[P, Part[P]]) -> dict[tuple[P, P], float]:
    """
    The gains between the participants of one call.

    :return: {(source, sink): gain}, only those that are not 0

    | source \\ sink | talks | held | alone | listens | overhears | whispers | called, faxes, in secret |
    |---|---|---|---|---|---|---|---|
    | talks, called | 1 | 0 | 0 | 1 if beside one who talks | as listens | as listens | 0 |
    | alone | 0 | 0 | 0 | 0 | 1 if beside it | 0 | 0 |
    | whispers | 1 for whom it is beside | 0 | 1 for whom it is beside | 0 | 0 | 0 | 0 |
    | held, listens, overhears, faxes, in secret | 0 | 0 | 0 | 0 | 0 | 0 | 0 |
    """
    return {
        (source, sink): 1.0 for source in parts for sink in parts if source != sink and _is_heard(parts, source, sink)
    }


def _is_heard(parts: Mapping[P, Part[P]], source: P, sink: P) -> bool:
    speaks, hears = parts[source], parts[sink]
    if speaks.role is Role.WHISPERS:
        return speaks.beside == sink and hears.role in (Role.TALKS, Role.ALONE)
    if hears.role is Role.OVERHEARS and speaks.role is Role.ALONE:
        return hears.beside == source
    if speaks.role not in (Role.TALKS, Role.CALLED):
        return False
    if hears.role in LISTENERS:
        return _role_of(parts, hears.beside) is Role.TALKS
    return hears.role is Role.TALKS


def overheard(parts: Mapping[P, Part[P]]) -> dict[P, P]:
    """Who hears what is played to another one, less its music: {sink: source}; no music, which would tell nothing."""
    found = {}
    for sink, part in parts.items():
        role = _role_of(parts, part.beside)
        if part.beside is not None and (
            (part.role in LISTENERS and role is Role.TALKS) or (part.role is Role.OVERHEARS and role is Role.ALONE)
        ):
            found[sink] = part.beside
    return found


def _role_of(parts: Mapping[P, Part[P]], party: P | None) -> Role | None:
    return next((part.role for one, part in parts.items() if one == party), None)
