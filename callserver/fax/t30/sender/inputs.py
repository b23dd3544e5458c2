"""What can happen to a sender."""

from __future__ import annotations

from typing import Protocol

from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.frames import Frame
from callserver.fax.t30.terminal import CommonInputs


class SendingInputs(CommonInputs, Protocol):
    """What can happen to a sender: frames by their names, and what the machine itself decides."""

    def signal(self) -> None:
        """A tone or flags: somebody is there."""

    def dis(self, far: Capabilities) -> None: ...
    def dtc(self) -> None:
        """The far end wants to poll a document."""

    def cfr(self) -> None: ...
    def ftt(self) -> None: ...
    def mcf(self) -> None: ...
    def rtp(self) -> None: ...
    def rtn(self) -> None: ...
    def ppr(self, wanted: bytes) -> None: ...
    def rnr(self) -> None: ...
    def ctr(self) -> None: ...
    def err(self) -> None: ...
    def crp(self) -> None: ...
    def page_ready(self) -> None: ...

    def identify(self) -> None:
        """Decided: a DIS must be heard next."""

    def train(self) -> None:
        """Decided: DCS and TCF are next."""

    def turn_page(self) -> None:
        """Decided: a page is next, with what was agreed."""

    def post(self) -> None:
        """Decided: the image is next, or what is missing of it, and the command after it."""

    def correct(self) -> None:
        """Decided: the same block, slower."""

    def give_up(self, eor: Frame) -> None:
        """Decided: the block cannot be brought over."""
