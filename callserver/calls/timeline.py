"""A call as it is written down: its record, its events, and what is known of who calls."""

from __future__ import annotations

from dataclasses import replace

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import Caller
from callserver.wire.messages import Card, CardPart, Identity
from callserver.wire.records import CallRecord, Value


class Timeline:
    """
    Of one call, from its beginning on.

    :param channel: of the party it begins with
    `opened`: fires when its record is safe on disk.
    `language_chosen`: somebody has said which, be it the caller or a menu for him.
    `path`: menus, prompts and inputs so far, in words, for the agent's screen.
    """

    def __init__(self, call_id: str, direction: str, channel: str, caller: Caller, events: EventLog) -> None:
        self.id, self.caller = call_id, caller
        self.language, self.language_chosen = "zh", False
        self.path: list[str] = []
        self._told: tuple[Identity, CardPart] | None = None
        self._channel, self._events = channel, events
        record = CallRecord(call_id, direction, channel, caller.number, caller.name, events.now())
        self.opened = events.book.open_call(record)

    def log(self, kind: Kind, *, person: str | None = None, **data: Value) -> None:
        """Write an event of this call."""
        self._events.write(kind, call_id=self.id, channel=self._channel, person=person, **data)

    def note(self, **fields: object) -> None:
        """Set fields of the call's record."""
        self._events.book.change_call(self.id, **fields)

    def identify(self, caller: Caller) -> None:
        """The exchange has told who calls; the same again is no news."""
        if caller == self.caller:
            return
        self.caller = caller
        self.note(caller_number=caller.number, caller_name=caller.name)
        self.log(Kind.CALLER_ID, number=caller.number, name=caller.name, withheld=caller.withheld)

    def told_of(self, identity: Identity, part: CardPart) -> None:
        """An agent has said who the caller is; with what a feature knows of that one."""
        self._told = identity, part

    def on_card(self, card: Card) -> Card:
        """A card of this call as it is shown: with what an agent has said, unless the caller has proved who he is."""
        if self._told is None or (card.identity is not None and card.identity.proved):
            return card
        identity, told = self._told
        others = [part for part in card.parts if part.feature != told.feature]
        return replace(card, identity=identity, parts=(told, *others))

    def speak(self, language: str) -> None:
        """The caller's language from now on."""
        self.language, self.language_chosen = language, True
        self.log(Kind.LANGUAGE, language=language)
