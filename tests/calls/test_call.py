"""Calls of several participants: who takes part, who hears whom, and how a call ends."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.keys import Key
from callserver.calls.live_calls import LiveCalls
from callserver.calls.operations import connect, hang_up, hold, join, retrieve, wait_again
from callserver.calls.roles import Role, gains
from callserver.calls.stages import Stage
from callserver.dsp.codecs import LINEAR_16
from callserver.lines.interfaces import Caller
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.wire.causes import Cause, Reason
from tests.shop import MemoryBook

GONE = Reason(Cause.CALLER_HUNG_UP, "busy tone")
MISSED = Reason(Cause.MISSED)


class Somebody:
    """A line or a station that is always off hook and writes down what it is told. Implements FirstParty."""

    def __init__(self, name: str, bay: PatchBay) -> None:
        self.name = name
        self.told: list[str] = []
        self.leg: Leg | None = bay.open_leg(
            name, LINEAR_16, send=lambda block: None, flush=lambda: None, listener=self, listen_for_signals=False
        )

    def key(self, digit: str, at_s: float) -> None: ...
    def tone(self, name: str) -> None: ...

    async def answer(self, call: Call) -> None: ...

    def stage_changed(self, call: Call) -> None:
        self.told.append(call.stage.value)

    def role_given(self, call: Call, role: Role) -> None:
        self.told.append(role.value)

    def left(self, call: Call, reason: Reason) -> None:
        self.told.append(f"left: {reason}")

    def recalled(self, call: Call) -> None:
        self.told.append("recalled")


class Switch:
    """A patch bay with somebody at each of its places."""

    def __init__(self, n: int = 6) -> None:
        self.clock, self.book = Clock(), MemoryBook()
        self.bay = PatchBay(self.clock, n)
        self.calls = LiveCalls(self.clock, self.bay, EventLog(self.book, self.clock, "test"), self._new_id)
        self.calls.music = np.full(400, 0.02, np.float32)
        self.people = [Somebody(f"party {number}", self.bay) for number in range(n)]
        self._n = 0

    def _new_id(self) -> str:
        self._n += 1
        return f"call {self._n}"

    def hears(self, sink: Somebody) -> list[str]:
        """Whom somebody hears, by the patch bay."""
        assert sink.leg is not None
        return [source.name for source in self.people if source.leg and self.bay.gain(source.leg, sink.leg)]


class CallTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.switch = Switch()
        self.caller, self.agent, self.third, self.second, *_ = self.switch.people
        self.call = self.switch.calls.begin("in", self.caller, Caller("138"))

    def consult(self) -> Call:
        """The agent holds the caller and talks with a third party."""
        connect(self.call, self.agent)
        hold(self.call, self.agent)
        consultation = self.switch.calls.begin("out", self.third, Caller())
        connect(consultation, self.agent)
        return consultation

    def test_connect(self) -> None:
        """Agent and caller hear each other, and the call is a talk from then on."""
        connect(self.call, self.agent)
        self.assertEqual(self.switch.hears(self.caller), ["party 1"])
        self.assertEqual(self.switch.hears(self.agent), ["party 0"])
        self.assertIs(self.call.stage, Stage.TALK)

    def test_one_fails_to_leave(self) -> None:
        """A party that breaks as the call ends keeps nobody else in it."""
        connect(self.call, self.agent)
        self.patch(self.caller, "left", lambda call, reason: 1 / 0)
        self.call.end("server", GONE)
        self.assertEqual(self.agent.told[-1], f"left: {GONE}")
        self.assertEqual(len(self.switch.calls), 0)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_hold_and_retrieve(self) -> None:
        """Held, the caller hears music and nobody else; then they talk again."""
        connect(self.call, self.agent)
        hold(self.call, self.agent)
        self.assertEqual((self.switch.hears(self.caller), self.switch.hears(self.agent)), ([], []))
        assert self.caller.leg is not None
        self.assertTrue(self.caller.leg.player.active)
        retrieve(self.call, self.agent)
        self.assertEqual(self.switch.hears(self.caller), ["party 1"])
        self.switch.bay.tick()  # in which the music fades
        self.assertFalse(self.caller.leg.player.active)

    def test_consult(self) -> None:
        """While the agent consults, the held caller hears neither of the two."""
        self.consult()
        self.assertEqual(self.switch.hears(self.third), ["party 1"])
        self.assertEqual(self.switch.hears(self.agent), ["party 2"])
        self.assertEqual(self.switch.hears(self.caller), [])

    def test_back_from_a_consultation(self) -> None:
        """The consulted party is left; the first is back, and the consultation is over."""
        consultation = self.consult()
        hang_up(consultation, self.agent, "agent 1", Reason(Cause.CONSULT_CANCELLED))
        retrieve(self.call, self.agent)
        self.assertEqual(self.switch.hears(self.agent), ["party 0"])
        self.assertEqual(consultation.ended, Reason(Cause.CONSULT_CANCELLED))
        self.assertEqual(self.third.told[-1], "left: consult_cancelled")
        self.assertIsNone(self.call.ended)

    def test_join(self) -> None:
        """Joined, caller and third party talk in the first call; the agent is out of both; the second is merged."""
        consultation = self.consult()
        join(self.call, consultation, self.agent)
        self.assertEqual(self.switch.hears(self.caller), ["party 2"])
        self.assertEqual(self.switch.hears(self.third), ["party 0"])
        self.assertEqual(self.switch.hears(self.agent), [])
        self.assertEqual(consultation.ended, Reason(Cause.TRANSFERRED, self.call.id))
        self.assertIsNone(self.call.ended)
        merged = [(e.call_id, dict(e.data)) for e in self.switch.book.events if e.kind == "merged"]
        into = {"call": consultation.id, "parties": ["party 2"]}
        self.assertEqual(merged, [(consultation.id, {"into": self.call.id}), (self.call.id, into)])
        hang_up(self.call, self.third, "caller", GONE)
        self.assertEqual(self.call.ended, GONE)

    def test_listen_whisper_barge_in(self) -> None:
        """A supervisor's ear comes and goes without a trace in what the two hear; his voice comes in step by step."""
        connect(self.call, self.agent)
        self.call.give(self.second, Role.LISTENS, beside=self.agent)
        self.assertEqual(self.switch.hears(self.second), ["party 0", "party 1"])
        self.assertEqual(self.switch.hears(self.agent), ["party 0"])
        self.call.give(self.second, Role.WHISPERS, beside=self.agent)
        self.assertEqual(self.switch.hears(self.agent), ["party 0", "party 3"])
        self.assertEqual(self.switch.hears(self.caller), ["party 1"])
        self.call.give(self.second, Role.TALKS)
        self.assertEqual(self.switch.hears(self.caller), ["party 1", "party 3"])
        hang_up(self.call, self.agent, "agent 1", Reason(Cause.AGENT_HUNG_UP))
        self.assertEqual(self.switch.hears(self.caller), ["party 3"])
        self.assertIsNone(self.call.ended)

    def test_listener_does_not_keep_a_call_alive(self) -> None:
        """When the agent hangs up the call is over, though a supervisor listens: nobody is left alone with an ear."""
        connect(self.call, self.agent)
        self.call.give(self.second, Role.LISTENS, beside=self.agent)
        hang_up(self.call, self.agent, "agent 1", Reason(Cause.AGENT_HUNG_UP))
        self.assertEqual(self.call.ended, Reason(Cause.AGENT_HUNG_UP))
        self.assertEqual(self.second.told[-1], "left: agent_hung_up")

    def test_held_party_is_present(self) -> None:
        """Of two that an agent holds one hangs up: he still has the other."""
        connect(self.call, self.agent)
        self.call.give(self.third, Role.TALKS)
        hold(self.call, self.agent)
        hang_up(self.call, self.third, "caller", GONE)
        self.assertIsNone(self.call.ended)
        retrieve(self.call, self.agent)
        self.assertEqual(self.switch.hears(self.agent), ["party 0"])

    def test_a_listener_is_not_held(self) -> None:
        """Hold and retrieve leave a supervisor's ear what it is: he is not in the talk."""
        connect(self.call, self.agent)
        self.call.give(self.second, Role.LISTENS, beside=self.agent)
        hold(self.call, self.agent)
        self.assertIs(self.call.parts[self.second].role, Role.LISTENS)
        retrieve(self.call, self.agent)
        self.assertEqual(self.switch.hears(self.second), ["party 0", "party 1"])

    def test_each_retrieves_his_own(self) -> None:
        """Of two agents who hold somebody in one call each gets back whom he holds himself."""
        connect(self.call, self.agent)
        self.call.give(self.third, Role.HELD, beside=self.second)
        hold(self.call, self.agent)
        retrieve(self.call, self.agent)
        self.assertIs(self.call.parts[self.third].role, Role.HELD)

    def test_a_leg_that_is_needed_elsewhere(self) -> None:
        """Who begins to talk in another call is alone in the first: none of its parties takes him for present there."""
        connect(self.call, self.agent)
        other = self.switch.calls.begin("in", self.third, Caller())
        connect(other, self.agent)
        self.assertIs(self.call.parts[self.agent].role, Role.ALONE)
        self.assertEqual((self.switch.hears(self.caller), self.switch.hears(self.third)), ([], ["party 1"]))

    def test_keys_at_the_end(self) -> None:
        """Keys that nobody has taken when the call ends stand in its timeline, masked, before its end."""
        self.call.key(self.call.first, Key("7", "sound", 0.0))
        self.call.end("caller", GONE)
        kinds = [e.kind for e in self.switch.book.events if e.kind in ("key", "end")]
        self.assertEqual(kinds, ["key", "end"])

    def test_timeline(self) -> None:
        """The timeline says who called, when he was answered and which language he chose; the record when."""
        self.call.identify(Caller("13912345678", "Li Ming"))
        self.switch.clock.advance(2)
        self.successResultOf(Deferred.fromCoroutine(self.call.answer()))
        self.call.speak("en")
        told = {e.kind: dict(e.data) for e in self.switch.book.events}
        self.assertEqual(told["caller_id"], {"number": "13912345678", "name": "Li Ming", "withheld": False})
        self.assertEqual((told["answer"], told["language"]), ({}, {"language": "en"}))
        self.assertIsNotNone(self.switch.book.calls[self.call.id]["answered_at"])

    def test_wait_again(self) -> None:
        """The agent does not come back to a held caller: he is out, the caller waits on, heard by nobody."""
        connect(self.call, self.agent)
        hold(self.call, self.agent)
        wait_again(self.call, self.agent, MISSED)
        self.assertEqual(self.agent.told[-1], "left: missed")
        self.assertEqual(self.caller.told[-1], "alone")
        self.assertIsNone(self.call.ended)

    def test_recall_reaches_who_holds(self) -> None:
        """A caller held for too long is told to the agent who holds him, and to nobody else."""
        connect(self.call, self.agent)
        self.call.give(self.second, Role.LISTENS, beside=self.agent)
        hold(self.call, self.agent)
        self.call.recall(self.caller)
        self.assertEqual(self.agent.told[-1], "recalled")
        self.assertNotIn("recalled", [*self.second.told, *self.caller.told])

    def test_ends_once(self) -> None:
        """However often it is ended, a call has one end, in record and timeline, and each party is told once."""
        connect(self.call, self.agent)
        waiting = self.call.when_ended()
        self.call.end("caller", GONE)
        self.call.end("server", Reason(Cause.SERVER_STOPPED))
        self.assertEqual(self.successResultOf(waiting), GONE)
        self.assertEqual(self.successResultOf(self.call.when_ended()), GONE)
        self.assertEqual([e.data["reason"] for e in self.switch.book.events if e.kind == "end"], [str(GONE)])
        self.assertEqual(self.switch.book.calls[self.call.id]["end_reason"], "caller_hung_up: busy tone")
        self.assertEqual([told for told in self.agent.told if told.startswith("left")], [f"left: {GONE}"])
        self.assertEqual(len(self.switch.calls), 0)

    def test_nothing_after_the_end(self) -> None:
        """An ended call takes nobody in and starts no clock."""
        self.call.end("caller", GONE)
        self.call.give(self.agent, Role.TALKS)
        self.call.enter(Stage.QUEUE)
        self.assertEqual((self.call.parts, self.switch.clock.getDelayedCalls()), ({}, []))

    def test_stage_limits(self) -> None:
        """No call lasts for ever: 30 minutes in a menu, 3 hours in a talk; each stage starts its clock anew."""
        self.call.enter(Stage.MENU)
        self.switch.clock.advance(1799)
        connect(self.call, self.agent)
        self.switch.clock.advance(10799)
        self.assertIsNone(self.call.ended)
        self.switch.clock.advance(2)
        self.assertEqual(self.call.ended, Reason(Cause.LIMIT_REACHED, "bridged"))

    def test_secret(self) -> None:
        """While a secret is keyed in, the agent hears nothing of it; then all is as before, also after an error."""
        connect(self.call, self.agent)
        with self.assertRaises(ZeroDivisionError), self.call.secret():
            self.assertEqual((self.switch.hears(self.agent), self.switch.hears(self.caller)), ([], []))
            raise ZeroDivisionError
        self.assertEqual(self.switch.hears(self.agent), ["party 0"])
        self.assertEqual(self.caller.told[-1], "talks")

    def test_caller_gone_in_a_secret(self) -> None:
        """A caller who hangs up over his PIN comes back to life nowhere."""
        with self.call.secret():
            self.call.end("caller", GONE)
        self.assertEqual(self.call.parts, {})

    def test_held_in_a_secret(self) -> None:
        """An agent who holds the caller over his PIN finds him held, with music, when the PIN is keyed in."""
        connect(self.call, self.agent)
        assert self.caller.leg is not None
        with self.call.secret():
            hold(self.call, self.agent)
            self.switch.bay.tick()
            self.switch.bay.tick()
            self.assertFalse(self.caller.leg.player.active)
        self.assertIs(self.call.parts[self.caller].role, Role.HELD)
        self.assertTrue(self.caller.leg.player.active)

    def test_secret_of_a_held_caller(self) -> None:
        """A held caller who keys in a PIN hears no music meanwhile, and music again afterwards."""
        connect(self.call, self.agent)
        hold(self.call, self.agent)
        assert self.caller.leg is not None
        with self.call.secret():
            self.switch.bay.tick()
            self.switch.bay.tick()
            self.assertFalse(self.caller.leg.player.active)
        self.assertTrue(self.caller.leg.player.active)

    def test_first_party_leaves(self) -> None:
        """A caller who has left a call to two others is not played to, nor fetched back from another."""
        for party in (self.caller, self.agent, self.third):
            self.call.give(party, Role.TALKS)
        hang_up(self.call, self.caller, "caller", GONE)
        self.assertIsNone(self.call.ended)
        other = self.switch.calls.begin("in", self.caller, Caller())
        connect(other, self.second)
        self.assertIsNone(self.call.leg)
        hold(self.call, self.agent)
        wait_again(self.call, self.agent, MISSED)
        self.assertEqual(self.switch.hears(self.caller), ["party 3"])
        self.assertEqual(self.call.ended, Reason(Cause.PARTY_GONE))

    def test_listener_of_a_merged_call(self) -> None:
        """A supervisor who listens to the consulted party still hears it, and the other, when they are joined."""
        consultation = self.consult()
        consultation.give(self.second, Role.LISTENS, beside=self.third)
        join(self.call, consultation, self.agent)
        self.assertEqual(self.switch.hears(self.second), ["party 0", "party 2"])

    def test_two_wait_for_the_end(self) -> None:
        """One who waits for the end may stop another from waiting: the call ends, and its parties are told."""
        first, second = self.call.when_ended(), self.call.when_ended()
        first.addCallback(lambda _: second.cancel())
        self.call.end("caller", GONE)
        self.failureResultOf(second, CancelledError)
        self.assertEqual(self.caller.told, [f"left: {GONE}"])

    def test_keys_in_a_talk(self) -> None:
        """Keys in a talk go to nobody and are written down masked: the agent may have asked for a PIN."""
        connect(self.call, self.agent)
        self.call.key(self.call.first, Key("7", "sound", 0.0))
        self.assertEqual(len(self.call.keys), 0)
        self.assertEqual([e.data["digit"] for e in self.switch.book.events if e.kind == "key"], ["?"])

    def test_keys_of_another_line(self) -> None:
        """What a second line's party presses answers no question that the first one is asked."""
        self.call.key(self.third, Key("7", "sound", 0.0))
        self.assertEqual(len(self.call.keys), 0)
        self.assertEqual([e.data["digit"] for e in self.switch.book.events if e.kind == "key"], ["?"])

    def test_keys_are_meant_for_one(self) -> None:
        """What was pressed into a menu does not answer a question after the queue."""
        self.call.key(self.call.first, Key("7", "sound", 0.0))
        self.call.enter(Stage.QUEUE)
        self.assertEqual(len(self.call.keys), 0)

    def test_server_stops(self) -> None:
        """Every call ends when the server stops."""
        other = self.switch.calls.begin("in", self.second, Caller())
        self.switch.calls.end_all("server", Reason(Cause.SERVER_STOPPED))
        self.assertEqual(self.call.ended, other.ended)


