"""Files that are whole or not there, whenever the process is killed or the power fails."""

import os
from pathlib import Path

PART = ".part"  # what is not whole yet


def write_whole(path: Path, data: bytes) -> None:
    """Write a file for its owner alone; in its place is the old one or the new one, never half of it."""
    part = path.with_name(path.name + PART)
    part.unlink(missing_ok=True)  # of a start that was killed, or a link that somebody has put there
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)  # of a full disk: what is left of it takes what room there is
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """A file's bytes, or a folder's names, are on disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Rename, and the new name is on disk; nothing happens where nothing is."""
    if os.path.lexists(source):
        source.rename(target)
        sync(target.parent)
        if source.parent != target.parent:
            sync(source.parent)
