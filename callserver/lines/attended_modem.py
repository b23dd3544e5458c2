"""A modem kept in service for ever: opened, set up, watched, revived, opened anew."""

import errno
from collections.abc import Awaitable, Callable
from typing import Protocol

from twisted.internet.defer import CancelledError, Deferred, DeferredLock, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.lines.chatter import Chatter
from callserver.lines.interfaces import LineFailure
from callserver.lines.link import ModemGone, ModemLink, ModemStuck, Unfit
from callserver.lines.port import bytes_per_s
from callserver.lines.retries import Retries
from callserver.lines.set_up import check, revive, set_up
from callserver.modem.profiles import Declined, Modem
from callserver.modem.reader import ModemEvent
from callserver.wire.catalogue import N_, Complaint

log = Logger()

HEALTH_S = 60.0
ABSENT = (errno.ENOENT, errno.ENXIO, errno.ENODEV)
NOT_OPENED = {
    errno.ENOENT: N_("no such device {device}"),
    errno.ENXIO: N_("no such device {device}"),
    errno.ENODEV: N_("no such device {device}"),
    errno.EACCES: N_("no right to open {device}; is the server's user in the group dialout?"),
    errno.EPERM: N_("no right to open {device}; is the server's user in the group dialout?"),
    errno.EBUSY: N_("{device} is in use by another program"),
    errno.EAGAIN: N_("{device} is in use by another program"),
    errno.ENOTTY: N_("{device} is no serial port"),
}

ModemProcedure = Callable[[ModemLink, Modem], Awaitable[None]]


class ModemReset(LineFailure):
    """The modem stopped answering and was reset: what was asked is not done, and it is on hook."""


class IModemUser(Protocol):
    """The line that the modem serves."""

    @property
    def name(self) -> str:
        """In the log: "line 3"."""

    @property
    def idle(self) -> bool:
        """No call is on the modem: it may be asked how it is."""

    def modem_up(self, modem: Modem) -> None:
        """On hook and ready."""

    def modem_down(self, reason: Complaint) -> None:
        """Out of service until modem_up; told again when the reason is another one by now."""

    def modem_event(self, event: ModemEvent) -> None:
        """What the modem said unasked while it was up."""

    def modem_sound(self, data: bytes) -> None:
        """What it heard, in its codec."""


def _kind(problem: Exception) -> object:
    """Problems that ask the same of a person are alike: it is not there, it is silent; else their words count."""
    if isinstance(problem, ModemGone) or (isinstance(problem, OSError) and problem.errno in ABSENT):
        return ModemGone
    return ModemStuck if isinstance(problem, ModemStuck) else str(problem)


def _unless_stopped(failure: Failure, line: str) -> None:
    if not failure.check(CancelledError):  # type: ignore[no-untyped-call]
        log.failure("{line}: its modem is attended no more", failure, line=line)


#                  connect, set_up
#       CLOSED -------------------------------------> UP ---.  idle for a minute: asked how it is (check)
#         ^  ^          fails: modem_down              |  ^  | a procedure gets stuck: reset in place (revive),
#         |  '--- wait 1, 2, 4 ... 30 s ---.           |  '--' the procedure fails with ModemReset
#         |       or, when unfit, 10 min   |           |
#         '--------------------------------'-----------'  give_up: unplugged, wedged, not to be revived, unfit
#
# `link` and `modem` are set in UP and nowhere else. The user hears modem_up, then modem_down; of a series of failing
# attempts each new reason, because what a person has to do about it is new.
#
# One procedure at a time (`_turn`), because a link has one command in flight. set_up needs no turn: until UP nobody
# else can reach the link.
#
# Races. A procedure waits for its turn while the modem is lost and perhaps opened anew: it compares its link with the
# present one and fails with ModemGone instead of talking to a modem that knows nothing of its call. A problem may be
# found by whom it meets first (port, link, revival, standstill): `give_up` keeps the first, wakes the watch if it
# waits, and `_watch` looks before it waits. Before UP nobody watches: whoever fails there, because the link was closed
# under it, fails for the problem that the link was closed for. An idle modem is asked how it is in a turn of its own;
# whether it is idle is asked before queueing and again when the turn has come, because a call may have begun. In the
# end of `_serve` the loss of the link is expected: `_problem` is set before `abort`, so that it is no new problem.
# `stop` is a cancellation: it goes the same way through `finally`, the procedure under way fails with ModemGone, and
# nothing is opened any more.
#
# 同一时刻只有一个过程；排到时若链路已换，则以 ModemGone 失败，绝不对新调制解调器继续旧通话的过程。


