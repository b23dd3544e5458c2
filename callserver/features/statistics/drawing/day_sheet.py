"""
The day on paper: A4 pages of a PDF with the chief figures, the hours as a chart, queues, agents, sales, missed callers.

Laid out in millimetres from the top, a line at a time; a table that does not fit goes on on the next page under its
titles again. A column is as wide as its longest entry, in halves of a Chinese character.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from callserver.features.statistics.drawing.chart import NO_MATPLOTLIB, draw
from callserver.features.statistics.drawing.fonts import as_we_draw
from callserver.features.statistics.reports.day import Day
from callserver.features.statistics.reports.intervals import common_day
from callserver.features.statistics.reports.shown import heading, heads, shown
from callserver.features.statistics.reports.table import Table, Unit
from callserver.wire.catalogue import N_, Complaint, text, told
from callserver.wire.cells import cells, cut, printable, wrapped

WIDE_MM, HIGH_MM, EDGE_MM = 210.0, 297.0, 15.0
LINE_MM, HEAD_MM, GAP_MM = 4.4, 7.0, 4.0
CHART_MM = 62.0
SMALL, MIDDLE, LARGE = 8, 11, 17  # points
CELL_MM = 1.48  # half a character of SMALL
WORD_MAX = 36  # cells of a word
GREY = "#666666"
RULE = "#bbbbbb"
TITLE = N_("Day sheet of {day}")
PAGE = N_("page {n}")


def day_sheet(day: Day, name: str, language: str) -> bytes:
    """
    As a PDF.

    :param name: of the shop, "" for none
    :raises Complaint: matplotlib or a font is not installed
    """
    try:
        from matplotlib.backends.backend_pdf import PdfPages
    except ImportError:
        raise Complaint(NO_MATPLOTLIB) from None
    written = BytesIO()
    title = text(language, TITLE, day=_dated(day.day, language))
    told_of = {"Title": title, "Author": name or "callserver"}
    with as_we_draw(language), PdfPages(written, metadata=told_of) as pages:
        paper = _Paper(pages, language, " · ".join(filter(None, (printable(name), title))))
        _fill(paper, day, title, name)
        paper.turn_over()
    return written.getvalue()


def _fill(paper: _Paper, day: Day, title: str, name: str) -> None:
    if name:
        paper.write(printable(name), MIDDLE, GREY)
    paper.write(title, LARGE)
    paper.skip(GAP_MM)
    paper.tiles(
        [(told(phrase, paper.language), shown(value, Unit.WORD, paper.language)) for phrase, value in day.chief]
    )
    paper.chart(day.hours)
    for table in day.tables:
        paper.table(table)


def _dated(day: date, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "full", locale="zh_CN" if language == "zh" else "en_GB"))


class _Paper:
    """Pages that are filled from above."""

    def __init__(self, pages: Any, language: str, foot: str) -> None:
        self.language = language
        self._pages, self._foot, self._n = pages, foot, 0
        self._new_page()

    def _new_page(self) -> None:
        from matplotlib.figure import Figure

        self._n += 1
        self._figure = Figure((WIDE_MM / 25.4, HIGH_MM / 25.4))
        self._at_mm = EDGE_MM
        foot = f"{self._foot} · {text(self.language, PAGE, n=self._n)}"
        self._put(EDGE_MM, HIGH_MM - EDGE_MM / 2, foot, SMALL, GREY)

    def turn_over(self) -> None:
        """The page is full, or all is told."""
        self._pages.savefig(self._figure)

    def skip(self, mm: float) -> None:
        """Leave so much free."""
        self._at_mm += mm

    def room(self, mm: float) -> None:
        """On this page, or on the next."""
        if self._at_mm + mm > HIGH_MM - EDGE_MM:
            self.turn_over()
            self._new_page()

    def write(self, words: str, points: int, colour: str = "black") -> None:
        """One line."""
        high_mm = points * 0.5
        self.room(high_mm)
        self._at_mm += high_mm
        self._put(EDGE_MM, self._at_mm, words, points, colour)

    def tiles(self, figures: Sequence[tuple[str, str]]) -> None:
        """The chief figures, large, four in a row."""
        wide_mm = (WIDE_MM - 2 * EDGE_MM) / 4
        for n, (name, value) in enumerate(figures):
            if n % 4 == 0:
                self.room(16)
                self._at_mm += 16
            left_mm = EDGE_MM + n % 4 * wide_mm
            self._put(left_mm, self._at_mm - 7, value, MIDDLE + 3)
            self._put(left_mm, self._at_mm - 2, name, SMALL, GREY)
        self.skip(GAP_MM)

    def chart(self, table: Table) -> None:
        """Over the whole width."""
        self.room(CHART_MM + HEAD_MM)
        self._head(heading(table, self.language))
        box = (EDGE_MM + 8) / WIDE_MM, 1 - (self._at_mm + CHART_MM - 10) / HIGH_MM
        wide, high = (WIDE_MM - 2 * EDGE_MM - 8) / WIDE_MM, (CHART_MM - 18) / HIGH_MM
        draw(self._figure.add_axes((*box, wide, high)), table, self.language)
        self._at_mm += CHART_MM + GAP_MM

    def table(self, table: Table) -> None:
        """With its title, its total below a rule, its notes."""
        units = [column.unit for column in table.columns]
        body = [self._cells(row, units) for row in table.rows]
        common = common_day([row[0] for row in body])
        for row in body:
            row[0] = row[0].removeprefix(common)
        total = self._cells(table.total, units) if table.total is not None else None
        titles = heads(table.columns, self.language)
        widths = [max(cells(row[n]) for row in (titles, *body, *([total] if total else []))) for n in range(len(units))]
        self.room(HEAD_MM + 4 * LINE_MM)
        self._head(heading(table, self.language))
        self._row(titles, widths, units, GREY)
        for row in body:
            if self._is_full():
                self.room(HIGH_MM)
                self._row(titles, widths, units, GREY)
            self._row(row, widths, units)
        if total:
            self._rule(widths)
            self._row(total, widths, units)
        for note in table.notes:
            for line in wrapped(told(note, self.language), 110):
                self.write(line, SMALL, GREY)
        self.skip(GAP_MM)

    def _is_full(self) -> bool:
        return self._at_mm + 2 * LINE_MM > HIGH_MM - EDGE_MM

    def _cells(self, row: Sequence[Any], units: Sequence[Unit]) -> list[str]:
        return [cut(shown(one, unit, self.language), WORD_MAX) for one, unit in zip(row, units, strict=True)]

    def _head(self, words: str) -> None:
        self._at_mm += HEAD_MM
        self._put(EDGE_MM, self._at_mm - 2, words, MIDDLE)

    def _row(self, row: Sequence[str], widths: Sequence[int], units: Sequence[Unit], colour: str = "black") -> None:
        self.room(LINE_MM)
        self._at_mm += LINE_MM
        for words, unit, (left_mm, right_mm) in zip(row, units, _edges(widths), strict=True):
            is_word = unit is Unit.WORD
            self._put(
                left_mm if is_word else right_mm, self._at_mm, words, SMALL, colour, "left" if is_word else "right"
            )

    def _rule(self, widths: Sequence[int]) -> None:
        from matplotlib.lines import Line2D

        y = 1 - (self._at_mm + 1.2) / HIGH_MM
        right_mm = max(right_mm for _, right_mm in _edges(widths))
        self._figure.add_artist(Line2D((EDGE_MM / WIDE_MM, right_mm / WIDE_MM), (y, y), color=RULE, linewidth=0.6))
        self._at_mm += 0.8

    def _put(
        self, x_mm: float, y_mm: float, words: str, points: int, colour: str = "black", align: str = "left"
    ) -> None:
        self._figure.text(x_mm / WIDE_MM, 1 - y_mm / HIGH_MM, words, fontsize=points, color=colour, ha=align)


def _edges(widths: Sequence[int]) -> Iterator[tuple[float, float]]:
    left_mm = EDGE_MM
    for width in widths:
        right_mm = left_mm + width * CELL_MM
        yield left_mm, right_mm
        left_mm = right_mm + 3.2
