"""Whether event log, index and files are what they were: the first break, named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from callserver.features.recordings import chain
from callserver.features.recordings.archive import Archive, digest_of
from callserver.features.recordings.index import READER, read_so_far
from callserver.features.recordings.index_breaks import SOME, index_breaks, missing
from callserver.features.recordings.search import NoSuchRecording, Recorded, find
from callserver.features.recordings.tables import RecordingRow
from callserver.store.tables import EventRow
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

OTHER_FILE = N_("the file of recording {number} was changed, or is another: {file}")


@dataclass(frozen=True)
class Verified:
    """How far it is, and the first break."""

    found: Phrase | None
    head: chain.Head
    n_events: int = 0
    n_recordings: int = 0
    n_files: int = 0
    n_newer: int = 0  # events that no link holds yet


def verify(archive: Archive, noted: str = "") -> Iterator[Verified]:
    """
    In another process, beside the server or without it: event log, then the index, then each file.

    :param noted: a digest that was the chain's head once
    """
    last = Verified(None, chain.head())
    for checked in chain.check(noted):
        last = Verified(checked.found, checked.head, checked.n_events)
        yield last
        if checked.found is not None:
            return
    told = read_so_far(READER)  # before the newest: the server goes on
    if (newest := chain.newest_event()) < told:  # links were cut off, too
        yield replace(last, found=Phrase(N_("the end of the event log is missing behind event {seq}"), {"seq": newest}))
        return
    if (unsealed := chain.overdue(last.head.seq)) is not None:
        yield replace(last, found=unsealed)
        return
    last = replace(last, n_newer=EventRow.select().where(EventRow.seq > last.head.seq).count())
    yield from _recordings(archive, last)


def _recordings(archive: Archive, so_far: Verified) -> Iterator[Verified]:
    n_recordings = n_files = 0
    for rows in _rows():
        for row, found in index_breaks(rows, so_far.head.seq):
            n_recordings += 1
            if found is None and row.digest is not None and row.deleted_ms is None:
                found = _file_break(archive, row.number)
                n_files += 1
            yield replace(so_far, found=found, n_recordings=n_recordings, n_files=n_files)
            if found is not None:
                return
    lost = missing(so_far.head.seq)
    yield replace(so_far, found=lost, n_recordings=n_recordings, n_files=n_files)


def _rows() -> Iterator[list[RecordingRow]]:
    behind = 0
    while rows := list(
        RecordingRow.select().where(RecordingRow.number > behind).order_by(RecordingRow.number).limit(SOME)
    ):
        yield rows
        behind = rows[-1].number


def _file_break(archive: Archive, number: int) -> Phrase | None:
    """Read again where it differs: the server may have put another form in its place meanwhile."""
    for _ in range(2):
        one = find(str(number))
        found = _look(archive, one)
        if found is None:
            return None
    return found


def _look(archive: Archive, one: Recorded) -> Phrase | None:
    about: dict[str, str | int] = {"number": one.number, "file": one.kept_as}
    if one.deleted is not None:
        return None
    try:
        digest, octets = digest_of(archive.path(one.kept_as))
    except OSError:
        return Phrase(N_("the file of recording {number} is gone: {file}"), about)
    except NoSuchRecording:  # a link to somewhere else
        return Phrase(OTHER_FILE, about)
    if (digest, octets) != (one.digest, one.octets):
        return Phrase(OTHER_FILE, about)
    return None
