"""The shop of the demo."""

from __future__ import annotations

from twisted.trial.unittest import TestCase

from callserver.commands.staff import NAMES
from callserver.desktop.demo_shop import NUMBER, DemoShop


class _Unstarted(DemoShop):
    """Runs nothing, and remembers what it would have run."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, ...]] = []
        self._calls = []

    def _run(self, *words: str) -> None:  # type: ignore[override]
        self.ran.append(words)


class DemoShopTests(TestCase):
    def test_may_everything(self) -> None:
        """Who tries the demo has all 18 rights, by the names that the command for them knows."""
        shop = _Unstarted()
        shop.allow_everything()
        self.assertEqual(shop.ran, [("staff", "rights", NUMBER, *NAMES)])
