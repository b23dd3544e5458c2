"""
A backup is one zip file: the database as it was at one moment, and the files of the shop's folder.

    manifest.json     what is in it, with the SHA-256 of each; written last, so a backup that was cut short has none
    database.db       SQLite's own copy (VACUUM INTO): consistent while the server runs
    shop/...          config.ini, certificate, prompts, menus, and recordings if they were asked for

Nothing in it is believed that the manifest does not vouch for, and no name leads out of the folder it is put into.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from callserver.store.on_disk import PART, sync
from callserver.store.opening import Condition, as_store_error, look
from callserver.wire.catalogue import Complaint

MANIFEST, DATABASE, SHOP = "manifest.json", "database.db", "shop/"
FORMAT = 1
CHUNK = 1 << 20
MANIFEST_MAX = 64 << 20
DEPTH_MAX = 16
BUSY_S = 30.0
NAME = re.compile(r"[^\x00-\x1f\x7f\\:]{1,200}")  # of one file or folder
DATED = (1980, 1, 1, 0, 0, 0)  # zip knows no time zones: when it was made stands in the manifest
ENCRYPTED = 0x1
DAMAGES = (  # what zipfile and json say of flipped bits
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


class BackupError(Complaint):
    """It cannot be made, or not be used; one line that says why. What was there before is untouched."""


@dataclass(frozen=True)
class Entry:
    """One file."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made: datetime
    callserver: str  # the version that made it
    shop: str  # whose; see `Life`
    demo: bool
    files: Mapping[str, Entry]
    recordings: bool = False


