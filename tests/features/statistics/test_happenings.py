"""What single events make of a call: what it was in one word, whose it was, what is counted and what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callserver.calls.vocabulary import Kind
from callserver.features.statistics import keeping
from callserver.features.statistics.reports import agents_report, calls_report, tallying, waits_report
from callserver.features.statistics.tables import CallStat, CountStat, PartStat, WaitStat
from callserver.store.tables import CallRow, EventRow
from callserver.wire.messages import WRAP_UP
from callserver.wire.states import SeatState
from tests.features.statistics.report_case import ReportCase
from tests.features.statistics.story import BEGIN, IDLE, Story

LINE = "line 1"
Tell = Callable[[Story], object]


def keyed(is_interrupted: bool) -> Tell:
    """Something is asked for by a key, and said."""

    def tell(story: Story) -> None:
        story.tell(3, Kind.INPUT, "a", LINE, digits="4")
        story.tell(5, Kind.PROMPT_END, "a", LINE, interrupted=is_interrupted)

    return tell


def one(kind: Kind, **data: object) -> Tell:
    """One event of the call."""
    return lambda story: story.tell(4, kind, "a", LINE, **data)


WAS: dict[str, list[Tell]] = {
    "self_service": [
        one(Kind.MENU_END, menu="shop", why="over"),
        one(Kind.ORDER, total_fen=5),
        one(Kind.RESERVATION, item="1", quantity=1),
        one(Kind.FAX_END, result="success"),
        keyed(False),
    ],
    "other": [
        lambda story: None,
        keyed(True),
        one(Kind.PROMPT_END, interrupted=False),
        one(Kind.MENU_END, menu="shop", why="caller_hung_up"),
    ],
    "missed": [
        one(Kind.MENU_END, menu="shop", why="person: key 0"),
        one(Kind.LEAVE, queue="sales", outcome="closed", wait_s=0.0),
        one(Kind.OFFICE_CASE, region="021"),
        one(Kind.TRANSFER, by="menu", target="number 1"),
    ],
    "talked": [
        one(Kind.OFFICE_RESULT, office="Pudong", result="answered"),
        lambda story: story.tell(4, Kind.CONNECT, "a", LINE, "801", seat="801"),
    ],
    "to_call": [
        one(Kind.CALL_BACK, number="13912345678"),
        one(Kind.LEAVE, queue="sales", outcome="callback", wait_s=0.0),
    ],
    "reached": [one(Kind.DIAL_RESULT, result="answered", number="62345678")],
    "not_reached": [one(Kind.DIAL_RESULT, result="busy", number="62345678")],
}


class HappeningsTests(ReportCase):
    def anew(self, story: Story) -> None:
        """Only this has happened."""
        for table in (EventRow, CallRow):
            table.delete().execute()
        self.store.run(keeping.start_again)
        self.happened(story)

    def test_in_one_word(self) -> None:
        """What a call was, by what it came to; one that nobody answered was missed."""
        for result, stories in WAS.items():
            for tell in stories:
                story = Story()
                story.opens(0, "a")
                story.tell(1, Kind.ANSWER, "a", LINE)
                tell(story)
                story.ends(9, "a")
                self.anew(story)
                self.assertEqual(CallStat.get().result, result, [event.kind for event in story.events])
        rings = Story()
        rings.opens(0, "a")
        rings.ends(9, "a")
        self.anew(rings)
        self.assertEqual(CallStat.get().result, "missed")

    def test_doors(self) -> None:
        """Who is not let into two queues is one caller whom the shop did not let in; who has waited is none."""
        story = Story()
        for queue in ("sales", "service"):
            story.tell(1, Kind.LEAVE, "a", LINE, queue=queue, outcome="full", wait_s=0.0)
        story.enters(2, "b")
        story.tell(9, Kind.LEAVE, "b", LINE, queue="sales", outcome="timed_out", wait_s=7.0)
        story.tell(9, Kind.LEAVE, "b", LINE, queue="service", outcome="full", wait_s=0.0)
        self.happened(story)
        ask = self.day(BEGIN.date())
        self.assertEqual([row[1] for row in calls_report.doors(ask).rows], [1])
        self.assertEqual([row[1] for row in calls_report.doors(replace(ask, only="service")).rows], [2])

    def test_several_agents(self) -> None:
        """A caller is the first agent's who took him from the queue; to the next his time is his own call's."""
        story = Story()
        story.enters(0, "a")
        for n, agent in enumerate(("801", "802", "801", "802")):
            story.tell(5 + n, Kind.LEAVE, "a", LINE, queue="", outcome="answered", wait_s=5.0)
            story.tell(5 + n, Kind.CONNECT, "a", LINE, agent, seat=agent, wait_s=5.0)
            story.enters(5 + n, "a", "service")
        self.happened(story)
        self.assertEqual(WaitStat.get(WaitStat.queue == "").agent, "801")
        self.assertEqual({row.agent: row.queue for row in PartStat.select()}, {"801": "sales", "802": "service"})

    def test_rings_of_a_transfer(self) -> None:
        """A seat that lets a transferred call ring has missed it; the team, whose queue it is not, has not."""
        story = Story()
        story.opens(0, "a")
        story.tell(1, Kind.MISS, "a", LINE, "801", seat="801", reason="missed")
        self.happened(story)
        self.assertEqual([row.what for row in CountStat.select()], ["missed"])

    def test_numbers(self) -> None:
        """A number is one however it is written, and a caller ID without one takes none away."""
        story = Story()
        story.opens(0, "a", "+86 139 1234 5678")
        story.tell(1, Kind.CALLER_ID, "a", LINE, number=None, withheld=False)
        story.tell(2, Kind.DIAL_RESULT, "b", LINE, number="013912345678", result="busy")
        self.happened(story)
        numbers = {row.number for row in CallStat.select()}
        self.assertEqual(len(numbers), 1)
        self.assertNotIn("", numbers)

    def test_left_for_a_person(self) -> None:
        """Who asked for a person at a step has not hung up there, though nobody came."""
        story = Story()
        story.opens(0, "a")
        story.tell(1, Kind.STEP, "a", LINE, menu="front", step="main")
        story.tell(2, Kind.MENU_END, "a", LINE, menu="front", why="person: key 0")
        story.ends(9, "a")
        self.happened(story)
        self.assertEqual([row.which for row in CountStat.select()], ["visits"])

    def test_call_back(self) -> None:
        """A call out to who wanted it is his queue's, and the talk in it one of a queued call."""
        story = Story()
        story.log_in(0, "801")
        story.tell(1, Kind.CALL_BACK_OF, "b", LINE, call="a", queue="sales")
        story.tell(5, Kind.DIAL_RESULT, "b", LINE, number="13912345678", result="answered")
        story.tell(5, Kind.CONNECT, "b", LINE, "801", seat="801", wait_s=900.0)
        story.seat(5, "801", SeatState.TALKING, "b")
        story.seat(65, "801", IDLE)
        story.ends(65, "b")
        self.happened(story)
        ask = self.day(BEGIN.date(), by="queue")
        self.assertEqual(tallying.results(ask)["sales"]["out reached"], 1)
        self.assertEqual(tallying.parts(ask)["801"]["queued talk"], 60_000)

    def test_back_from_a_consultation(self) -> None:
        """The caller is held while his agent consults, and talks again when he is back."""
        story = Story()
        story.log_in(0, "801")
        story.enters(10, "a")
        story.tell(10, Kind.LEAVE, "a", LINE, queue="sales", outcome="answered", wait_s=0.0)
        story.tell(10, Kind.CONNECT, "a", LINE, "801", seat="801", wait_s=0.0)
        story.seat(10, "801", SeatState.TALKING, "a")
        story.seat(40, "801", SeatState.HELD, "a")
        story.tell(40, Kind.CONSULT, "a", LINE, by="seat 801", call="b", to="802")
        story.seat(40, "801", SeatState.DIALING, "b")
        story.seat(50, "801", SeatState.TALKING, "a")
        story.seat(90, "801", IDLE)
        self.happened(story)
        row = WaitStat.get()
        self.assertEqual((row.talk_ms, row.hold_ms), (70_000, 10_000))

    def test_work(self) -> None:
        """A call that an agent turns down he has not missed; a pause to write up his own call is no queued call's."""
        story = Story()
        story.log_in(0, "801")
        story.talk(10, "a", "801", 5, 60, 0, 20)
        story.seat(200, "801", SeatState.PAUSED, sub=WRAP_UP)
        story.seat(230, "801", IDLE)
        story.enters(235, "b")
        for reason in ("missed", "rejected"):
            story.tell(240, Kind.MISS, "b", LINE, "801", seat="801", reason=reason)
        story.tell(250, Kind.CONNECT, "c", LINE, "801", seat="801")
        self.happened(story)
        ask = self.day(BEGIN.date())
        self.assertEqual(WaitStat.get(WaitStat.call_id == "a").wrap_ms, 20_000)
        (row,) = agents_report.work_table(ask).rows
        self.assertEqual((row[2], row[3], row[5]), (1, 1, 1))  # answered, missed, own calls
        told = {row[0].msgid: row[2].value for row in waits_report.summary(ask).rows}  # type: ignore[union-attr]
        self.assertEqual(told["rings that nobody answered"], 1)

    def test_sellers(self) -> None:
        """An order is the agent's who has the caller, else the menu's; goods by how many and for how much."""
        story = Story()
        story.log_in(0, "801")
        for call, agent in (("a", ""), ("b", "801")):
            story.opens(1, call)
            story.tell(2, Kind.MENU, call, LINE, name="shop", version="")
            if agent:
                story.tell(3, Kind.CONNECT, call, LINE, agent, seat=agent)
            items = [{"item": "1001", "quantity": 3, "price_fen": 50}]
            story.tell(4, Kind.ORDER, call, None, items=items, total_fen=150)
        self.happened(story)
        ask = self.day(BEGIN.date())
        self.assertEqual(tallying.counts(ask, "order", "whose"), {"801": (1, 150), "shop": (1, 150)})
        self.assertEqual(tallying.counts(ask, "product", "whose"), {"1001": (6, 300)})
