"""What the screens are told."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.board import Board, ChannelStatus
from callserver.calls.event_log import EventLog
from callserver.wire.causes import Cause, Reason
from callserver.wire.states import LineState
from tests.shop import MemoryBook

IDLE, TALKING = LineState.IDLE, LineState.TALKING


class BoardTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.book, self.seen = Clock(), MemoryBook(), []
        self.board = Board(EventLog(self.book, self.clock, "test"), self.clock.seconds)

    def show(self, state: LineState, sub: str = "") -> None:
        self.board.show(ChannelStatus("line 1", state, sub), Reason(Cause.ANSWERED))

    def test_one_change_one_event(self) -> None:
        """Each change is one event and one update; a look that is no other than before is neither."""
        stop = self.board.watch(self.seen.append)
        self.show(IDLE)
        self.show(TALKING, "flow")
        self.show(TALKING, "flow")
        self.show(TALKING, "queue")
        stop()
        self.show(IDLE)
        self.assertEqual([(s.state, s.sub) for s in self.seen], [(IDLE, ""), (TALKING, "flow"), (TALKING, "queue")])
        changes = [(e.data["from"], e.data["to"], e.data["sub"]) for e in self.book.events]
        self.assertEqual(changes[0], (None, "idle", ""))
        self.assertEqual(changes[1], ("idle", "talking", "flow"))
        self.assertEqual(len(changes), 4)

    def test_since(self) -> None:
        """A state is as old as itself, whatever has changed beside it."""
        self.show(TALKING, "flow")
        self.clock.advance(5)
        self.show(TALKING, "queue")
        self.clock.advance(2)
        self.assertEqual(self.board.age_s(self.board.statuses["line 1"]), 7)
        self.show(IDLE)
        self.assertEqual(self.board.age_s(self.board.statuses["line 1"]), 0)

    def test_a_broken_watcher(self) -> None:
        """A screen that fails costs only itself."""

        def broken(status: ChannelStatus) -> None:
            raise ZeroDivisionError

        self.board.watch(broken)
        self.board.watch(self.seen.append)
        self.show(IDLE)
        self.assertEqual(len(self.seen), 1)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
