"""Recordings that agents start: from the key on, or from some seconds before it, until they or the call end it."""

import wave
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from callserver.acd.moves.dialling import Dialling
from callserver.acd.moves.moves import Moves
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.calls.dial_guard import classify
from callserver.calls.keys import Key
from callserver.calls.recording_rules import RecordingRules
from callserver.calls.roles import Role
from callserver.config.record_rules import read_record_rules
from callserver.dsp.frames import BLOCK_SAMPLES
from callserver.media import wav_file
from callserver.media.disk_room import DiskRoom
from callserver.media.recorder import Recorder
from callserver.media.recording import Recording
from callserver.wire.causes import Cause, Reason
from callserver.wire.rights import Right
from tests.acd.moving import MovingCase
from tests.alarms import Alarms
from tests.media.test_recorder import Pool


class OnDemandCase(MovingCase):
    rules = RecordingRules(always=False)

    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        names = count(1)
        clock: Any = self.shop.clock
        clock.callFromThread = lambda function, *arguments: function(*arguments)
        self.recorder = Recorder(
            clock,
            self.shop.bay,
            DiskRoom(self.folder),
            Alarms(),
            lambda: f"recording {next(names)}",
            make_pool=Pool,  # type: ignore[arg-type]
        )
        self.recorder.startService()
        calls: Any = self.shop.calls
        calls._recorder, calls._rules = self.recorder, self.rules
        self.seat, self.call = self.talk()
        self.other = self.shop.agent("802")

    def say(self, seconds: float, level: int = 0x2000, number: int = 0) -> None:
        """The caller, or who is at another line, makes noise of one level: a tone would be no voice."""
        line = self.shop.lines[number]
        signs = np.random.default_rng(1).choice(np.array([-1, 1], np.float32), BLOCK_SAMPLES)
        sound = line.codec.encode(signs * np.float32(level / 0x8000)).tobytes()
        for _ in range(round(seconds / 0.02)):
            line.far_end.speak(sound)
            self.shop.pass_block()

    def heard_in(self, name: str) -> tuple[float, float]:
        """Length of a recording and of what is not silent in it on the caller's track, in seconds."""
        with wave.open(str(self.folder / f"{name}.wav"), "rb") as file:
            tracks = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        return len(tracks) / 8000, float(np.count_nonzero(np.abs(tracks[:, 0]) > 1000)) / 8000

    def start(self) -> None:
        self.moves.recording.start(self.seat)

    def stop(self) -> None:
        self.moves.recording.stop(self.seat)


