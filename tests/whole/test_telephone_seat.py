"""A shift at a telephone, in the whole server on virtual time: the exchange, its lines and telephones are emulated."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headless import AgentPlan
from callserver.emulator.script_run import ScriptRun, ignored
from callserver.rehearsal.exchange_line import ExchangeLine
from callserver.wire.records import EventRecord
from callserver.wire.states import LineState, SeatState
from tests.whole.test_calls_out import speak
from tests.whole.virtual_shop import VirtualShop

PIN = "480135"
LOG_IN = f"""
caller 13800000801
dial {{shop}}
wait answer
wait sound
press *#
wait 4
press 801#
wait 5
press {PIN}#
wait 3
"""
CUSTOMER = """
caller 13912345678 "Li Ming"
dial {shop}
wait answer
wait 3
press 1       # Mandarin
wait 3
press 0       # a person
wait 20
"""


class Telephone:
    """Somebody at a telephone of the exchange."""

    def __init__(self, shop: VirtualShop) -> None:
        exchange = shop.server.exchange
        assert exchange is not None
        self._shop, self._run = shop, ScriptRun(exchange, ignored)

    def does(self, script: str) -> None:
        """These lines, one after the other; time passes."""
        text = script.format(shop=self._shop.server.config.exchange.number)
        self._shop.until(Deferred.fromCoroutine(self._run.do(text)))

    def says_hello(self) -> None:
        """As one does who lifts a telephone that rang."""
        assert self._run.phone is not None
        speak(self._run.phone, 2)
        self._shop.wait(5)

    def is_gone(self) -> None:
        self._run.close()


class ShiftTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=3)
        self.shop.until(self.shop.server.centre.staff.set_pin("801", PIN))
        self.agent, self.customer = self.telephone(), self.telephone()

    def telephone(self) -> Telephone:
        telephone = Telephone(self.shop)
        self.addCleanup(telephone.is_gone)
        return telephone

    def state(self, number: str = "801") -> SeatState:
        return self.shop.server.centre.seats[number].status.state

    def line(self, number: int) -> LineState:
        state = self.shop.server.board.statuses[f"line {number}"].state
        assert isinstance(state, LineState)
        return state

    def events(self, *kinds: str) -> list[EventRecord]:
        """Of all calls, in the order in which they happened."""
        found = [event for _, events in self.shop.records() for event in events if event.kind in kinds]
        return sorted(found, key=lambda event: event.uptime_s)

    def test_a_shift(self) -> None:
        """He logs in, takes a call, holds it, retrieves it, sends it on to a colleague, and logs out: all by keys."""
        self.agent.does(LOG_IN)
        self.assertIs(self.state(), SeatState.IDLE_PHONE)
        self.customer.does(CUSTOMER)
        self.assertIs(self.state(), SeatState.RINGING)
        self.agent.does("press 1\nwait 2")
        self.assertIs(self.state(), SeatState.TALKING)
        self.agent.does("press *21\nwait 2")
        self.assertEqual((self.state(), self.line(2)), (SeatState.HELD, LineState.HELD))
        self.agent.does("press *22\nwait 2")
        self.assertEqual((self.state(), self.line(2)), (SeatState.TALKING, LineState.TALKING))
        self.shop.agent("802", AgentPlan())
        self.shop.wait(3)
        self.agent.does("press *30802#\nwait 4")
        self.assertIs(self.state("802"), SeatState.TALKING)
        self.assertIsNot(self.state(), SeatState.TALKING)
        self.customer.does("hang up")
        self.agent.does("press *11\nwait 3\npress *10\nwait tone busy\nhang up")
        self.shop.wait(3)
        self.assertIs(self.state(), SeatState.OFF)
        self.assertEqual([self.line(number) for number in (1, 2, 3)], [LineState.IDLE] * 3)
        keyed = [str(event.data["digits"]) for event in self.events("input") if str(event.data["digits"])[:1] == "*"]
        self.assertEqual([code for code in keyed if len(code) > 2], ["****", "*21", "*22", "*30802", "*11", "*10"])

    def test_consults(self) -> None:
        """He asks a colleague while the caller hears music, then lets the two talk; his line is quiet again."""
        self.agent.does(LOG_IN)
        self.customer.does(CUSTOMER)
        self.agent.does("press 1\nwait 2")
        self.shop.agent("802", AgentPlan())
        self.shop.wait(3)
        self.agent.does("press *21\nwait 1\npress *31802#\nwait 4")
        self.assertEqual((self.state(), self.state("802"), self.line(2)), (SeatState.TALKING,) * 2 + (LineState.HELD,))
        self.agent.does("press *32\nwait 2")
        self.assertEqual((self.state("802"), self.line(2)), (SeatState.TALKING, LineState.TALKING))
        self.assertIs(self.line(1), LineState.TALKING)
        self.agent.does("press *11\nwait silence 1.5")
        self.assertIs(self.state(), SeatState.IDLE_PHONE)

    def test_his_program_has_it_dialled(self) -> None:
        """The number of his record rings; he answers, presses 1, and takes calls there."""
        centre = self.shop.server.centre
        self.shop.until(centre.staff.save("801", {"phone": "13800000801"}))
        self.shop.agent("801", AgentPlan(answer_after_s=60))
        self.shop.wait(3)
        seat = centre.seats["801"]
        self.agent.does("caller 13800000801")
        centre.phones.use_telephone(seat, "13800000801")
        self.agent.does("wait ring\nwait 2\nanswer")
        self.agent.says_hello()
        self.agent.does("press 1\nwait 3")
        self.assertIs(self.state(), SeatState.IDLE_PHONE)
        self.customer.does(CUSTOMER)
        self.agent.does("press 1\nwait 2")
        self.assertIs(self.state(), SeatState.TALKING)
        centre.seats["801"].hang_up()
        centre.seats["801"].ready()
        centre.phones.use_telephone(seat, "")
        self.agent.does("wait tone busy within 10\nhang up")
        self.assertIs(self.state(), SeatState.IDLE_PC)

    def test_pin_is_nowhere(self) -> None:
        """The digits of the PIN stand in no event, also not one by one."""
        self.agent.does(LOG_IN)
        shown = "".join(str(event.data["digit"]) for event in self.events("key"))
        self.assertIn("801#", shown)
        self.assertNotIn(PIN, shown)
        self.assertFalse(any(PIN in str(event.data) for event in self.events("input", "prompt", "log_in")))

    def test_line_pulled_out_in_a_talk(self) -> None:
        """The caller has his old place in the queue back, and the colleague who is free takes him."""
        self.agent.does(LOG_IN)
        self.customer.does(CUSTOMER)
        self.agent.does("press 1\nwait 2")
        self.shop.agent("802", AgentPlan())
        self.shop.wait(3)
        line = self.shop.world.lines["line 1"]
        assert isinstance(line, ExchangeLine)
        line.unplug()
        self.shop.wait(4)
        self.assertEqual((self.state(), self.line(1)), (SeatState.OFF, LineState.DISCONNECTED))
        self.assertEqual((self.state("802"), self.line(2)), (SeatState.TALKING, LineState.TALKING))
        line.plug_in()
        self.shop.wait(3)
        self.assertIs(self.line(1), LineState.IDLE)
        self.agent.is_gone()
        again = self.telephone()
        again.does(LOG_IN)
        self.assertIs(self.state(), SeatState.IDLE_PHONE)

    def test_wrong_pins(self) -> None:
        """They lock as wrong passwords do: after five from one telephone the right one is refused there too."""
        for _ in range(2):
            self.agent.does(LOG_IN.replace(PIN, "0000") + "press 801#\nwait 5\npress 0000#\nwait 3\nhang up\nwait 3")
        self.agent.does(LOG_IN.replace(PIN, "0000") + "press 801#\nwait 5\n" + f"press {PIN}#\nwait 3")
        self.assertNotIn("801", [seat.number for seat in self.shop.server.centre.seats if seat.person is not None])
