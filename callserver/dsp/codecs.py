"""From the bytes of a line to samples and back, for one line or a whole bank at once."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import FloatArray

ByteArray = NDArray[np.uint8]
Int16Array = NDArray[np.int16]
IntArray = NDArray[np.int64]

FULL_SCALE = 32768.0  # a 16-bit sample of -32768 is -1.0


@dataclass(frozen=True)
class Codec:
    """
    One way to write 8-kHz sound as bytes; the module has an instance for each: UNSIGNED_8, MU_LAW, A_LAW, LINEAR_16.

    `silence` is one sample of silence. Sound beyond full scale is clipped.
    """

    name: str
    bytes_per_sample: int
    silence: bytes
    _decode: Callable[[ByteArray], FloatArray] = field(repr=False, compare=False)
    _encode: Callable[[Int16Array], ByteArray] = field(repr=False, compare=False)

    def decode(self, raw: ByteArray) -> FloatArray:
        """
        Bytes, shape (..., n * bytes_per_sample), as samples, shape (..., n).

        :raises ValueError: not an array of uint8, or half a sample at the end
        """
        if raw.dtype != np.uint8 or raw.ndim == 0 or raw.shape[-1] % self.bytes_per_sample:
            raise ValueError(f"{self.name} cannot be read from {raw.dtype} of shape {raw.shape}")
        return self._decode(raw)

    def encode(self, samples: FloatArray) -> ByteArray:
        """
        Samples, float32, shape (..., n), as bytes, shape (..., n * bytes_per_sample).

        :raises ValueError: not an array of float32
        """
        if samples.dtype != np.float32 or samples.ndim == 0:
            raise ValueError(f"{self.name} cannot be made of {samples.dtype} of shape {samples.shape}")
        scaled = np.rint(samples * np.float32(FULL_SCALE))
        return self._encode(np.clip(scaled, -32768, 32767, out=scaled).astype(np.int16))


def _by_table(name: str, sample_of_code: IntArray, code_of_sample: IntArray) -> Codec:
    """
    A codec of one byte a sample.

    :param sample_of_code: shape (256,), 16-bit samples
    :param code_of_sample: shape (65536,), in the order of the samples' 16 bits read as an unsigned number
    """
    levels = (sample_of_code / FULL_SCALE).astype(np.float32)
    codes = code_of_sample.astype(np.uint8)
    silence = codes[:1].tobytes()
    return Codec(name, 1, silence, lambda raw: levels[raw], lambda samples: codes[samples.view(np.uint16)])


def _linear_decode(raw: ByteArray) -> FloatArray:
    samples = np.ascontiguousarray(raw).view("<i2").astype(np.float32)
    return np.divide(samples, np.float32(FULL_SCALE), out=samples)


def _linear_encode(samples: Int16Array) -> ByteArray:
    return samples.astype("<i2").view(np.uint8)


def _mu_law_tables() -> tuple[IntArray, IntArray]:
    """ITU-T G.711 tables 2a and 2b: 14-bit magnitudes with a bias of 33, all bits inverted."""
    inverted = ~np.arange(256) & 0xFF
    segment, step = inverted >> 4 & 7, inverted & 15
    magnitude = ((2 * step + 33 << segment) - 33) * 4
    sample_of_code = np.where(inverted & 0x80, -magnitude, magnitude)

    linear = _ALL_SAMPLES >> 2
    biased = np.minimum(np.abs(linear), 8159) + 33
    segment = np.searchsorted(64 << np.arange(7), biased, side="right")
    code = np.where(biased < 8192, segment << 4 | biased >> segment + 1 & 15, 0x7F)
    return sample_of_code, np.where(linear < 0, code ^ 0x7F, code ^ 0xFF)


def _a_law_tables() -> tuple[IntArray, IntArray]:
    """ITU-T G.711 tables 1a and 1b: 13-bit magnitudes, the even bits inverted."""
    flipped = np.arange(256) ^ 0x55
    segment, step = flipped >> 4 & 7, flipped & 15
    magnitude = np.where(segment, 2 * step + 33 << np.maximum(segment - 1, 0), 2 * step + 1) * 8
    sample_of_code = np.where(flipped & 0x80, magnitude, -magnitude)

    linear = _ALL_SAMPLES >> 3
    size = np.where(linear < 0, ~linear, linear)
    segment = np.searchsorted(32 << np.arange(7), size, side="right")
    code = segment << 4 | size >> np.maximum(segment, 1) & 15
    return sample_of_code, np.where(linear < 0, code ^ 0x55, code ^ 0xD5)


def _unsigned_8_tables() -> tuple[IntArray, IntArray]:
    return np.arange(-128, 128) << 8, np.minimum(_ALL_SAMPLES + 128 >> 8, 127) + 128


_ALL_SAMPLES: IntArray = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int64)

UNSIGNED_8 = _by_table("8-bit unsigned", *_unsigned_8_tables())
MU_LAW = _by_table("mu-law", *_mu_law_tables())
A_LAW = _by_table("A-law", *_a_law_tables())
LINEAR_16 = Codec("16-bit linear", 2, b"\0\0", _linear_decode, _linear_encode)