class OnDemandTests(OnDemandCase):
    def test_start_and_stop(self) -> None:
        """Between the two it is recorded, and not before and not after; the call's record names the file."""
        self.say(1)
        self.start()
        self.say(2)
        self.stop()
        self.say(1)
        self.seat.hang_up()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 2, 0.05)
        self.assertApproximates(heard_s, 2, 0.1)
        self.assertEqual(self.shop.book.calls[self.call.id]["recording"], "recording 1.wav")
        (started,) = self.shop.happened("recording")
        self.assertEqual(started[1], {"file": "recording 1.wav", "by": "seat 801", "before_s": 0.0})
        self.assertEqual(len(self.shop.happened("recording_end")), 1)

    def test_call_ends(self) -> None:
        """Nobody stops it: it ends with the call, also when the call is another agent's by then."""
        self.start()
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.say(1)
        self.other.hang_up()
        self.assertGreater(self.heard_in("recording 1")[1], 0.9)

    def test_again(self) -> None:
        """Each time is a file of its own."""
        for _ in range(2):
            self.start()
            self.say(1)
            self.stop()
        self.assertEqual(len(self.shop.happened("recording")), 2)
        self.assertGreater(self.heard_in("recording 2")[1], 0.9)

    def test_of_another(self) -> None:
        """Nobody stops what another has started; started twice, it gets a mark and goes on."""
        self.start()
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.assertEqual(self.refusal(self.moves.recording.stop, self.other), "not-yours")
        self.moves.recording.start(self.other)
        self.assertEqual(self.shop.happened("recording_mark")[-1][1]["text"], "seat 802")
        self.assertEqual(len(self.shop.happened("recording")), 1)

    def test_nothing_to_stop(self) -> None:
        """Nothing was started, or it is stopped already."""
        self.assertEqual(self.refusal(self.stop), "not-yours")
        self.start()
        self.stop()
        self.assertEqual(self.refusal(self.stop), "not-yours")

    def test_right(self) -> None:
        """Without right 8 there is only what the rule records; it taken away, what he started stops at once."""
        self.start()
        self.say(1)
        before = self.shop.staff.rights("801")
        self.without("801", Right.START_RECORDING)
        self.moves.rights_changed("801", before, self.shop.staff.rights("801"))
        self.say(1)
        self.assertApproximates(self.heard_in("recording 1")[0], 1, 0.05)
        self.assertEqual(self.refusal(self.start), "no-right: 8")
        self.assertEqual(
            [(data["act"], data["result"]) for _, data in self.shop.happened("audit")],
            [("start_recording", "done"), ("start_recording", "no-right: 8")],
        )

    def test_other_rights(self) -> None:
        """Another right taken away stops nothing; nor does 8 taken from somebody else."""
        self.start()
        every = frozenset(Right)
        self.moves.rights_changed("801", every, every - {Right.GRAB})
        self.moves.rights_changed("802", every, every - {Right.START_RECORDING})
        self.assertEqual(self.call.recording.started_by, "801")

    def test_no_talk(self) -> None:
        """There must be a call in hand."""
        self.assertEqual(self.refusal(self.moves.recording.start, self.other), "not-now: idle, computer")

    def test_no_room(self) -> None:
        """On a full disk it is refused, with a word, and the talk goes on."""
        self.patch(self.recorder, "start", lambda *args, **how: None)
        self.assertEqual(self.refusal(self.start), "no-recording")
        self.assertTrue(self.is_with(self.seat))

    def test_broken_off(self) -> None:
        """One that the disk broke off runs no more: asked again, another begins; with no room it is refused."""
        self.start()
        self.say(1)
        recording = self.call.recording._recording
        assert recording is not None
        recording.failed = "the disk is full"
        self.say(1)
        self.start()
        self.say(1)
        self.stop()
        self.assertGreater(self.heard_in("recording 2")[1], 0.9)
        self.assertEqual(len(self.shop.happened("recording_end")), 2)
        self.start()
        recording = self.call.recording._recording
        assert recording is not None
        recording.failed = "the disk is full"
        self.patch(self.recorder, "start", lambda *args, **how: None)
        self.assertEqual(self.refusal(self.start), "no-recording")

    def test_never_made(self) -> None:
        """One whose file could not be made does not run for ever: it ends, and is none."""
        self.patch(wav_file, "_new_file", self.refuse)
        self.start()
        self.seat.hang_up()
        self.flushLoggedErrors(PermissionError)
        kinds = [event.kind for event in self.shop.book.events if event.kind.startswith("recording")]
        self.assertEqual(kinds, ["recording", "recording_end", "recording_deleted"])

    def refuse(self, *arguments: object) -> int:
        raise PermissionError("no")

    def test_started_in_a_secret(self) -> None:
        """What is started while a secret is told is silent until it is over."""
        with self.call.secret():
            self.start()
            self.say(1)
        self.say(1)
        self.stop()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 2, 0.05)
        self.assertApproximates(heard_s, 1, 0.1)
        kinds = [event.kind for event in self.shop.book.events if event.kind.startswith("recording")]
        self.assertEqual(kinds, ["recording", "recording_mark", "recording_mark", "recording_end"])

    def test_two_secrets_at_once(self) -> None:
        """An agent's and a menu's: when one is told, the other goes on, and so does the silence."""
        self.start()
        with self.call.secret():
            with self.call.secret():
                self.say(1)
            self.say(1)
        self.say(1)
        self.stop()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 3, 0.05)
        self.assertApproximates(heard_s, 1, 0.1)

    def test_slow_keys(self) -> None:
        """Who keys in a secret slowly, for longer than its limit, is not heard in the recording either."""
        self.patch(Recording.pause, "__defaults__", (0.5,))  # a minute
        self.start()
        with self.call.secret():
            for _ in range(4):
                self.call.key(self.call.first, Key("7", "sound", self.shop.clock.seconds()))
                self.say(0.4)
        self.say(1)
        self.stop()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 2.6, 0.1)
        self.assertApproximates(heard_s, 1, 0.1)


