"""
How long proofs of orders are kept: as the recordings they are cut out of.

As long as [recording] protect_orders = yes, for ever. With no, what is older than keep_days goes with the recordings;
each one that goes is in the event log.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from twisted.application.internet import TimerService
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.calls.audit import DONE
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.config.settings import RecordingConfig
from callserver.media.vault import Vault

log = Logger()

EVERY_S = 24 * 3600.0


class OldProofs(TimerService):
    """
    A look a day, the first at the start.

    :param in_thread: fires with what a job gives that waits for the disk
    """

    def __init__(
        self,
        settings: RecordingConfig,
        events: EventLog,
        vault: Vault,
        in_thread: Callable[..., Deferred[Any]],
        clock: IReactorTime,
    ) -> None:
        super().__init__(EVERY_S, self._look)  # type: ignore[no-untyped-call]
        self.clock = clock
        self._settings, self._events, self._vault, self._in_thread = settings, events, vault, in_thread

    def _look(self) -> Deferred[None] | None:
        if self._settings.protect_orders or not self._settings.keep_days:
            return None
        before = self._events.now() - timedelta(days=self._settings.keep_days)
        done: Deferred[list[str]] = self._in_thread(delete_before, self._vault, before)
        return done.addCallbacks(self._gone, lambda failure: log.failure("old proofs of orders stay", failure))

    def _gone(self, names: list[str]) -> None:
        for name in names:
            call = name.rpartition("-")[0]
            self._events.write(Kind.AUDIT, call_id=call, act="delete_proof", target=name, result=DONE)


def delete_before(vault: Vault, moment: datetime) -> list[str]:
    """
    Proofs that were cut before a moment go; their names. Waits for the disk.

    :raises OSError: the disk's
    """
    gone: list[str] = []
    for name, path in sorted(vault.files(".wav").items()):
        if path.stat().st_mtime < moment.timestamp():
            vault.delete(name)
            gone.append(name)
    return gone
