"""
The proof of an order: its read-back and its confirming key, cut out of the call's recording and kept beside the order.

The flow marks both places in the recording, and the event log tells when the file is finished; so what is to be cut is
a function of the log, in this run and, over the last day's events, after a kill. A file that is there is not cut again.
It is named as the order's wish, CALL-N.wav, for the nth order of a call: it stands also for an order that was noted,
and booked later. It is encrypted where recordings are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import RATE_HZ
from callserver.media.vault import Vault
from callserver.media.wav_file import HEADER_BYTES, SAMPLE_BYTES, header
from callserver.store.database import Store
from callserver.store.reading import happened_since
from callserver.wire.catalogue import N_
from callserver.wire.records import EventRecord

log = Logger()

READ_BACK, CONFIRMED = "order {n} is read back", "order {n} is confirmed"  # in the recording; n is which of the call
FOLDER = "proofs"
LOOK_BACK = timedelta(days=1)
KEY_S = 0.5  # a key is marked when it is known, and heard until it is let go
FINISHED = (Kind.RECORDING_END.value, Kind.RECORDING_REPAIRED.value)
KINDS = (Kind.RECORDING.value, Kind.RECORDING_MARK.value, *FINISHED)


@dataclass(frozen=True)
class Cut:
    """A stretch of a recording that is kept; both samples of each track."""

    call_id: str
    nth: int
    file: str
    first: int
    last: int

    @property
    def name(self) -> str:
        return f"{self.call_id}-{self.nth}.wav"


class Marks:
    """What is to be cut, from the events of recordings in their order."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}  # by call: that runs
        self._read_back: dict[tuple[str, int], int] = {}  # the newest of a call's nth order
        self._cuts: dict[str, list[Cut]] = {}  # by file, which is not finished

    def feed(self, event: EventRecord) -> list[Cut]:
        """One event; what can be cut now that its file is finished."""
        call_id, data = event.call_id or "", event.data
        if event.kind == Kind.RECORDING.value and not data.get("message"):
            self._files[call_id] = str(data["file"])
            self._forget(call_id)
        elif event.kind == Kind.RECORDING_MARK.value and call_id in self._files:
            self._mark(call_id, str(data["text"]), int(str(data["sample"])))
        elif event.kind in FINISHED:
            if self._files.get(call_id) == data["file"]:
                del self._files[call_id]
                self._forget(call_id)
            return self._cuts.pop(str(data["file"]), [])
        return []

    def _forget(self, call_id: str) -> None:
        """What was read back in another file, or is never confirmed."""
        self._read_back = {which: sample for which, sample in self._read_back.items() if which[0] != call_id}

    def _mark(self, call_id: str, text: str, sample: int) -> None:
        nth = next((int(word) for word in text.split() if word.isdecimal()), 0)
        if text == READ_BACK.format(n=nth):
            self._read_back[call_id, nth] = sample
        elif text == CONFIRMED.format(n=nth) and (call_id, nth) in self._read_back:
            file, first = self._files[call_id], self._read_back.pop((call_id, nth))
            self._cuts.setdefault(file, []).append(Cut(call_id, nth, file, first, sample))


class Proofs(Service):
    """
    :param recordings: as the recorder has left them, or encrypted meanwhile
    :param vault: for the proofs
    :param in_thread: fires with what a job gives that waits for the disk
    """

    def __init__(
        self, store: Store, events: EventLog, recordings: Vault, vault: Vault, in_thread: Callable[..., Deferred[Any]]
    ) -> None:
        self._store, self._events, self._in_thread = store, events, in_thread
        self._recordings, self._vault = recordings, vault
        self._marks = Marks()
        self._stop_watching: Callable[[], None] | None = None

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._stop_watching = self._events.watch(lambda event: self._cut_all(self._marks.feed(event)))
        since = self._events.now() - LOOK_BACK
        found = self._store.read(happened_since, since, KINDS)
        found.addCallback(self._look_back)
        found.addErrback(lambda failure: log.failure("proofs of the last run are not looked for", failure))

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._stop_watching is not None:
            self._stop_watching()

    def _look_back(self, events: Iterable[EventRecord]) -> None:
        marks = Marks()
        self._cut_all([cut for event in events for cut in marks.feed(event)])

    def _cut_all(self, cuts: Iterable[Cut]) -> None:
        for cut in cuts:
            done = self._in_thread(cut_out, cut, self._recordings, self._vault)
            done.addErrback(self._not_cut, cut)

    def _not_cut(self, failure: Failure, cut: Cut) -> None:
        self._events.alarm(
            N_("the proof of an order of call {call} cannot be cut out of {file}: {problem}"),
            call=cut.call_id,
            file=cut.file,
            problem=failure.value,
        )


def cut_out(cut: Cut, recordings: Vault, proofs: Vault) -> None:
    """
    Waits for the disk. Whole, or not there.

    :raises OSError: the disk's
    :raises Complaint: the recording is gone, or cannot be read; the proof is to be encrypted, and cannot be
    """
    if proofs.path(cut.name) is not None:
        return
    n_tracks = int.from_bytes(recordings.octets(cut.file, 0, HEADER_BYTES)[22:24], "little")
    frame_bytes = SAMPLE_BYTES * n_tracks
    n_octets = (cut.last - cut.first + round(KEY_S * RATE_HZ)) * frame_bytes
    sound = recordings.octets(cut.file, HEADER_BYTES + cut.first * frame_bytes, n_octets)
    proofs.keep(cut.name, header(len(sound), n_tracks) + sound)
