"""
A backup put into a shop's folder: checked first, then all at once.

    restore.new/     being unpacked and checked; a restore that is killed here has changed nothing, it is thrown away
    restore.ready/   whole and checked: from this rename on the restore happens, whoever finishes it
    restore.moving/  what was there before has been moved aside; what is left in it goes to its place

Each step is a rename that can be done again, so the next start (or restore) finishes what a kill has interrupted,
before anything else is looked at: there is the old shop or the new one, never half of one.
恢复分步进行，每步都是可重做的改名：中途被杀，下次启动接着完成，绝不会留下半个店铺。
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

from callserver.acd.staff import passwords
from callserver.config import ConfigError
from callserver.server import backup_file
from callserver.server.backup_file import DATABASE, SHOP, BackupError, Manifest
from callserver.server.backups import ASIDE
from callserver.server.lock import FILE_NAME as LOCK_FILE
from callserver.server.shop_folder import Life, ShopFolder
from callserver.store.on_disk import move, sync, write_whole
from callserver.store.opening import PARTS, Condition, database_at, look, name_of, unknown_migrations
from callserver.wire.catalogue import N_, Complaint

NEW, READY, MOVING = "restore.new", "restore.ready", "restore.moving"
PLAN = "plan.json"
STAYS = re.compile(  # what is no part of a shop's state, or is a copy of one
    rf"{re.escape(LOCK_FILE)}|callserver\.log.*|exchange\.sock.*|callserver-.*\.zip|{ASIDE}.*|restore\.(new|ready|moving)"
    r"|.*\.(damaged|unfinished)-.*|backups"
)
DATABASE_SETTING = re.compile(r"^([ \t]*database[ \t]*[=:])[ \t]*(.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
DATABASE_NAME = "callserver.db"
NOT_A_PLACE = ("/", "..", "recordings", "spoken", "first-passwords", "shop.json", "config.ini")
OTHER_PLACE = N_("{place} is no place in the shop's folder: the database is {name} now")
NEED_PASSWORDS = N_("first passwords are void; new ones are needed (bin/callserver staff password NUMBER): {numbers}")
SPARE_BYTES = 50 * 10**6  # left free


@dataclass(frozen=True)
class Restored:
    """What a restore has done."""

    manifest: Manifest
    aside: Path | None  # where the shop that was there before is now
    news: tuple[Complaint, ...]


def restore(folder: ShopFolder, file: Path, now: datetime, *, replace: bool) -> Restored:
    """
    Put a backup into a shop's folder. Only for who owns the shop; waits for the disk.

    :param replace: whether a shop that is there may be moved aside
    :raises BackupError: nothing has changed
    """
    finish(folder.path)
    new = folder.path / NEW
    try:
        with backup_file.opened(file) as (archive, manifest):
            brings = {name.removeprefix(SHOP).partition("/")[0] for name in manifest.files}
            if _in_the_way(folder, brings) and not replace:
                raise BackupError(
                    "{folder}: there is a shop already; with --replace it is moved aside and kept", folder=folder.path
                )
            news = _unpack(archive, manifest, folder)
        in_the_way = _in_the_way(folder, set(_names(new / SHOP)))
        aside = f"{ASIDE}{now:%Y%m%dT%H%M%SZ}" if in_the_way else ""
        write_whole(new / PLAN, json.dumps({"aside": aside, "in_the_way": in_the_way}).encode())
        _sync_all(new)
    except OSError as problem:
        said = problem.strerror or problem
        raise BackupError("{folder}: {problem}", folder=folder.path, problem=said) from problem
    finally:
        if not (new / PLAN).exists():
            shutil.rmtree(new, ignore_errors=True)
    move(new, folder.path / READY)
    finish(folder.path)
    return Restored(manifest, folder.path / aside if aside else None, tuple(news))


def is_unfinished(folder: Path) -> bool:
    """Whether a restore was interrupted that the next start will finish."""
    return (folder / READY).exists() or (folder / MOVING).exists()


def finish(folder: Path) -> bool:
    """
    Finish what a killed restore has left, or throw it away; True if the shop is another one now.

    Before anything else in the folder is looked at. Only for who owns the shop.
    """
    shutil.rmtree(folder / NEW, ignore_errors=True)
    ready, moving = folder / READY, folder / MOVING
    finished = is_unfinished(folder)
    if ready.exists():
        plan = json.loads((ready / PLAN).read_bytes())
        if plan["aside"]:
            (folder / plan["aside"]).mkdir(mode=0o700, exist_ok=True)
            for name in plan["in_the_way"]:
                move(folder / name, folder / plan["aside"] / name)
        move(ready, moving)
    if moving.exists():
        for name in _names(moving / SHOP):
            move(moving / SHOP / name, folder / name)
        shutil.rmtree(moving)
        sync(folder)
    return finished


def _void_first_passwords(database: Path) -> list[str]:
    """
    Nobody logs in by a first password again: what has not been changed in this copy may have been since.

    :return: the numbers of those who need a new one
    """
    with closing(sqlite3.connect(database)) as opened, opened, suppress(sqlite3.OperationalError):  # an old version
        numbers = [number for (number,) in opened.execute("SELECT number FROM staff WHERE must_change ORDER BY number")]
        nobodys = passwords.stored(passwords.first())
        opened.execute("UPDATE staff SET password = ? WHERE must_change", (nobodys,))
        return numbers
    return []


def _check_database(database: Path, file: Path) -> None:
    """
    Whether the database out of a backup is whole and of a version that we know.

    :raises BackupError: it is not
    """
    found = look(database)
    if found.condition is not Condition.OURS:
        raise BackupError("{file}: {problem}", file=file, problem=found.problem)
    opened = database_at(str(database))
    with opened.connection_context():
        opened.execute_sql("PRAGMA journal_mode = DELETE")  # one file, that can be moved
        unknown = unknown_migrations(opened)
    if unknown:
        raise BackupError(
            "{file}: made by a newer version of callserver ({version})", file=file, version=", ".join(unknown)
        )


def _in_the_way(folder: ShopFolder, brings: set[str]) -> list[str]:
    """What is moved aside: the shop that is there, but for recordings if none are brought, and copies."""
    stays = {folder.recordings.name, folder.spoken.name} - brings
    with suppress(ConfigError):
        stays.add(folder.config().backup.folder.partition("/")[0])
    return [name for name in _names(folder.path) if name not in stays and not STAYS.fullmatch(name)]


def _unpack(archive: ZipFile, manifest: Manifest, folder: ShopFolder) -> list[Complaint]:
    """Everything into `restore.new`, checked."""
    file, new = Path(str(archive.filename)), folder.path / NEW
    shop = ShopFolder(new / SHOP)
    if SHOP + shop.config_file.name not in manifest.files:
        raise BackupError("{file}: no backup of callserver (it has no {name})", file=file, name=shop.config_file.name)
    _check_room(manifest, folder.path)
    shop.path.mkdir(mode=0o700, parents=True)
    for name in manifest.files.keys() - {DATABASE}:
        target = new / name
        if STAYS.fullmatch(target.relative_to(shop.path).parts[0]):
            raise BackupError("{file}: may not hold {name}", file=file, name=repr(name))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        backup_file.extract(archive, manifest, name, target)
    news, place = _place_of_database(shop, DATABASE in manifest.files)
    if DATABASE in manifest.files:
        news += _place_database(archive, manifest, shop.path / place)
    shop.keep_life(Life(manifest.shop, manifest.made, place, manifest.demo))
    return news


def _place_of_database(shop: ShopFolder, has_database: bool) -> tuple[list[Complaint], str]:
    """
    Where the config.ini that was in the backup wants it, as long as that is a place of its own in the shop's folder.

    Else config.ini is changed: a backup writes nowhere else.
    """
    text = shop.config_file.read_text("utf-8-sig", "replace")
    setting = DATABASE_SETTING.search(text)
    place = setting[2] if setting is not None and setting[2] else DATABASE_NAME
    if not has_database:
        database = name_of(place)
        return [
            Complaint("the database is not in the backup: {database} has its own tools", database=database)
        ], database
    first = Path(place).parts[0]
    if (
        "://" not in place
        and first not in NOT_A_PLACE
        and not STAYS.fullmatch(first)
        and not (shop.path / first).exists()
    ):
        return [], place
    write_whole(shop.config_file, DATABASE_SETTING.sub(rf"\1 {DATABASE_NAME}", text).encode())
    return [Complaint(OTHER_PLACE, place=name_of(place), name=DATABASE_NAME)], DATABASE_NAME


def _place_database(archive: ZipFile, manifest: Manifest, target: Path) -> list[Complaint]:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return take_database(archive, manifest, target)


def take_database(archive: ZipFile, manifest: Manifest, target: Path) -> list[Complaint]:
    """
    The database of a backup, checked, on disk, without anything beside it; nobody logs in with a first password of it.

    :return: what the admin must be told
    :raises BackupError: it is damaged; nothing is left of it
    """
    beside = [target.with_name(target.name + part) for part in PARTS[1:]]
    try:
        backup_file.extract(archive, manifest, DATABASE, target)
        _check_database(target, Path(str(archive.filename)))
        numbers = _void_first_passwords(target)
        sync(target)
    except Exception:
        target.unlink(missing_ok=True)
        raise
    finally:
        for part in beside:
            part.unlink(missing_ok=True)
    return [Complaint(NEED_PASSWORDS, numbers=", ".join(numbers))] if numbers else []


def _sync_all(folder: Path) -> None:
    """The names are on disk, and its owner's alone."""
    for top, _, _ in os.walk(folder):
        Path(top).chmod(0o700)
        sync(Path(top))


def _check_room(manifest: Manifest, folder: Path) -> None:
    needed = sum(entry.bytes for entry in manifest.files.values()) + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            "{folder}: needs {needed} MB, there are {free} MB",
            folder=folder,
            needed=needed // 10**6,
            free=free // 10**6,
        )


def _names(folder: Path) -> Iterable[str]:
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else ()
