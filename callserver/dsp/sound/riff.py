"""
The WAV files that studios, telephones and computers write: bytes in, samples out.

Python's `wave` (3.11) reads no WAVE_FORMAT_EXTENSIBLE, which is what 24-bit and many-channel files are, no float and no
G.711, and loses its way at a chunk of odd length without its pad byte. Formats: Microsoft's mmreg.h; RIFF chunks:
Multimedia Programming Interface and Data Specifications 1.0 (1991).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from callserver.dsp.codecs import A_LAW, LINEAR_16, MU_LAW, UNSIGNED_8, Codec
from callserver.dsp.frames import FloatArray
from callserver.wire.catalogue import Complaint

PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
CODECS: dict[tuple[int, int], Codec] = {
    (PCM, 1): UNSIGNED_8,
    (PCM, 2): LINEAR_16,
    (ALAW, 1): A_LAW,
    (MULAW, 1): MU_LAW,
}
FORMAT_BYTES, SUB_FORMAT_AT = 16, 24  # bytes of `fmt `
RATES_HZ = range(1000, 768_001)
CHANNELS_MAX = 64
COMPRESSED = {2: "ADPCM", 17: "IMA ADPCM", 49: "GSM 6.10", 80: "MPEG", 85: "MP3", 255: "AAC", 353: "WMA"}


class RiffError(Complaint):
    """These bytes are no sound that can be read; the text says why."""


@dataclass(frozen=True)
class Format:
    """How the samples of a file are written; `width` is bytes a sample."""

    code: int
    channels: int
    rate_hz: int
    width: int


def read_riff(content: bytes) -> tuple[FloatArray, int]:
    """
    The sound of a WAV file: PCM of 8 to 32 bits, float, A-law or mu-law, plain or extensible.

    What the header promises and the file does not hold is left out, as are half samples at the end; a length that was
    never filled in (0, or all ones) means to the end of the file.

    :return: shape (channels, n), full scale ±1.0, and the rate in Hz
    :raises RiffError: anything else
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise RiffError("is no WAV file; convert it to one (PCM)" if content else "is empty")
    head, data = _chunks(content)
    shape = _format(head)
    frame = shape.width * shape.channels
    raw = data[: len(data) // frame * frame]
    if not raw:
        raise RiffError("no sound in it")
    return np.ascontiguousarray(_samples(raw, shape).reshape(-1, shape.channels).T), shape.rate_hz


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """`fmt ` and `data`, in whatever order and between whatever else."""
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content) and len(found) < 2:
        name, size = struct.unpack_from("<4sI", content, at)
        begin = at + 8
        if name == b"data" and (size in (0, 0xFFFFFFFF) or begin + size > len(content)):
            size = len(content) - begin
        if name in (b"fmt ", b"data"):
            found.setdefault(name, content[begin : begin + size])
        at = _next_chunk(content, begin + size, odd=bool(size % 2))
    for name in (b"fmt ", b"data"):
        if name not in found:
            raise RiffError("cut off: no {chunk} chunk", chunk=name.decode().strip())
    return found[b"fmt "], found[b"data"]


def _next_chunk(content: bytes, end: int, odd: bool) -> int:
    """After an odd chunk comes a pad byte, which some programs forget."""
    if not odd:
        return end
    name = content[end : end + 4]
    forgotten = len(name) == 4 and all(32 <= byte < 127 for byte in name) and content[end] != 0
    return end if forgotten else end + 1


def _format(head: bytes) -> Format:
    if len(head) < FORMAT_BYTES:
        raise RiffError("cut off in its header")
    code, channels, rate_hz, _, frame, bits = struct.unpack_from("<HHIIHH", head)
    if code == EXTENSIBLE and len(head) >= SUB_FORMAT_AT + 2:
        (code,) = struct.unpack_from("<H", head, SUB_FORMAT_AT)
    if not 0 < channels <= CHANNELS_MAX:
        raise RiffError("{n} channels", n=channels)
    if rate_hz not in RATES_HZ:
        raise RiffError("a rate of {rate} Hz", rate=rate_hz)
    width = frame // channels or (bits + 7) // 8  # samples of 20 or 24 bits may stand in 3 bytes or in 4
    readable = {PCM: (1, 2, 3, 4), FLOAT: (4, 8), ALAW: (1,), MULAW: (1,)}
    if code not in readable:
        name = COMPRESSED.get(code, f"0x{code:04X}")
        raise RiffError("compressed ({name}): save it as PCM", name=name)
    if width not in readable[code]:
        raise RiffError("{bits} bits a sample: save it with 16", bits=8 * width)
    return Format(code, channels, rate_hz, width)


def _samples(raw: bytes, shape: Format) -> FloatArray:
    codec = CODECS.get((shape.code, shape.width))
    if codec:
        return codec.decode(np.frombuffer(raw, np.uint8))
    if shape.code == FLOAT:
        wide = np.nan_to_num(np.frombuffer(raw, f"<f{shape.width}"), posinf=1, neginf=-1)
        clipped: FloatArray = np.clip(wide, -1, 1).astype(np.float32)
        return clipped
    whole = np.zeros((len(raw) // shape.width, 4), np.uint8)
    whole[:, 4 - shape.width :] = np.frombuffer(raw, np.uint8).reshape(-1, shape.width)
    return whole.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
