"""One board feeds every program, and each sees what its person may see at that moment."""

from dataclasses import replace
from random import Random

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.supervision.sight import HEARS, Sight
from callserver.agents import board_feed
from callserver.agents.board_feed import WINDOW_S, BoardFeed
from callserver.calls.board import ChannelStatus
from callserver.wire.messages import ChannelRow, QueueRow, Waiter
from callserver.wire.packed import PackedCall
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.agents.channel_case import ChannelCase, Diary
from tests.shop import VirtualShop, people

LINES = [f"line {number}" for number in range(1, 21)]


class BoardCase(ChannelCase):
    def see(self) -> None:
        """What has changed is told, and arrives."""
        self.wires.settle()
        self.clock.advance(WINDOW_S)
        self.wires.settle()

    def lines_of(self, diary: Diary) -> dict[str, str]:
        """The lines that a window would show now."""
        return {channel: state for channel, state in diary.shown.items() if channel.startswith("line")}


class ScreenInMemory:
    """Counts what it is told. Implements Watcher."""

    def __init__(self, breaks: bool = False) -> None:
        self.n_told, self._breaks = 0, breaks

    def channel_changed(self, channel: str) -> None: ...
    def queue_changed(self, queue: str) -> None: ...

    def tell(self) -> None:
        self.n_told += 1
        if self._breaks:
            raise ValueError


class FeedTests(SynchronousTestCase):
    def test_one_screen_breaks(self) -> None:
        """The others are told all the same, then and from then on."""
        shop = VirtualShop()
        feed = BoardFeed(shop.clock, shop.board, people(shop).queues.lists)
        broken, whole = ScreenInMemory(breaks=True), ScreenInMemory()
        feed.watch(broken)
        feed.watch(whole)
        for n, state in enumerate((LineState.RINGING_IN, LineState.IDLE), 1):
            shop.board.show(ChannelStatus("line 9", state))
            shop.clock.advance(WINDOW_S)
            self.assertEqual((broken.n_told, whole.n_told), (n, n))
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 2)


class WhoSeesWhatTests(BoardCase):
    def test_colleagues(self) -> None:
        """An agent sees his colleagues' seats log in, pause, ring and talk, and by whom."""
        _, diary = self.program("801")
        colleague, _ = self.program("802")
        self.see()
        self.ask(colleague.pause("lunch"))
        self.see()
        self.assertEqual(diary.shown["seat 802"], SeatState.PAUSED.name)
        self.assertEqual(
            (diary.rows[-1].person, diary.rows[-1].name, diary.rows[-1].sub), ("802", "Wang Fang", "lunch")
        )
        self.ask(colleague.ready())
        self.see()
        self.centre.ring("802")
        self.see()
        self.ask(colleague.answer())
        self.see()
        states = [row.state for row in diary.rows if row.channel == "seat 802"]
        self.assertEqual(states, ["IDLE_PC", "PAUSED", "IDLE_PC", "RINGING", "TALKING"])

    def test_lines(self) -> None:
        """A supervisor sees lines too; an agent sees none, not even one that changes."""
        self.centre.show_line(LineState.IDLE)
        (_, agent), (_, supervisor) = self.program("801"), self.program("900")
        self.centre.show_line(LineState.RINGING_IN)
        self.see()
        self.assertEqual(self.lines_of(supervisor), {"line 1": "RINGING_IN"})
        self.assertEqual(self.lines_of(agent), {})
        self.assertEqual([row.channel for row in agent.rows if row.channel == "line 1"], [])

    def test_all_at_log_in(self) -> None:
        """After a log-in everything that may be seen is there at once, with the age of each state."""
        for line in LINES:
            self.centre.show_line(LineState.IDLE, line)
        self.program("801")
        self.wires.pass_time(5)
        _, diary = self.program("900")
        rows = {row.channel: row for row in diary.hellos[0].board}
        self.assertEqual(set(rows), {*LINES, "seat 801", "seat 900"})
        self.assertEqual((rows["line 1"].since_s, rows["seat 801"].since_s, rows["seat 900"].since_s), (5, 5, 0))
        _, agent = self.program("802")
        self.assertEqual({row.channel for row in agent.hellos[0].board}, {"seat 801", "seat 802", "seat 900"})

    def test_after_a_log_out(self) -> None:
        """Who has left is off on the others' boards, and costs nothing more."""
        client, _ = self.program("802")
        _, diary = self.program("801")
        self.ask(client.log_out())
        self.wires.pass_time(5)
        self.assertEqual(diary.shown["seat 802"], SeatState.OFF.name)


