"""When to try a device again: for ever, ever less often, and soon after it is plugged in."""

import os

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

FIRST_S, LONGEST_S = 1, 30
REST_S = 600  # of a modem that is there and does not do its work


class Retries:
    """Waits of 1, 2, 4 ... 30 s, or a long rest; what is plugged in or out meanwhile ends them."""

    def __init__(self, clock: IReactorTime, device: str) -> None:
        self._clock, self._device = clock, device
        self._next_s = FIRST_S

    def succeeded(self) -> None:
        """Begin with the shortest wait next time."""
        self._next_s = FIRST_S

    async def wait(self, *, rest: bool = False) -> None:
        """Until the next try is due; one second at most after another device (or none, or the right to it) is there."""
        wait_s, self._next_s = REST_S if rest else self._next_s, min(2 * self._next_s, LONGEST_S)
        before = self._node()
        for _ in range(wait_s):
            await deferLater(self._clock, 1)
            if self._node() != before:
                self._next_s = FIRST_S  # the right to open it may come a moment later
                return

    def _node(self) -> tuple[int, int, int] | None:
        """What stands at the device's path now: another node for each time that something is plugged in."""
        try:
            node = os.stat(self._device)
        except OSError:
            return None
        return node.st_ino, node.st_rdev, node.st_ctime_ns
