"""The page a receiver is at, with and without ECM: what came, and what is to be answered to the command after it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

from callserver.fax.t4.decoder import Decoder
from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.documents import ReceivedPage
from callserver.fax.t30.ecm import BlockReader
from callserver.fax.t30.frames import AFTER_PAGE, CODES, Frame, Name, PartialPage, wanted_field

GOOD_SHARE, PASSABLE_SHARE = 0.05, 0.15  # of bad rows: MCF, RTP, else RTN (spandsp, from TSB-85)
MAX_PAUSE_S = 1.0  # between image and command: 75 ms, and what the modem takes to know a carrier's end and flags


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
    @property
    def is_too_long(self) -> bool:
        """More rows than any page has; with ECM they are not counted before the page is stored."""
        return False

    @abstractmethod
    def judge(self, post: Post, pause_s: float) -> Frame:
        """What to answer, `pause_s` after the end of the image."""

    def lose_block(self) -> None:
        """EOR."""
        self.is_lost = True

    @property
    @abstractmethod
    def found(self) -> str:
        """What was judged, for the trace."""

    @abstractmethod
    def page(self, number: int) -> ReceivedPage:
        """All of it."""


class PlainReader(PageReader):
    """
    Without ECM rows are counted, and those that make no sense.

    The end of the carrier ends a page, also without RTC. But a sender goes from its page to its command in 75 ms; when
    more time lies between the two and no RTC came, the carrier was lost in the middle of the page.
    """

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(agreement)
        self._octets = bytearray()
        self._decoder = Decoder(agreement.width, agreement.coding)
        self._n_bursts = 0
        self._is_cut = False

    def carrier(self) -> None:
        self._n_bursts += 1

    def burst_begins(self) -> None:
        self._n_bursts += 1

    @property
    def was_heard(self) -> bool:
        return self._n_bursts > 0

    @property
    def is_too_long(self) -> bool:
        return self._decoder.too_long

    def feed(self, octets: bytes) -> None:
        self._octets += octets
        self._decoder.feed(octets)

    def judge(self, post: Post, pause_s: float) -> Frame:
        self._is_cut = self._n_bursts != 1 or (pause_s > MAX_PAUSE_S and not self._decoder.over)
        self._decoder.finish()
        if self._is_cut or not self._decoder.n_rows:
            return Frame(Name.RTN)
        bad = self._decoder.bad_rows / self._decoder.n_rows
        return Frame(Name.MCF if bad < GOOD_SHARE else Name.RTP if bad < PASSABLE_SHARE else Name.RTN)

    @property
    def found(self) -> str:
        cut = ", cut off" if self._is_cut else ""
        return f"{self._decoder.n_rows} rows, {self._decoder.bad_rows} of them bad{cut}"

    def page(self, number: int) -> ReceivedPage:
        page = self._decoder.page(self.agreement.resolution)
        bad, longest = self._decoder.bad_rows, self._decoder.longest_bad_run
        return ReceivedPage(number, self.agreement.form, bytes(self._octets), page, bad, longest)


class BlocksReader(PageReader):
    """With ECM blocks are put together; a page is whole or is asked for again."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(agreement)
        self._octets = bytearray()
        self._next_block()

    def carrier(self) -> None:
        """What was not understood is missing anyway."""

    def burst_begins(self) -> None:
        self._is_begun = True
        self._block.burst_begins()

    @property
    def was_heard(self) -> bool:
        return self._is_begun

    def feed(self, octets: bytes) -> None:
        self._block.feed(octets)

    def judge(self, post: Post, pause_s: float) -> Frame:
        self._block.ends(post.block.n_frames if post.block else 0)
        if missing := self._block.missing:
            return Frame(Name.PPR, wanted_field(missing))
        self._octets += self._block.content
        self._next_block()
        return Frame(Name.MCF)

    @property
    def found(self) -> str:
        return f"{len(self._block.missing)} frames missing, {len(self._octets)} octets complete"

    def lose_block(self) -> None:
        super().lose_block()
        self._next_block()

    def page(self, number: int) -> ReceivedPage:
        return ReceivedPage(number, self.agreement.form, bytes(self._octets))

    def _next_block(self) -> None:
        self._block, self._is_begun = BlockReader(self.agreement.frame_octets), False
