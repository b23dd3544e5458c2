"""The receiving terminal: pages in, through whatever modem is below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from callserver.fax.signals import Asked, FaxTone
from callserver.fax.t30.agreement import Agreement, modulation_of
from callserver.fax.t30.bits import bits_of
from callserver.fax.t30.documents import ReceivedPage
from callserver.fax.t30.frames import Frame, Name, identity_of
from callserver.fax.t30.receiver.core import ReceivingCore
from callserver.fax.t30.receiver.inputs import ReceivingInputs
from callserver.fax.t30.receiver.machine import receiving_machine
from callserver.fax.t30.receiver.page_reader import Post, given_up
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.terminal import Station, Terminal
from callserver.wire.fax_results import FaxResult


class ReceivingTerminal(Terminal):
    """
    Receives what one sender has, from our DIS to his DCN.

    :param on_ask: reaches the modem below; what that hears comes back by `feed`
    :param on_page: a page to be stored; answered by `kept` or `not_kept`, at once or later; only then it is confirmed
    :param on_over: the session is over
    """

    def __init__(
        self,
        own: Station,
        on_ask: Callable[[Asked], None],
        on_page: Callable[[ReceivedPage], None],
        on_over: Callable[[Outcome], None],
        *,
        sends_ced: bool = True,
    ) -> None:
        self._core = ReceivingCore(own, on_page, on_over, sends_ced=sends_ced)
        self._inputs = receiving_machine(self._core)
        super().__init__(self._core, self._inputs, _Ear(self._core, self._inputs), on_ask)

    def kept(self, page: ReceivedPage, now_s: float) -> None:
        """The page is on disk, and no power cut will take it away."""
        self._answer(page, self._inputs.kept, now_s)

    def not_kept(self, page: ReceivedPage, now_s: float) -> None:
        """The page cannot be stored: the disk is full, its codes make no sense."""
        self._answer(page, lambda: self._inputs.end(FaxResult.NOT_KEPT), now_s)

    def _answer(self, page: ReceivedPage, act: Callable[[], None], now_s: float) -> None:
        """What becomes of a page that its sender has given up meanwhile matters no more."""
        self._happens(now_s, lambda: act() if page is self._core.handed_over else None)


class _Ear:
    """What the turns tell, as inputs of the machine."""

    def __init__(self, core: ReceivingCore, inputs: ReceivingInputs) -> None:
        self._core, self._inputs = core, inputs
        self.silence = inputs.silence
        self.trained, self.image, self.image_over = inputs.trained, inputs.image, inputs.image_over
        self._plain = {Name.DTC: inputs.dtc, Name.RR: inputs.rr, Name.CRP: inputs.crp, Name.DCN: inputs.dcn}

    def signal(self, tone: FaxTone | None = None) -> None:
        """Somebody is there; what he wants is yet to come."""
        if tone is None:
            self._core.flags()

    def message(self, frames: list[Frame]) -> None:
        """The last frame says what is meant."""
        for frame in frames:
            if frame.name is Name.TSI:
                self._core.far_identity = identity_of(frame.field)
        if frames:
            self._meant(frames[-1])

    def _meant(self, frame: Frame) -> None:
        try:
            act = self._act_of(frame)
        except ValueError as wrong:
            self._core.trace.note(str(wrong))
        else:
            act()

    def _act_of(self, frame: Frame) -> Callable[[], None]:
        """:raises ValueError: the frame's field makes no sense, or the frame"""
        if post := Post.of(frame):
            return partial(self._inputs.posted, post)
        match frame.name:
            case Name.DCS:
                return partial(self._inputs.dcs, Agreement.from_dcs(frame.field))
            case Name.CTC:
                return partial(self._inputs.ctc, modulation_of(bits_of(frame.field + bytes(1))))
            case Name.EOR:
                return partial(self._inputs.eor, given_up(frame))
            case Name.DIS:
                return partial(self._core.other_dis, frame.field)
        if frame.name not in self._plain:
            raise ValueError(f"{frame.name.name} means nothing to a receiver")
        return self._plain[frame.name]

    def garbled(self) -> None:
        """The sender will say it again."""

    def modem_silent(self) -> None:
        self._inputs.gone(FaxResult.MODEM_SILENT)
