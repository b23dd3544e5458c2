"""Arrays with something of each channel, when channels come or go."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


def resized(values: NDArray[Number], n_channels: int, axis: int = 0) -> NDArray[Number]:
    """The same for the first so many channels; those that are new have 0, whoever asks makes them what they must be."""
    shape = list(values.shape)
    shape[axis] = n_channels
    result = np.zeros(shape, values.dtype)
    kept = (slice(None),) * axis + (slice(min(n_channels, values.shape[axis])),)
    result[kept] = values[kept]
    return result
