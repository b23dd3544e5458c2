"""Sound files: any PCM WAV in, telephone WAV out."""

import math
import wave
from pathlib import Path

import numpy as np

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.wire.catalogue import Complaint

WIDTHS = (1, 2, 3)  # bytes a sample


class SoundFileError(Complaint):
    """A sound file cannot be used; the text names the file and what is wrong with it."""


def read_wav(path: Path | str) -> FloatArray:
    """
    The sound of a PCM WAV file of 8, 16 or 24 bits, any rate, any number of channels (mixed to one).

    :return: shape (n,), 8 kHz
    :raises SoundFileError: unreadable, not such a file, or empty
    """
    tracks = read_tracks(path)
    mixed: FloatArray = tracks.mean(axis=0)
    return mixed


def read_tracks(path: Path | str) -> FloatArray:
    """
    The same, with the channels apart: shape (n_tracks, n).

    :raises SoundFileError: as `read_wav`
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate_hz = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise SoundFileError(
            "{file}: {problem}", file=str(path), problem=str(error) or Complaint("cut off in its header")
        ) from error
    if width not in WIDTHS:
        raise SoundFileError("{file}: {bits} bits a sample; 8, 16 or 24 can be read", file=str(path), bits=8 * width)
    if not rate_hz:
        raise SoundFileError("{file}: a rate of 0 Hz", file=str(path))
    whole = raw[: len(raw) // (width * channels) * width * channels]
    if not whole:
        raise SoundFileError("{file}: no sound in it", file=str(path))
    return _at_8_khz(np.ascontiguousarray(_samples(whole, width).reshape(-1, channels).T), rate_hz)


def write_wav(path: Path | str, samples: FloatArray) -> None:
    """
    Write 16-bit PCM at 8 kHz.

    :param samples: shape (n,), or (n, 2) for stereo
    :raises ValueError: another shape or not float32
    """
    if samples.ndim != 1 and samples.shape[1:] != (2,):
        raise ValueError(f"a WAV file has one or two tracks, not shape {samples.shape}")
    data = LINEAR_16.encode(samples).tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.ndim)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(data)


def _samples(raw: bytes, width: int) -> FloatArray:
    if width == 1:
        return ((np.frombuffer(raw, np.uint8).astype(np.float32)) - 128) / np.float32(128)
    if width == 2:
        return LINEAR_16.decode(np.frombuffer(raw, np.uint8))
    wide = np.zeros((len(raw) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
    return wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)


def _at_8_khz(samples: FloatArray, rate_hz: int) -> FloatArray:
    if rate_hz == RATE_HZ:
        return samples
    from scipy.signal import resample_poly  # takes 2 s to import, and most files are at 8 kHz

    common = math.gcd(RATE_HZ, rate_hz)
    resampled: FloatArray = resample_poly(samples, RATE_HZ // common, rate_hz // common, axis=-1).astype(np.float32)
    return resampled
