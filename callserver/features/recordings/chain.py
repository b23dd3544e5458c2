"""
The chain over the event log: what was written down cannot be changed, taken out or put in without being found.

事件日志的哈希链：任何改动、删除、插入都会被发现。

    digest(n) = SHA-256(digest(n - 1), every event of link n in order)

Each link has besides eight octets of the SHA-256 of each of its events, so that a break is named to the row. What a
recording's file holds is an event (`recording_kept`), so the chain holds for the files as well.

Whoever can write into the database could make the whole chain anew. So the head is to be kept elsewhere now and then:
the server's log has it once a day, `callserver verify` prints it, and `verify --head` finds out whether it is still in
the chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from peewee import fn

from callserver.features.recordings.tables import LinkRow
from callserver.store.tables import EventRow, run_of
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

LINK_MAX = 500  # events
CHECK = 8  # octets of an event's digest
BEGINNING = "0" * 64
OVERDUE_S = 600.0  # many times what passes between two links
COLUMNS = ("seq", "uid", "at_ms", "uptime_s", "node", "kind", "call_id", "channel", "person", "data")


@dataclass(frozen=True)
class Head:
    """Where the chain ends."""

    seq: int = 0
    digest: str = BEGINNING


@dataclass(frozen=True)
class Checked:
    """What a look at the chain has found: its first break, or None; how many events it holds."""

    found: Phrase | None
    head: Head
    n_events: int


def newest_event() -> int:
    """In `store.read`."""
    return EventRow.select(fn.MAX(EventRow.seq)).scalar() or 0


def head() -> Head:
    """In `store.read`."""
    row = LinkRow.select().order_by(LinkRow.last_seq.desc()).first()
    return Head(row.last_seq, row.digest) if row is not None else Head()


def overdue(behind: int) -> Phrase | None:
    """
    In `store.read`, or in another process: events that should have been sealed long ago, by the clock of a run, which
    nobody sets.

    :param behind: the head's event
    """
    first = EventRow.select().where(EventRow.seq > behind).order_by(EventRow.seq).first()
    if first is None:
        return None
    newest = EventRow.select().order_by(EventRow.seq.desc()).first()
    since_s, run = first.uptime_s, run_of(newest)
    if run_of(first) != run:  # what a killed server left is sealed by the next
        since_s = EventRow.select(fn.MIN(EventRow.uptime_s)).where(EventRow.uid.startswith(run)).scalar()
    if newest.uptime_s - since_s <= OVERDUE_S:
        return None
    return Phrase(N_("events from {seq} on are in no link of the chain: links were cut off"), {"seq": first.seq})


def seal(up_to: int) -> bool:
    """
    In `store.write`: one link more; whether there is more to be sealed.

    :param up_to: an event's number; of a moment ago, for a transaction of another program may still bring a smaller one
    """
    before = head()
    rows = _events(before.seq, up_to, LINK_MAX)
    if not rows:
        return False
    octets = [_octets(row) for row in rows]
    LinkRow.insert(
        last_seq=rows[-1].seq,
        first_seq=before.seq + 1,
        checks=b"".join(map(_check, octets)),
        digest=_digest(before.digest, octets),
    ).execute()
    return len(rows) == LINK_MAX


def check(noted: str = "") -> Iterator[Checked]:
    """
    In `store.read`, or in another process: from the beginning to the first break; how far it is, link by link.

    :param noted: a digest that was the head once
    """
    so_far, n_events, seen = Head(), 0, not noted
    while True:
        links = list(LinkRow.select().where(LinkRow.last_seq > so_far.seq).order_by(LinkRow.last_seq).limit(50))
        for link in links:
            found = _break(link, so_far)
            n_events += len(bytes(link.checks)) // CHECK
            if found is not None:
                yield Checked(found, so_far, n_events)
                return
            so_far = Head(link.last_seq, link.digest)
            seen = seen or noted == link.digest
            yield Checked(None, so_far, n_events)
        if not links:
            break
    lost = Phrase(N_("the chain does not hold what was noted: it was made anew, or its end was cut off"))
    yield Checked(None if seen else lost, so_far, n_events)


def _break(link: LinkRow, before: Head) -> Phrase | None:
    """What is wrong with a link or the events it is for; None: nothing."""
    if link.first_seq != before.seq + 1:
        return Phrase(N_("a link of the chain is missing behind event {seq}"), {"seq": before.seq})
    rows = _events(before.seq, link.last_seq, 100 * LINK_MAX)
    octets = [_octets(row) for row in rows]
    if _digest(before.digest, octets) == link.digest:
        return None
    checks = bytes(link.checks)
    wanted = [checks[n : n + CHECK] for n in range(0, len(checks), CHECK)]
    return _named(rows, [_check(one) for one in octets], wanted, before, link)


def _named(
    rows: Sequence[EventRow], found: Sequence[bytes], wanted: Sequence[bytes], before: Head, link: LinkRow
) -> Phrase:
    """The first row in which events and link differ."""
    n = next((n for n, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), None)
    n = min(len(found), len(wanted)) if n is None else n
    seq = rows[n - 1].seq if n else before.seq
    if len(found) < len(wanted):
        return Phrase(N_("an event is missing behind event {seq}"), {"seq": seq})
    if len(found) > len(wanted):
        return Phrase(N_("event {seq} was put in afterwards"), {"seq": rows[n].seq})
    if n < len(found):
        return Phrase(N_("event {seq} was changed"), {"seq": rows[n].seq})
    return Phrase(N_("the link of the chain up to event {seq} was changed"), {"seq": link.last_seq})


def _events(behind: int, up_to: int, limit: int) -> list[EventRow]:
    """In their order; from the beginning also those that somebody has put before it, with a number below 1."""
    rows = EventRow.select().where(EventRow.seq <= up_to)
    if behind:
        rows = rows.where(EventRow.seq > behind)
    return list(rows.order_by(EventRow.seq).limit(limit))


def _octets(row: EventRow) -> bytes:
    values = [getattr(row, name) for name in COLUMNS]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def _check(octets: bytes) -> bytes:
    return sha256(octets).digest()[:CHECK]


def _digest(before: str, octets: Sequence[bytes]) -> str:
    return sha256(before.encode("ascii") + b"".join(octets)).hexdigest()
