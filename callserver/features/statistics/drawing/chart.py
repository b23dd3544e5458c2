"""A report's table as bars: SVG or PNG."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import takewhile
from typing import Any

from callserver.features.statistics.drawing.fonts import as_we_draw
from callserver.features.statistics.reports.intervals import common_day
from callserver.features.statistics.reports.shown import EMPTY, heading, heads, shown
from callserver.features.statistics.reports.table import Table, Unit
from callserver.wire.catalogue import N_, Complaint, known
from callserver.wire.cells import cells, cut, printable

COLOURS = ("#0072B2", "#E69F00", "#D55E00", "#009E73", "#CC79A7")  # Okabe and Ito's: told apart by everybody
INCHES, DPI = (9.0, 4.5), 120
LABELS_MAX = 32  # below the bars; of more only some
LABEL_CELLS, ROOM_CELLS = 18, 90  # of one, and of all beside each other, in halves of a Chinese character
ON_THE_HOUR = re.compile(r"^(\d\d):00(?: ([①②]) [+-]\d{4})?$")
WIDEST, FEW = 0.8, 10  # a bar in its place; of fewer each is narrower than that
HOURS = 3600.0
NOT_DRAWN = N_("this report has no chart: group it, as with --by day")


def chart(table: Table, language: str, ending: str) -> bytes:
    """
    A report drawn.

    :param ending: of the file that it will be, "svg" or "png"
    :raises Complaint: it has nothing that can be drawn, or matplotlib is not installed
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise Complaint(NO_MATPLOTLIB) from None
    if not any(column.drawn for column in table.columns):
        raise Complaint(NOT_DRAWN)
    with as_we_draw(language):
        figure = Figure(INCHES, dpi=DPI, layout="constrained")
        draw(figure.add_subplot(), table, language)
        figure.suptitle(heading(table, language), fontsize=12)
        written = BytesIO()
        figure.savefig(written, format=ending)
    return written.getvalue()


NO_MATPLOTLIB = N_("charts need matplotlib: pip install callserver[reports]")


def draw(axes: Any, table: Table, language: str) -> None:
    """The drawn columns stacked, a bar a row."""
    n_words = len(list(takewhile(lambda column: column.unit is Unit.WORD, table.columns)))
    names = [" ".join(shown(one, Unit.WORD, language) for one in row[:n_words]) for row in table.rows]
    titles = heads(table.columns, language)
    bottoms = [0.0] * len(names)
    columns = [n for n, column in enumerate(table.columns) if column.drawn]
    wide = min(WIDEST, len(names) / FEW)
    for n, colour in zip(columns, COLOURS, strict=False):
        is_span = table.columns[n].unit is Unit.SPAN
        values = [_height(row[n]) / (HOURS if is_span else 1) for row in table.rows]
        label = f"{titles[n]} (h)" if is_span else titles[n]
        if any(values):  # a bar of nought is a line on top of the others
            high = [at for at, value in enumerate(values) if value]
            heights, below = [values[at] for at in high], [bottoms[at] for at in high]
            axes.bar(high, heights, bottom=below, color=colour, label=label, width=wide)
        bottoms = [bottom + value for bottom, value in zip(bottoms, values, strict=True)]
    _label(axes, names)
    if any(bottoms):
        axes.legend(frameon=False, ncols=len(columns), loc="lower left", bbox_to_anchor=(0, 1))
        axes.set_xlim(-0.6, len(names) - 0.4)
        axes.set_ylim(0, max(bottoms) * 1.05)
        if all(table.columns[n].unit is Unit.COUNT for n in columns):
            axes.yaxis.get_major_locator().set_params(integer=True)
    else:
        axes.text(0.5, 0.5, known(language, EMPTY), ha="center", va="center", transform=axes.transAxes)
        axes.set_yticks([])
    axes.set_xlabel(known(language, table.columns[0].title))
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)


def _label(axes: Any, names: Sequence[str]) -> None:
    step = -(-len(names) // LABELS_MAX) or 1
    places = range(0, len(names), step)
    labels = [names[n] for n in places]
    common = common_day(labels)
    labels = [
        ON_THE_HOUR.sub(r"\1\n\2", cut(printable(one.removeprefix(common)), LABEL_CELLS)).strip() for one in labels
    ]
    longest = max((cells(line) for one in labels for line in one.split("\n")), default=0)
    slanted = (longest + 1) * len(labels) > ROOM_CELLS
    turn: dict[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    axes.set_xticks(list(places), labels, **turn)


def _height(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
