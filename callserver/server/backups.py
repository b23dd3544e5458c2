"""A shop's backups: what goes into one, where they are kept, which is the last, and one a night."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.config import Config
from callserver.config.hours import next_time
from callserver.server import backup_file
from callserver.server.backup_file import BackupError, Manifest
from callserver.server.lock import FILE_NAME as LOCK_FILE
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.store.opening import PARTS
from callserver.wire.catalogue import N_

OURS = re.compile(r"callserver-\d{8}T\d{6}Z\.zip")
STAMP = "callserver-%Y%m%dT%H%M%SZ.zip"
ASIDE = "before-restore-"  # a shop that another was put in place of
NOT_OF_THE_SHOP = re.compile(  # what a shop makes anew, what is of this process, and copies
    rf"{re.escape(LOCK_FILE)}|callserver\.log.*|exchange\.sock.*|spool.*|first-password.*|shop\.json|spoken|ballast"
    rf"|callserver-.*\.zip|{ASIDE}.*|restore\.(new|ready|moving)|.*\.part|.*\.(damaged|unfinished)-.*|__pycache__"
)

log = Logger()


def backups_folder(folder: ShopFolder, config: Config) -> Path:
    """Where they are kept; inside the shop's folder unless config.ini says otherwise."""
    return folder.path / config.backup.folder


def backups(folder: ShopFolder, config: Config) -> list[tuple[Path, datetime]]:
    """Those that were made without a name of their own, the newest first, and when; by name, nothing is opened."""
    try:
        names = sorted(one.name for one in backups_folder(folder, config).iterdir() if OURS.fullmatch(one.name))
    except OSError:
        return []
    return [
        (backups_folder(folder, config) / name, datetime.strptime(name, STAMP).replace(tzinfo=UTC))
        for name in reversed(names)
    ]


def last_backup(folder: ShopFolder, config: Config) -> datetime | None:
    """When the last one was made, for who watches the shop; None: there is none."""
    found = backups(folder, config)
    return found[0][1] if found else None


def make_backup(
    folder: ShopFolder, config: Config, now: datetime, *, target: Path | None = None, recordings: bool = False
) -> tuple[Path, Manifest]:
    """
    Back up a shop, whether its server runs or not. Waits for the disk.

    :param target: the file to be; None: among the others, of which as many stay as config.ini says
    :raises BackupError: no file was made
    """
    life = folder.life()
    if life is None or not folder.config_file.exists():
        raise BackupError("{folder}: no shop lives here yet; there is nothing to back up", folder=folder.path)
    where = folder.database(config)
    empty = Manifest(backup_file.utc(now), backup_file.made_by(), life.shop, life.demo, {}, recordings)
    files = dict(_files(folder, config, recordings))
    database = None if "://" in where else Path(where)
    now_as = _in_other_form(folder.recordings)
    if target is not None:
        _check_place(target, folder)
        return target, backup_file.write(target, database, files, empty, now_as)
    place = backups_folder(folder, config)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise BackupError("{file}: {problem}", file=place, problem=problem.strerror) from problem
    target = place / backup_file.utc(now).strftime(STAMP)
    manifest = backup_file.write(target, database, files, empty, now_as)
    for old, _ in backups(folder, config)[config.backup.keep :]:
        old.unlink(missing_ok=True)
    return target, manifest


def _check_place(target: Path, folder: ShopFolder) -> None:
    """In the shop's own folder it would be part of the next backup, and lost with the shop."""
    if target.parent.resolve().is_relative_to(folder.path.resolve()):
        raise BackupError("{file}: lies in the shop's own folder; name a place outside it", file=target)


def _files(folder: ShopFolder, config: Config, recordings: bool) -> Iterator[tuple[str, Path]]:
    """What belongs to the shop and is not its database; the announcer's prompts also where they lie elsewhere."""
    database = folder.path / config.server.database
    left_out = {database.with_name(database.name + part) for part in PARTS}
    left_out.add(backups_folder(folder, config))
    if not recordings:
        left_out.add(folder.recordings)
    for path in _regular_files(folder.path, left_out):
        yield path.relative_to(folder.path).as_posix(), path
    prompts = folder.path / config.server.prompts
    if config.server.prompts and not prompts.is_relative_to(folder.path):
        for path in _regular_files(prompts, set()):
            yield f"prompts/{path.relative_to(prompts).as_posix()}", path


def _in_other_form(recordings: Path) -> Callable[[Path], Path | None]:
    """Of a recording that was encrypted or compressed since the files were listed: what it is now."""

    def now_as(gone: Path) -> Path | None:
        if gone.parent != recordings:
            return None
        stem = gone.name.partition(".")[0]
        return next((path for path in sorted(recordings.glob(f"{escape(stem)}.*")) if path.suffix != ".plain"), None)

    return now_as


def _regular_files(top: Path, left_out: set[Path]) -> Iterator[Path]:
    """No link is followed, and nothing waits for a pipe."""
    for entry in sorted(os.scandir(top), key=lambda entry: entry.name) if top.is_dir() else ():
        path = Path(entry.path)
        if path in left_out or NOT_OF_THE_SHOP.fullmatch(entry.name) or not backup_file.NAME.fullmatch(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _regular_files(path, left_out)
        elif stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            yield path


class NightlyBackup(Service):
    """One backup a day at the time of config.ini, in a thread; told in the event log, or as an alarm if it fails."""

    def __init__(
        self,
        folder: ShopFolder,
        config: Config,
        world: World,
        events: EventLog,
        on_made: Callable[[datetime], None] = lambda at: None,
    ) -> None:
        self._folder, self._config, self._world, self._events = folder, config, world, events
        self._on_made = on_made
        self._timer: IDelayedCall | None = None

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._wait()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _wait(self) -> None:
        if self.running and self._config.backup.at:
            now = self._world.now()
            due = next_time(now, self._config.backup.at, self._config.server.zone)
            self._timer = self._world.reactor.callLater(due.timestamp() - now.timestamp(), self._make)

    def _make(self) -> None:
        made: Deferred[Any] = self._world.in_thread(make_backup, self._folder, self._config, self._world.now())
        made.addCallbacks(self._made, self._not_made).addErrback(lambda failure: log.failure("no backup", failure))
        made.addCallback(lambda _: self._wait())

    def _made(self, made: tuple[Path, Manifest]) -> None:
        file, manifest = made
        self._events.write(Kind.SERVER, state="backed up", file=file.name)
        self._on_made(manifest.made)

    def _not_made(self, failure: Failure) -> None:
        log.failure("no backup", failure)
        self._events.alarm(N_("the nightly backup was not made: {problem}"), None, problem=failure.value)
