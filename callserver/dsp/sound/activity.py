"""What every line sounds like: level, noise, hum, and whether somebody speaks; the end of a message by its silence."""

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.channels import resized
from callserver.dsp.frames import (
    BLOCK_MS,
    BLOCK_SAMPLES,
    FULL_SCALE_SINE_DBM0,
    RATE_HZ,
    FloatArray,
    amplitude,
)


def _power(level_dbm0: float) -> np.float32:
    return np.float32(amplitude(level_dbm0) ** 2 / 2)


def _ratio(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 10))


ABOVE_NOISE = _ratio(6.0)
QUIETEST_VOICE = _power(-55.0)
FIRST_NOISE_DBM0 = -45.0  # taken for the noise at most, until some seconds have been heard
HANG_OVER_TICKS = 12  # 240 ms
NEVER = -HANG_OVER_TICKS
NOISE_TICKS, NOISE_PARTS = 25, 8  # minimum over eight times half a second
NOISE_BIAS = 1.25  # the minimum of noise lies a little below its mean
LEVEL_SECONDS, HUM_SECONDS = 0.5, 0.6
HUM_TICKS = 5  # hum is steady: one tick in five is enough
HUM_HZ = ((50.0, 100.0, 150.0), (60.0, 120.0, 180.0))  # mains and what rectifiers make of it


