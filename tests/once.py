"""What every shop of the tests would do again, and in the same way, is done once in a process."""

import gc
from contextlib import closing
from functools import cache
from pathlib import Path
from sqlite3 import connect
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import passwords
from callserver.features.statistics import child, children
from callserver.ivr.prompts import Prompts
from callserver.server.garbage import keep_what_stands
from callserver.store import tables
from tests.store.inline import new_shops

DEAR_N, QUICK_N = passwords.N, 2  # what guessing must feel, and instead of it

_load = Prompts.load


def begin_quickly(case: SynchronousTestCase, database: Path | None = None) -> None:
    """
    For the length of a test: shipped prompts that were read are not read again, and passwords are cheap to check.

    :param database: where one is wanted that is empty and up to date, as after all migrations
    """
    leave_out_what_stands()
    case.patch(passwords, "N", QUICK_N)
    case.patch(Prompts, "load", lambda self, before=None: _load(self, before or _shipped_prompts()))
    if database is not None:
        with closing(connect(database)) as new:
            new_shops().backup(new)


def leave_out_what_stands() -> None:
    """From here on only what is new is looked through for rubbish: as in a server, and for the same reason."""
    if not gc.get_freeze_count():
        keep_what_stands()


def reports_at_once(case: SynchronousTestCase) -> None:
    """For the length of a test: reports are made in this process; each of its own costs two seconds of imports."""
    case.patch(children, "ask_child", _made_here)


def _made_here(task: child.Task) -> Any:
    ours = tables.database.obj
    try:
        return child.read(task, child.made(task))
    finally:
        tables.database.initialize(ours)


@cache
def _shipped_prompts() -> Prompts:
    prompts = Prompts()
    _load(prompts)
    return prompts
