import os
import wave
from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.dsp.codecs import Int16Array
from callserver.media import wav_file
from callserver.media.disk_room import Room
from callserver.media.recorder import BACKLOG_BATCHES, Recorder
from callserver.media.recording import RecordingInfo
from tests.media.bench import make_bay, plug

CALLER, AGENT = 0.5, 0.25
GB = 10**9


class ReactorClock(Clock):
    """A clock whose threads all are this one."""

    def callFromThread(self, function: Callable[..., Any], *arguments: Any) -> None:
        function(*arguments)


class Pool:
    """Stands for a pool of one thread: works at once, or when told."""

    def __init__(self, name: str) -> None:
        self.works = True
        self.jobs: list[Callable[[], None]] = []

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def callInThreadWithCallback(self, on_result: Any, job: Callable[..., Any], *arguments: Any) -> None:
        self.jobs.append(lambda: on_result(*attempt(job, *arguments)))
        self.go_on()

    def go_on(self) -> None:
        while self.works and self.jobs:
            self.jobs.pop(0)()


def attempt(job: Callable[..., Any], *arguments: Any) -> tuple[bool, Any]:
    try:
        return True, job(*arguments)
    except Exception:
        return False, Failure()


def tracks_of(path: Path) -> Int16Array:
    """Shape (n, tracks), as Python's own reader has it."""
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())


def plateaus(track: Int16Array) -> list[float]:
    """The levels of a track one after the other, each once, in full scale."""
    return [round(float(level) / 32768, 4) for level in track[np.flatnonzero(np.diff(track, prepend=track[0] + 1))]]


class RecorderCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.alarms, self.folder = ReactorClock(), [], Path(self.mktemp())
        self.pools: dict[str, Pool] = {}
        self.bay = make_bay()
        self.statvfs = os.statvfs
        self.patch(os, "statvfs", lambda folder: Disk(self.free_bytes))
        self.free_bytes = 50 * GB
        self.recorder = Recorder(self.clock, self.bay, self.folder, self.alarms.append, self.make_pool)
        self.recorder.startService()
        self.addCleanup(lambda: self.successResultOf(self.recorder.stopService()))
        self.caller, self.agent = plug(self.bay, "line 1"), plug(self.bay, "seat 801", signals=False)

    def make_pool(self, name: str) -> Any:
        return self.pools.setdefault(name, Pool(name))

    def talk(self, n_ticks: int = 4) -> None:
        for _ in range(n_ticks):
            self.caller.say(CALLER)
            self.agent.say(AGENT)
            self.bay.tick()

    def record(self, **how: bool) -> Any:
        recording = self.recorder.start("call 1", self.caller.leg, **how)
        assert recording
        return recording

    def stopped(self, recording: Any) -> RecordingInfo:
        return self.successResultOf(recording.stop())


class Disk:
    """What statvfs says of a disk of 100 GB."""

    f_frsize = 1

    def __init__(self, free_bytes: int) -> None:
        self.f_bavail, self.f_blocks = free_bytes, 100 * GB


