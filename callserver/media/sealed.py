"""
Files that only their owner can read, at rest: AES-256-GCM in parts, so that a recording can be heard from its middle.

    magic (8)  nonce (8)  part part ... part      a part: up to 64 KiB of the file, 16 octets of proof

Each part is proved together with its place, with whether it is the last one, and with the name of the recording: parts
that were changed, left out, added, put elsewhere or taken from another file are found when they are read.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from callserver.wire.catalogue import N_, Complaint

MAGIC = b"CSSEAL\x01\n"
NONCE = 8
PART, PROOF = 65536, 16
HEAD = len(MAGIC) + NONCE
KEY_OCTETS = 32


class NotReadable(Complaint):
    """A sealed file was changed, or is another key's."""


def new_key() -> bytes:
    """For all files of a shop."""
    return AESGCM.generate_key(8 * KEY_OCTETS)


def seal(source: Path, target: Path, key: bytes, name: str, random: Callable[[int], bytes] = os.urandom) -> None:
    """
    Write a sealed copy, on disk when this returns. Waits for the disk.

    :param name: belongs to it; who reads it has to know it
    :raises OSError: the disk's
    """
    with source.open("rb") as plain, target.open("wb") as sealed:
        _seal(plain, sealed, key, name, random)
        sealed.flush()
        os.fdatasync(sealed.fileno())


def sealed_octets(octets: bytes, key: bytes, name: str) -> bytes:
    """The same, of what is no file yet."""
    sealed = io.BytesIO()
    _seal(io.BytesIO(octets), sealed, key, name, os.urandom)
    return sealed.getvalue()


def _seal(plain: BinaryIO, sealed: BinaryIO, key: bytes, name: str, random: Callable[[int], bytes]) -> None:
    nonce, cipher = random(NONCE), AESGCM(key)
    sealed.write(MAGIC + nonce)
    part, n = plain.read(PART), 0
    while True:
        following = plain.read(PART)
        sealed.write(cipher.encrypt(_nonce(nonce, n), part, _about(name, is_last=not following)))
        if not following:
            break
        part, n = following, n + 1


class SealedFile(io.RawIOBase):
    """
    A sealed file as it was before; seekable.

    :raises NotReadable: it is none
    :raises OSError: the disk's
    `problem`: why a read has ended too early; None while none has.
    """

    def __init__(self, path: Path, key: bytes, name: str) -> None:
        super().__init__()
        self._path, self._name, self._cipher = path, name, AESGCM(key)
        self.problem: NotReadable | None = None
        self._file = path.open("rb")
        head = self._file.read(HEAD)
        if len(head) < HEAD or not head.startswith(MAGIC):
            raise self._not_readable()
        self._nonce = head[len(MAGIC) :]
        n_octets = path.stat().st_size - HEAD
        self._n_parts = max(1, -(-n_octets // (PART + PROOF)))
        self.n_octets = n_octets - self._n_parts * PROOF
        self._at, self._part, self._octets = 0, -1, b""

    def close(self) -> None:
        self._file.close()
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.n_octets}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """All that is asked for, also over several parts: libsndfile takes less for the end of the file."""
        n = 0
        while n < len(buffer) and self._at < self.n_octets:
            part, within = divmod(self._at, PART)
            if part != self._part:
                try:
                    self._octets, self._part = self._read_part(part), part
                except NotReadable as problem:  # libsndfile calls this, and swallows what is raised
                    self.problem = problem
                    break
            found = self._octets[within : within + len(buffer) - n]
            buffer[n : n + len(found)] = found
            n, self._at = n + len(found), self._at + len(found)
        return n

    def _read_part(self, n: int) -> bytes:
        self._file.seek(HEAD + n * (PART + PROOF))
        sealed = self._file.read(PART + PROOF)
        try:
            return self._cipher.decrypt(
                _nonce(self._nonce, n), sealed, _about(self._name, is_last=n == self._n_parts - 1)
            )
        except InvalidTag:
            raise self._not_readable() from None

    def _not_readable(self) -> NotReadable:
        return NotReadable(N_("{file}: was changed, or belongs to another key"), file=self._path.name)


def _nonce(nonce: bytes, part: int) -> bytes:
    return nonce + part.to_bytes(4, "big")


def _about(name: str, *, is_last: bool) -> bytes:
    return MAGIC + (b"\x01" if is_last else b"\x00") + name.encode()
