"""The pulse that carries one symbol: a root raised cosine."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.complexfloating[Any, Any]]  # of a constellation, one a symbol


def root_raised_cosine(times: NDArray[np.float64], roll_off: float) -> NDArray[np.float64]:
    """
    The pulse at these times, in symbols from its middle; its energy is 1.

    :param roll_off: excess bandwidth, above 0

    J. G. Proakis, Digital Communications, section 9.2. Where the formula divides by zero it has its limits.
    """
    safe = np.where(np.abs(times) < 1e-9, 1e-9, times)
    spread = 4 * roll_off * safe
    near = np.abs(1 - spread**2) < 1e-7
    below = np.where(near, 1.0, np.pi * safe * (1 - spread**2))
    pulse = (np.sin(np.pi * safe * (1 - roll_off)) + spread * np.cos(np.pi * safe * (1 + roll_off))) / below
    corner = np.pi / (4 * roll_off)
    limit = roll_off / np.sqrt(2) * ((1 + 2 / np.pi) * np.sin(corner) + (1 - 2 / np.pi) * np.cos(corner))
    shaped: NDArray[np.float64] = np.where(near, limit, pulse)
    return shaped
