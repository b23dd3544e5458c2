"""A subscriber line on a voice modem."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import Enum, auto
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.dsp.codecs import UNSIGNED_8, Codec
from callserver.fax.signals import Heard
from callserver.lines.attended_modem import AttendedModem, ModemProcedure, ModemReset
from callserver.lines.calling_party import CallerIdGatherer
from callserver.lines.duplex_stream import DuplexStream
from callserver.lines.fax_in_call import FaxInCall, enter_fax, leave_fax
from callserver.lines.hook import connect, dial, end_sound, flash_and_dial, go_on_hook
from callserver.lines.interfaces import (
    Caller,
    Capabilities,
    DialFailure,
    DialPermit,
    IFaxModem,
    ILineListener,
    LineFailure,
)
from callserver.lines.link import ModemGone, ModemLink, ModemStuck, Unfit
from callserver.lines.port import open_port
from callserver.modem import commands
from callserver.modem.profiles import Modem
from callserver.modem.reader import ModemEvent
from callserver.modem.results import CallerIdField, Ring
from callserver.wire.catalogue import Complaint

log = Logger()

STOP_S = 3.0


#                 answer, seize           off hook
#           ON ------------------> SEIZING -------> OFF (dial: digits, once, if it was seized)
#           ^                       |    |           |
#           |        it fails       |    | hang_up   | hang_up
#           |<----------------------'    v           v
#           |<------------------------- RELEASING <--'
#           on hook; modem_down leads here from every state
#
# `_hook` is what was asked of the line and answers at once; the modem follows, one procedure after the other. `_stream`
# is there while `_hook` is OFF: sound and reports of a call exist in no other state, rings only in ON.
#
# Races. Hung up while SEIZING: the procedure under way looks at `_hook` when it has got off hook, goes on hook again
# and fails; the hang-up's own procedure is queued behind it and, if RELEASING still, does the same once more, which
# harms nothing. Its end leaves `_hook` alone when another call was asked meanwhile. The digits of a seized line leave
# the hook OFF, without a stream for some seconds; a modem that refuses them is put on hook. Dialling listens to nobody:
# any character aborts it (V.250 5.6.1), sent past the queue. Hung up twice: the second procedure finds ON and
# does nothing. Lost in a call: modem_down sets ON, tells line_lost, and whatever was asked fails with ModemGone; for a
# hang-up that is success, as the modem went on hook with its port. Whoever stops waiting for answer or dial (cancels)
# has not stopped the modem: the line is hung up for him, and the procedure runs to its end.
#
# A fax is one procedure, from the end of the sound to its new begin: OFF without a stream, `_fax` there. Whoever hangs
# up stops it first, and waits in the queue until the modem is in its voice class again, for its commands are of that.
# The modem is lost: the fax fails with its link. It is stuck: it is reset as over any other command, on hook.
#
# Rings in OFF: the modem has not done what it said. It goes on hook and off again while `_hook`, which is what was
# asked, stays OFF; a hang-up meanwhile is queued behind.
#
# Rings and caller ID come in either order: fields are gathered until none came for 0.1 s, or until the next ring or the
# answer, so that who calls is always told before that.
#
# _hook 记录被要求的状态，调制解调器随后跟上；摘机途中挂机，由进行中的过程自己放回；线路丢失时挂机即算成功。


class _Hook(Enum):
    ON = auto()
    SEIZING = auto()
    OFF = auto()
    RELEASING = auto()


class ModemLine(Service):
    """
    Implements ILine, and IModemUser for its modem: see AttendedModem for how that is kept in service.

    :param device: best /dev/serial/by-path/..., which names the socket and not the modem
    :param country: ISO code of the exchange's country
    :param reports_keys: the modem's own reports are this line's source of keys
    :param flash: its exchange takes a hook flash and a number as a transfer
    :param connect_port: opens `device` for a link, with the reactor; raises OSError
    """

    name: str

    def __init__(
        self,
        name: str,
        device: str,
        reactor: IReactorTime,
        *,
        country: str = "cn",
        reports_keys: bool = False,
        flash: bool = False,
        connect_port: Callable[[str, Any, ModemLink], object] = open_port,
    ) -> None:
        self.name = name
        self.codec: Codec = UNSIGNED_8
        self._clock, self._country, self._reports_keys, self._flash = reactor, country, reports_keys, flash
        self._listener: ILineListener
        self._modem = AttendedModem(device, reactor, country, self, lambda link: connect_port(device, reactor, link))
        self._hook, self._seized, self._dialling = _Hook.ON, False, False
        self._stream: DuplexStream | None = None  # while off hook
        self._fax: FaxInCall | None = None  # in its place
        self._answered_again = False  # in this call, because it rang on; or it is not to be
        self._caller_id = CallerIdGatherer(reactor, country, self._tell_caller)

    def attach(self, listener: ILineListener) -> None:
        self._listener = listener

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._modem.start()

    def stopService(self) -> Deferred[None]:
        super().stopService()  # type: ignore[no-untyped-call]
        on_hook = self.hang_up().addTimeout(STOP_S, self._clock)
        return on_hook.addErrback(lambda failure: None).addCallback(lambda _: self._modem.stop())

    # ILine

    def answer(self) -> Deferred[None]:
        async def seize(link: ModemLink, modem: Modem) -> None:
            await connect(link, modem, self._country)

        return self._to_the_end(self._go_off_hook(seize, tries=2))  # the caller still rings

    def seize(self) -> Deferred[None]:
        async def lift(link: ModemLink, modem: Modem) -> None:
            await connect(link, modem, self._country)
            self._seized = True

        return self._to_the_end(self._go_off_hook(lift))

    def dial(self, permit: DialPermit) -> Deferred[None]:
        return self._to_the_end(self._dial(permit))

    def flash_transfer(self, permit: DialPermit) -> Deferred[None]:
        return self._to_the_end(self._flash_transfer(permit))

    def fax(self, on_heard: Callable[[Heard], None], on_lost: Callable[[], None]) -> Deferred[IFaxModem]:
        started: Deferred[IFaxModem] = Deferred()

        def begun(fax: FaxInCall) -> None:
            if started.called:  # cancelled
                fax.end()
            else:
                started.callback(fax)

        def failed(failure: Failure) -> None:
            if not started.called:
                started.errback(failure)

        Deferred.fromCoroutine(self._run_fax(on_heard, on_lost, begun)).addErrback(failed)
        return started

    def hang_up(self) -> Deferred[None]:
        return self._to_the_end(self._hang_up())

    def send(self, block: bytes) -> None:
        if self._stream is not None:
            self._stream.send(block)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    # IModemUser

    @property
    def idle(self) -> bool:
        return self._hook is _Hook.ON

    def modem_up(self, modem: Modem) -> None:
        self.codec = modem.codec
        reports_keys, fax, flash = self._reports_keys, modem.fax_class_1, self._flash
        self._listener.line_up(Capabilities(full_duplex=True, reports_keys=reports_keys, fax=fax, flash=flash))

    def modem_down(self, reason: Complaint) -> None:
        self._on_hook()
        self._caller_id.forget()
        self._listener.line_lost(reason)

    def modem_sound(self, data: bytes) -> None:
        if self._stream is not None:
            self._stream.feed(data)

    def modem_event(self, event: ModemEvent) -> None:
        if self._stream is not None:
            self._stream.event(event)
        elif self._hook is _Hook.ON and isinstance(event, Ring):
            self._caller_id.finish()
            self._listener.ring()
        elif self._hook is _Hook.ON and isinstance(event, CallerIdField):
            self._caller_id.add(event)

    def _tell_caller(self, caller: Caller) -> None:
        self._listener.caller_id(caller)

    # Procedures

    def _to_the_end(self, procedure: Coroutine[Deferred[None], None, None]) -> Deferred[None]:
        """A procedure's result; whoever stops waiting for it hangs up: no modem is left in the middle of one."""

        def give_up(_: object) -> None:
            self.hang_up()

        def tell(result: Failure | None) -> None:
            if not asked.called:
                asked.callback(result)  # a Failure too: it calls the errbacks
            elif isinstance(result, Failure):
                log.info("{line}: {text}, after all", line=self.name, text=result.getErrorMessage())

        asked: Deferred[None] = Deferred(give_up)
        Deferred.fromCoroutine(procedure).addBoth(tell)
        return asked

    async def _go_off_hook(self, seize: ModemProcedure, tries: int = 1) -> None:
        if self._hook is not _Hook.ON:
            raise LineFailure("{line} is busy", line=self.name)
        self._hook, self._answered_again = _Hook.SEIZING, tries == 1  # who dials must not answer somebody else
        self._seized = False
        self._caller_id.finish()

        async def procedure(link: ModemLink, modem: Modem) -> None:
            try:
                self._demand(_Hook.SEIZING)  # another procedure, or a reset, may have taken its time
                await seize(link, modem)
                self._demand(_Hook.SEIZING)
            except Unfit:
                with suppress(ModemStuck):  # its port will be closed, which is another way
                    await go_on_hook(link, modem, self._country)
                raise
            except LineFailure:
                await go_on_hook(link, modem, self._country)
                raise
            self._off_hook(link)

        try:
            await self._modem.in_turn(procedure, tries)
        except LineFailure as failure:
            self._on_hook()
            if isinstance(failure, Unfit):
                self._modem.give_up(failure)
            raise self._named(failure) from failure

    def _demand(self, hook: _Hook) -> None:
        if self._hook is not hook:
            raise LineFailure("hung up meanwhile")

    async def _dial(self, permit: DialPermit) -> None:
        if self._hook is not _Hook.OFF or not self._seized:
            raise LineFailure("{line} is not seized", line=self.name)
        self._seized = False

        async def procedure(link: ModemLink, modem: Modem) -> None:
            self._demand(_Hook.OFF)
            self._stream = None
            await end_sound(link)
            self._demand(_Hook.OFF)
            try:
                self._dialling = True
                await dial(link, permit)
            except Unfit:
                raise
            except LineFailure:
                await go_on_hook(link, modem, self._country)
                raise
            finally:
                self._dialling = False
            self._demand(_Hook.OFF)  # else the hang-up's own procedure is queued behind
            self._off_hook(link)

        try:
            await self._modem.in_turn(procedure)
        except LineFailure as failure:
            if self._hook is _Hook.OFF:
                self._on_hook()
            if isinstance(failure, Unfit):
                self._modem.give_up(failure)
            raise self._named(failure) from failure

    async def _flash_transfer(self, permit: DialPermit) -> None:
        if not self._flash:
            raise LineFailure("{line} is not set to transfer by a flash", line=self.name)
        if self._hook is not _Hook.OFF or self._seized:
            raise LineFailure("{line} is in no call", line=self.name)

        async def procedure(link: ModemLink, modem: Modem) -> None:
            self._demand(_Hook.OFF)
            self._stream = None
            await end_sound(link)
            self._demand(_Hook.OFF)
            try:
                self._dialling = True
                await flash_and_dial(link, permit)
            except LineFailure:
                self._demand(_Hook.OFF)
                self._off_hook(link)
                raise
            finally:
                self._dialling = False

        try:
            await self._modem.in_turn(procedure)
        except LineFailure as failure:
            if isinstance(failure, Unfit):
                self._modem.give_up(failure)
            raise self._named(failure) from failure

    async def _run_fax(
        self, on_heard: Callable[[Heard], None], on_lost: Callable[[], None], begun: Callable[[FaxInCall], None]
    ) -> None:
        if self._hook is not _Hook.OFF or self._seized or self._stream is None:
            raise LineFailure("{line} is in no call", line=self.name)
        if self._modem.modem is None or not self._modem.modem.fax_class_1:
            raise LineFailure("{line} has no fax of its own", line=self.name)
        fax: FaxInCall | None = None

        async def procedure(link: ModemLink, modem: Modem) -> None:
            nonlocal fax
            self._demand(_Hook.OFF)
            self._stream = None
            await end_sound(link)
            self._demand(_Hook.OFF)
            try:
                modulations = await enter_fax(link)
            except LineFailure:
                await self._voice_again(link, modem)
                raise
            try:
                self._fax = fax = FaxInCall(link, self._clock, modulations, on_heard, on_lost)
                begun(fax)
                await fax.borrow(link)
            finally:
                self._fax = None
            await self._voice_again(link, modem)

        failure: LineFailure | None = None
        try:
            await self._modem.in_turn(procedure)
        except LineFailure as problem:
            failure = self._named(problem)
            self._after_failed_fax(problem)
            raise failure from problem
        finally:
            if fax is not None:
                fax.ended(failure)

    def _after_failed_fax(self, problem: LineFailure) -> None:
        if isinstance(problem, Unfit):
            self._modem.give_up(problem)
        if self._hook is _Hook.OFF and self._stream is None:  # it was reset
            self._on_hook()
            self._listener.far_end_gone("the modem ended the call")

    async def _voice_again(self, link: ModemLink, modem: Modem) -> None:
        """If it is hung up meanwhile, only in the voice class: its own procedure is queued behind."""
        await leave_fax(link, modem)
        if self._hook is _Hook.OFF:
            await connect(link, modem, self._country)
        if self._hook is _Hook.OFF:
            self._off_hook(link)

    def _named(self, failure: LineFailure) -> LineFailure:
        if isinstance(failure, DialFailure):
            return DialFailure(failure.result, "{line}: {problem}", line=self.name, problem=failure)
        return LineFailure("{line}: {problem}", line=self.name, problem=failure)

    async def _hang_up(self) -> None:
        if self._hook is _Hook.ON:
            return
        self._hook, self._stream = _Hook.RELEASING, None
        if self._fax is not None:
            self._fax.stop()
        if self._dialling and self._modem.link is not None:
            self._modem.link.write(commands.ABORT_DIALLING)

        async def procedure(link: ModemLink, modem: Modem) -> None:
            if self._hook is _Hook.RELEASING:  # else someone before us has done it
                await go_on_hook(link, modem, self._country)
                self._released()

        try:
            await self._modem.in_turn(procedure)
        except (ModemReset, ModemGone):
            self._released()

    def _off_hook(self, link: ModemLink) -> None:
        self._hook = _Hook.OFF
        stream = DuplexStream(
            link,
            self.codec,
            self._clock,
            self._listener,
            reports_keys=self._reports_keys,
            on_wedged=self._wedged,
            on_still_rings=self._still_rings,
        )
        self._stream = stream

    def _wedged(self, problem: str) -> None:
        if self._stream is not None:
            self._modem.give_up(ModemStuck(problem))

    def _still_rings(self) -> None:
        """It says that it is off hook and is not: asked once more, then given up."""
        if self._answered_again:
            self._modem.give_up(Unfit("it rings although the modem is off hook"))
        elif self._stream is not None:
            log.warn("{line}: it rings on after the answer; answered again", line=self.name)
            self._answered_again = True
            Deferred.fromCoroutine(self._answer_again()).addErrback(self._give_up)

    def _give_up(self, failure: Failure) -> None:
        failure.trap(LineFailure)  # type: ignore[no-untyped-call]
        self._modem.give_up(failure.value)  # type: ignore[arg-type]

    async def _answer_again(self) -> None:
        async def procedure(link: ModemLink, modem: Modem) -> None:
            if self._hook is _Hook.OFF:
                self._stream = None
                await go_on_hook(link, modem, self._country)
                await connect(link, modem, self._country)
            if self._hook is _Hook.OFF:
                self._off_hook(link)

        await self._modem.in_turn(procedure)

    def _released(self) -> None:
        if self._hook is _Hook.RELEASING:  # else the next call is asked for already
            self._on_hook()

    def _on_hook(self) -> None:
        self._hook, self._stream = _Hook.ON, None
