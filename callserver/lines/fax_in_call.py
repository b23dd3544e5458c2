"""A call's modem lent to a fax: its class changed in the middle of the call, and back."""

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.fax.modulations import Modulation
from callserver.fax.signals import Asked, Heard
from callserver.lines.class_1 import Class1Fax
from callserver.lines.interfaces import LineFailure
from callserver.lines.link import ModemLink
from callserver.lines.set_up import must, set_codec
from callserver.modem import class_1
from callserver.modem.profiles import Modem

# What every Class 1 modem does, should one not say.
COMMON = frozenset({Modulation.V27TER_2400, Modulation.V27TER_4800, Modulation.V29_7200, Modulation.V29_9600})


async def enter_fax(link: ModemLink) -> frozenset[Modulation]:
    """
    From voice to fax in a call, the modem in command state.

    :return: the modulations it both sends and receives
    :raises LineFailure: it will not; it may be in either class
    """
    await must(link, class_1.KEEP_CALL)
    await must(link, class_1.FAX)
    for setting in class_1.OPTIONAL_SETTINGS:
        await link.command(setting)
    asked = [await link.command(question) for question in (class_1.SENT_IMAGES, class_1.RECEIVED_IMAGES)]
    sent, received = (class_1.image_codes(answer.lines) for answer in asked)
    both = sent & received
    images = frozenset(Modulation) - {Modulation.V21}
    return frozenset(image for image in images if image.class_1(short=False) in both) or COMMON


async def leave_fax(link: ModemLink, modem: Modem) -> None:
    """
    Back to voice, in command state, the line as it is.

    :raises LineFailure: it will not
    """
    await must(link, class_1.VOICE)
    await link.command(class_1.AWAIT_DIAL_TONE)
    await set_codec(link, modem)  # some forget it with the class


# Lives from `enter_fax` to `leave_fax`, inside one procedure of the line, which waits for `_at_rest`. Whatever ends it
# goes through `stop`, the loss of the link, or a modem that is stuck; each fires `_at_rest` once. Who asked for the end
# waits in `_waiting` until the procedure is over and says so by `ended`, whether the voice is back or the call is gone.


class FaxInCall:
    """
    Implements IFaxModem, and IBorrower for the link.

    :param on_heard: what T.30 is told
    :param on_lost: told once if it ends otherwise than by `end`
    """

    def __init__(
        self,
        link: ModemLink,
        clock: IReactorTime,
        modulations: frozenset[Modulation],
        on_heard: Callable[[Heard], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.modulations = modulations
        self._at_rest: Deferred[None] = Deferred()
        self._clock, self._on_lost = clock, on_lost
        self._waiting: list[Deferred[None]] = []
        self._wanted = False  # its end
        self._result: LineFailure | None = None
        self._over = False
        self._timer: IDelayedCall | None = None
        self._fax = Class1Fax(
            on_bytes=link.write,
            on_heard=on_heard,
            on_rest=self._rested,
            on_stuck=self.lost,
        )

    async def borrow(self, link: ModemLink) -> None:
        """
        The link, until `stop`.

        :raises ModemStuck: the modem is to be reset
        :raises ModemGone: the link is no more
        """
        link.lend(self)
        try:
            await self._at_rest
        finally:
            self._stop_timer()
            link.take_back()

    def asked(self, asked: Asked) -> None:
        """From T.30."""
        self._fax.asked(asked, self._clock.seconds())
        self._set_timer()

    def end(self) -> Deferred[None]:
        """From who borrowed the line; fires when the voice is back."""
        self._wanted = True
        ended: Deferred[None] = Deferred()
        self._waiting.append(ended)
        if self._over:
            self._tell_ended()
        else:
            self.stop()
        return ended

    def stop(self) -> None:
        """Command state as soon as may be; the line is wanted for something else."""
        self._fax.end(self._clock.seconds())
        self._set_timer()

    def ended(self, failure: LineFailure | None) -> None:
        """The line has it back: the voice too, unless there is a failure."""
        self._over, self._result = True, failure
        self._stop_timer()
        if not self._wanted:
            self._on_lost()
        self._tell_ended()

    # IBorrower

    def feed(self, data: bytes) -> None:
        """From the modem."""
        self._fax.feed(data, self._clock.seconds())
        self._set_timer()

    def lost(self, reason: Exception) -> None:
        """The link is no more, or the modem is to be reset."""
        self._stop_timer()
        if not self._at_rest.called:
            self._at_rest.errback(reason)

    def _rested(self) -> None:
        if not self._at_rest.called:
            self._at_rest.callback(None)

    def _tell_ended(self) -> None:
        waiting, self._waiting = self._waiting, []
        for ended in waiting:
            ended.errback(self._result) if self._result else ended.callback(None)

    def _set_timer(self) -> None:
        self._stop_timer()
        due_s = self._fax.next_deadline_s
        if due_s is not None and not self._at_rest.called:
            self._timer = self._clock.callLater(max(due_s - self._clock.seconds(), 0), self._on_time)

    def _on_time(self) -> None:
        self._fax.on_time(self._clock.seconds())
        self._set_timer()

    def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None and timer.active():
            timer.cancel()
