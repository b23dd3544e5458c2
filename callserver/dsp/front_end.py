"""What all detectors share: the sound of all channels, filtered once, measured at all their tones by one product."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.channels import resized
from callserver.dsp.framer import Framer
from callserver.dsp.frames import BLOCK_SAMPLES, FULL_SCALE_SINE_DBM0, RATE_HZ, FloatArray
from callserver.dsp.recent import Recent

PIECE_SAMPLES = 80  # 10 ms: wide enough in frequency for a tone 1.8 % off, and two make a tick
PIECES = BLOCK_SAMPLES // PIECE_SAMPLES
HISTORY_TICKS = 8
NO_SHIFTS: Mapping[int, int] = MappingProxyType({})
LANES = 32  # BLAS treats all columns of full groups of 32 alike: no channel feels its neighbours, to the last bit


def pre_filter_gain(freq_hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Amplitude gain of the pre-filter x[n] - x[n-2]: nothing at 0 and 4000 Hz, 1.04 at 697 Hz, 2 at 2000 Hz."""
    return 2 * np.abs(np.sin(2 * np.pi * np.asarray(freq_hz) / RATE_HZ))


class Spectrum:
    """
    One 20-ms frame of all channels, as two pieces of 10 ms; valid until the next one is taken, the arrays are reused.

    `start_sample`: where the frame begins in the stream, counted from the first sample ever fed.
    `powers`: shape (2 pieces, n_tones, n_channels), mean square of each tone in the pre-filtered sound.
    `energy`: shape (2 pieces, n_channels), mean square of the whole pre-filtered sound.
    `sum_of_powers`, `sum_of_energy`: shape (n_tones, n_channels) and (n_channels,), those of both pieces together.
    `powers / energy` is therefore the share a tone has of the sound: 1 for a pure tone on its nominal frequency.
    """

    def __init__(self, n_channels: int, n_tones: int) -> None:
        self.start_sample = -BLOCK_SAMPLES
        self._n_tones = n_tones
        self.resize(n_channels)

    def resize(self, n_channels: int) -> None:
        """So many channels from now on; what was measured is gone."""
        padded, n_tones = -(-n_channels // LANES) * LANES, self._n_tones
        self._product = np.zeros((PIECES, 2 * n_tones, padded), np.float32)
        self._squares = np.zeros_like(self._product)
        self._powers = np.zeros((PIECES, n_tones, padded), np.float32)
        self._n_channels = n_channels
        self._energy = np.zeros((PIECES, padded), np.float32)
        self._sum_of_powers, self._sum_of_energy = np.zeros((n_tones, padded), np.float32), np.zeros(padded, np.float32)
        self.powers, self.energy = self._powers[:, :, :n_channels], self._energy[:, :n_channels]
        self.sum_of_powers, self.sum_of_energy = self._sum_of_powers[:, :n_channels], self._sum_of_energy[:n_channels]

    def values(self, tones: slice) -> NDArray[np.complex64]:
        """
        Complex tone values, shape (2, n, n_channels), with |value|**2 = power.

        The phase is that at the first sample of each piece: a steady tone advances by `FrontEnd.piece_turn` a piece.
        """
        cosines, sines = self._product[:, : self._n_tones], self._product[:, self._n_tones :]
        return (cosines[:, tones] - 1j * sines[:, tones])[:, :, : self._n_channels]

    def measure(self, sound: FloatArray, phasors: FloatArray) -> None:
        """Fill in from pre-filtered sound, shape (padded channels, 160) and phasors, shape (2 * n_tones, 80)."""
        self.start_sample += BLOCK_SAMPLES
        pieces = sound.reshape(-1, PIECES, PIECE_SAMPLES)
        np.matmul(phasors, pieces.transpose(1, 2, 0), out=self._product)
        np.square(self._product, out=self._squares)
        np.add(self._squares[:, : self._n_tones], self._squares[:, self._n_tones :], out=self._powers)
        np.vecdot(pieces, pieces, out=self._energy.T)
        self._energy *= np.float32(1 / PIECE_SAMPLES)
        np.add(self._powers[0], self._powers[1], out=self._sum_of_powers)
        np.add(self._energy[0], self._energy[1], out=self._sum_of_energy)


class FrontEnd:
    """
    Sound of `n_channels` in, any number of samples at a time; one `Spectrum` out for every full 20 ms.

    :param freqs_hz: the tones all detectors together ask for, those of one detector side by side
    :raises ValueError: for no channels or a frequency outside 0 .. 4000 Hz

    Pre-filter x[n] - x[n-2]: takes DC out and 21 dB of 60 Hz mains hum against 697 Hz. Then, per piece of 10 ms,
    one product of all tones' cosines and sines with all channels: Goertzel's value (Amer. Math. Monthly 65, 1958).
    """

    def __init__(self, n_channels: int, freqs_hz: Sequence[float]) -> None:
        self.n_channels, self.freqs_hz = n_channels, tuple(freqs_hz)
        freqs = np.array(self.freqs_hz)
        if n_channels < 1 or not np.all((freqs > 0) & (freqs < RATE_HZ / 2)):
            raise ValueError(f"no front end for {n_channels} channels and tones {freqs_hz}")
        turns = np.outer(freqs, np.arange(PIECE_SAMPLES)) * (2 * np.pi / RATE_HZ)
        self._phasors = (np.vstack([np.cos(turns), np.sin(turns)]) * (np.sqrt(2) / PIECE_SAMPLES)).astype(np.float32)
        self.piece_turn = np.exp(2j * np.pi * freqs * PIECE_SAMPLES / RATE_HZ).astype(np.complex64)
        self._gains = pre_filter_gain(freqs) ** 2
        self.spectrum = Spectrum(n_channels, len(freqs))
        self._framer = Framer(n_channels)
        self._recent = Recent(-(-n_channels // LANES) * LANES, HISTORY_TICKS)
        self._last_two = np.zeros((n_channels, 2), np.float32)

    def rows(self, freqs_hz: Sequence[float]) -> slice:
        """
        Where the tones of one detector stand in a spectrum.

        :raises ValueError: unless they were given at construction, in this order and one after the other
        """
        wanted = tuple(freqs_hz)
        for first in range(len(self.freqs_hz) - len(wanted) + 1):
            if self.freqs_hz[first : first + len(wanted)] == wanted:
                return slice(first, first + len(wanted))
        raise ValueError(f"{wanted} do not stand together in {self.freqs_hz}")

    def level_dbm0(self, power: float, freq_hz: float) -> float:
        """Level on the line of a tone of this `power` in a spectrum (the pre-filter's gain taken out)."""
        in_front = power / self._gains[self.freqs_hz.index(freq_hz)]
        return 10 * float(np.log10(2 * in_front + 1e-20)) + FULL_SCALE_SINE_DBM0

    def power(self, level_dbm0: float, freq_hz: float) -> float:
        """The `power` in a spectrum of a tone of this level on the line."""
        power = 10 ** ((level_dbm0 - FULL_SCALE_SINE_DBM0) / 10) / 2
        return float(power * self._gains[self.freqs_hz.index(freq_hz)])

    def feed(self, block: FloatArray) -> Iterator[Spectrum]:
        """
        The frames this block completes, oldest first; take them all, each before the next.

        :param block: float32, shape (n_channels, n), any n
        :raises ValueError: naming the shape or type, when it is another
        """
        return (self.measure(frame) for frame in self._framer.feed(block))

    def measure(self, frame: FloatArray, shifts: Mapping[int, int] = NO_SHIFTS) -> Spectrum:
        """
        One tick already cut: shape (n_channels, 160).

        :param shifts: by channel, 1: the frame stands for sound that is late, and is passed over: what was heard last
            is taken again, and what comes next continues it; -1: sound is missing before it, and is taken for silence
        """
        padded = self._recent.turn()
        filtered, in_a_row = padded[: self.n_channels], np.ascontiguousarray(frame).reshape(-1)
        # Channel after channel as one long row: one long subtraction costs half of many short ones.
        np.subtract(in_a_row[2:], in_a_row[:-2], out=filtered.reshape(-1)[2:])
        np.subtract(frame[:, :2], self._last_two, out=filtered[:, :2])
        before = self._last_two.copy() if shifts else self._last_two
        self._last_two[:] = frame[:, -2:]
        for channel, n_ticks in shifts.items():
            self._recent.shift(channel, n_ticks)
            if n_ticks > 0:
                self._last_two[channel] = before[channel]
        self.spectrum.measure(padded, self._phasors)
        return self.spectrum

    def recent(self, channels: NDArray[np.intp], n_samples: int) -> FloatArray:
        """The newest pre-filtered samples of k channels, up to the last spectrum's end: shape (k, n_samples)."""
        return self._recent.newest(channels, n_samples)

    def resize(self, n_channels: int) -> None:
        """
        So many channels from now on; new ones were silent.

        :raises ValueError: for no channels
        """
        if n_channels < 1:
            raise ValueError(f"no front end for {n_channels} channels")
        self.n_channels = n_channels
        self.spectrum.resize(n_channels)
        self._framer.resize(n_channels)
        self._recent.resize(-(-n_channels // LANES) * LANES)
        self._last_two = resized(self._last_two, n_channels)

    def reset(self, channel: int) -> None:
        """Forget a channel's past: another call begins on it."""
        self._framer.forget(channel)
        self._recent.forget(channel)
        self._last_two[channel] = 0
