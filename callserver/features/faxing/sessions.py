"""
One fax in one call: an engine and the line's sound are lent to it, and both come back however it ends.

What holds:

- *One end.* The procedure's own end, the caller who hangs up, an agent who breaks off, somebody else who takes the
  party over, the limit, a fault of ours: whichever comes first is the fax's result, written down once.
- *Everything comes back.* The engine is free, the party has the role it had and the stage is what it was, unless the
  call is over or somebody has given it another meanwhile.
- *No page is confirmed that is not on disk.* The record stands before the first page may come; a page is told as kept
  when it is synced. What cannot be kept is told so, and the far end is not given a confirmation.
- *Bounded*: twenty minutes, then the far end is told good-bye, and some seconds later it is over without it.

传真会话：无论如何结束，传真资源与线路声音都会归还；页面落盘后才确认。
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls import operations
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.roles import Part, Role
from callserver.calls.vocabulary import Kind
from callserver.fax.machine import FaxMachine
from callserver.fax.t30.documents import PageNeeded, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import FaxResult, Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station
from callserver.fax.t30.trace import Side
from callserver.features import House
from callserver.features.faxing import rules
from callserver.features.faxing.engines import Engine
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.papers import Papers, Sending, Top, no_line
from callserver.features.faxing.rules import Fax, Step
from callserver.features.faxing.rules.faxes import IN, OUT
from callserver.store.database import Store
from callserver.wire.catalogue import N_
from callserver.wire.fax_results import BROKEN
from callserver.wire.states import FaxPhase

log = Logger()

LIMIT_S, GOODBYE_S = 1200.0, 20.0
ON_DISK_S = 5.0  # so long a fax waits for its record; then people are told, and it goes on


@dataclass(frozen=True)
class Came:
    """What came of one fax; `pages` are confirmed."""

    id: str
    result: str
    pages: int

    @property
    def is_sent(self) -> bool:
        """All of it, every page confirmed."""
        return self.result == FaxResult.SUCCESS.value


@dataclass(frozen=True)
class Paper:
    """
    What each fax of ours needs: where pages are kept, who we are.

    `top`: what stands above the pages that are sent to a number
    """

    papers: Papers
    station: Station
    top: Callable[[str], Top] = lambda number: no_line


class Sessions:
    """
    All faxes under way, one a call.

    :param on_received: told of each fax that has brought a page
    """

    def __init__(
        self,
        house: House,
        store: Store,
        events: EventLog,
        paper: Paper,
        on_received: Callable[[Fax], None] = lambda fax: None,
    ) -> None:
        self._house, self._store, self._events, self._paper = house, store, events, paper
        self._on_received = on_received
        self._machines: dict[str, FaxMachine[Any]] = {}  # by call

    def is_under_way(self, call: Call) -> bool:
        """Whether this call's line faxes."""
        return call.id in self._machines

    def break_off(self, call: Call) -> None:
        """The far end is told good-bye; harmless when nothing is under way."""
        machine = self._machines.get(call.id)
        if machine is not None:
            machine.terminal.cancel(machine.now_s)

    async def send(self, call: Call, engine: Engine, letter: Letter, *, calls: bool = False) -> Came:
        """
        Send to the first party of a call; its engine is given back.

        :param calls: we have dialled it
        """
        fax = self._fax(OUT, call, person=letter.person, title=letter.title, job=letter.job)
        try:
            begun = self._house.in_thread(self._paper.papers.begin_sending, letter.file, fax.id, letter.first)
            sending = await begun
        except Exception as problem:
            engine.release()
            log.warn("fax {fax}: {file} cannot be sent: {problem}", fax=fax.id, file=letter.file, problem=problem)
            return await self._without_a_page(call, fax)
        except BaseException:
            engine.release()
            begun.addCallback(lambda sending: sending.over() if isinstance(sending, Sending) else None)
            raise
        try:
            return await self._run(call, engine, fax, partial(self._sender, sending, calls))
        finally:
            self._house.in_thread(sending.over)

    async def receive(self, call: Call, engine: Engine, *, person: str | None = None) -> Came:
        """Receive from the first party of a call; its engine is given back."""
        fax = self._fax(IN, call, person=person)
        came = await self._run(call, engine, fax, partial(self._receiver, fax))
        if came.pages:
            self._on_received(fax)
        return came

    def _fax(self, direction: str, call: Call, **about: str | None) -> Fax:
        new_id, number = self._house.new_id(), call.caller.known_by
        file = f"{new_id}.tif" if direction == IN else None
        return Fax(new_id, direction, call.id, call.first.name, number, self._events.now(), file=file, **about)  # type: ignore[arg-type]

    # One session

    async def _run(
        self, call: Call, engine: Engine, fax: Fax, make: Callable[[Call, Deferred[Outcome]], FaxMachine[Any]]
    ) -> Came:
        over: Deferred[Outcome] = Deferred()
        outcome: Outcome | None = None
        result = BROKEN
        stage, part = call.stage, call.parts.get(call.first, Part(Role.ALONE))
        try:
            await self._kept(rules.begin_fax, fax)
            call.log(Kind.FAX, person=fax.person, fax=fax.id, direction=fax.direction, title=fax.title)
            machine = self._machines[call.id] = make(call, over)
            limit = self._house.clock.callLater(LIMIT_S, self._too_long, machine)
            try:
                operations.fax(call, call.first, machine.exchange, partial(_lent_over, machine, over))
                self._phase(call, FaxPhase.SET_UP, 0)
                outcome = await over
                result = outcome.result.value if limit.active() else FaxResult.TOO_LONG.value
            except CancelledError:
                result = FaxResult.LINE_LOST.value if call.ended is not None else FaxResult.CANCELLED.value
                raise
            except Exception:
                log.failure("fax {fax} in call {call} broke", fax=fax.id, call=call.id)
            finally:
                if limit.active():
                    limit.cancel()
                del self._machines[call.id]
        finally:
            engine.release()
            if call.ended is None and call.first in call.parts and call.parts[call.first].role is Role.FAXES:
                call.enter(stage)
                call.give(call.first, part.role, part.beside)
            self._end(call, fax, result, outcome)
        return Came(fax.id, result, outcome.n_confirmed if outcome is not None else 0)

    def _phase(self, call: Call, phase: FaxPhase, page: int) -> None:
        call.tell_doing(f"{phase.value} {page}" if page else phase.value)

    def _too_long(self, machine: FaxMachine[Any]) -> None:
        machine.terminal.cancel(machine.now_s)
        self._house.clock.callLater(GOODBYE_S, lambda: machine.terminal.line_gone(machine.now_s))

    def _end(self, call: Call, fax: Fax, result: str, outcome: Outcome | None) -> None:
        pages = outcome.n_confirmed if outcome is not None else 0
        remote = outcome.far_identity if outcome is not None else ""
        data = {"fax": fax.id, "direction": fax.direction, "result": result, "pages": pages, "remote_id": remote}
        call.log(Kind.FAX_END, person=fax.person, title=fax.title, **data)  # type: ignore[arg-type]
        steps = [
            Step(line.at_ms, line.side is Side.FAR, line.side.value, line.text)
            for line in (outcome.trace if outcome is not None else ())
        ]
        agreed = outcome.agreed if outcome is not None else ""
        written = self._store.write(
            partial(
                rules.end_fax,
                fax.id,
                self._events.now(),
                result,
                pages=pages,
                remote_id=remote,
                detail=agreed,
                steps=steps,
            )
        )
        written.addErrback(lambda failure: log.failure("the end of fax {fax} is not kept", failure, fax=fax.id))

    async def _without_a_page(self, call: Call, fax: Fax) -> Came:
        await self._kept(rules.begin_fax, fax)
        self._end(call, fax, FaxResult.PAGE_GONE.value, None)
        return Came(fax.id, FaxResult.PAGE_GONE.value, 0)

    async def _kept(self, write: Callable[..., None], *row: object) -> None:
        """On disk, or people know that it is not."""
        try:
            await self._store.write(write, *row).addTimeout(ON_DISK_S, self._house.clock)
        except CancelledError:
            raise
        except Exception as problem:
            self._house.alarm(N_("the record of a fax could not be kept: {problem}"), problem=repr(problem))

    # Its machine

    def _sender(
        self, sending: Sending, calls: bool, call: Call, over: Deferred[Outcome]
    ) -> FaxMachine[SendingTerminal]:
        top = self._paper.top(call.caller.known_by or "")

        def needed(page: PageNeeded) -> None:
            coded = self._house.in_thread(sending.coded, page.number, page.form, top)
            coded.addCallbacks(
                lambda octets: machine.terminal.page_ready(page, octets, machine.now_s),
                lambda failure: self._page_gone(machine, page, failure),
            )
            coded.addErrback(lambda failure: log.failure("a page of a fax could not be given", failure))

        machine = FaxMachine(
            lambda ask: SendingTerminal(self._paper.station, sending.shapes, ask, needed, _to(over), calls=calls),
            partial(self._phase, call),
        )
        return machine

    def _page_gone(self, machine: FaxMachine[SendingTerminal], page: PageNeeded, failure: Failure) -> None:
        log.failure("page {page} of a fax cannot be had", failure, page=page.number + 1)
        machine.terminal.page_gone(page, machine.now_s)

    def _receiver(self, fax: Fax, call: Call, over: Deferred[Outcome]) -> FaxMachine[ReceivingTerminal]:
        assert fax.file is not None
        file = fax.file

        def received(page: ReceivedPage) -> None:
            keeping = self._house.in_thread(self._paper.papers.keep, file, page)
            keeping.addCallbacks(
                lambda pages: self._page_kept(machine, fax, page, pages),
                lambda failure: self._not_kept(machine, page, failure),
            )
            keeping.addErrback(lambda failure: log.failure("a page of a fax could not be told kept", failure))

        machine = FaxMachine(
            lambda ask: ReceivingTerminal(self._paper.station, ask, received, _to(over)), partial(self._phase, call)
        )
        return machine

    def _page_kept(self, machine: FaxMachine[ReceivingTerminal], fax: Fax, page: ReceivedPage, pages: int) -> None:
        machine.terminal.kept(page, machine.now_s)
        self._store.write(rules.count_page, fax.id, pages).addErrback(
            lambda failure: log.failure("the pages of fax {fax} are not counted", failure, fax=fax.id)
        )

    def _not_kept(self, machine: FaxMachine[ReceivingTerminal], page: ReceivedPage, failure: Failure) -> None:
        self._house.alarm(N_("a received page of a fax could not be kept: {problem}"), problem=repr(failure.value))
        machine.terminal.not_kept(page, machine.now_s)


def _to(over: Deferred[Outcome]) -> Callable[[Outcome], None]:
    return lambda outcome: None if over.called else over.callback(outcome)


def _lent_over(machine: FaxMachine[Any], over: Deferred[Outcome], failure: Failure | None) -> None:
    """The line is not the fax's any more, or its work has raised something."""
    if over.called:
        return
    if failure is not None:
        over.errback(failure)
    else:
        machine.terminal.line_gone(machine.now_s)
