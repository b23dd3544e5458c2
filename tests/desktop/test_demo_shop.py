"""The shop of the demo."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import TestCase

from callserver.commands.staff import NAMES
from callserver.desktop.demo_shop import NUMBER, DemoShop


class _Command:
    """One that runs, until the test ends it."""

    is_over = False

    def poll(self) -> int | None:
        """As `Popen`."""
        return 0 if self.is_over else None


class _Unstarted(DemoShop):
    """Runs nothing, and remembers what it would have run."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, ...]] = []
        self.command = _Command()
        self._allows = None

    def _run(self, *words: str) -> Any:
        self.ran.append(words)
        return self.command


class DemoShopTests(TestCase):
    def test_may_everything(self) -> None:
        """Who tries the demo has all 18 rights before he is logged in, by the names that the command knows."""
        shop = _Unstarted()
        self.assertEqual((shop.allowed_everything(), shop.allowed_everything()), (False, False))
        self.assertEqual(shop.ran, [("staff", "rights", NUMBER, *NAMES)])
        shop.command.is_over = True
        self.assertTrue(shop.allowed_everything())
