"""
Messages, from the moment they are in a box until they have left it; run in `store.read` and `store.write`.

What an owner does while he is in his box happens when he leaves it, in one transaction: a server that is killed
meanwhile, or a line that is lost before he knew, has deleted nothing that he has not left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from peewee import fn

from callserver.features.voicemail.tables import BoxKind, BoxRow, GreetingRow, MessageRow, SoundRow
from callserver.store.reading import NotOne
from callserver.store.tables import clean, from_ms, to_ms
from callserver.wire.catalogue import N_


@dataclass(frozen=True)
class Sounding:
    """One recorded sound; its file is named by its id."""

    id: str
    length_s: float


@dataclass(frozen=True)
class Message:
    """One message in one box; `words`: of who has forwarded it."""

    id: str
    box: str
    sound: Sounding
    came: datetime
    words: Sounding | None = None
    call_id: str | None = None
    number: str | None = None
    name: str = ""
    from_box: str = ""
    urgent: bool = False
    private: bool = False
    heard: bool = False
    taken_by: str = ""
    taken_name: str = ""

    @property
    def sounds(self) -> list[str]:
        """Ids of all that is heard, in order."""
        return [*([self.words.id] if self.words else []), self.sound.id]

    @property
    def length_s(self) -> float:
        """Of all that is heard."""
        return self.sound.length_s + (self.words.length_s if self.words else 0.0)


@dataclass(frozen=True)
class Count:
    """What is in a box."""

    new: int = 0
    urgent: int = 0  # of the new ones
    old: int = 0

    @property
    def all(self) -> int:
        return self.new + self.old


@dataclass(frozen=True)
class Left:
    """What an owner has done while he was in his box, by the ids of messages."""

    heard: frozenset[str] = field(default_factory=frozenset)
    kept_new: frozenset[str] = field(default_factory=frozenset)
    deleted: frozenset[str] = field(default_factory=frozenset)


def in_order(messages: Iterable[Message]) -> list[Message]:
    """As an owner hears them: new ones first, urgent ones of these before the others, each as they came."""
    return sorted(messages, key=lambda one: (one.heard, not (one.urgent or one.heard), one.came, one.id))


def put(messages: Sequence[Message]) -> list[str]:
    """
    Into their boxes; a message that is there already stays as it is, so that this may be done twice.

    :return: the ids of those that were not there, and whose boxes are
    """
    came = []
    for one in messages:
        if MessageRow.get_or_none(MessageRow.id == one.id) or not BoxRow.get_or_none(BoxRow.number == one.box):
            continue
        for sound in filter(None, (one.sound, one.words)):
            add_sound(sound)
        MessageRow.insert(
            id=one.id,
            box=one.box,
            sound=one.sound.id,
            words=one.words.id if one.words else None,
            call_id=one.call_id,
            number=clean(one.number),
            name=clean(one.name),
            from_box=one.from_box,
            came_ms=to_ms(one.came),
            urgent=one.urgent,
            private=one.private,
        ).execute()
        came.append(one.id)
    return came


def is_put(message_id: str) -> bool:
    """Whether it is in a box."""
    return bool(MessageRow.select().where(MessageRow.id == message_id).exists())


def add_sound(sound: Sounding) -> None:
    """Its file is on disk already."""
    row = {"id": sound.id, "length_ms": round(sound.length_s * 1000)}
    SoundRow.insert(row).on_conflict("nothing", conflict_target=[SoundRow.id]).execute()


def messages(box: str) -> list[Message]:
    """All that are in a box, as they are heard."""
    return in_order(map(_message, MessageRow.select().where(MessageRow.box == box)))


def find_message(id_prefix: str) -> Message:
    """
    The one whose id starts so.

    :raises NotOne: none does, or several
    """
    found = list(MessageRow.select().where(MessageRow.id.startswith(clean(id_prefix))).limit(2))
    if len(found) != 1 or not id_prefix:
        none, several = N_("no message has an id that starts with {id}"), N_("several messages' ids start with {id}")
        raise NotOne(several if len(found) > 1 and id_prefix else none, id=repr(id_prefix))
    return _message(found[0])


def counts(boxes: Collection[str] | None = None) -> dict[str, Count]:
    """Of these boxes, or of all; a box in which nothing is has none."""
    n, urgent = fn.COUNT(MessageRow.id), fn.SUM(MessageRow.urgent.cast("integer"))
    rows = MessageRow.select(MessageRow.box, MessageRow.heard, n, urgent)
    if boxes is not None:
        rows = rows.where(MessageRow.box.in_(list(boxes)))
    found: dict[str, Count] = {}
    grouped: Any = rows.group_by(MessageRow.box, MessageRow.heard).tuples()
    for box, heard, n_all, n_urgent in grouped:
        more = {"old": n_all} if heard else {"new": n_all, "urgent": int(n_urgent or 0)}
        found[box] = replace(found.get(box, Count()), **more)
    return found


def leave(box: str, left: Left) -> list[str]:
    """
    What the owner has done happens now.

    :return: the sounds that nothing plays any more
    """
    here = MessageRow.box == box
    heard = left.heard - left.kept_new
    MessageRow.update(heard=True).where(here, MessageRow.id.in_(list(heard))).execute()
    MessageRow.update(heard=False).where(here, MessageRow.id.in_(list(left.kept_new))).execute()
    return delete(MessageRow.select().where(here, MessageRow.id.in_(list(left.deleted))))


def delete(rows: Iterable[Any]) -> list[str]:
    """Messages; the sounds that nothing plays any more."""
    found = list(rows)
    MessageRow.delete().where(MessageRow.id.in_([row.id for row in found])).execute()
    return forget_sounds({sound for row in found for sound in (row.sound_id, row.words_id) if sound})


def delete_old(before: datetime) -> tuple[int, list[str]]:
    """Those that were heard and came before this, but no bulletins; how many, and the sounds nothing plays any more."""
    boxes = BoxRow.select(BoxRow.number).where(BoxRow.kind != BoxKind.BULLETIN.value)
    old = (MessageRow.came_ms < to_ms(before)) & MessageRow.heard & MessageRow.box.in_(boxes)
    found = list(MessageRow.select().where(old))
    return len(found), delete(found)


def forget_sounds(ids: Collection[str]) -> list[str]:
    """Those of these that nothing plays any more; their files may go."""
    gone = needless(ids)
    SoundRow.delete().where(SoundRow.id.in_(gone)).execute()
    return gone


def is_played(sound: str) -> bool:
    """Whether some message or greeting still needs this sound."""
    played = (MessageRow.sound == sound) | (MessageRow.words == sound)
    return MessageRow.select().where(played).exists() or GreetingRow.select().where(GreetingRow.sound == sound).exists()


def take(message_id: str, number: str, name: str) -> tuple[str, str]:
    """
    A member of the group has fetched a message; the first to do so has it.

    :return: staff number and name of who has; nobody where it is gone
    """
    free = (MessageRow.id == message_id) & (MessageRow.taken_by == "")
    MessageRow.update(taken_by=number, taken_name=clean(name)).where(free).execute()
    row = MessageRow.get_or_none(MessageRow.id == message_id)
    return (row.taken_by, row.taken_name) if row is not None else ("", "")


def to_mail(box: str, limit: int = 20) -> list[Message]:
    """Those of a box that are to be mailed and were not, the oldest first."""
    rows = MessageRow.select().where(MessageRow.box == box, ~MessageRow.mailed)
    return [_message(row) for row in rows.order_by(MessageRow.came_ms).limit(limit)]


def mailed(message_id: str, *, is_whole: bool = True) -> list[str]:
    """
    It has gone by mail, and is kept or not as its box says; the sounds that nothing plays any more.

    :param is_whole: its sound has gone with it; else it is kept in any case
    """
    row = MessageRow.get_or_none(MessageRow.id == message_id)
    if row is None:
        return []
    if row.box.mail_delete and is_whole:
        return delete([row])
    MessageRow.update(mailed=True).where(MessageRow.id == message_id).execute()
    return []


def needless(sounds: Iterable[str]) -> list[str]:
    """Those of these that no message and no greeting plays."""
    return [one for one in sorted(sounds) if not is_played(one)]


def _message(row: MessageRow) -> Message:
    shown = ("id", "call_id", "number", "name", "from_box", "urgent", "private", "heard", "taken_by", "taken_name")
    return Message(
        box=row.box_id,
        sound=_sounding(row.sound),
        words=_sounding(row.words) if row.words is not None else None,
        came=from_ms(row.came_ms),
        **{name: getattr(row, name) for name in shown},
    )


def _sounding(row: SoundRow) -> Sounding:
    return Sounding(row.id, row.length_ms / 1000)
