"""Agents at their programs: log in, talk, hear, be rung, go away and come back."""

from typing import cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock, deferLater

from callserver.agents import board_feed, perspective, screen
from callserver.agents.broker import GuardedBroker
from callserver.agents.session import AgentSession
from callserver.calls.roles import Role
from callserver.desktop.client import NOT_UNDERSTOOD, Mind
from callserver.desktop.not_connected import BROKEN, CLOSED, NO_ANSWER, NotConnected
from callserver.wire.causes import Cause, Reason
from callserver.wire.convert import to_wire
from callserver.wire.messages import AUDIO_BLOCK_BYTES
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.versions import CHANNEL_NUMBER
from tests.agents.channel_case import BLOCK, ChannelCase
from tests.agents.small_centre import ANSWERS, CARD


class LogInTests(ChannelCase):
    def test_log_in(self) -> None:
        """The right password: the agent is told who he is and what he may do, and his seat is ready."""
        client, diary = self.program()
        self.assertEqual(diary.lines, [("logged in", "Li Mei")])
        self.assertEqual(diary.hellos[0].rights, ANSWERS)
        self.assertEqual(client.seat.state, SeatState.IDLE_PC)
        self.assertEqual(self.centre.staff.tries, [("801", "192.0.2.1")])

    def test_wrong_password(self) -> None:
        """Refused with one word for all causes; the program does not try again, for that would lock the account."""
        _, diary = self.program(password="wrong horse")
        self.wires.pass_time(60)
        self.assertEqual(diary.lines, [("refused", Refusal.LOG_IN)])
        self.assertEqual(len(self.centre.staff.tries), 1)
        self.assertEqual(self.centre.complaints, [("801", "192.0.2.1", "log in", "log-in")])

    def test_no_seat_is_free(self) -> None:
        """Who finds all seats taken is told so, and his program is not watched: nothing of him is left."""
        self.patch(self.centre.seats, "_n_seats", 0)
        _, diary = self.program()
        self.assertEqual(diary.lines, [("refused", Refusal.LIMIT)])
        self.wires.pass_time(20)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_log_out(self) -> None:
        """The seat is off, the connection closed, and the program does not come back."""
        client, diary = self.program()
        self.ask(client.log_out())
        self.wires.pass_time(10)
        self.assertEqual(diary.lines[-1], ("logged out", "logged_out"))
        self.assertEqual(self.state(), SeatState.OFF)
        self.assertTrue(self.wires.pumps[0].server.is_over)
        self.assertEqual(len(self.wires.pumps), 1)

    def test_forced_out(self) -> None:
        """A program that a supervisor has logged out stays out."""
        _, diary = self.program()
        self.centre.seats["801"].log_out(Reason(Cause.FORCED_OUT, "900"))
        self.wires.pass_time(60)
        self.assertEqual(diary.lines[-1], ("logged out", "forced_out: 900"))
        self.assertEqual(len(self.wires.pumps), 1)


class CallTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.client, self.diary = self.program()
        self.offer = self.centre.ring("801")
        self.wires.settle()

    def test_card_when_it_rings(self) -> None:
        """The caller, his basket and his way through the menus are on the screen while it rings."""
        self.assertEqual(self.diary.lines[-1], ("offered", CARD))

    def test_a_whole_call(self) -> None:
        """Answer, hold, retrieve, hang up."""
        client, caller = self.client, self.offer.caller
        for act, role in ((client.answer, Role.TALKS), (client.hold, Role.HELD), (client.retrieve, Role.TALKS)):
            self.ask(act())
            self.assertIs(caller.role, role)
        self.ask(client.hang_up())
        self.assertEqual(self.offer.end, "agent_hung_up")
        self.assertEqual(self.diary.lines[-2:], [("talking", "call-1"), ("ended", "agent_hung_up")])

    def test_not_answered(self) -> None:
        """The ring time passes: the program stops ringing."""
        self.wires.pass_time(15)
        self.assertEqual(self.diary.lines[-1], ("offer gone", "missed"))
        self.assertEqual(self.offer.declined, ["missed"])

    def test_reject(self) -> None:
        """The agent leaves it to others."""
        self.ask(self.client.reject())
        self.assertEqual(self.offer.declined, ["rejected"])

    def test_refused_acts(self) -> None:
        """What the state does not allow is refused in words, told to the event log, and changes nothing."""
        refused = self.refusal(self.client.hold())
        self.assertEqual((refused.code, refused.detail), (Refusal.NOT_NOW, "ringing"))
        self.assertEqual(self.centre.complaints, [("801", "192.0.2.1", "hold", "not-now: ringing")])
        self.assertEqual(self.state(), SeatState.RINGING)

    def test_other_agents_call(self) -> None:
        """What happens at one seat is not told to another."""
        _, other = self.program("802")
        before = list(other.lines)
        self.ask(self.client.answer())
        self.assertEqual(other.lines, before)