class ActivityBank:
    """
    Running figures of `n_channels` lines; each an array of shape (n_channels,), valid after every `hear`.

    `level_dbm0`: over half a second, without DC. `noise_dbm0`: the quietest of the last 4 s, 50-Hz hum left out.
    `hum_dbm0`: mains hum of 50 or 60 Hz with its second and third harmonic. `dc`: offset, full scale 1.0.
    `active`: somebody speaks, or did so in the last 240 ms: 6 dB above the noise, which is followed, for a fixed
    threshold is deaf on quiet lines and fooled on noisy ones. `voiced`: in this very tick.
    """

    def __init__(self, n_channels: int) -> None:
        self._n_channels = n_channels
        self.active, self.voiced = np.zeros(n_channels, bool), np.zeros(n_channels, bool)
        self._means = np.zeros((2, n_channels), np.float32)  # over half a second: of the samples, of their squares
        self._newest = np.zeros_like(self._means)
        self._before = np.zeros(n_channels, np.float32)
        self._minima = np.full((NOISE_PARTS, n_channels), _power(FIRST_NOISE_DBM0), np.float32)
        self._least, self._noise = self._minima[0].copy(), self._minima[0].copy()
        self._voiced_at = np.full(n_channels, NEVER)  # tick
        freqs = np.array(HUM_HZ).reshape(-1)
        turns = np.outer(np.arange(BLOCK_SAMPLES), 2 * np.pi * freqs / RATE_HZ)
        phasors = np.stack([np.cos(turns), -np.sin(turns)], axis=2).reshape(BLOCK_SAMPLES, -1)
        self._phasors = (phasors * (np.sqrt(2) / BLOCK_SAMPLES)).astype(np.float32)
        self._hum_turn = np.exp(-2j * np.pi * freqs * HUM_TICKS * BLOCK_SAMPLES / RATE_HZ).astype(np.complex64)
        self._reference = np.ones(len(freqs), np.complex64)  # the phase of each hum frequency at this block's start
        self._hum = np.zeros((n_channels, len(freqs)), np.complex64)
        self._tick = 0

    @property
    def dc(self) -> FloatArray:
        """The offset of the line."""
        means: FloatArray = self._means[0]
        return means

    @property
    def level_dbm0(self) -> FloatArray:
        """How loud the line is."""
        return _decibels(np.maximum(self._means[1] - np.square(self._means[0]), 0))

    @property
    def noise_dbm0(self) -> FloatArray:
        """How loud it is when nobody speaks."""
        return _decibels(self._noise)

    @property
    def hum_dbm0(self) -> FloatArray:
        """Mains hum, of the mains frequency that shows more."""
        power = (np.abs(self._hum) ** 2).reshape(self._n_channels, len(HUM_HZ), -1).sum(axis=2)
        return _decibels(power.max(axis=1))

    def hear(self, frame: FloatArray) -> NDArray[np.bool_]:
        """
        One tick: float32, shape (n_channels, 160); returns `active`.

        :raises ValueError: another shape or type
        """
        if frame.shape != (self._n_channels, BLOCK_SAMPLES) or frame.dtype != np.float32:
            wanted = (self._n_channels, BLOCK_SAMPLES)
            raise ValueError(f"a tick must be float32 of shape {wanted}, not {frame.dtype} of {frame.shape}")
        self._measure_level(frame)
        if self._tick % HUM_TICKS == 0:
            self._measure_hum(frame)
        # Mean of (x[n] - x[n-2])**2 / 2: as loud as x for speech and noise, deaf to DC and mains.
        difference = frame[:, 2:] - frame[:, :-2]
        power = np.vecdot(difference, difference)
        power *= np.float32(0.5 / (BLOCK_SAMPLES - 2))
        self._follow_noise((power + self._before) / 2)
        self.voiced = power > np.maximum(self._noise * ABOVE_NOISE, QUIETEST_VOICE)
        np.copyto(self._voiced_at, self._tick, where=self.voiced)
        self._before = power
        self.active = self._voiced_at > self._tick - HANG_OVER_TICKS
        return self.active

    def resize(self, n_channels: int) -> None:
        """So many lines from now on."""
        was, self._n_channels = self._n_channels, n_channels
        self.active, self.voiced = resized(self.active, n_channels), resized(self.voiced, n_channels)
        self._means, self._newest = resized(self._means, n_channels, 1), resized(self._newest, n_channels, 1)
        self._hum, self._before = resized(self._hum, n_channels), resized(self._before, n_channels)
        self._minima, self._least = resized(self._minima, n_channels, 1), resized(self._least, n_channels)
        self._noise, self._voiced_at = resized(self._noise, n_channels), resized(self._voiced_at, n_channels)
        for channel in range(was, n_channels):
            self.reset(channel)

    def reset(self, channel: int) -> None:
        """Another call begins on this channel, perhaps on another line."""
        self._means[:, channel] = self._hum[channel] = self._before[channel] = 0
        self.active[channel] = self.voiced[channel] = False
        self._minima[:, channel] = self._least[channel] = self._noise[channel] = _power(FIRST_NOISE_DBM0)
        self._voiced_at[channel] = NEVER

    def _measure_level(self, frame: FloatArray) -> None:
        share = BLOCK_MS / 1000 / LEVEL_SECONDS
        np.add.reduce(frame, axis=1, out=self._newest[0])
        np.vecdot(frame, frame, out=self._newest[1])
        self._newest *= np.float32(share / BLOCK_SAMPLES)
        self._means *= np.float32(1 - share)
        self._means += self._newest

    def _measure_hum(self, frame: FloatArray) -> None:
        share = np.float32(HUM_TICKS * BLOCK_MS / 1000 / HUM_SECONDS)
        values = ((frame - self.dc[:, None]) @ self._phasors).view(np.complex64) * self._reference
        self._hum += share * (values - self._hum)
        self._reference *= self._hum_turn
        self._reference /= np.abs(self._reference)

    def _follow_noise(self, power: FloatArray) -> None:
        self._tick += 1
        newest: FloatArray = self._minima[self._tick // NOISE_TICKS % NOISE_PARTS]
        if self._tick % NOISE_TICKS == 0:
            newest[:] = np.inf
            self._least = self._minima.min(axis=0)  # of the other parts
        np.minimum(newest, power, out=newest)
        np.minimum(newest, self._least, out=self._noise)
        self._noise *= np.float32(NOISE_BIAS)


class EndOfMessage:
    """
    When a caller has finished his message.

    :param silence_s: so long nobody speaks; 3 to 5 s are usual
    :param longest_s: the message is cut off then
    """

    def __init__(self, silence_s: float = 4.0, longest_s: float = 180.0) -> None:
        self._silence_ticks, self._longest_ticks = (round(s * 1000 / BLOCK_MS) for s in (silence_s, longest_s))
        self._ticks = self._voice_ticks = 0

    @property
    def voice_until_s(self) -> float:
        """Where the message ended; what lies behind may be cut off."""
        return self._voice_ticks * BLOCK_MS / 1000

    def hear(self, active: bool) -> bool:
        """One tick of 20 ms: whether the message is over."""
        self._ticks += 1
        if active:
            self._voice_ticks = self._ticks
        return self._ticks - self._voice_ticks >= self._silence_ticks or self._ticks >= self._longest_ticks

    def tone(self, lasting_s: float) -> None:
        """Busy, congestion or dial tone has sounded for so long: the caller has hung up, the tone is no message."""
        began = max(self._ticks - round(lasting_s * 1000 / BLOCK_MS), 0)
        self._voice_ticks = min(self._voice_ticks, began)


def _decibels(power: FloatArray) -> FloatArray:
    levels: FloatArray = 10 * np.log10(2 * power + np.float32(1e-12)) + np.float32(FULL_SCALE_SINE_DBM0)
    return levels
