"""
Sounds of messages and greetings in the shop's folder, and what is on its way there. All of it waits for the disk.

A file is whole under its name, or not there: written beside, made durable, then renamed. Names are ours, from random
ids; nothing else in the folder is ever opened.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from twisted.logger import Logger

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import read_wav
from callserver.media.wav_file import HEADER_BYTES, header, sync_folder

log = Logger()

ID = re.compile(r"[0-9a-zA-Z-]{1,64}")
INCOMING = "incoming"
GAP_S = 0.4  # between who forwards and what he forwards


@dataclass(frozen=True)
class Envelope:
    """
    A message on its way into a box: all that is known of it, in a file of its own.

    :param raw: what is recorded, in the folder of recordings
    :param came: ISO 8601
    :param kept: its sender was told that it is kept; it is one however short it may be found
    """

    id: str
    box: str
    raw: str
    came: str
    call_id: str = ""
    number: str | None = None
    name: str = ""
    urgent: bool = False
    private: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Sounds:
    """:param folder: of the shop's messages; :param recordings: where calls are recorded"""

    folder: Path
    recordings: Path

    def prepare(self) -> None:
        """Make the folder."""
        (self.folder / INCOMING).mkdir(parents=True, mode=0o700, exist_ok=True)

    # Sounds

    def keep(self, id_: str, sound: FloatArray) -> float:
        """
        Durable when this returns; its length in seconds.

        :raises OSError: the disk's
        """
        data = LINEAR_16.encode(sound).tobytes()
        _write_whole(self._sound(id_), header(len(data), 1) + data)
        return sound.size / RATE_HZ

    def read(self, ids: Sequence[str]) -> FloatArray:
        """
        One after the other.

        :raises SoundFileError: one is not there, or cannot be played
        """
        gap = np.zeros(round(GAP_S * RATE_HZ), np.float32)
        sounds = [read_wav(self._sound(one)) for one in ids]
        return np.concatenate([part for sound in sounds for part in (gap, sound)][1:])

    def octets(self, ids: Sequence[str]) -> bytes:
        """
        The same, as a WAV file.

        :raises SoundFileError: as `read`
        """
        data = LINEAR_16.encode(self.read(ids)).tobytes()
        return header(len(data), 1) + data

    def delete(self, ids: Sequence[str]) -> None:
        """Nothing plays these any more."""
        for one in ids:
            with suppress(FileNotFoundError):
                self._sound(one).unlink()

    def ids(self) -> set[str]:
        """Of all that lie here."""
        return {path.stem for path in self.folder.glob("*.wav") if ID.fullmatch(path.stem)}

    # What is on its way

    def raw(self, file: str) -> FloatArray:
        """
        What was recorded.

        :raises SoundFileError: it is gone, or no sound; or nothing was recorded before the server was killed
        """
        return read_wav(self._raw(file))

    def write_down(self, envelope: Envelope) -> None:
        """
        Durable when this returns.

        :raises OSError: the disk's
        """
        _write_whole(self._envelope(envelope.id), json.dumps(asdict(envelope)).encode())

    def forget(self, envelope: Envelope) -> None:
        """It has come, or is discarded: the envelope goes first, for without it nothing looks for the rest."""
        self.forget_envelope(envelope)
        self.forget_raw(envelope.raw)

    def forget_raw(self, file: str) -> None:
        """What was recorded is kept elsewhere, or nobody wants it."""
        with suppress(FileNotFoundError):
            self._raw(file).unlink()

    def forget_envelope(self, envelope: Envelope) -> None:
        """What was recorded stays."""
        with suppress(FileNotFoundError):
            self._envelope(envelope.id).unlink()

    def has_raw(self, envelope: Envelope) -> bool:
        """Whether something was recorded."""
        try:
            return self._raw(envelope.raw).stat().st_size > HEADER_BYTES
        except FileNotFoundError:
            return False

    def on_the_way(self) -> list[Envelope]:
        """Those that a server before this one has left, the oldest first."""
        return sorted(self._envelopes(), key=lambda one: one.came)

    def _envelopes(self) -> Iterator[Envelope]:
        for path in (self.folder / INCOMING).glob("*.json"):
            try:
                envelope = Envelope(**json.loads(path.read_bytes()))
            except (OSError, ValueError, TypeError) as problem:
                log.warn("{file} says nothing of a message: {problem}", file=str(path), problem=problem)
                continue
            if envelope.id == path.stem:
                yield envelope

    def _raw(self, file: str) -> Path:
        return self.recordings / (Path(file).name or "-")

    def _sound(self, id_: str) -> Path:
        return self.folder / f"{_checked(id_)}.wav"

    def _envelope(self, id_: str) -> Path:
        return self.folder / INCOMING / f"{_checked(id_)}.json"


def _checked(id_: str) -> str:
    if not ID.fullmatch(id_):
        raise ValueError(f"{id_!r} is no sound of a message")
    return id_


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fdatasync(file.fileno())
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    sync_folder(path.parent)
