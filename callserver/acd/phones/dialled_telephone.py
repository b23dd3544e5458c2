"""
The telephone of a seat, dialled for an agent who asks for it at his program; it is his when he says so by a key.

    dialled --answered there--> asked --1--> here
    dialled, asked --anything else, or ASK_S--> not here, and the line is on hook

Without the key a mailbox, or whoever lives there, would get the shop's callers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult

log = Logger()

ASK_S = 30.0  # so long a telephone that was answered may stay without the key
AGAIN_S = 8.0  # the question is asked anew
YES = "1"


class DialledTelephone:
    """
    One attempt. Implements DialListener.

    :param on_here: told the call of the line, at whose other end the agent is
    :param on_gone: told why he is not; once, and never after `on_here`
    """

    def __init__(
        self,
        clock: IReactorTime,
        say: Callable[[Call, Sequence[str]], Deferred[None]],
        on_here: Callable[[Call], None],
        on_gone: Callable[[str], None],
    ) -> None:
        self._clock, self._say, self._on_here, self._on_gone = clock, say, on_here, on_gone
        self._call: Call | None = None
        self._over = False
        self._timers: list[IDelayedCall] = []

    def made(self, call: Call) -> None:
        """It is this call."""
        self._call = call
        call.when_ended().addCallback(self._ended)

    def give_up(self) -> None:
        """It is not wanted any more: the line is put on hook, and nobody is told."""
        self._finish()
        if self._call is not None:
            self._call.end("server", Reason(Cause.GAVE_UP))

    # DialListener

    def rings_there(self) -> None:
        """He hears it himself."""

    def answered_there(self) -> None:
        if self._over or self._call is None:
            return
        self._call.recording.over()
        self._call.give(self._call.first, Role.ALONE)
        self._call.enter(Stage.SEAT, 2 * ASK_S)
        self._later(ASK_S, self._no_key)
        self._listen(self._call)
        self._ask(self._call)

    def not_reached(self, result: DialResult) -> None:
        """The end of the call has told it."""

    # The question

    def _ask(self, call: Call) -> None:
        self._later(AGAIN_S, self._ask, call)
        told = self._say(call, ("seat-connect-telephone",))
        told.addErrback(lambda failure: log.failure("a telephone was not asked", failure))

    def _listen(self, call: Call) -> None:
        call.keys.when_pressed().addCallbacks(lambda _: self._pressed(call), lambda _: None)

    def _pressed(self, call: Call) -> None:
        while call.keys and not self._over:
            if call.keys.take() == YES:
                self._finish()
                self._on_here(call)
        if not self._over:
            self._listen(call)

    def _no_key(self) -> None:
        if self._call is not None:
            self._call.end("server", Reason(Cause.NO_ANSWER))

    def _ended(self, reason: Reason) -> None:
        self._gone(reason.detail if reason.cause is Cause.NOT_REACHED else reason.cause.value)

    def _gone(self, why: str) -> None:
        if not self._over:
            self._finish()
            self._on_gone(why)

    def _finish(self) -> None:
        self._over = True
        for timer in self._timers:
            if timer.active():
                timer.cancel()

    def _later(self, seconds: float, act: Callable[..., None], *args: Call) -> None:
        self._timers.append(self._clock.callLater(seconds, act, *args))
