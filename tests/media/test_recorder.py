import os
import wave
from collections.abc import Callable
from errno import EDQUOT, ENOSPC
from itertools import count
from pathlib import Path
from shutil import rmtree
from typing import Any, cast
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.dsp.codecs import Int16Array
from callserver.media import wav_file
from callserver.media.disk_room import DiskRoom, Room
from callserver.media.recorder import BACKLOG_BATCHES, Recorder
from callserver.media.recording import (
    BLANKED,
    LEFT_OUT,
    LOST,
    SECRET_BEGINS,
    SECRET_ENDS,
    SECRET_ENDS_BY_LIMIT,
    Mark,
    RecordingInfo,
)
from callserver.media.repair import repair
from tests.alarms import Alarms
from tests.media.bench import all_of, make_bay, plug, talk

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


FADES = None
NEAR_TRACK = [FADES, 0.125, FADES, 0.0, 0.0, 0.0, 0.0, 0.0, FADES, AGENT, AGENT, AGENT]


def steady_level(block: Int16Array) -> float | None:
    """The level of 20 ms, None where it changes."""
    levels = plateaus(block)
    return levels[0] if len(levels) == 1 else None


class RecorderCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.alarms, self.folder = ReactorClock(), Alarms(), Path(self.mktemp())
        self.pools: dict[str, Pool] = {}
        self.numbers, self.marks = count(), []
        self.bay = make_bay()
        self.statvfs = os.statvfs
        self.patch(os, "statvfs", lambda folder: Disk(self.free_bytes))
        self.free_bytes = 50 * GB
        self.recorder = Recorder(
            self.clock, self.bay, DiskRoom(self.folder), self.alarms, self.new_name, self.make_pool
        )
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

    def new_name(self) -> str:
        return f"recording {next(self.numbers)}"

    def record(self, **how: bool) -> Any:
        recording = self.recorder.start("call 1", self.caller.leg, on_mark=self.marks.append, **how)
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
        talk(self.bay, self.caller, self.agent)
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
        self.caller.leg.play([np.full(320, 0.125, np.float32)])  # faded in and out, as all that begins and ends
        self.talk()
        self.caller.leg.music(np.full(500, 0.0625, np.float32))
        recording.mark("hold")
        self.talk()
        self.assertEqual(self.caller.last_level(), 0.0625)
        self.caller.leg.music(None)
        talk(self.bay, self.caller, self.agent)
        self.talk()
        info = self.stopped(recording)
        far, near = tracks_of(info.path).T
        self.assertEqual([steady_level(block) for block in np.split(near, 12)], NEAR_TRACK)
        self.assertEqual(plateaus(far)[-1:], [CALLER])
        self.assertEqual((info.n_samples, self.marks), (12 * 160, [Mark(4 * 160, "hold")]))

    def test_third_party(self) -> None:
        """The near track has everybody the caller hears; who whispers to the agent is not on it."""
        boss, expert = plug(self.bay, "seat 810", signals=False), plug(self.bay, "seat 802", signals=False)
        whisper = {(boss.leg, self.agent.leg): 1.0}
        self.bay.set_gains("call 1", all_of(self.caller, self.agent, expert) | whisper)
        for party, level in ((boss, 0.03125), (expert, 0.125)):
            party.say(level, 8)
        recording = self.record()
        self.talk()
        near = tracks_of(self.stopped(recording).path)[:, 1]
        self.assertEqual(plateaus(near)[-1], AGENT + 0.125)

    def test_message(self) -> None:
        """A message is one track: the caller alone; it can be taken while the call is recorded."""
        talk(self.bay, self.caller, self.agent)
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

    def test_nothing_to_sync(self) -> None:
        """While nothing is recorded the disk is asked for its room alone, twice a minute."""
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        recording = self.record()
        self.assertEqual(len(self.clock.getDelayedCalls()), 2)
        self.stopped(recording)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)

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


