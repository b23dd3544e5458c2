"""Recordings that a kill or a power cut left unfinished."""

import os
from pathlib import Path

from callserver.dsp.frames import RATE_HZ
from callserver.media.wav_file import HEADER_BYTES, LARGEST_DATA_BYTES, SAMPLE_BYTES, header
from callserver.wire.catalogue import Complaint


class NotARecording(Complaint):
    """The file was not written by the recorder, and was not touched."""


def repair(path: Path | str) -> float:
    """
    Make a recording playable that was not stopped: cut to whole samples, both sizes from the file's length, on disk.

    Only for files whose call record says that they were being recorded: never a finished one. Waits for the disk.

    :return: its length in seconds
    :raises NotARecording: another format
    :raises OSError: it cannot be read or written
    """
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        n_tracks = _n_tracks(os.pread(fd, HEADER_BYTES, 0), path)
        frame_bytes = SAMPLE_BYTES * n_tracks
        n_samples = min(max(0, os.fstat(fd).st_size - HEADER_BYTES), LARGEST_DATA_BYTES) // frame_bytes
        os.ftruncate(fd, HEADER_BYTES + n_samples * frame_bytes)
        os.pwrite(fd, header(n_samples * frame_bytes, n_tracks), 0)
        os.fsync(fd)
    finally:
        os.close(fd)
    return n_samples / RATE_HZ


def _n_tracks(start: bytes, path: Path | str) -> int:
    if len(start) < HEADER_BYTES and header(0, 2).startswith(start[:22]):
        return 2  # killed while it was made: nothing was recorded yet
    n_tracks = int.from_bytes(start[22:24], "little")
    if n_tracks not in (1, 2) or _format(start) != _format(header(0, n_tracks)):
        raise NotARecording("{file}: no 16-bit PCM WAV file of 8 kHz with a plain header", file=path)
    return n_tracks


def _format(start: bytes) -> bytes:
    """The header less its two sizes."""
    return start[:4] + start[8:40]
