"""Text set on A4, 89 half-wide columns and 50 lines: Latin letters half as wide as Chinese ones, as in a terminal."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

from callserver.fax.documents.fonts import font, is_chinese
from callserver.fax.documents.sheet import LINES_ACROSS, WIDTH, Grey, Sheet, centred
from callserver.wire.catalogue import N_, Complaint

_COLUMN_PELS = 18  # half of a Chinese character of 12.7 points
_LINE_INCH = 0.22
_BASE_LINE = 0.75  # of a line, from its top
_TAB = 8
_ALLOWED_CONTROLS = "\t\n\r\f\v"
_FINER = 2  # drawn so many times as large, then made smaller: even strokes at any resolution


def decoded_text(octets: bytes) -> str:
    """
    UTF-8, UTF-16 with its mark, or GB 18030.

    :raises Complaint: it is no text
    """
    is_utf_16 = octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "gb18030"):
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(one) == "Cc" and one not in _ALLOWED_CONTROLS for one in text):
            return text
    raise Complaint(N_("this is no document that can be faxed: PDF, PNG, JPEG, TIFF, and text can"))


def text_pages(text: str, sheet: Sheet) -> Iterator[Grey]:
    """Page by page; a form feed begins a new one, a page ends with its last line. None of blanks alone."""
    if not text.strip():
        return
    line_rows = _LINE_INCH * sheet.resolution.value
    n_lines = int((sheet.n_rows - 2 * sheet.margin_rows) / line_rows)
    columns = WIDTH - 2 * sheet.margin_columns
    chinese = is_chinese(text)
    for part in text.rstrip().split("\f"):
        lines = [short for line in part.splitlines() or [""] for short in folded(line, columns // _COLUMN_PELS)]
        for top in range(0, len(lines), n_lines):
            there = lines[top : top + n_lines]
            drawn = _drawn(there, round(len(there) * line_rows), columns, chinese)
            yield centred(drawn, sheet.margin_rows, sheet.margin_rows)


def folded(line: str, n_columns: int) -> Iterator[str]:
    """A line in pieces that fit; between words if it can be, and anywhere between Chinese ones."""
    line = line.expandtabs(_TAB).rstrip()
    start, width, space = 0, 0, None
    for place, character in enumerate(line):
        width += columns_of(character)
        if width > n_columns:
            end = space if space is not None and not is_chinese(character) else place
            yield line[start:end].rstrip()
            start = end + (line[end] == " ")
            width, space = sum(map(columns_of, line[start : place + 1])), None
        if character == " " or is_chinese(character):
            space = place + (character != " ")
    yield line[start:]


def columns_of(character: str) -> int:
    """Half-wide columns it takes: 0 for what is put onto the one before."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _parts(line: str) -> Iterator[tuple[bool, str]]:
    """Stretches of wide characters and of others, so that each begins in its column."""
    part, was_wide = "", False
    for character in line:
        n_columns = columns_of(character)
        wide = n_columns == 2 if n_columns else was_wide
        if part and wide is not was_wide:
            yield was_wide, part
            part = ""
        part, was_wide = part + character, wide
    if part:
        yield was_wide, part


def _drawn(lines: list[str], n_rows: int, columns: int, chinese: bool) -> Grey:
    column_pels, line_pels = _COLUMN_PELS * _FINER, round(_LINE_INCH * LINES_ACROSS * _FINER)
    fonts = {wide: font(column_pels, chinese, wide and chinese) for wide in (False, True)}
    picture = Image.new("L", (columns * _FINER, line_pels * len(lines)), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        column, bottom = 0, number * line_pels + round(_BASE_LINE * line_pels)
        for wide, part in _parts(line):
            draw.text((column * column_pels, bottom), part, font=fonts[wide], fill=0, anchor="ls")
            column += sum(map(columns_of, part))
    return np.asarray(picture.resize((columns, n_rows), Image.Resampling.BOX))
