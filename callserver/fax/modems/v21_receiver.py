"""ITU-T V.21, channel 2: the receiver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.fax.modems.scramblers import Bits
from callserver.fax.modems.v21 import BAUD, ONE_HZ, ZERO_HZ

BIT_SAMPLES = RATE_HZ / BAUD
WINDOW = round(BIT_SAMPLES)
FLOOR_DBM0 = -46.0
BEGIN_SHARE, END_SHARE = 0.6, 0.42  # of the energy, in the better tone of each bit; noise has 0.2
SHARE_GAIN = 0.15  # a bit: about seven count
RIDE_BITS = 15  # 50 ms without the tones: the burst is over
CLOCK_GAIN = 0.25
_PRE_GAIN = 2 * np.sin(2 * np.pi * 1750 / RATE_HZ)  # of x[n] - x[n-2], which takes hum and direct current away


@dataclass(frozen=True)
class V21Heard:
    """What 20 ms brought: bits while there is a carrier, and whether it ended after them."""

    bits: Bits
    ended: bool


class V21Receiver:
    """
    Two tones without phase: the energies of each over one bit, compared at the bit's middle.

    The carrier is there when the tones hold their share of all energy: so no noise, loud or not, keeps it up, and no
    level has to be known. The clock follows the mean of all changes in 20 ms: a frame has one in six bits at the least.
    """

    def __init__(self) -> None:
        times = np.arange(WINDOW) / RATE_HZ
        tones = [np.exp(-2j * np.pi * freq_hz * times) for freq_hz in (ONE_HZ, ZERO_HZ)]
        self._tones = np.array([part for tone in tones for part in (tone.real, tone.imag)], np.float32).T
        self._raw = np.zeros(2, np.float32)
        self._sound = np.zeros(WINDOW - 1, np.float32)
        self._floor = (amplitude(FLOOR_DBM0) * _PRE_GAIN) ** 2 / 2 * WINDOW
        self._next = 0.0  # the middle of the next bit, in samples of this block
        self._last = np.float32(0)
        self._share, self._n_without = 0.0, 0
        self.carrier = False

    def feed(self, block: FloatArray) -> V21Heard:
        """20 ms, shape (160,)."""
        raw = np.concatenate([self._raw, block])
        self._raw = raw[-2:]
        sound = np.concatenate([self._sound, raw[2:] - raw[:-2]])
        self._sound = sound[-(WINDOW - 1) :]
        windows = sliding_window_view(sound, WINDOW)
        parts = windows @ self._tones
        one, zero = (parts[:, :2] ** 2).sum(axis=1), (parts[:, 2:] ** 2).sum(axis=1)
        self._follow_clock(one - zero)
        middles = np.arange(self._next, BLOCK_SAMPLES - 0.5, BIT_SAMPLES)
        self._next = middles[-1] + BIT_SAMPLES - BLOCK_SAMPLES
        at = np.maximum(np.rint(middles).astype(np.intp), 0)
        energies = np.einsum("ij,ij->i", windows[at], windows[at])
        shares = np.maximum(one[at], zero[at]) / np.maximum(energies, self._floor) * (2 / WINDOW)
        return self._gated((one[at] > zero[at]).astype(np.uint8), shares)

    def _follow_clock(self, soft: NDArray[np.float32]) -> None:
        line = np.concatenate([[self._last], soft])
        self._last = line[-1]
        changes = np.flatnonzero((line[1:] > 0) != (line[:-1] > 0))
        if not len(changes):
            return
        places = changes - 1 + line[changes] / (line[changes] - line[changes + 1])
        off = np.exp(2j * np.pi * (places - self._next - BIT_SAMPLES / 2) / BIT_SAMPLES).sum()
        self._next += CLOCK_GAIN * float(np.angle(off)) / (2 * np.pi) * BIT_SAMPLES

    def _gated(self, bits: Bits, shares: NDArray[np.float32]) -> V21Heard:
        keep, ended = [], False
        for bit, share in zip(bits.tolist(), shares.tolist(), strict=True):
            self._share += SHARE_GAIN * (share - self._share)
            self._n_without = self._n_without + 1 if self._share < END_SHARE else 0
            if self.carrier and self._n_without >= RIDE_BITS:
                self.carrier, ended = False, True
            elif self._share > BEGIN_SHARE:
                self.carrier = True
            if self.carrier and not ended:
                keep.append(bit)
        return V21Heard(np.array(keep, np.uint8), ended)
