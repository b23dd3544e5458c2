"""A shop's whole morning on virtual time: four agents, a supervisor, customers, offices, and what breaks."""

from __future__ import annotations

from collections import Counter

from callserver.acd.offices.cases import list_cases
from callserver.acd.phones.star_codes import CODES
from callserver.acd.seats.acts import CHANNEL_ACTS
from callserver.calls.vocabulary import Kind
from callserver.wire.records import CallRecord
from callserver.wire.states import LineState, SeatState
from tests.whole.morning_case import VIP
from tests.whole.morning_report import Report, report_of
from tests.whole.morning_takers import Takers
from tests.whole.morning_talks import BUYER, OUTSIDE, SECRET, SOLD_TO, Talks
from tools.channel_document import acts_of_the_server

# their acts have tests of their own: tests/features, tests/whole
ELSEWHERE = ("callserver.features.faxing.", "callserver.features.voicemail.")
AT_THE_WINDOW = {  # and these, which nobody but the agents' window asks for: tests.whole.test_window_...
    *("dial_class", "list_targets", "list_parked", "report_fault", "list_cases", "describe", "swap", "recording_peaks"),
    *("list_call_backs", "take_call_back", "done_call_back", "list_missed_taken", "take_missed", "done_missed"),
    *("list_outcomes", "set_outcome", "list_contacts", "note_contact", "tell_people", "list_said"),
    *("find_customers", "caller_customers", "show_customer", "identify_caller", "save_customer"),
    *("find_items", "list_orders", "show_order", "cancel_order"),
    *("show_order_form", "take_from_basket", "reserve_item", "wallboard", "my_day"),
    *("disable_line", "enable_line", "list_settings", "check_settings", "save_settings"),
}
GAVE_UP, CALLED_BACK = "13912340016", "13912340015"
AUDITED = {
    "listen", "whisper", "barge_in", "take_over", "break_off", "force_pause", "force_log_out", "set_priority", "grab",
    "start_recording", "stop_recording", "play_recording", "export_recording", "save_queues", "new_pin",
}  # fmt: skip
BY_KEYS = {
    Kind.HIDE_SECRET, Kind.SHOW_AGAIN, Kind.CONSULT, Kind.JOINED, Kind.THREE_WAY, Kind.PARK, Kind.FETCH, Kind.TRANSFER,
    Kind.PICK_UP, Kind.RECORDING,
}  # fmt: skip


class MorningTests(Talks, Takers):
    def test_morning(self) -> None:
        """Everything that people can do with calls is done, and more goes wrong than in a year; no call is lost."""
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
        self.looked_through()
        self.broken_off()
        self.by_keys()
        self.supervised_by_keys()
        self.called_back()
        self.overflows()
        self.frozen()
        self.killed()
        self.telephone_pulled_out()
        self.customer_pulled_out()
        self.all_go()
        self.all_is_well()

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

    def all_is_well(self) -> None:
        """Nobody is left, nothing was forgotten, and the event log says of the morning what it was."""
        acts = {name for name, act in acts_of_the_server().items() if not act.do.__module__.startswith(ELSEWHERE)}
        self.assertEqual(AT_THE_WINDOW - acts, set())
        self.assertEqual(set(self.morning.acts), acts - AT_THE_WINDOW | CHANNEL_ACTS)
        self.assertEqual(set(self.morning.acts_by_keys), {code.act for code in CODES} - AT_THE_WINDOW)
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
        self.assertCountEqual([call.caller_number for call in calls if call.order_number], [BUYER, SOLD_TO])
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
        by_chen = {one.kind for one in events if one.data.get("by") == "seat 803"}
        self.assertEqual({kind.value for kind in BY_KEYS} - by_chen, set())
        keyed = "".join(str(one.data["digit"]) for one in events if one.kind == Kind.KEY.value)
        self.assertIn("803#", keyed)
        self.assertNotIn(SECRET, keyed)
        self.assertNotIn(self.pin, keyed)
