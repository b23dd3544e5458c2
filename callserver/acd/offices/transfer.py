"""
A caller with a fault is connected with the office nearest to him.

One transfer: region, offices in order, case on disk, then office after office: dialled over a free line outside the
reserve, judged as any call out, asked for the accept key (a mailbox presses none), joined. Nobody there: the caller is
given back to who asked, with why.

What holds, whatever happens:

- *The caller is never in silence.* He hears a word, then music until he talks, or until he is given back; given back he
  is ALONE in the stage MENU, as a menu or a queue expects him.
- *Two lines are bound while they talk, and no longer*: for half an hour at most; the end of either side is the end of
  the call, and dial tone on either line ends it at once (`Call.lines_alone`): behind it the exchange would take the
  caller's keys for a number.
- *The case is kept before the first number is dialled*, each attempt before its own. A database that does not answer
  within 5 s does not stop a caller with a fault from being helped; people are told.
- *Who hangs up meanwhile* ends the transfer: its Deferred is cancelled, and the office's call is ended with it.

来电者在转接网点期间始终听到提示或音乐；案件在首次拨号前入库；两条线路最多占用半小时。
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.offices import cases
from callserver.acd.offices.cases import AtOffice, Case
from callserver.acd.offices.regions import Known, Office, OfficeBook, region_of
from callserver.calls import operations
from callserver.calls.call import Call
from callserver.calls.calls_out import CallsOut, Dialler
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.config import OfficesConfig
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused

log = Logger()

WHO = "offices"  # dials, for the guard and the caps
CONNECTING, ACCEPT = "office-connecting", "office-accept"
ON_DISK_S = 5.0
ALL_OFFICES_S = 900.0  # so long a caller waits for all of them together
ACCEPT_TRIES, ACCEPT_S = 3, 8.0  # the question, and so long for the key each time
NOT_ACCEPTED, CLOSED = "not_accepted", "closed"  # beside those of DialResult


class Outcome(Enum):
    """What becomes of a transfer; stored with the case."""

    ANSWERED = "answered"  # and the call is over by now
    NOT_REACHED = "not_reached"
    NO_OFFICE = "no_office"  # that is open, for his region
    TOO_MANY = "too_many"  # transfers at this moment
    GAVE_UP = "gave_up"  # the caller


@dataclass(frozen=True)
class Around:
    """
    What of the house a transfer needs beside lines and offices.

    :param say: says prompts to a call's first party in its language
    :param write: runs a function in a transaction, as `Store.write`
    :param place_of: a number's place in words
    :param normal: a number as it is dialled in the country, as regions' codes begin it
    :param n_lines: that the shop has
    """

    say: Callable[[Call, Sequence[str]], Deferred[None]]
    write: Callable[..., Deferred[Any]]
    place_of: Callable[[str], Deferred[str]]
    normal: Callable[[str], str]
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    n_lines: Callable[[], int]
    settings: Callable[[], OfficesConfig]
    alarm: Alarm


class OfficeTransfers:
    """Menus, agents and the shop's fault menu ask it for the office nearest to a caller."""

    def __init__(self, clock: IReactorTime, calls_out: CallsOut, book: OfficeBook, around: Around) -> None:
        self._clock, self._calls_out, self._book, self._around = clock, calls_out, book, around
        self._running: set[str] = set()  # by call

    def transfer(self, call: Call, known: Known, note: str = "") -> Deferred[Outcome]:
        """
        Connect this caller, who is with nobody, with his nearest office; fires when the talk is over, or he is back.

        :param known: where he lives
        :param note: what the fault is, for the case
        """
        running = Deferred.fromCoroutine(self._transfer(call, known, note))
        call.when_ended().addCallback(lambda _: None if call.lines_alone else running.cancel())
        return running

    def has_region(self, name: str) -> bool:
        """Whether the shop knows a region of this name."""
        return name in self._book.region_names()

    def has_office(self, number: str) -> bool:
        """Whether an office has this number."""
        return self._book.office(number) is not None

    @property
    def limit(self) -> int:
        """So many at the same time: as it is set, else a quarter of the lines."""
        return self._around.settings().transfers or max(1, self._around.n_lines() // 4)

    async def _transfer(self, call: Call, known: Known, note: str) -> Outcome:
        if known.ask_area_code is None:
            _wait_with_music(call)  # from now on: neither a slow disk nor a slow look-up is heard as silence
        try:
            known = replace(known, number=self._around.normal(known.number))
            region, found_by = await region_of(known, self._book, self._around.place_of)
            _wait_with_music(call)
            number = call.caller.known_by
            case = Case(self._around.new_id(), call.id, self._around.now(), number, region, found_by.value, note)
            await self._kept(cases.open_case, case)
            call.log(Kind.OFFICE_CASE, case=case.id, region=region, found_by=found_by.value)
            call.path.append(f"{region or '-'}: {note or '-'}")
            return await self._settle(call, case, self._offices(known, region))
        finally:
            _give_back(call)

    async def _settle(self, call: Call, case: Case, offices: Sequence[Office]) -> Outcome:
        """The case has an outcome, whatever happens."""
        outcome, office = Outcome.GAVE_UP, None
        self._running.add(call.id)
        try:
            outcome, office = await self._find(call, case, offices)
            if office is not None:
                self._later(cases.close_case, case.id, outcome.value, office.number)
                await call.when_ended()
        finally:
            self._running.discard(call.id)
            if office is None:
                self._later(cases.close_case, case.id, outcome.value, None)
        return outcome

    def _offices(self, known: Known, region: str) -> Sequence[Office]:
        """In the order in which they are tried."""
        chosen = self._book.office(known.office) if known.office else None
        return (chosen,) if chosen is not None else self._book.offices_of(region)

    async def _find(self, call: Call, case: Case, offices: Sequence[Office]) -> tuple[Outcome, Office | None]:
        if not offices:
            return Outcome.NO_OFFICE, None
        if len(self._running) > self.limit:
            return Outcome.TOO_MANY, None
        await self._around.say(call, (CONNECTING,))
        for position, office in enumerate(offices, 1):
            if await self._try(call, case.id, position, office):
                return Outcome.ANSWERED, office
        return Outcome.NOT_REACHED, None

    async def _try(self, call: Call, case_id: str, position: int, office: Office) -> bool:
        """One office; whether it talks with the caller now."""
        attempt = AtOffice(case_id, position, office.number, office.phone, self._around.now())
        await self._kept(cases.begin_attempt, attempt)
        result = CLOSED
        try:
            if self._book.is_open(office.calendar, self._around.now()):
                result = await self._dial(call, office)
        except CancelledError:
            result = DialResult.GAVE_UP.value
            raise
        finally:
            call.log(Kind.OFFICE_RESULT, office=office.name or office.number, result=result)
            self._later(cases.end_attempt, case_id, position, result)
        return result == DialResult.ANSWERED.value

    async def _dial(self, call: Call, office: Office) -> str:
        reached = Reached()
        asks = Dialler(WHO, allowed=frozenset((office.phone,)), may_use_reserve=False)
        try:
            out = self._calls_out.dial(office.phone, asks, reached)
        except Refused as refused:
            return str((DialResult.NO_LINE if refused.code is Refusal.NOT_NOW else DialResult.REFUSED).value)
        joined = False
        try:
            result = await reached.result
            if result is not DialResult.ANSWERED:
                return str(result.value)
            if not await self._accepted(out):
                return NOT_ACCEPTED
            joined = True
        finally:
            if not joined:
                out.end("server", Reason(Cause.GAVE_UP))
        operations.join_lines(call, out, call.first)
        return str(result.value)

    async def _accepted(self, out: Call) -> bool:
        """Whether somebody there has pressed the key that no mailbox presses."""
        key = self._around.settings().accept_key
        if not key:
            return True
        out.enter(Stage.MENU)
        for _ in range(ACCEPT_TRIES):
            self._around.say(out, (ACCEPT,)).addErrback(lambda failure: None)  # the key, or the end, is what counts
            if await self._pressed(out) == key:
                if out.leg is not None:
                    out.leg.stop()
                return True
            if out.ended is not None:
                return False
        return False

    async def _pressed(self, out: Call) -> str:
        """The next key at the office; "" when none comes in time, or nobody is there any more."""
        pressed = out.keys.when_pressed()
        out.when_ended().addCallback(lambda _: pressed.cancel())
        try:
            await pressed.addTimeout(ACCEPT_S, self._clock)
        except TimeoutError:
            return ""
        except CancelledError:
            if out.ended is None:
                raise  # the caller has gone
            return ""
        return out.keys.take()

    async def _kept(self, write: Callable[..., None], row: object) -> None:
        """On disk, or people know that it is not."""
        try:
            await self._around.write(write, row).addTimeout(ON_DISK_S, self._clock)
        except CancelledError:
            raise
        except Exception as problem:
            self._around.alarm(N_("a fault for an office could not be kept: {problem}"), problem=repr(problem))

    def _later(self, write: Callable[..., None], *row: object) -> None:
        written = self._around.write(write, *row)
        written.addErrback(lambda failure: log.failure("what came of a fault could not be kept", failure))


def _wait_with_music(call: Call) -> None:
    operations.wait_with_music(call, call.first, Stage.TRANSFER)
    call.enter(Stage.TRANSFER, ALL_OFFICES_S)


def _give_back(call: Call) -> None:
    if call.ended is None:
        call.enter(Stage.MENU)
        call.give(call.first, Role.ALONE)


class Reached:
    """A DialListener whose result is waited for."""

    def __init__(self) -> None:
        self.result: Deferred[DialResult] = Deferred()

    def rings_there(self) -> None: ...

    def answered_there(self) -> None:
        self.result.callback(DialResult.ANSWERED)

    def not_reached(self, result: DialResult) -> None:
        self.result.callback(result)
