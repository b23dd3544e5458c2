"""
CSV as spreadsheets write and read it.

A cell that begins as a formula does is written with an apostrophe in front (OWASP, "CSV Injection"): no program that
opens the file calculates it. Read back, that apostrophe goes again; so every text comes back as it was.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from io import StringIO

from callserver.store.sheets.sheet import FORMULA, Cell, Sheet, SheetError, Unusable, Written, kept

DELIMITERS = ",;\t"  # of a spreadsheet in English or Chinese, of a German one, of what was copied out of one
CALCULATED = re.compile(r"[=@]|[+-](?![0-9.]*$)[^0-9\s]")  # +86 139... and -5 are no formulas
GUARDED = tuple("=+-@\t\r'")


def read_csv(data: bytes, on_row: Callable[[int], None] = lambda row: None) -> Sheet:
    """
    :param on_row: told the number of each row
    :raises SheetError: no text in UTF-8 or GB18030, or no CSV
    """
    words, encoding = _text_of(data)
    first = words.partition("\n")[0]
    reader = csv.reader(StringIO(words, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True)
    rows = []
    try:
        for number, cells in enumerate(reader, 1):
            on_row(number)
            row = kept(number, [_cell(one) for one in cells])
            if row is not None:
                rows.append(row)
    except csv.Error as problem:
        raise SheetError("line {line}: is no CSV; a quotation mark may be missing", line=reader.line_num) from problem
    return Sheet(rows, encoding)


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[Written]]) -> bytes:
    """UTF-8 with the mark in front by which Excel knows it."""
    written = StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_guarded(one) for one in titles])
    writer.writerows([_guarded(one) for one in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", "replace")


def _text_of(data: bytes) -> tuple[str, str]:
    for codec, name in (("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")):
        try:
            words = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in words:
            return words, name
    raise SheetError("is no text in UTF-8 or GB18030: save it as CSV UTF-8")


def _cell(words: str) -> Cell:
    if words.startswith("'") and words[1:].startswith(GUARDED):
        return words[1:]
    plain = words.strip()
    return Unusable(plain, FORMULA) if CALCULATED.match(plain) else plain


def _guarded(value: Written) -> Written:
    return f"'{value}" if isinstance(value, str) and value.startswith(GUARDED) else value
