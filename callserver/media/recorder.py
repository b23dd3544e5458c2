"""All recordings: from the patch bay's tracks to files that survive a kill and a power cut."""

from collections.abc import Callable, Iterable, Sequence
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from callserver.media.disk_room import DiskRoom, Room
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.media.recent import Recent
from callserver.media.recording import Mark, Recording, RecordingInfo
from callserver.media.tick import Tick
from callserver.media.wav_file import WavFile
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_

log = Logger()

BATCH_TICKS = 2  # 40 ms: what a kill costs is this and the disk's own wait
BACKLOG_BATCHES = 250  # 10 s that the disk did not take
SYNC_S, ROOM_S = 2.0, 30.0
SCARCE = {
    Room.LOW: N_("{free_mb} MB free for recordings"),
    Room.FULL: N_("{free_mb} MB free for recordings: no new recordings"),
}

Batch = Sequence[tuple[Recording, bytes]]
Unwritten = Sequence[tuple[Recording, OSError]]


def one_thread(name: str) -> ThreadPool:
    """Jobs run one after the other, in the order they came."""
    return ThreadPool(minthreads=1, maxthreads=1, name=name)


class Recorder(MultiService):
    """
    Records legs of the patch bay into a folder of a disk.

    Three threads touch a recording, and none waits for another:

    - *The reactor's* takes 20 ms of every recorded leg each tick and keeps them in memory for two ticks; then all
      recordings' sound goes to the writer as one batch. So what a kill costs is 40 ms and the write itself (G3).
    - *The writer* opens files, appends, hides secrets and sets the sizes right, one job after the other in the order
      they were handed over. That order is what holds the rest together: a secret is hidden after the sound it hides
      was written; the rest at a stop is behind all batches; nothing is appended to a file before it is made.
    - *The syncer* makes files durable every two seconds, which takes a disk up to a third of a second for 20 of them,
      and closes them. A close is asked for only when the writer has ended the file, so no descriptor goes under a
      writer's hands; a sync of a file just being written does no harm.

    What the writer could not do comes back by `callFromThread`; what it could does not, for a wake-up of the reactor 25
    times a second costs more than the writes. The two counts of batches are each written by one thread and read by
    both: their difference, at most one batch off, tells whether the disk keeps up. When it does not, recordings are
    broken off: memory has an end, and the talk goes on. A file broken off stays right up to its last whole sample.

    A recording is as long as its call (G3): ticks that a starved server lost are silence of equal length, with a mark.
    A file that somebody removes or moves while it is written, or its whole folder, is made again with all that was
    said. On a full disk all recordings are broken off, and the reserve is given up: what room there is belongs to call
    records.

    :param reactor: for its clock and its callFromThread
    :param on_alarm: told, once each, what the shop must know: no room, a recording broken off
    :param new_name: a name for a file, without its ending, that no other has
    :param make_pool: makes a pool of one thread
    :param make_file: a file on that disk, with so many tracks
    """

    def __init__(
        self,
        reactor: Any,
        bay: PatchBay,
        disk: DiskRoom,
        on_alarm: Alarm,
        new_name: Callable[[], str],
        make_pool: Callable[[str], ThreadPool] = one_thread,
        make_file: Callable[[Path, int], WavFile] = WavFile,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._reactor, self._bay, self._disk, self._on_alarm = reactor, bay, disk, on_alarm
        self._new_name, self._make_file = new_name, make_file
        self._room = Room.ENOUGH
        self._writer, self._syncer = make_pool("recordings: writing"), make_pool("recordings: syncing")
        self._recordings: dict[Recording, None] = {}  # running
        self._recent: dict[Recent, None] = {}
        self._finishing: dict[Recording, None] = {}  # stopped, and not yet on disk
        self._ticks = self._n_lost = 0
        self._n_handed_over = 0  # batches; counted in the reactor's thread alone,
        self._n_written = 0  # and these in the writing thread alone
        self._sync_under_way = False
        self._syncs = Tick(reactor, self._sync, SYNC_S, needed=False)
        self._syncs.setServiceParent(self)  # type: ignore[no-untyped-call]
        Tick(reactor, self._look_for_room, ROOM_S).setServiceParent(self)  # type: ignore[no-untyped-call]
        bay.give_tracks_to(self._take)

    def startService(self) -> None:
        self._writer.start()
        self._syncer.start()
        self._found_room(self._disk.check())  # before the first call: may wait for the disk
        super().startService()  # type: ignore[no-untyped-call]

    def stopService(self) -> Deferred[None]:
        """Stop every recording; fires when all is on disk."""
        super().stopService()  # type: ignore[no-untyped-call]
        unfinished = [*self._recordings, *self._finishing]
        stopped = DeferredList([recording.stop() for recording in unfinished], consumeErrors=True)
        return stopped.addCallback(self._stop_threads)

    def start(
        self,
        call_id: str,
        leg: Leg,
        with_near: bool = True,
        on_mark: Callable[[Mark], None] = lambda mark: None,
        recent: Recent | None = None,
    ) -> Recording | None:
        """
        Record what a leg's far end says and, on a second track, what it hears less its music.

        :param with_near: False: one track only, of what the far end says (a message)
        :param on_mark: told, as they are set, the places of secrets and what else is marked: for the event log
        :param recent: what it begins with
        :return: None when the disk is too full for new recordings; the alarm was given
        """
        if self._room is Room.FULL:
            return None
        file = self._make_file(self._disk.folder / f"{self._new_name()}.wav", 2 if with_near else 1)
        recording = Recording(call_id, leg, file, self._finish, self._hide, on_mark)
        if recent is not None:
            recording.begin_with(recent.sound())
        if not self._recordings:  # what was lost while nothing was recorded is in no recording
            self._n_lost = self._bay.schedule.lost
        self._recordings[recording] = None
        self._syncs.need(True)
        self._bay.tap(leg)
        self._in(self._writer, self._open, file).addCallbacks(
            self._opened, self._not_opened, callbackArgs=(recording,), errbackArgs=(recording,)
        )
        return recording

    def keep_recent(self, leg: Leg, seconds: float) -> Recent:
        """Keep the last seconds of a leg, both tracks, in memory until `forget_recent`."""
        recent = Recent(leg, seconds)
        self.keep(recent)
        return recent

    def keep(self, recent: Recent) -> None:
        """Give it every tick of its leg from now on, until `forget_recent`."""
        self._recent[recent] = None
        self._bay.tap(recent.leg)

    def forget_recent(self, recent: Recent) -> None:
        """Nobody wants what was kept; harmless when already so."""
        self._recent.pop(recent, None)
        self._untap(recent.leg)

    def _untap(self, leg: Leg) -> None:
        legs = [recording.leg for recording in self._recordings] + [recent.leg for recent in self._recent]
        if leg not in legs:
            self._bay.untap(leg)

    def _take(self, legs: Sequence[Leg], blocks: Sequence[bytes]) -> None:
        n_lost, self._n_lost = self._bay.schedule.lost - self._n_lost, self._bay.schedule.lost
        if n_lost:
            for recording in self._recordings:
                recording.fill(n_lost)
        tracks = dict(zip(legs, blocks, strict=True))
        for recording in self._recordings:
            block = tracks.get(recording.leg)
            if block:
                recording.take(block if recording.file.n_tracks == 2 else _far_only(block))
        for recent in tuple(self._recent):  # one that hears a voice begins a recording
            if block := tracks.get(recent.leg):
                recent.take(block)
        self._ticks += 1
        if not self._ticks % BATCH_TICKS:
            self._hand_over()

    def _hand_over(self) -> None:
        batch = [(recording, sound) for recording in self._recordings if (sound := recording.drain())]
        if self._n_handed_over - self._n_written >= BACKLOG_BATCHES:
            self._break_off((recording, N_("the disk does not keep up")) for recording, _ in batch)
        elif batch:
            self._n_handed_over += 1
            self._writer.callInThreadWithCallback(self._written, self._write, batch)

    def _written(self, succeeded: bool, outcome: Unwritten | Failure) -> None:
        """In the writing thread: the reactor is woken for bad news only."""
        self._n_written += 1
        if outcome:
            self._reactor.callFromThread(self._badly_written, outcome)

    def _badly_written(self, outcome: Unwritten | Failure) -> None:
        if isinstance(outcome, Failure):
            log.failure("a batch of recorded sound was not written", outcome)
        else:
            self._not_written(outcome)

    def _write(self, batch: Batch) -> Unwritten:
        """In the writing thread; gives the recordings that it had to break off, and why."""
        failed = []
        for recording, sound in batch:
            try:
                recording.file.append(sound)
            except OSError as problem:
                failed.append((recording, problem))
        return failed

    def _not_written(self, failed: Unwritten) -> None:
        """Where the disk is full, what room is left or can be made is for call records."""
        self._break_off((recording, str(problem)) for recording, problem in failed)
        if any(problem.errno in (ENOSPC, EDQUOT) for _, problem in failed):
            self._break_off((recording, N_("the disk is full")) for recording in self._recordings)
            self._in(self._writer, self._disk.drop_ballast)
            self._look_for_room()

    def _break_off(self, failed: Iterable[tuple[Recording, str]]) -> None:
        for recording, reason in failed:
            if not recording.failed:
                recording.failed = reason
                self._on_alarm(
                    N_("recording of call {call} broken off: {reason_word}"), call=recording.call_id, reason_word=reason
                )

    def _hide(self, recording: Recording, first_sample: int, n_samples: int) -> None:
        """
        In the writing thread, so after every batch handed over before it: what is hidden is there.

        A file that somebody has removed is made again first: later it would be so with what was to be hidden.
        """
        if recording in self._recordings:
            self._in(self._writer, _make_again, [recording]).addCallback(self._made_again)
        hidden = self._in(self._writer, recording.file.blank, first_sample, n_samples)
        hidden.addErrback(self._not_hidden, recording)

    def _not_hidden(self, failure: Failure, recording: Recording) -> None:
        self._on_alarm(
            N_("a secret was not taken out of {file} of call {call}: {problem}"),
            file=recording.file_name,
            call=recording.call_id,
            problem=failure.value,
        )

    def _open(self, file: WavFile) -> bool:
        """In the writing thread; whether the folder was gone."""
        was_gone = self._disk.make_folder()
        file.open()
        return was_gone

    def _opened(self, folder_was_gone: bool, recording: Recording) -> None:
        if folder_was_gone:
            self._on_alarm(N_("the folder of recordings was gone, and was made again"))

    def _not_opened(self, failure: Failure, recording: Recording) -> None:
        self._break_off([(recording, failure.getErrorMessage())])

    def _finish(self, recording: Recording) -> Deferred[RecordingInfo]:
        del self._recordings[recording]
        self._syncs.need(bool(self._recordings))
        self._finishing[recording] = None
        self._untap(recording.leg)
        return Deferred.fromCoroutine(self._to_disk(recording))

    async def _to_disk(self, recording: Recording) -> RecordingInfo:
        file = recording.file
        self._not_written(await self._in(self._writer, self._write, [(recording, recording.drain())]))
        try:
            self._made_again(await self._in(self._writer, _make_again, [recording]))
            await self._in(self._writer, file.end)
            await self._in(self._syncer, file.close)
        finally:
            del self._finishing[recording]
        return RecordingInfo(file.path, file.n_samples)

    def _sync(self) -> None:
        if not self._sync_under_way:
            self._sync_under_way = True
            files = [recording.file for recording in self._recordings]
            self._in(self._syncer, _sync_all, files).addBoth(self._synced)
            self._in(self._writer, _make_again, [*self._recordings]).addCallback(self._made_again)

    def _synced(self, outcome: list[tuple[str, OSError]] | Failure) -> None:
        self._sync_under_way = False
        if isinstance(outcome, Failure):
            log.failure("recordings were not made durable", outcome)
        else:
            for file, problem in outcome:
                self._on_alarm(N_("recording {file} not made durable: {problem}"), file=file, problem=problem)

    def _made_again(self, removed: Sequence[tuple[Recording, str]]) -> None:
        for recording, problem in removed:
            if problem:
                self._break_off([(recording, problem)])
            else:
                self._on_alarm(
                    N_("recording {file} was removed while it ran, and was made again"), file=recording.file_name
                )

    def _look_for_room(self) -> None:
        looked = self._in(self._syncer, self._disk.check)
        looked.addCallbacks(self._found_room, lambda failure: log.failure("no look at the free space", failure))

    def _found_room(self, found: tuple[Room, int]) -> None:
        before, (self._room, free_bytes) = self._room, found
        if self._room is not Room.ENOUGH and self._room is not before:
            self._on_alarm(SCARCE[self._room], free_mb=free_bytes // 10**6)

    def _in(self, pool: ThreadPool, job: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        return deferToThreadPool(self._reactor, pool, job, *arguments)

    def _stop_threads(self, _: object) -> None:
        self._writer.stop()
        self._syncer.stop()


def _sync_all(files: Sequence[WavFile]) -> list[tuple[str, OSError]]:
    troubles = []
    for file in files:
        try:
            file.sync()
        except OSError as error:
            troubles.append((file.path.name, error))
    return troubles


def _make_again(recordings: Sequence[Recording]) -> list[tuple[Recording, str]]:
    """Those that are not where they should be; each with why it cannot be, or nothing."""
    removed = []
    for recording in recordings:
        try:
            if recording.file.make_again():
                removed.append((recording, ""))
        except OSError as problem:
            removed.append((recording, str(problem)))
    return removed


def _far_only(block: bytes) -> bytes:
    return np.frombuffer(block, "<i2")[::2].tobytes()
