"""One page as a fax machine sees it: black and white pels in rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

PelRows = NDArray[np.uint8]
WIDTHS = (1728, 2048, 2432)  # pels: A4, B4, A3
MAX_ROWS = 10_000  # a page of A4 has 4573 at the finest


class Resolution(Enum):
    """Down the page. Value: lines to the inch; across it is 204 pels to the inch always."""

    STANDARD = 98
    FINE = 196
    SUPERFINE = 391


class Coding(Enum):
    """ITU-T T.4 (one- and two-dimensional) and T.6, as people call them."""

    MH = "MH"
    MR = "MR"
    MMR = "MMR"


@dataclass(frozen=True, eq=False)  # arrays have no one equality
class Page:
    """
    Rows of packed pels.

    `rows`: shape (n_rows, width // 8), the first pel of eight in the highest bit, 1 is black.
    """

    width: int  # one of WIDTHS
    resolution: Resolution
    rows: PelRows
