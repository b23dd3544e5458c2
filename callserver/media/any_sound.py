"""Any audio file that a studio gives: WAV, AIFF, FLAC, Ogg, Opus, MP3 and what else libsndfile reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from callserver.dsp.frames import FloatArray
from callserver.wire.catalogue import N_, Complaint

STDERR = 2
KINDS = "WAV, AIFF, FLAC, Ogg, Opus, MP3"


def read_any(path: Path, longest_s: float) -> tuple[FloatArray, int]:
    """
    The sound of a file, its channels mixed to one.

    :param longest_s: a longer one is not read
    :return: shape (n,), full scale ±1.0, and its rate in Hz
    :raises Complaint: no such file, none of these kinds, damaged, or too long
    """
    import soundfile  # only where a file is read: the server starts without it

    if not path.is_file():
        raise Complaint(N_("{file}: no such file"), file=str(path))
    try:
        with _libraries_silent(), soundfile.SoundFile(str(path)) as file:
            if file.frames > longest_s * file.samplerate:
                long = round(file.frames / file.samplerate)
                raise Complaint(N_("{file}: {s} s, and {max} s are the most"), file=str(path), s=long, max=longest_s)
            samples = file.read(dtype="float32", always_2d=True)
            rate_hz = int(file.samplerate)
    except (soundfile.SoundFileError, OSError, RuntimeError) as problem:
        raise Complaint(N_("{file}: cannot be read; it may be {kinds}"), file=str(path), kinds=KINDS) from problem
    return np.ascontiguousarray(samples.mean(axis=1), np.float32), rate_hz


@contextmanager
def _libraries_silent() -> Iterator[None]:
    """libmpg123 writes notes on the tags of an MP3, past Python's stderr; for a command, which has one thread."""
    sys.stderr.flush()
    kept, nothing = os.dup(STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nothing)
