"""Who may hear and fetch which recording; what he does, or is refused, is written down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.calls.audit import audit, in_words
from callserver.calls.event_log import EventLog
from callserver.features.recordings.search import NoSuchRecording, Recorded, find
from callserver.store.database import Store
from callserver.wire.catalogue import N_
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

log = Logger()


@dataclass(frozen=True)
class Judge:
    """
    Without right 1 a person knows of the recordings of calls in which he has talked, and of no other.

    :param rights: of a person of the staff, at this moment
    """

    rights: Callable[[str], frozenset[Right]]
    store: Store
    events: EventLog

    def bound(self, person: str) -> str:
        """Whose recordings he knows of alone; "": all."""
        return "" if Right.SUPERVISOR in self.rights(person) else person

    def require(self, person: str, right: Right) -> None:
        """:raises Refused: NO_RIGHT, when he does not hold it at this moment"""
        if right not in self.rights(person):
            raise Refused.no_right(right)

    async def known(self, person: str, number: int) -> Recorded:
        """
        One that he may know of.

        :raises NoSuchRecording: there is none, or it is not his
        """
        one = await self.store.read(find, str(number))
        if self.bound(person) not in ("", *one.agents):
            raise NoSuchRecording(N_("there is no recording {which}"), which=number)
        return one

    def asked(self, story: Callable[[], Coroutine[Any, Any, Any]]) -> Deferred[Any]:
        """Answer what anybody may ask; what is complained of is refused in words."""

        async def asked() -> Any:
            with in_words():
                return await story()

        return Deferred.fromCoroutine(asked())

    def judged(
        self,
        person: str,
        act: str,
        number: int,
        right: Right,
        story: Callable[[Recorded], Coroutine[Any, Any, Any]],
        *,
        note: bool = True,
        target: str = "",
    ) -> Deferred[Any]:
        """
        Do something with a recording if he may; what is complained of is refused in words that any program can show.

        :param act: by its name, in the event log
        :param note: whether it is written down; a refusal always is
        :param target: what the event log says beside the recording's number
        """

        async def judged() -> Any:
            what, call_id = f"recording {number}", None
            try:
                with in_words():
                    self.require(person, right)
                    one = await self.known(person, number)
                    call_id = one.call_id
                    answer = await story(one)
            except Refused as refused:
                audit(self.events, person, act, what, call_id=call_id, result=str(refused))
                raise
            if note:
                audit(self.events, person, act, f"{what} {target}".strip(), call_id=call_id)
            return answer

        return Deferred.fromCoroutine(judged())
