from collections.abc import Mapping
from itertools import permutations
from unittest.mock import Mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import LogLevel, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import A_LAW, LINEAR_16, MU_LAW
from callserver.dsp.ear import Ear
from callserver.dsp.fax_tones.bank import FaxHeard, FaxSignal
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.progress.bank import ProgressBank, ToneGone, ToneHeard
from callserver.dsp.tones import dtmf
from callserver.media.leg import Leg
from callserver.media.patch_bay import BayFull, LegClosed, PatchBay, WrongParty
from callserver.media.sound_bank import EarEvent
from callserver.wire.catalogue import fill
from tests.media.bench import FakeEar, Party, all_of, key_down, make_bay, plug, talk

CALLER, AGENT, THIRD, SUPERVISOR = 0.5, 0.25, 0.125, 0.0625  # each sum of these says who is in it


def turn(bay: PatchBay, *speakers: tuple[Party, float], n: int = 3) -> None:
    """Some rounds in which each speaker says his level, a little ahead so that the buffers start."""
    for party, level in speakers:
        party.say(level, 2)
    for _ in range(n):
        for party, level in speakers:
            party.say(level)
        bay.tick()


class WhoHearsWhomTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ear = FakeEar(8)
        self.bay = make_bay(ear=self.ear)
        self.caller, self.agent = plug(self.bay, "line 1"), plug(self.bay, "seat 801", signals=False)
        self.third, self.supervisor = plug(self.bay, "line 2"), plug(self.bay, "seat 810", signals=False)
        self.parties = (self.caller, self.agent, self.third, self.supervisor)

    def hear(self) -> list[float]:
        levels = (CALLER, AGENT, THIRD, SUPERVISOR)
        turn(self.bay, *zip(self.parties, levels, strict=True))
        return [party.last_level() for party in self.parties]

    def test_nobody_connected(self) -> None:
        """Who is not connected hears nothing, not even himself."""
        self.assertEqual(self.hear(), [0, 0, 0, 0])

    def test_talk(self) -> None:
        """Caller and agent hear each other, and nobody else hears them."""
        talk(self.bay, self.caller, self.agent)
        self.assertEqual(self.hear(), [AGENT, CALLER, 0, 0])

    def test_hold_with_music(self) -> None:
        """A held caller hears the music and nothing of the agent; retrieved, they talk as before."""
        talk(self.bay, self.caller, self.agent)
        self.bay.set_gains("call 1", {})
        self.caller.leg.music(np.full(1000, 0.1, np.float32))
        self.assertEqual(self.hear(), [0.1, 0, 0, 0])
        self.caller.leg.music(None)
        talk(self.bay, self.caller, self.agent)
        self.assertEqual(self.hear(), [AGENT, CALLER, 0, 0])

    def test_three_way(self) -> None:
        """In a conference each hears the two others, not himself."""
        talk(self.bay, self.caller, self.agent, self.third)
        self.assertEqual(self.hear(), [AGENT + THIRD, CALLER + THIRD, CALLER + AGENT, 0])

    def test_listen(self) -> None:
        """A supervisor who listens hears both and is heard by none."""
        heard = {(party.leg, self.supervisor.leg): 1.0 for party in (self.caller, self.agent)}
        self.bay.set_gains("call 1", all_of(self.caller, self.agent) | heard)
        self.assertEqual(self.hear(), [AGENT, CALLER, 0, CALLER + AGENT])

    def test_whisper(self) -> None:
        """What a supervisor whispers is heard by the agent alone."""
        whisper = {(self.supervisor.leg, self.agent.leg): 1.0}
        self.bay.set_gains("call 1", all_of(self.caller, self.agent) | whisper)
        self.assertEqual(self.hear(), [AGENT, CALLER + SUPERVISOR, 0, 0])

    def test_in_secret(self) -> None:
        """While a caller enters a PIN nobody hears him; he hears the agent, and his keys still count."""
        talk(self.bay, self.caller, self.agent)
        self.bay.set_gains("call 1", {(self.agent.leg, self.caller.leg): 1.0})
        self.ear.events = [key_down(self.caller.leg.slot, "7")]
        self.assertEqual(self.hear(), [AGENT, 0, 0, 0])
        self.assertEqual([digit for digit, _ in self.caller.keys], ["7"])

    def test_mute(self) -> None:
        """Who is mute hears all and is heard by nobody, whatever call he comes into; his keys still count."""
        self.caller.leg.mute(True)
        talk(self.bay, self.caller, self.agent)
        self.ear.events = [key_down(self.caller.leg.slot, "7")]
        self.assertEqual(self.hear(), [AGENT, 0, 0, 0])
        self.assertEqual([digit for digit, _ in self.caller.keys], ["7"])
        self.caller.leg.mute(False)
        self.assertEqual(self.hear(), [AGENT, CALLER, 0, 0])

    def test_mute_ends_with_the_leg(self) -> None:
        """The next in the same place is heard."""
        self.caller.leg.mute(True)
        self.caller.leg.close()
        self.caller.leg.mute(True)
        self.caller = plug(self.bay, "line 3")
        self.parties = (self.caller, *self.parties[1:])
        talk(self.bay, self.caller, self.agent)
        self.assertEqual(self.hear(), [AGENT, CALLER, 0, 0])

    def test_hushed(self) -> None:
        """While a key seems to sound that nobody shall hear, nobody does; other keys, and others' keys, are heard."""
        self.caller.leg.hush("*")
        talk(self.bay, self.caller, self.agent, self.third)
        self.ear.sounding = {self.caller.leg.slot: "*", self.third.leg.slot: "*"}
        self.assertEqual(self.hear(), [AGENT + THIRD, THIRD, AGENT, 0])
        self.ear.sounding = {self.caller.leg.slot: "5"}
        self.assertEqual(self.hear(), [AGENT + THIRD, CALLER + THIRD, CALLER + AGENT, 0])
        self.ear.sounding = {self.caller.leg.slot: "*"}
        self.caller.leg.hush(None)
        self.assertEqual(self.hear(), [AGENT + THIRD, CALLER + THIRD, CALLER + AGENT, 0])

    def test_hushed_ends_with_the_leg(self) -> None:
        """The next in the same place is heard."""
        self.caller.leg.hush("*")
        self.caller.leg.close()
        self.caller.leg.hush("*")
        self.caller = plug(self.bay, "line 3")
        self.parties = (self.caller, *self.parties[1:])
        self.ear.sounding = {self.caller.leg.slot: "*"}
        talk(self.bay, self.caller, self.agent)
        self.assertEqual(self.hear(), [AGENT, CALLER, 0, 0])

    def test_all_gains_at_once(self) -> None:
        """Gains are those of the last word: who is not named in it is heard by nobody any more."""
        talk(self.bay, self.caller, self.agent, self.third)
        talk(self.bay, self.agent, self.third)
        self.assertEqual(self.hear(), [0, THIRD, AGENT, 0])

    def test_gains(self) -> None:
        """A gain is what the sink hears of the source."""
        self.bay.set_gains("call 1", all_of(self.caller, self.agent, gain=0.5))
        self.assertEqual(self.hear(), [AGENT / 2, CALLER / 2, 0, 0])
        self.assertEqual(self.bay.gain(self.caller.leg, self.agent.leg), 0.5)

    def test_too_loud_together(self) -> None:
        """Two loud parties together are clipped, not wrapped around."""
        talk(self.bay, self.caller, self.agent, self.third)
        turn(self.bay, (self.agent, -0.9), (self.third, -0.9))
        self.assertEqual(self.caller.last_level(), -1.0)

    def test_codecs_mixed(self) -> None:
        """Legs of different codecs hear each other."""
        mu, a = plug(self.bay, "mu", codec=MU_LAW), plug(self.bay, "a", codec=A_LAW)
        self.bay.set_gains("call 1", {(mu.leg, a.leg): 1, (a.leg, mu.leg): 1, (mu.leg, self.caller.leg): 1})
        turn(self.bay, (mu, 0.5), (a, 0.25))
        self.assertApproximates(mu.last_level(), 0.25, 0.01)
        self.assertApproximates(a.last_level(), 0.5, 0.02)
        self.assertApproximates(self.caller.last_level(), 0.5, 0.02)


