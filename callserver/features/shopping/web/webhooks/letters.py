"""
What is to be sent where, and what has come of it; run in `store.read` and `store.write`.

A target's changes go out in their order, one at a time: `position` is the last that was taken there, or laid aside as a
dead letter because it was not however often. Nothing is ever dropped: what is behind the position is in the feed of
changes, what was laid aside is in the list of dead letters until it is taken or a person removes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from callserver.features.shopping.rules.feed import Changed, changes_since, last_sequence
from callserver.features.shopping.tables import Change
from callserver.features.shopping.web.keys import named
from callserver.features.shopping.web.tables import DeadLetter, Target
from callserver.features.shopping.web.webhooks.hosts import TargetFault, check_target
from callserver.features.shopping.web.webhooks.retries import Outcome, wait_after
from callserver.store.tables import from_ms, to_ms

TROUBLE_MAX = 200


@dataclass(frozen=True)
class Letter:
    """One change on its way to one target."""

    target: str
    url: str
    secret: str
    sequence: int
    body: bytes
    is_dead: bool = False  # laid aside before, and wanted once more


@dataclass(frozen=True)
class TargetStatus:
    """How it stands with one target."""

    name: str
    url: str
    waiting: int  # changes that it has not got yet
    dead: int
    tries: int
    trouble: str
    next_try: datetime | None


@dataclass(frozen=True)
class Dead:
    """A message nobody took."""

    target: str
    sequence: int
    at: datetime
    trouble: str
    again: bool


def add_target(name: str, url: str, allowed: Collection[str], token: Callable[[], str]) -> str:
    """
    Changes from now on go there as well.

    :return: the secret that signs its messages
    :raises Complaint: the name or the URL is none, or may not be
    """
    named(name)
    check_target(url, allowed)
    if Target.get_or_none(Target.name == name) is not None:
        raise TargetFault("there is a target {name} already", name=name)
    secret = token()
    Target.create(name=name, url=url, secret=secret, position=last_sequence())
    return secret


def remove_target(name: str) -> None:
    """With its dead letters."""
    DeadLetter.delete().where(DeadLetter.target == name).execute()
    if not Target.delete().where(Target.name == name).execute():
        raise _unknown(name)


def all_targets() -> list[TargetStatus]:
    """In order of their names."""
    newest = last_sequence()
    return [_status(row, newest) for row in Target.select().order_by(Target.name)]


def due_letters(now: datetime, except_to: Collection[str] = ()) -> list[Letter]:
    """At most one a target; dead ones that are wanted once more go first."""
    found = (_due(row, now) for row in Target.select().order_by(Target.name) if row.name not in except_to)
    return [letter for letter in found if letter is not None]


def keep_outcome(letter: Letter, outcome: Outcome, now: datetime) -> bool:
    """
    What came of one try.

    :return: whether it was laid aside by this
    """
    if letter.is_dead:
        _keep_of_dead(letter, outcome, now)
        return False
    row = Target.get_or_none(Target.name == letter.target, Target.position < letter.sequence)
    if row is None:  # removed meanwhile
        return False
    tries = row.tries + 1
    wait = wait_after(tries, outcome) if outcome.trouble else None
    if wait is not None:
        _change(row.name, tries=tries, due_ms=to_ms(now + wait), trouble=outcome.trouble[:TROUBLE_MAX])
        return False
    _change(row.name, position=letter.sequence, tries=0, due_ms=0, trouble=outcome.trouble[:TROUBLE_MAX])
    if outcome.trouble:
        DeadLetter.create(
            target=row.name, sequence=letter.sequence, at_ms=to_ms(now), trouble=outcome.trouble[:TROUBLE_MAX]
        )
    return bool(outcome.trouble)


def dead_letters(target: str | None = None, n: int = 1000) -> list[Dead]:
    """Those of one target, or of all."""
    rows = DeadLetter.select().order_by(DeadLetter.target, DeadLetter.sequence).limit(n)
    if target is not None:
        rows = rows.where(DeadLetter.target == target)
    return [Dead(row.target.name, row.sequence, from_ms(row.at_ms), row.trouble, row.again) for row in rows]


def send_again(target: str, sequence: int | None = None) -> int:
    """Dead letters are sent once more, at once; how many. A target that waits for its next try is tried now."""
    if not Target.update(due_ms=0).where(Target.name == target).execute():
        raise _unknown(target)
    wanted = DeadLetter.target == target
    if sequence is not None:
        wanted &= DeadLetter.sequence == sequence
    return int(DeadLetter.update(again=True).where(wanted).execute())


def body_of(change: Changed) -> bytes:
    """A message: what has changed, and nothing about a person; whoever has a key asks for the rest."""
    return json.dumps(change_as_json(change), separators=(",", ":")).encode()


def change_as_json(change: Changed) -> dict[str, object]:
    """One change, as poll and webhooks tell it."""
    return {
        "sequence": change.sequence,
        "kind": change.kind,
        "number": change.number,
        "state": change.state,
        "at": change.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _due(row: Target, now: datetime) -> Letter | None:
    there = DeadLetter.sequence.in_(Change.select(Change.sequence))  # changes of the sample go with it
    dead = DeadLetter.select().where(DeadLetter.target == row, DeadLetter.again, there)
    first = dead.order_by(DeadLetter.sequence).first()
    if first is not None:
        return _letter(row, first.sequence - 1, is_dead=True)
    return _letter(row, row.position) if row.due_ms <= to_ms(now) else None


def _letter(row: Target, after: int, *, is_dead: bool = False) -> Letter | None:
    found = changes_since(after, 1)
    if not found:
        return None
    return Letter(row.name, row.url, row.secret, found[0].sequence, body_of(found[0]), is_dead)


def _keep_of_dead(letter: Letter, outcome: Outcome, now: datetime) -> None:
    this = (DeadLetter.target == letter.target) & (DeadLetter.sequence == letter.sequence)
    if outcome.trouble:
        changed = {"again": False, "at_ms": to_ms(now), "trouble": outcome.trouble[:TROUBLE_MAX]}
        DeadLetter.update(changed).where(this).execute()
    else:
        DeadLetter.delete().where(this).execute()
        taken = (Target.name == letter.target) & (Target.tries == 0)  # it answers again: its old trouble is none now
        Target.update(trouble="").where(taken).execute()


def _change(name: str, **columns: object) -> None:
    Target.update(columns).where(Target.name == name).execute()


def _status(row: Target, newest: int) -> TargetStatus:
    dead = DeadLetter.select().where(DeadLetter.target == row).count()
    next_try = from_ms(row.due_ms) if row.tries else None
    return TargetStatus(row.name, row.url, newest - row.position, dead, row.tries, row.trouble, next_try)


def _unknown(name: str) -> TargetFault:
    return TargetFault("there is no target {name}", name=name)
