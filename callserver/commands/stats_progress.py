"""The log counted up to its end before a report is asked for; who waits is told how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from callserver.commands.books import tell
from callserver.commands.sheets import QUIET_S, STEP_S
from callserver.features.statistics import keeping
from callserver.store.database import Store
from callserver.wire.terminal import here

SOME = 2000  # events of one transaction: the running server waits for no more than that


class Folding:
    """
    Brings the tables up to the end of the log.

    :param country: whose numbers they are
    """

    def __init__(self, store: Store, country: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._country, self._clock = store, country, clock

    async def catch_up(self) -> int:
        """How many events were new."""
        due_s, n_all = self._clock() + QUIET_S, 0
        while n := await self._store.write(keeping.fold_piece, SOME, self._country):
            n_all += n
            if self._clock() >= due_s:
                due_s = self._clock() + STEP_S
                left = await self._store.read(keeping.behind)
                tell(here("{n} events counted, {left} to go", n=n_all, left=left))
        return n_all
