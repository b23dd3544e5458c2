"""A recording at the server's command line: heard, or written into a file; who did so is in the event log."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import click

from callserver.acd.organisation.noted import Noted
from callserver.calls.event_log import CallBook, EventLog
from callserver.commands.books import tell, with_store
from callserver.commands.player import play_file, player
from callserver.config import Config
from callserver.features.recordings import index
from callserver.features.recordings.archive import MIXED, TWO_SIDED, Archive
from callserver.features.recordings.records import Records
from callserver.features.recordings.search import Recorded, of_call
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.terminal import here

CUT_S = 0.1


@dataclass(frozen=True)
class RecordingBooks:
    """The shop's recordings opened for a command, beside the running server or without it; the index is up to date."""

    store: Store
    config: Config
    events: EventLog
    archive: Archive

    @property
    def records(self) -> Records:
        return Records(self.store, self.events)

    async def play(self, one: Recorded, at_s: float = 0.0) -> None:
        """
        Both sides mixed, by the first player this computer has.

        :raises Complaint: it has none, it fails, or the recording cannot be heard
        """
        command = player()
        with TemporaryDirectory() as folder:
            heard = Path(folder) / "recording.wav"
            tell_if_cut(one, self.archive.write_wav(one, MIXED, heard, at_s))
            await self.note("play_recording", one)
            play_file(command, heard)

    async def export(self, one: Recorded, form: str, target: Path) -> None:
        """
        Into a file that is not there yet.

        :raises Complaint: it is there, or the recording cannot be had
        """
        try:
            there_s = self.archive.write_wav(one, form, target)
        except OSError as problem:
            raise Complaint(N_("{file}: {problem}"), file=target, problem=problem.strerror or str(problem)) from problem
        try:
            await self.note("export_recording", one, form)
        except BaseException:  # what nobody can be told of is not given away
            target.unlink(missing_ok=True)
            raise
        tell_if_cut(one, there_s)

    async def note(self, act: str, one: Recorded, target: str = "") -> None:
        """Write down what is done with it."""
        noted = Noted(self.store, self.events)
        await noted.write(act, f"recording {one.number} {target}".strip(), None, lambda: None)


def tell_if_cut(one: Recorded, there_s: float) -> None:
    """Who takes a recording does not take the rest for silence of the caller."""
    if one.length_s is not None and there_s < one.length_s - CUT_S:
        said = N_("of recording {number} only {there} s of {whole} s are there: its file was cut")
        tell(here(said, number=one.number, there=f"{there_s:.1f}", whole=f"{one.length_s:.1f}"))


def with_recordings(shop: Path, work: Callable[[RecordingBooks], Coroutine[Any, Any, None]]) -> None:
    """Do it in the shop's database; what is refused is one line and exit code 1."""

    async def story(store: Store, config: Config) -> None:
        nothing = cast(CallBook, None)  # it only stamps
        events = EventLog(nothing, store.reactor, config.server.node)
        while await store.write(index.catch_up):
            pass
        folder = ShopFolder(shop)
        await work(RecordingBooks(store, config, events, Archive(folder.recordings, folder.path)))

    with_store(shop, story)


def hear_call(shop: Path, call_id: str, export: Path | None) -> None:
    """Play what was recorded in a call, or write it into a file; the second recording into FILE-2."""

    async def work(books: RecordingBooks) -> None:
        found = [one for one in await books.store.read(of_call, call_id) if one.deleted is None]
        if not found:
            raise Complaint(N_("nothing of this call was recorded, or it was deleted"))
        for n, one in enumerate(found, 1):
            if export is None:
                await books.play(one)
            else:
                target = export.with_stem(f"{export.stem}-{n}") if n > 1 else export
                await books.export(one, TWO_SIDED, target)
                click.echo(str(target))

    with_recordings(shop, work)