class CoalescedTests(BoardCase):
    def test_a_burst(self) -> None:
        """What changes many times within a tenth of a second is told once, as it is then, at a tenth at the latest."""
        _, diary = self.program("900")
        self.see()
        seen = len(diary.rows)
        for state in (LineState.RINGING_IN, LineState.TALKING, LineState.HELD):
            self.centre.show_line(state)
        self.wires.pass_time(0.01, 0.01)
        self.centre.show_line(LineState.TALKING)
        self.centre.show_line(LineState.WAIT_HANGUP)
        self.wires.pass_time(WINDOW_S, WINDOW_S)
        self.assertEqual([row.state for row in diary.rows[seen:]], ["HELD", "WAIT_HANGUP"])

    def test_put_into_bytes_once(self) -> None:
        """However many programs are shown a change, it is put into bytes once for all who may see the same."""
        for number in ("801", "802", "900"):
            self.program(number)
        self.see()
        made: list[str] = []
        self.patch(board_feed, "PackedCall", lambda *args: made.append(args[0]) or PackedCall(*args))
        self.centre.seats["801"].pause("lunch")
        self.see()
        self.assertEqual(made, ["row", "row"])  # for agents, for the supervisor

    def test_all_states(self) -> None:
        """Every state of lines and seats, with what stands beside it, arrives as it is."""
        _, diary = self.program("900")
        for n, state in enumerate((*LineState, *SeatState)):
            channel = "line 7" if isinstance(state, LineState) else "seat 807"
            whose = {"person": "807", "name": "Chen"} if isinstance(state, SeatState) else {}
            self.centre.board.show(
                ChannelStatus(
                    channel, state, sub=f"sub {n}", call_id="c", caller="139", kept=True, draining=True, **whose
                )
            )
            self.see()
            row = ChannelRow(channel, state.name, f"sub {n}", 0.0, "c", name="", caller="139", kept=True, draining=True)
            self.assertEqual(replace(diary.rows[-1], since_s=0.0), replace(row, **whose), state)

    def test_nobody_watches(self) -> None:
        """With the last program the telling ends: nothing is left that would be due."""
        client, _ = self.program("900")
        self.see()
        self.centre.show_line(LineState.RINGING_IN)
        client.stop()
        self.wires.settle()
        self.assertEqual([call for call in self.clock.getDelayedCalls() if "BoardFeed" in str(call)], [])


class NumbersTests(BoardCase):
    def numbers(self, *rights: Right) -> set[str | None]:
        """What somebody with these rights is told of the caller while he rings at 801, and while he talks there."""
        self.centre.staff.take("802", *Right)
        self.centre.staff.give("802", *rights)
        client, diary = self.program("802")
        self.program("801")
        offer = self.centre.ring("801")
        self.see()
        rings = [row.caller for row in diary.rows if row.state == "RINGING"]
        self.centre.seats["801"].answer()
        self.see()
        talks = [row.caller for row in diary.rows if row.state == "TALKING"]
        offer.caller.hangs_up()
        client.stop()
        self.wires.settle()
        return {*rings, *talks}

    def test_at_another_seat(self) -> None:
        """A colleague's caller is a number to who may hear him, or pick him up; to others he is a state."""
        number = "13812345678"
        self.assertEqual(self.numbers(*(set(Right) - HEARS - {Right.PICK_UP})), {None})
        for right in HEARS:
            self.assertEqual(self.numbers(right), {number}, right)
        self.assertEqual(self.numbers(Right.PICK_UP), {number, None})

    def test_lines(self) -> None:
        """Lines are seen by supervisors, and by who may listen to or break off one."""
        for right in Right:
            self.assertEqual(Sight.of({right}).lines, right in HEARS, right)


