"""The shop of the demo."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

from twisted.trial.unittest import TestCase

from callserver.commands.staff import NAMES
from callserver.desktop.demo_shop import CALLERS, NUMBER, DemoShop
from callserver.emulator.script import read_script


class _Command:
    """One that runs, until the test ends it."""

    is_over = False

    def poll(self) -> int | None:
        """As `Popen`."""
        return 0 if self.is_over else None


class _Unstarted(DemoShop):
    """Runs nothing, and remembers what it would have run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self._callers = folder, cycle(CALLERS)
        self._calls = []
        self.ran: list[tuple[str, ...]] = []
        self.command = _Command()
        self._allows = None

    def _run(self, *words: str) -> Any:
        self.ran.append(words)
        return self.command


class DemoShopTests(TestCase):
    def test_callers(self) -> None:
        """They wait for minutes, and talk as long; no more than three at a time, so that nobody is chased."""
        shop = _Unstarted(Path(self.mktemp()))
        for _ in range(5):
            shop.call()
        self.assertEqual([ran[:2] for ran in shop.ran], 3 * [("emulate", "run-script")])
        steps = read_script((shop.folder / "caller.txt").read_text("utf-8"))
        waits = [step for step in steps if step.word == "wait" and step.arguments[0] == "hang up"]
        self.assertEqual([wait.within_s for wait in waits], [240.0])
        shop.command.is_over = True
        shop.call()
        self.assertEqual(len(shop.ran), 4)

    def test_may_everything(self) -> None:
        """Who tries the demo has all 18 rights before he is logged in, by the names that the command knows."""
        shop = _Unstarted(Path(self.mktemp()))
        self.assertEqual((shop.allowed_everything(), shop.allowed_everything()), (False, False))
        self.assertEqual(shop.ran, [("staff", "rights", NUMBER, *NAMES)])
        shop.command.is_over = True
        self.assertTrue(shop.allowed_everything())