class SecretTests(RecorderCase):
    def setUp(self) -> None:
        super().setUp()
        talk(self.bay, self.caller, self.agent)
        self.talk()

    def assert_tracks(self, path: Path, *levels: tuple[int, int]) -> None:
        """So many samples each of sound (1) and silence (0), on both tracks alike."""
        expected = np.concatenate([np.full(n, level) for n, level in levels])
        tracks = tracks_of(path)
        for track, level in zip(tracks.T, (CALLER, AGENT), strict=True):
            np.testing.assert_array_equal(track, expected * level * 32768)

    def test_secret(self) -> None:
        """Both tracks are silent while a secret is told, to the sample, and its two ends are told with their place."""
        recording = self.record()
        self.talk(2)
        recording.pause()
        self.talk(3)
        recording.resume()
        recording.resume()
        self.talk(2)
        self.assert_tracks(self.stopped(recording).path, (320, 1), (480, 0), (320, 1))
        self.assertEqual(self.marks, [(320, SECRET_BEGINS, 0), (800, SECRET_ENDS, 0)])

    def test_forgotten(self) -> None:
        """A secret that nobody ends is ended by its limit, which each new word begins anew; the mark says so."""
        recording = self.record()
        recording.pause(limit_s=0.04)
        self.talk(1)
        recording.pause(limit_s=0.06)
        self.talk(5)
        recording.resume()
        self.assert_tracks(self.stopped(recording).path, (640, 0), (320, 1))
        self.assertEqual(self.marks, [(0, SECRET_BEGINS, 0), (640, SECRET_ENDS_BY_LIMIT, 0)])

    def test_typed_ahead(self) -> None:
        """What was said in the last 70 ms is hidden to the sample, on disk and in memory; the length stays."""
        recording = self.record()
        self.talk(5)  # two batches are on disk, the fifth block waits
        recording.blank(from_s_ago=0.07)
        recording.pause()
        self.talk(1)
        recording.resume()
        self.talk(1)
        self.assert_tracks(self.stopped(recording).path, (240, 1), (560 + 160, 0), (160, 1))
        self.assertEqual(self.marks[0], Mark(240, BLANKED, 560))

    def test_still_in_memory(self) -> None:
        """What has not gone to the disk yet never gets there."""
        recording = self.record()
        self.talk(3)
        with patch.object(os, "pwrite") as pwrite:
            recording.blank(from_s_ago=0.01)
        self.assertEqual(pwrite.call_count, 0)
        self.assert_tracks(self.stopped(recording).path, (400, 1), (80, 0))

    def test_on_its_way(self) -> None:
        """What the disk has not taken yet when it is to be hidden is hidden all the same, when it has."""
        recording, writing = self.record(), self.pools["recordings: writing"]
        self.talk(2)
        writing.works = False
        self.talk(4)
        recording.blank(from_s_ago=0.06)
        self.talk(2)
        writing.works = True
        writing.go_on()
        self.assert_tracks(self.stopped(recording).path, (480, 1), (480, 0), (320, 1))

    def test_longer_than_it_is(self) -> None:
        """To hide more than there is hides all there is; to hide nothing is nothing, and no mark."""
        recording = self.record()
        recording.blank(from_s_ago=3.0)
        self.talk(3)
        recording.blank(from_s_ago=0.0)
        recording.blank(from_s_ago=3.0)
        self.assert_tracks(self.stopped(recording).path, (480, 0))
        self.assertEqual(self.marks, [Mark(0, BLANKED, 480)])

    def test_hidden_after_the_end(self) -> None:
        """A caller who hung up behind his PIN: it is hidden in the finished file, too, and that is synced."""
        recording = self.record()
        self.talk(4)
        path = self.stopped(recording).path
        with patch.object(os, "fdatasync") as fdatasync:
            recording.blank(from_s_ago=0.04)
        self.assertEqual(fdatasync.call_count, 1)
        self.assert_tracks(path, (320, 1), (320, 0))

    @given(st.lists(st.sampled_from(["talk", "secret", "end", "hide", "batch"]), max_size=20), st.integers(0, 20))
    def test_killed(self, acts: list[str], killed_at: int) -> None:
        """Whatever is hidden, a kill at any moment leaves a file exactly as long as what the disk had taken."""
        recording, plain = self.record(), self.recorder.start("call 1", self.caller.leg)
        assert plain
        steps = {
            "talk": lambda: self.talk(1),
            "secret": recording.pause,
            "end": recording.resume,
            "hide": lambda: recording.blank(0.05),
            "batch": lambda: self.talk(2),
        }
        for act in acts[:killed_at]:
            steps[act]()
        self.assertEqual(repair(recording.path), repair(plain.path))
        for running in (recording, plain):
            self.stopped(running)

    def test_disk_refuses(self) -> None:
        """A secret that could not be taken out of a file is an alarm that names the file."""
        recording = self.record()
        self.talk(4)
        with patch.object(os, "pwrite", side_effect=OSError("bad sector")):
            recording.blank(from_s_ago=0.04)
        self.assertEqual(
            self.alarms, [f"a secret was not taken out of {recording.file_name} of call call 1: bad sector"]
        )


