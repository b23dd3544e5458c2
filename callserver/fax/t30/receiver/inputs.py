"""What can happen to a receiver."""

from __future__ import annotations

from typing import Protocol

from callserver.fax.modulations import Modulation
from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.receiver.page_reader import Post
from callserver.fax.t30.terminal import CommonInputs


class ReceivingInputs(CommonInputs, Protocol):
    """What is heard, and what the machine itself decides."""

    def dcs(self, agreement: Agreement) -> None: ...
    def dtc(self) -> None:
        """The far end wants to poll a document."""

    def trained(self) -> None: ...
    def image(self, octets: bytes) -> None: ...
    def image_over(self) -> None: ...
    def posted(self, post: Post) -> None:
        """MPS, EOM, EOP, their kin with an operator, or PPS with one of them."""

    def rr(self) -> None: ...
    def ctc(self, modulation: Modulation) -> None: ...
    def eor(self, post: Post) -> None: ...
    def crp(self) -> None: ...
    def kept(self) -> None:
        """The page that was handed over is safe."""

    def train(self) -> None:
        """Decided: a TCF is next."""

    def retrain(self) -> None:
        """Decided: a DCS is next."""

    def await_page(self) -> None:
        """Decided: an image is next."""

    def keep(self) -> None:
        """Decided: the page is good enough, and must be safe before that is said."""

    def await_document(self) -> None:
        """Decided: after EOM's answer the far end waits for our DIS."""

    def await_goodbye(self) -> None:
        """Decided: after EOP's answer."""


I = ReceivingInputs  # noqa: E741 - the tables read better
