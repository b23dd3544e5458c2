"""
Messages by mail, with their sound attached, for boxes whose owners wish so.

A message is marked as mailed when the mail server has taken it; a server that is killed in between mails it once more,
rather than not at all. What has gone without its sound, because that cannot be read, stays in its box. Letters to one
address that are refused hold up no other box's; a mail server that is away or silent is asked again in five minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.dsp.sound.files import SoundFileError
from callserver.features import House, LetterRefused
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.rules import Box, Message
from callserver.store.database import Store
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

log = Logger()

LOOK_S, AGAIN_S = 10.0, 300.0
SUBJECT = N_("message from {number} in mailbox {box}")
TEXT = N_("A message of {s} s came at {at}, from {number}; it is attached.")
TEXT_ALONE = N_("A message of {s} s came at {at}, from {number}; its sound cannot be read, and is not attached.")


class Letters(Service):
    """
    Mails what is to be mailed, one after the other.

    :param zone: of the shop's day
    :param delete_sounds: their files, which nothing plays any more
    """

    def __init__(
        self,
        house: House,
        store: Store,
        directory: Directory,
        sounds: Sounds,
        zone: tzinfo,
        delete_sounds: Callable[[list[str]], Deferred[Any]],
    ) -> None:
        self._house, self._store, self._directory, self._sounds = house, store, directory, sounds
        self._zone, self._delete_sounds = zone, delete_sounds
        self._timer: IDelayedCall | None = None
        self._mailing: Deferred[None] | None = None
        self._told = False
        self._refused_until: dict[str, float] = {}  # boxes whose last letter was, and the clock when it is tried again

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        if self._house.mail is not None:
            self._look()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._mailing is not None:
            self._mailing.cancel()

    def _look(self) -> None:
        self._timer = None
        self._mailing = Deferred.fromCoroutine(self._mail_all())
        self._mailing.addBoth(self._looked)

    def _looked(self, result: Failure | None) -> None:
        self._mailing = None
        failed = isinstance(result, Failure)
        if isinstance(result, Failure) and not isinstance(result.value, CancelledError):
            log.failure("messages are not mailed", result)
            if not self._told:
                self._house.alarm(N_("messages could not be mailed: {problem}"), problem=result.value)
        self._told = failed
        if self.running:
            self._timer = self._house.clock.callLater(AGAIN_S if failed else LOOK_S, self._look)

    async def _mail_all(self) -> None:
        now_s = self._house.clock.seconds()
        for box in tuple(self._directory.now.boxes.values()):
            if box.mail_to and self._refused_until.get(box.number, now_s) <= now_s:
                await self._mail_of(box)

    async def _mail_of(self, box: Box) -> None:
        try:
            for message in await self._store.read(rules.to_mail, box.number):
                await self._mail(box, message)
        except LetterRefused as problem:
            if box.number not in self._refused_until:
                refused = N_("messages of mailbox {box} could not be mailed to {address}: {problem}")
                self._house.alarm(refused, box=box.number, address=box.mail_to, problem=problem)
            self._refused_until[box.number] = self._house.clock.seconds() + AGAIN_S
        else:
            self._refused_until.pop(box.number, None)

    async def _mail(self, box: Box, message: Message) -> None:
        assert self._house.mail is not None
        came = message.came.astimezone(self._zone)
        about: dict[str, str | int] = {
            "box": f"{box.number} {box.name}",
            "number": message.number or message.name or "–",
        }
        about |= {"s": round(message.length_s), "at": f"{came:%Y-%m-%d %H:%M}"}
        attached: tuple[str, bytes] | None = None
        try:
            octets = await self._house.in_thread(self._sounds.octets, message.sounds)
            attached = (f"message-{came:%Y%m%d-%H%M%S}.wav", octets)
        except SoundFileError as problem:  # its owner learns that it came
            log.warn("message {message} is mailed without its sound: {problem}", message=message.id, problem=problem)
        text = Phrase(TEXT if attached is not None else TEXT_ALONE, about)
        await self._house.mail.send(box.mail_to, Phrase(SUBJECT, about), text, attached)
        self._delete_sounds(await self._store.write(partial(rules.mailed, message.id, is_whole=attached is not None)))
        self._directory.soon()
