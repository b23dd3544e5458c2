"""A finished recording, in whatever form it is kept: PCM, FLAC or Opus, sealed or not."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from callserver.dsp.frames import RATE_HZ
from callserver.media.sealed import SealedFile
from callserver.media.sealing_key import SEALED
from callserver.wire.catalogue import N_, Complaint

Samples = npt.NDArray[np.int16]


class NoSound(Complaint):
    """What should be a recording cannot be heard; the text says why."""


class KeptSound:
    """
    Open until `close`. Its methods wait for the disk: never in the reactor thread.

    A file that was cut is heard as far as it goes.

    :param name: as the recorder has named the file: what a sealed one belongs to
    :param key: of sealed files
    :raises NoSound: it is no sound, is cut in its head, or is sealed and there is no key
    :raises NotReadable: it is sealed, and was changed or belongs to another key
    """

    def __init__(self, path: Path, name: str, key: bytes | None = None) -> None:
        import soundfile  # a second; only where a recording is read

        self.path = path
        self._problems = (soundfile.SoundFileError, OSError, RuntimeError)
        self._file: Any = None
        try:
            self._file = _opened(path, name, key)
            self._sound = soundfile.SoundFile(self._file)
        except self._problems as problem:
            self._raise_unreadable()
            raise _no_sound(path, problem) from problem
        if self._sound.samplerate != RATE_HZ or not 1 <= self._sound.channels <= 2:
            raise NoSound(N_("{file}: no recording of a telephone"), file=path.name)

    @property
    def n_samples(self) -> int:
        """Of each track."""
        return int(self._sound.frames)

    @property
    def n_tracks(self) -> int:
        """2: far and near; 1: far."""
        return int(self._sound.channels)

    def read(self, first: int, n_samples: int) -> Samples:
        """
        So many samples of all tracks from there on, shape (n, n_tracks); fewer at the end.

        :raises NoSound, NotReadable: the file is damaged there
        """
        first = min(max(first, 0), self.n_samples)
        try:
            self._sound.seek(first)
            found: Samples = self._sound.read(min(n_samples, self.n_samples - first), dtype="int16", always_2d=True)
        except self._problems as problem:
            self._raise_unreadable()
            raise _no_sound(self.path, problem) from problem
        self._raise_unreadable()
        return found

    def _raise_unreadable(self) -> None:
        if isinstance(self._file, SealedFile) and self._file.problem is not None:
            raise self._file.problem

    def close(self) -> None:
        self._sound.close()
        self._file.close()

    def __enter__(self) -> KeptSound:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def mixed(tracks: Samples) -> Samples:
    """Both sides as one; shape (n, 1)."""
    if tracks.shape[1] == 1:
        return tracks
    both = tracks.astype(np.int32).sum(axis=1, keepdims=True)
    one: Samples = np.clip(both, -32768, 32767).astype(np.int16)
    return one


def _opened(path: Path, name: str, key: bytes | None) -> Any:
    if path.suffix != SEALED:
        return path.open("rb")
    if key is None:
        raise NoSound(N_("{file}: is encrypted, and the key is not there"), file=path.name)
    return SealedFile(path, key, name)


def _no_sound(path: Path, problem: BaseException) -> NoSound:
    if isinstance(problem, FileNotFoundError):
        return NoSound(N_("{file}: the file is gone"), file=path.name)
    if isinstance(problem, OSError):
        return NoSound(N_("{file}: cannot be heard: {problem}"), file=path.name, problem=problem.strerror or problem)
    return NoSound(N_("{file}: is no sound, or damaged"), file=path.name)
