"""A changed prompt is heard in the next call: the shop's recordings are looked at every two seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from callserver.ivr.prompts import Prompts
from callserver.wire.catalogue import LANGUAGES

log = Logger()

LOOK_S = 2.0

Seen = frozenset[tuple[str, int, int]]  # files by path, with time and size


class PromptWatch(Service):
    """
    Whatever changes the folder, `callserver prompts`, a recording by telephone, a copy by hand, is seen here.

    Who is in a call hears on what he hears: a prompt is an array, and a new one is another array. A folder that
    changes while it is read is read again at the next look. Settings that name another folder in the meantime win:
    what was read from the old one is thrown away.

    :param folders: as of `Prompts`, the shop's own first, asked at each look
    :param on_new: told the prompts that are to be heard from now on
    """

    def __init__(
        self,
        clock: IReactorTime,
        in_thread: Callable[..., Deferred[Any]],
        prompts: Prompts,
        folders: Callable[[], Sequence[Path]],
        on_new: Callable[[Prompts], None],
    ) -> None:
        self._in_thread, self._prompts, self._folders, self._on_new = in_thread, prompts, folders, on_new
        self._looking = LoopingCall(self._look)
        self._looking.clock = clock
        self._seen: Seen | None = None
        self._of: Path | None = None

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._looking.start(LOOK_S).addErrback(lambda failure: log.failure("prompts are not looked at", failure))

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._looking.running:
            self._looking.stop()

    async def _look(self) -> None:
        try:
            folders = self._folders()
            seen: Seen = await self._in_thread(_files, folders[0])
            before, self._seen = self._seen, seen
            anew, self._of = folders[0] != self._of, folders[0]
            if seen != before and not anew:
                await self._read(folders)
        except Exception:  # of this look; the prompts stay what they are
            log.failure("prompts could not be looked at")

    async def _read(self, folders: Sequence[Path]) -> None:
        new = Prompts(folders)
        await self._in_thread(new.load, self._prompts)
        if self.running and list(folders) == list(self._folders()):
            self._on_new(new)


def _files(folder: Path) -> Seen:
    """What lies in the folders of the languages, and beside them; a folder that is not there has nothing."""
    found: set[tuple[str, int, int]] = set()
    for place in (folder, *(folder / language for language in LANGUAGES)):
        try:
            entries = [entry for entry in os.scandir(place) if entry.is_file() and not entry.name.startswith(".")]
            found |= {(entry.path, entry.stat().st_mtime_ns, entry.stat().st_size) for entry in entries}
        except OSError:  # not there, or taken away at this moment
            continue
    return frozenset(found)
