"""One seat, one program: the newest that knows the password."""

import gc
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.logger import capturedLogs
from twisted.python.failure import Failure

from callserver.agents.screen import Screen
from callserver.agents.session import AgentSession
from callserver.desktop.client import AgentClient
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.agents.channel_case import BLOCK, ChannelCase, Diary
from tests.agents.small_centre import PASSWORD, Caller


class TakeoverTests(ChannelCase):
    def hears(self, caller: Caller, diary: Diary) -> bool:
        """Whether what the caller says now reaches a program."""
        diary.sound.clear()
        caller.says(BLOCK * 3)
        self.pass_blocks(3)
        return BLOCK in diary.sound

    def test_second_program_takes_over(self) -> None:
        """The same person elsewhere, with the password: the first program is told and closed, the talk goes on."""
        client, first = self.program()
        offer = self.centre.ring("801")
        self.ask(client.answer())
        self.assertTrue(self.hears(offer.caller, first))
        newer, second = self.program()
        self.assertEqual(first.lines[-1], ("refused", Refusal.ELSEWHERE))
        self.wires.pass_time(60)
        self.assertEqual(self.state(), SeatState.TALKING)
        self.assertEqual(len(self.wires.pumps), 2)
        self.assertTrue(self.hears(offer.caller, second))
        self.assertFalse(self.hears(offer.caller, first))
        self.ask(newer.hang_up())

    def test_logged_in_elsewhere(self) -> None:
        """Without the wish to take over he is told so, in words, and the first program goes on; then he takes over."""
        client, first = self.program()
        _, second = self.program(take_over=False)
        self.assertEqual(second.lines, [("refused", Refusal.ELSEWHERE)])
        self.assertEqual(Refused(Refusal.ELSEWHERE).text("en"), "already logged in elsewhere")
        self.ask(client.pause("lunch"))
        self.assertEqual(first.lines, [("logged in", "Li Mei")])
        _, third = self.program(take_over=True)
        self.assertEqual((third.lines, first.lines[-1]), ([("logged in", "Li Mei")], ("refused", Refusal.ELSEWHERE)))

    def test_log_in_after_the_first_has_gone(self) -> None:
        """Nobody is elsewhere whose connection is over."""
        client, _ = self.program()
        client.stop()
        self.wires.settle()
        _, second = self.program(take_over=False)
        self.assertEqual(second.lines, [("logged in", "Li Mei")])

    def test_its_own_session(self) -> None:
        """A program that lost its connection is let in again at once, though the server still believes in the first."""
        _, diary = self.program(take_over=False)
        [pump] = self.wires.pumps
        self.wires.frozen.add(pump)
        pump.client.connectionLost(Failure(ConnectionDone()))
        self.wires.pass_time(2)
        self.assertFalse(pump.server.is_over)
        self.assertEqual([line[0] for line in diary.lines], ["logged in", "lost", "logged in"])

    def test_while_it_rings(self) -> None:
        """Taken over while a caller rings: the new program shows him, and answers."""
        self.program()
        offer = self.centre.ring("801")
        newer, second = self.program()
        self.assertEqual(second.lines[-1], ("offered", offer.card))
        self.ask(newer.answer())
        self.assertEqual((offer.declined, self.state()), ([], SeatState.TALKING))

    def test_frozen_first_program(self) -> None:
        """The first program is frozen and its connection ends much later: the new one's headset stays plugged in."""
        client, _ = self.program()
        offer = self.centre.ring("801")
        self.ask(client.answer())
        frozen = self.wires.pumps[0]
        self.wires.frozen.add(frozen)
        _, second = self.program()
        self.assertTrue(self.hears(offer.caller, second))
        self.assertFalse(frozen.server.disconnected)
        self.wires.pass_time(3)
        self.assertTrue(frozen.server.disconnected)
        self.assertTrue(self.is_here())
        self.assertTrue(self.hears(offer.caller, second))

    def test_acts_under_way(self) -> None:
        """What the first program still had under way when it was replaced is refused, as often as it tries."""
        self.program()
        server = self.wires.pumps[0].server
        [old] = [local.object for name, local in server.localObjects.items() if name != b"root"]
        self.program()
        for _ in range(3):
            error = self.assertRaises(
                Refused, old.remoteMessageReceived, server, "log_out", [b"tuple"], [b"dictionary"]
            )
            self.assertEqual(str(error), "elsewhere")
        self.assertEqual(self.state(), SeatState.IDLE_PC)

    def test_last_program_gone(self) -> None:
        """With the newest program the headset goes: nobody hears, and after half a minute nobody is there."""
        self.program()
        client, diary = self.program()
        offer = self.centre.ring("801")
        self.ask(client.answer())
        self.wires.up = False
        client.stop()
        self.wires.settle()
        self.assertFalse(self.is_here())
        self.assertFalse(self.hears(offer.caller, diary))
        self.assertEqual(self.state(), SeatState.HELD, "its caller hears music meanwhile")

    def test_forgotten(self) -> None:
        """A program that has gone leaves nothing behind: not at the seat's headset, nor among those the board feeds."""

        def known() -> int:
            gc.collect()
            return sum(isinstance(one, AgentSession | Screen) for one in gc.get_objects())

        before = known()
        client, _ = self.program()
        self.assertEqual(known(), before + 2)
        client.stop()
        self.wires.settle()
        self.assertEqual(known(), before)

    def test_log_in_again_at_once(self) -> None:
        """Logged out and in again while the old connection still closes: the old end does not touch the new seat."""
        self.program()
        self.wires.frozen.add(self.wires.pumps[0])
        self.centre.seats["801"].log_out(Reason(Cause.FORCED_OUT, "900"))
        _, second = self.program()
        self.wires.pass_time(3)
        self.assertTrue(self.wires.pumps[0].server.disconnected)
        self.assertEqual((self.state(), self.is_here()), (SeatState.IDLE_PC, True))
        self.assertEqual(second.lines, [("logged in", "Li Mei")])

    def test_forced_out_while_it_does_not_read(self) -> None:
        """A program that missed the last look of its seat is told by the good-bye, and stays out."""
        _, diary = self.program()
        self.wires.pumps[0].server.pauseProducing()
        self.centre.seats["801"].log_out(Reason(Cause.FORCED_OUT, "900"))
        self.wires.pass_time(60)
        self.assertEqual(diary.lines[-1], ("refused", Refusal.NOT_NOW))
        self.assertEqual(len(self.wires.pumps), 1)