ACTS = ["hear", "deaf", "serve", "music", "quiet", "close"]


class AnyOrderTests(SynchronousTestCase):
    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 4), st.integers(0, 4)), max_size=25))
    def test_exactly_these(self, acts: list[tuple[str, int, int]]) -> None:
        """Whatever is joined, parted, held, moved and closed in whatever order, each hears exactly whom he should."""
        bay = make_bay(5)
        parties = [plug(bay, f"leg {n}") for n in range(5)]
        levels, music = [2.0 ** -(n + 2) for n in range(5)], np.full(320, 2.0**-8, np.float32)
        hears = set[tuple[int, int]]()  # (source, sink)
        entertained, gone = set[int](), set[int]()
        for act, a, b in acts:
            leg = parties[a].leg
            if act in ("hear", "deaf") and a != b and not gone & {a, b} and leg.call_id == parties[b].leg.call_id:
                hears = hears | {(a, b)} if act == "hear" else hears - {(a, b)}
                mine = {(s, t) for s, t in hears if parties[s].leg.call_id == leg.call_id}
                bay.set_gains(str(leg.call_id), {(parties[s].leg, parties[t].leg): 1.0 for s, t in mine})
            elif act == "serve":
                hears = hears if leg.call_id == f"call {b}" else {pair for pair in hears if a not in pair}
                leg.serve(f"call {b}")
            elif act in ("music", "quiet"):
                leg.music(music if act == "music" else None)
                entertained = entertained | {a} if act == "music" else entertained - {a}
            elif act == "close":
                leg.close()
                gone.add(a)
                hears = {pair for pair in hears if a not in pair}
        turn(bay, *zip(parties, levels, strict=True))
        for n, party in enumerate(parties):
            expected = sum(levels[m] for m, sink in hears if sink == n) + (2.0**-8 if n in entertained else 0.0)
            self.assertEqual(len(party.sound()), 0) if n in gone else self.assertEqual(party.sound()[-1], expected)