class RecentTests(OnDemandCase):
    rules = RecordingRules(always=False, recent_s=2.0)

    def test_from_before(self) -> None:
        """It begins two seconds before it was asked for, and goes on without a gap; nothing older is in it."""
        self.say(3)
        self.start()
        self.say(1)
        self.stop()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 3, 0.05)
        self.assertApproximates(heard_s, 3, 0.1)
        self.assertEqual(self.shop.happened("recording")[0][1]["before_s"], 2.0)

    def test_second_time(self) -> None:
        """Started again at once, it begins where the first one has ended: nothing is in both."""
        self.start()
        self.say(1)
        self.stop()
        self.say(0.5)
        self.start()
        self.say(0.5)
        self.stop()
        self.assertApproximates(self.heard_in("recording 2")[0], 1, 0.05)

    def test_secret_before(self) -> None:
        """A secret told just before the key is silence, as in any recording; so are keys typed ahead of it."""
        self.say(0.5)
        with self.call.secret():
            self.say(1)
        self.say(0.5)
        self.start()
        self.stop()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 2, 0.05)
        self.assertApproximates(heard_s, 1, 0.15)

    def test_stopped_in_a_secret(self) -> None:
        """A recording that ends while a secret is told: what is kept for the next one is silent as well."""
        self.start()
        with self.call.secret():
            self.stop()
            self.say(1)
        self.say(0.5)
        self.start()
        self.stop()
        length_s, heard_s = self.heard_in("recording 2")
        self.assertApproximates(length_s, 1.5, 0.05)
        self.assertApproximates(heard_s, 0.5, 0.1)

    def test_nothing_is_left(self) -> None:
        """The end of the call frees what was kept: nobody's sound is taken any more."""
        self.seat.hang_up()
        self.shop.wait(2)
        self.assertEqual(list(self.recorder._recent), [])
        self.assertEqual(list(self.shop.bay._tapped), [])


class InHouseCase(OnDemandCase):
    """Two colleagues talk, while 801 has a caller on line 1."""

    def setUp(self) -> None:
        super().setUp()
        self.third = self.shop.agent("803")
        self.dialling = Dialling(self.shop.seats, self.shop.staff, self.shop.calls, self.shop.calls_out, self.runner)
        self.patch(self.shop.guard, "classify", partial(classify, internal=("803",)))
        self.dialling.dial(self.other, "803")
        self.third.answer()
        assert self.third.ringing is None
        self.first = self.third.in_hand.call

    def consult_outside(self, seat: Seat) -> None:
        """One of them calls somebody outside, on line 2, who answers and is consulted for two seconds."""
        self.dialling.consult(seat, "number 62345678")
        self.shop.dial_tone(1)
        self.shop.exchange("ringback", 6, 1)
        self.shop.answer_there(1)
        self.say(2, number=1)

    def recordings_of(self, call: Call) -> list[str]:
        """The files that the timeline of a call names."""
        events = [event for event in self.shop.book.events if event.kind == "recording" and event.call_id == call.id]
        return [str(event.data["file"]).removesuffix(".wav") for event in events]


