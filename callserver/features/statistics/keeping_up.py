"""The tables follow the log while the server runs, a small piece of the database's time at a time."""

from __future__ import annotations

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.logger import Logger

from callserver.features.statistics import keeping
from callserver.store.database import Store

log = Logger()

EVERY_S = 60.0
PIECE = 100  # events: a few milliseconds, for which a call's card would have to wait
BETWEEN_S = 0.1  # two pieces: others go first
PIECES_MAX = 500  # of one turn; a log that was never folded takes several


class KeepingUp(Service):
    """
    Folds what is new, once a minute.

    A piece that fails, as on a full disk, is tried again in the next turn: the store has told of it.

    :param country: whose numbers are in the log
    """

    def __init__(self, clock: IReactorTime, store: Store, country: str) -> None:
        self._clock, self._store, self._country = clock, store, country
        self._looking = LoopingCall(self._turn)
        self._looking.clock = clock
        self._following: Deferred[None] | None = None  # while there is something to do

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._looking.start(EVERY_S, now=False)

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._looking.running:
            self._looking.stop()
        if self._following is not None:
            self._following.cancel()

    def _turn(self) -> None:
        if self._following is None:
            following = self._following = Deferred.fromCoroutine(self._follow())
            if following.called:
                self._following = None

    async def _follow(self) -> None:
        try:
            for _ in range(PIECES_MAX):
                if not self.running or not await self._store.write(keeping.fold_piece, PIECE, self._country):
                    return
                await deferLater(self._clock, BETWEEN_S)
        except CancelledError:
            pass  # the server stops; the next start goes on from here
        except Exception as problem:
            log.warn("statistics are behind: {problem}", problem=problem)
        finally:
            self._following = None