class PauseTests(ChannelCase):
    def test_pause_and_ready(self) -> None:
        """The reason is on the screen until the agent is ready again."""
        client, _ = self.program()
        self.ask(client.pause("午饭"))
        self.assertEqual((client.seat.state, client.seat.reason), (SeatState.PAUSED, "午饭"))
        self.ask(client.ready())
        self.assertEqual(client.seat.state, SeatState.IDLE_PC)

    def test_bad_reasons(self) -> None:
        """Reasons that are no words, or words of ours, are refused."""
        client, _ = self.program()
        for reason in ("", "x" * 33, "a\nb", "wrap-up"):
            self.assertIs(self.refusal(client.pause(reason)).code, Refusal.BAD_ARGUMENT)
        self.assertEqual(self.state(), SeatState.IDLE_PC)

    def test_wrap_up(self) -> None:
        """The wrap-up is on the screen with its length, and can be prolonged or ended."""
        client, _ = self.program()
        self.centre.ring("801", wrap_up_s=30.0)
        self.ask(client.answer())
        self.ask(client.hang_up())
        self.assertTrue(client.seat.wrap_up)
        self.assertEqual(client.seat.wrap_up_s, 30)
        self.ask(client.prolong_wrap_up(30))
        self.wires.pass_time(59)
        self.assertTrue(client.seat.wrap_up)
        self.ask(client.ready())
        self.assertEqual(client.seat.state, SeatState.IDLE_PC)


