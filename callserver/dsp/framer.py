"""Any number of samples in, whole ticks out."""

from collections.abc import Iterator

import numpy as np

from callserver.dsp.channels import resized
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray


class Framer:
    """Cuts the sound of `n_channels` into blocks of 160 samples; detectors that stand on it do not feel the cuts."""

    def __init__(self, n_channels: int) -> None:
        self._waiting = np.zeros((n_channels, BLOCK_SAMPLES), np.float32)
        self._n_waiting = 0

    def feed(self, block: FloatArray) -> Iterator[FloatArray]:
        """
        The blocks this sound completes, shape (n_channels, 160), oldest first; take them all.

        :param block: float32, shape (n_channels, n), any n
        :raises ValueError: naming the shape or type, when it is another
        """
        n_channels = len(self._waiting)
        if not isinstance(block, np.ndarray):
            raise ValueError(f"sound must be float32 of shape ({n_channels}, n), not {type(block).__name__}")
        if block.dtype != np.float32 or block.ndim != 2 or len(block) != n_channels:
            raise ValueError(f"sound must be float32 of shape ({n_channels}, n), not {block.dtype} of {block.shape}")
        return self._frames(block)

    def forget(self, channel: int) -> None:
        """Silence in place of what waits."""
        self._waiting[channel] = 0

    def resize(self, n_channels: int) -> None:
        """So many channels from now on; silence waits in new ones."""
        self._waiting = resized(self._waiting, n_channels)

    def _frames(self, block: FloatArray) -> Iterator[FloatArray]:
        taken = 0
        while block.shape[1] - taken >= BLOCK_SAMPLES - self._n_waiting:
            piece = block[:, taken : taken + BLOCK_SAMPLES - self._n_waiting]
            taken += piece.shape[1]
            if self._n_waiting:
                piece = np.concatenate([self._waiting[:, : self._n_waiting], piece], axis=1)
            self._n_waiting = 0
            yield piece
        rest = block[:, taken:]
        self._waiting[:, self._n_waiting : self._n_waiting + rest.shape[1]] = rest
        self._n_waiting += rest.shape[1]
