"""
An owner in his box, by telephone.

    in a message   5 repeat, 4 previous, 6 next, 7 delete or not, 9 keep as new, 8 forward or reply,
                   3 time, caller, length and call back, 0 greetings and PIN, * help, * again one level up
    while it plays # on by 3 s, * back by 3 s, 0 pause
    else           5 messages, 8 send one, 0 greetings and PIN, 2 boxes below, * out

What he does happens when he leaves, by whatever way: `visit`. 删除在退出信箱时才生效。
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.calls_out import Dialler
from callserver.calls.dial_guard import RIGHTS
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.dsp.sound.files import SoundFileError
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.keypad import UP, ask
from callserver.features.voicemail.own_settings import OwnSettings
from callserver.features.voicemail.rules import Box, Message
from callserver.features.voicemail.sending import Sending
from callserver.features.voicemail.visit import Visit, Who
from callserver.ivr import spoken
from callserver.ivr.dialogue import rounds
from callserver.ivr.interfaces import Prompt, Spoken
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.winding import wind_sound
from callserver.store.database import Store

log = Logger()

MESSAGES, SEND, SETTINGS, BELOW = "5", "8", "0", "2"
REPEAT, PREVIOUS, NEXT, DELETE, KEEP, INFO, HELP = "5", "4", "6", "7", "9", "3", "*"
MESSAGE_KEYS = REPEAT + PREVIOUS + NEXT + DELETE + KEEP + SEND + INFO + SETTINGS + HELP
OWNERS_ALONE = DELETE + SEND + INFO + SETTINGS  # not for whoever has lifted where a message was delivered
CALL_BACK, ON = "1", "2"
WAIT_S = 3.0  # for a key after a message; then help
KEYS_MAX = 2000  # of one visit


@dataclass(frozen=True)
class OwnerTalk:
    """Lets owners hear what is in their boxes, and do with it what they like."""

    house: House
    store: Store
    events: EventLog
    directory: Directory
    intake: Intake
    sending: Sending
    settings: OwnSettings
    delete_sounds: Callable[[list[str]], Deferred[Any]]

    async def visit(self, call: MenuCall, box: Box, who: Who, *, proved: bool = True) -> None:
        """
        From coming in to leaving.

        :param proved: by the PIN; else he only hears what is new (a delivery)
        """
        if box.language:
            call.language = box.language
        if proved and box.pin_is_first:
            await call.play("mail-must-change-pin")
            if not await self.settings.change_pin(call, box):
                return
        await self._stay(call, box, who, proved=proved)

    async def _stay(self, call: MenuCall, box: Box, who: Who, *, proved: bool = True) -> None:
        there = await call.wait_for(self.store.read(rules.messages, box.number))
        visit = Visit.of(box, who, there if proved else [one for one in there if not one.heard], proved=proved)
        told: dict[str, Any] = {"box": box.number, "new": visit.n_new, "old": visit.n_old}
        self.events.write(Kind.MAILBOX, call_id=call.id, person=who.number or None, **told)
        try:
            await self._tell_counts(call, visit)
            if visit.n_new:
                await self._hear(call, visit)
            if proved:
                await self._main(call, visit)
        finally:
            self._leave(call, visit)

    def _leave(self, call: MenuCall, visit: Visit) -> None:
        """What he has done happens now, also when he has only hung up."""
        left = visit.left()
        told: dict[str, Any] = {"box": visit.box.number, "heard": len(left.heard), "deleted": len(left.deleted)}
        person = visit.who.number or None
        self.events.write(Kind.MAILBOX_LEFT, call_id=call.id, person=person, **told)
        done = self.store.write(partial(_left, visit.box.number, left, frozenset(one.id for one in visit.messages)))
        done.addCallback(self.delete_sounds)
        done.addCallback(lambda _: self.directory.soon())
        done.addErrback(self._not_left, visit.box)

    def _not_left(self, failure: Failure, box: Box) -> None:
        log.failure("what was done in mailbox {box} is not done", failure, box=box.number)

    async def _main(self, call: MenuCall, visit: Visit) -> None:
        for _ in rounds():
            key = await ask(call, "mail-main-keys", keys=MESSAGES + SEND + SETTINGS + BELOW + UP)
            if key == UP:
                return
            if key == MESSAGES:
                visit.at = 0
                await self._hear(call, visit)
            elif key == SEND:
                await self.sending.send(call, visit)
            elif key == SETTINGS:
                await self.settings.change(call, visit.box)
            else:
                await self._below(call, visit)

    async def _tell_counts(self, call: MenuCall, visit: Visit) -> None:
        if not visit.messages:
            await call.play("mail-none")
            return
        said: list[Prompt] = ["mail-new-are", *spoken.number(call.language, visit.n_new)]
        if visit.n_old:
            said += ["mail-old-are", *spoken.number(call.language, visit.n_old)]
        await call.play(*said)

    async def _below(self, call: MenuCall, visit: Visit) -> None:
        """Those that are his with this one: without a PIN of theirs."""
        below = [box for box in self.directory.below(visit.box.number) if rules.goes_with(box, visit.box)]
        if not below:
            await call.play("mail-no-box")
            return
        said: list[Prompt] = []
        for box in below:
            said += ["mail-box-number", Spoken(box.name), "press-key", f"number-{box.key}", "pause"]
        key = await ask(call, *said, keys="".join(box.key for box in below) + UP)
        for box in below:
            if box.key == key:
                await self._stay(call, box, visit.who)

    # The messages

    async def _hear(self, call: MenuCall, visit: Visit) -> None:
        """One after the other, as he likes; until he goes up, or there are no more."""
        for _ in range(KEYS_MAX):
            message = visit.message
            if message is None:
                await call.play("mail-none")
                return
            if await self._one(call, visit, message) == UP:
                return

    async def _one(self, call: MenuCall, visit: Visit, message: Message) -> str:
        """One message, until he goes to another ("") or up (UP)."""
        key = await self._play(call, visit, message)
        for _ in range(KEYS_MAX):
            key = key or await self._key(call)
            if key == REPEAT:
                return ""
            if key in (PREVIOUS, NEXT):
                if visit.step(1 if key == NEXT else -1):
                    return ""
                await call.play("mail-no-more" if key == NEXT else "mail-first")
                return UP if key == NEXT else ""
            if key == UP:
                return UP
            await self._do(call, visit, message, key)
            key = ""
        return UP

    async def _key(self, call: MenuCall) -> str:
        """After a message; who presses none, or *, hears what there is, and * in that goes up."""
        key = await call.collect(max_digits=1, end_key=None, first_timeout_s=WAIT_S)
        if key and key in MESSAGE_KEYS and key != HELP:
            return key
        return await ask(call, "mail-message-keys", keys=MESSAGE_KEYS)

    async def _do(self, call: MenuCall, visit: Visit, message: Message, key: str) -> None:
        if not visit.proved and key in OWNERS_ALONE:
            await call.play("seat-not-allowed")
        elif key == DELETE:
            await call.play("mail-deleted" if visit.delete(message) else "mail-undeleted")
        elif key == KEEP:
            visit.keep_new(message)
            await call.play("mail-stays-new")
        elif key == SEND:
            await self.sending.forward_or_reply(call, visit, message)
        elif key == INFO:
            await self._tell_about(call, visit, message)
        elif key == SETTINGS:
            await self.settings.change(call, visit.box)

    async def _play(self, call: MenuCall, visit: Visit, message: Message) -> str:
        """The key that he has pressed in it, if any."""
        said: list[Prompt] = [name for name, holds in (("mail-urgent", message.urgent),) if holds]
        said += ["mail-private"] if message.private else []
        said += ["mail-message-number", *spoken.number(call.language, visit.at + 1)]
        said += await self._taken(call, visit, message)
        await call.play(*said)
        try:
            sound = await call.wait_for(self.intake.read(message.sounds))
        except SoundFileError as problem:
            log.warn("message {message} cannot be heard: {problem}", message=message.id, problem=problem)
            await call.play("mail-sound-gone")
            return ""
        begins = not call.call.keys
        key = await wind_sound(call, sound)
        if begins:
            visit.hear(message)
        return key

    async def _taken(self, call: MenuCall, visit: Visit, message: Message) -> list[Prompt]:
        """The first of a group who fetches it has it; the others hear who."""
        if not visit.who.name:
            return []
        fetched = self.store.write(rules.take, message.id, visit.who.number, visit.who.name)
        number, name = await call.wait_for(fetched)
        return ["mail-taken-by", Spoken(name)] if number not in ("", visit.who.number) else []

    # About one of them

    async def _tell_about(self, call: MenuCall, visit: Visit, message: Message) -> None:
        language, now = call.language, call.now()
        came = message.came.astimezone(now.tzinfo)
        said: list[Prompt] = ["mail-came", *spoken.moment(language, came, now)]
        if message.number:
            said += ["mail-from", *spoken.telephone(language, message.number)]
        elif message.from_box:
            said += ["mail-from-box", *spoken.digits(language, message.from_box)]
        else:
            said.append("mail-from-unknown")
        said += ["mail-length-is", *spoken.duration(language, max(1, round(message.length_s)))]
        await call.play(*said)
        if message.number and await ask(call, "mail-call-back-or-on", keys=CALL_BACK + ON + UP) == CALL_BACK:
            await self._call_back(call, visit, message.number)

    async def _call_back(self, call: MenuCall, visit: Visit, number: str) -> None:
        """By the right of who it is, at this moment; the number is the one that was called from, and no other."""
        who = visit.who.number
        rights = self.house.rights(who) if who else frozenset()
        right = RIGHTS.get(self.house.calls_out().classify(number))
        if right is None or right not in rights:
            await call.play("seat-not-allowed")
            return
        await self.house.connect(call.call, number, Dialler(who, rights, may_use_reserve=False))
        await call.play("mail-not-reached")


def _left(box: str, left: rules.Left, known: Collection[str]) -> list[str]:
    """In `store.write`: nobody calls him for what he knows of; what has come meanwhile he does not."""
    gone = rules.leave(box, left)
    if left.heard and all(one.heard or one.id in known for one in rules.messages(box)):
        rules.told(box)
    return gone
