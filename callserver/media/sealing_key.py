"""The key of what is kept encrypted: a file in the shop's folder, its owner's alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from callserver.media.sealed import KEY_OCTETS, new_key
from callserver.media.wav_file import sync_folder
from callserver.wire.catalogue import N_, Complaint

GONE = N_("{file} is gone, and what was encrypted needs it: put it back from a backup, or move the files {end} away")
SEALED = ".sealed"  # behind the name of what is inside
FILE = "recordings.key"  # in the shop's folder; a backup has it, and without it nothing is heard again


class BadKey(Complaint):
    """The file is there and holds no key: nothing is encrypted by it, and nothing lost by making another."""


def key_of(shop: Path) -> bytes | None:
    """
    None: the shop has none.

    :raises BadKey:
    """
    try:
        octets = bytes.fromhex((shop / FILE).read_text("ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        raise BadKey(N_("{file}: holds no key: {problem}"), file=shop / FILE, problem=problem) from problem
    if len(octets) != KEY_OCTETS:
        raise BadKey(N_("{file}: holds no key"), file=shop / FILE)
    return octets


def sealing_key(shop: Path) -> bytes:
    """
    For who has to encrypt, and may not go on without.

    :raises BadKey: there is none, either
    """
    key = key_of(shop)
    if key is None:
        raise BadKey(N_("{file}: holds no key"), file=shop / FILE)
    return key


def make_key(shop: Path) -> bytes:
    """
    The shop's key, made and on disk if it had none. Of several who make one at a time the first has made it for all:
    it comes under its name whole, and never in the place of another. None is made where something sealed lies: what is
    sealed by a second key is lost when the first is brought back.

    :raises BadKey: also where it is gone and something is there that was sealed with it
    :raises OSError: the disk's
    """
    key = key_of(shop)
    if key is not None:
        return key
    if any(shop.glob(f"*/*{SEALED}")):
        raise BadKey(GONE, file=shop / FILE, end=SEALED)
    key = new_key()
    part = shop / f"{FILE}.{os.urandom(4).hex()}.part"
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, key.hex().encode() + b"\n")
        os.fsync(fd)
        with suppress(FileExistsError):
            os.link(part, shop / FILE)
    finally:
        os.close(fd)
        part.unlink()
    sync_folder(shop)
    return key_of(shop) or key
