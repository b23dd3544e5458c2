"""A waiting caller as he rings at a seat."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from callserver.acd.queues.door import Outcome
from callserver.acd.queues.entry import Entry
from callserver.acd.routing.settings import QueueSettings
from callserver.calls.call import Call, Party
from callserver.calls.operations import connect, wait_again
from callserver.wire.causes import Reason
from callserver.wire.messages import Card
from callserver.wire.rights import Right


class Takings(Protocol):
    """Who is told what seats do with an offer."""

    def waits(self, entry: Entry) -> bool:
        """He is in a list."""

    def whole_wait_s(self, entry: Entry) -> float:
        """Up to now, as people see it."""

    def answered(self, entry: Entry, station: Party, outcome: Outcome) -> None: ...
    def declined(self, entry: Entry, seat: str, reason: Reason) -> None: ...
    def given_back(self, entry: Entry) -> None: ...


class QueueOffer:
    """One attempt to ring one seat for one caller; taken, the talk that came of it. Implements Offer."""

    right: Right | None = Right.ANSWER_QUEUED
    is_queued = True

    def __init__(
        self,
        takings: Takings,
        entry: Entry,
        call: Call,
        seat: str,
        settings: QueueSettings,
        *,
        ring_s: float,
        waited_s: float,
        outcome: Outcome = Outcome.ANSWERED,
    ) -> None:
        self.ring_s, self.max_misses, self.wrap_up_s = ring_s, settings.misses, settings.wrap_up_s
        self._call = call
        self._takings, self._entry, self._seat = takings, entry, seat
        self._waited_s, self._outcome = waited_s, outcome

    @property
    def call(self) -> Call:
        return self._call.now

    @property
    def card(self) -> Card:
        """His wait is that up to the offer; once he is answered, all of it."""
        waited_s, earlier_s = round(self._waited_s), round(self._entry.earlier_s)
        return replace(self._entry.card, waited_s=waited_s, earlier_s=earlier_s, path=tuple(self.call.path))

    def accept(self, station: Party) -> None:
        self._waited_s = self._takings.whole_wait_s(self._entry)
        self._takings.answered(self._entry, station, self._outcome)
        connect(self.call, station)

    def decline(self, station: Party, reason: Reason) -> None:
        self._takings.declined(self._entry, self._seat, reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        if self._takings.waits(self._entry):  # he could not be taken at all, and has not lost his place
            self.decline(station, reason)
        elif wait_again(self.call, station, reason):
            self._takings.given_back(self._entry)
