"""What a fax is doing, for people: read from what passes between the procedure and the modem below it."""

from __future__ import annotations

from collections.abc import Callable

from callserver.fax.signals import Asked, FrameHeard, Heard, SendFrames, SendImage, Trained
from callserver.wire.states import FaxPhase

FCF_AT = 2
CFR, DCN = 0x84, 0xFA
X = 0x01  # the lowest bit of an FCF says whose frame it is


class Phases:
    """
    Fed with all that is asked and heard. Before that it is FaxPhase.SET_UP.

    :param on_phase: told each change, with the number of the page, from 1, where there is one, else 0
    :param n_confirmed: so many pages are, by now
    """

    def __init__(self, on_phase: Callable[[FaxPhase, int], None], n_confirmed: Callable[[], int]) -> None:
        self._on_phase, self._n_confirmed = on_phase, n_confirmed
        self._now: tuple[FaxPhase, int] | None = None
        self._confirmed_to_receive = False

    def asked(self, asked: Asked) -> None:
        """Of the modem below."""
        match asked:
            case SendImage(octets=octets):
                self._image(any(octets))
            case SendFrames(frames):
                self._frames(frames)

    def heard(self, heard: Heard) -> None:
        """By the modem below."""
        match heard:
            case Trained():
                self._image(self._confirmed_to_receive)
            case FrameHeard(octets, good=True):
                self._frames((octets,))

    def _image(self, is_page: bool) -> None:
        self._show(*((FaxPhase.PAGE, self._n_confirmed() + 1) if is_page else (FaxPhase.TRAIN, 0)))

    def _frames(self, frames: tuple[bytes, ...]) -> None:
        names = {frame[FCF_AT] & ~X for frame in frames if len(frame) > FCF_AT}
        if CFR in names:
            self._confirmed_to_receive = True
        if DCN in names:
            self._show(FaxPhase.RELEASE)
            return
        in_page = self._now is not None and self._now[0] in (FaxPhase.PAGE, FaxPhase.CONFIRM)
        self._show(FaxPhase.CONFIRM if in_page else FaxPhase.NEGOTIATE)

    def _show(self, phase: FaxPhase, page: int = 0) -> None:
        if (phase, page) != self._now:
            self._now = phase, page
            self._on_phase(phase, page)