class AttendedModem:
    """
    The modem at `device`, whatever happens to it. `link` and `modem` are there while it is up.

    :param connect: opens the port and connects the link to it; raises OSError
    """

    def __init__(
        self, device: str, clock: IReactorTime, country: str, user: IModemUser, connect: Callable[[ModemLink], object]
    ) -> None:
        self._device, self._clock, self._country, self._user, self._connect = device, clock, country, user, connect
        self.link: ModemLink | None = None
        self.modem: Modem | None = None
        self._retries, self._chatter = Retries(clock, device), Chatter(clock)
        self._turn = DeferredLock()
        self._problem: Exception | None = None  # why this link is to be given up
        self._alarm: Deferred[None] = Deferred()  # wakes the watch
        self._half_duplex: set[tuple[str, ...]] = set()  # the identities of modems that have refused it when tried
        self._told_down: object = None  # the kind of problem that it is out of service for

    def start(self) -> None:
        """Begin to serve."""
        self._service = Deferred.fromCoroutine(self._keep_in_service())
        self._service.addErrback(_unless_stopped, self._user.name)

    def stop(self) -> None:
        """End it; the port is closed."""
        self._service.cancel()

    async def in_turn(self, procedure: ModemProcedure, tries: int = 1) -> None:
        """
        Run a procedure on the modem when those before it are through.

        :param tries: after a reset the procedure is begun anew so many times less one
        :raises ModemReset: it got stuck over it
        :raises LineFailure: the procedure's own, or there is no modem (any more)
        """
        link, modem = self.link, self.modem
        if link is None or modem is None:
            raise LineFailure("{device}: not in service", device=self._device)
        await self._turn.acquire()
        try:
            if link is not self.link or self._problem is not None:
                raise ModemGone("the modem went out of service meanwhile")
            await self._try(procedure, link, modem, tries)
        finally:
            self._turn.release()

    async def _try(self, procedure: ModemProcedure, link: ModemLink, modem: Modem, tries: int) -> None:
        try:
            await procedure(link, modem)
        except ModemStuck as stuck:
            log.warn("{line}: {stuck}; resetting the modem", line=self._user.name, stuck=stuck)
            await self._revive(link, modem)
            if tries == 1:
                raise ModemReset("the modem had to be reset: {problem}", problem=stuck) from stuck
            await self._try(procedure, link, modem, tries - 1)

    def give_up(self, problem: Exception) -> None:
        """Close this link for the reason given, and open it anew."""
        if self._problem is None:
            self._problem = problem
            if not self._alarm.called:
                self._alarm.callback(None)

    async def _keep_in_service(self) -> None:
        while True:
            try:
                await self._serve()
            except CancelledError:
                raise
            except (OSError, LineFailure, ModemStuck, Declined) as problem:
                self._down(problem)
                await self._retries.wait(rest=isinstance(problem, Unfit))
            except Exception as problem:
                log.failure("{line}: unexpected at {device}", line=self._user.name, device=self._device)
                self._down(problem)
                await self._retries.wait()

    async def _serve(self) -> None:
        """Open the modem and keep it in service until it fails; raises why."""
        self._problem = None
        link = self._make_link()
        try:
            self._connect(link)
            modem = await set_up(link, self._clock, self._country, bytes_per_s(self._device), self._half_duplex)
            self._up(link, modem)
            await self._watch()
        except (LineFailure, ModemStuck) as failure:
            raise self._problem or failure from None
        finally:
            self.link = self.modem = None
            self._problem = self._problem or ModemGone("closed")  # the loss of the link is no news
            link.abort(self._problem)

    def _make_link(self) -> ModemLink:
        def read(n_bytes: int, in_stream: bool) -> None:
            try:
                self._chatter.read(n_bytes, in_stream)
            except Unfit as unfit:
                self._close(link, unfit)

        def event(event: ModemEvent) -> None:
            try:
                passes = self._chatter.passes(event)
            except Unfit as unfit:
                self._close(link, unfit)
                return
            if passes and self.modem is not None:
                self._user.modem_event(event)

        link = ModemLink(
            self._clock,
            on_event=event,
            on_sound=self._user.modem_sound,
            on_lost=self.give_up,
            on_bytes=read,
            line=self._user.name,
        )
        return link

    def _close(self, link: ModemLink, problem: Exception) -> None:
        """As `give_up`, and not a byte more is read of it."""
        self._chatter = Chatter(self._clock)  # what is plugged in next is not to blame
        self.give_up(problem)
        link.abort(problem)

    def _up(self, link: ModemLink, modem: Modem) -> None:
        which = {"line": self._user.name, "device": self._device}
        log.info("{line}: {family}, {codec} at {device}", family=modem.profile.family, codec=modem.codec.name, **which)
        self.link, self.modem, self._told_down = link, modem, None
        self._user.modem_up(modem)

    def _down(self, problem: Exception) -> None:
        kind = _kind(problem)
        if kind is ModemGone:
            self._half_duplex.clear()
        if kind != self._told_down:
            self._told_down = kind
            self._user.modem_down(self._reason(problem))

    def _reason(self, problem: Exception) -> Complaint:
        if isinstance(problem, Complaint):
            return problem
        if isinstance(problem, OSError) and problem.errno == errno.EBUSY and problem.filename:
            words = N_("{device} is in use by another program, as {file} says")
            return LineFailure(words, device=self._device, file=problem.filename)
        if isinstance(problem, OSError) and problem.errno in NOT_OPENED:
            return LineFailure(NOT_OPENED[problem.errno], device=self._device)
        return LineFailure("{device} cannot be used: {problem}", device=self._device, problem=problem)

    async def _watch(self) -> None:
        """Ask an idle modem now and then how it is; raises the problem that ends its service."""
        while self._problem is None:
            self._alarm = Deferred()
            try:
                await self._alarm.addTimeout(HEALTH_S, self._clock)
            except TimeoutError:
                self._retries.succeeded()
                await self._check()
        raise self._problem

    async def _check(self) -> None:
        async def ask(link: ModemLink, modem: Modem) -> None:
            if self._user.idle:
                await check(link, modem, self._country)

        if self._user.idle:
            try:
                await self.in_turn(ask)
            except ModemReset as reset:
                log.warn("{line}: {reset}", line=self._user.name, reset=reset)
            except LineFailure as failure:
                self.give_up(failure)  # unless it is given up for a better reason already

    async def _revive(self, link: ModemLink, modem: Modem) -> None:
        try:
            await revive(link, self._clock, modem, self._country)
        except ModemStuck as stuck:
            self.give_up(stuck)
            raise LineFailure("the modem does not answer: {problem}", problem=stuck) from stuck
        except LineFailure as failure:
            self.give_up(failure)
            raise
