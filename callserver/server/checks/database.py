"""The database: a driver for it, a place for it, and whether what is there is whole and ours. Nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callserver.config import Finding, Grade, Reading
from callserver.server.shop_folder import ShopFolder
from callserver.store.opening import Condition, StoreError, database_at, look, name_of, one_line
from callserver.wire.catalogue import Complaint

CONNECT_S = 5


def database_place(reading: Reading, folder: ShopFolder) -> Iterator[Finding]:
    """Whether there can be one: at most one finding. What is in it the store sees to, damaged as it may be."""
    where = folder.database(reading.config)
    try:
        _driver(where) if "://" in where else _place(Path(where))
    except Complaint as complaint:
        yield reading.finding(complaint, "server", "database")


def database_content(reading: Reading, folder: ShopFolder) -> Iterator[Finding]:
    """Whether what is there is whole and ours; of one that cannot be there its place is told."""
    where = folder.database(reading.config)
    try:
        if not any(database_place(reading, folder)):
            _connect(where) if "://" in where else _content(Path(where), folder)
    except Complaint as complaint:
        yield reading.finding(complaint, "server", "database", Grade.MISTAKE)


def _driver(url: str) -> Any:
    try:
        return database_at(f"{url}{'&' if '?' in url else '?'}connect_timeout={CONNECT_S}")
    except Exception as problem:  # peewee's, a driver's own, or the URL's
        raise _unusable(url, problem) from problem


def _connect(url: str) -> None:
    database = _driver(url)
    try:
        with database.connection_context():
            database.execute_sql("SELECT 1")
    except Exception as problem:
        raise _unusable(url, problem) from problem


def _unusable(url: str, problem: Exception) -> Complaint:
    if "not installed" in str(problem) or isinstance(problem, ImportError):
        return Complaint("the driver is missing: {command}", command=".venv/bin/pip install 'psycopg[binary]'")
    said = one_line(str(problem)).replace(url, name_of(url))
    return Complaint("{database} cannot be opened: {problem}", database=name_of(url), problem=said)


def _place(path: Path) -> None:
    if path.exists():
        if not path.is_file():
            raise Complaint("{file} is no file", file=path)
        if not os.access(path, os.R_OK | os.W_OK):
            raise Complaint("no right to read and write {file}", file=path)
    elif not path.parent.is_dir():
        raise Complaint("no folder {folder}: make it", folder=path.parent)
    elif not os.access(path.parent, os.W_OK | os.X_OK):
        raise Complaint("no right to write in {folder}", folder=path.parent)


def _content(path: Path, folder: ShopFolder) -> None:
    found = look(path)
    if found.condition is Condition.ABSENT and folder.life() is not None:
        raise Complaint("the database {database} is gone or empty", database=path)
    if found.condition not in (Condition.ABSENT, Condition.OURS):
        raise StoreError("{database}: {problem}", database=path, problem=found.problem)
