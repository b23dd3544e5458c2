"""What a modem line does while sound flows: both ways at the modem's own pace, and its reports told."""

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from callserver.dsp.codecs import Codec
from callserver.lines.far_end import OVERRUN, UNDERRUN, FarEndReports
from callserver.lines.interfaces import ILineListener
from callserver.lines.link import ModemLink
from callserver.lines.own_echo import OwnEcho
from callserver.lines.pacing import Pacing
from callserver.lines.still_ringing import StillRinging
from callserver.lines.text_in_sound import NO_CARRIER, RING, TextInSound
from callserver.modem.dle import EndOfStream, Report
from callserver.modem.keys import KeyReport
from callserver.modem.reader import ModemEvent
from callserver.modem.results import Ring
from callserver.wire.catalogue import N_

STANDSTILL_BLOCKS = 100  # 2 s in which the modem took no sound: it is wedged


class DuplexStream:
    """
    One call's sound.

    :param on_wedged: told once, in words and outside the sender's round, when the modem no longer serves the call
    :param on_still_rings: told when the exchange rings as if nobody had answered
    """

    def __init__(
        self,
        link: ModemLink,
        codec: Codec,
        clock: IReactorTime,
        listener: ILineListener,
        *,
        reports_keys: bool,
        on_wedged: Callable[[str], None],
        on_still_rings: Callable[[], None],
    ) -> None:
        self._link, self._clock, self._listener = link, clock, listener
        self._reports_keys, self._on_wedged, self._on_still_rings = reports_keys, on_wedged, on_still_rings
        self._still_ringing, self._text = StillRinging(clock.seconds()), TextInSound()
        self._pacing, self._reports, self._own_echo = Pacing(codec), FarEndReports(), OwnEcho(codec)
        self._gone_told = self._wedged = False
        link.play(self._pacing.start())

    def send(self, block: bytes) -> None:
        """A block that is due."""
        if not self._link.in_stream:
            return
        paced = self._pacing.pace(block, self._link.n_unread())
        if paced:
            self._own_echo.said(paced)
            self._link.play(paced)
        elif self._pacing.n_held_back == STANDSTILL_BLOCKS:
            self._wedge(N_("the modem takes no more sound"))

    def flush(self) -> None:
        """Forget what is on its way."""
        if self._link.in_stream:
            self._link.play_instead(self._pacing.start(self._link.n_unread()))

    def feed(self, data: bytes) -> None:
        """What the modem heard."""
        self._pacing.received(len(data))
        if self._own_echo.heard(data):
            self._wedge(N_("the modem has reset itself in the call: it sends back what it is sent"))
        else:
            self._listener.sound(data)
        word = self._text.find(data)
        if word == RING:
            self._ring()
        elif word == NO_CARRIER:
            self._gone("the modem ended the call")

    def event(self, event: ModemEvent) -> None:
        """What the modem said in between."""
        if isinstance(event, KeyReport):
            if self._reports_keys:
                self._listener.key(event.digit)
        elif isinstance(event, Ring):
            self._ring()
        elif isinstance(event, EndOfStream):
            self._gone("the modem ended the call")
        elif isinstance(event, Report):
            self._report(event.code)

    def _ring(self) -> None:
        if self._still_ringing.ring(self._clock.seconds()):
            self._on_still_rings()

    def _report(self, code: str) -> None:
        if code == UNDERRUN:
            self._underrun()
        elif code == OVERRUN:
            self._listener.sound_trouble("overrun")
        else:
            reason = self._reports.feed(code, self._clock.seconds())
            if reason is not None:
                self._gone(reason)

    def _underrun(self) -> None:
        cushion = self._pacing.underrun()
        if cushion:
            self._link.play(cushion)
        if self._pacing.settled:
            self._listener.sound_trouble("underrun")

    def _wedge(self, problem: str) -> None:
        if not self._wedged:
            self._wedged = True
            self._clock.callLater(0, self._on_wedged, problem)

    def _gone(self, reason: str) -> None:
        if not self._gone_told:
            self._gone_told = True
            self._listener.far_end_gone(reason)
