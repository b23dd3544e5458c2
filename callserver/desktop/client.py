"""The agent's side of the channel: what any desktop program stands on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from twisted.application.internet import backoffPolicy
from twisted.internet.defer import CancelledError, Deferred, fail, maybeDeferred, succeed
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.desktop.connection import ClientBroker, ClientFactory
from callserver.desktop.listener import IN_CALL, AgentListener, tell
from callserver.desktop.mind import Mind, Told
from callserver.desktop.moving import Moving
from callserver.desktop.not_connected import NO_CONNECTION, NOT_UNDERSTOOD, NotConnected, value_of, why
from callserver.desktop.supervising import Supervising
from callserver.desktop.talking import Talking
from callserver.wire.convert import Wire, WireError, from_wire
from callserver.wire.messages import (
    Access,
    Hello,
    SeatStatus,
)
from callserver.wire.packed import PackedCall
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from callserver.wire.typed import sendable, typed_password, typed_text
from callserver.wire.versions import difference

log = Logger()

CONNECT_S, LOG_IN_S, COMMAND_S = 10.0, 15.0, 5.0
DOCUMENT_S = 150.0  # a document is drawn within 120 s, or refused; so is a letter with one
DOCUMENT_ACTS = frozenset(
    {
        *("convert_fax", "queue_fax", "send_fax", "open_fax", "mail_fax"),
        *("report", "report_file", "missed_calls", "day_sheet"),
        *("play_recording", "export_recording", "recording_peaks"),
        *("check_settings", "save_settings"),  # menus are tried
    }
)
COMES_BACK = (Refusal.STOPPING, Refusal.SERVER)  # any other refusal is final: trying on would lock the account


class AgentClient(Talking, Moving, Supervising, Told):
    """
    Stays connected and logged in until stopped, refused or logged out.

    Commands fail with Refused (what the server says) or NotConnected. Those that work on a call which they do not name
    take `call_id`, that of the card which the person has before him: CALL_GONE, and nothing is done, if another call is
    there by then; without it, whatever is there is meant.

    :param endpoint: `pinned_endpoint(...)`
    :param new_password: the password is changed to this one before the log-in, as a first password has to be
    :param take_over: also when he is logged in elsewhere: that program is closed. One that was logged in and has lost
        its connection takes over always: the session is its own
    :param delay_s: seconds to wait after so many failed connections; by default 1 to 30, growing
    """

    def __init__(
        self,
        clock: IReactorTime,
        endpoint: IStreamClientEndpoint,
        number: str,
        password: str,
        listener: AgentListener,
        delay_s: Callable[[int], float] | None = None,
        new_password: str | None = None,
        *,
        take_over: bool = False,
    ) -> None:
        self.seat = SeatStatus(number)  # how it looks, as far as we have been told
        self.dropped_blocks = 0
        self.password_is_new = False  # the server has taken the new one: the one given first opens nothing any more
        self._clock, self._endpoint, self._number = clock, endpoint, sendable(typed_text(number))
        self._password = sendable(typed_password(password))
        self._new_password = None if new_password is None else sendable(typed_password(new_password))
        self._perhaps_changed = False  # the server was asked to, and has not answered
        self._listener, self._take_over = listener, take_over
        self._delay_s = delay_s or backoffPolicy(initialDelay=1.0, maxDelay=30.0)
        self._broker: ClientBroker | None = None
        self._perspective: pb.RemoteReference | None = None
        self._story: Deferred[None] = succeed(None)
        self._bye: Refused | None = None
        self._leaving = self._differs = False

    def start(self) -> None:
        """Connect, log in, stay."""
        self._story = Deferred.fromCoroutine(self._stay())
        self._story.addErrback(broke)

    def stop(self) -> Deferred[None]:
        """Close the connection without logging out; fires when it is closed. The seat waits for us for a while."""
        self._leaving = True
        broker = self._broker
        closed = broker.when_lost().addErrback(lambda f: None) if broker and not broker.disconnected else succeed(None)
        self._story.cancel()
        return closed

    # Commands beside those of calls and seats

    def change_password(self, password: str, new: str) -> Deferred[None]:
        """His own password, from the one he has; refused with the rule that the new one breaks."""
        asked = self.ask("change_password", sendable(typed_password(password)), sendable(typed_password(new)))
        return asked.addCallback(lambda _: self._has_changed(new))

    def send_audio(self, block: bytes) -> None:
        """20 ms that the agent says, as `AgentListener.audio`; dropped outside calls and while the server lags."""
        if self._perspective is None or self._broker is None or self.seat.state not in IN_CALL:
            return
        if self._broker.peer_reads:
            self._broker.send_packed(PackedCall.audio(block), self._perspective.luid)
        else:
            self.dropped_blocks += 1

    def ask(self, act: str, *args: object, call_id: str = "") -> Deferred[Any]:
        """
        An act by its name, as a feature has declared it; fires with its answer.

        :param call_id: as in `AgentClient`
        """
        if self._perspective is None:
            return fail(NotConnected(NO_CONNECTION))
        answer: Deferred[Any] = maybeDeferred(self._perspective.callRemote, act, *args, *([call_id] if call_id else []))
        most_s = DOCUMENT_S if act in DOCUMENT_ACTS else COMMAND_S
        return answer.addTimeout(most_s, self._clock).addErrback(as_said)

    # The connection

    async def _stay(self) -> None:
        tries = 0
        while not self._leaving:
            self._bye = None
            lost: NotConnected | Refused = NotConnected(NO_CONNECTION)
            try:
                await self._connect()
                tries = 0
                await self._until_lost()
            except NotConnected as not_connected:
                lost = not_connected
            except Refused as refused:
                self._bye = refused
            finally:
                self._forget()
            if self._leaving:
                return
            if self._bye is not None and self._bye.code not in COMES_BACK:
                self._listener.refused(self._bye)
                return
            self._listener.lost(self._bye or lost)
            if self._leaving:  # the listener has had enough
                return
            await deferLater(self._clock, self._delay_s(tries))
            tries += 1

    async def _connect(self) -> None:
        connecting: Deferred[Any] = self._endpoint.connect(ClientFactory(self._clock))
        self._broker = broker = await connecting.addTimeout(CONNECT_S, self._clock).addErrback(as_said)
        await broker.when_ready().addTimeout(CONNECT_S, self._clock).addErrback(as_said)
        root = broker.remoteForName("root")
        if self._new_password is not None:
            await self._change(root, self._new_password)
        log_in = "take_over" if self._take_over else "login"
        self._perspective = await self._ask_root(root, log_in, self._password, Mind(self))
        self._take_over = True
        wire = await self.ask("hello")
        await self._compare_versions(wire)
        hello = _hello(wire)
        self._listener.logged_in(hello)
        self.show_access(Access(hello.rights, hello.board, hello.queues))
        for mark in hello.mail:
            self.show_mail(mark)
        self.show(hello.seat)

    async def _compare_versions(self, hello: Wire) -> None:
        """Of another version there is nothing but trouble: the seat is left again, so that nobody rings there."""
        said = hello if isinstance(hello, dict) else {}
        refused = difference(said.get("version", ""), said.get("channel"))
        if refused is None:
            return
        self._differs = True
        with suppress(Refused, NotConnected):
            await self.ask("log_out")
        raise refused

    def _ask_root(self, root: pb.RemoteReference, act: str, *args: object) -> Deferred[Any]:
        answer: Deferred[Any] = maybeDeferred(root.callRemote, act, self._number, *args)
        return answer.addTimeout(LOG_IN_S, self._clock).addErrback(as_said)

    async def _change(self, root: pb.RemoteReference, new: str) -> None:
        """An answer that never came may have been a yes: then the old password is wrong by now, the new one right."""
        asked_before, self._perhaps_changed = self._perhaps_changed, True
        try:
            await self._ask_root(root, "change_password", self._password, new)
        except Refused as refused:
            self._perhaps_changed = False
            if refused.code is not Refusal.LOG_IN or not asked_before:
                raise
        self._has_changed(new)

    def _has_changed(self, new: str) -> None:
        self._password, self._new_password, self._perhaps_changed = sendable(typed_password(new)), None, False
        self.password_is_new = True

    async def _until_lost(self) -> None:
        assert self._broker is not None
        await self._broker.when_lost()

    def _forget(self) -> None:
        if self._broker is not None:
            self._broker.part()
        self._broker = self._perspective = None

    # What the server says, by way of Mind, beside what goes to the listener as it is

    def show(self, status: SeatStatus) -> None:
        """The seat looks otherwise; OFF after a log-in is a log-out."""
        if self._differs:  # we are leaving
            return
        before, self.seat = self.seat, status
        tell(self._listener, before, status)
        self._listener.status(status)
        if status.state is SeatState.OFF:
            self.stop()
            self._listener.logged_out(status.cause)

    def bye(self, reason: Refused) -> None:
        """The server closes the connection."""
        self._bye = reason


def _hello(wire: Wire) -> Hello:
    try:
        return from_wire(Hello, wire)
    except WireError as problem:
        log.warn("{problem}", problem=problem)
        raise NotConnected(NOT_UNDERSTOOD) from None


def broke(failure: Failure) -> None:
    """The client's own story ends by being cancelled; anything else is an error in a program."""
    if not isinstance(failure.value, CancelledError):
        log.failure("the client broke", failure)


def as_said(failure: Any) -> NoReturn:
    """What the server refused, as Refused; what was cancelled here, as it is; all else, as NotConnected."""
    if failure.check(Refused):
        raise Refused.from_wire(failure.getErrorMessage())
    if failure.check(CancelledError):
        failure.raiseException()
    raise why(value_of(failure)) from None
