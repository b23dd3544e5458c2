"""
Messages on their way into their boxes.

A message is safe before it is in its box. From the moment a caller speaks two files tell of it: what is recorded, and
an envelope that says for whom. Both are durable before the caller is told that his message is kept; the database is
asked afterwards, and may take its time. Whatever stops the server in between, the next one finds the envelope and goes
on: steps that were done are done again, and change nothing.

    speaks            recording grows in recordings/ (G3), the envelope is written beside
    told "kept"       both durable, the envelope says kept
    put into the box  cut sound durable in messages/, then the row (INSERT, unless it is there)
    forgotten         envelope removed, then the raw recording

A caller who hangs up, or whose line or server is lost, before he has said what becomes of his message has left it, if
it is long enough. Who discards it has not: his envelope goes first, so that no next start finds it again.

留言在告知“已保存”之前已落盘：录音文件与信封文件；入库可稍后重做，重做不会重复。
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, DeferredSemaphore
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import SoundFileError
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.files import Envelope, Sounds
from callserver.features.voicemail.rules import Message, Sounding
from callserver.features.voicemail.sound import spoken_part
from callserver.store.database import Store
from callserver.wire.catalogue import N_

log = Logger()

SHORTEST_S = 3.0
AGAIN_S = 30.0  # what could not be put into its box is tried again
AT_ONCE = 4  # are put into their boxes: each is whole in memory meanwhile, and takes a thread


class Intake(Service):
    """
    :param zone: of the shop's day
    """

    def __init__(
        self, house: House, store: Store, events: EventLog, directory: Directory, sounds: Sounds, zone: tzinfo
    ) -> None:
        self._house, self._store, self._events = house, store, events
        self._directory, self.sounds, self.zone = directory, sounds, zone
        self._waiting: dict[str, Envelope] = {}  # to be put into their boxes
        self._busy: set[str] = set()  # of these; they wait for their turn, or have it
        self._turns = DeferredSemaphore(AT_ONCE)
        self._timer: IDelayedCall | None = None
        self._told = False
        self._ours: set[str] = set()  # envelopes of this run: whoever writes them says what becomes of them

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        found = self._house.in_thread(self._left)
        found.addCallback(self._found)
        found.addErrback(lambda failure: log.failure("messages of the last run are not looked for", failure))

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def spoken(self, file: str) -> Deferred[FloatArray]:
        """What a caller has said; fails with SoundFileError."""
        return self._house.in_thread(self._spoken, file)

    def read(self, ids: Sequence[str]) -> Deferred[FloatArray]:
        """Sounds that are kept, one after the other; fails with SoundFileError."""
        return self._house.in_thread(self.sounds.read, ids)

    def write_down(self, envelope: Envelope) -> Deferred[None]:
        """Fires when it is durable; fails with OSError."""
        self._ours.add(envelope.id)
        return self._house.in_thread(self.sounds.write_down, envelope)

    def discard(self, envelope: Envelope) -> Deferred[None]:
        """Nobody gets it."""
        self._ours.discard(envelope.id)
        return self._house.in_thread(self.sounds.forget, envelope)

    def put(self, envelope: Envelope) -> None:
        """Into its box, as soon as that can be."""
        self._directory.on_the_way[envelope.box] += 1
        self._ours.add(envelope.id)
        self._waiting[envelope.id] = envelope
        self._begin(envelope)

    # One message

    def _begin(self, envelope: Envelope) -> None:
        if envelope.id in self._busy:
            return
        self._busy.add(envelope.id)
        self._turns.run(self._in_its_turn, envelope).addBoth(self._over, envelope)

    def _in_its_turn(self, envelope: Envelope) -> Deferred[None]:
        return Deferred.fromCoroutine(self._put(envelope))

    async def _put(self, envelope: Envelope) -> None:
        try:
            sound = await self.spoken(envelope.raw)
        except SoundFileError as problem:
            if _may_pass(problem):
                raise
            await self._unreadable(envelope, problem)
            return
        if envelope.kept or sound.size >= SHORTEST_S * RATE_HZ:
            length_s = await self._house.in_thread(self.sounds.keep, envelope.id, sound)
            message = _message(envelope, length_s)
            came, has_box = await self._store.write(partial(_put_into_box, message, self._events.now(), self.zone))
            if came:
                self.tell(message)
            if not has_box:
                gone = N_("mailbox {box} is gone; a message for it is had by: mail export {message} FILE.wav")
                self._house.alarm(gone, box=message.box, message=message.id)
        await self._house.in_thread(self.sounds.forget, envelope)
        await self._directory.follow()

    def tell(self, message: Message) -> None:
        """It is in its box."""
        about: dict[str, Any] = {"message": message.id, "box": message.box, "length_s": round(message.length_s, 3)}
        about |= {"urgent": message.urgent, "private": message.private, "from_box": message.from_box}
        self._events.write(Kind.MESSAGE, call_id=message.call_id, **about)

    async def _unreadable(self, envelope: Envelope, problem: SoundFileError) -> None:
        """Nothing was recorded before the server was killed; or somebody has cut the file, which is left as it is."""
        is_lost = envelope.kept and not await self._store.read(rules.is_put, envelope.id)
        if is_lost or await self._house.in_thread(self.sounds.has_raw, envelope):
            damaged = N_("a message for mailbox {box} cannot be read: {problem}")
            self._house.alarm(damaged, box=envelope.box, problem=problem)
        await self._house.in_thread(self.sounds.forget_envelope, envelope)

    def _over(self, result: Failure | None, envelope: Envelope) -> None:
        self._busy.remove(envelope.id)
        if not isinstance(result, Failure):
            self._told = False
            self._waiting.pop(envelope.id, None)
            self._ours.discard(envelope.id)
            self._directory.on_the_way[envelope.box] -= 1
            return
        if not isinstance(result.value, CancelledError):
            log.failure("a message is not in its box yet", result)
            if not self._told:
                self._told = True
                late = N_("messages are safe, and cannot be put into their mailboxes yet: {problem}")
                self._house.alarm(late, problem=result.value)
        self._look_later()

    def _look_later(self) -> None:
        if self.running and (self._timer is None or not self._timer.active()):
            self._timer = self._house.clock.callLater(AGAIN_S, self._again)

    def _again(self) -> None:
        if not self.running:
            return
        for envelope in tuple(self._waiting.values()):
            self._begin(envelope)

    # In a thread

    def _left(self) -> list[Envelope]:
        self.sounds.prepare()
        return self.sounds.on_the_way()

    def _spoken(self, file: str) -> FloatArray:
        return spoken_part(self.sounds.raw(file), self._house.plan)

    def _found(self, envelopes: list[Envelope]) -> None:
        for envelope in envelopes:
            if envelope.id not in self._ours:
                self.put(envelope)


def _message(envelope: Envelope, length_s: float) -> Message:
    return Message(
        envelope.id,
        envelope.box,
        Sounding(envelope.id, length_s),
        datetime.fromisoformat(envelope.came),
        call_id=envelope.call_id or None,
        number=envelope.number,
        name=envelope.name,
        urgent=envelope.urgent,
        private=envelope.private,
    )


def _may_pass(problem: SoundFileError) -> bool:
    """The file is there, and the disk, or this process, cannot read it now."""
    cause = problem.__cause__
    return isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError)


def _put_into_box(message: Message, now: datetime, zone: tzinfo) -> tuple[bool, bool]:
    """In `store.write`: whether it has come now, and was not there before; whether there is such a box."""
    came = bool(rules.put([message]))
    if came:
        rules.want_telling(message.box, now, zone)
    return came, rules.find_box(message.box) is not None
