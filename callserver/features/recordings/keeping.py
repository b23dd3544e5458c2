"""How finished recordings are kept, and what those who look after them work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from callserver.calls.event_log import EventLog
from callserver.config import RecordingConfig
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.records import Records
from callserver.features.recordings.retention import Rules
from callserver.store.database import Store


@dataclass(frozen=True)
class Keeping:
    """How finished recordings are kept: see `callserver.config.RecordingConfig`."""

    rules: Rules = field(default_factory=Rules)
    compress: str = "no"
    compress_days: int = 7
    encrypt: bool = False

    @classmethod
    def of(cls, settings: RecordingConfig) -> Keeping:
        """As config.ini says."""
        rules = Rules(settings.keep_days, settings.disk_share, settings.protect_orders)
        return cls(rules, settings.compress, settings.compress_days, settings.encrypt)


@dataclass(frozen=True)
class Depot:
    """
    Files, what is known of them, and how they are to be kept.

    :param in_thread: runs what waits for the disk
    """

    clock: IReactorTime
    store: Store
    events: EventLog
    archive: Archive
    in_thread: Callable[..., Deferred[Any]]
    keeping: Keeping

    @property
    def records(self) -> Records:
        """Where each change is told."""
        return Records(self.store, self.events)
