"""When owners are called because of what is in their boxes; run in `store.read` and `store.write`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from callserver.config.hours import next_time
from callserver.features.voicemail.rules.messages import counts
from callserver.features.voicemail.tables import BoxRow, TellingRow
from callserver.store.tables import from_ms, to_ms

SOON = timedelta(minutes=1)  # several messages one after the other are told at once


@dataclass(frozen=True)
class Telling:
    """One box whose owner is to be called; `plays`: without the PIN, for the shop has set a time for it."""

    box: str
    number: str
    due: datetime
    tries: int
    plays: bool


def due_at(deliver_at: str, now: datetime, zone: tzinfo) -> datetime:
    """
    When the owner of a box is called of what has come now. Pure.

    :param deliver_at: HH:MM of the shop's day; "": soon
    """
    if not deliver_at:
        return now + SOON
    return next_time(now, deliver_at, zone).astimezone(now.tzinfo)


def want_telling(box: str, now: datetime, zone: tzinfo) -> None:
    """Something new has come; one that is due already stays so."""
    row = BoxRow.get_or_none(BoxRow.number == box)
    if row is None or not row.tell_number or TellingRow.get_or_none(TellingRow.box == box) is not None:
        return
    TellingRow.insert(box=box, due_ms=to_ms(due_at(row.deliver_at, now, zone))).execute()


def due_tellings(now: datetime) -> list[Telling]:
    """The first due in front."""
    rows = TellingRow.select().where(TellingRow.due_ms <= to_ms(now)).order_by(TellingRow.due_ms)
    return [
        Telling(row.box_id, row.box.tell_number, from_ms(row.due_ms), row.tries, bool(row.box.deliver_at))
        for row in rows
    ]


def try_telling(box: str, now: datetime, tries: int, again: timedelta) -> bool:
    """
    A try begins, and is counted before it does; whether there is still something to tell.

    :param tries: so many in all, and `again` so long after one that the next is due
    """
    row = TellingRow.get_or_none(TellingRow.box == box)
    new = counts([box]).get(box)
    if row is None or new is None or not new.new or not row.box.tell_number:
        told(box)
        return False
    if row.tries + 1 >= tries:
        told(box)
    else:
        later = {"tries": row.tries + 1, "due_ms": to_ms(now + again)}
        TellingRow.update(later).where(TellingRow.box == box).execute()
    return True


def told(box: str) -> None:
    """He knows, or is called no more."""
    TellingRow.delete().where(TellingRow.box == box).execute()
