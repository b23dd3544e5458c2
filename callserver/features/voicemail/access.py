"""
Who comes in: a box's number and its PIN; for a group's box who it is, by staff number and PIN.

Three tries a call, then it is hung up. Wrong, locked and unknown are one to who calls. Each refusal is in the event
log with the number that called.
"""

from __future__ import annotations

from dataclasses import dataclass

from twisted.internet.defer import Deferred

from callserver.acd.staff.passwords import PIN_MAX
from callserver.calls.audit import DONE, audit
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.rules import Box
from callserver.features.voicemail.tables import BoxKind
from callserver.features.voicemail.visit import Who
from callserver.ivr.dialogue import TRIES
from callserver.ivr.menu_call import MenuCall
from callserver.store.database import Store
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

BOX_DIGITS = 6
TO_HEAR_OTHERS = {Right.SUPERVISOR, Right.PLAY_RECORDINGS}
NOBODY, WITHHELD = "?", "withheld"


@dataclass(frozen=True)
class Access:
    """The door of all boxes."""

    house: House
    store: Store
    events: EventLog
    directory: Directory

    def is_his(self, box: Box, number: str) -> bool:
        """Whether a person of the staff opens this box as his own, or one of his group's; a box below goes with it."""
        if box.kind is BoxKind.GROUP:
            return number in self.house.members(box.owner)
        if box.owner:
            return box.owner == number
        above = self.directory.box(box.parent) if box.parent else None
        return above is not None and self.is_his(above, number)

    async def enter(self, call: MenuCall, number: str = "") -> tuple[Box, Who] | None:
        """
        :param number: of the box; "": he is asked for it
        :return: None: he was refused, told so, and hung up on
        """
        box = self.directory.box(number)
        if box is not None and box.kind is BoxKind.GROUP:
            return await self._member(call, box)
        for _ in range(TRIES):
            tried = number or await call.collect("mail-enter-box", max_digits=BOX_DIGITS, first_timeout_s=8.0)
            box = self.directory.box(tried)
            if box is not None and box.kind is BoxKind.GROUP and not number:
                return await self._member(call, box)
            if await self._is_right(call, tried, box) and box is not None:
                return box, self.owner(box)
            self._refused(call, tried)
            call.forget_keys()
            await call.play("mail-log-in-failed")
        await self._hang_up(call)
        return None

    async def _is_right(self, call: MenuCall, number: str, box: Box | None) -> bool:
        pin = await call.collect_secret("enter-pin", max_digits=PIN_MAX)
        account = box.parent if box is not None and box.parent and not box.has_pin else number
        return await call.wait_for(Deferred.fromCoroutine(self._judged(account, pin, call.caller.known_by)))

    async def _judged(self, account: str, pin: str, caller: str | None) -> bool:
        now = self.events.now()
        attempt = await self.store.write(rules.begin_try, account, caller, now)
        right = await self.house.in_thread(rules.pin_matches, pin, attempt.kept)
        return await self.store.write(rules.end_try, attempt, right)

    async def _member(self, call: MenuCall, box: Box) -> tuple[Box, Who] | None:
        """Of the group that has this box; who may hear what is in others' boxes opens it too."""
        person = await self.house.log_in(call)
        if person is None:  # told that these were too many tries
            await call.play("goodbye")
            await call.hang_up()
            return None
        if not self.is_his(box, person.number):
            may = self.house.rights(person.number) >= TO_HEAR_OTHERS
            result = DONE if may else str(Refused(Refusal.NOT_YOURS))
            audit(self.events, person.number, "open_mailbox", f"mailbox {box.number}", call_id=call.id, result=result)
            if not may:
                self._refused(call, box.number, person.number)
                await call.play("seat-not-allowed")
                return None
        return box, Who(person.number, person.name)

    def owner(self, box: Box) -> Who:
        """Who has opened it by its PIN; a box below that is nobody's is his above it."""
        above = self.directory.box(box.parent) if box.parent and not box.owner else None
        if above is not None:
            return self.owner(above)
        return Who(box.owner) if box.kind is BoxKind.PERSON else Who()

    def _refused(self, call: MenuCall, number: str, person: str = "") -> None:
        address = f"telephone {call.caller.known_by or WITHHELD}"
        act, right = f"mailbox {number or NOBODY}", Refusal.LOG_IN.value
        self.events.write(
            Kind.LOG_IN_REFUSED, call_id=call.id, person=person or None, address=address, act=act, right=right
        )

    async def _hang_up(self, call: MenuCall) -> None:
        await call.play("too-many-tries", "goodbye")
        await call.hang_up()