class FullDiskTests(RecorderCase):
    def fail_after(self, n_bytes: int) -> None:
        """The disk takes so many bytes more; a write that does not fit is short before it fails."""
        write, self.left, self.full = os.write, n_bytes, ENOSPC

        def write_until_full(fd: int, data: bytes) -> int:
            if not self.left:
                raise OSError(self.full, os.strerror(self.full))
            n_written = write(fd, bytes(data)[: self.left])
            self.left -= n_written
            return n_written

        self.patch(wav_file.os, "write", write_until_full)

    def test_full_while_recording(self) -> None:
        """The file ends with a whole sample and is right, the reserve is given up, the shop told; the call goes on."""
        talk(self.bay, self.caller, self.agent)
        recording = self.record()
        self.talk(2)
        self.assertTrue((self.folder / "ballast").exists())
        self.fail_after(1282)
        self.free_bytes = 0
        self.talk(10)
        broken_off = "recording of call call 1 broken off: [Errno 28] No space left on device"
        self.assertEqual(self.alarms, [broken_off, "0 MB free for recordings: no new recordings"])
        self.assertFalse((self.folder / "ballast").exists())
        self.assertEqual(len(tracks_of(recording.path)), 2 * 160 + 320)
        self.assertEqual(self.caller.last_level(), AGENT)
        self.assertEqual(self.stopped(recording).n_samples, 2 * 160 + 320)

    def test_room_is_for_records(self) -> None:
        """When the disk is full no other recording takes what the reserve has given: that is for call records."""
        other = plug(self.bay, "line 2", call_id="call 2")
        first, second = self.record(), self.recorder.start("call 2", other.leg)
        assert second
        self.talk(2)
        self.fail_after(0)
        self.free_bytes = 0
        self.talk(2)
        self.left = GB
        self.talk(20)
        lengths = [self.stopped(recording).n_samples for recording in (first, second)]
        self.assertEqual(lengths, [320, 320])
        self.assertIn("recording of call call 2 broken off", " ".join(self.alarms))

    def test_full_for_one(self) -> None:
        """The disk is full for one, and has a little room again for the next: that is broken off all the same."""
        other = plug(self.bay, "line 2", call_id="call 2")
        first, second = self.record(), self.recorder.start("call 2", other.leg)
        assert second
        self.talk(2)
        write, refused = os.write, []

        def refuse_once(fd: int, data: bytes) -> int:
            if refused:
                return write(fd, data)
            refused.append(fd)
            raise OSError(ENOSPC, os.strerror(ENOSPC))

        self.patch(wav_file.os, "write", refuse_once)
        self.talk(2)
        self.assertTrue(first.failed and second.failed)

    def test_quota(self) -> None:
        """A quota that is used up is a full disk as well: the reserve is given up."""
        self.record()
        self.talk(2)
        self.fail_after(0)
        self.free_bytes, self.full = 0, EDQUOT
        self.talk(2)
        self.assertFalse((self.folder / "ballast").exists())

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


