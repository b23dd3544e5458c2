"""The newest sound of many channels, always in one piece."""

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray


class Recent:
    """
    The newest `n_ticks` blocks of 160 samples of `n_channels`.

    Each block is written twice, one length apart, so that the newest part is one slice and nothing is ever moved.
    """

    def __init__(self, n_channels: int, n_ticks: int) -> None:
        self._length = n_ticks * BLOCK_SAMPLES
        self._sound = np.zeros((n_channels, 2 * self._length), np.float32)
        self._end = self._length

    def add(self, block: FloatArray) -> None:
        """One tick of all channels, shape (n_channels, 160)."""
        start = self._end % self._length
        self._sound[:, start : start + BLOCK_SAMPLES] = block
        self._sound[:, start + self._length : start + self._length + BLOCK_SAMPLES] = block
        self._end = start + self._length + BLOCK_SAMPLES

    def newest(self, channels: NDArray[np.intp] | slice, n_samples: int) -> FloatArray:
        """The newest samples of k channels, shape (k, n_samples)."""
        return self._sound[channels, self._end - n_samples : self._end]

    def earlier(self, channels: NDArray[np.intp], n_samples: int, delays: NDArray[np.intp]) -> FloatArray:
        """As `newest`, but each channel as it was `delays`, shape (k,), samples ago."""
        starts = channels * self._sound.shape[1] + (self._end - n_samples - delays)
        return self._sound.reshape(-1).take(starts[:, None] + np.arange(n_samples))

    def forget(self, channel: int) -> None:
        """Silence in place of all that was."""
        self._sound[channel] = 0
