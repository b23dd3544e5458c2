"""The sheet of paper a fax machine prints on: A4, and what it has to be shrunk to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.fax.page import Resolution

Grey = NDArray[np.uint8]  # rows and columns, 0 is black, 255 is white

LINES_ACROSS = 204  # pels to the inch; down the page it is the resolution's number
WIDTH = 1728
A4_ROWS = {Resolution.STANDARD: 1143, Resolution.FINE: 2286, Resolution.SUPERFINE: 4573}  # 297 mm
_MARGIN_INCH = 0.3  # machines print to within 4 or 5 mm of the edges; above it is also the header's place


@dataclass(frozen=True)
class Sheet:
    """An A4 sheet in one of the resolutions."""

    resolution: Resolution

    @property
    def n_rows(self) -> int:
        return A4_ROWS[self.resolution]

    @property
    def margin_columns(self) -> int:
        return round(_MARGIN_INCH * LINES_ACROSS)

    @property
    def margin_rows(self) -> int:
        return round(_MARGIN_INCH * self.resolution.value)

    def fitted(self, width_inch: float, height_inch: float) -> tuple[int, int]:
        """Columns and rows of something so large; shrunk to the sheet if it is larger, never enlarged."""
        columns, rows = width_inch * LINES_ACROSS, height_inch * self.resolution.value
        scale = min(1.0, WIDTH / columns, self.n_rows / rows)
        return max(round(columns * scale), 1), max(round(rows * scale), 1)

    def fitted_in_margins(self, width_inch: float, height_inch: float, enlarge: float) -> tuple[int, int]:
        """As `fitted`, but between the margins, and enlarged up to so many times if it is smaller."""
        columns, rows = width_inch * LINES_ACROSS, height_inch * self.resolution.value
        most_columns, most_rows = WIDTH - 2 * self.margin_columns, self.n_rows - 2 * self.margin_rows
        scale = min(enlarge, most_columns / columns, most_rows / rows)
        return max(round(columns * scale), 1), max(round(rows * scale), 1)


def centred(picture: Grey, rows_above: int = 0, rows_below: int = 0) -> Grey:
    """On a white sheet as wide as a fax, and so many rows longer."""
    rows, columns = picture.shape
    sheet = np.full((rows_above + rows + rows_below, WIDTH), 255, np.uint8)
    left = (WIDTH - columns) // 2
    sheet[rows_above : rows_above + rows, left : left + columns] = picture
    return sheet