class SlowPasswordTests(ChannelCase):
    """A password is being judged while something happens."""

    def setUp(self) -> None:
        super().setUp()
        self.judged: list[Deferred[Any]] = []
        staff = self.centre.staff
        right = staff.log_in

        def slowly(*who: str) -> Deferred[Any]:
            waiting: Deferred[Any] = Deferred()
            self.judged.append(waiting)
            return waiting.addCallback(lambda _: right(*who))

        self.patch(staff, "log_in", slowly)

    def logged_in(self) -> list[str]:
        return [event.kind for event in self.centre.book.events if event.kind in ("log_in", "log_out")]

    def test_connection_lost(self) -> None:
        """Nobody is seated whose connection is gone."""
        client, _ = self.program()
        self.wires.up = False
        client.stop()
        self.wires.settle()
        self.judged[0].callback(None)
        self.wires.settle()
        self.assertEqual(self.logged_in(), [])

    def test_server_stops(self) -> None:
        """Nobody is seated any more by a server that stops: the program is told, and comes back when it is up again."""
        _, diary = self.program()
        self.channel.stopService()
        self.judged[0].callback(None)
        self.wires.settle()
        self.assertEqual(self.logged_in(), [])
        self.assertEqual(diary.lines[0][0], "lost")
        self.open_channel()
        self.wires.pass_time(2)
        self.judged[1].callback(None)
        self.wires.settle()
        self.assertEqual(diary.lines[-1], ("logged in", "Li Mei"))

    def test_two_at_once(self) -> None:
        """Two programs of one person: the one judged last has the seat, whichever came first."""
        (_, first), (_, second) = self.program(), self.program()
        self.judged[1].callback(None)
        self.wires.settle()
        self.judged[0].callback(None)
        self.wires.settle()
        self.assertEqual(first.lines, [("logged in", "Li Mei")])
        self.assertEqual(second.lines[-1], ("refused", Refusal.ELSEWHERE))
        self.assertEqual(self.logged_in(), ["log_in"])


class ServerStopsTests(ChannelCase):
    def test_between_log_in_and_hello(self) -> None:
        """The server stops when a program is logged in and has not yet asked how its seat looks: it comes back."""
        diary = Diary()
        client = AgentClient(self.clock, self.wires, "801", PASSWORD, diary, delay_s=lambda tries: 1.0, take_over=True)
        self.addCleanup(client.stop)
        client.start()
        while not self.centre.book.events:
            self.wires.pumps[0].pump()
        self.channel.stopService()
        self.wires.settle()
        self.assertEqual(diary.lines, [("lost", Refused(Refusal.STOPPING).text("en"))])
        self.open_channel()
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], ("logged in", "Li Mei"))

    def test_seats_logged_out_after_the_good_bye(self) -> None:
        """The server's order at its end: programs are told that it stops, not that they are logged out."""
        _, diary = self.program()
        with capturedLogs():
            self.channel.stopService()
            self.centre.seats.log_all_out(Reason(Cause.SERVER_STOPPED))
            self.wires.settle()
        self.assertEqual([line[0] for line in diary.lines], ["logged in", "lost"])
        self.open_channel()
        self.wires.pass_time(2)
        self.assertEqual(diary.lines[-1], ("logged in", "Li Mei"))
        self.assertEqual(self.state(), SeatState.IDLE_PC)
