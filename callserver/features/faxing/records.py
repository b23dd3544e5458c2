"""
What is written down of each fax: in the store, and in the event log of its call.

A fax goes on when its record cannot be written: the line is open, and a page is worth more than a line about it. People
are told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger

from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.trace import Side
from callserver.features import House
from callserver.features.faxing import rules
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.rules import Fax, Step
from callserver.features.faxing.rules.faxes import IN
from callserver.store.database import Store
from callserver.wire.catalogue import N_
from callserver.wire.problems import why

log = Logger()

ON_DISK_S = 5.0  # so long a fax waits for its record; then people are told, and it goes on


@dataclass(frozen=True)
class Records:
    """Of all faxes."""

    house: House
    store: Store
    events: EventLog

    def new(self, direction: str, call: Call, **about: str | None) -> Fax:
        """A fax that is about to begin in a call; one that comes has a file of its own."""
        new_id, number = self.house.new_id(), call.caller.known_by
        file = f"{new_id}.tif" if direction == IN else None
        return Fax(new_id, direction, call.id, call.first.name, number, self.events.now(), file=file, **about)  # type: ignore[arg-type]

    async def begin(self, fax: Fax) -> None:
        """On disk, or people know that it is not."""
        try:
            await self.store.write(rules.begin_fax, fax).addTimeout(ON_DISK_S, self.house.clock)
        except CancelledError:
            raise
        except Exception as problem:
            self.house.alarm(N_("the record of a fax could not be kept: {problem}"), problem=why(problem))

    def kept(self, fax: Fax, pages: int) -> None:
        """So many pages of a fax that comes are on disk."""
        self._counted(fax, self.store.write(rules.count_page, fax.id, pages))

    def not_kept(self, problem: BaseException) -> None:
        """A page of a fax that comes is not on disk."""
        self.house.alarm(N_("a received page of a fax could not be kept: {problem}"), problem=why(problem))

    def confirmed(self, fax: Fax, letter: Letter, pages: int) -> None:
        """Written at once: of a fax that the server is killed in no page is sent again that the far end has."""
        self._counted(fax, self.store.write(rules.count_page, fax.id, pages))
        if letter.job is not None:
            self._counted(fax, self.store.write(rules.page_sent, letter.job, letter.first + pages))

    def end(self, call: Call, fax: Fax, result: str, pages: int, outcome: Outcome | None) -> None:
        """
        What has come of it.

        :param pages: confirmed
        :param outcome: None: the procedure has told none
        """
        remote, agreed, steps = "", "", list[Step]()
        if outcome is not None:
            remote, agreed = outcome.far_identity, outcome.agreed
            steps = [Step(one.at_ms, one.side is Side.FAR, one.side.value, one.text) for one in outcome.trace]
        data = {"fax": fax.id, "direction": fax.direction, "result": result, "pages": pages, "remote_id": remote}
        call.log(Kind.FAX_END, person=fax.person, title=fax.title, **data)  # type: ignore[arg-type]
        end = partial(rules.end_fax, pages=pages, remote_id=remote, detail=agreed, steps=steps)
        written = self.store.write(_begun_and_ended, fax, partial(end, fax.id, self.events.now(), result))
        written.addErrback(lambda failure: log.failure("the end of fax {fax} is not kept", failure, fax=fax.id))

    def _counted(self, fax: Fax, written: Deferred[None]) -> None:
        written.addErrback(lambda failure: log.failure("the pages of fax {fax} are not counted", failure, fax=fax.id))


def _begun_and_ended(fax: Fax, end: Callable[[], None]) -> None:
    """Run in `store.write`: also one whose begin could not be written has a record, and its pages are found."""
    rules.begin_fax(fax)
    end()
