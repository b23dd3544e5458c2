"""
XLSX by openpyxl: the first sheet of a workbook.

What a file may cost is bounded before openpyxl sees it: a zip of 5 MB can hold gigabytes. A text is written as a text,
never as the formula it may look like; columns of digits are of the format "text", so that no program drops a leading 0.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from callserver.store.sheets.sheet import FORMULA, Cell, Sheet, SheetError, Unusable, Written, kept
from callserver.wire.catalogue import N_
from callserver.wire.cells import cells as width_of

UNPACKED_MAX = 100_000_000  # octets
EXACT_BELOW = 10**15  # a spreadsheet keeps 15 digits of a number
OLD_FORMAT = b"\xd0\xcf\x11\xe0"
TEXT_FORMAT, MONEY_FORMAT = "@", "0.00"
LOOKED_AT = 200  # rows by which columns are made as wide as what is in them
NARROWEST, WIDEST = 8, 60  # characters

DIGITS_LOST = N_("is a number of so many digits that some are lost: make the column a text")
NO_VALUE = N_("is no value: write a text or a number")
NO_WORKBOOK = N_("is no workbook: save it as XLSX or CSV")


def read_xlsx(data: bytes, on_row: Callable[[int], None] = lambda row: None) -> Sheet:
    """
    :param on_row: told the number of each row
    :raises SheetError: no workbook, or one that is too large
    """
    _check_size(data)
    try:
        workbook = load_workbook(BytesIO(data), read_only=True, data_only=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        rows = []
        for number, cells in enumerate(sheet.iter_rows(), 1):
            on_row(number)
            row = kept(number, [_cell(one) for one in cells])
            if row is not None:
                rows.append(row)
    except SheetError:
        raise
    except Exception as problem:  # a damaged file fails anywhere inside openpyxl, zipfile or the XML parser
        raise SheetError(NO_WORKBOOK) from problem
    return Sheet(rows, sheet.title if len(workbook.worksheets) > 1 else "")


def write_xlsx(
    titles: Sequence[str], rows: Iterable[Sequence[Written]], on_row: Callable[[int], None] = lambda row: None
) -> bytes:
    """One sheet, its titles always in sight; `on_row` is told the number of each row."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "A2"
    listed = list(rows)
    _shape(sheet, titles, listed)
    sheet.append([_to_write(sheet, title, bold=True) for title in titles])
    for number, row in enumerate(listed, 2):
        on_row(number)
        sheet.append([_to_write(sheet, one) for one in row])
    written = BytesIO()
    workbook.save(written)
    return written.getvalue()


def _check_size(data: bytes) -> None:
    if data.startswith(OLD_FORMAT):
        raise SheetError("is of the old format .xls, or has a password: save it as XLSX without one")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
    except Exception as problem:  # a damaged one fails in many ways
        raise SheetError(NO_WORKBOOK) from problem
    if unpacked > UNPACKED_MAX:
        raise SheetError("is too large when it is unpacked: save it as CSV, or make several files of it")


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Unusable(str(getattr(value, "text", value)), FORMULA)
    if cell.data_type == "e":
        return Unusable(str(value), NO_VALUE)
    return _text_of(value)


def _text_of(value: Any) -> Cell:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if not abs(value) < EXACT_BELOW:
            return Unusable(str(value), DIGITS_LOST)
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else Unusable(str(value), NO_VALUE)


def _to_write(sheet: Any, value: Written, *, bold: bool = False) -> Any:
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = MONEY_FORMAT if isinstance(value, Decimal) else cell.number_format
        return cell
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", value))
    cell.data_type = "s"  # else openpyxl makes a formula of what begins with =
    cell.quotePrefix = True  # and so would a spreadsheet, of a cell that is typed over
    cell.number_format = TEXT_FORMAT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _shape(sheet: Any, titles: Sequence[str], rows: Sequence[Sequence[Written]]) -> None:
    """Wide enough to be read; a column of texts is one also below what is in it."""
    for n, title in enumerate(titles):
        column = sheet.column_dimensions[get_column_letter(n + 1)]
        entries = [row[n] for row in rows[:LOOKED_AT]]
        widest = max(width_of(str(one)) for one in [title, *(e for e in entries if e is not None)])
        column.width = min(max(widest + 2, NARROWEST), WIDEST)
        if not any(isinstance(one, int | Decimal) for one in entries):
            column.number_format = TEXT_FORMAT
