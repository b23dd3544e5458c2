"""The page a receiver is at, with and without ECM: what came, and what is to be answered to the command after it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.documents import ReceivedPage
from callserver.fax.t30.ecm import BlockReader
from callserver.fax.t30.frames import AFTER_PAGE, CODES, Frame, Name, PartialPage, wanted_field


@dataclass(frozen=True)
class Post:
    """A command after an image."""

    follows: Name | None  # MPS, EOM or EOP; None: the same page goes on
    block: PartialPage | None = None  # with ECM

    @classmethod
    def of(cls, frame: Frame) -> Self | None:
        """:return: `None` when it is no such command, or a broken one"""
        if frame.name in AFTER_PAGE:
            return cls(AFTER_PAGE[frame.name])
        block = PartialPage.parse(frame.field) if frame.name is Name.PPS else None
        if block is None:
            return None
        return cls(AFTER_PAGE[block.command] if block.command else None, block)


def given_up(frame: Frame) -> Post:
    """What follows after EOR; a broken one is taken for the page's going on."""
    name = CODES.get(frame.field[0]) if frame.field else None
    return Post(AFTER_PAGE.get(name) if name else None)


class PageReader(ABC):
    """One page, over as many bursts of the image modem as it takes."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.is_lost = False  # the sender has given a part of it up

    @abstractmethod
    def carrier(self) -> None:
        """A burst, even if nothing of it was understood."""

    @abstractmethod
    def burst_begins(self) -> None:
        """A burst that was understood."""

    @property
    @abstractmethod
    def was_heard(self) -> bool:
        """Has anything come since the last confirmation?"""

    @abstractmethod
    def feed(self, octets: bytes) -> None: ...
    @abstractmethod
    def judge(self, post: Post) -> Frame:
        """What to answer."""

    def lose_block(self) -> None:
        """EOR."""
        self.is_lost = True

    @abstractmethod
    def page(self, number: int) -> ReceivedPage:
        """All of it."""


class PlainReader(PageReader):
    """Without ECM rows are counted, and those that make no sense."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(agreement)
        self._octets = bytearray()
        self._n_bursts = 0

    def carrier(self) -> None:
        self._n_bursts += 1

    def burst_begins(self) -> None:
        self._n_bursts += 1

    @property
    def was_heard(self) -> bool:
        return self._n_bursts > 0

    def feed(self, octets: bytes) -> None:
        self._octets += octets

    def judge(self, post: Post) -> Frame:
        return Frame(Name.MCF if self._octets else Name.RTN)

    def page(self, number: int) -> ReceivedPage:
        return ReceivedPage(number, self.agreement.form, bytes(self._octets), None)


class BlocksReader(PageReader):
    """With ECM blocks are put together; a page is whole or is asked for again."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(agreement)
        self._octets = bytearray()
        self._block = BlockReader(agreement.frame_octets)

    def carrier(self) -> None:
        """What was not understood is missing anyway."""

    def burst_begins(self) -> None:
        self._block.burst_begins()

    @property
    def was_heard(self) -> bool:
        return not self._block.is_empty

    def feed(self, octets: bytes) -> None:
        self._block.feed(octets)

    def judge(self, post: Post) -> Frame:
        n_frames = post.block.n_frames if post.block else 0
        if missing := self._block.missing(n_frames):
            return Frame(Name.PPR, wanted_field(missing))
        self._octets += self._block.content(n_frames)
        self._block = BlockReader(self.agreement.frame_octets)
        return Frame(Name.MCF)

    def lose_block(self) -> None:
        super().lose_block()
        self._block = BlockReader(self.agreement.frame_octets)

    def page(self, number: int) -> ReceivedPage:
        return ReceivedPage(number, self.agreement.form, bytes(self._octets), None)
