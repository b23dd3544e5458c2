"""
Messages between colleagues: on disk before anybody is told, then told at once to those whose programs are there.

Who is not there is told at his next log-in. A message may be told twice, where somebody logs in at the very moment at
which it comes: programs know it by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audited, in_words
from callserver.calls.event_log import EventLog
from callserver.features.contacts import arguments, said
from callserver.features.contacts.arguments import EVERYBODY, GROUP
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Said
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

log = Logger()
Row = dict[str, Any]


@dataclass(frozen=True)
class Talking:
    """
    :param tell: shows it at somebody's program; False: none is there that reads
    :param rights: of a person of the staff, at this moment
    :param members: staff numbers of a group, by its name; none, if there is none
    """

    store: Store
    events: EventLog
    tell: Callable[[str, Said], bool]
    rights: Callable[[str], Collection[Right]]
    members: Callable[[str], Collection[str]]

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "tell_people": Act(self.tell_people, (arguments.whom, arguments.contact_text)),
            "list_said": Act(self.list_said, (arguments.colleague, arguments.page_place)),
        }

    def tell_people(self, seat: Seat, whom: Sequence[str], text: str) -> Deferred[Row]:
        """
        Write to colleagues; to several, to a group, or, with right 1, to everybody. Who is out has it at his log-in.

        :return: lists of staff numbers: {"told": who has it now, "kept": who is not there, "full": who has 100 that he
            has not read, and does not get it}
        :raises Refused: NO_RIGHT: 1, of everybody; NOT_SAVED: there is no such person or group
        """

        async def story() -> Row:
            named, persons, members = self._meant(seat.number, whom)
            now = self.events.now()
            kept = await self.store.write(said.keep, seat.number, persons, members, named, text.strip(), now)
            told = [(number, one) for number, one in kept.messages if self.tell(number, one)]
            await self.store.write(said.were_told, [one.id for _, one in told], now)
            there = [number for number, _ in told]
            waits = [number for number, _ in kept.messages if number not in there]
            return {"told": there, "kept": waits, "full": list(kept.full)}

        async def judged() -> Row:
            with audited(self.events, seat.number, "tell_people", ", ".join(whom)[:80]), in_words():
                return await story()

        return Deferred.fromCoroutine(judged())

    def list_said(self, seat: Seat, colleague: str, after: str) -> Deferred[Row]:
        """
        What he has had and sent in the last 30 days, the newest first, 50 at a time; with one colleague, or "": all.

        :return: {"found": a list of {"id", "sender", "name", "recipient", "recipient_name", "to" ("", "group NAME" or
            "everybody"), "text", "at", "told"}, "next": what asks for those behind them, "" if there are none}
        """
        found = self.store.read(said.conversation, seat.number, colleague, after)
        return found.addCallback(lambda page: {"found": page[0], "next": page[1]})

    def arrived(self, person: str) -> None:
        """His program is there: it is told what has come for him meanwhile."""
        told = Deferred.fromCoroutine(self._tell_waiting(person))
        told.addErrback(lambda failure: log.failure("messages for {number} are not told", failure, number=person))

    async def _tell_waiting(self, person: str) -> None:
        waiting = await self.store.read(said.unread, person)
        told = [one.id for one in waiting if self.tell(person, one)]
        if told:
            await self.store.write(said.were_told, told, self.events.now())

    def _meant(self, sender: str, whom: Sequence[str]) -> tuple[str, list[str], list[str]]:
        """
        What it is written to, if that has one name; the persons, and the members of groups: as `said.keep` takes them.

        :raises Refused: NO_RIGHT
        :raises Complaint: there is no such group, or nobody in it
        """
        if EVERYBODY in whom:
            if Right.SUPERVISOR not in self.rights(sender):
                raise Refused.no_right(Right.SUPERVISOR)
            return EVERYBODY, [], []
        groups = [one for one in whom if one.startswith(GROUP)]
        members: list[str] = []
        for group in groups:
            found = self.members(group.removeprefix(GROUP))
            if not found:
                raise Complaint(N_("there is no group {name}, or nobody is in it"), name=group.removeprefix(GROUP))
            members += found
        persons = [one for one in whom if one not in groups and not (groups and one == sender)]
        return (groups[0] if len(whom) == 1 and groups else ""), persons, members
