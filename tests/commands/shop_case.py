"""Commands for the shop's books, on a database in memory."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
from click.testing import CliRunner, Result
from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands import books
from callserver.features.shopping import sample
from callserver.server.shop_folder import TOP
from callserver.store.tables import EventRow
from callserver.wire.cells import cells
from tests.store.inline import InlineStore

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)  # noon in the shop


class OpenedStore(InlineStore):
    def visit(self) -> Deferred[None]:
        return succeed(None)

    def stop(self) -> Deferred[None]:
        return succeed(None)


class ShopCase(SynchronousTestCase):
    """A shop with the sample; `group` has the commands."""

    group: click.Group
    modules: tuple[Any, ...] = ()  # whose `now` is the shop's

    def setUp(self) -> None:
        self.shop = Path(self.mktemp()).absolute()
        self.shop.mkdir(parents=True)
        ours = (TOP / "config.ini").read_text("utf-8")
        (self.shop / "config.ini").write_text(ours.replace("time_zone =", "time_zone = Asia/Shanghai", 1), "utf-8")
        self.store, self.now = OpenedStore(), NOW
        self.addCleanup(self.store.database.close)
        self.store.run(sample.load, NOW)
        self.replace(books, "Store", lambda *where: self.store)
        self.replace(books, "react", self.run_story)
        for module in self.modules:
            self.replace(module, "now", lambda: self.now)
        self.language("en")

    def replace(self, where: Any, name: str, by: Any) -> None:
        replaced = patch.object(where, name, by)
        replaced.start()
        self.addCleanup(replaced.stop)

    def language(self, language: str) -> None:
        replaced = patch.dict("os.environ", {"CALLSERVER_LANGUAGE": language})
        replaced.start()
        self.addCleanup(replaced.stop)

    def run_story(self, story: Callable[[Any], Deferred[None]]) -> None:
        failed: list[BaseException] = []
        story(self.store.reactor).addErrback(lambda failure: failed.append(failure.value))
        if failed:
            raise failed[0]

    def command(self, words: str, typed: bytes | None = None) -> Result:
        command = self.group
        first, *rest = shlex.split(words)
        found = CliRunner().invoke(command, [first, *rest], input=typed, env={"CALLSERVER_SHOP": str(self.shop)})
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    def done(self, words: str, typed: bytes | None = None) -> str:
        """What it prints for people and programs; no line is wider than a terminal."""
        result = self.command(words, typed)
        self.assertEqual(result.exit_code, 0, f"{words}: {result.output} {result.exception}")
        if "--json" not in words:
            self.assertEqual([line for line in result.stdout.splitlines() if cells(line) > 80], [])
        return result.stdout

    def told(self, words: str, typed: bytes | None = None) -> str:
        """What it tells the person beside that."""
        result = self.command(words, typed)
        self.assertEqual(result.exit_code, 0, f"{words}: {result.output} {result.exception}")
        return result.stderr

    def refused(self, words: str, typed: bytes | None = None) -> str:
        """All that a command says that does nothing."""
        before = self.state()
        result = self.command(words, typed)
        self.assertNotEqual(result.exit_code, 0, words)
        self.assertEqual(self.state(), before, words)
        code = result.exception.code if isinstance(result.exception, SystemExit) else ""
        return result.output + (code if isinstance(code, str) else "")

    def state(self) -> list[tuple[str, list[Any]]]:
        """All that the database holds."""
        tables = self.store.database.get_tables()
        return [(one, self.store.database.execute_sql(f"SELECT * FROM {one}").fetchall()) for one in sorted(tables)]

    def noted(self) -> list[str]:
        """What was written down of who did what."""
        return [str(row.data) for row in EventRow.select().where(EventRow.kind == "audit").order_by(EventRow.seq)]
