"""Agents at their programs: log in, talk, hear, be rung, go away and come back."""

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.agents import perspective
from callserver.desktop.client import NOT_UNDERSTOOD, AgentClient
from callserver.desktop.listener import AgentListener
from callserver.wire.convert import to_wire
from callserver.wire.messages import AUDIO_BLOCK_BYTES, Card, Hello, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.agents.floor import CARD, PASSWORD, Floor, Wires, certificate, channel

BLOCK = bytes(range(160)) * 2


class Diary(AgentListener):
    """Writes down what a program is told."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self.statuses: list[SeatStatus] = []
        self.sound: list[bytes] = []

    def logged_in(self, hello: Hello) -> None:
        self.lines.append(("logged in", hello.name))

    def logged_out(self, cause: str) -> None:
        self.lines.append(("logged out", cause))

    def status(self, status: SeatStatus) -> None:
        self.statuses.append(status)

    def offered(self, card: Card) -> None:
        self.lines.append(("offered", card))

    def offer_gone(self, cause: str) -> None:
        self.lines.append(("offer gone", cause))

    def talking(self, card: Card) -> None:
        self.lines.append(("talking", card.call_id))

    def ended(self, cause: str) -> None:
        self.lines.append(("ended", cause))

    def audio(self, block: bytes) -> None:
        self.sound.append(block)

    def lost(self, reason: str) -> None:
        self.lines.append(("lost", reason))

    def refused(self, why: Refused) -> None:
        self.lines.append(("refused", why.code))


class ChannelCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.floor = Floor(self.clock)
        self.channel = channel(self.clock, self.floor, certificate(self.mktemp()))
        self.wires = Wires(self.clock, self.channel.factory.wrappedFactory)

    def program(self, number: str = "801", password: str = PASSWORD) -> tuple[AgentClient, Diary]:
        """A desktop program that has connected."""
        diary = Diary()
        client = AgentClient(self.clock, self.wires, number, password, diary, delay_s=lambda tries: 1.0)
        client.start()
        self.wires.settle()
        self.addCleanup(client.stop)
        return client, diary

    def ask(self, asked: Deferred[Any]) -> Any:
        """What comes of a command."""
        self.wires.settle()
        return self.successResultOf(asked)

    def refusal(self, asked: Deferred[Any]) -> Refused:
        """Why a command is refused."""
        self.wires.settle()
        refused = self.failureResultOf(asked, Refused).value
        assert isinstance(refused, Refused)
        return refused

    def state(self, number: str = "801") -> SeatState:
        return self.floor.seats[number].status.state


class LogInTests(ChannelCase):
    def test_log_in(self) -> None:
        """The right password: the agent is told who he is and what he may do, and his seat is ready."""
        client, diary = self.program()
        self.assertEqual(diary.lines, [("logged in", "Li Mei")])
        self.assertEqual(client.seat.state, SeatState.IDLE_PC)
        self.assertEqual(self.floor.tries, [("801", "192.0.2.1")])

    def test_wrong_password(self) -> None:
        """Refused with one word for all causes; the program does not try again, for that would lock the account."""
        _, diary = self.program(password="wrong horse")
        self.wires.pass_time(60)
        self.assertEqual(diary.lines, [("refused", Refusal.LOG_IN)])
        self.assertEqual(len(self.floor.tries), 1)
        self.assertEqual(self.floor.complaints, [("801", "192.0.2.1", "log in", "log-in")])

    def test_second_program_takes_over(self) -> None:
        """The same person elsewhere, with the password: the first program is told and closed, the talk goes on."""
        _, first = self.program()
        offer = self.floor.ring("801")
        self.ask(first_answers := self.program()[0].answer())
        self.assertTrue(first_answers.called)
        self.assertEqual(first.lines[-1], ("refused", Refusal.ELSEWHERE))
        self.assertEqual(offer.call.acts, ["accept"])
        self.wires.pass_time(60)
        self.assertEqual(self.state(), SeatState.TALKING)
        self.assertEqual(len(self.wires.pumps), 2)

    def test_log_out(self) -> None:
        """The seat is off, the connection closed, and the program does not come back."""
        client, diary = self.program()
        self.ask(client.log_out())
        self.wires.pass_time(10)
        self.assertEqual(diary.lines[-1], ("logged out", "logged out"))
        self.assertEqual(self.state(), SeatState.OFF)
        self.assertTrue(self.wires.pumps[0].server.is_over)
        self.assertEqual(len(self.wires.pumps), 1)

    def test_forced_out(self) -> None:
        """A program that a supervisor has logged out stays out."""
        _, diary = self.program()
        self.floor.seats["801"].force_log_out("900")
        self.wires.pass_time(60)
        self.assertEqual(diary.lines[-1], ("logged out", "forced out by 900"))
        self.assertEqual(len(self.wires.pumps), 1)


class CallTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.client, self.diary = self.program()
        self.offer = self.floor.ring("801")
        self.wires.settle()

    def test_card_when_it_rings(self) -> None:
        """The caller, his basket and his way through the menus are on the screen while it rings."""
        self.assertEqual(self.diary.lines[-1], ("offered", CARD))

    def test_a_whole_call(self) -> None:
        """Answer, hold, retrieve, hang up."""
        for act in (self.client.answer, self.client.hold, self.client.retrieve, self.client.hang_up):
            self.ask(act())
        self.assertEqual(self.offer.call.acts, ["accept", "hold", "retrieve", "agent hung up"])
        self.assertEqual(self.diary.lines[-2:], [("talking", "call-1"), ("ended", "agent hung up")])

    def test_not_answered(self) -> None:
        """The ring time passes: the program stops ringing."""
        self.wires.pass_time(15)
        self.assertEqual(self.diary.lines[-1], ("offer gone", "miss"))
        self.assertEqual(self.offer.declined, ["miss"])

    def test_reject(self) -> None:
        """The agent leaves it to others."""
        self.ask(self.client.reject())
        self.assertEqual(self.offer.declined, ["reject"])

    def test_refused_acts(self) -> None:
        """What the state does not allow is refused in words, told to the event log, and changes nothing."""
        refused = self.refusal(self.client.hold())
        self.assertEqual((refused.code, refused.detail), (Refusal.NOT_NOW, "ringing"))
        self.assertEqual(self.floor.complaints, [("801", "192.0.2.1", "hold", "not-now: ringing")])
        self.assertEqual(self.state(), SeatState.RINGING)

    def test_right_taken_away(self) -> None:
        """The right to answer is checked when he answers."""
        person = self.floor.seats["801"].person
        object.__setattr__(person, "rights", frozenset())
        refused = self.refusal(self.client.answer())
        self.assertEqual((refused.code, refused.detail), (Refusal.NO_RIGHT, str(int(Right.ANSWER_QUEUED))))

    def test_sound_both_ways(self) -> None:
        """In a talk each hears the other, block for block."""
        self.ask(self.client.answer())
        for _ in range(3):
            self.client.send_audio(BLOCK)
            self.floor.headsets["801"].send_audio(BLOCK)
        self.wires.settle()
        self.assertEqual(self.floor.heard, [BLOCK] * 3)
        self.assertEqual(self.diary.sound, [BLOCK] * 3)

    def test_no_sound_outside_calls(self) -> None:
        """An idle agent costs no audio, and nobody listens into his room."""
        self.client.send_audio(BLOCK)
        self.floor.headsets["801"].send_audio(BLOCK)
        self.wires.settle()
        self.assertEqual((self.floor.heard, self.diary.sound), ([], []))

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
        offer = self.floor.ring("801")
        offer.call.wrap_up_s = 30
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
        seen = len(diary.statuses)
        session = self.floor.headsets["801"]
        for wrong in ({}, {"number": 801}, {"number": "801", "state": "DREAMING"}, "801"):
            session._tell("status", wrong)
            self.wires.settle()
        self.assertEqual((len(diary.statuses), client.seat.state), (seen, SeatState.IDLE_PC))
        self.ask(client.pause("lunch"))
        self.assertEqual(diary.statuses[-1].reason, "lunch")

    def test_hello_of_no_shape(self) -> None:
        """The same at the log-in: no connection, and the program says why and tries again."""
        self.patch(perspective, "to_wire", lambda message: {"number": 801})
        _, diary = self.program()
        self.assertEqual(diary.lines, [("lost", NOT_UNDERSTOOD)])
        self.patch(perspective, "to_wire", to_wire)
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[1:], [("logged in", "Li Mei")])

    def test_frozen_program(self) -> None:
        """A program that stops answering is known within 10 s; its offered call is back in the queue."""
        self.program()
        self.wires.pass_time(5)
        offer = self.floor.ring("801")
        self.wires.settle()
        self.wires.frozen.add(self.wires.pumps[0])
        self.wires.up = False
        self.wires.pass_time(10)
        self.assertEqual(offer.declined, ["client lost"])
        self.assertFalse(self.floor.seats["801"].status.client_here)
        self.wires.pass_time(30)
        self.assertEqual(self.floor.seats["801"].status.reason, "client lost")

    def test_talk_survives_a_lost_connection(self) -> None:
        """The connection breaks in a talk: the program is back by itself, and the talk goes on where it was."""
        client, diary = self.program()
        offer = self.floor.ring("801")
        self.wires.settle()
        self.ask(client.answer())
        self.wires.pumps[0].clientIO.disconnecting = True
        self.wires.settle()
        self.assertEqual(diary.lines[-1], ("lost", "Connection was closed cleanly: Connection done."))
        self.assertEqual(self.state(), SeatState.TALKING)
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], ("logged in", "Li Mei"))
        self.assertTrue(self.floor.seats["801"].status.client_here)
        self.floor.headsets["801"].send_audio(BLOCK)
        self.ask(client.hang_up())
        self.assertEqual(diary.sound, [BLOCK])
        self.assertEqual(offer.call.acts, ["accept", "agent hung up"])

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
        self.assertEqual(diary.lines[1:3], [("lost", stopping), ("lost", "the server is down")])
        self.wires.up = True
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], ("logged in", "Li Mei"))

    def test_silent_server(self) -> None:
        """A server that falls silent is given up after 10 s, and commands do not wait for ever."""
        client, _ = self.program()
        self.wires.frozen.add(self.wires.pumps[0])
        asked = client.pause("lunch")
        self.clock.pump([1.0] * 11)
        self.failureResultOf(asked)
        self.assertTrue(self.wires.pumps[0].clientIO.disconnecting)

    def test_commands_without_connection(self) -> None:
        """A command while there is no connection fails at once, with words for the agent."""
        self.wires.up = False
        client, _ = self.program()
        failure = self.failureResultOf(client.ready())
        self.assertIn("no connection", str(failure.value))


class BackPressureTests(ChannelCase):
    def test_program_that_does_not_read(self) -> None:
        """For a program that does not read, sound is dropped and only the newest look of the seat waits."""
        client, diary = self.program()
        self.floor.ring("801")
        self.wires.settle()
        self.ask(client.answer())
        broker, seat, headset = self.wires.pumps[0].server, self.floor.seats["801"], self.floor.headsets["801"]
        broker.pauseProducing()
        seen = len(diary.statuses)
        for _ in range(5):
            headset.send_audio(BLOCK)
            seat.hold()
            seat.retrieve()
        self.wires.settle()
        self.assertEqual((diary.sound, len(diary.statuses), headset.dropped_blocks), ([], seen, 5))
        seat.hold()
        broker.resumeProducing()
        self.wires.settle()
        self.assertEqual([status.state for status in diary.statuses[seen:]], [SeatState.HELD])

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
        self.floor.ring("801")
        self.wires.settle()
        self.ask(client.answer())
        self.wires.pumps[0].client.pauseProducing()
        client.send_audio(bytes(AUDIO_BLOCK_BYTES))
        self.wires.settle()
        self.assertEqual((self.floor.heard, client.dropped_blocks), ([], 1))
