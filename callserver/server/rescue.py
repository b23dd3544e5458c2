"""A database that is damaged or gone: kept, told, the last good backup put in its place; never a new demo shop."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from callserver.config import Config
from callserver.server import backup_file
from callserver.server.backup_file import DATABASE, BackupError, Manifest
from callserver.server.backups import backups
from callserver.server.restore import take_database
from callserver.server.shop_folder import Life, ShopFolder, keep_private
from callserver.store.on_disk import PART, move, sync
from callserver.store.opening import PARTS, Condition, Found, StoreError, look
from callserver.wire.catalogue import Complaint


def make_good(folder: ShopFolder, config: Config, now: datetime) -> list[Complaint]:
    """
    See that what stands at the database's place can be opened. Waits for the disk; only for who owns the shop.

    :return: what the admin must be told
    :raises StoreError: it cannot be opened, and it is not for us to put anything in its place
    """
    where, life = folder.database(config), folder.life()
    if "://" in where:
        return []
    database, found = Path(where), look(where)
    for part in PARTS:
        keep_private(_part(database, part))
    if found.condition is Condition.OURS:
        return []
    if life is None:
        if found.condition is not Condition.ABSENT:
            raise _unusable(database, found)
        _move_aside(database, now, "unfinished")  # what a killed first start has left is no trace of a life
        return []
    _check_place(folder, config, life, database, found)
    return _replace(folder, config, life, found, now)


def _check_place(folder: ShopFolder, config: Config, life: Life, database: Path, found: Found) -> None:
    """What is lost was here; a path that was set to another place has lost nothing."""
    lived_here = life.database == folder.place(config)
    if found.condition is Condition.FOREIGN or (found.condition is not Condition.ABSENT and not lived_here):
        raise _unusable(database, found)
    if not lived_here and (folder.path / life.database).exists():
        raise StoreError(
            "{database} is not there: this shop's database is {former} ([server] database in {file})",
            database=database,
            former=folder.path / life.database,
            file=folder.config_file,
        )


def _replace(folder: ShopFolder, config: Config, life: Life, found: Found, now: datetime) -> list[Complaint]:
    """The newest good backup in its place, or nothing, so that an empty database can be begun."""
    database = Path(folder.database(config))
    part = _part(database, PART)
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    news, made = _newest_good(folder, config, life, part)
    kept = _move_aside(database, now, "damaged")
    if made is not None:
        part.replace(database)
        sync(database.parent)
    folder.forget_first_passwords()
    return [_lost(database, found, kept), _remedy(made), *news]


def _newest_good(folder: ShopFolder, config: Config, life: Life, part: Path) -> tuple[list[Complaint], Manifest | None]:
    news: list[Complaint] = []
    for file, _ in backups(folder, config):
        try:
            with backup_file.opened(file) as (archive, manifest):
                if DATABASE in manifest.files and manifest.shop == (life.shop or manifest.shop):
                    return [*news, *take_database(archive, manifest, part)], manifest
        except BackupError as problem:
            news.append(problem)
    return news, None


def _move_aside(database: Path, now: datetime, what: str) -> Path | None:
    """Never deleted, and nothing of it left beside a new one; where it is now."""
    kept = _part(database, f".{what}-{now:%Y%m%dT%H%M%SZ}")
    for part in PARTS:
        move(_part(database, part), _part(kept, part))
    return kept if kept.exists() else None


def _part(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def _unusable(database: Path, found: Found) -> StoreError:
    return StoreError("{database}: {problem}", database=database, problem=found.problem)


def _lost(database: Path, found: Found, kept: Path | None) -> Complaint:
    if found.condition is Condition.ABSENT:
        return Complaint("the database {database} is gone or empty", database=database)
    return Complaint("{database}: {problem}; it is kept as {kept}", database=database, problem=found.problem, kept=kept)


def _remedy(made: Manifest | None) -> Complaint:
    if made is None:
        return Complaint(
            "there is no good backup: an empty database was begun, without goods and staff; callers go to a person. "
            "Put in a backup with bin/callserver restore, or begin anew with bin/callserver staff add"
        )
    day = made.made.astimezone().isoformat(" ", "minutes")
    return Complaint("the backup of {day} was put in its place: what has happened since is not in it", day=day)
