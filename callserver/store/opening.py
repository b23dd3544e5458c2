"""Databases are checked, opened and upgraded here; one that cannot be used stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peewee import DatabaseError, OperationalError, SqliteDatabase
from playhouse.db_url import connect as connect_url
from playhouse.migrations import Runner

from callserver.store import tables
from callserver.wire.catalogue import Complaint
from callserver.wire.messages import Phrase

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_S = 0.05  # of one attempt; the database thread tries again


class StoreError(Complaint):
    """The database cannot be used; one line says which and why. Nothing in it was touched."""


def database_at(path_or_url: str) -> Any:
    """A database that opens only where told to: a stray query elsewhere fails instead of blocking the reactor."""
    if "://" in path_or_url:
        return connect_url(path_or_url, autoconnect=False)
    pragmas = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1}
    return SqliteDatabase(path_or_url, pragmas=pragmas, autoconnect=False, timeout=BUSY_TIMEOUT_S)


def is_sqlite(database: Any) -> bool:
    return isinstance(database, SqliteDatabase)


def name_of(path_or_url: str) -> str:
    """For people: a URL may hold a password."""
    return path_or_url.rpartition("@")[2]


def open_database(database: Any, path_or_url: str) -> Phrase | None:
    """
    Open and upgrade a database; a damaged file is moved aside, never deleted, and a new one begun.

    :return: what the admin must be told, if anything
    :raises StoreError: when it is of another version, or not ours
    """
    news = _look_at_file(path_or_url) if is_sqlite(database) and Path(path_or_url).exists() else None
    database.connect()
    try:
        _check_version(database, path_or_url)
        Runner(database, str(MIGRATIONS)).up()
    except Exception:
        database.close()
        raise
    return news


def one_line(problem: str) -> str:
    """What a database driver says, which may go over several lines."""
    return " ".join(problem.split())


@contextmanager
def read_only(path_or_url: str) -> Iterator[None]:
    """For another process while the server runs: tables can be read inside; StoreError if they cannot."""
    database = database_at(path_or_url) if "://" in path_or_url else _file_to_read(path_or_url)
    tables.database.initialize(database)
    try:
        with database.connection_context():
            yield
    except DatabaseError as problem:
        said = one_line(str(problem))
        raise StoreError("{database}: {problem}", database=name_of(path_or_url), problem=said) from problem


def _file_to_read(path: str) -> Any:
    # mode rw makes no file where none is; mode ro would leave files of its own behind
    uri = f"{Path(path).absolute().as_uri()}?mode=rw"
    return SqliteDatabase(uri, uri=True, pragmas={"query_only": 1}, autoconnect=False)


def _look_at_file(path: str) -> Phrase | None:
    """Before it is opened for writing, which already changes it."""
    file = _file_to_read(path)
    with file.connection_context():
        damage = _damage_of(file)
        if not damage:
            _check_version(file, path)
    return _move_aside(path, damage) if damage else None


def _damage_of(file: Any) -> str:
    try:
        (answer,) = file.execute_sql("PRAGMA quick_check(1)").fetchone()
        return "" if answer == "ok" else str(answer)
    except OperationalError:
        return ""  # locked, or not readable: not damaged; opening it will tell
    except DatabaseError as problem:
        return str(problem)


def _move_aside(path: str, damage: str) -> Phrase:
    kept = f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for part in (Path(path + suffix) for suffix in ("", "-wal", "-shm")):
        if part.exists():
            part.rename(f"{part}.{kept}")
    return Phrase(
        "{file} was damaged ({damage}): it is kept as {kept}, a new one was begun",
        {"file": path, "damage": damage, "kept": f"{path}.{kept}"},
    )


def _check_version(database: Any, path_or_url: str) -> None:
    runner = Runner(database, str(MIGRATIONS))
    unknown = [migration.name for migration in runner.status() if migration.path is None]
    if unknown:
        raise StoreError(
            "{database}: made by another version of callserver (it has {unknown})",
            database=name_of(path_or_url),
            unknown=", ".join(unknown),
        )
    if not runner.applied() and database.get_tables():
        raise StoreError("{database}: holds tables, but not those of callserver", database=name_of(path_or_url))
