"""
Pages in the shop's folder of faxes; all of it is work for a thread.

A fax that is being sent has a name of its own for its file (a hard link): who deletes the document, or replaces it,
does not take it away from a machine that is printing it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from callserver.fax.documents.conversion import PART
from callserver.fax.page import Page
from callserver.fax.t4.turns import rested
from callserver.fax.t30.coded import coded, decoded
from callserver.fax.t30.documents import PageForm, PageShape, ReceivedPage
from callserver.fax.tiff.reader import decoded as read_page
from callserver.fax.tiff.reader import stored_pages
from callserver.fax.tiff.writer import Quality, append_page
from callserver.features.faxing.views import VIEW, forget_views

SENDING, GIVEN, PARTS = "sending-", "given-", "parts-"  # how names of what lives no longer than its use begin
FILE = re.compile(r"[0-9a-zA-Z-]{1,64}\.tif")
Top = Callable[[Page, int, int], Page]  # puts a line above a page, its number from 1, of how many


def no_line(page: Page, number: int, total: int) -> Page:
    """The page as it is."""
    return page


@dataclass(frozen=True)
class Papers:
    """
    The folder.

    Names are ours, from random ids; nothing else in it is ever opened.
    """

    folder: Path

    def path(self, file: str) -> Path:
        """
        Where a file is.

        :raises ValueError: that is no name of ours
        """
        if not FILE.fullmatch(file):
            raise ValueError(f"{file!r} is no file of a fax")
        return self.folder / file

    def n_pages(self, file: str) -> int:
        """
        :raises OSError: it is not there
        :raises TiffError: it is no fax
        """
        with self.path(file).open("rb") as opened:
            return sum(1 for _ in stored_pages(opened))

    def begin_sending(self, file: str, new_id: str, first: int = 0) -> Sending:
        """
        From this page on, from 0.

        :raises OSError: it is not there
        :raises TiffError: it is no fax
        """
        own = self.folder / f"{SENDING}{new_id}.tif"
        os.link(self.path(file), own)
        try:
            with own.open("rb") as opened:
                shapes = [PageShape(page.width, page.resolution, page.n_rows) for page in stored_pages(opened)]
        except Exception:
            own.unlink()
            raise
        return Sending(own, shapes[first:], first)

    def keep(self, file: str, received: ReceivedPage) -> int:
        """
        One more page at the end of a received fax, on disk when this returns.

        One of the same number, which could not be confirmed and so comes again, is replaced.

        :return: how many it has by now
        :raises OSError: it cannot be kept
        :raises UnreadablePage: its codes make no sense
        """
        quality = Quality(received.n_bad_rows, received.longest_bad_run)
        append_page(self.path(file), decoded(received), quality, number=received.number)
        return received.number + 1

    def delete(self, file: str) -> None:
        """With what was made of it for readers; harmless when it is gone."""
        with suppress(OSError):
            self.path(file).unlink()
            forget_views(self.path(file))

    def tidy(self) -> list[str]:
        """After a start: second names of a killed server go; what agents had given is told, for it may be needed."""
        for pattern in (f"{SENDING}*", f"{PARTS}*", f"{VIEW}*", f"*{PART}"):
            for left in self.folder.glob(pattern):
                with suppress(OSError):
                    left.unlink()
        return [given.name for given in self.folder.glob(f"{GIVEN}*.tif")]


@dataclass(frozen=True)
class Sending:
    """One file while it is sent: `shapes` of its pages from the first that is to be sent, which is number `first`."""

    path: Path
    shapes: list[PageShape]
    first: int

    def coded(self, number: int, form: PageForm, top: Top = no_line) -> bytes:
        """
        A page as the far end can take it.

        :param number: from 0, of those that are to be sent
        :raises OSError: it is not there
        :raises TiffError: it is damaged
        """
        at, total = self.first + number, self.first + len(self.shapes)
        with self.path.open("rb") as file:
            page = read_page(file, list(stored_pages(file))[at])
        return coded(rested(top, page, at + 1, total), form)

    def over(self) -> None:
        """Sent, or not."""
        with suppress(OSError):
            self.path.unlink()
