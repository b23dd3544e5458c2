"""One page as a fax machine sees it: black and white pels in rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

PelRows = NDArray[np.uint8]


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


@dataclass(frozen=True)
class Page:
    """
    Rows of packed pels.

    `rows`: shape (n_rows, width // 8), the first pel of eight in the highest bit, 1 is black.
    """

    width: int  # in pels: 1728 (A4), 2048 (B4) or 2432 (A3)
    resolution: Resolution
    rows: PelRows