class StarvedTests(RecorderCase):
    def test_lost_ticks(self) -> None:
        """A server that could not keep up leaves silence of equal length, and a mark that says where and how long."""
        talk(self.bay, self.caller, self.agent)
        self.talk(4)
        recording = self.record()
        self.talk(3)
        self.bay.schedule.lost += 50
        self.talk(3)
        info = self.stopped(recording)
        self.assertEqual(info.n_samples, (3 + 50 + 3) * 160)
        far = tracks_of(info.path)[:, 0]
        self.assertEqual([far[at * 160 : (at + 1) * 160].any() for at in (2, 3, 52, 53)], [True, False, False, True])
        self.assertEqual(self.marks, [Mark(480, LOST, 50 * 160)])

    def test_lost_here_and_there(self) -> None:
        """A server that loses a tick again and again says so once for each stretch, not for each tick."""
        recording = self.record()
        self.talk(5)
        for _ in range(4):
            self.bay.schedule.lost += 1
            self.talk(20)
        self.assertEqual(self.marks, [])
        self.talk(30)
        self.assertEqual(self.marks, [Mark(800, LOST, (3 * 21 + 1) * 160)])
        self.bay.schedule.lost += 2
        self.talk(2)
        self.stopped(recording)
        self.assertEqual(self.marks[1:], [Mark((5 + 84 + 30) * 160, LOST, 320)])

    def test_lost_all_along(self) -> None:
        """If it goes on and on, it says so once a minute."""
        recording = self.record()
        for _ in range(30):
            self.bay.schedule.lost += 230
            self.talk(20)
        self.assertEqual([mark.n_samples // 8000 for mark in self.marks], [64, 64])
        self.stopped(recording)
        self.assertEqual(len(self.marks), 3)

    def test_stopped_for_hours(self) -> None:
        """Of a process that stood still for hours a minute of silence is written; how much was left out is marked."""
        recording = self.record()
        self.talk(3)
        self.bay.schedule.lost += 3 * 3600 * 50
        self.talk(2)
        minute, hours = 60 * 8000, 3 * 3600 * 8000
        self.assertEqual(self.marks, [Mark(480, LOST, minute), Mark(480 + minute, LEFT_OUT, hours - minute)])
        self.assertEqual(self.stopped(recording).n_samples, 5 * 160 + minute)

    def test_lost_before(self) -> None:
        """What was lost while nothing was recorded is no part of a recording that begins later."""
        self.bay.schedule.lost += 50
        recording = self.record()
        self.talk(3)
        self.assertEqual(self.stopped(recording).n_samples, 3 * 160)
        self.bay.schedule.lost += 50
        later = self.record()
        self.talk(2)
        self.assertEqual((self.stopped(later).n_samples, self.marks), (2 * 160, []))

    def test_stalled(self) -> None:
        """A recording is as long as its call, also when the reactor stood still for five seconds in it."""
        clock = cast(Clock, self.bay._clock)
        self.bay.schedule.startService()
        recording = self.record()
        began_s = clock.seconds()
        clock.pump([0.02] * 100)
        clock.rightNow += 5.0
        clock.pump([0.0] * 10 + [0.02] * 100)
        self.assertApproximates(self.stopped(recording).length_s, clock.seconds() - began_s, 0.1)

    def test_lost_in_a_secret(self) -> None:
        """A secret's limit is time in the call: lost ticks count to it, and its end is told all the same."""
        recording = self.record()
        recording.pause(limit_s=1.0)
        self.talk(1)
        self.bay.schedule.lost += 100
        self.talk(2)
        marks = [mark.text for mark in self.marks]
        self.assertEqual(marks, [SECRET_BEGINS, LOST, SECRET_ENDS_BY_LIMIT])
        self.assertEqual(self.stopped(recording).n_samples, 103 * 160)


class RemovedTests(RecorderCase):
    """Somebody tidies up where the server is writing."""

    def remove(self) -> None:
        rmtree(self.folder)

    def move(self) -> None:
        self.folder.rename(self.mktemp())

    def remove_file(self) -> None:
        for path in self.folder.glob("*.wav"):
            path.unlink()

    def test_while_recording(self) -> None:
        """The folder, or the file, is made again with all that was said, within two seconds, and the admin is told."""
        for spoil in (self.remove, self.move, self.remove_file):
            recording = self.record()
            self.talk(10)
            spoil()
            self.talk(10)
            self.clock.advance(2.0)
            self.talk(10)
            self.clock.advance(2.0)
            self.assertEqual(len(tracks_of(self.stopped(recording).path)), 30 * 160, spoil.__name__)
            told = f"recording {recording.file_name} was removed while it ran, and was made again"
            self.assertEqual(self.alarms, [told], spoil.__name__)
            self.alarms.clear()

    def test_for_the_server_alone(self) -> None:
        """What callers say is nobody else's on this computer, also in a file that was made again."""
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        recording = self.record()
        self.talk(1)
        self.assertEqual(recording.path.stat().st_mode & 0o777, 0o600)
        self.remove()
        self.clock.advance(2.0)
        self.assertEqual(recording.path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
        self.stopped(recording)

    def test_a_secret_in_it(self) -> None:
        """A secret that is to be taken out while the file is gone is not in the one that is made again."""
        talk(self.bay, self.caller, self.agent)
        self.talk()
        recording = self.record()
        self.talk(10)
        self.remove_file()
        recording.blank(from_s_ago=0.1)
        self.talk(2)
        tracks = tracks_of(self.stopped(recording).path)
        self.assertEqual(len(tracks), 12 * 160)
        self.assertEqual(np.abs(tracks[5 * 160 : 10 * 160]).max(), 0)
        self.assertEqual(len(self.alarms), 1)
        self.assertIn("was made again", self.alarms[0])

    def test_just_before_the_end(self) -> None:
        """It is whole, too, when it was removed just before the call ended."""
        recording = self.record()
        self.talk(10)
        self.remove()
        self.assertEqual(len(tracks_of(self.stopped(recording).path)), 10 * 160)
        self.assertEqual(len(self.alarms), 1)

    def test_between_calls(self) -> None:
        """The next call is recorded, with one alarm."""
        self.remove()
        recording = self.record()
        self.talk(4)
        self.assertEqual(self.stopped(recording).n_samples, 640)
        self.assertEqual(self.alarms, ["the folder of recordings was gone, and was made again"])

    def test_cannot_be_made_again(self) -> None:
        """A file stands where the folder was: the recording is broken off with one alarm, and the call goes on."""
        recording = self.record()
        self.talk(4)
        self.remove()
        self.folder.write_text("in the way")
        for _ in range(3):
            self.clock.advance(2.0)
            self.talk(4)
        self.assertEqual(len(self.alarms), 1)
        self.assertIn("recording of call call 1 broken off", self.alarms[0])
        self.failureResultOf(recording.stop())
        self.folder.unlink()


class ThreadTests(TestCase):
    """With real threads and the real reactor."""

    def test_record(self) -> Deferred[None]:
        """What was recorded is in the file when the end is told."""
        from twisted.internet import reactor

        self.patch(os, "statvfs", lambda _: Disk(50 * GB))  # whatever room this machine has
        bay = make_bay()
        alarms = Alarms()
        recorder = Recorder(reactor, bay, DiskRoom(Path(self.mktemp())), alarms, lambda: "recording")
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
            self.assertEqual(alarms, [])

        return recording.stop().addCallback(check)
