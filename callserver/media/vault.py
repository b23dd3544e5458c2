"""
Short sounds, each whole in a file: of messages, greetings, proofs of orders. Encrypted like recordings, where the shop
wants that, from their first byte on disk.

A file is whole under its name, or not there: written beside, made durable, then renamed. NAME is what its owner calls
it; on disk it is NAME, or NAME.sealed. What was kept before the shop changed its mind stays as it is, and is read all
the same.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from callserver.media.kept_sound import NoSound
from callserver.media.sealed import SealedFile, sealed_octets
from callserver.media.sealing_key import SEALED, BadKey, key_of, make_key, sealing_key
from callserver.media.wav_file import sync_folder
from callserver.wire.catalogue import N_


@dataclass(frozen=True)
class Vault:
    """
    Its methods wait for the disk: never in the reactor thread.

    :param folder: where the files lie
    :param shop: the shop's folder, with the key of sealed ones
    :param encrypt: whether what is kept from now on is sealed
    """

    folder: Path
    shop: Path
    encrypt: bool = False

    def prepare(self) -> None:
        """
        At the start: the shop's key, where it is needed and there is none; who cannot make it has told so elsewhere.

        Later none is made: what a second one has sealed is lost when the first one is brought back.
        """
        if self.encrypt:
            with suppress(BadKey, OSError):
                make_key(self.shop)

    def keep(self, name: str, octets: bytes) -> None:
        """
        Durable when this returns; in one form, whatever was there before.

        :raises OSError: the disk's
        :raises BadKey: it is to be sealed, and cannot be: nothing was written
        """
        plain, sealed = self.folder / name, _sealed(self.folder / name)
        if self.encrypt:
            write_whole(sealed, sealed_octets(octets, sealing_key(self.shop), name))
            plain.unlink(missing_ok=True)
        else:
            write_whole(plain, octets)
            sealed.unlink(missing_ok=True)

    def octets(self, name: str, first: int = 0, n_octets: int = -1) -> bytes:
        """
        As it was kept; of so many from one on, those that there are.

        :raises NoSound: the file is gone, or the key
        :raises NotReadable: it was changed, or belongs to another key
        :raises BadKey:
        :raises OSError: the disk's
        """
        path = self.path(name)
        if path is None:
            raise NoSound(N_("{file}: the file is gone"), file=name)
        if path.suffix != SEALED:
            with path.open("rb") as plain:
                plain.seek(first)
                return plain.read(n_octets)
        key = key_of(self.shop)
        if key is None:
            raise NoSound(N_("{file}: is encrypted, and the key is not there"), file=name)
        with SealedFile(path, key, name) as sealed:
            sealed.seek(first)
            found = sealed.read(n_octets)
            if sealed.problem is not None:
                raise sealed.problem
        return found or b""

    def path(self, name: str) -> Path | None:
        """Where it lies; None: it is gone."""
        path = self.folder / name
        return next((one for one in (_sealed(path), path) if one.is_file()), None)

    def delete(self, name: str) -> None:
        """Harmless where it is gone."""
        for path in (self.folder / name, _sealed(self.folder / name)):
            path.unlink(missing_ok=True)

    def files(self, end: str) -> dict[str, Path]:
        """All of them whose names end so, and where they lie."""
        found = (path for form in (end, end + SEALED) for path in self.folder.glob(f"*{form}"))
        return {path.name.removesuffix(SEALED): path for path in found}


def write_whole(path: Path, octets: bytes) -> None:
    """
    For its owner alone; durable when this returns. A folder that somebody has removed is made again.

    :raises OSError: the disk's; what was there before is there
    """
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(octets)
            file.flush()
            os.fdatasync(file.fileno())
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    sync_folder(path.parent)


def _sealed(path: Path) -> Path:
    return path.with_name(path.name + SEALED)