class WaitingTests(BoardCase):
    ROW = QueueRow("service", 1, 12.0, (Waiter("call-1", "13812345678", 12.0, priority=2),))

    def test_told(self) -> None:
        """Who comes and who goes is told once, with the length and the longest wait; a wait that grows is not."""
        _, diary = self.program("801")
        self.centre.waiting.show(self.ROW)
        self.see()
        self.centre.waiting.show(
            replace(self.ROW, oldest_s=13.0, waiters=(replace(self.ROW.waiters[0], since_s=13.0),))
        )
        self.see()
        self.centre.waiting.show(QueueRow("service"))
        self.see()
        self.assertEqual(diary.queues, [self.ROW, QueueRow("service")])

    def test_at_log_in(self) -> None:
        """Who logs in sees who waits at once; when his rights change, anew."""
        self.centre.waiting.show(self.ROW)
        _, diary = self.program("801")
        self.assertEqual(diary.hellos[0].queues, (self.ROW,))
        self.centre.staff.give("801", Right.GRAB)
        self.see()
        self.assertEqual(diary.accesses[-1].queues, (self.ROW,))

    def test_numbers(self) -> None:
        """All see how many wait and how long; whose number it is, who may be rung by him, grab him, or supervises."""
        for right in Right:
            sees = right in (Right.SUPERVISOR, Right.ANSWER_QUEUED, Right.GRAB)
            shown = Sight.of({right}).queue(self.ROW)
            self.assertEqual(shown.waiters[0].caller, "13812345678" if sees else None, right)
            self.assertEqual((shown.length, shown.oldest_s, shown.waiters[0].since_s), (1, 12.0, 12.0))

    def test_a_queue_that_is_gone(self) -> None:
        """A queue that the shop has given up is told as one in which nobody waits."""
        self.centre.waiting.show(self.ROW)
        _, diary = self.program("801")
        self.centre.waiting.show()
        self.see()
        self.assertEqual(diary.queues, [QueueRow("service")])


class OtherRightsTests(BoardCase):
    def setUp(self) -> None:
        super().setUp()
        self.centre.show_line(LineState.IDLE)
        _, self.diary = self.program("900")

    def test_taken_away(self) -> None:
        """Right 1 is taken: the lines go from the screen at once, the seats stay; no line is told any more."""
        self.centre.staff.take("900", Right.SUPERVISOR)
        self.see()
        self.assertEqual(self.diary.shown, {"seat 900": "IDLE_PC"})
        self.assertNotIn(Right.SUPERVISOR, self.diary.accesses[-1].rights)
        self.centre.show_line(LineState.RINGING_IN)
        self.program("801")
        self.see()
        self.assertEqual(self.diary.shown, {"seat 900": "IDLE_PC", "seat 801": "IDLE_PC"})

    def test_given_back(self) -> None:
        """Right 1 is given again: the lines are there as they are now, and go on."""
        self.centre.staff.take("900", Right.SUPERVISOR)
        self.centre.show_line(LineState.RINGING_IN)
        self.centre.staff.give("900", Right.SUPERVISOR)
        self.see()
        self.assertEqual(self.lines_of(self.diary), {"line 1": "RINGING_IN"})
        self.centre.show_line(LineState.TALKING)
        self.see()
        self.assertEqual(self.lines_of(self.diary), {"line 1": "TALKING"})

    def test_any_right(self) -> None:
        """Of any other right the program is told too: it has buttons to show or to hide."""
        _, agent = self.program("801")
        told = len(self.diary.accesses)
        self.centre.staff.give("801", Right.GRAB)
        self.see()
        self.assertIn(Right.GRAB, agent.accesses[-1].rights)
        self.assertEqual(len(agent.accesses), 2)
        self.assertEqual(len(self.diary.accesses), told)

    def test_asked_at_the_moment(self) -> None:
        """A book that has changed and told nobody is believed at once: nothing waits for the word to go round."""
        self.centre.staff.forget("900", Right.SUPERVISOR)
        self.centre.show_line(LineState.RINGING_IN)
        self.program("801")
        self.see()
        self.assertEqual(self.lines_of(self.diary), {})


