"""What is done with faxes beside sending them: after so many days the pages of what came go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.faxing import rules
from callserver.features.faxing.office import FaxOffice
from callserver.features.faxing.papers import Papers
from callserver.features.faxing.rules import Fax
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class KeepDaysTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.store, self.forgotten = Clock(), InlineStore(), list[str]()
        self.addCleanup(self.store.database.close)
        folder = Path(self.mktemp())
        folder.mkdir()
        self.files: Any = SimpleNamespace(
            papers=Papers(folder), mail_server=None, forget=self.forget, stop=lambda: None
        )

    def forget(self, file: str) -> Deferred[None]:
        self.forgotten.append(file)
        return succeed(None)

    def open(self, keep_days: int) -> FaxOffice:
        house: Any = SimpleNamespace(clock=self.clock, in_thread=maybeDeferred)
        events: Any = SimpleNamespace(now=lambda: NOW + timedelta(seconds=self.clock.seconds()))
        office = FaxOffice(house, self.store, events, self.files, "", keep_days)
        office.startService()
        self.addCleanup(office.stopService)
        return office

    def came(self, new_id: str, ended: datetime) -> None:
        fax = Fax(new_id, "in", "call-1", "line 1", "13912345678", ended, file=f"{new_id}.tif")
        self.store.run(rules.begin_fax, fax)
        self.store.run(partial(rules.end_fax, new_id, ended, "success", pages=1))

    def test_within_an_hour(self) -> None:
        """The server looks at its start and each hour: pages go within an hour of their last day."""
        self.came("old", NOW - timedelta(days=31))
        self.came("due", NOW - timedelta(days=30) + timedelta(minutes=90))
        self.came("new", NOW)
        self.open(30)
        self.assertEqual(self.forgotten, ["old.tif"])
        self.clock.pump([3600.0])
        self.assertEqual(self.forgotten, ["old.tif"])
        self.clock.pump([3600.0])
        self.assertEqual(self.forgotten, ["old.tif", "due.tif"])

    def test_a_locked_database(self) -> None:
        """A look that fails is not the last one."""
        self.open(30)
        self.came("old", NOW - timedelta(days=31))
        locked = self.patch(self.store, "write", lambda *act: maybeDeferred(self.locked))
        self.clock.pump([3600.0])
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)
        locked.restore()
        self.clock.pump([3600.0])
        self.assertEqual(self.forgotten, ["old.tif"])

    def locked(self) -> None:
        raise OSError("database is locked")

    def test_for_ever(self) -> None:
        """With keep_days = 0 they stay, and a server that stops looks no more."""
        self.came("old", NOW - timedelta(days=3000))
        self.open(0)
        self.clock.pump([3600.0] * 3)
        self.open(30).stopService()
        self.assertEqual(self.forgotten, ["old.tif"])
        self.assertEqual(self.clock.getDelayedCalls(), [])
