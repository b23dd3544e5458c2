"""Features that have nothing to serve callers from, as a shop without goods; seen to when there is something."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.features import Feature
from callserver.store.database import Store
from callserver.store.following import Follower

log = Logger()


async def bare_of(store: Store, features: Sequence[Feature]) -> list[Feature]:
    """Those with nothing to serve callers from."""
    return [one for one in features if one.bare is not None and await store.read(one.bare)]


class Bareness(Follower):
    """
    People serve callers in place of a bare feature's menu, until goods have come: no start is needed for them.

    Only from nothing to something: a shop that sells its last item tells its callers so itself.

    :param features: those that are bare
    :param on_change: told those that still are, whenever one of them is no more
    """

    def __init__(
        self, clock: IReactorTime, store: Store, features: Sequence[Feature], on_change: Callable[[list[Feature]], None]
    ) -> None:
        super().__init__(clock)
        self._store, self._features, self._on_change = store, list(features), on_change

    async def follow(self) -> None:
        """A database that does not answer leaves it as it is; nothing is read where nothing is bare."""
        before = self._features
        try:
            self._features = await bare_of(self._store, before)
        except Exception:
            log.failure("whether there are goods cannot be read")
            return
        if self._features != before:
            self._on_change(self._features)