class PartyTests(SynchronousTestCase):
    """G7: two legs hear each other only if both serve the same call."""

    @given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=2, max_size=6), st.data())
    def test_never_another_call(self, calls: list[str | None], data: st.DataObject) -> None:
        """Whatever is tried, whatever call a leg serves later: only legs of one call ever hear each other."""
        bay = make_bay()
        legs = [plug(bay, f"leg {n}").leg for n in range(len(calls))]
        for leg, call_id in zip(legs, calls, strict=True):
            leg.serve(call_id)
        for call_id in ("a", "b", "c"):
            wanted = data.draw(st.sets(st.sampled_from(list(permutations(legs, 2)))))
            try:
                bay.set_gains(call_id, dict.fromkeys(wanted, 1.0))
            except WrongParty:
                self.assertTrue(any(leg.call_id != call_id for pair in wanted for leg in pair))
        self.assert_apart(bay, legs)
        for leg in legs:
            leg.serve(data.draw(st.sampled_from(["a", "b", None])))
            self.assert_apart(bay, legs)

    def assert_apart(self, bay: PatchBay, legs: list[Leg]) -> None:
        for a, b in permutations(legs, 2):
            if a.call_id is None or a.call_id != b.call_id:
                self.assertEqual(bay.gain(a, b), 0.0)

    def test_refused(self) -> None:
        """Gains with a stranger among them are refused as a whole: those that were there stay."""
        bay = make_bay()
        a, b, stranger = plug(bay, "line 1"), plug(bay, "line 2"), plug(bay, "line 3", call_id="call 2")
        talk(bay, a, b)
        self.assertRaises(WrongParty, talk, bay, a, stranger)
        self.assertRaises(WrongParty, bay.set_gains, "call 2", all_of(a, b))
        self.assertEqual((bay.gain(a.leg, b.leg), bay.gain(a.leg, stranger.leg)), (1.0, 0.0))

    def test_another_call(self) -> None:
        """Who serves another call hears nothing of the first, and is not heard there; the same call again is none."""
        bay = make_bay()
        a, b = plug(bay, "line 1"), plug(bay, "line 2")
        talk(bay, a, b)
        b.leg.serve("call 1")
        self.assertEqual(bay.gain(a.leg, b.leg), 1.0)
        b.leg.serve("call 2")
        self.assertEqual((bay.gain(a.leg, b.leg), bay.gain(b.leg, a.leg)), (0.0, 0.0))

    def test_strangers_are_parted(self) -> None:
        """Should a mistake of ours ever let two calls hear each other, it lasts a second, and the log says so."""
        bay, logged = make_bay(), []
        a, b = plug(bay, "line 1"), plug(bay, "line 2")
        talk(bay, a, b)
        b.leg._call_id = "call 2"
        globalLogPublisher.addObserver(logged.append)
        self.addCleanup(globalLogPublisher.removeObserver, logged.append)
        for _ in range(50):
            bay.tick()
        self.assertEqual((bay.gain(a.leg, b.leg), bay.gain(b.leg, a.leg)), (0.0, 0.0))
        self.assertEqual([event["log_level"] for event in logged], [LogLevel.critical] * 2)


