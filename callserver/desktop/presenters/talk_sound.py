"""When the headset is open, and when it rings: as the agent's seat is."""

from __future__ import annotations

from callserver.desktop.headset.headset import Headset
from callserver.desktop.headset.ring import Ring
from callserver.desktop.listener import IN_CALL, AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.wire.messages import SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState


class TalkSound(AgentListener):
    """
    Watches the model; in a call the headset is open, while one is offered it rings.

    A call rings once: what is still offered when a lost connection is back makes no sound again. Who is muted stays
    so until the call is over, over a lost connection too.

    :param by_telephone: he talks on a telephone, which rings by itself: nothing sounds here
    """

    def __init__(self, headset: Headset, ring: Ring, by_telephone: bool = False) -> None:
        self.headset, self.ring, self.by_telephone = headset, ring, by_telephone
        self.is_muted = False
        self._rung: str | None = None  # the call that rings or has rung; None: none is offered

    def mute(self, on: bool) -> None:
        """Until it is told otherwise, or the call is over."""
        self.is_muted = on
        self.headset.mute(on)

    def hush(self) -> None:
        """The call that is offered rings no more."""
        self.ring.quiet()

    def status(self, status: SeatStatus) -> None:
        if self.by_telephone:
            return
        self._talk(status)
        self._ring(status)

    def _talk(self, status: SeatStatus) -> None:
        if status.state not in IN_CALL:
            self.headset.close()
            self.is_muted = False
        elif not self.headset.is_open:
            self.headset.open()
            self.headset.mute(self.is_muted)

    def _ring(self, status: SeatStatus) -> None:
        if status.state is not SeatState.RINGING:
            self.ring.quiet()
            self._rung = None
            return
        call_id = status.call.call_id if status.call is not None else ""
        if call_id != self._rung:
            self._rung = call_id
            self.ring.ring()

    def audio(self, block: bytes) -> None:
        self.headset.play(block)

    def logged_out(self, cause: str) -> None:
        self.stop()

    def lost(self, why: NotConnected | Refused) -> None:
        self.stop()

    def refused(self, why: Refused) -> None:
        self.stop()

    def stop(self) -> None:
        """No sound any more, and no device held."""
        self.headset.close()
        self.ring.quiet()
