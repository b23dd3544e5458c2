"""
One fax in one call: an engine and the line's sound are lent to it, and both come back however it ends.

What holds:

- *One a call*, from the moment it is asked for: of two at once the second would take the first one's sound and pages.
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

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls import operations
from callserver.calls.call import Call
from callserver.calls.line import LineInService
from callserver.calls.roles import Part, Role
from callserver.calls.vocabulary import Kind
from callserver.fax.machine import FaxMachine
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.terminal import Terminal
from callserver.fax.t30.trace import Side
from callserver.fax.tiff.directory import TiffError
from callserver.features import House
from callserver.features.faxing.engines import Engine
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.modem_machine import ModemMachine
from callserver.features.faxing.papers import Sending
from callserver.features.faxing.records import Records
from callserver.features.faxing.rules import Fax
from callserver.features.faxing.rules.faxes import IN, OUT
from callserver.features.faxing.terminals import SOFT, Machine, Make, OurSide
from callserver.lines.interfaces import LineFailure
from callserver.wire.fax_results import BROKEN, FaxResult
from callserver.wire.states import FaxPhase

log = Logger()

LIMIT_S, GOODBYE_S = 1200.0, 20.0
VOICE_S = 10.0  # so long a modem may take from fax to voice


GONE = Outcome(FaxResult.LINE_LOST, 0, "", "", 0.0, ())  # the call was over before the fax began
BROKEN_OFF = Outcome(FaxResult.CANCELLED, 0, "", "", 0.0, ())  # by us, before it began


@dataclass(frozen=True)
class Came:
    """What came of one fax; `pages` are confirmed; `heard`: something of a machine at the far end was."""

    id: str
    result: str
    pages: int
    heard: bool = False

    @property
    def is_sent(self) -> bool:
        """All of it, every page confirmed."""
        return self.result == FaxResult.SUCCESS.value


class Sessions:
    """
    All faxes under way, one a call.

    :param on_received: told of each fax that has brought a page
    """

    def __init__(
        self,
        house: House,
        records: Records,
        ours: OurSide,
        on_received: Callable[[Fax], None] = lambda fax: None,
    ) -> None:
        self._house, self._records, self._ours, self._on_received = house, records, ours, on_received
        self._machines: dict[str, Machine] = {}  # by call
        self._under_way: dict[str, bool] = {}  # by call: is it to be broken off?

    def is_under_way(self, call: Call) -> bool:
        """Whether this call's line faxes, or is about to."""
        return call.id in self._under_way

    def break_off(self, call: Call) -> None:
        """The far end is told good-bye; harmless when nothing is under way."""
        machine = self._machines.get(call.id)
        if machine is not None:
            machine.terminal.cancel(machine.now_s)
        elif call.id in self._under_way:
            self._under_way[call.id] = True

    async def send(self, call: Call, engine: Engine, letter: Letter, *, calls: bool = False) -> Came:
        """
        Send to the first party of a call, in which no fax is under way; its engine is given back.

        :param calls: we have dialled it
        """
        with self._in(call):
            return await self._send(call, engine, letter, calls=calls)

    async def receive(self, call: Call, engine: Engine, *, person: str | None = None) -> Came:
        """Receive from the first party of a call, in which no fax is under way; its engine is given back."""
        with self._in(call):
            return await self._receive(call, engine, person)

    @contextmanager
    def _in(self, call: Call) -> Iterator[None]:
        self._under_way[call.id] = False
        try:
            yield
        finally:
            del self._under_way[call.id]

    async def _send(self, call: Call, engine: Engine, letter: Letter, *, calls: bool) -> Came:
        fax = self._records.new(OUT, call, person=letter.person, title=letter.title, job=letter.job)
        try:
            sending = await self._begun(fax, letter)
        except BaseException as problem:
            engine.release()
            if _is_given_up(problem):
                raise
            log.warn("fax {fax}: {file} cannot be sent: {problem}", fax=fax.id, file=letter.file, problem=problem)
            is_gone = isinstance(problem, FileNotFoundError | TiffError)  # else it may go another time
            return await self._without_a_page(call, fax, FaxResult.PAGE_GONE.value if is_gone else BROKEN)
        try:
            over: Deferred[Outcome] = Deferred()
            number, at_work = call.caller.known_by or "", partial(self._machines.get, call.id)
            confirmed = partial(self._records.confirmed, fax, letter)
            make = self._ours.sender(sending, number, over, at_work, confirmed, calls=calls)
            return await self._run(call, engine, fax, make, over)
        finally:
            self._house.in_thread(sending.over)

    def _begun(self, fax: Fax, letter: Letter) -> Deferred[Sending]:
        """The pages under a name of the fax's own. A thread is not stopped: who waits no more has it given back."""
        waited: Deferred[Sending] = Deferred()

        def begun(sending: Sending | Failure) -> None:
            if not waited.called:
                waited.callback(sending)
            elif isinstance(sending, Sending):
                self._house.in_thread(sending.over)

        self._house.in_thread(self._ours.papers.begin_sending, letter.file, fax.id, letter.first).addBoth(begun)
        return waited

    async def _receive(self, call: Call, engine: Engine, person: str | None) -> Came:
        fax = self._records.new(IN, call, person=person)
        assert fax.file is not None
        over: Deferred[Outcome] = Deferred()
        at_work, kept = partial(self._machines.get, call.id), partial(self._records.kept, fax)
        make = self._ours.receiver(fax.file, over, at_work, kept, self._records.not_kept)
        came = await self._run(call, engine, fax, make, over)
        if came.pages:
            self._on_received(fax)
        return came

    # One session

    async def _run(self, call: Call, engine: Engine, fax: Fax, make: Make, over: Deferred[Outcome]) -> Came:
        outcome: Outcome | None = None
        result = BROKEN
        stage, part = call.stage, call.parts.get(call.first, Part(Role.ALONE))
        try:
            limit = self._house.clock.callLater(LIMIT_S, self._too_long, call)
            try:
                await self._records.begin(fax)
                call.log(Kind.FAX, person=fax.person, fax=fax.id, direction=fax.direction, title=fax.title)
                outcome = await self._on_line(call, make, over)
                result = outcome.result.value if limit.active() else FaxResult.TOO_LONG.value
            except LineFailure as problem:
                result = FaxResult.MODEM_SILENT.value
                log.warn("fax {fax}: {problem}", fax=fax.id, problem=problem)
            except BaseException as problem:
                if _is_given_up(problem):
                    result = FaxResult.LINE_LOST.value if call.ended is not None else FaxResult.CANCELLED.value
                    raise
                log.failure("fax {fax} in call {call} broke", fax=fax.id, call=call.id)
            finally:
                if limit.active():
                    limit.cancel()
        finally:
            engine.release()
            machine = self._machines.pop(call.id, None)
            if call.ended is None and call.first in call.parts and call.parts[call.first].role is Role.FAXES:
                call.enter(stage)
                call.give(call.first, part.role, part.beside)
            pages = outcome.n_confirmed if outcome is not None else machine.terminal.n_confirmed if machine else 0
            self._records.end(call, fax, result, pages, outcome)
        heard = outcome is not None and any(line.side is Side.FAR for line in outcome.trace)
        return Came(fax.id, result, pages, heard)

    async def _on_line(self, call: Call, make: Make, over: Deferred[Outcome]) -> Outcome:
        line = call.first
        if call.ended is not None or call.leg is None:
            return GONE
        if self._under_way[call.id]:
            return BROKEN_OFF
        if isinstance(line, LineInService) and line.faxes_by_modem:
            return await self._by_modem(call, line, make, over)
        machine = self._machines[call.id] = FaxMachine(lambda ask: make(ask, SOFT), partial(self._phase, call))
        operations.fax(call, line, machine.exchange, partial(_lent_over, machine, over))
        self._phase(call, FaxPhase.SET_UP, 0)
        return await over

    async def _by_modem(self, call: Call, line: LineInService, make: Make, over: Deferred[Outcome]) -> Outcome:
        """
        The modem makes the signals; nobody hears the line meanwhile.

        :raises LineFailure: it does not
        """
        machine: ModemMachine[Terminal] = ModemMachine(self._house.clock, partial(self._phase, call))
        operations.fax(call, line, lambda block: block * 0, lambda failure: machine.lost())
        self._phase(call, FaxPhase.SET_UP, 0)
        modem = await line.fax_modem(machine.heard, machine.lost)
        self._machines[call.id] = machine
        try:
            machine.begin(modem, make)
            if self._under_way[call.id]:
                self.break_off(call)
            outcome = await over
        except BaseException:
            machine.end().addErrback(lambda failure: None)
            raise
        try:
            await machine.end().addTimeout(VOICE_S, self._house.clock)
        except (LineFailure, TimeoutError) as problem:
            log.warn("{line}: the voice is not back after a fax: {problem}", line=line.name, problem=problem)
        return outcome

    def _phase(self, call: Call, phase: FaxPhase, page: int) -> None:
        call.tell_doing(f"{phase.value} {page}" if page else phase.value)

    def _too_long(self, call: Call) -> None:
        machine = self._machines.get(call.id)
        if machine is not None:
            self.break_off(call)
            self._house.clock.callLater(GOODBYE_S, lambda: machine.terminal.line_gone(machine.now_s))

    async def _without_a_page(self, call: Call, fax: Fax, result: str) -> Came:
        await self._records.begin(fax)
        self._records.end(call, fax, result, 0, None)
        return Came(fax.id, result, 0)


def _is_given_up(problem: BaseException) -> bool:
    """Cancelled, or its menu is over (which is no `Exception`: no menu shall catch it); else something has failed."""
    return isinstance(problem, CancelledError) or not isinstance(problem, Exception)


def _lent_over(machine: Machine, over: Deferred[Outcome], failure: Failure | None) -> None:
    """The line is not the fax's any more, or its work has raised something."""
    if over.called:
        return
    if failure is not None:
        over.errback(failure)
    else:
        machine.terminal.line_gone(machine.now_s)