class DoesNotReadTests(BoardCase):
    def setUp(self) -> None:
        super().setUp()
        _, self.diary = self.program("900")
        self.pump = self.wires.pumps[0]
        self.pump.server.pauseProducing()
        self.seen = len(self.diary.rows)

    def reads_again(self) -> list[tuple[str, str]]:
        """The rows that a program gets when it reads again."""
        self.pump.server.resumeProducing()
        self.see()
        return [(row.channel, row.state) for row in self.diary.rows[self.seen :]]

    def test_only_the_newest(self) -> None:
        """Thousands of changes later a program that did not read gets one row a channel, the newest, with its age."""
        waiting = len(self.pump.serverIO.stream)
        for _ in range(100):
            for line in LINES:
                self.centre.show_line(LineState.RINGING_IN, line)
                self.centre.show_line(LineState.IDLE, line)
        self.centre.show_line(LineState.TALKING, "line 3")
        self.assertEqual(len(self.pump.serverIO.stream), waiting)  # nothing piles up before the network
        self.clock.advance(2)
        rows = self.reads_again()
        self.assertEqual(len(rows), len(LINES))
        self.assertEqual(dict(rows), dict.fromkeys(LINES, "IDLE") | {"line 3": "TALKING"})
        self.assertEqual({row.since_s for row in self.diary.rows[self.seen :]}, {2.0})

    def test_stops_reading_in_between(self) -> None:
        """A program that is full again after the first row gets the rest, as it is then, when it reads on."""
        self.centre.show_line(LineState.IDLE, "line 1")
        self.centre.show_line(LineState.IDLE, "line 2")
        write, server = self.pump.serverIO.write, self.pump.server

        def write_and_stop(data: bytes) -> None:
            write(data)
            server.pauseProducing()

        self.patch(self.pump.serverIO, "write", write_and_stop)
        self.assertEqual(len(self.reads_again()), 1)
        self.centre.show_line(LineState.TALKING, "line 2")
        self.assertEqual(self.reads_again(), [("line 1", "IDLE"), ("line 2", "TALKING")])

    def test_right_taken_meanwhile(self) -> None:
        """What waited of the lines is not told any more once right 1 is gone."""
        self.centre.show_line(LineState.RINGING_IN)
        self.centre.staff.take("900", Right.SUPERVISOR)
        self.assertEqual(self.reads_again(), [])
        self.assertEqual(self.diary.shown, {"seat 900": "IDLE_PC"})

    def test_given_and_taken_meanwhile(self) -> None:
        """However often rights change meanwhile, the newest is told once."""
        for _ in range(10):
            self.centre.staff.take("900", Right.SUPERVISOR)
            self.centre.staff.give("900", Right.SUPERVISOR)
        self.centre.staff.take("900", Right.ANSWER_INTERNAL)
        told = len(self.diary.accesses)
        self.reads_again()
        self.assertEqual(len(self.diary.accesses), told + 1)
        self.assertEqual(self.diary.accesses[-1].rights, self.centre.staff.rights("900"))

    def test_lost_meanwhile(self) -> None:
        """It never reads again: its connection is cut off, and nobody tells it anything more."""
        self.centre.show_line(LineState.RINGING_IN)
        self.pump.server.abort()
        self.see()
        self.centre.show_line(LineState.IDLE)
        self.wires.pass_time(2)
        self.assertEqual(self.lines_of(self.diary), {"line 1": "IDLE"})  # by its new connection
        self.assertEqual(self.flushLoggedErrors(), [])


class AnyOrderTests(BoardCase):
    def test_window_is_the_board(self) -> None:
        """
        Lines and seats change, right 1 comes and goes, a program reads or does not, in any order.

        Whenever it reads, its window shows the board as it is, and of the lines nothing without the right.
        """
        random, staff = Random(6), self.centre.staff
        _, diary = self.program("900")
        self.program("801")
        server, seat = self.wires.pumps[0].server, self.centre.seats["801"]
        acts = (
            lambda: self.centre.show_line(random.choice(list(LineState)), random.choice(LINES[:3])),
            lambda: seat.ready() if seat.status.state is SeatState.PAUSED else seat.pause("lunch"),
            lambda: staff.give("900", Right.SUPERVISOR),
            lambda: staff.take("900", Right.SUPERVISOR),
            server.pauseProducing,
            server.resumeProducing,
        )
        for step in range(1000):
            random.choice(acts)()
            if server.peer_reads:
                self.see()
                sees_lines = Right.SUPERVISOR in staff.rights("900")
                board = self.centre.board.statuses.values()
                may_see = [one for one in board if sees_lines or isinstance(one.state, SeatState)]
                self.assertEqual(diary.shown, {one.channel: one.state.name for one in may_see}, f"step {step}")