class RecordTests(RecorderCase):
    def test_two_tracks(self) -> None:
        """The caller is on one track, what he hears on the other."""
        self.bay.connect(self.caller.leg, self.agent.leg)
        self.talk()
        recording = self.record()
        self.talk(10)
        info = self.stopped(recording)
        far, near = tracks_of(info.path).T
        self.assertEqual((plateaus(far), plateaus(near)), ([CALLER], [AGENT]))
        self.assertEqual((info.n_samples, len(far), info.length_s), (1600, 1600, 0.2))
        self.assertEqual(info.path, self.folder / recording.file_name)

    def test_flow_and_hold(self) -> None:
        """Prompts are on the near track, hold music is not, and the recording goes on through both."""
        recording = self.record()
        self.caller.leg.play([np.full(320, 0.125, np.float32)])
        self.talk()
        self.caller.leg.music(np.full(500, 0.0625, np.float32))
        recording.mark("hold")
        self.talk()
        self.assertEqual(self.caller.last_level(), 0.0625)
        self.caller.leg.music(None)
        self.bay.connect(self.caller.leg, self.agent.leg)
        self.talk()
        info = self.stopped(recording)
        far, near = tracks_of(info.path).T
        self.assertEqual(plateaus(near), [0.125, 0.0, AGENT])
        self.assertEqual(plateaus(far)[-1:], [CALLER])
        self.assertEqual((info.n_samples, recording.marks), (12 * 160, [(4 * 160, "hold")]))

    def test_third_party(self) -> None:
        """The near track has everybody the caller hears; who whispers to the agent is not on it."""
        boss, expert = plug(self.bay, "seat 810", signals=False), plug(self.bay, "seat 802", signals=False)
        for leg in (self.agent.leg, expert.leg):
            self.bay.connect(self.caller.leg, leg)
        self.bay.set_gain(boss.leg, self.agent.leg, 1.0)
        for party, level in ((boss, 0.03125), (expert, 0.125)):
            party.say(level, 8)
        recording = self.record()
        self.talk()
        near = tracks_of(self.stopped(recording).path)[:, 1]
        self.assertEqual(plateaus(near)[-1], AGENT + 0.125)

    def test_secret(self) -> None:
        """Both tracks are silent while a secret is told, the length stays true; the limit ends it."""
        self.bay.connect(self.caller.leg, self.agent.leg)
        self.talk()
        recording = self.record()
        self.talk(2)
        recording.pause()
        self.talk(3)
        recording.resume()
        self.talk(2)
        recording.pause(limit_s=0.04)
        self.talk(4)
        recording.resume()
        tracks = tracks_of(self.stopped(recording).path)
        self.assertEqual(plateaus(tracks[:, 0]), [CALLER, 0, CALLER, 0, CALLER])
        self.assertEqual(plateaus(tracks[:, 1]), [AGENT, 0, AGENT, 0, AGENT])
        marks = [(sample // 160, text) for sample, text in recording.marks]
        self.assertEqual(marks, [(2, "paused"), (5, "resumed"), (7, "paused"), (9, "resumed")])
        self.assertEqual(len(tracks), 11 * 160)

    def test_message(self) -> None:
        """A message is one track: the caller alone; it can be taken while the call is recorded."""
        self.bay.connect(self.caller.leg, self.agent.leg)
        self.talk()
        call, message = self.record(), self.record(with_near=False)
        self.talk()
        tracks = tracks_of(self.stopped(message).path)
        self.assertEqual((tracks.shape, plateaus(tracks[:, 0])), ((640, 1), [CALLER]))
        self.talk()
        self.assertEqual(self.stopped(call).n_samples, 8 * 160)

    def test_two_calls(self) -> None:
        """Each call has its own file, and what one leg says is on no other's."""
        other = plug(self.bay, "line 2", call_id="call 2")
        first, second = self.record(), self.recorder.start("call 2", other.leg)
        assert second
        self.talk()
        other_tracks = tracks_of(self.stopped(second).path)
        self.assertEqual((len(other_tracks), plateaus(other_tracks[:, 0])), (640, [0.0]))
        self.assertEqual(plateaus(tracks_of(self.stopped(first).path)[:, 0])[-1], CALLER)

    def test_readable_at_any_moment(self) -> None:
        """A player opens the file while it is recorded, and misses less than a second."""
        recording = self.record()
        self.talk(225)
        self.assertEqual(len(tracks_of(recording.path)), 4 * 8000)

    def test_stop_again(self) -> None:
        """Who asks again for the end gets the same answer; a leg that closed first does no harm."""
        recording = self.record()
        self.talk()
        self.caller.leg.close()
        self.talk()
        self.assertEqual(self.stopped(recording), self.stopped(recording))
        self.assertEqual(self.stopped(recording).n_samples, 640)

    def test_closed_leg(self) -> None:
        """A leg that is gone records nothing, whoever has its place now."""
        self.caller.leg.close()
        stranger = plug(self.bay, "line 2", call_id="call 2")
        self.assertEqual(stranger.leg.slot, self.caller.leg.slot)
        recording = self.record()
        self.talk()
        self.assertEqual(self.stopped(recording).n_samples, 0)

    def test_stop_means_on_disk(self) -> None:
        """The end of a recording is told only when the last sample was written and synced."""
        recording = self.record()
        self.talk()
        writing, syncing = self.pools.values()
        writing.works = syncing.works = False
        told = recording.stop()
        with patch.object(os, "fdatasync") as fdatasync:
            writing.works = True
            writing.go_on()
            self.assertNoResult(told)
            syncing.works = True
            syncing.go_on()
        self.assertEqual(fdatasync.call_count, 1)
        self.assertEqual(self.successResultOf(told).n_samples, 640)

    def test_durable_every_two_seconds(self) -> None:
        """Every file is synced every 2 s; a slow disk is not asked again before it has answered."""
        self.record()
        self.record()
        with patch.object(os, "fdatasync") as fdatasync:
            self.clock.pump([1.0] * 6)
            self.assertEqual(fdatasync.call_count, 6)
            syncing = list(self.pools.values())[1]
            syncing.works = False
            self.clock.pump([1.0] * 6)
        self.assertEqual(len(syncing.jobs), 1)
        syncing.works = True
        syncing.go_on()

    def test_server_stops(self) -> None:
        """When the server stops, every recording is finished first."""
        recording = self.record()
        self.talk(3)
        self.successResultOf(self.recorder.stopService())
        self.assertEqual(len(tracks_of(recording.path)), 480)

    def test_server_stops_after_the_call(self) -> None:
        """A recording stopped just before the server is on disk, too, before the server says it has stopped."""
        recording = self.record()
        self.talk(3)
        syncing = self.pools["recordings: syncing"]
        syncing.works = False
        info = recording.stop()
        stopped = self.recorder.stopService()
        self.assertNoResult(stopped)
        syncing.works = True
        syncing.go_on()
        self.assertEqual(self.successResultOf(info).n_samples, 480)
        self.successResultOf(stopped)


class FullDiskTests(RecorderCase):
    def fail_after(self, n_bytes: int) -> None:
        """The disk takes so many bytes more; a write that does not fit is short before it fails."""
        write, self.left = os.write, n_bytes

        def write_until_full(fd: int, data: bytes) -> int:
            if not self.left:
                raise OSError(ENOSPC, "No space left on device")
            n_written = write(fd, bytes(data)[: self.left])
            self.left -= n_written
            return n_written

        self.patch(wav_file.os, "write", write_until_full)

    def test_full_while_recording(self) -> None:
        """The file ends with a whole sample and is right, one alarm is given, the ballast freed; the call goes on."""
        self.bay.connect(self.caller.leg, self.agent.leg)
        recording = self.record()
        self.talk(2)
        self.assertTrue((self.folder / "ballast").exists())
        self.fail_after(1282)
        self.talk(10)
        self.assertEqual(self.alarms, ["recording of call call 1 broken off: [Errno 28] No space left on device"])
        self.assertFalse((self.folder / "ballast").exists())
        self.assertEqual(len(tracks_of(recording.path)), 2 * 160 + 320)
        self.assertEqual(self.caller.last_level(), AGENT)
        self.assertEqual(self.stopped(recording).n_samples, 2 * 160 + 320)

    def test_cannot_be_made(self) -> None:
        """A recording whose file cannot be made raises the alarm, disturbs nobody, and its stop says why."""
        self.patch(wav_file.os, "open", self.refuse)
        recording = self.record()
        self.talk()
        self.failureResultOf(recording.stop(), PermissionError)
        self.assertEqual(len(self.alarms), 1)

    def refuse(self, *arguments: object) -> int:
        raise PermissionError("no")

    def test_little_room(self) -> None:
        """Below 2 GB the alarm speaks once and recording goes on; below 500 MB new recordings are refused."""
        self.free_bytes = GB
        self.clock.pump([1.0] * 90)
        self.assertEqual(self.alarms, ["1000 MB free for recordings"])
        running = self.record()
        self.free_bytes = 400 * 10**6
        self.clock.advance(30)
        self.assertEqual(self.alarms[1:], ["400 MB free for recordings: no new recordings"])
        self.assertIsNone(self.recorder.start("call 2", self.caller.leg))
        self.talk()
        self.assertEqual(self.stopped(running).n_samples, 640)
        self.free_bytes = 50 * GB
        self.clock.advance(30)
        self.record()

    def test_share_of_a_large_disk(self) -> None:
        """Less than a tenth free is little, however large the disk."""
        self.free_bytes = 9 * GB
        self.assertIs(self.recorder._disk.check()[0], Room.LOW)

    def test_disk_hangs(self) -> None:
        """A disk that takes nothing for ten seconds ends the recordings with an alarm: memory has an end."""
        recording = self.record()
        writing = self.pools["recordings: writing"]
        writing.works = False
        self.talk(2 * BACKLOG_BATCHES + 100)
        self.assertEqual(self.alarms, ["recording of call call 1 broken off: the disk does not keep up"])
        self.assertEqual(len(writing.jobs), BACKLOG_BATCHES)
        writing.works = True
        writing.go_on()
        self.assertEqual(self.stopped(recording).n_samples, 2 * BACKLOG_BATCHES * 160)

    def test_sync_fails(self) -> None:
        """A file that cannot be made durable raises the alarm, and the others still are."""
        self.record()
        self.record()
        with patch.object(os, "fdatasync", side_effect=[OSError("bad sector"), None]) as fdatasync:
            self.clock.advance(2.0)
        self.assertEqual((fdatasync.call_count, len(self.alarms)), (2, 1))


class ThreadTests(TestCase):
    """With real threads and the real reactor."""

    def test_record(self) -> Deferred[None]:
        """What was recorded is in the file when the end is told."""
        from twisted.internet import reactor

        bay = make_bay()
        recorder = Recorder(reactor, bay, Path(self.mktemp()), self.fail)
        recorder.startService()
        self.addCleanup(recorder.stopService)
        caller = plug(bay, "line 1")
        recording = recorder.start("call 1", caller.leg)
        assert recording
        for _ in range(100):
            caller.say(CALLER)
            bay.tick()

        def check(info: RecordingInfo) -> None:
            far = tracks_of(info.path)[:, 0]
            self.assertEqual((len(far), plateaus(far)), (16_000, [0.0, CALLER]))

        return recording.stop().addCallback(check)
