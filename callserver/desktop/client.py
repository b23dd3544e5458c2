"""The agent's side of the channel: what any desktop program stands on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from twisted.application.internet import backoffPolicy
from twisted.internet.defer import CancelledError, Deferred, fail, maybeDeferred, succeed
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.desktop.connection import ClientBroker, ClientFactory
from callserver.desktop.listener import IN_CALL, AgentListener, tell
from callserver.desktop.moving import Moving
from callserver.desktop.not_connected import NO_CONNECTION, NOT_UNDERSTOOD, NotConnected, value_of, why
from callserver.desktop.supervising import Supervising
from callserver.wire.convert import Wire, WireError, from_wire
from callserver.wire.messages import (
    Access,
    AlarmNotice,
    ChannelRow,
    Hello,
    MailMark,
    Phrase,
    QueueRow,
    Said,
    SeatStatus,
)
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from callserver.wire.targets import Target
from callserver.wire.typed import sendable, typed_password, typed_text
from callserver.wire.versions import difference

log = Logger()
Message = TypeVar("Message")

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


class AgentClient(Moving, Supervising):
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

    # Commands

    def answer(self, *, call_id: str = "") -> Deferred[None]:
        """Take the call that rings."""
        return self.ask("answer", call_id=call_id)

    def reject(self, *, call_id: str = "") -> Deferred[None]:
        """Leave it to others."""
        return self.ask("reject", call_id=call_id)

    def hang_up(self, *, call_id: str = "") -> Deferred[None]:
        """End the call in hand; one that is held rings here again."""
        return self.ask("hang_up", call_id=call_id)

    def hold(self, *, call_id: str = "") -> Deferred[None]:
        """Music for the caller."""
        return self.ask("hold", call_id=call_id)

    def retrieve(self, *, call_id: str = "") -> Deferred[None]:
        """Talk on."""
        return self.ask("retrieve", call_id=call_id)

    def dial(self, number: str) -> Deferred[None]:
        """Call a colleague or a number outside."""
        return self.ask("dial", number)

    def consult(self, target: Target, *, call_id: str = "") -> Deferred[None]:
        """Call a third party, a seat or a number; the first hears music meanwhile."""
        return self.ask("consult", str(target), call_id=call_id)

    def join(self, *, call_id: str = "") -> Deferred[None]:
        """Leave the two others to each other, also while it rings there yet."""
        return self.ask("join", call_id=call_id)

    def cancel(self, *, call_id: str = "") -> Deferred[None]:
        """Leave the third party, and be back with the first."""
        return self.ask("cancel", call_id=call_id)

    def three_way(self, *, call_id: str = "") -> Deferred[None]:
        """All three talk."""
        return self.ask("three_way", call_id=call_id)

    def swap(self, *, call_id: str = "") -> Deferred[None]:
        """Talk with whom one keeps held, and keep the other; again, and it is as before."""
        return self.ask("swap", call_id=call_id)

    def pause(self, reason: str) -> Deferred[None]:
        """No calls, from now or from the end of the call on; `reason` at most 32 characters."""
        return self.ask("pause", reason)

    def ready(self) -> Deferred[None]:
        """End a pause or a wrap-up."""
        return self.ask("ready")

    def prolong_wrap_up(self, seconds: int) -> Deferred[None]:
        """More time before the next call."""
        return self.ask("prolong_wrap_up", seconds)

    def use_telephone(self, number: str) -> Deferred[None]:
        """Work by the telephone of the own staff record, which the server dials; "": by the headset again."""
        return self.ask("use_telephone", number)

    def log_out(self) -> Deferred[None]:
        """Leave; not possible in a call."""
        return self.ask("log_out")

    def change_password(self, password: str, new: str) -> Deferred[None]:
        """His own password, from the one he has; refused with the rule that the new one breaks."""
        asked = self.ask("change_password", sendable(typed_password(password)), sendable(typed_password(new)))
        return asked.addCallback(lambda _: self._has_changed(new))

    def send_audio(self, block: bytes) -> None:
        """20 ms that the agent says, as `AgentListener.audio`; dropped outside calls and while the server lags."""
        if self._perspective is None or self._broker is None or self.seat.state not in IN_CALL:
            return
        if self._broker.peer_reads:
            self._perspective.callRemote("audio", block, pbanswer=False)  # type: ignore[no-untyped-call]
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

    async def _until_lost(self) -> None:
        assert self._broker is not None
        await self._broker.when_lost()

    def _forget(self) -> None:
        if self._broker is not None:
            self._broker.part()
        self._broker = self._perspective = None

    # What the server says, by way of Mind

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

    def show_access(self, access: Access) -> None:
        """His rights, and with them all he may see, are others now."""
        self._listener.access(access)

    def show_row(self, row: ChannelRow) -> None:
        """A line or seat of the board looks otherwise."""
        self._listener.row(row)

    def show_queue(self, row: QueueRow) -> None:
        """Others wait in a queue."""
        self._listener.queue(row)

    def show_notice(self, notice: Phrase) -> None:
        """A sentence for everybody, such as that the server will stop."""
        self._listener.notice(notice)

    def show_alarm(self, alarm: AlarmNotice) -> None:
        """For a supervisor."""
        self._listener.alarm(alarm)

    def show_mail(self, mark: MailMark) -> None:
        """There is more in a mailbox, or less."""
        self._listener.mail(mark)

    def show_said(self, said: Said) -> None:
        """A colleague has written."""
        self._listener.said(said)

    def hear(self, block: bytes) -> None:
        """20 ms of sound."""
        self._listener.audio(block)

    def bye(self, reason: Refused) -> None:
        """The server closes the connection."""
        self._bye = reason


class Mind(pb.Referenceable):
    """What the server may call here."""

    def __init__(self, client: AgentClient) -> None:
        self._client = client

    def remote_ping(self) -> None:
        """The answer is what counts."""

    def remote_status(self, wire: Wire) -> None:
        status = understood(SeatStatus, wire)
        if status is not None:
            self._client.show(status)

    def remote_access(self, wire: Wire) -> None:
        access = understood(Access, wire)
        if access is not None:
            self._client.show_access(access)

    def remote_row(self, wire: Wire) -> None:
        row = understood(ChannelRow, wire)
        if row is not None:
            self._client.show_row(row)

    def remote_queue(self, wire: Wire) -> None:
        row = understood(QueueRow, wire)
        if row is not None:
            self._client.show_queue(row)

    def remote_notice(self, wire: Wire) -> None:
        notice = understood(Phrase, wire)
        if notice is not None:
            self._client.show_notice(notice)

    def remote_alarm(self, wire: Wire) -> None:
        alarm = understood(AlarmNotice, wire)
        if alarm is not None:
            self._client.show_alarm(alarm)

    def remote_mail(self, wire: Wire) -> None:
        mark = understood(MailMark, wire)
        if mark is not None:
            self._client.show_mail(mark)

    def remote_said(self, wire: Wire) -> None:
        said = understood(Said, wire)
        if said is not None:
            self._client.show_said(said)

    def remote_audio(self, block: bytes) -> None:
        self._client.hear(block)

    def remote_bye(self, reason: str) -> None:
        self._client.bye(Refused.from_wire(reason))


def _hello(wire: Wire) -> Hello:
    try:
        return from_wire(Hello, wire)
    except WireError as problem:
        log.warn("{problem}", problem=problem)
        raise NotConnected(NOT_UNDERSTOOD) from None


def understood(shape: type[Message], wire: Wire) -> Message | None:
    """A message of the server; one that cannot be read is left out, with a line in the log."""
    try:
        return from_wire(shape, wire)
    except WireError as problem:
        log.warn("{shape} left out: {problem}", shape=shape.__name__, problem=problem)
        return None


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
