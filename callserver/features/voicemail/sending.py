"""An owner sends messages: anew, forwarded with words of his, as a reply; to one box or all. A sound is stored once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.calls.audit import DONE, audit
from callserver.calls.event_log import EventLog
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.keypad import UP, ask
from callserver.features.voicemail.rules import Box, Message, Sounding
from callserver.features.voicemail.studio import Studio
from callserver.features.voicemail.tables import BoxKind
from callserver.features.voicemail.visit import Visit
from callserver.ivr.dialogue import TRIES
from callserver.ivr.menu_call import MenuCall
from callserver.store.database import Store
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

log = Logger()

ONE, ALL = "1", "2"
FORWARD, REPLY = "1", "2"
WITH_WORDS, WITHOUT = "1", "2"
BOX_DIGITS = 6


@dataclass(frozen=True)
class Sending:
    """
    Puts messages of owners into boxes.

    :param new_id: for messages
    """

    house: House
    store: Store
    events: EventLog
    directory: Directory
    intake: Intake
    studio: Studio
    new_id: Callable[[], str]

    async def forward_or_reply(self, call: MenuCall, visit: Visit, message: Message) -> None:
        """The message before him."""
        key = await ask(call, "mail-forward-or-reply", keys=FORWARD + REPLY + UP)
        if key == FORWARD:
            await self._forward(call, visit, message)
        elif key == REPLY:
            await self._reply(call, visit, message)

    async def send(self, call: MenuCall, visit: Visit) -> None:
        """One of his own; in a bulletin box it is its next bulletin."""
        own = visit.box
        if own.kind is BoxKind.BULLETIN:
            to = [own] if await self._takes(call, own) else []
        else:
            to = await self._receivers(call, visit)
        sound = await self.studio.record(call, own.message_s) if to else None
        if sound is not None:
            await self._deliver(call, own, to, sound)

    async def _forward(self, call: MenuCall, visit: Visit, message: Message) -> None:
        if message.private:
            await call.play("mail-not-forwarded")
            return
        to = await self._receivers(call, visit)
        if not to:
            return
        words = message.words
        if await ask(call, "mail-with-words-or-without", keys=WITH_WORDS + WITHOUT) == WITH_WORDS:
            words = await self.studio.record(call, visit.box.message_s)
            if words is None:
                return
        await self._deliver(call, visit.box, to, message.sound, words, of=message)

    async def _reply(self, call: MenuCall, visit: Visit, message: Message) -> None:
        to = self.directory.box(message.from_box)
        if to is None:
            await call.play("mail-no-reply")
            return
        if not await self._takes(call, to):
            return
        sound = await self.studio.record(call, visit.box.message_s)
        if sound is not None:
            await self._deliver(call, visit.box, [to], sound)

    async def _receivers(self, call: MenuCall, visit: Visit) -> list[Box]:
        """None: he has changed his mind, or there is no such box that takes messages; he was told."""
        key = await ask(call, "mail-one-or-all", keys=ONE + ALL + UP)
        if key == ALL:
            if not self._may_send_to_all(call, visit):
                await call.play("seat-not-allowed")
                return []
            return [box for box in self.directory.now.boxes.values() if box.kind is not BoxKind.BULLETIN]
        for _ in range(TRIES if key == ONE else 0):
            number = await call.collect("mail-enter-box", max_digits=BOX_DIGITS, first_timeout_s=8.0)
            if number == UP:
                break
            box = self.directory.box(number)
            if box is not None and box.kind is not BoxKind.BULLETIN:
                return [box] if await self._takes(call, box) else []
            await call.play("mail-no-box")
        return []

    def _may_send_to_all(self, call: MenuCall, visit: Visit) -> bool:
        person = visit.who.number
        may = Right.SUPERVISOR in self.house.rights(person)
        result = DONE if may else str(Refused.no_right(Right.SUPERVISOR))
        audit(
            self.events, person, "send_to_all_mailboxes", f"mailbox {visit.box.number}", call_id=call.id, result=result
        )
        return may

    async def _takes(self, call: MenuCall, box: Box) -> bool:
        """Else he is told so, before he speaks."""
        if not self.has_room(box):
            await call.play("mail-box-suspended" if box.suspended else "mail-box-full")
        return self.has_room(box)

    def has_room(self, box: Box) -> bool:
        """Whether it takes a message now."""
        return not box.suspended and not self.directory.is_full(box)

    async def _deliver(
        self,
        call: MenuCall,
        own: Box,
        to: Sequence[Box],
        sound: Sounding,
        words: Sounding | None = None,
        of: Message | None = None,
    ) -> None:
        """Told when it is in the database; a full or suspended box takes none."""
        messages = [self._message(box, own, sound, words, of) for box in to if self.has_room(box)]
        try:
            came = await call.wait_for(self.put(messages, of))
        except Exception:
            log.failure("a message of mailbox {box} is not sent", box=own.number)
            came = []
        await call.play("mail-sent" if came else "mail-not-sent")

    def put(self, messages: Sequence[Message], of: Message | None = None) -> Deferred[list[str]]:
        """
        Into their boxes.

        :param of: which they are copies of
        :return: fires with the ids of those that are there then: none where `of` is gone by now, with its sound
        """
        put = self.store.write(partial(_put_all, messages, self.events.now(), self.intake.zone, of))
        return put.addCallback(self._have_come, messages)

    def _have_come(self, came: list[str], messages: Sequence[Message]) -> list[str]:
        for one in messages:
            if one.id in came:
                self.intake.tell(one)
        self.directory.soon()
        return came

    def _message(self, box: Box, own: Box, sound: Sounding, words: Sounding | None, of: Message | None) -> Message:
        now, id_ = self.events.now(), self.new_id()
        if of is None:
            return Message(id_, box.number, sound, now, words, name=own.name, from_box=own.number)
        return Message(id_, box.number, sound, now, words, of.call_id, of.number, of.name, own.number, of.urgent)


def _put_all(messages: Sequence[Message], now: datetime, zone: tzinfo, of: Message | None) -> list[str]:
    """In `store.write`."""
    if of is not None and not rules.is_put(of.id):
        return []
    came = rules.put(messages)
    for one in messages:
        if one.id in came:
            rules.want_telling(one.box, now, zone)
    return came
