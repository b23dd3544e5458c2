"""Pages into the form a far end takes, and received pages back: for a thread or a child process, a second a page."""

from __future__ import annotations

from dataclasses import replace

from callserver.fax.page import Page
from callserver.fax.reshape import reduced
from callserver.fax.t4.decoder import decode
from callserver.fax.t4.encoding import encode
from callserver.fax.t4.turns import rested
from callserver.fax.t30.documents import PageForm, ReceivedPage
from callserver.wire.catalogue import N_, Complaint


class UnreadablePage(Complaint, ValueError):
    """What the far end has sent is no page."""


def coded(page: Page, form: PageForm) -> bytes:
    """What `SendingTerminal.page_ready` wants for a `PageNeeded` of this form; what does not fit is made smaller."""
    piece = replace(page, rows=page.rows[form.first_row : form.end_row])
    return encode(rested(reduced, piece, form.width, (form.resolution,)), form.coding, form.min_row_bits)


def decoded(received: ReceivedPage) -> Page:
    """
    The rows of a received page.

    :raises UnreadablePage: no rows, too many, or codes that make no sense though every frame was right
    """
    if received.page is not None:
        return received.page
    decoder = decode(received.octets, received.form.width, received.form.coding)
    if decoder.too_long or decoder.broken or not decoder.n_rows:
        raise UnreadablePage(
            N_("page {page}: {rows} rows, then nothing that can be read"), page=received.number + 1, rows=decoder.n_rows
        )
    return decoder.page(received.form.resolution)
