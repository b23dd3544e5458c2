"""Keys as people press them, and lines as they are: what the detectors are tried on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from callserver.dsp.codecs import A_LAW, UNSIGNED_8
from callserver.dsp.frames import RATE_HZ, FloatArray, amplitude
from callserver.dsp.keys.bank import DtmfBank, KeyDown, KeyEvent
from callserver.dsp.tones import KEY_TONES_HZ

FULL_SCALE = 32767
LEAD_SAMPLES = 1600
IMA_STEPS = np.fromstring(  # IMA Digital Audio Focus and Technical Working Group, 1992
    """
    7 8 9 10 11 12 13 14 16 17 19 21 23 25 28 31 34 37 41 45 50 55 60 66 73 80 88 97 107 118 130 143 157 173
    190 209 230 253 279 307 337 371 408 449 494 544 598 658 724 796 876 963 1060 1166 1282 1411 1552 1707 1878
    2066 2272 2499 2749 3024 3327 3660 4026 4428 4871 5358 5894 6484 7132 7845 8630 9493 10442 11487 12635
    13899 15289 16818 18500 20350 22385 24623 27086 29794 32767
    """,
    int,
    sep=" ",
)
INDEX_CHANGE = np.array([-1, -1, -1, -1, 2, 4, 6, 8])

Line = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Press:
    """A key as it was sent; times in samples."""

    channel: int
    key: str
    start: float
    end: float


@dataclass(frozen=True)
class Sender:
    """
    How keys are sent: each figure is drawn anew for each key between its two limits.

    The default is ITU-T Q.24's AT&T column at its hardest timing: 40 ms on, 93 ms a key.
    """

    on_ms: tuple[float, float] = (40, 40)
    off_ms: tuple[float, float] = (53, 60)
    offset: float | tuple[float, float] = 0.015  # of each tone, either way; or that of the low and of the high tone
    low_dbm0: tuple[float, float] = (-25, 0)
    twist_db: tuple[float, float] = (-4, 8)  # low against high
    weakest_dbm0: float = -25
    keys: str = "1234567890*#ABCD"

    def send(self, rng: np.random.Generator, n_channels: int, n_keys: int) -> tuple[FloatArray, list[Press]]:
        """Keys on all channels, shape (n_channels, n), clipped like 16-bit samples, phases and places by chance."""
        longest = (self.on_ms[1] + self.off_ms[1]) * RATE_HZ / 1000 + 1
        sound = np.zeros((n_channels, LEAD_SAMPLES + int(n_keys * longest) + 1600))
        pressed = []
        for channel in range(n_channels):
            start = LEAD_SAMPLES + rng.uniform(0, 160)
            for _ in range(n_keys):
                press = Press(channel, rng.choice(list(self.keys)), start, start + rng.uniform(*self.on_ms) * 8)
                self._sound(rng, press, sound[channel])
                pressed.append(press)
                start = press.end + rng.uniform(*self.off_ms) * 8
        return np.clip(sound, -1, FULL_SCALE / 32768).astype(np.float32), pressed

    def _sound(self, rng: np.random.Generator, press: Press, sound: np.ndarray) -> None:
        samples = np.arange(int(np.ceil(press.start)), int(np.ceil(press.end)))
        for freq_hz, level, offset in zip(KEY_TONES_HZ[press.key], self._levels(rng), self._offsets(rng), strict=True):
            turn = 2 * np.pi * freq_hz * (1 + offset) / RATE_HZ
            sound[samples] += amplitude(level) * np.sin(turn * samples + rng.uniform(0, 2 * np.pi))

    def _levels(self, rng: np.random.Generator) -> tuple[float, float]:
        while True:
            low = rng.uniform(*self.low_dbm0)
            high = low - rng.uniform(*self.twist_db)
            if self.weakest_dbm0 <= high <= max(0, self.low_dbm0[1]) or self.low_dbm0[0] == self.low_dbm0[1]:
                return low, high

    def _offsets(self, rng: np.random.Generator) -> Sequence[float]:
        if isinstance(self.offset, tuple):
            return self.offset
        return rng.uniform(-self.offset, self.offset, 2).tolist()


def listen(sound: FloatArray, rng: np.random.Generator | None = None, bank: DtmfBank | None = None) -> list[KeyEvent]:
    """All events of a bank, fed in pieces of random length, or in ticks."""
    bank, events, taken = bank or DtmfBank(len(sound)), [], 0
    while taken < sound.shape[1]:
        n_samples = int(rng.integers(0, 500)) if rng else 160
        events += bank.feed(sound[:, taken : taken + n_samples])
        taken += n_samples
    return events


def compare(
    pressed: Iterable[Press], events: Iterable[KeyEvent], tolerance_samples: int = 40
) -> tuple[list[Press], list[KeyDown]]:
    """
    The presses that were not heard, and the keys that were not pressed (or were heard twice).

    :param tolerance_samples: of the beginning
    """
    heard: dict[tuple[int, str], list[KeyDown]] = {}
    for event in events:
        if isinstance(event, KeyDown):
            heard.setdefault((event.channel, event.key), []).append(event)
    missed = []
    for press in pressed:
        downs = heard.get((press.channel, press.key), [])
        matches = [down for down in downs if abs(down.onset_sample - press.start) <= tolerance_samples]
        if matches:
            downs.remove(matches[0])
        else:
            missed.append(press)
    return missed, [down for downs in heard.values() for down in downs]


def tilted(sound: FloatArray) -> FloatArray:
    """A line that takes 3 dB more from 1633 Hz than from 697 Hz."""
    pole = 0.26
    return lfilter([1 - pole], [1, -pole], sound, axis=1).astype(np.float32)


def offset_by_dc(sound: FloatArray) -> FloatArray:
    """A modem whose silence is 2,000 of 32,767."""
    return np.clip(sound + np.float32(2000 / FULL_SCALE), -1, 1).astype(np.float32)


def through_8_bits(sound: FloatArray) -> FloatArray:
    """An 8-bit unsigned modem."""
    return UNSIGNED_8.decode(UNSIGNED_8.encode(sound))


def through_a_law(sound: FloatArray) -> FloatArray:
    """A digital trunk."""
    return A_LAW.decode(A_LAW.encode(sound))


def through_ima_adpcm(sound: FloatArray) -> FloatArray:
    """A modem's 4-bit compression, all channels side by side: each code moves prediction and step as IMA says."""
    samples = np.rint(sound * FULL_SCALE).astype(int)
    decoded = np.empty_like(samples)
    predicted, index = np.zeros(len(sound), int), np.zeros(len(sound), int)
    for place, wanted in enumerate(samples.T):
        step, difference = IMA_STEPS[index], wanted - predicted
        code = np.minimum(np.abs(difference) * 4 // step, 7)
        change = (step >> 3) + (code & 1) * (step >> 2) + (code >> 1 & 1) * (step >> 1) + (code >> 2) * step
        predicted = np.clip(predicted + np.sign(difference) * change, -32768, 32767)
        index = np.clip(index + INDEX_CHANGE[code], 0, 88)
        decoded[:, place] = predicted
    return (decoded / 32768).astype(np.float32)


def with_hum(freq_hz: float, level_dbm0: float) -> Line:
    """Mains hum, at another phase on each channel."""

    def hum(sound: FloatArray) -> FloatArray:
        phases = 2 * np.pi * (freq_hz * np.arange(sound.shape[1]) / RATE_HZ + np.arange(len(sound))[:, None] / 7)
        return np.clip(sound + amplitude(level_dbm0) * np.sin(phases), -1, 1).astype(np.float32)

    return hum


def with_noise(level_dbm0: float, seed: int = 1) -> Line:
    """White noise from 0 to 4 kHz."""

    def noise(sound: FloatArray) -> FloatArray:
        hiss = np.random.default_rng(seed).standard_normal(sound.shape) * amplitude(level_dbm0) / np.sqrt(2)
        return (sound + hiss).astype(np.float32)

    return noise


def with_echo(loss_db: float, longest_ms: float) -> Line:
    """Each channel's own sound once more, after another delay each, upright or upside down."""

    def echo(sound: FloatArray) -> FloatArray:
        heard = sound.copy()
        for channel, delay in enumerate(np.linspace(8, longest_ms * 8, len(sound)).astype(int)):
            heard[channel, delay:] += (-1) ** channel * 10 ** (-loss_db / 20) * sound[channel, :-delay]
        return heard

    return echo
