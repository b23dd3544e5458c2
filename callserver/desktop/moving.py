"""What an agent's program asks for to move calls; each fails with Refused where the server will not."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred


class Moving:
    """Commands that send calls on, take them from elsewhere, and put them aside."""

    def ask(self, act: str, *args: object) -> Deferred[Any]:
        """An act by its name; fires with its answer."""
        raise NotImplementedError

    def transfer(self, target: str) -> Deferred[None]:
        """Send on whom one talks with: "seat 802", "queue service", "menu balance", "number 01012345678"."""
        return self.ask("transfer", target)
