"""Sheets of whatever program: what is written comes back, formulas calculate nothing, nonsense is told as such."""

import contextlib
import csv
import zipfile
from datetime import datetime, time
from decimal import Decimal
from io import BytesIO, StringIO

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from twisted.trial.unittest import SynchronousTestCase

from callserver.store.sheets.csv_sheets import GUARDED, read_csv, write_csv
from callserver.store.sheets.sheet import FORMULA, ROWS_MAX, Cell, Sheet, SheetError, Unusable
from callserver.store.sheets.xlsx_sheets import DIGITS_LOST, NO_VALUE, UNPACKED_MAX, read_xlsx, write_xlsx

SHOWN = st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])
TEXTS = st.one_of(
    st.text(SHOWN, max_size=12), st.builds("".join, st.tuples(st.sampled_from(GUARDED[:4]), st.text(SHOWN, max_size=5)))
).map(str.strip)
TABLES = st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(TEXTS, min_size=n, max_size=n), max_size=6))
FORMULAS = ("=1+1", "=HYPERLINK(1)", '="0012"', "@SUM(A1)", "+A1", "-A1+3", "+(1)", "=")


def workbook(*rows: list[object]) -> bytes:
    made, written = Workbook(), BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(written)
    return written.getvalue()


def trimmed(rows: list[list[str]]) -> list[tuple[int, tuple[str, ...]]]:
    """As a sheet has them: without empty cells at their ends, and without empty rows."""
    kept = []
    for n, row in enumerate(rows, 1):
        while row and row[-1] == "":
            row = row[:-1]
        if row:
            kept.append((n, tuple(row)))
    return kept


class RoundTripTests(SynchronousTestCase):
    @given(TABLES)
    @settings(deadline=None)
    def test_csv(self, table: list[list[str]]) -> None:
        """Every text is read as it was written, also what looks like a formula or begins with an apostrophe."""
        self.assertEqual(list(read_csv(write_csv(["title"], table)).rows), trimmed([["title"], *table]))

    @given(TABLES)
    @settings(deadline=None, max_examples=30)
    def test_xlsx(self, table: list[list[str]]) -> None:
        """The same by way of a workbook."""
        titles = ["title"] * (len(table[0]) if table else 1)
        self.assertEqual(list(read_xlsx(write_xlsx(titles, table)).rows), trimmed([titles, *table]))

    @given(st.lists(TEXTS, min_size=1, max_size=5))
    @settings(deadline=None)
    def test_nothing_calculates(self, row: list[str]) -> None:
        """No cell of a written CSV begins as a formula does; no cell of a workbook is one."""
        (written,) = csv.reader(StringIO(write_csv(row, []).decode("utf-8-sig")))
        self.assertFalse([cell for cell in written if cell.startswith(("=", "+", "-", "@", "\t", "\r"))])
        sheet = load_workbook(BytesIO(write_xlsx(row, []))).active
        self.assertNotIn("f", {cell.data_type for cell in sheet[1]})

    def test_numbers(self) -> None:
        """Money and pieces are numbers in a workbook, and read back as people write them."""
        data = write_xlsx(["price", "pieces", "number"], [[Decimal("39.00"), -3, "0012"]])
        written = load_workbook(BytesIO(data)).active
        self.assertEqual([cell.value for cell in written[2]], [39, -3, "0012"])
        self.assertEqual([cell.number_format for cell in written[2]], ["0.00", "General", "@"])
        self.assertEqual(read_xlsx(data).rows[1], (2, ("39", "-3", "0012")))
        self.assertIn(b"39.00,-3,0012\r\n", write_csv(["price"], [[Decimal("39.00"), -3, "0012"]]))


