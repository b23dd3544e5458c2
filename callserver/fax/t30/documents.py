"""
The seam between the procedure and the documents: what is needed of a page to be sent, what became of a received one.

Coding and decoding a page takes too long for the procedure's own turn; whoever feeds a terminal does it in a thread or
a child process and answers when it is done.
"""

from __future__ import annotations

from dataclasses import dataclass

from callserver.fax.page import Coding, Page, Resolution


@dataclass(frozen=True)
class PageShape:
    """What must be known of a page before it is sent."""

    width: int  # in pels
    resolution: Resolution
    n_rows: int


@dataclass(frozen=True)
class PageForm:
    """How a page must be coded for this far end; of one that is too long for it, one piece."""

    width: int  # in pels
    resolution: Resolution
    coding: Coding
    min_row_bits: int = 0  # zeros are filled in before the EOL of a shorter row
    first_row: int = 0  # of the page as it is
    end_row: int | None = None  # None: to its end


@dataclass(frozen=True)
class PageNeeded:
    """The page of this number, from 0, in this form: answered by `SendingTerminal.page_ready` or `page_gone`."""

    number: int
    form: PageForm


@dataclass(frozen=True)
class ReceivedPage:
    """
    A page as it came over the line; answered by `ReceivingTerminal.kept` once it is safe on disk, or cannot be.

    The same number comes again when a page could not be confirmed (its sender had given up waiting, and began anew):
    then it takes the other's place.
    """

    number: int  # from 0, among those that are handed over
    form: PageForm
    octets: bytes  # coded
    page: Page | None = None  # decoded already: without ECM, where rows are judged as they come; see `coded.decoded`
    n_bad_rows: int = 0
    longest_bad_run: int = 0
