"""What a kill has left over in the folder of recordings is taken away at the next start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from callserver.features.recordings.archive import Archive
from callserver.features.recordings.keeping import Depot
from callserver.features.recordings.tables import RecordingRow

SOME = 500  # files at a look
LeftOver = tuple[str, str]
"""A file, and the one that the recording is kept in; "": it was deleted."""


async def tidy(depot: Depot) -> None:
    """Once, at the start, by an index that has all the log tells."""
    for names in await depot.in_thread(lambda: list(_some(_names(depot.archive.folder)))):
        found = await depot.store.read(left_over, names)
        await depot.in_thread(remove, depot.archive, found)


def left_over(names: list[str]) -> list[LeftOver]:
    """In `store.read`: those of these files that no recording is kept in, though they belong to one."""
    stems = {f"{name.partition('.')[0]}.wav" for name in names}
    rows = {row.file: row for row in RecordingRow.select().where(RecordingRow.file.in_(stems))}
    found = []
    for name in names:
        row = rows.get(f"{name.partition('.')[0]}.wav")
        if row is not None and (row.deleted_ms is not None or name != row.kept_as):
            found.append((name, "" if row.deleted_ms is not None else row.kept_as))
    return found


def remove(archive: Archive, found: list[LeftOver]) -> None:
    """In a thread. Where the file that should be there is not, what is there is the only one: it stays."""
    for name, kept_as in found:
        if not kept_as or archive.path(kept_as).exists():
            archive.remove(name)


def _names(folder: Path) -> Iterator[str]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path.name


def _some(names: Iterator[str]) -> Iterator[list[str]]:
    several = []
    for name in names:
        several.append(name)
        if len(several) == SOME:
            yield several
            several = []
    if several:
        yield several
