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

    :param by_telephone: he talks on a telephone, which rings by itself: nothing sounds here
    """

    def __init__(self, headset: Headset, ring: Ring, by_telephone: bool = False) -> None:
        self._headset, self._ring, self._by_telephone = headset, ring, by_telephone

    def status(self, status: SeatStatus) -> None:
        if self._by_telephone:
            return
        self._headset.open() if status.state in IN_CALL else self._headset.close()
        self._ring.ring() if status.state is SeatState.RINGING else self._ring.quiet()

    def audio(self, block: bytes) -> None:
        self._headset.play(block)

    def logged_out(self, cause: str) -> None:
        self.stop()

    def lost(self, why: NotConnected | Refused) -> None:
        self.stop()

    def refused(self, why: Refused) -> None:
        self.stop()

    def stop(self) -> None:
        """No sound any more, and no device held."""
        self._headset.close()
        self._ring.quiet()
