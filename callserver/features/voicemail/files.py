"""
Sounds of messages and greetings in the shop's folder, and what is on its way there. All of it waits for the disk.

Names are ours, from random ids; nothing else in the folder is ever opened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from twisted.logger import Logger

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import SoundFileError, read_wav, wav_sound
from callserver.media.vault import Vault, write_whole
from callserver.media.wav_file import HEADER_BYTES, header
from callserver.wire.catalogue import Complaint

log = Logger()

FOLDER, RECORDINGS, INCOMING = "messages", "recordings", "incoming"
ID = re.compile(r"[0-9a-zA-Z-]{1,64}")
WAV = ".wav"
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
    """:param vault: of the shop's messages; :param recordings: the folder where calls are recorded"""

    vault: Vault
    recordings: Path

    @classmethod
    def of(cls, shop: Path, *, encrypt: bool) -> Sounds:
        """
        :param shop: the shop's folder
        :param encrypt: whether sounds are, that are kept from now on
        """
        return cls(Vault(shop / FOLDER, shop, encrypt), shop / RECORDINGS)

    def prepare(self) -> None:
        """At the start: the folder, and the shop's key."""
        self._incoming.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.vault.prepare()

    # Sounds

    def keep(self, id_: str, sound: FloatArray) -> float:
        """
        Durable when this returns; its length in seconds.

        :raises OSError: the disk's
        :raises BadKey: it is to be encrypted, and cannot be
        """
        data = LINEAR_16.encode(sound).tobytes()
        self.vault.keep(_wav(id_), header(len(data), 1) + data)
        return sound.size / RATE_HZ

    def read(self, ids: Sequence[str]) -> FloatArray:
        """
        One after the other.

        :raises SoundFileError: one is not there, or cannot be played
        """
        gap = np.zeros(round(GAP_S * RATE_HZ), np.float32)
        sounds = [self._read(_wav(one)) for one in ids]
        return np.concatenate([part for sound in sounds for part in (gap, sound)][1:])

    def octets(self, ids: Sequence[str]) -> bytes:
        """
        The same, as a WAV file.

        :raises SoundFileError: as `read`
        """
        data = LINEAR_16.encode(self.read(ids)).tobytes()
        return header(len(data), 1) + data

    def has(self, ids: Sequence[str]) -> bool:
        """Whether all of these are there."""
        return all(self.vault.path(_wav(one)) is not None for one in ids)

    def delete(self, ids: Sequence[str]) -> None:
        """Nothing plays these any more."""
        for one in ids:
            self.vault.delete(_wav(one))

    def older_than(self, moment: datetime) -> list[str]:
        """Those that were kept before then, but for what is on its way."""
        coming = {envelope.id for envelope in self.on_the_way()}
        files = self.vault.files(WAV).items()
        old = (name.removesuffix(WAV) for name, path in files if path.stat().st_mtime < moment.timestamp())
        return [one for one in old if ID.fullmatch(one) and one not in coming]

    def _read(self, name: str) -> FloatArray:
        try:
            return wav_sound(self.vault.octets(name), name)
        except SoundFileError:
            raise
        except OSError as problem:
            raise SoundFileError("{file}: {problem}", file=name, problem=problem.strerror or str(problem)) from problem
        except Complaint as problem:
            raise SoundFileError(problem.msgid, **problem.details) from problem

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
        write_whole(self._envelope(envelope.id), json.dumps(asdict(envelope)).encode())

    def forget(self, envelope: Envelope) -> None:
        """It has come, or is discarded: the envelope goes first, for without it nothing looks for the rest."""
        self.forget_envelope(envelope)
        self.forget_raw(envelope.raw)

    def forget_raw(self, file: str) -> None:
        """What was recorded is kept elsewhere, or nobody wants it."""
        self._raw(file).unlink(missing_ok=True)

    def forget_envelope(self, envelope: Envelope) -> None:
        """What was recorded stays."""
        self._envelope(envelope.id).unlink(missing_ok=True)

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
        for path in self._incoming.glob("*.json"):
            try:
                envelope = Envelope(**json.loads(path.read_bytes()))
            except (OSError, ValueError, TypeError) as problem:
                log.warn("{file} says nothing of a message: {problem}", file=str(path), problem=problem)
                continue
            if envelope.id == path.stem:
                yield envelope

    def _raw(self, file: str) -> Path:
        return self.recordings / (Path(file).name or "-")

    @property
    def _incoming(self) -> Path:
        return self.vault.folder / INCOMING

    def _envelope(self, id_: str) -> Path:
        return self._incoming / f"{_checked(id_)}.json"


def _wav(id_: str) -> str:
    return _checked(id_) + WAV


def _checked(id_: str) -> str:
    if not ID.fullmatch(id_):
        raise ValueError(f"{id_!r} is no sound of a message")
    return id_
