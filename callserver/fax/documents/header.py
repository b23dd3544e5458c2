"""The line at the top of each page sent: when, from whom, to whom, which page. (Many countries ask for it by law.)"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from PIL import Image, ImageDraw

from callserver.fax.documents.blackening import blackened
from callserver.fax.documents.fonts import font, is_chinese
from callserver.fax.documents.sheet import LINES_ACROSS
from callserver.fax.page import Page, PelRows
from callserver.wire.catalogue import Complaint

_COLUMN_PELS, _LINE_INCH, _TOP_INCH = 14, 0.16, 0.04
_SIDE_COLUMNS = 64
_FINER = 2


@dataclass(frozen=True)
class Header:
    """What it says, but for the page; in no language."""

    sent_at: datetime  # in the shop's zone
    sender: str  # the shop and its number
    receiver: str  # a number

    def words(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}  {self.sender}  ->  {self.receiver}"


def with_header(page: Page, header: Header, number: int, n_pages: int) -> Page:
    """
    The line over the top margin if the page has one, else above the page; 10 ms, so for a thread.

    Where there is no font for Chinese, what is Chinese is left out: no fax fails for its header.

    :param number: of the page, from 1
    """
    line = _drawn(header.words(), f"{number}/{n_pages}", page)
    has_margin = not page.rows[: len(line)].any()
    return replace(page, rows=np.concatenate([line, page.rows[len(line) if has_margin else 0 :]]))


def _drawn(words: str, right: str, page: Page) -> PelRows:
    """Words that are too long are cut, the number of the page never."""
    height_inch = _TOP_INCH + _LINE_INCH
    size = (page.width * _FINER, round(height_inch * LINES_ACROSS * _FINER))
    try:
        letter = font(_COLUMN_PELS * _FINER, is_chinese(words))
    except Complaint:
        words, letter = words.encode("ascii", "ignore").decode(), font(_COLUMN_PELS * _FINER, needs_chinese=False)
    picture = Image.new("L", size, 255)
    side, top = _SIDE_COLUMNS * _FINER, round(_TOP_INCH * LINES_ACROSS * _FINER)
    right_from = size[0] - side - letter.getlength(right)
    while side + letter.getlength(words) > right_from - side / 2:
        words = words[:-1]
    draw = ImageDraw.Draw(picture)
    draw.text((side, top), words, font=letter, fill=0)
    draw.text((right_from, top), right, font=letter, fill=0)
    rows = round(height_inch * page.resolution.value)
    return blackened(np.asarray(picture.resize((page.width, rows), Image.Resampling.BOX)))
