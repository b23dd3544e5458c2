"""What is done with whole documents, in a thread: made into pages, given a cover, shown as PDF and as pictures."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from callserver.fax.documents.conversion import Conversion
from callserver.fax.documents.pdf_file import write_pdf
from callserver.fax.documents.png import page_png, square
from callserver.fax.page import Page
from callserver.fax.tiff.directory import MAX_PAGES
from callserver.fax.tiff.reader import read_tiff, stored_pages
from callserver.fax.tiff.writer import append_page
from callserver.wire.catalogue import N_, Complaint


def converted(source: Path, target: Path) -> int:
    """
    A document made into pages, in a child process; how many.

    :raises Complaint: what is wrong with it
    :raises OSError: of the disk
    """
    return Conversion(source, target).run()


def covered(source: Path, target: Path, text: str) -> None:
    """
    The pages behind a page of text; if it fails nothing is there.

    :raises Complaint: the text cannot be drawn, or the pages not read, or there are too many
    :raises OSError: of the disk
    """
    with source.open("rb") as file:
        if sum(1 for _ in stored_pages(file)) == MAX_PAGES:  # before anything is drawn
            raise _no_room()
    try:
        with TemporaryDirectory() as folder:
            cover = Path(folder) / "cover.txt"
            cover.write_text(text, "utf-8")
            n_pages = converted(cover, target)
        for number, page in enumerate(read_tiff(source), n_pages + 1):
            if number > MAX_PAGES:
                raise _no_room()
            append_page(target, page)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _no_room() -> Complaint:
    return Complaint(N_("with its cover the document has more than {most} pages"), most=MAX_PAGES)


def cover_text(sender: str, number: str, text: str) -> str:
    """What stands on a cover page: of a text what can be printed."""
    words = "".join(one for one in text if one.isprintable() or one in "\n\t")
    return "\n".join((sender, f"-> {number}", "", words))


def pdf(path: Path, title: str) -> bytes:
    """
    All of it, ready for the printer.

    :raises Complaint: a page cannot be read
    """
    with TemporaryDirectory() as folder:
        target = Path(folder) / "fax.pdf"
        write_pdf(path, target, title)
        return target.read_bytes()


def picture(path: Path, number: int) -> bytes:
    """
    One page as PNG, black and white, its rows as high as its pels are wide.

    :param number: from 1
    :raises Complaint: it has no such page, or it cannot be read
    """
    for n, page in enumerate(read_tiff(path), 1):
        if n == number:
            return page_png(page)
    raise Complaint(N_("the fax has no page {page}"), page=number)


def preview(page: Page, columns: int) -> list[str]:
    """A page as lines of text, so many characters wide: what is black enough is a block, two pels a character."""
    pels = np.unpackbits(square(page), axis=1)
    step = max(pels.shape[1] // columns, 1)
    high, wide = len(pels) // step * step, pels.shape[1] // step * step
    share = pels[:high, :wide].reshape(high // step, step, wide // step, step).mean(axis=(1, 3))
    black = share[: len(share) // 2 * 2] > 0.08
    return [
        "".join(" ▄▀█"[lower + 2 * upper] for upper, lower in zip(*pair, strict=True))
        for pair in zip(black[::2], black[1::2], strict=True)
    ]
