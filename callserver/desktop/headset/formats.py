"""Sound as devices have it, and as the wire has it: 16-bit little-endian, 8 kHz, one channel."""

from __future__ import annotations

from array import array
from contextlib import suppress
from dataclasses import dataclass

from callserver.desktop.headset.resampler import Resampler
from callserver.wire.messages import AUDIO_BLOCK_BYTES, AUDIO_BLOCK_S

RATE_HZ = 8000
BLOCK_SAMPLES = round(RATE_HZ * AUDIO_BLOCK_S)
SILENCE = bytes(AUDIO_BLOCK_BYTES)
FULL_SCALE = {"B": 128.0, "h": 32768.0, "i": 2.0**31, "f": 1.0}


@dataclass(frozen=True)
class SoundFormat:
    """
    What a device gives or takes.

    :param kind: of a sample, as in `array`: B unsigned 8 bits, h 16 bits, i 32 bits, f a float up to 1
    """

    rate_hz: int
    channels: int = 1
    kind: str = "h"

    @property
    def frame_bytes(self) -> int:
        """One sample of each channel."""
        return self.channels * array(self.kind).itemsize

    def read(self, data: bytes) -> list[int]:
        """Whole frames as one channel, the mean of all, in whole 16-bit units."""
        if self.kind == "h" and self.channels == 1:
            return array("h", data).tolist()
        samples: array[float] = array(self.kind, data)
        offset, scale = (128 if self.kind == "B" else 0), 32768 / FULL_SCALE[self.kind]
        if self.channels > 1:
            parts = [samples[channel :: self.channels] for channel in range(self.channels)]
            return [round((sum(frame) / self.channels - offset) * scale) for frame in zip(*parts, strict=True)]
        return [round((sample - offset) * scale) for sample in samples]

    def write(self, samples: list[int]) -> bytes:
        """The same on all channels; what is too loud is clipped."""
        one = self._one_channel(samples)
        if self.channels == 1:
            return one.tobytes()
        together: array[float] = array(self.kind, bytes(len(one) * self.frame_bytes))
        for channel in range(self.channels):
            together[channel :: self.channels] = one
        return together.tobytes()

    def _one_channel(self, samples: list[int]) -> array[float]:
        if self.kind == "h":
            with suppress(OverflowError):  # nearly always nothing is too loud
                return array(self.kind, samples)
        full, offset = FULL_SCALE[self.kind], (128 if self.kind == "B" else 0)
        top = full if self.kind == "f" else full - 1
        clipped = (min(max(sample * full / 32768, -full), top) + offset for sample in samples)
        return array(self.kind, clipped if self.kind == "f" else map(round, clipped))


WIRE = SoundFormat(RATE_HZ)


class Inward:
    """From a microphone: bytes in any pieces, blocks of 20 ms out."""

    def __init__(self, device: SoundFormat) -> None:
        self._device = device
        self._resampler = Resampler(device.rate_hz, RATE_HZ)
        self._rest = b""
        self._ready = b""

    def feed(self, data: bytes) -> list[bytes]:
        """All blocks that are whole by now."""
        data = self._rest + data
        n_bytes = len(data) - len(data) % self._device.frame_bytes
        data, self._rest = data[:n_bytes], data[n_bytes:]
        self._ready += WIRE.write(self._resampler.feed(self._device.read(data)))
        n_whole = len(self._ready) // AUDIO_BLOCK_BYTES * AUDIO_BLOCK_BYTES
        whole, self._ready = self._ready[:n_whole], self._ready[n_whole:]
        return [whole[at : at + AUDIO_BLOCK_BYTES] for at in range(0, n_whole, AUDIO_BLOCK_BYTES)]


class Outward:
    """To a loudspeaker."""

    def __init__(self, device: SoundFormat) -> None:
        self._device = device
        self._resampler = Resampler(RATE_HZ, device.rate_hz)

    def feed(self, data: bytes) -> bytes:
        """The wire's sound, any whole samples of it, in the device's format."""
        return self._device.write(self._resampler.feed(WIRE.read(data)))
