"""Sound files: any uncompressed WAV in, telephone WAV out."""

import math
import wave
from pathlib import Path

import numpy as np

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.riff import RiffError, read_riff
from callserver.wire.catalogue import Complaint


class SoundFileError(Complaint):
    """A sound file cannot be used; the text names the file and what is wrong with it."""


def read_wav(path: Path | str) -> FloatArray:
    """
    The sound of a WAV file (PCM, float, G.711), any rate, any number of channels (mixed to one).

    :return: shape (n,), 8 kHz
    :raises SoundFileError: unreadable, not such a file, or empty
    """
    mixed: FloatArray = read_tracks(path).mean(axis=0)
    return mixed


def wav_sound(octets: bytes, file: str) -> FloatArray:
    """
    The same of a WAV file that was read already.

    :param file: its name, for complaints
    """
    mixed: FloatArray = _tracks(octets, file).mean(axis=0)
    return mixed


def read_tracks(path: Path | str) -> FloatArray:
    """
    The same, with the channels apart: shape (n_tracks, n).

    :raises SoundFileError: as `read_wav`
    """
    try:
        if not Path(path).is_file() and Path(path).exists():
            pipe = RiffError("is no file")  # would be waited for without end
            raise SoundFileError("{file}: {problem}", file=str(path), problem=pipe)
        octets = Path(path).read_bytes()
    except OSError as error:
        raise SoundFileError("{file}: {problem}", file=str(path), problem=error.strerror or str(error)) from error
    return _tracks(octets, str(path))


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


def _tracks(octets: bytes, file: str) -> FloatArray:
    try:
        sound, rate_hz = read_riff(octets)
    except RiffError as error:
        raise SoundFileError("{file}: {problem}", file=file, problem=error) from error
    return _at_8_khz(sound, rate_hz)


def _at_8_khz(samples: FloatArray, rate_hz: int) -> FloatArray:
    if rate_hz == RATE_HZ:
        return samples
    from scipy.signal import resample_poly  # takes 2 s to import, and most files are at 8 kHz

    common = math.gcd(RATE_HZ, rate_hz)
    resampled: FloatArray = resample_poly(samples, RATE_HZ // common, rate_hz // common, axis=-1).astype(np.float32)
    return resampled
