"""Who may do what with which fax; what he does, or is refused, is written down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audited, in_words
from callserver.calls.dial_guard import RIGHTS
from callserver.calls.event_log import EventLog
from callserver.features import House
from callserver.features.faxing import rules
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.rules import Fax
from callserver.features.faxing.sources import NoSource, Uploaded, letter_of
from callserver.store.database import Store
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

log = Logger()


@dataclass(frozen=True)
class Judge:
    """
    Without right 1 a person sees the faxes that he received or sent himself, and those that came to nobody.

    `uploads`: files that agents have given, by name; forgotten with the server.
    """

    house: House
    store: Store
    events: EventLog
    uploads: dict[str, Uploaded] = field(default_factory=dict)

    def sees_all(self, seat: Seat) -> bool:
        """Whether he sees others' faxes."""
        return Right.SUPERVISOR in self.house.rights(seat.number)

    def require(self, seat: Seat, right: Right) -> None:
        """:raises Refused: NO_RIGHT, when he does not hold it at this moment"""
        if right not in self.house.rights(seat.number):
            raise Refused.no_right(right)

    def require_class_of(self, seat: Seat, number: str) -> None:
        """:raises Refused: NO_RIGHT for its class, or BAD_ARGUMENT: nobody may"""
        right = RIGHTS.get(self.house.calls_out().classify(number))
        if right is None:
            raise Refused(Refusal.BAD_ARGUMENT, "number")
        self.require(seat, right)

    def own(self, seat: Seat, fax: str) -> Deferred[Fax]:
        """One that he may see; fails with NoSource, NotOne."""

        def find() -> Fax:
            found = rules.find_fax(fax)
            if found.deleted_by is not None or not (self.sees_all(seat) or found.person in (None, seat.number)):
                raise NoSource("there is no such document or fax: {name}", name=fax)
            return found

        return self.store.read(find)

    def letter(self, seat: Seat, what: str, language: str) -> Deferred[Letter]:
        """What is to be sent; a fax that came is content, which takes right 14. Fails with NoSource, Refused."""

        def find() -> Letter:
            if what.startswith("fax "):
                self.require(seat, Right.DOWNLOAD_FAX)
            return letter_of(what, seat.number, language, self.uploads, sees_all=self.sees_all(seat))

        return self.store.read(find)

    def judged(
        self,
        seat: Seat,
        act: str,
        target: str,
        story: Callable[[], Coroutine[Any, Any, Any]],
        right: Right | None = None,
    ) -> Deferred[Any]:
        """
        Do it if he may; what is complained of is refused in words that any program can show.

        :param act: by its name, in the event log; "" is not noted
        """
        in_hand = seat.in_hand.call.id if seat.status.state is SeatState.TALKING else None

        async def judged() -> Any:
            with audited(self.events, seat.number, act, target, call_id=in_hand), in_words():
                if right is not None:
                    self.require(seat, right)
                return await story()

        return Deferred.fromCoroutine(judged())