class ScheduleTests(SynchronousTestCase):
    def test_no_call_no_tick(self) -> None:
        """An hour without calls costs nothing; from the first leg to the last each hears a block every 20 ms."""
        clock = Clock()
        bay = PatchBay(clock, 4, FakeEar)
        bay.schedule.startService()
        self.addCleanup(bay.schedule.stopService)
        clock.advance(3600.0)
        self.assertEqual(clock.getDelayedCalls(), [])
        line, agent = plug(bay, "line 1"), plug(bay, "seat 801", signals=False)
        clock.pump([0.0201] * 10)
        line.leg.close()
        clock.pump([0.0201] * 10)
        agent.leg.close()
        self.assertEqual((len(line.sound()), len(agent.sound())), (10 * BLOCK_SAMPLES, 20 * BLOCK_SAMPLES))
        self.assertEqual(clock.getDelayedCalls(), [])


class PlugTests(SynchronousTestCase):
    def test_full(self) -> None:
        """When all places are taken the next leg is refused; when one closes, it finds place."""
        bay = make_bay(2)
        first = plug(bay, "line 1")
        plug(bay, "line 2")
        self.assertRaises(BayFull, plug, bay, "line 3")
        first.leg.close()
        self.assertEqual(plug(bay, "line 3").leg.slot, first.leg.slot)

    def test_place_is_clean(self) -> None:
        """Who gets the place of a leg that left hears nothing, is heard by nobody, and its detectors start afresh."""
        ear = FakeEar(8)
        bay = make_bay(ear=ear)
        old, agent = plug(bay, "line 1"), plug(bay, "seat 801", signals=False)
        talk(bay, old, agent)
        bay.tap(old.leg)
        turn(bay, (old, CALLER), (agent, AGENT))
        old.leg.music(np.ones(160, np.float32))
        bay.tick()
        old.leg.close()
        new = plug(bay, "line 2", call_id="call 2")
        turn(bay, (new, THIRD), (agent, AGENT))
        self.assertEqual((new.last_level(), agent.last_level()), (0, 0))
        self.assertEqual(ear.resets, [0])

    def test_closed_leg(self) -> None:
        """A leg that is gone is sent nothing, cannot be connected, and may be closed again or set free."""
        bay = make_bay()
        caller, agent = plug(bay, "line 1"), plug(bay, "seat 801")
        talk(bay, caller, agent)
        agent.leg.close()
        agent.leg.close()
        turn(bay, (caller, CALLER))
        self.assertEqual(agent.heard, b"")
        self.assertRaises(LegClosed, talk, bay, caller, agent)
        bay.set_gains("call 1", all_of(caller, agent, gain=0.0))
        successor = plug(bay, "seat 802")
        talk(bay, caller, successor)
        agent.leg.serve(None)
        self.assertEqual(bay.gain(caller.leg, successor.leg), 1.0)
        self.assertIs(self.successResultOf(agent.leg.play([np.ones(9, np.float32)])), False)


class TroubleTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ear = FakeEar(8)
        self.bay = make_bay(ear=self.ear)
        self.good, self.bad = plug(self.bay, "line 1"), plug(self.bay, "line 2")

    def test_bad_send(self) -> None:
        """A line whose send raises takes nothing from the others, and fills no log."""
        self.bad.leg.send = self._raise  # type: ignore[method-assign]
        talk(self.bay, self.good, self.bad)
        turn(self.bay, (self.bad, CALLER), n=20)
        self.assertEqual((self.good.last_level(), self.bad.leg.faults), (CALLER, 20))
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)

    def test_bad_listener(self) -> None:
        """A listener that raises at a key leaves the other lines their keys and their sound."""
        self.bad.key = self._raise  # type: ignore[assignment,method-assign]
        self.ear.events = [key_down(self.bad.leg.slot, "1"), key_down(self.good.leg.slot, "2")]
        self.bay.tick()
        self.assertEqual([key for key, _ in self.good.keys], ["2"])
        self.assertEqual(len(self.good.heard), 2 * BLOCK_SAMPLES)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)

    def test_bad_detectors(self) -> None:
        """When the detectors fail people still hear each other, and the log is not filled."""
        self.ear.hear = self._raise  # type: ignore[assignment,method-assign]
        talk(self.bay, self.good, self.bad)
        turn(self.bay, (self.bad, CALLER))
        self.assertEqual(self.good.last_level(), CALLER)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)

    def test_closed_by_a_key(self) -> None:
        """A listener may close its leg, and open another, in the middle of the round."""
        self.bad.key = lambda digit, at_s: self.bad.leg.close()  # type: ignore[assignment,misc,method-assign]
        self.ear.events = [key_down(self.bad.leg.slot, "1")]
        self.bay.tick()
        self.assertEqual((len(self.bad.heard), len(self.good.heard)), (0, 2 * BLOCK_SAMPLES))

    def _raise(self, *args: object) -> None:
        raise OSError("this line is broken")


class DetectorTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ear = FakeEar(8)
        self.bay = make_bay(ear=self.ear)

    def test_what_was_played(self) -> None:
        """The detectors get what each line says and what that line was sent before."""
        line = plug(self.bay, "line 1", codec=MU_LAW)
        line.leg.play([np.full(2 * BLOCK_SAMPLES, 0.5, np.float32)])
        turn(self.bay, (line, CALLER), n=2)
        received, played = self.ear.fed[1]
        self.assertApproximates(float(received[line.leg.slot, 0]), CALLER, 0.02)
        self.assertEqual(float(played[line.leg.slot, -1]), 0.5)

    def test_cleaned(self) -> None:
        """What people hear of a line is what the detectors left of it, without the echo; a headset is not touched."""
        self.ear.hear = self._half  # type: ignore[method-assign]
        line, agent = plug(self.bay, "line 1"), plug(self.bay, "seat 801", signals=False)
        talk(self.bay, line, agent)
        turn(self.bay, (line, CALLER), (agent, AGENT))
        self.assertEqual((line.last_level(), agent.last_level()), (AGENT, CALLER / 2))

    def _half(self, received: FloatArray, played: FloatArray, shifts: Mapping[int, int]) -> list[EarEvent]:
        self.ear.cleaned = received / 2
        return []

    def test_when_the_key_began(self) -> None:
        """A key's time is that of its beginning, though it is found later."""
        clock = Clock()
        bay = PatchBay(clock, 8, lambda n: self.ear)
        line = plug(bay, "line 1")
        clock.advance(10.0)
        bay.tick()
        clock.advance(0.02)
        self.ear.events = [key_down(line.leg.slot, "5", onset_sample=80)]
        bay.tick()
        self.assertEqual([(digit, round(at_s, 6)) for digit, at_s in line.keys], [("5", 9.99)])

    def test_tones(self) -> None:
        """A tone is told by its name when it is heard, of the exchange as of a fax machine; its end is not told."""
        line = plug(self.bay, "line 1")
        slot = line.leg.slot
        self.ear.events = [
            ToneHeard(slot, "busy", 0),
            ToneGone(slot, "busy", 0),
            FaxHeard(slot, FaxSignal.CNG, 0, 1100.0, -9.0),
        ]
        self.bay.tick()
        self.assertEqual(line.tones, ["busy", FaxSignal.CNG.value])

    def test_headset(self) -> None:
        """Nobody listens for keys in an agent's headset, and without a line the detectors have nothing to do."""
        agent = plug(self.bay, "seat 801", signals=False)
        turn(self.bay, (agent, AGENT))
        self.assertEqual((self.ear.fed, agent.leg.speaks), ([], False))
        plug(self.bay, "line 1")
        turn(self.bay, (agent, AGENT))
        received, _ = self.ear.fed[-1]
        self.assertEqual((len(received), float(np.abs(received).max())), (1, 0.0))

    def test_lines_in_use(self) -> None:
        """The detectors have as many channels as there are lines in use, and no more when the last hang up."""
        lines = [plug(self.bay, f"line {n}") for n in range(3)]
        agent = plug(self.bay, "seat 801", signals=False)
        self.bay.tick()
        for party in (lines[2], agent, lines[0]):
            party.leg.close()
            turn(self.bay, (lines[1], CALLER))
        self.assertEqual([len(received) for received, _ in self.ear.fed[::3]], [3, 2, 2, 2])
        received, _ = self.ear.fed[-1]
        self.assertEqual(received[:, -1].round(4).tolist(), [0.0, CALLER])
        lines[1].leg.close()
        n_fed = len(self.ear.fed)
        self.bay.tick()
        self.assertEqual(len(self.ear.fed), n_fed)

    def test_lines_that_have_hung_up(self) -> None:
        """A line that has hung up leaves nothing to be worked on: no sound of its own, no echo of its prompt."""
        bay, rng = PatchBay(Clock(), 8), np.random.default_rng(3)
        lines = [plug(bay, f"line {n}") for n in range(4)]
        prompt = (rng.standard_normal(24000) * 0.1).astype(np.float32)
        ear = bay._bank.ear
        assert isinstance(ear, Ear)
        for line in lines:
            line.leg.play([prompt])
        worked_on: list[list[int]] = []
        work = ear.canceller._filter
        self.patch(
            ear.canceller, "_filter", lambda busy, received: [worked_on.append(busy.tolist()), work(busy, received)][1]
        )
        for tick in range(100):
            for line in lines if tick < 80 else lines[3:]:
                line.speak(np.roll(prompt, 400)[tick * BLOCK_SAMPLES : (tick + 1) * BLOCK_SAMPLES] * np.float32(0.5))
            if tick == 80:
                for line in lines[:3]:
                    line.leg.close()
            bay.tick()
        self.assertEqual((worked_on[79 - 100], worked_on[-1]), ([0, 1, 2, 3], [3]))
        self.assertEqual(float(np.abs(bay._bank._received[:3]).max() + np.abs(bay._bank._played[:3]).max()), 0)

    def test_real_keys(self) -> None:
        """With the real detectors, a key pressed while a prompt plays is heard once, on its line only."""
        bay = PatchBay(Clock(), 8)
        lines = [plug(bay, f"line {n}", codec=MU_LAW) for n in (1, 2)]
        lines[0].leg.play([np.full(8000, 0.1, np.float32)])
        tone = np.concatenate([np.zeros(800, np.float32), dtmf("9"), np.zeros(1600, np.float32)])
        for at in range(0, len(tone) - BLOCK_SAMPLES, BLOCK_SAMPLES):
            lines[0].speak(tone[at : at + BLOCK_SAMPLES])
            lines[1].say(0.0)
            bay.tick()
        self.assertEqual([[key for key, _ in line.keys] for line in lines], [["9"], []])

    def test_one_detector_fails(self) -> None:
        """While one detector fails in every tick, twenty lines keep their keys; the shop is told once only."""
        self.patch(ProgressBank, "hear", Mock(side_effect=KeyError(7)))
        alarms: list[str] = []
        bay = PatchBay(Clock(), 20, on_alarm=lambda msgid, **details: alarms.append(fill("en", msgid, details)))
        lines = [plug(bay, f"line {n}", codec=MU_LAW) for n in range(20)]
        keys = np.concatenate([np.zeros(800, np.float32), dtmf("58"), np.zeros(1600, np.float32)])
        for at in range(0, len(keys) - BLOCK_SAMPLES, BLOCK_SAMPLES):
            for line in lines:
                line.speak(keys[at : at + BLOCK_SAMPLES])
            bay.tick()
        self.assertEqual([[key for key, _ in line.keys] for line in lines], [["5", "8"]] * 20)
        self.assertEqual(alarms, ["detector failed: call progress: KeyError(7); the others hear on"])
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)


class CutTests(SynchronousTestCase):
    @given(st.lists(st.integers(0, 700), max_size=12), st.integers(0, 2**32 - 1))
    def test_any_cut(self, cuts: list[int], seed: int) -> None:
        """However the bytes of 60 ms arrive, the same is heard and recorded."""
        sound = np.random.default_rng(seed).integers(0, 256, 3 * 2 * BLOCK_SAMPLES, np.uint8).tobytes()
        pieces = [sound[a:b] for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), len(sound)], strict=True)]
        self.assertEqual(self.tracks(pieces), self.tracks([sound]))

    def tracks(self, pieces: list[bytes]) -> tuple[bytes, bytes]:
        bay, recorded = make_bay(), bytearray()
        caller, agent = plug(bay, "line 1", codec=LINEAR_16), plug(bay, "seat 801")
        talk(bay, caller, agent)
        bay.tap(caller.leg)
        bay.give_tracks_to(lambda legs, tracks: recorded.extend(tracks[legs.index(caller.leg)]))
        for piece in pieces:
            caller.leg.receive(piece)
        for _ in range(4):
            bay.tick()
        return bytes(recorded), bytes(agent.heard)