class ReadingTests(SynchronousTestCase):
    def cells(self, sheet: Sheet) -> list[Cell]:
        return [cell for _, row in sheet.rows for cell in row]

    def refused(self, data: bytes, said: str, read: object = read_csv) -> None:
        with self.assertRaises(SheetError) as caught:
            read(data)  # type: ignore[operator]
        self.assertIn(said, str(caught.exception))

    def test_encodings(self) -> None:
        """UTF-8 with a mark or without it, and what Chinese Windows saves; which one it was is known."""
        for codec, said in (("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")):
            sheet = read_csv("编号,名称\n1001,龙井绿茶\n".encode(codec))
            self.assertEqual((self.cells(sheet), sheet.read_as), (["编号", "名称", "1001", "龙井绿茶"], said))
        for data in ("编号".encode("utf-16"), b"\x89PNG\r\n\x1a\n\0\0", b"a,b\n1,\0\n", "é".encode("latin-1")):
            self.refused(data, "save it as CSV UTF-8")

    def test_delimiters(self) -> None:
        """Comma, semicolon, tab: as the first row has it."""
        for mark in ",;\t":
            self.assertEqual(self.cells(read_csv(f"a{mark}b\n1{mark}2,3;4\n".encode()))[:3], ["a", "b", "1"])

    def test_rows_are_counted_as_a_spreadsheet_counts(self) -> None:
        """A line break inside a cell begins no row; an empty row is one, and left out."""
        sheet = read_csv(b'a,b\n"1\n2",3\n,\n\n4,5\n')
        self.assertEqual(list(sheet.rows), [(1, ("a", "b")), (2, ("1\n2", "3")), (5, ("4", "5"))])

    def test_formulas(self) -> None:
        """They are told, in whichever file; numbers with a sign are none."""
        for formula in FORMULAS:
            cell = self.cells(read_csv(write_csv(["x"], []) + b'"' + formula.replace('"', '""').encode() + b'"'))[1]
            self.assertEqual(cell, Unusable(formula, FORMULA), formula)
        self.assertEqual(self.cells(read_csv(b"+86 139,-5,-0.5,-,+\n")), ["+86 139", "-5", "-0.5", "-", "+"])
        self.assertEqual(self.cells(read_xlsx(workbook(["=1+1"]))), [Unusable("=1+1", FORMULA)])

    def test_what_a_workbook_holds(self) -> None:
        """Numbers without ends of their own making, days, signs of an error, numbers that have lost digits."""
        values = [39.9, 0.1 + 0.2, 13912345678, 1e-5, True, datetime(2026, 12, 1), "#REF!", 1e15, time(1)]
        found = self.cells(read_xlsx(workbook(values)))
        self.assertEqual(found[:6], ["39.9", "0.3", "13912345678", "0.00001", "TRUE", "2026-12-01"])
        whys = [cell.why for cell in found[6:] if isinstance(cell, Unusable)]
        self.assertEqual(whys, [NO_VALUE, DIGITS_LOST, NO_VALUE])

    def test_too_much(self) -> None:
        """Too many rows or columns, or a zip that holds gigabytes: refused before it costs anything."""
        self.refused(b"a\n" * (ROWS_MAX + 2), "more than 100000 rows")
        self.assertEqual(len(read_csv(b"a\n" * (ROWS_MAX + 1)).rows), ROWS_MAX + 1)
        self.refused(b"," * 64 + b"x", "row 1 has more than 64 columns")
        bomb = BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/worksheets/sheet1.xml", bytes(UNPACKED_MAX + 1))
        self.refused(bomb.getvalue(), "too large when it is unpacked", read_xlsx)

    def test_no_sheet(self) -> None:
        """What is no sheet says so, and what to do."""
        self.refused(b'a,b\n"1,2\n3,4\n', "a quotation mark may be missing")
        self.refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "save it as XLSX", read_xlsx)
        self.refused(b"PK\x03\x04 and nothing else", "is no workbook", read_xlsx)

    @given(st.binary(max_size=200))
    @settings(deadline=None)
    def test_any_bytes(self, data: bytes) -> None:
        """A sheet or a declared error, nothing else."""
        for read in (read_csv, read_xlsx):
            try:
                read(data)
            except SheetError:
                continue

    @given(st.integers(0, 5000), st.integers(0, 255))
    @settings(deadline=None, max_examples=60)
    def test_a_damaged_workbook(self, place: int, octet: int) -> None:
        """The same of a workbook with an octet changed."""
        data = bytearray(workbook(["number", "price"], ["1001", 39]))
        data[place % len(data)] = octet
        with contextlib.suppress(SheetError):
            read_xlsx(bytes(data))