def give_back(call: Call, party: Somebody) -> None:
    wait_again(call, party, MISSED)


class WhoHearsWhom(RuleBasedStateMachine):
    """Random joins, leaves, roles, holds, merges and ends over several calls."""

    def __init__(self) -> None:
        super().__init__()
        self.switch = Switch(7)
        self.live: list[Call] = []

    people = st.integers(0, 6)

    def call_of(self, n: int) -> Call | None:
        return self.live[n % len(self.live)] if self.live else None

    @rule(n=people)
    def begins(self, n: int) -> None:
        party = self.switch.people[n]
        if all(party not in call.parts for call in self.live):
            call = self.switch.calls.begin("in", party, Caller())
            call.give(party, Role.ALONE)
            self.live.append(call)

    @rule(c=people, n=people, role=st.sampled_from(Role), beside=people)
    def gives(self, c: int, n: int, role: Role, beside: int) -> None:
        call = self.call_of(c)
        if call is not None:
            call.give(self.switch.people[n], role, self.switch.people[beside])

    @rule(c=people, n=people)
    def leaves(self, c: int, n: int) -> None:
        call = self.call_of(c)
        if call is not None:
            call.leave(self.switch.people[n], GONE)

    @rule(c=people, n=people, act=st.sampled_from((connect, hold, retrieve, give_back)))
    def operates(self, c: int, n: int, act: object) -> None:
        call = self.call_of(c)
        if call is not None and callable(act):
            act(call, self.switch.people[n])

    @rule(c=people, n=people)
    def hangs_up(self, c: int, n: int) -> None:
        call = self.call_of(c)
        if call is not None and self.switch.people[n] in call.parts:
            hang_up(call, self.switch.people[n], "test", GONE)

    @rule(c=people, d=people)
    def merges(self, c: int, d: int) -> None:
        first, second = self.call_of(c), self.call_of(d)
        if first is not None and second is not None and first is not second:
            first.move(second)

    @invariant()
    def only_within_a_call(self) -> None:
        """No gain between participants of different calls, and within one exactly those of the table."""
        self.live = [call for call in self.live if call.ended is None]
        allowed = {}
        for call in self.live:
            serving = {p: part for p, part in call.parts.items() if p.leg is not None and p.leg.call_id == call.id}
            allowed |= gains(serving)
        for source in self.switch.people:
            for sink in self.switch.people:
                assert source.leg is not None
                assert sink.leg is not None
                gain = self.switch.bay.gain(source.leg, sink.leg)
                assert gain == allowed.get((source, sink), 0.0), (source.name, sink.name, gain)
                assert not gain or source.leg.call_id == sink.leg.call_id


class WhoHearsWhomTests(SynchronousTestCase):
    def test_random_calls(self) -> None:
        """Whatever is done with calls, nobody hears anybody of another call, and in his own only whom he should."""
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            WhoHearsWhom, settings=settings(max_examples=150, stateful_step_count=40, deadline=None)
        )
