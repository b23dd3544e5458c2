"""The sending terminal: pages out, through whatever modem is below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callserver.fax.signals import Asked, FaxTone
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.documents import PageNeeded, PageShape
from callserver.fax.t30.frames import Frame, Name, identity_of
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sender.core import SendingCore
from callserver.fax.t30.sender.inputs import SendingInputs
from callserver.fax.t30.sender.machine import sending_machine
from callserver.fax.t30.terminal import Station, Terminal
from callserver.fax.t30.timers import MAX_PAGES
from callserver.wire.fax_results import FaxResult


def ignored(n_confirmed: int) -> None:
    """The end of the session tells it as well."""


class SendingTerminal(Terminal):
    """
    Sends the pages of one document, from the DIS to the DCN.

    :param pages: 1 to 100
    :param on_ask: reaches the modem below; what that hears comes back by `feed`
    :param on_need: a page must be coded; answered by `page_ready` or `page_gone`, at once or later
    :param on_over: the session is over
    :param on_confirmed: told with each page how many the far end has confirmed by now
    :param calls: we dialled, so we send CNG; not when the far end's START key is pressed within a talk
    :raises ValueError: no page, or too many
    """

    def __init__(
        self,
        own: Station,
        pages: Sequence[PageShape],
        on_ask: Callable[[Asked], None],
        on_need: Callable[[PageNeeded], None],
        on_over: Callable[[Outcome], None],
        on_confirmed: Callable[[int], None] = ignored,
        *,
        calls: bool = True,
    ) -> None:
        if not 1 <= len(pages) <= MAX_PAGES:
            raise ValueError(f"{len(pages)} pages; a fax has 1 to {MAX_PAGES}")
        self._core = SendingCore(own, pages, on_need, on_over, on_confirmed, calls=calls)
        self._inputs = sending_machine(self._core)
        super().__init__(self._core, self._inputs, _Ear(self._core, self._inputs), on_ask)

    def page_ready(self, needed: PageNeeded, octets: bytes, now_s: float) -> None:
        """The page as it was asked for, coded."""
        self._answer(needed, octets, now_s)

    def page_gone(self, needed: PageNeeded, now_s: float) -> None:
        """The page cannot be had: its document was deleted, its file is broken."""
        self._answer(needed, None, now_s)

    def _answer(self, needed: PageNeeded, octets: bytes | None, now_s: float) -> None:
        def take() -> None:
            if self._core.page_ready(needed, octets):
                self._inputs.page_ready()

        self._happens(now_s, take)


class _Ear:
    """What the turns tell, as inputs of the machine. An image from a receiver means nothing."""

    def __init__(self, core: SendingCore, inputs: SendingInputs) -> None:
        self._core, self._inputs = core, inputs
        self.silence = inputs.silence
        self._answers = {
            Name.DTC: inputs.dtc,
            Name.CFR: inputs.cfr,
            Name.FTT: inputs.ftt,
            Name.MCF: inputs.mcf,
            Name.PIP: inputs.mcf,
            Name.RTP: inputs.rtp,
            Name.RTN: inputs.rtn,
            Name.PIN: inputs.rtn,
            Name.RNR: inputs.rnr,
            Name.CTR: inputs.ctr,
            Name.ERR: inputs.err,
            Name.CRP: inputs.crp,
            Name.DCN: inputs.dcn,
        }

    def signal(self, tone: FaxTone | None = None) -> None:
        """An answer begins; but CNG is another caller's."""
        if tone is FaxTone.CNG:
            self._core.is_alone = False
        else:
            self._inputs.signal()

    def message(self, frames: list[Frame]) -> None:
        """The last frame says what is meant."""
        for frame in frames:
            if frame.name is Name.CSI:
                self._core.far_identity = identity_of(frame.field)
        if not frames:
            self.garbled()
            return
        meant = frames[-1]
        if meant.name is Name.DIS:
            self._dis(meant.field)
        elif meant.name is Name.PPR:
            self._inputs.ppr(meant.field)
        elif meant.name in self._answers:
            self._answers[meant.name]()
        else:
            self._core.trace.note(f"{meant.name.name} means nothing to a sender")

    def _dis(self, field: bytes) -> None:
        try:
            far = Capabilities.from_dis(field)
        except ValueError as wrong:
            self._core.trace.note(str(wrong))
        else:
            self._inputs.dis(far)

    def garbled(self) -> None:
        """As good as nothing: the command is said again."""
        self._inputs.silence()

    def trained(self) -> None: ...
    def image(self, octets: bytes) -> None: ...
    def image_over(self) -> None: ...

    def modem_silent(self) -> None:
        self._inputs.gone(FaxResult.MODEM_SILENT)
