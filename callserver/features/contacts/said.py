"""Messages between colleagues as they are kept; all of it runs in the database's thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.features.contacts.rules import staff_names
from callserver.features.contacts.tables import SaidRow
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Said

UNREAD_MAX = 100  # of one person
KEPT = timedelta(days=30)
PAGE = 50
Row = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """One message as it was taken: for whom it is on disk, and who has too many that he has not read."""

    messages: tuple[tuple[str, Said], ...]  # by the recipient's number
    full: tuple[str, ...]


def keep(sender: str, persons: Collection[str], members: Collection[str], named: str, text: str, now: datetime) -> Kept:
    """
    Before anybody is told; old ones go.

    :param persons: staff numbers; with no `members`: none are everybody's
    :param members: of groups; who of them does not work here any more is left out, and the sender
    :param named: what all of them are called: "group NAME" or "everybody"; "": several are meant
    :raises Complaint: one of the persons does not work here, or nobody is left
    """
    SaidRow.delete().where(SaidRow.at_ms < to_ms(now - KEPT)).execute()
    works = {row.number for row in StaffRow.select(StaffRow.number).where(~StaffRow.disabled)}
    if strangers := [one for one in persons if one not in works]:
        raise Complaint(N_("nobody here has the number {number}"), number=strangers[0])
    others = members if persons or members else works
    wanted = list(dict.fromkeys((*persons, *(one for one in sorted(others) if one in works and one != sender))))
    if not wanted:
        raise Complaint(N_("there is nobody else who would get it"))
    full = tuple(one for one in wanted if _n_unread(one) >= UNREAD_MAX)
    name, batch, messages = staff_names((sender,)).get(sender, ""), 0, []
    for one in (one for one in wanted if one not in full):
        row = SaidRow.create(
            batch=batch, recipient=one, sender=sender, whom=named, text=text, at_ms=to_ms(now), told_ms=None
        )
        if not batch:
            batch = row.id
            SaidRow.update(batch=batch).where(SaidRow.id == row.id).execute()
        messages.append((one, Said(row.id, sender, name, text, now.isoformat(), named)))
    return Kept(tuple(messages), full)


def unread(person: str) -> list[Said]:
    """What his program has not had; the oldest first."""
    rows = list(SaidRow.select().where(SaidRow.recipient == person, SaidRow.told_ms.is_null()).order_by(SaidRow.id))
    names = staff_names({row.sender for row in rows})
    return [
        Said(row.id, row.sender, names.get(row.sender, ""), row.text, from_ms(row.at_ms).isoformat(), row.whom)
        for row in rows
    ]


def were_told(ids: Sequence[int], now: datetime) -> None:
    """Their programs have them."""
    SaidRow.update(told_ms=to_ms(now)).where(SaidRow.id.in_(list(ids))).execute()


def conversation(person: str, colleague: str, after: str) -> tuple[list[Row], str]:
    """
    What he has had and sent, the newest first, and where the next page begins; what he sent to several counts once.

    :param colleague: to or from whom; "": anybody
    """
    had, sent = SaidRow.recipient == person, (SaidRow.sender == person) & (SaidRow.id == SaidRow.batch)
    if colleague:
        had &= SaidRow.sender == colleague
        sent = (SaidRow.sender == person) & (SaidRow.recipient == colleague)
    wanted = had | sent
    if after:
        wanted &= SaidRow.id < int(after.partition(":")[0])
    rows = list(SaidRow.select().where(wanted).order_by(SaidRow.id.desc()).limit(PAGE + 1))
    is_more, rows = len(rows) > PAGE, rows[:PAGE]
    names = staff_names({row.sender for row in rows} | {row.recipient for row in rows})
    found = [_row(row, names) for row in rows]
    return found, str(rows[-1].id) if is_more else ""


def _row(row: SaidRow, names: dict[str, str]) -> Row:
    return {
        "id": row.id,
        "sender": row.sender,
        "name": names.get(row.sender, ""),
        "recipient": row.recipient,
        "recipient_name": names.get(row.recipient, ""),
        "to": row.whom,
        "text": row.text,
        "at": from_ms(row.at_ms).isoformat(),
        "told": row.told_ms is not None,
    }


def _n_unread(person: str) -> int:
    waits = SaidRow.select(fn.COUNT(SaidRow.id)).where(SaidRow.recipient == person, SaidRow.told_ms.is_null())
    return int(waits.scalar() or 0)
