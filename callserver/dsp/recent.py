"""The newest sound of many channels."""

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.channels import resized
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray

PIECE_SAMPLES = 40
PIECES = BLOCK_SAMPLES // PIECE_SAMPLES


class Recent:
    """
    The newest `n_ticks` blocks of 160 samples of `n_channels`, silence at first.

    A ring of whole ticks: to write is one contiguous copy for all channels; only the few that are asked for are put
    together again.
    """

    def __init__(self, n_channels: int, n_ticks: int) -> None:
        self._ring = np.zeros((n_ticks, n_channels, BLOCK_SAMPLES), np.float32)
        self._newest = 0

    def turn(self) -> FloatArray:
        """The place for the next tick, shape (n_channels, 160), to be written at once; the oldest is gone."""
        self._newest = (self._newest + 1) % len(self._ring)
        place: FloatArray = self._ring[self._newest]
        return place

    def add(self, block: FloatArray) -> None:
        """One tick of all channels, shape (n_channels, 160)."""
        self.turn()[:] = block

    def newest(self, channels: NDArray[np.intp], n_samples: int) -> FloatArray:
        """The newest samples of k channels, shape (k, n_samples)."""
        n_ticks = -(-n_samples // BLOCK_SAMPLES)
        ticks = (self._newest + np.arange(1 - n_ticks, 1)) % len(self._ring)
        blocks: FloatArray = self._ring[ticks, channels[:, None]].reshape(len(channels), -1)
        return blocks[:, n_ticks * BLOCK_SAMPLES - n_samples :]

    def earlier(self, channels: NDArray[np.intp], n_samples: int, delays: NDArray[np.intp]) -> FloatArray:
        """As `newest`, but each channel as it was `delays`, shape (k,), pieces of 5 ms ago."""
        n_pieces = -(-n_samples // PIECE_SAMPLES)
        end = (self._newest + 1) * PIECES - delays[:, None]
        ticks, pieces = np.divmod(end + np.arange(-n_pieces, 0), PIECES)
        ring = self._ring.reshape(*self._ring.shape[:2], PIECES, PIECE_SAMPLES)
        found: FloatArray = ring[ticks % len(ring), channels[:, None], pieces].reshape(len(channels), -1)
        return found[:, n_pieces * PIECE_SAMPLES - n_samples :]

    def shift(self, channel: int, n_ticks: int) -> None:
        """
        Move all that one channel holds, but for the newest block, by one tick: 1 towards now, -1 into the past.

        Towards now: the newest block becomes that before it. Into the past: silence comes before the newest.
        """
        ages = np.arange(len(self._ring))
        ring = self._ring[(self._newest - ages) % len(self._ring), channel]  # by age, a copy
        if n_ticks > 0:
            ring[:-1] = ring[1:]
        else:
            ring[2:] = ring[1:-1].copy()
            ring[1] = 0
        self._ring[(self._newest - ages) % len(self._ring), channel] = ring

    def resize(self, n_channels: int) -> None:
        """So many channels from now on; new ones were silent."""
        self._ring = resized(self._ring, n_channels, axis=1)

    def forget(self, channel: int) -> None:
        """Silence in place of all that was."""
        self._ring[:, channel] = 0
