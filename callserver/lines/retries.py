"""When to try a device again: for ever, ever less often, and soon after it is plugged in."""

import os

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

FIRST_S, LONGEST_S = 1, 30


class Retries:
    """Waits of 1, 2, 4 ... 30 s."""

    def __init__(self, clock: IReactorTime, device: str) -> None:
        self._clock, self._device = clock, device
        self._next_s = FIRST_S

    def succeeded(self) -> None:
        """Begin with the shortest wait next time."""
        self._next_s = FIRST_S

    async def wait(self) -> None:
        """Until the next try is due; one second at most after a missing device has appeared."""
        wait_s, self._next_s = self._next_s, min(2 * self._next_s, LONGEST_S)
        missing = not os.path.exists(self._device)
        for _ in range(wait_s):
            await deferLater(self._clock, 1)
            if missing and os.path.exists(self._device):
                self._next_s = FIRST_S  # the right to open it may come a moment later
                return
