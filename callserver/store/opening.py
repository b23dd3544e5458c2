"""Databases are looked at, opened and upgraded here; one that cannot be used stays as it is."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from peewee import DatabaseError, OperationalError, SqliteDatabase
from playhouse.db_url import connect as connect_url
from playhouse.migrations import Runner

from callserver.store import tables
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Phrase

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_S = 0.05  # of one attempt; the database thread tries again
NOT_OURS = N_("holds tables, but not those of callserver")
SQLITE_HEADER = b"SQLite format 3\0"
PARTS = ("", "-wal", "-shm", "-journal")  # what SQLite keeps of one database; one without the others is another state


class StoreError(Complaint):
    """The database cannot be used; one line says which and why. Nothing in it was touched."""


class Locked(StoreError):
    """Another program holds it at this moment."""


class Condition(Enum):
    """What a look at a database's place has found."""

    ABSENT = "absent"  # no file, or nothing in it
    OURS = "ours"
    DAMAGED = "damaged"
    NO_DATABASE = "no database"  # a text, a picture; or ours, with its beginning overwritten
    FOREIGN = "foreign"  # a database of somebody else's


class Found(NamedTuple):
    """A condition, and what is wrong in words."""

    condition: Condition
    problem: Phrase = Phrase("")


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


def open_database(database: Any, path_or_url: str) -> None:
    """
    Open and upgrade a database, or begin one where nothing is. Only for who owns the shop.

    :raises StoreError: when it is damaged, of another version, or not ours; nothing in it was touched
    """
    if is_sqlite(database):
        found = look(path_or_url)
        if found.condition not in (Condition.OURS, Condition.ABSENT):
            raise StoreError("{database}: {problem}", database=path_or_url, problem=found.problem)
    database.connect()
    try:
        _check_version(database, path_or_url)
        Runner(database, str(MIGRATIONS)).up()
    except Exception:
        database.close()
        raise


def visit_database(database: Any, path_or_url: str) -> None:
    """
    Open a database as it is, beside the server or without it: a visitor makes, upgrades and repairs nothing.

    :raises StoreError: when it is not there, is damaged, or is not of this version
    """
    if is_sqlite(database):
        found = look(path_or_url)
        if found.condition is Condition.ABSENT:
            raise StoreError(
                "{database}: no database here; the first start of the server makes it", database=path_or_url
            )
        if found.condition is not Condition.OURS:
            raise StoreError("{database}: {problem}", database=path_or_url, problem=found.problem)
    database.connect()
    try:
        _check_version(database, path_or_url)
        if any(not migration.applied for migration in Runner(database, str(MIGRATIONS)).status()):
            raise StoreError(
                "{database}: made by an older callserver; the next start of the server brings it up to date",
                database=name_of(path_or_url),
            )
    except Exception:
        database.close()
        raise


def look(path: str | Path) -> Found:
    """
    What is at the place of an SQLite database; changes nothing.

    :raises StoreError: it cannot be looked at: no permission, a folder, locked
    """
    file = Path(path)
    try:
        if not file.exists() or not file.stat().st_size:
            return Found(Condition.ABSENT)
        with file.open("rb") as opened:
            header = opened.read(len(SQLITE_HEADER))
    except OSError as problem:
        raise StoreError("{database}: {problem}", database=path, problem=problem.strerror) from problem
    found = _look_inside(_file_to_read(str(file)), str(path))  # with its -wal, which may hold all that is missing here
    if found.condition is not Condition.OURS and header != SQLITE_HEADER:
        return Found(Condition.NO_DATABASE, Phrase("this file is no database"))
    return found


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


def as_store_error(problem: Exception, path_or_url: str) -> StoreError:
    """What went wrong when a database was opened, in one line."""
    if isinstance(problem, StoreError):
        return problem
    kind = Locked if isinstance(problem, OperationalError) and "locked" in str(problem) else StoreError
    return kind("{database}: {problem}", database=name_of(path_or_url), problem=one_line(str(problem)))


def unknown_migrations(database: Any) -> list[str]:
    """The upgrades it has that this version does not know."""
    status = Runner(database, str(MIGRATIONS)).status()
    return [migration.name for migration in status if migration.path is None]


def _file_to_read(path: str) -> Any:
    # mode rw makes no file where none is; mode ro would leave files of its own behind
    uri = f"{Path(path).absolute().as_uri()}?mode=rw"
    return SqliteDatabase(uri, uri=True, pragmas={"query_only": 1}, autoconnect=False, timeout=BUSY_TIMEOUT_S)


def _look_inside(file: Any, path: str) -> Found:
    """Before it is opened for writing, which already changes it."""
    try:
        with closing(file):
            file.connect()
            (answer,) = file.execute_sql("PRAGMA quick_check(1)").fetchone()
            names = file.get_tables() if answer == "ok" else []
    except OperationalError as problem:  # locked, or not readable: not damaged
        raise as_store_error(problem, path) from problem
    except DatabaseError as problem:
        return _damaged(problem)
    if answer != "ok":
        return _damaged(answer)
    if not names:
        return Found(Condition.ABSENT)
    if "schema_migration" not in names:
        return Found(Condition.FOREIGN, Phrase(NOT_OURS))
    return Found(Condition.OURS)


def _damaged(said: object) -> Found:
    return Found(Condition.DAMAGED, Phrase("damaged: {said}", {"said": one_line(str(said))}))


def _check_version(database: Any, path_or_url: str) -> None:
    runner = Runner(database, str(MIGRATIONS))
    if unknown := unknown_migrations(database):
        raise StoreError(
            "{database}: made by another version of callserver (it has {unknown})",
            database=name_of(path_or_url),
            unknown=", ".join(unknown),
        )
    if not runner.applied() and database.get_tables():
        raise StoreError("{database}: {problem}", database=name_of(path_or_url), problem=Phrase(NOT_OURS))
