"""The page a sender is at, with and without ECM: what goes on the line next, and the command after it."""

from __future__ import annotations

from collections.abc import Sequence

from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.ecm import BlockOnLine, cut, on_line
from callserver.fax.t30.frames import FROM_SENDER, Frame, Name, PartialPage, wanted_of


class PlainPage:
    """
    Without ECM a page is one piece, and is repeated from its beginning or not at all.

    :param command: MPS, EOM or EOP
    """

    def __init__(self, octets: bytes, command: Name) -> None:
        self._octets, self._command = octets, command

    def octets(self, agreement: Agreement) -> bytes:
        """Of the image."""
        return self._octets

    def post_command(self) -> Frame:
        """What is said after the image."""
        return Frame(self._command)

    def went_well(self) -> bool:
        """The far end confirms it. :return: is the page complete?"""
        return True


class PageInBlocks:
    """With ECM: one block of frames after the other, of each what is still missing; else as `PlainPage`."""

    def __init__(self, octets: bytes, command: Name, number: int, frame_octets: int) -> None:
        self._command, self._number = command, number
        self._blocks = cut(octets, frame_octets)
        self._block = 0
        self._missing: Sequence[int] = range(len(self._blocks[0]))
        self.n_refusals = 0  # of this block at this speed

    def octets(self, agreement: Agreement) -> BlockOnLine:
        return on_line(self._blocks[self._block], self._missing, agreement)

    def post_command(self) -> Frame:
        return PartialPage(self._said(), self._number, self._block, len(self._blocks[self._block])).frame()

    def went_well(self) -> bool:
        self.n_refusals = 0
        self._block += 1
        if self._block == len(self._blocks):
            return True
        self._missing = range(len(self._blocks[self._block]))
        return False

    def wanted_again(self, field: bytes) -> bool:
        """PPR came with this field. :return: is it everything?"""
        n_frames = len(self._blocks[self._block])
        self.n_refusals += 1
        # Who wants no frame in particular did not count them: everything.
        self._missing = wanted_of(field, n_frames) or range(n_frames)
        return len(self._missing) == n_frames

    def given_up(self) -> Frame:
        """EOR, with the command it stands for."""
        said = self._said()
        return Frame(Name.EOR, bytes((said.value | FROM_SENDER if said else 0,)))

    def _said(self) -> Name | None:
        return self._command if self._block == len(self._blocks) - 1 else None