class LossTests(ChannelCase):
    def test_status_of_no_shape(self) -> None:
        """A server that says what this program does not understand is not believed, and the connection holds."""
        client, diary = self.program()
        self.wires.pass_time(1)
        seen, seat = (len(diary.statuses), len(diary.rows), len(diary.accesses)), self.centre.seats["801"]
        for wrong in ({}, {"number": 801}, {"number": "801", "state": "DREAMING"}, "801"):
            for told_by in (screen, board_feed):
                self.patch(told_by, "to_wire", lambda message, wrong=wrong: wrong)
            seat.pause("lunch")
            seat.ready()
            self.centre.staff.give("801", Right.GRAB)
            self.centre.staff.take("801", Right.GRAB)
            self.wires.pass_time(1)
        self.assertEqual((len(diary.statuses), len(diary.rows), len(diary.accesses)), seen)
        self.assertEqual(client.seat.state, SeatState.IDLE_PC)
        self.patch(screen, "to_wire", to_wire)
        self.ask(client.pause("lunch"))
        self.assertEqual(diary.statuses[-1].reason, "lunch")

    def test_hello_of_no_shape(self) -> None:
        """The same at the log-in: no connection, and the program says why and tries again."""
        self.patch(perspective, "to_wire", lambda message: {"number": 801, "channel": CHANNEL_NUMBER})
        _, diary = self.program()
        self.assertEqual(diary.lines, [("lost", NOT_UNDERSTOOD)])
        self.patch(perspective, "to_wire", to_wire)
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[1:], [("logged in", "Li Mei")])

    def test_frozen_program(self) -> None:
        """A program that stops answering is known within 10 s; its offered call is back in the queue."""
        self.program()
        self.wires.pass_time(5)
        offer = self.centre.ring("801")
        self.wires.settle()
        self.wires.frozen.add(self.wires.pumps[0])
        self.wires.up = False
        self.wires.pass_time(10)
        self.assertEqual(offer.declined, ["client_lost"])
        self.assertFalse(self.is_here())
        self.wires.pass_time(30)
        self.assertEqual(self.centre.seats["801"].status.reason, "client lost")

    def test_talk_survives_a_lost_connection(self) -> None:
        """The connection breaks in a talk: the program is back by itself, and the talk goes on where it was."""
        client, diary = self.program()
        offer = self.centre.ring("801")
        self.wires.settle()
        self.ask(client.answer())
        self.wires.pumps[0].clientIO.disconnecting = True
        self.wires.settle()
        self.assertEqual(diary.lines[-1], ("lost", NotConnected(CLOSED).text("en")))
        self.assertEqual((self.state(), offer.caller.role), (SeatState.HELD, Role.HELD), "music at once")
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], ("logged in", "Li Mei"))
        self.assertTrue(self.is_here())
        self.assertEqual(self.state(), SeatState.TALKING)
        offer.caller.says(BLOCK * 3)
        self.pass_blocks(3)
        self.assertEqual(diary.sound[1:], [BLOCK] * 2)  # the first is faded in
        self.ask(client.hang_up())
        self.assertEqual(offer.end, "agent_hung_up")

    def test_frozen_in_a_talk(self) -> None:
        """The program freezes in a talk: its caller hears music within 10 s, and waits for somebody else after 30 s."""
        client, _ = self.program()
        offer = self.centre.ring("801")
        self.wires.settle()
        self.ask(client.answer())
        self.wires.frozen.add(self.wires.pumps[0])
        self.wires.up = False
        self.wires.pass_time(10)
        self.assertEqual(offer.caller.role, Role.HELD)
        self.wires.pass_time(30)
        self.assertEqual((offer.given_back, offer.caller.role, offer.end), (1, Role.ALONE, ""))
        self.wires.pass_time(270)
        self.assertEqual(self.state(), SeatState.OFF)

    def test_another_computer_takes_the_talk(self) -> None:
        """Killed in a talk, logged in at another computer at once: the caller is there, wherever the old program is."""
        for old_is_noticed in (True, False):
            self.setUp()
            client, _ = self.program()
            offer = self.centre.ring("801")
            self.wires.settle()
            self.ask(client.answer())
            self.wires.frozen.add(self.wires.pumps[0])
            if old_is_noticed:
                self.wires.pumps[0].server.connectionLost()
                self.assertEqual(offer.caller.role, Role.HELD)
            other, diary = self.program()
            self.assertEqual((self.state(), offer.caller.role), (SeatState.TALKING, Role.TALKS))
            offer.caller.says(BLOCK * 3)
            self.pass_blocks(3)
            self.assertEqual(diary.sound[1:], [BLOCK] * 2)  # the first is faded in
            self.ask(other.hang_up())
            self.assertEqual(offer.end, "agent_hung_up")

    def test_server_restarts(self) -> None:
        """The server stops: the program is told, tries again, and is back when the server is."""
        _, diary = self.program()
        stopped = self.channel.stopService()
        self.assertNoResult(stopped)
        self.wires.settle()
        self.successResultOf(stopped)
        self.wires.up = False
        self.wires.pass_time(10)
        stopping = Refused(Refusal.STOPPING).text("en")
        self.assertEqual(diary.lines[1:3], [("lost", stopping), ("lost", NotConnected(BROKEN).text("en"))])
        self.open_channel()
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], ("logged in", "Li Mei"))

    def test_silent_server(self) -> None:
        """A server that falls silent is given up after 10 s, and commands do not wait for ever."""
        client, diary = self.program()
        self.wires.frozen.add(self.wires.pumps[0])
        asked = client.pause("lunch")
        self.clock.pump([1.0] * 11)
        self.failureResultOf(asked)
        self.assertTrue(self.wires.pumps[0].clientIO.disconnecting)
        self.wires.frozen.clear()
        self.wires.pass_time(1)
        self.assertIn(("lost", NotConnected(NO_ANSWER).text("en")), diary.lines)

    def test_commands_without_connection(self) -> None:
        """A command while there is no connection fails at once, with words for the agent."""
        self.wires.up = False
        client, _ = self.program()
        failure = self.failureResultOf(client.ready())
        self.assertIn("no connection", str(failure.value))


