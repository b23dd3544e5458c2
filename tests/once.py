"""What every shop of the tests would do again, and in the same way, is done once in a process."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import passwords
from callserver.ivr.prompts import Prompts
from callserver.store import tables
from callserver.store.opening import database_at, open_database

QUICK_N = 16  # instead of a cost that guessing must feel

_load = Prompts.load


def begin_quickly(case: SynchronousTestCase, database: Path | None = None) -> None:
    """
    For the length of a test: shipped prompts that were read are not read again, and passwords are cheap to check.

    :param database: where one is wanted that is empty and up to date, as after all migrations
    """
    case.patch(passwords, "N", QUICK_N)
    case.patch(Prompts, "load", lambda self, before=None: _load(self, before or _shipped_prompts()))
    if database is not None:
        shutil.copyfile(_empty_database(), database)


@cache
def _shipped_prompts() -> Prompts:
    prompts = Prompts()
    _load(prompts)
    return prompts


@cache
def _empty_database() -> Path:
    path = Path(_folder().name, "empty.sqlite3")
    database = database_at(str(path))
    bound = tables.database.obj
    tables.database.initialize(database)
    open_database(database, str(path))
    database.close()
    tables.database.initialize(bound)
    return path


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="callserver-tests-")  # gone when the process ends
