"""
What agents may do with mailboxes at their programs: with their own and those of their groups; with right 1 with all.

To hear what is in another's box takes right 6 besides. Who did what, or was refused it, is in the event log.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audited, in_words
from callserver.calls.event_log import EventLog
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.access import Access
from callserver.features.voicemail.arguments import (
    PART_OCTETS,
    box_number,
    box_settings,
    flag,
    message_id,
    sound_offset,
)
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.rules import Box, BoxError, Left, Message
from callserver.features.voicemail.sending import Sending
from callserver.features.voicemail.tables import BoxKind
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

Row = dict[str, Any]
OWN_SETTINGS = {"away"}  # that an owner sets himself


@dataclass(frozen=True)
class MailDesk:
    """
    :param delete_sounds: their files, which nothing plays any more
    `opened`: the message that each person hears now, part by part, and which is written down
    """

    house: House
    store: Store
    events: EventLog
    access: Access
    sending: Sending
    sounds: Sounds
    delete_sounds: Callable[[list[str]], Deferred[Any]]
    opened: dict[str, str] = field(default_factory=dict)

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "list_mailboxes": Act(self.list_mailboxes),
            "list_messages": Act(self.list_messages, (box_number,)),
            "open_message": Act(self.open_message, (message_id, sound_offset)),
            "mark_message": Act(self.mark_message, (message_id, flag)),
            "delete_message": Act(self.delete_message, (message_id,)),
            "forward_message": Act(self.forward_message, (message_id, box_number)),
            "set_mailbox": Act(self.set_mailbox, (box_number, box_settings)),
        }

    def list_mailboxes(self, seat: Seat) -> list[Row]:
        """
        Those that he may open; all with right 1.

        :return: a list of {"box", "name", "kind", "owner", "away", "suspended", "new", "urgent", "old"}
        """
        found = [box for box in self.access.directory.now.boxes.values() if self._may_open(seat, box)]
        return [self._row(box) for box in sorted(found, key=lambda box: box.number)]

    def list_messages(self, seat: Seat, number: str) -> Deferred[list[Row]]:
        """
        What is in a mailbox, as it is heard: new ones first, urgent ones before the others.

        :return: a list of {"message", "came", "number", "name", "from_box", "length_s", "urgent", "private", "heard",
            "taken_by", "taken_name"}
        :raises Refused: NOT_YOURS
        """

        async def story() -> list[Row]:
            self._require(seat, self._box(number))
            return [_message_row(one) for one in await self.store.read(rules.messages, number)]

        box = self.access.directory.box(number)
        is_others = box is not None and not self.access.is_his(box, seat.number)
        return self._judged(seat, "list_messages" if is_others else "", f"mailbox {number}", story)

    def open_message(self, seat: Seat, message: str, at: int) -> Deferred[Row]:
        """
        The sound of a message, a WAV file, part by part; of a group's box he is the one who has taken it.

        :return: {"octets", "total", "taken_name"}: what lies from there on, at most 65536 octets, and how many in all
        :raises Refused: NOT_YOURS; NO_RIGHT: 6, of another's box; NOT_SAVED: there is no such message
        """

        async def story() -> Row:
            found, box = await self._found(seat, message)
            self._require_to_hear(seat, box)
            taken = ""
            if box.kind is BoxKind.GROUP and seat.person is not None:
                _, taken = await self.store.write(rules.take, found.id, seat.number, seat.person.name)
            octets = await self.house.in_thread(self.sounds.octets, found.sounds)
            self.opened[seat.number] = message
            return {"octets": octets[at : at + PART_OCTETS], "total": len(octets), "taken_name": taken}

        begins = not at or self.opened.get(seat.number) != message
        return self._judged(seat, "open_message" if begins else "", f"message {message}", story)

    def mark_message(self, seat: Seat, message: str, heard: bool) -> Deferred[None]:
        """
        It is an old one, or a new one again.

        :raises Refused: NOT_YOURS; NOT_SAVED: there is no such message
        """
        return self._leaves(seat, "mark_message", message, "heard" if heard else "kept_new")

    def delete_message(self, seat: Seat, message: str) -> Deferred[None]:
        """
        At once, and for ever.

        :raises Refused: NOT_YOURS; NOT_SAVED: there is no such message
        """
        return self._leaves(seat, "delete_message", message, "deleted")

    def forward_message(self, seat: Seat, message: str, to: str) -> Deferred[None]:
        """
        Send it on to another mailbox.

        :raises Refused: NOT_YOURS; NO_RIGHT: 6, of another's box; NOT_SAVED: it is private, or there is no such message
            or mailbox, or that takes none
        """

        async def story() -> None:
            found, box = await self._found(seat, message)
            self._require_to_hear(seat, box)
            target = self._box(to)
            if found.private:
                raise Complaint(N_("the message is private, and cannot be forwarded"))
            if target.kind is BoxKind.BULLETIN or not self.sending.has_room(target):
                raise Complaint(N_("mailbox {number} takes no messages now"), number=to)
            copy = replace(found, id=self.sending.new_id(), box=to, from_box=box.number, came=self.events.now())
            if not await self.sending.put([replace(copy, heard=False, taken_by="", taken_name="")], found):
                raise Complaint(N_("the message is gone by now"))

        return self._judged(seat, "forward_message", f"message {message}, mailbox {to}", story)

    def set_mailbox(self, seat: Seat, number: str, settings: Mapping[str, Any]) -> Deferred[None]:
        """
        Set a mailbox otherwise: whether its greeting for absence is heard; with right 1 everything.

        :raises Refused: NOT_YOURS; NO_RIGHT; NOT_SAVED, with why
        """

        async def story() -> None:
            self._require(seat, self._box(number))
            if not settings.keys() <= OWN_SETTINGS:
                self._require_right(seat, Right.SUPERVISOR)
            await self.store.write(rules.set_box, number, dict(settings))
            self.access.directory.soon()

        return self._judged(seat, "set_mailbox", f"mailbox {number}", story)

    # Who may

    def _leaves(self, seat: Seat, act: str, message: str, what: str) -> Deferred[None]:
        async def story() -> None:
            found, box = await self._found(seat, message)
            left = Left(**{what: frozenset((found.id,))})
            self.delete_sounds(await self.store.write(partial(rules.leave, box.number, left)))
            self.access.directory.soon()

        return self._judged(seat, act, f"message {message}", story)

    async def _found(self, seat: Seat, message: str) -> tuple[Message, Box]:
        found = await self.store.read(rules.find_message, message)
        box = self._box(found.box)
        self._require(seat, box)
        return found, box

    def _box(self, number: str) -> Box:
        box = self.access.directory.box(number)
        if box is None:
            raise BoxError(N_("there is no mailbox {number}"), number=repr(number[:24]))
        return box

    def _may_open(self, seat: Seat, box: Box) -> bool:
        return self.access.is_his(box, seat.number) or Right.SUPERVISOR in self.house.rights(seat.number)

    def _require(self, seat: Seat, box: Box) -> None:
        if not self._may_open(seat, box):
            raise Refused(Refusal.NOT_YOURS)

    def _require_to_hear(self, seat: Seat, box: Box) -> None:
        """What is in it, or to send it where he hears it."""
        if not self.access.is_his(box, seat.number):
            self._require_right(seat, Right.PLAY_RECORDINGS)

    def _require_right(self, seat: Seat, right: Right) -> None:
        if right not in self.house.rights(seat.number):
            raise Refused.no_right(right)

    def _judged(
        self, seat: Seat, act: str, target: str, story: Callable[[], Coroutine[Any, Any, Any]]
    ) -> Deferred[Any]:
        """
        Do it if he may; what is complained of is refused in words that any program can show.

        :param act: by its name, in the event log; "" is not noted
        """
        in_hand = seat.in_hand.call.id if seat.status.state is SeatState.TALKING else None

        async def judged() -> Any:
            with audited(self.events, seat.number, act, target, call_id=in_hand), in_words():
                return await story()

        return Deferred.fromCoroutine(judged())

    def _row(self, box: Box) -> Row:
        count = self.access.directory.count(box.number)
        shown = {name: getattr(box, name) for name in ("name", "owner", "away", "suspended")}
        told = {"new": count.new, "urgent": count.urgent, "old": count.old}
        return {"box": box.number, "kind": box.kind.value} | shown | told


def _message_row(one: Message) -> Row:
    shown = ("number", "name", "from_box", "length_s", "urgent", "private", "heard", "taken_by", "taken_name")
    return {"message": one.id, "came": one.came.isoformat()} | {name: getattr(one, name) for name in shown}
