"""A stop cuts nobody off: who talks goes on, up to a limit, and nobody new is taken."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.stages import Stage
from callserver.desktop.headless import AgentPlan
from callserver.lines.interfaces import Caller
from callserver.server.drain import Drain
from callserver.server.signals import AT_ONCE, ONCE_MORE, Signals
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Phrase
from callserver.wire.states import LineState
from tests.shop import VirtualShop
from tests.whole.virtual_shop import VirtualShop as WholeShop


class DrainTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(n_lines=3)
        self.told: list[Phrase] = []

    def drain(self, limit_s: float = 600.0) -> Drain:
        shop = self.shop
        return Drain(shop.clock, shop.in_service, shop.calls, shop.board, limit_s, self.told.append)

    def test_nobody_talks(self) -> None:
        """Then it is over at once."""
        self.assertTrue(self.drain().when_dry().called)
        self.assertEqual([phrase.msgid for phrase in self.told], ["The server stops."])

    def test_a_talk_goes_on(self) -> None:
        """To its own end; the other lines take no call, and a call that only rings is not answered any more."""
        talk = self.shop.answered_call(0)
        self.shop.lines[1].far_end.ring(Caller("13900000000"))
        self.assertEqual(self.shop.state(1), LineState.RINGING_IN)
        dry = self.drain().when_dry()
        self.shop.lines[2].far_end.ring(Caller("13911111111"))
        self.shop.wait(30)
        self.assertEqual([call.id for call in self.shop.calls], [talk.id])
        self.assertEqual([self.shop.state(line) for line in (0, 1, 2)], [LineState.TALKING, *[LineState.LOADED] * 2])
        self.assertFalse(dry.called)
        talk.end("caller", Reason(Cause.CALLER_HUNG_UP))
        self.shop.wait(1)
        self.assertTrue(dry.called)
        self.assertEqual([phrase.details.get("n") for phrase in self.told], [1, None])

    def test_a_telephone_of_a_seat(self) -> None:
        """A line that is kept up for an agent is no call: between his calls it holds nobody up."""
        self.shop.answered_call(0).enter(Stage.SEAT)
        self.assertTrue(self.drain().when_dry().called)

    def test_limit(self) -> None:
        """A talk without end holds nobody up for ever; the time that is left is told each minute."""
        self.shop.answered_call(0)
        dry = self.drain(150.0).when_dry()
        self.shop.clock.pump([1.0] * 149)
        self.assertFalse(dry.called)
        self.shop.clock.pump([1.0] * 2)
        self.assertTrue(dry.called)
        self.assertEqual([phrase.details["n"] for phrase in self.told], [1, 1, 1, 1])
        self.assertEqual([phrase.details["s"] for phrase in self.told[:3]], [150, 120, 60])

    def test_cut(self) -> None:
        """A second wish to stop ends the waiting, and nothing is left in the clock."""
        talk = self.shop.answered_call(0)
        drain = self.drain()
        drain.cut()
        self.assertTrue(drain.when_dry().called)
        talk.end("server", Reason(Cause.SERVER_STOPPED))
        self.shop.wait(5)
        self.assertEqual(len(self.told), 1)


class ScreensTests(SynchronousTestCase):
    def test_screens_are_told(self) -> None:
        """Agents' programs say that the server will stop, those that come later too."""
        shop = WholeShop(self, n_lines=1)
        heard: dict[str, list[str]] = {"801": [], "802": []}
        for number, words in heard.items():
            shop.agent(number, AgentPlan(), words.append)
            shop.wait(5)
            if number == "801":
                shop.server.lines[1].ring()
                shop.server.calls.begin("out", shop.server.lines[1], Caller())
                dry = shop.server.drain(lambda phrase: None)
        self.assertFalse(dry.called)
        told = "The server stops after the last call: 1 call goes on, for 600 s at most."
        for words in heard.values():
            self.assertIn(told, words)
        self.assertEqual(shop.server.status.snapshot()["state"], "stopping")
        shop.until(shop.server.stopService())
        self.assertTrue(dry.called)
        self.flushLoggedErrors()


class FakeReactor:
    stops = 0

    def stop(self) -> None:
        self.stops += 1


class SignalsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop, self.reactor = WholeShop(self, n_lines=2), FakeReactor()
        self.told: list[str] = []
        self.signals = Signals(self.reactor, self.shop.server, lambda phrase: self.told.append(phrase.msgid))

    def test_no_call(self) -> None:
        """Nobody talks: the first signal stops."""
        self.signals.stop()
        self.assertEqual((self.reactor.stops, self.told), (1, ["The server stops."]))

    def test_twice(self) -> None:
        """The first waits for the call, the second does not; both may come within a millisecond."""
        self.shop.server.calls.begin("out", self.shop.server.lines[1], Caller())
        self.signals.stop()
        self.assertEqual(self.reactor.stops, 0)
        self.assertEqual(self.told[-1], ONCE_MORE)
        self.signals.stop()
        self.assertEqual(self.reactor.stops, 1)
        self.assertEqual(self.told[-1], AT_ONCE)
        self.flushLoggedErrors()

    def test_settings_while_it_stops(self) -> None:
        """SIGHUP puts no line back into service then, and says that it did not."""
        self.shop.server.calls.begin("out", self.shop.server.lines[1], Caller())
        self.signals.stop()
        self.signals.hang_up()
        reloaded = self.shop.server.status.reloaded
        assert reloaded is not None
        self.assertFalse(reloaded.ok)
        self.assertIs(self.shop.server.board.statuses["line 2"].state, LineState.LOADED)
        self.flushLoggedErrors()
