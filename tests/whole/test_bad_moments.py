"""What breaks at the worst moments of a morning: in a consultation, three talking, a transfer, a supervised talk."""

from __future__ import annotations

from callserver.calls.stages import Stage
from callserver.emulator.loop import SubscriberStage
from callserver.wire.states import LineState, SeatState
from tests.whole.morning_people import Clerk
from tests.whole.morning_report import report_of
from tests.whole.morning_takers import Takers
from tests.whole.morning_talks import OUTSIDE, Talks
from tests.whole.test_telephone_seat import Telephone

CUSTOMER = "13912340101"


class BadMomentsTests(Talks, Takers):
    def test_bad_moments(self) -> None:
        """Whoever is left talks on, or is found somebody else; the shop is whole again each time."""
        self.customer = self.comes_to("801")
        self.supervisor_killed()
        self.consulted_telephone_pulled_out()
        self.parked_by_somebody_frozen()
        self.customer_pulled_out_of_three()
        self.listener_pulled_out()
        self.program_beside_a_telephone_killed()
        self.killed_as_it_comes_back()
        self.two_supervisors()
        self.broken_off_with_three()
        self.all_go()
        self.morning.ends()
        self.assertEqual(self.morning.broken, [])
        report = report_of(self.morning.seen.events)
        self.assertEqual(report, report_of(self.morning.reopened()))
        report.check_times(self, within_s=0.001)

    def comes_to(self, number: str) -> Telephone:
        """A customer has come, and talks with this agent at a program."""
        self.only(number)
        customer = self.comes(CUSTOMER)
        self.taken_by(self.li if number == "801" else self.wang)
        return customer

    def taken_by(self, clerk: Clerk) -> None:
        self.morning.rings(clerk.number)
        clerk.does("answer")

    def parties(self) -> list[str]:
        """Who is in the customer's call, but for his line; lines by no number."""
        names = [party.name for party in self.morning.call_of(CUSTOMER).parts]
        return sorted("line" if name.startswith("line") else name for name in names)[1:]

    def supervisor_killed(self) -> None:
        """He has barged in and is gone: the two talk on."""
        self.boss.does("barge_in", "seat 801")
        self.boss.kill()
        self.shop.wait(40)
        self.assertEqual(self.parties(), ["seat 801"])
        self.boss.restart()

    def consulted_telephone_pulled_out(self) -> None:
        """The consulted colleague is gone; the customer still hears music, and is fetched back."""
        self.li.does("consult", "seat 803")
        self.chen.takes_it()
        with self.morning.pulled_out("line 1"):
            self.shop.wait(2)
            self.morning.is_in("801", SeatState.HELD)
            self.assertIs(self.morning.state_of(self.morning.line_of(CUSTOMER)), LineState.HELD)
        self.li.does("retrieve")
        self.chen.is_gone()
        self.dials_in()

    def parked_by_somebody_frozen(self) -> None:
        """Nobody fetches him: he rings at who parked him, who does not look up; then anybody may take him."""
        self.li.does("park")
        mend = self.li.freeze()
        self.shop.wait(15)
        mend()
        self.shop.wait(100)
        self.taken_by(self.wang_after_the_recall())

    def wang_after_the_recall(self) -> Clerk:
        """Li has been rung in vain."""
        self.morning.rings("801")
        self.wang.does("ready")
        return self.wang

    def customer_pulled_out_of_three(self) -> None:
        """The two others talk on, until one of them hangs up."""
        self.wang.does("consult", f"number {OUTSIDE}")
        self.morning.answers(self.there)
        self.wang.does("three_way")
        call, line = self.morning.call_of(CUSTOMER), self.morning.line_of(CUSTOMER)
        with self.morning.pulled_out(line):
            self.shop.wait(5)
            self.assertIsNone(call.ended)
            self.assertNotIn(line, [party.name for party in call.parts])
        self.morning.is_in("802", SeatState.TALKING)
        self.there.hang_up()
        self.morning.until(lambda: call.ended is not None, "it is over")
        self.goes(self.customer)

    def listener_pulled_out(self) -> None:
        """Chen listens by telephone, and is gone: nobody notices."""
        self.customer = self.comes_to("801")
        self.chen.keys("*70801#")
        with self.morning.pulled_out("line 1"):
            self.shop.wait(2)
            self.assertEqual(self.parties(), ["seat 801"])
            self.morning.is_in("803", SeatState.OFF)
        self.chen.is_gone()
        self.dials_in()

    def program_beside_a_telephone_killed(self) -> None:
        """Zhao works on by the telephone; his customer hangs up while he is held."""
        self.li.does("transfer", "seat 804")
        self.beside.takes_it()
        self.zhao.kill()
        self.shop.wait(40)
        self.assertEqual(self.parties(), ["seat 804"])
        self.beside.keys("*21")
        self.goes(self.customer)
        self.morning.is_in("804", SeatState.PAUSED)
        self.zhao.restart()

    def killed_as_it_comes_back(self) -> None:
        """Chen does not want the customer, who rings at Li again, whose program dies: Wang has him."""
        self.customer = self.comes_to("801")
        self.li.does("transfer", "seat 803")
        self.morning.rings("803")
        self.chen.does("wait 1\npress 2\nwait 2")
        self.morning.rings("801")
        self.li.kill()
        self.shop.wait(3)
        self.assertIs(self.morning.call_of(CUSTOMER).stage, Stage.QUEUE)
        self.wang.does("ready")
        self.taken_by(self.wang)
        self.li.restart()

    def two_supervisors(self) -> None:
        """One listens, another joins the talk; the first takes it over, and is alone with the customer."""
        self.boss.does("listen", "seat 802")
        self.chen.keys("*72802#")
        self.assertEqual(self.parties(), ["seat 800", "seat 802", "seat 803"])
        self.boss.does("take_over")
        self.assertEqual(self.parties(), ["seat 800"])
        self.goes(self.customer)

    def broken_off_with_three(self) -> None:
        """A talk with a third party outside is broken off: that one hears the end, the customer waits."""
        self.customer = self.comes_to("801")
        self.li.does("consult", f"number {OUTSIDE}")
        self.morning.answers(self.there)
        self.li.does("three_way")
        self.boss.does("break_off", "seat 801", "queue operator")
        self.wang.does("ready")
        self.taken_by(self.wang)
        self.assertIs(self.there.stage, SubscriberStage.TONE)
        self.assertEqual(self.parties(), ["seat 802"])
        self.there.hang_up()
        self.goes(self.customer)
