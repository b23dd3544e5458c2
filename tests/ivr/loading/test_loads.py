"""Versions and loads in the database: whole or not there, on SQLite and on PostgreSQL, also when a load is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.loading import loads, switching
from callserver.ivr.loading.loads import Load, Service
from callserver.ivr.loading.version import MenuVersion
from callserver.ivr.menu_files.switches import Notice, Switch
from callserver.store import tables
from callserver.store.opening import database_at, open_database, read_only
from callserver.store.tried import TriedStore
from callserver.wire.catalogue import Complaint
from tests.run import TOP
from tests.store import postgres

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ONE = MenuVersion("front", {Path("/a/front.ini"): "[say a]\nzh = 你好\n".encode("gb18030"), Path("/a/x.py"): b"\0\xff"})
TWO = MenuVersion("front", {Path("/a/front.ini"): b"[say a]\n"})
KILLED_LOAD = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from callserver.ivr.loading import loads
from callserver.ivr.loading.loads import Load
from callserver.ivr.loading.version import MenuVersion
from callserver.store import tables
from callserver.store.opening import database_at
where, n = sys.argv[1], int(sys.argv[2])
database = database_at(where)
tables.database.initialize(database)
database.connect()
execute, left = database.execute_sql, [n]
def killed_at(*args, **how):
    if left[0] == 0:
        os.kill(os.getpid(), 9)
    left[0] -= 1
    return execute(*args, **how)
database.execute_sql = killed_at
made = MenuVersion("front", {Path("/a/front.ini"): b"new", Path("/a/b.ini"): b"new too"})
with database.atomic("IMMEDIATE"):
    loads.load(Load(1, "front", made.name, "front", datetime(2026, 3, 2, 2, 0, tzinfo=UTC)), made)
"""


def load(version: MenuVersion, line: int = 1) -> None:
    loads.load(Load(line, "front", version.name, "front", NOW), version)


class LoadsCase:
    """What must hold on every database; a subclass opens one in `where`."""

    where: str

    def open(self: SynchronousTestCase) -> None:  # type: ignore[misc]
        database = database_at(self.where)  # type: ignore[attr-defined]
        tables.database.initialize(database)
        open_database(database, self.where)  # type: ignore[attr-defined]
        self.addCleanup(database.close)

    def test_kept_byte_by_byte(self: SynchronousTestCase) -> None:  # type: ignore[misc]
        """A version is what its files were, whatever bytes they are; the same one is kept once."""
        load(ONE)
        load(ONE, line=2)
        self.assertEqual(loads.version(ONE.name), ONE)
        self.assertEqual(loads.newest(), {"front": ONE.name})
        self.assertIsNone(loads.version("000000000000"))

    def test_accepted_again(self: SynchronousTestCase) -> None:  # type: ignore[misc]
        """An old version that is loaded again is the one that was accepted last."""
        for n, version in enumerate((ONE, TWO, ONE)):
            loads.load(Load(1, "front", version.name, "front", NOW + timedelta(seconds=n)), version)
        self.assertEqual(loads.newest(), {"front": ONE.name})

    def test_back(self: SynchronousTestCase) -> None:  # type: ignore[misc]
        """What was before; once more that again; what was refused never counts."""
        with self.assertRaises(Complaint):
            loads.before(1)
        load(ONE)
        load(TWO)
        self.assertEqual(loads.before(1).version, ONE.name)
        load(ONE)
        self.assertEqual(loads.before(1).version, TWO.name)
        loads.refuse(loads.wishes().loads[1].id, "broken")
        self.assertEqual(loads.wishes().loads[1].version, TWO.name)

    def test_wishes(self: SynchronousTestCase) -> None:  # type: ignore[misc]
        """The newest word on each line, on hours and on notices counts."""
        loads.serve(Service(1, True, True, NOW))
        loads.serve(Service(1, False, True, NOW, at_once=True))
        switch, notice = (
            Switch("shop", False, NOW, NOW.replace(hour=4)),
            Notice("front", "盘点", NOW, NOW.replace(hour=5)),
        )
        switching.switch(Switch("shop", True, NOW, NOW))
        switching.switch(switch)
        switching.announce(notice)
        found = loads.wishes()
        self.assertEqual(found.services, {1: Service(1, False, True, NOW, at_once=True)})
        self.assertEqual((found.switches.hours, found.switches.notices), ({"shop": switch}, {"front": notice}))
        switching.end_switch("shop")
        switching.end_notice("front")
        self.assertEqual(loads.wishes().switches.hours, {})

    def test_tried(self: SynchronousTestCase) -> None:  # type: ignore[misc]
        """A trial leaves no row behind; what is to be kept is there."""
        load(ONE)
        trial = TriedStore(self.where, None, live=True)  # type: ignore[attr-defined]
        with trial.trial():
            self.successResultOf(trial.write(load, TWO))
        with trial.trial():
            self.assertEqual(loads.wishes().loads[1].version, ONE.name)
        with trial.trial(keep=True):
            self.successResultOf(trial.write(load, TWO))
        trial.close()
        with read_only(self.where):  # type: ignore[attr-defined]
            self.assertEqual(loads.wishes().loads[1].version, TWO.name)


class SqliteLoadsTests(LoadsCase, SynchronousTestCase):
    def setUp(self) -> None:
        self.where = str(Path(self.mktemp()).absolute())
        self.open()

    def test_killed(self) -> None:
        """Killed with -9 before any statement of a load: the line has what it had, or all of the new version."""
        load(ONE)
        environment = os.environ | {"PYTHONPATH": str(TOP)}
        for n in range(20):
            command = [sys.executable, "-c", KILLED_LOAD, self.where, str(n)]
            done = subprocess.run(command, env=environment, check=False)
            with read_only(self.where):
                name = loads.wishes().loads[1].version
                found = loads.version(name)
            assert found is not None
            self.assertEqual(found.name, name)
            if done.returncode == 0:
                self.assertNotEqual(name, ONE.name)
                self.assertGreater(n, 3)
                return
            self.assertEqual((done.returncode, name), (-signal.SIGKILL, ONE.name))
        self.fail("it never came to its end")


class PostgresLoadsTests(LoadsCase, SynchronousTestCase):
    skip = postgres.missing()

    def setUp(self) -> None:
        self.where = postgres.new_database()
        self.open()
