"""A shop's whole morning on virtual time: four agents, a supervisor, customers, offices, and what breaks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.acts import CHANNEL_ACTS
from callserver.acd.offices.cases import list_cases
from callserver.calls.vocabulary import Kind
from callserver.commands.visit import SHOPPER
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.wire.records import CallRecord
from callserver.wire.states import LineState, SeatState
from tests.whole.morning_case import BUSY_OFFICE, OFFICE, VIP, MorningCase
from tests.whole.morning_people import Clerk
from tests.whole.morning_report import Report, report_of
from tools.channel_document import acts_of_the_server

OUTSIDE, NOBODY = "62345678", "62345679"
GAVE_UP, CALLED_BACK = "13912340016", "13912340015"
SECRET = "471108"
AUDITED = {
    "listen", "whisper", "barge_in", "take_over", "break_off", "force_pause", "force_log_out", "set_priority", "grab",
    "start_recording", "stop_recording", "save_queues", "new_pin",
}  # fmt: skip


class MorningTests(MorningCase):
    def test_morning(self) -> None:
        """Everything that people can do with calls is done, and more goes wrong than in a year; no call is lost."""
        self.there, self.nobody = (self.morning.exchange.add_phone(number) for number in (OUTSIDE, NOBODY))
        buying = self.buys()
        self.talks()
        self.sent_on()
        self.brought_together()
        self.shop.until(buying)
        self.three()
        self.not_there()
        self.outside()
        self.office()
        self.flashed()
        self.picked_up()
        self.grabbed()
        self.calls_out()
        self.supervised()
        self.broken_off()
        self.called_back()
        self.overflows()
        self.frozen()
        self.killed()
        self.telephone_pulled_out()
        self.customer_pulled_out()
        self.all_go()
        self.all_is_well()

    # Talks

    def buys(self) -> Deferred[list[ScriptEvent]]:
        """Meanwhile somebody orders by the menu, and needs nobody; fires when he has hung up."""
        self.morning.n_calls += 1
        orders, _, _ = SHOPPER.partition("press 0")
        shop = self.morning.server.config.exchange.number
        script = orders.format(number="13912340023", name="Li Ming", shop=shop)
        return run_script(self.morning.exchange, f"{script}hang up")

    def talks(self) -> None:
        """The first customer: held, a secret, keys, a recording, a long wrap-up."""
        self.only("801")
        customer = self.comes("13912340001")
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
        self.li.does("hang_up")
        self.li.does("prolong_wrap_up", 20)
        self.li.does("ready")
        self.goes(customer)

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
        """A customer on the modem line goes on to a number outside by the exchange alone; the line is free."""
        self.only("801")
        customer = self.comes("13912340007", line="08")
        self.morning.rings("801")
        self.li.does("answer")
        self.li.does("flash_transfer", OUTSIDE)
        self.morning.answers(self.there)
        self.assertEqual(self.there.stage, SubscriberStage.TALKING)
        self.assertIs(self.morning.state_of("line 8"), LineState.IDLE)
        self.there.hang_up()
        self.goes(customer)

    def picked_up(self) -> None:
        """What rings at a seat is taken at another: by its number, in the group, from a telephone."""
        for n, taker in enumerate(("pick_up", "pick_up_group"), 8):
            self.only("801")
            customer = self.comes(f"139123400{n:02}")
            self.morning.rings("801")
            self.wang.does(taker, "801" if taker == "pick_up" else "tea")
            self.morning.is_in("802", SeatState.TALKING)
            self.wang.does("hang_up")
            self.goes(customer)
        self.only("801")
        customer = self.comes("13912340010")
        self.morning.rings("801")
        self.chen.keys("*40801#")
        self.morning.is_in("803", SeatState.TALKING)
        self.chen.keys("*20")
        self.goes(customer)

    def grabbed(self) -> None:
        """Two wait; the later one is put first, and the other one grabbed."""
        self.only()
        late, later = self.comes("13912340011"), self.comes("13912340012")
        self.morning.wait_there("operator", 2)
        first, second = self.waiters()
        self.assertEqual([first["caller"], second["caller"]], ["13912340011", "13912340012"])
        self.boss.does("set_priority", second["call_id"], 7)
        self.assertEqual([one["caller"] for one in self.waiters()], ["13912340012", "13912340011"])
        self.wang.does("grab", first["call_id"])
        self.morning.is_in("802", SeatState.TALKING)
        self.li.does("ready")
        self.morning.rings("801")
        self.li.does("answer")
        self.wang.does("hang_up")
        self.li.does("hang_up")
        self.goes(late)
        self.goes(later)

    def waiters(self) -> list[Any]:
        """Who waits for the operators, as the supervisor's program shows it."""
        return [waiter for row in self.boss.does("waiting") if row["queue"] == "operator" for waiter in row["waiters"]]

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

    # The supervisor

    def supervised(self) -> None:
        """He listens to Chen's talk, whispers, joins it, leaves it, and at last takes it over."""
        self.only("803")
        customer = self.comes("13912340013")
        self.chen.takes_it()
        self.boss.does("listen", "seat 803")
        customer.says_hello()
        self.boss.does("whisper")
        self.boss.says(1)
        self.boss.does("barge_in", "")
        self.boss.says(1)
        self.boss.does("stop_listening")
        self.morning.is_in("803", SeatState.TALKING)
        self.boss.does("listen", "seat 803")
        self.boss.does("take_over")
        self.morning.is_in("800", SeatState.TALKING)
        self.assertIsNot(self.morning.state("803"), SeatState.TALKING)
        self.boss.does("hang_up")
        self.goes(customer)

    def broken_off(self) -> None:
        """He ends a talk whose customer goes back to the queue; he sends one agent into a pause and another home."""
        self.only("801")
        customer = self.comes("13912340014")
        self.morning.rings("801")
        self.li.does("answer")
        self.shop.wait(1)
        self.boss.does("break_off", "seat 801", "queue operator")
        self.boss.does("force_pause", "801", "see me")
        self.wang.does("ready")
        self.morning.rings("802")
        self.wang.does("answer")
        self.wang.does("hang_up")
        self.goes(customer)
        self.boss.does("force_log_out", "802")
        self.shop.wait(1)
        self.assertFalse(self.wang.is_here)
        self.wang.start()

    # Customers who do not wait

    def called_back(self) -> None:
        """One would rather be called; he keeps his place, and is called once."""
        self.only()
        customer = self.comes(CALLED_BACK)
        self.morning.wait_there("operator", 1)
        customer.does("wait 1\npress 5\nwait 8\npress 1\nwait hang up\nhang up\nwait 2")
        self.assertEqual([one["caller"] for one in self.waiters()], [CALLED_BACK])
        self.li.does("ready")
        self.morning.rings("801")
        self.li.does("answer")
        customer.does("wait ring\nwait 2\nanswer")
        customer.says_hello()
        self.morning.is_in("801", SeatState.TALKING)
        self.li.does("hang_up")
        self.goes(customer)

    def overflows(self) -> None:
        """Nobody of the tea people has time for a customer of theirs: after twenty seconds everybody may take him."""
        self.only("803")
        customer = self.comes(VIP)
        self.chen.takes_it()
        self.chen.keys("*20")
        self.goes(customer)
        self.only()
        gives_up = self.comes(GAVE_UP)
        self.morning.wait_there("operator", 1)
        self.goes(gives_up)

    # What breaks

    def frozen(self) -> None:
        """Wang's program hangs in a talk; the customer hears music until it goes on."""
        self.only("802")
        customer = self.comes("13912340017")
        self.morning.rings("802")
        self.wang.does("answer")
        mend = self.wang.freeze()
        line = self.morning.line_of("13912340017")
        self.morning.until(lambda: self.morning.state_of(line) is LineState.HELD, "he hears music")
        mend()
        self.morning.until(lambda: self.morning.state_of(line) is LineState.TALKING, "they talk on")
        self.morning.until(lambda: self.wang.is_connected, "his program is back")
        self.wang.does("hang_up")
        self.goes(customer)

    def killed(self) -> None:
        """Li's program is gone in a talk; his customer waits again, in his old place, and Zhao takes him."""
        self.only("801")
        customer = self.comes("13912340018")
        self.morning.rings("801")
        self.li.does("answer")
        self.zhao.does("ready")
        self.li.kill()
        self.beside.takes_it()
        self.beside.keys("*20")
        self.goes(customer)
        self.li.restart()

    def telephone_pulled_out(self) -> None:
        """The line of Chen's telephone, in a talk: Wang has his customer, and Chen dials in again."""
        self.only("803")
        customer = self.comes("13912340019")
        self.chen.takes_it()
        self.wang.does("ready")
        with self.morning.pulled_out("line 1"):
            self.morning.rings("802")
            self.wang.does("answer")
            self.assertIs(self.morning.state_of("line 1"), LineState.DISCONNECTED)
            self.morning.is_in("803", SeatState.OFF)
        self.wang.does("hang_up")
        self.goes(customer)
        self.chen.is_gone()
        self.dials_in()

    def customer_pulled_out(self) -> None:
        """A customer's own line, in a talk: that call is over, and the agent free."""
        self.only("802")
        customer = self.comes("13912340020")
        self.morning.rings("802")
        self.wang.does("answer")
        with self.morning.pulled_out(self.morning.line_of("13912340020")):
            self.shop.wait(2)
            self.assertIsNot(self.morning.state("802"), SeatState.TALKING)
        self.goes(customer)

    # What it comes to

    def all_is_well(self) -> None:
        """Nobody is left, nothing was forgotten, and the event log says of the morning what it was."""
        self.assertEqual(set(self.morning.acts), acts_of_the_server().keys() | CHANNEL_ACTS)
        self.assertEqual(
            {self.morning.state(number) for number in ("800", "801", "802", "803", "804")}, {SeatState.OFF}
        )
        cases = self.shop.ask(list_cases)
        self.morning.seen.secrets = [clerk.password for clerk in self.morning.clerks]
        rows = self.morning.ends()
        self.assertEqual(self.morning.broken, [])
        ((_, attempts),) = cases
        self.assertEqual([one.result for one in attempts], ["busy", "answered"])
        report = report_of(self.morning.seen.events)
        self.calls_are_all_there(list(rows.calls.values()), report)
        self.assertEqual(report, report_of(self.morning.reopened()))
        self.nobody_is_lost(list(rows.calls.values()), report)
        self.assertEqual(set(report.agents), {f"seat {number}" for number in ("800", "801", "802", "803", "804")})
        report.check_times(self, within_s=0.001)
        self.log_tells()

    def calls_are_all_there(self, calls: list[CallRecord], report: Report) -> None:
        """As many as the exchange has seen, and those of the house; each with an end and why."""
        directions = Counter(call.direction for call in calls)
        exchanged = self.morning.exchanged
        self.assertEqual((directions["in"], directions["out"]), (exchanged.n_in, exchanged.n_out))
        self.assertEqual(directions["in"], self.morning.n_calls)
        self.assertGreater(self.morning.n_calls, 20)
        self.assertEqual({call.id for call in calls}, set(report.calls))
        self.assertEqual([call.caller_number for call in calls if call.order_number], ["13912340023"])
        for call in calls:
            self.assertIsNotNone(call.ended_at, call)
            self.assertEqual([call.end_reason], report.calls[call.id].reasons)

    def nobody_is_lost(self, calls: list[CallRecord], report: Report) -> None:
        """Whoever wanted a person had one, but for who gave up; each wait has one outcome."""
        without = {
            call.caller_number
            for call in calls
            if call.direction == "in" and report.calls[call.id].entries and not report.calls[call.id].agents
        }
        self.assertEqual(without, {GAVE_UP, CALLED_BACK})
        (back,) = [call for call in calls if call.direction == "out" and call.caller_number == CALLED_BACK]
        self.assertEqual(report.calls[back.id].agents, ["801"])
        dialled = [call.agent for call in calls if call.direction == "out" and call.caller_number == OUTSIDE]
        self.assertEqual(sorted(str(agent) for agent in dialled), ["801", "802", "None"])  # a transfer was nobody's
        for line in report.calls.values():
            self.assertEqual(line.entries, [queue for queue, _, _ in line.outcomes])

    def log_tells(self) -> None:
        """Who did what to whom; no secret."""
        events = self.morning.seen.events
        done = {str(one.data["act"]) for one in events if one.kind == Kind.AUDIT.value and one.data["result"] == "done"}
        self.assertEqual(AUDITED - done, set())
        keyed = "".join(str(one.data["digit"]) for one in events if one.kind == Kind.KEY.value)
        self.assertIn("803#", keyed)
        self.assertNotIn(SECRET, keyed)
        self.assertNotIn(self.pin, keyed)