class RoundTripTests(ChannelCase):
    def test_told(self) -> None:
        """With each ping but the first a program is told how long the connection took, there and back."""
        _, diary = self.program()
        trips: list[int] = []
        self.patch(diary, "round_trip", trips.append)
        self.wires.pass_time(4)
        self.assertEqual(trips, [])
        self.wires.pass_time(6)
        self.assertEqual(trips[:1], [0])  # nothing takes any time in these wires

    def test_in_milliseconds(self) -> None:
        """It is that of the ping before, in milliseconds."""
        clock, told = Clock(), list[tuple[object, ...]]()

        class SlowProgram:
            def callRemote(self, what: str, *args: object) -> Deferred[None]:
                told.append(args)
                return deferLater(clock, 0.042)

        session = AgentSession(SlowProgram(), cast(GuardedBroker, None), clock)
        clock.pump([0.001] * 6100)
        session.gone()
        self.assertEqual(len(told), 2)
        self.assertEqual(told[0], ())
        self.assertApproximates(told[1][0], 42, 1)

    def test_no_measure(self) -> None:
        """What is no number of milliseconds is not shown."""
        client, diary = self.program()
        trips: list[int] = []
        self.patch(diary, "round_trip", trips.append)
        for told in (None, "42", -1, 1.5, 10**9, True):
            Mind(client).remote_ping(told)
        Mind(client).remote_ping(42)
        self.assertEqual(trips, [42])


class BackPressureTests(ChannelCase):
    def test_program_that_does_not_read(self) -> None:
        """For a program that does not read, sound is dropped and only the newest look of the seat waits."""
        client, diary = self.program()
        caller = self.centre.ring("801").caller
        self.ask(client.answer())
        broker, seat = self.wires.pumps[0].server, self.centre.seats["801"]
        broker.pauseProducing()
        seen = len(diary.statuses)
        caller.says(BLOCK * 5)
        self.pass_blocks(5)
        for _ in range(5):
            seat.hold()
            seat.retrieve()
        self.wires.settle()
        self.assertEqual((diary.sound, len(diary.statuses)), ([], seen))
        seat.hold()
        broker.resumeProducing()
        self.wires.settle()
        self.assertEqual([status.state for status in diary.statuses[seen:]], [SeatState.HELD])
        self.assertEqual(diary.sound, [])

    def test_waiting_until_it_reads(self) -> None:
        """Several may wait for a program to read again; each is told once, and of a lost connection too."""
        self.program()
        broker = self.wires.pumps[0].server
        self.assertIsNone(self.successResultOf(broker.when_reads()))
        broker.pauseProducing()
        told: list[str] = []
        first, second, given_up = (broker.when_reads() for _ in range(3))
        first.addCallback(lambda _: told.append("first"))
        first.addCallback(lambda _: given_up.cancel())
        second.addCallback(lambda _: told.append("second"))
        broker.resumeProducing()
        self.failureResultOf(given_up, CancelledError)
        broker.resumeProducing()
        self.assertEqual(told, ["first", "second"])
        broker.pauseProducing()
        waits = broker.when_reads()
        broker.abort()
        self.wires.settle()
        self.failureResultOf(waits)
        self.failureResultOf(broker.when_reads(), ConnectionDone)

    def test_server_that_does_not_read(self) -> None:
        """The program drops what the agent says rather than letting it grow old."""
        client, _ = self.program()
        self.centre.ring("801")
        self.wires.settle()
        self.ask(client.answer())
        said = self.reach()
        self.wires.pumps[0].client.pauseProducing()
        client.send_audio(bytes(AUDIO_BLOCK_BYTES))
        self.wires.settle()
        self.assertEqual((said, client.dropped_blocks), ([], 1))
