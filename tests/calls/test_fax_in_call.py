"""A line that faxes within its call: whose sound it is, what the board shows, how the talk comes back."""

import numpy as np
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls import operations
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.tones import tone
from callserver.wire.causes import Cause, Reason
from callserver.wire.states import LineState
from tests.shop import VirtualShop


class FaxInCallTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop()
        self.line, self.in_service = self.shop.lines[0], self.shop.in_service[0]
        self.call: Call = self.shop.answered_call()
        self.heard: list[FloatArray] = []
        self.over: list[Failure | None] = []

    def exchange(self, block: FloatArray) -> FloatArray:
        self.heard.append(block)
        return np.full(BLOCK_SAMPLES, 0.3, np.float32)

    def fax(self) -> None:
        operations.fax(self.call, self.in_service, self.exchange, self.over.append)

    def states(self) -> list[tuple[object, object]]:
        found = [event.data for event in self.shop.book.events if event.kind == Kind.STATE.value]
        return [(data["to"], data["sub"]) for data in found][-3:]

    def test_board(self) -> None:
        """The line shows that it faxes, and its phase; afterwards the menu has the caller again."""
        self.fax()
        self.call.tell_doing("page 2")
        self.call.enter(Stage.MENU)
        self.call.give(self.in_service, Role.ALONE)
        self.assertEqual(self.states()[-3:], [("faxing", "fax"), ("faxing", "page 2"), ("talking", "flow")])
        self.shop.wait(0.1)
        self.assertEqual(self.over, [None])

    def test_sound(self) -> None:
        """What comes is the fax's, and what it sends goes out; no key is heard in it."""
        self.fax()
        self.shop.press("5")
        self.shop.wait(0.5)
        self.assertGreater(len(self.heard), 10)
        self.assertEqual(len(self.call.keys), 0)
        self.assertGreater(self.shop.loudest(0), 0.2)

    def test_held_meanwhile(self) -> None:
        """A party that somebody else holds from now on faxes no more: who has begun it is told."""
        self.fax()
        operations.wait_with_music(self.call, self.in_service, Stage.TRANSFER)
        self.shop.wait(0.1)
        self.assertEqual(self.over, [None])
        self.assertIs(self.shop.board.statuses["line 1"].state, LineState.HELD)

    def test_hung_up(self) -> None:
        """The caller hangs up in the fax: the call is over, and so is the fax."""
        self.fax()
        self.line.far_end.hang_up()
        self.shop.wait(2)
        self.assertEqual(self.over, [None])
        self.assertIs(self.shop.board.statuses["line 1"].state, LineState.IDLE)

    def test_limit(self) -> None:
        """A fax that does not end itself is ended with its call."""
        self.fax()
        self.shop.clock.advance(1260)
        self.assertEqual(self.call.ended, Reason(Cause.LIMIT_REACHED, "fax"))

    def test_calling_tone(self) -> None:
        """Whoever waits for a fax's calling tone is told of it, once; who waits no more is not."""
        heard: list[None] = []
        self.call.when_fax_calls().addCallback(heard.append)
        gone = self.call.when_fax_calls()
        gone.addErrback(lambda failure: None)
        gone.cancel()
        for _ in range(3):
            self.shop.hear(tone([1100.0], 4000, -14.0).astype(np.float32))
            self.shop.wait(3)
        self.assertEqual(heard, [None])
