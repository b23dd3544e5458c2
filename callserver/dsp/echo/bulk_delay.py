"""How long our own sound takes to come back: elastic buffers, the modem's buffer, the line."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from callserver.dsp.channels import resized
from callserver.dsp.frames import RATE_HZ, FloatArray

LONGEST_DELAY_SAMPLES = 320 * 8
HEARD_SAMPLES = 256 * 8
PLAYED_SAMPLES = HEARD_SAMPLES + LONGEST_DELAY_SAMPLES
BAND_HZ = (250, 3400)  # no hum, no slope of the codec's filters
WHITENING = 0.7  # 0: plain correlation, 1: phase alone; between them echoes 20 dB down are found under keys
MEMORY = 0.6  # of each earlier look
TINY = np.float32(1e-9)
CLEAR_PEAK = 8.5  # times the correlation's RMS; chance reached 8.3 in a thousand looks at speech


class DelayFinder:
    """
    Delay of the echo per channel, from the correlation of what was played with what is heard.

    Generalised cross-correlation (Knapp and Carter, IEEE Trans. ASSP-24, 1976), summed over looks. One look takes
    some 0.15 ms a channel: take it where it is needed, and seldom.
    """

    def __init__(self, n_channels: int) -> None:
        freqs_hz = fft.rfftfreq(PLAYED_SAMPLES, 1 / RATE_HZ)
        self._band = ((freqs_hz > BAND_HZ[0]) & (freqs_hz < BAND_HZ[1])).astype(np.float32)
        self._cross = np.zeros((n_channels, len(freqs_hz)), np.complex64)

    def look(self, channels: NDArray[np.intp], played: FloatArray, heard: FloatArray) -> NDArray[np.intp]:
        """
        The delays in samples, shape (k,); -1 where this look did not make it clear.

        :param played: shape (k, PLAYED_SAMPLES), the newest; `heard`: shape (k, HEARD_SAMPLES), the newest
        """
        cross = fft.rfft(heard, PLAYED_SAMPLES) * fft.rfft(played).conj() * self._band
        total = MEMORY * self._cross[channels] + cross / (np.abs(cross).mean(axis=1, keepdims=True) + TINY)
        self._cross[channels] = total
        correlation = np.abs(fft.irfft(total / (np.abs(total) + TINY) ** WHITENING, PLAYED_SAMPLES))
        # `heard` stands at the beginning of its transform, LONGEST_DELAY_SAMPLES early.
        delays = np.roll(correlation, LONGEST_DELAY_SAMPLES, axis=1)[:, :LONGEST_DELAY_SAMPLES]
        clear = delays.max(axis=1) > CLEAR_PEAK * np.sqrt(np.mean(delays**2, axis=1))
        return np.where(clear, delays.argmax(axis=1), -1)

    def resize(self, n_channels: int) -> None:
        """So many channels from now on."""
        self._cross = resized(self._cross, n_channels)

    def forget(self, channels: int | NDArray[np.intp]) -> None:
        """Look anew: another call, or what was left has changed."""
        self._cross[channels] = 0
