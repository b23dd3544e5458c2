"""
What agents may say and read of contacts: what came of their talks, who was in touch with a number before, notes on it.

An outcome is set for the call he talks in or holds, and for one of this day in which he has talked; what protects (a
complaint) keeps the recordings of the call. All of it is in the event log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.looks import Looks
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audited, in_words
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.config import Config
from callserver.config.outcomes import TalkOutcome
from callserver.features.contacts import arguments, rules
from callserver.features.contacts.words import usual_outcomes
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.numbers import normal, spellings
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState

MEMBER = "member "
JUST_HAD = timedelta(hours=1)  # also after midnight
Row = dict[str, Any]


def call_with_outcome(value: Any) -> bool:
    """Of a call, as cards and histories show it."""
    return isinstance(value, str) and 1 <= len(value) <= 64


@dataclass(frozen=True)
class ContactsDesk:
    """
    :param settings: as they are at the moment
    :param telephones: of a customer by his member number, in the database's thread
    """

    store: Store
    events: EventLog
    settings: Callable[[], Config]
    telephones: Callable[[str], Collection[str]]
    looks: Looks

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        set_takes = (call_with_outcome, arguments.outcome_code, arguments.outcome_note)
        return {
            "list_outcomes": Act(self.list_outcomes),
            "set_outcome": Act(self.set_outcome, set_takes),
            "list_contacts": Act(self.list_contacts, (arguments.contact, arguments.page_place)),
            "note_contact": Act(self.note_contact, (arguments.contact, arguments.contact_text)),
        }

    def list_outcomes(self, seat: Seat) -> list[Row]:
        """
        What talks can come to, as the shop has set it.

        :return: a list of {"code", "zh", "en", "protects"}
        """
        return [vars(one).copy() for one in self._outcomes()]

    def set_outcome(self, seat: Seat, call_id: str, code: int, note: str) -> Deferred[None]:
        """
        Say what came of a call that he talks in or holds, or has talked in today; asked again, it is corrected.

        A complaint protects the recordings of the call, also one that begins later.

        :raises Refused: NOT_YOURS: he has not talked in it, or not today; NOT_SAVED: there is no such code
        """
        live = call_id in _in_hand(seat)

        async def story() -> None:
            outcome = self._outcome(code)
            if not live and not await self.store.read(rules.was_in, call_id, seat.number, self._since()):
                raise Refused(Refusal.NOT_YOURS)
            event = self.events.stamp(
                Kind.OUTCOME,
                call_id=call_id,
                person=seat.number,
                code=code,
                zh=outcome.zh,
                en=outcome.en,
                note=note.strip(),
                protects=outcome.protects,
            )
            await self.store.write(rules.set_outcome, event, outcome, note.strip())
            self.events.show(event)
            if outcome.protects:
                await self._protect(seat.number, call_id)

        return self._told(seat, "", f"call {call_id}", story)

    def list_contacts(self, seat: Seat, contact: str, after: str) -> Deferred[Row]:
        """
        The calls from and to a number, or all numbers of a member, the newest first, 50 at a time; and the notes on it.

        :return: {"calls": a list of {"call", "began", "direction", "number", "length_s" (null while it runs),
            "agents": [{"number", "name"}], "queues", "end", "order", "outcomes": [{"code", "zh", "en", "note", "by",
            "name", "at"}]}, "notes": on the first page, the newest 50: a list of {"contact", "text", "by", "name",
            "at"}, "next": what asks for those behind them, "" if there are none}
        """

        def look() -> Row:
            numbers, contacts = self._known_as(contact)
            calls, place = rules.calls_of(numbers, after)
            return {"calls": calls, "notes": [] if after else rules.notes(contacts), "next": place}

        if contact.startswith(MEMBER):
            self.looks.note(seat, "list_contacts", [contact.removeprefix(MEMBER)])
        return self.store.read(look)

    def note_contact(self, seat: Seat, contact: str, text: str) -> Deferred[None]:
        """Write down what others should know of a number or a member; notes are added, never changed."""
        key = contact if contact.startswith(MEMBER) else normal(contact, self._country)

        async def story() -> None:
            await self.store.write(rules.add_note, key, text.strip(), seat.number, self.events.now())

        return self._told(seat, "note_contact", key, story)

    @property
    def _country(self) -> str:
        return self.settings().exchange.country

    def _known_as(self, contact: str) -> tuple[set[str], set[str]]:
        """In the database's thread: the numbers of its calls, in all spellings, and the keys of its notes."""
        is_member = contact.startswith(MEMBER)
        numbers = self.telephones(contact.removeprefix(MEMBER)) if is_member else (contact,)
        spelled = {one for number in numbers for one in spellings(number, self._country)}
        keys = {normal(number, self._country) for number in numbers} | ({contact} if is_member else set())
        return spelled, keys

    def _outcomes(self) -> Sequence[TalkOutcome]:
        return self.settings().agents.outcomes or usual_outcomes()

    def _outcome(self, code: int) -> TalkOutcome:
        for one in self._outcomes():
            if one.code == code:
                return one
        raise Complaint(N_("there is no outcome {code}"), code=code)

    def _since(self) -> datetime:
        """From the shop's midnight on, or an hour ago."""
        now = self.events.now()
        local = now.astimezone(self.settings().server.zone)
        return min(datetime.combine(local.date(), time(), local.tzinfo), now - JUST_HAD)

    async def _protect(self, person: str, call_id: str) -> None:
        """What the index of recordings is made of is the event log."""
        class_: dict[str, Any] = {"class": rules.COMPLAINT}
        found = await self.store.read(rules.recordings_of, call_id)
        told: list[EventRecord] = [
            self.events.stamp(
                Kind.RECORDING_NOTED,
                call_id=call_id,
                channel=channel,
                person=person,
                file=file,
                protected=True,
                **class_,
            )
            for file, channel in found
        ]
        await self.store.write(rules.protect, told)
        for event in told:
            self.events.show(event)

    def _told(
        self, seat: Seat, act: str, target: str, story: Callable[[], Coroutine[Any, Any, None]]
    ) -> Deferred[None]:
        async def told() -> None:
            with audited(self.events, seat.number, act, target), in_words():
                await story()

        return Deferred.fromCoroutine(told())


def _in_hand(seat: Seat) -> set[str]:
    """The calls he talks in or holds."""
    status = seat.status
    if status.state is SeatState.RINGING or status.supervises:
        return set()
    return {card.call_id for card in (status.call, status.kept) if card is not None}
