"""A morning's talks: what agents do with a customer who has come to them, and whom they call."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.commands.visit import SHOPPER
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.wire.states import LineState, SeatState
from tests.whole.morning_case import BUSY_OFFICE, OFFICE, MorningCase
from tests.whole.morning_people import Clerk
from tests.whole.test_telephone_seat import Telephone

OUTSIDE, NOBODY, BUYER, SOLD_TO = "62345678", "62345679", "13912340023", "13912340001"
SECRET = "471108"


class Talks(MorningCase):
    """Held, recorded, sent on to wherever one can be sent, brought together with others."""

    def setUp(self) -> None:
        super().setUp()
        self.there, self.nobody = (self.morning.exchange.add_phone(number) for number in (OUTSIDE, NOBODY))

    def buys(self) -> Deferred[list[ScriptEvent]]:
        """Meanwhile somebody orders by the menu, and needs nobody; fires when he has hung up."""
        self.morning.n_calls += 1
        orders, _, _ = SHOPPER.partition("press 0")
        shop = self.morning.server.config.exchange.number
        script = orders.format(number=BUYER, name="Li Ming", shop=shop)
        return run_script(self.morning.exchange, f"{script}hang up")

    def talks(self) -> None:
        """The first customer: held, a secret, keys, a recording, a long wrap-up."""
        self.only("801")
        customer = self.comes(SOLD_TO)
        self.morning.rings("801")
        for act in ("answer", "hold", "retrieve", "hide_secret"):
            self.li.does(act)
            self.shop.wait(1)
        customer.does(f"press {SECRET}\nwait 1")
        self.li.does("show_again")
        self.li.does("send_keys", "1*9")
        self.li.does("start_recording")
        self.li.says(1)
        customer.says_hello()
        self.li.does("stop_recording")
        self._sells()
        self.li.does("hang_up")
        self.li.does("prolong_wrap_up", 20)
        self.li.does("ready")
        self.goes(customer)

    def _sells(self) -> None:
        """The caller orders of her what he could have ordered of the menu."""
        self.li.does("put_in_basket", "1001", 1)
        self.li.does("empty_basket")
        self.li.does("put_in_basket", "1003", 2)
        self.li.does("show_basket")
        self.li.does("finish_order", "on delivery", "8 Zhongshan Road")

    def sent_on(self) -> None:
        """Rejected, answered by a colleague, sent on, parked, fetched, sent to a queue, and to a menu."""
        self.only("801", "802")
        customer = self.comes("13912340002")
        self.morning.until(lambda: self.rung() is not None, "it rings")
        first = self.rung()
        assert first is not None
        second = self.wang if first is self.li else self.li
        first.does("reject")
        first.does("pause", "desk work")
        self.morning.rings(second.number)
        second.does("answer")
        second.does("transfer", "seat 803")
        self.chen.takes_it()
        self.chen.keys("*60")
        second.does("fetch", "71")
        self.morning.is_in(second.number, SeatState.TALKING)
        self.only("804")
        second.does("transfer", "queue operator")
        self.beside.takes_it()
        self.assertEqual(self.zhao.does("park"), "71")
        second.does("fetch", "71")
        second.does("transfer", "menu shop")
        self.shop.wait(3)
        self.assertEqual(len(self.morning.call_of("13912340002").parts), 1)
        self.goes(customer)

    def rung(self) -> Clerk | None:
        """At whose program it rings."""
        ringing = [clerk for clerk in (self.li, self.wang) if self.morning.state(clerk.number) is SeatState.RINGING]
        return ringing[0] if ringing else None

    def brought_together(self) -> None:
        """A colleague is asked, and then has the customer: attended transfers, from a program and from a telephone."""
        self.only("801")
        customer = self.comes("13912340003")
        self.morning.rings("801")
        self.li.does("answer")
        self.li.does("consult", "seat 803")
        self.chen.takes_it()
        self.li.does("join")
        self.chen.keys("*21", "*31802#")
        self.morning.rings("802")
        self.wang.does("answer")
        self.chen.keys("*32")
        self.morning.is_in("802", SeatState.TALKING)
        self.wang.does("hang_up")
        self.goes(customer)

    def three(self) -> None:
        """Chen, at his telephone, has a colleague join the talk; who leaves leaves the others talking."""
        self.only("803")
        customer = self.comes("13912340004")
        self.chen.takes_it()
        self.chen.keys("*31802#")
        self.morning.rings("802")
        self.wang.does("answer")
        self.chen.keys("*33")
        self.assertEqual(len(self.morning.call_of("13912340004").parts), 3)
        self.chen.keys("*20")
        self.morning.is_in("802", SeatState.TALKING)
        self.wang.does("consult", "seat 801")
        self.li.does("answer")
        self.wang.does("three_way")
        self.shop.wait(1)
        self.wang.does("hang_up")
        self.morning.is_in("801", SeatState.TALKING)
        self.goes(customer)

    def not_there(self) -> None:
        """Numbers outside: one that nobody answers, given up; a busy one, from which the customer comes back."""
        self.only("802")
        customer = self.comes("13912340005")
        self.morning.rings("802")
        self.wang.does("answer")
        self.wang.does("consult", f"number {NOBODY}")
        self.morning.until(lambda: self.morning.state("802") is SeatState.RINGBACK, "it rings outside")
        self.wang.does("cancel")
        self.morning.is_in("802", SeatState.TALKING)
        self.nobody.lift()
        self.wang.does("transfer", f"number {NOBODY}")
        self.morning.rings("802")
        self.assertEqual(self.wang.client.seat.cause, "came_back: busy")
        self.nobody.hang_up()
        self.wang.does("answer")
        self.wang.does("hang_up")
        self.goes(customer)

    def outside(self) -> None:
        """Somebody outside has the customer: sent there, and brought there after a word with him."""
        for number, act in (("13912340021", "transfer"), ("13912340022", "consult")):
            self.only("802")
            customer = self.comes(number)
            self.morning.rings("802")
            self.wang.does("answer")
            self.wang.does(act, f"number {OUTSIDE}")
            self.morning.answers(self.there)
            if act == "consult":
                self.wang.does("join")
            self.assertEqual([party.name[:4] for party in self.morning.call_of(number).parts], ["line", "line"])
            self.there.hang_up()
            self.shop.wait(8)
            self.goes(customer)

    def office(self) -> None:
        """The nearest office is busy; the next one answers, hears what it is about, and takes the call by the key."""
        busy, office = (self.morning.exchange.add_phone(number) for number in (BUSY_OFFICE, OFFICE))
        busy.lift()
        self.only("802")
        customer = self.comes("01066660006")
        self.morning.rings("802")
        self.wang.does("answer")
        self.wang.does("transfer", "office")
        self.morning.answers(office)
        office.press("1")
        self.shop.wait(2)
        self.assertEqual(len(self.morning.call_of("01066660006").parts), 2)
        office.hang_up()
        busy.hang_up()
        self.shop.wait(8)
        self.goes(customer)

    def flashed(self) -> None:
        """A customer on the modem line goes on to a number outside by the exchange alone, by program and by keys."""
        self.only("801")
        customer = self.comes("13912340007", line="08")
        self.morning.rings("801")
        self.li.does("answer")
        self.li.does("flash_transfer", OUTSIDE)
        self.is_outside_alone(customer)
        self.only("803")
        customer = self.comes("13912340027", line="08")
        self.chen.takes_it()
        self.chen.keys(f"*35{OUTSIDE}#")
        self.is_outside_alone(customer)

    def is_outside_alone(self, customer: Telephone) -> None:
        """The exchange has connected him; the line is free."""
        self.morning.answers(self.there)
        self.assertEqual(self.there.stage, SubscriberStage.TALKING)
        self.assertIs(self.morning.state_of("line 8"), LineState.IDLE)
        self.there.hang_up()
        self.goes(customer)

    def calls_out(self) -> None:
        """To a colleague from a program and from a telephone, and to numbers outside."""
        self.only()
        self.li.does("dial", "802")
        self.morning.rings("802")
        self.wang.does("answer")
        self.wang.does("hang_up")
        self.chen.keys("*90801#")
        self.morning.rings("801")
        self.li.does("answer")
        self.chen.keys("*20")
        self.li.does("dial", OUTSIDE)
        self.morning.answers(self.there)
        self.morning.is_in("801", SeatState.TALKING)
        self.there.hang_up()
        self.shop.wait(10)
        self.assertIsNot(self.morning.state("801"), SeatState.TALKING)