def write(
    target: Path,
    database: Path | None,
    files: Mapping[str, Path],
    manifest: Manifest,
    now_as: Callable[[Path], Path | None] = lambda gone: None,
) -> Manifest:
    """
    Make a backup file; it is there whole, or not at all. Waits for the disk.

    :param files: by their names in the shop's folder; those that are gone by then are left out
    :param manifest: with no files yet
    :param now_as: what a file that is gone by then has become, if anything
    :raises BackupError: there is a file already, no room, no such folder
    """
    part, copy = (target.with_name(target.name + suffix) for suffix in (PART, PART + ".db"))
    try:
        if os.path.lexists(target):
            raise BackupError("{file}: there already; nothing is overwritten", file=target)
        with zipfile.ZipFile(_new(part), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            entries: dict[str, Entry] = {}
            if database is not None:
                snapshot(database, copy)
                entries[DATABASE] = _add(archive, DATABASE, copy)
            for name, path in files.items():
                entry = _add_if_there(archive, SHOP + name, path)
                if entry is None and (other := now_as(path)) is not None:
                    name = f"{name.rpartition('/')[0]}/{other.name}"
                    entry = None if SHOP + name in entries else _add_if_there(archive, SHOP + name, other)
                if entry is not None:
                    entries[SHOP + name] = entry
            whole = Manifest(**vars(manifest) | {"files": entries})
            archive.writestr(_info(MANIFEST), json.dumps(_plain(whole), indent=1))
        sync(part)
        os.link(part, target)  # unlike a rename it overwrites nothing that has come meanwhile
        sync(target.parent)
    except OSError as problem:
        raise BackupError("{file}: {problem}", file=target, problem=problem.strerror or problem) from problem
    finally:
        for left in (part, copy):
            left.unlink(missing_ok=True)
    return whole


def snapshot(database: Path, copy: Path) -> None:
    """
    The database as it is at one moment, also while the server writes.

    :raises BackupError: it is damaged, is not there, or stays locked
    """
    copy.unlink(missing_ok=True)
    found = look(database)
    if found.condition is not Condition.OURS:
        problem = found.problem if found.problem.msgid else Complaint("no database here")
        raise BackupError("{database}: {problem}", database=database, problem=problem)
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as problem:
        if "full" in str(problem):
            raise BackupError("{file}: {problem}", file=copy, problem=problem) from problem
        raise BackupError("{problem}", problem=as_store_error(problem, str(database))) from problem
    copy.chmod(0o600)


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """
    A backup and its manifest, which fit together: the same names, none of which leads anywhere else.

    :raises BackupError: it is no backup of ours, was cut short, or is of a newer version
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive, _manifest(archive, file)
    except BackupError:
        raise
    except OSError as problem:
        raise BackupError("{file}: {problem}", file=file, problem=problem.strerror or problem) from problem
    except DAMAGES as problem:
        raise BackupError("{file}: damaged, or no backup ({problem})", file=file, problem=problem) from problem


def extract(archive: zipfile.ZipFile, manifest: Manifest, name: str, target: Path) -> None:
    """
    Write one file of a backup, on disk and with the bytes that the manifest vouches for.

    :raises BackupError: they are others
    """
    with archive.open(name) as source, _new(target) as file:
        found = _copied(source, file, manifest.files[name].bytes)
        file.flush()
        os.fsync(file.fileno())
    if found != manifest.files[name]:
        target.unlink()
        raise BackupError("{file}: {name} is damaged", file=archive.filename, name=name)


def _new(path: Path) -> IO[bytes]:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, DATED)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o100600 << 16
    return info


def _add_if_there(archive: zipfile.ZipFile, name: str, path: Path) -> Entry | None:
    try:
        return _add(archive, name, path)
    except FileNotFoundError:
        return None


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Entry:
    with path.open("rb") as source, archive.open(_info(name), "w", force_zip64=True) as target:
        return _copied(source, target)


def _copied(source: IO[bytes], target: IO[bytes], most: int | None = None) -> Entry:
    """Copy to the end, or to one byte more than there should be."""
    n_bytes, digest = 0, sha256()
    while (most is None or n_bytes <= most) and (chunk := source.read(CHUNK)):
        target.write(chunk)
        digest.update(chunk)
        n_bytes += len(chunk)
    return Entry(n_bytes, digest.hexdigest())


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(manifest), "made": manifest.made.isoformat()}


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise BackupError("{file}: no backup of callserver (it has no {name})", file=file, name=MANIFEST) from None
    if info.file_size > MANIFEST_MAX:
        raise BackupError("{file}: damaged, or no backup ({problem})", file=file, problem=MANIFEST)
    kept = json.loads(archive.read(MANIFEST))
    if not isinstance(kept, dict) or not isinstance(kept.get("format"), int):
        raise BackupError("{file}: damaged, or no backup ({problem})", file=file, problem=MANIFEST)
    if kept["format"] > FORMAT:
        made_by = kept.get("callserver", "?")
        raise BackupError("{file}: made by a newer version of callserver ({version})", file=file, version=made_by)
    try:
        files = {str(name): Entry(int(one["bytes"]), str(one["sha256"])) for name, one in kept["files"].items()}
        made = datetime.fromisoformat(kept["made"])
        demo, recordings = bool(kept["demo"]), bool(kept["recordings"])
        manifest = Manifest(made, str(kept["callserver"]), str(kept["shop"]), demo, files, recordings)
    except (KeyError, TypeError, AttributeError) as problem:
        raise BackupError("{file}: damaged, or no backup ({problem})", file=file, problem=MANIFEST) from problem
    _check_names(archive, manifest, file)
    return manifest


def _check_names(archive: zipfile.ZipFile, manifest: Manifest, file: Path) -> None:
    names = [info.filename for info in archive.infolist()]
    if sorted(names) != sorted([MANIFEST, *manifest.files]):
        raise BackupError("{file}: its files are not those that its manifest names", file=file)
    folders = {str(parent) for name in names for parent in Path(name).parents}
    for info in archive.infolist():
        kind = info.external_attr >> 16 & 0o170000
        if not _is_safe(info.filename) or kind not in (0, 0o100000) or info.flag_bits & ENCRYPTED:
            raise BackupError("{file}: may not hold {name}", file=file, name=repr(info.filename))
        if info.filename in folders:
            raise BackupError("{file}: may not hold {name}", file=file, name=repr(info.filename))


def _is_safe(name: str) -> bool:
    if name in (MANIFEST, DATABASE):
        return True
    parts = name.removeprefix(SHOP).split("/")
    inside = name.startswith(SHOP) and len(parts) <= DEPTH_MAX
    return inside and all(NAME.fullmatch(part) and part.strip(". ") for part in parts)


def made_by() -> str:
    """This version."""
    return version("callserver")


def utc(moment: datetime) -> datetime:
    """To whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)
