"""`callserver lines`, `hours NAME closed` and `notice` as a shop's admin uses them, without a running server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from click.testing import CliRunner, Result
from twisted.internet.defer import Deferred

from callserver.commands import books, lines, switches
from callserver.commands.organisation import hours
from callserver.ivr.loading import loads, switching
from callserver.ivr.loading.loads import Wishes
from callserver.wire.cells import cells
from tests.commands.test_staff import OpenedStore
from tests.commands.test_try_menu import MenuCommandsCase

MORNING = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday


class Now(datetime):
    """It is always this moment."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return MORNING.astimezone(tz)


async def no_voice(*_: object) -> None:
    """Nothing is synthesised here."""


class LinesTests(MenuCommandsCase):
    def setUp(self) -> None:
        super().setUp()
        config = self.folder.config_file
        text = config.read_text("utf-8").replace("time_zone =", "time_zone = Asia/Shanghai")
        config.write_text(text.replace("[line 1-20]", "[line 1-3]"), "utf-8")
        self.store = OpenedStore()
        self.on_stage = patch.object(books, "Store", lambda *where: self.opened())
        for replaced in (
            self.on_stage,
            patch.object(books, "react", self.run_story),
            patch.object(lines, "known_shop", self.known_shop),
            patch.object(lines, "give_voice", no_voice),
            patch.object(switches, "give_voice", no_voice),
            patch.object(switches, "datetime", Now),
        ):
            replaced.start()
            self.addCleanup(replaced.stop)

    def opened(self) -> OpenedStore:
        """A trial before it has had the one database that a process has."""
        from callserver.store import tables

        tables.database.initialize(self.store.database)
        return self.store

    def known_shop(self, shop: object) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def known() -> Any:
            self.opened()
            yield self.folder.config()

        return known()

    def run_story(self, story: Callable[[Any], Deferred[None]]) -> None:
        failed: list[Any] = []
        story(self.store.reactor).addErrback(failed.append)
        if failed:
            raise failed[0].value

    def do(self, command: Any, *arguments: str) -> Result:
        first = [arguments[0]] if command is lines.lines and arguments else []
        options = [*first, "--shop", str(self.folder.path), *arguments[len(first) :]]
        if command is hours:
            options = [*arguments, "--shop", str(self.folder.path)]
        return CliRunner().invoke(command, options, env={"CALLSERVER_LANGUAGE": "en", "LANG": "en_US.UTF-8"})

    @property
    def wishes(self) -> Wishes:
        self.opened()
        return loads.wishes()

    def test_load_and_back(self) -> None:
        """Proved, kept, listed; a slip changes nothing and exits with 1; back is what was before."""
        done = self.do(lines.lines, "load", "1-2", "front")
        self.assertEqual(done.exit_code, 0, done.output + str(done.exception))
        self.assertIn("front.test.ini: 4 tests, 0 faults.", done.output)
        first = self.wishes.loads
        self.assertEqual([(load.line, load.menu) for load in first.values()], [(1, "front"), (2, "front")])
        front = self.plugins / "front.ini"
        good = front.read_text("utf-8")
        for slip in (good.replace("= talk", "= tlak"), good.replace("press 0 = talk", "press 0 = night")):
            front.write_text(slip, "utf-8")  # the checks, and then the tests, find it
            done = self.do(lines.lines, "load", "1", "front")
            self.assertEqual(done.exit_code, 1, done.output)
            self.assertIn("menu front was not loaded; lines have what they had.", done.output)
            self.assertEqual(self.wishes.loads, first)
        self.assertEqual(self.do(lines.lines, "load", "1", "survey").exit_code, 0)
        self.assertEqual(self.do(lines.lines, "back", "1").exit_code, 0)
        self.assertEqual(self.wishes.loads[1].version, first[1].version)
        shown = self.do(lines.lines).output.splitlines()
        self.assertIn(first[1].version, shown[1])
        self.assertLessEqual(max(map(cells, shown)), 80)

    def test_out_of_service(self) -> None:
        """Drained and put back; what cannot be is said."""
        self.assertEqual(self.do(lines.lines, "drain", "1,3").exit_code, 0)
        self.assertEqual({line: one.enabled for line, one in self.wishes.services.items()}, {1: False, 3: False})
        self.assertEqual(self.do(lines.lines, "enable", "3").exit_code, 0)
        self.assertTrue(self.wishes.services[3].enabled)
        self.assertIn("line 2 is in service: drain it first", str(self.do(lines.lines, "unload", "2").exception))
        self.assertEqual(self.do(lines.lines, "unload", "1").exit_code, 0)
        self.assertIn("line 1 has no menu", str(self.do(lines.lines, "enable", "1").exception))
        self.assertIn("there is no line 9; there are 1, 2, 3", str(self.do(lines.lines, "drain", "9").exception))
        self.assertIn("write lines as", str(self.do(lines.lines, "drain", "x").exception))

    def test_hours(self) -> None:
        """Closed until they close by themselves; open again ends it; what there is not is said."""
        self.do(lines.lines, "load", "1", "front")
        said = self.do(hours, "shop", "closed").output
        self.assertIn("hours shop: closed until 2026-03-02 12:00", said)
        self.opened()
        self.assertFalse(switching.all_().hours["shop"].is_open)
        self.assertIn(
            "closed until 2026-03-02 11:15", self.do(hours, "shop", "closed", "--until", "2026-03-02 11:15").output
        )
        self.assertIn("as they are written again", self.do(hours, "shop", "open").output)
        self.opened()
        self.assertEqual(switching.all_().hours, {})
        self.assertIn("open until 2026-03-02 13:00", self.do(hours, "shop", "open").output)
        self.assertIn("did you mean", self.do(hours, "shap", "closed").output)

    def test_notice(self) -> None:
        """For a while, and then no more; without an end it is none."""
        self.do(lines.lines, "load", "1", "front")
        self.assertEqual(self.do(switches.notice, "front", "今天盘点。", "--until", "2026-03-02 18:00").exit_code, 0)
        self.opened()
        self.assertEqual(switching.all_().notices["front"].language, "zh")
        self.assertIn("say until when", self.do(switches.notice, "front", "Closed.").output)
        self.assertIn("is over", self.do(switches.notice, "front", "x", "--until", "2026-03-02 09:00").output)
        self.assertEqual(self.do(switches.notice, "front").exit_code, 0)
        self.opened()
        self.assertEqual(switching.all_().notices, {})