class InHouseTests(InHouseCase):
    rules = RecordingRules()

    def test_not_recorded(self) -> None:
        """Colleagues among themselves are recorded on demand alone."""
        self.shop.wait(1)
        self.assertEqual(self.recordings_of(self.first), [])

    def test_another_colleague_joins(self) -> None:
        """Three of the house are among themselves as two are."""
        fourth = self.shop.agent("804")
        self.dialling.consult(self.third, "seat 804")
        fourth.answer()
        self.third.three_way()
        self.say(1)
        self.assertEqual([part.role for part in self.first.parts.values()], [Role.TALKS] * 3)
        self.assertEqual(self.recordings_of(self.first), [])

    def test_line_joins(self) -> None:
        """As soon as a line talks with them, or with the one who is left, the rule for calls outside holds."""
        for seat, join in ((0, Seat.three_way), (0, Seat.join), (1, Seat.join)):
            self.setUp()
            self.consult_outside((self.other, self.third)[seat])
            self.assertEqual(self.recordings_of(self.first), [])
            join((self.other, self.third)[seat])
            self.say(2, number=1)
            (file,) = self.recordings_of(self.first)
            self.assertEqual(self.shop.book.calls[self.first.id]["recording"], f"{file}.wav")
            self.shop.lines[1].far_end.hang_up()
            self.shop.wait(0.2)
            if self.first.ended is None:
                self.first.end("test", Reason(Cause.AGENT_HUNG_UP))
            self.assertApproximates(self.heard_in(file)[1], 2, 0.2)

    def test_joined_while_it_rings(self) -> None:
        """Nothing is recorded of the waiting; from the answer on it is."""
        self.dialling.consult(self.other, "number 62345678")
        self.shop.dial_tone(1)
        self.shop.exchange("ringback", 6, 1)
        self.other.join()
        self.assertEqual(self.recordings_of(self.first), [])
        self.shop.answer_there(1)
        self.say(2, number=1)
        (file,) = self.recordings_of(self.first)
        self.third.hang_up()
        self.assertGreater(self.heard_in(file)[1], 1.8)

    def test_joined_and_busy(self) -> None:
        """Nobody answers outside, and the colleague is back where he was: recorded on demand alone, as before."""
        self.dialling.consult(self.other, "number 62345678")
        self.shop.dial_tone(1)
        self.shop.exchange("ringback", 6, 1)
        self.other.join()
        self.shop.exchange("busy", 4, 1)
        self.other.answer()
        self.shop.wait(1)
        self.assertEqual(self.recordings_of(self.first), [])
        self.moves.recording.start(self.other)
        self.moves.recording.stop(self.other)
        self.assertEqual(len(self.recordings_of(self.first)), 1)

    def test_sent_outside(self) -> None:
        """A colleague is transferred to a number outside: recorded from the answer there on."""
        moves = Moves(
            self.shop.seats,
            self.queue.queues,
            self.runner,
            self.shop.staff,
            self.shop.calls,
            out=self.shop.calls_out,
        )
        moves.transfers.transfer(self.third, "number 62345678")
        self.shop.dial_tone(1)
        self.shop.exchange("ringback", 6, 1)
        self.assertEqual(self.recordings_of(self.first), [])
        self.shop.answer_there(1)
        self.say(1, number=1)
        self.assertEqual(len(self.recordings_of(self.first)), 1)

    def test_started_before(self) -> None:
        """What one of them has started ends where the rule begins; the rule's recording is nobody's to stop."""
        self.moves.recording.start(self.third)
        self.consult_outside(self.other)
        self.other.three_way()
        self.say(1, number=1)
        self.assertEqual(len(self.recordings_of(self.first)), 2)
        self.assertEqual(self.refusal(self.moves.recording.stop, self.third), "not-yours")


class InHouseByVoiceTests(InHouseCase):
    rules = RecordingRules(rules=read_record_rules("internal: voice, out: voice"))

    def test_line_joins(self) -> None:
        """Where both are recorded by voice, it is the line's voice that is listened to from then on."""
        self.consult_outside(self.other)
        self.other.join()
        self.say(2, number=1)
        self.say(6, level=0, number=1)
        *_, last = self.recordings_of(self.first)
        self.assertApproximates(self.heard_in(last)[1], 2, 0.3)


class InHouseOnDemandTests(InHouseCase):
    def test_line_joins(self) -> None:
        """Where calls outside are recorded on demand nothing begins; what runs goes on, now with the line on it."""
        self.consult_outside(self.other)
        self.moves.recording.start(self.third)
        self.other.join()
        self.say(2, number=1)
        self.moves.recording.stop(self.third)
        *_, last = self.recordings_of(self.first)
        self.assertApproximates(self.heard_in(last)[1], 2, 0.2)


class ByVoiceTests(OnDemandCase):
    rules = RecordingRules(rules=read_record_rules("in: voice"))

    def test_on_demand_between(self) -> None:
        """When an agent ends what he has started, who speaks at that moment is recorded on, by the rule again."""
        self.say(6, level=0)
        n_before = len(self.shop.happened("recording"))
        self.start()
        self.say(2)
        self.stop()
        self.say(2)
        self.seat.hang_up()
        files = [str(data["file"]).removesuffix(".wav") for _, data in self.shop.happened("recording")]
        self.assertEqual(len(files), n_before + 2)
        self.assertGreater(self.heard_in(files[-1])[1], 1.8)

    def test_ended_in_a_secret(self) -> None:
        """Ended while a secret is told: the rule hears nothing of that."""
        self.say(6, level=0)
        self.start()
        with self.call.secret():
            self.stop()
            n_before = len(self.shop.happened("recording"))
            self.say(1)
        self.say(1, level=0)
        self.assertEqual(len(self.shop.happened("recording")), n_before)
        self.say(1)
        self.assertEqual(len(self.shop.happened("recording")), n_before + 1)


class ByRuleTests(OnDemandCase):
    rules = RecordingRules()

    def test_marked(self) -> None:
        """A call that is recorded anyway gets a mark; that recording is nobody's to stop."""
        self.start()
        self.assertEqual(self.shop.happened("recording_mark")[0][1]["text"], "seat 801")
        self.assertEqual(self.refusal(self.stop), "not-yours")
        self.assertEqual(len(self.shop.happened("recording")), 1)
