"""What agents say came of their talks, whom they see in the history of a number, and what they note there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import perform
from callserver.acd.seats.looks import Looks
from callserver.calls.vocabulary import Kind
from callserver.config.outcomes import read_outcomes
from callserver.features.contacts.desk import ContactsDesk
from callserver.features.contacts.rules import PAGE
from callserver.features.recordings import index
from callserver.features.recordings.index_breaks import index_breaks
from callserver.features.recordings.tables import RecordingRow
from callserver.store.reading import timeline
from callserver.store.tables import CallRow, EventRow, to_ms
from callserver.wire.messages import LISTENS, Card, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.features.recordings.log_case import NOON, LogCase

LI = "13912345678"
SETTINGS: Any = SimpleNamespace(
    exchange=SimpleNamespace(country="cn"),
    server=SimpleNamespace(zone=NOON.tzinfo),
    agents=SimpleNamespace(outcomes=read_outcomes("1 成交/Sold, 2 咨询/Enquiry, 3! 投诉/Complaint, 4 其他/Other")),
)


class DeskCase(LogCase):
    def setUp(self) -> None:
        super().setUp()
        store: Any = self.store
        telephones = {"1007": [LI, "01062345678"]}
        self.desk = ContactsDesk(
            store, self.events, lambda: SETTINGS, lambda member: telephones.get(member, []), Looks(self.events)
        )
        self.status = SeatStatus("801")

    def asks(self, act: str, *args: Any, person: str = "801") -> Any:
        """What an act answers, or why not, as its wire form begins."""
        seat: Any = SimpleNamespace(
            number=person, status=replace(self.status, number=person), shown_calls=[], recent=[]
        )
        try:
            answer = perform(self.desk.acts(), (), seat, act, args)
        except Refused as refused:
            return str(refused).partition(":")[0]
        found: list[Any] = []
        if isinstance(answer, Deferred):
            answer.addBoth(found.append)
            answer = found[0]
        if hasattr(answer, "value"):
            self.assertIsInstance(answer.value, Refused, str(answer))
            return str(answer.value).partition(":")[0]
        return answer

    def call(self, **known: Any) -> str:
        """Of a call that has been; its id."""
        return self.talked(**known).removesuffix("-recorded.wav")

    def calls(self, contact: str = LI, after: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.asks("list_contacts", contact, after)["calls"]
        return found


class OutcomeTests(DeskCase):
    def test_codes(self) -> None:
        """As the shop has set them, in both languages; a complaint keeps the recording."""
        listed = self.asks("list_outcomes")
        self.assertEqual(
            [(one["code"], one["en"], one["protects"]) for one in listed][1:3],
            [(2, "Enquiry", False), (3, "Complaint", True)],
        )
        self.assertEqual(listed[0]["zh"], "成交")
        self.patch(SETTINGS.agents, "outcomes", ())
        self.assertEqual(
            [{**one, "zh": ""} for one in self.asks("list_outcomes")], [{**one, "zh": ""} for one in listed]
        )

    def test_of_his_talk(self) -> None:
        """Set, and corrected: the newest counts, the call's events have both."""
        call = self.call()
        self.assertIsNone(self.asks("set_outcome", call, 1, "two cookers"))
        self.now += timedelta(minutes=1)
        self.assertIsNone(self.asks("set_outcome", call, 2, ""))
        (told,) = self.calls()[0]["outcomes"]
        self.assertEqual((told["code"], told["en"], told["note"], told["by"]), (2, "Enquiry", "", "801"))
        events = [event for event in timeline(call) if event.kind == "outcome"]
        self.assertEqual(
            [(one.person, one.data["code"], one.data["note"]) for one in events],
            [("801", 1, "two cookers"), ("801", 2, "")],
        )

    def test_of_others(self) -> None:
        """Who has not talked in a call, and who had it yesterday, says nothing of it; nor of no call at all."""
        call = self.call()
        self.assertEqual(self.asks("set_outcome", call, 1, "", person="802"), "not-yours")
        self.assertEqual(self.asks("set_outcome", "nothing", 1, ""), "not-yours")
        self.store.run(CallRow.update(ended_ms=to_ms(self.now)).where(CallRow.id == call).execute)
        self.now += timedelta(days=1)
        self.assertEqual(self.asks("set_outcome", call, 1, ""), "not-yours")
        self.assertEqual(self.calls()[0]["outcomes"], [])

    def test_of_his_call(self) -> None:
        """Also where only the record of the call says that it was his, as after a transfer to him."""
        call = self.call(agents=())
        self.assertEqual(self.asks("set_outcome", call, 1, ""), "not-yours")
        self.store.run(CallRow.update(agent="801").where(CallRow.id == call).execute)
        self.assertIsNone(self.asks("set_outcome", call, 1, ""))

    def test_in_the_talk(self) -> None:
        """The call in hand, before anything of it is on disk; not one that only rings."""
        self.status = SeatStatus("801", state=SeatState.TALKING, call=Card("now"))
        self.assertIsNone(self.asks("set_outcome", "now", 4, ""))
        self.status = SeatStatus("801", state=SeatState.RINGING, call=Card("next"))
        self.assertEqual(self.asks("set_outcome", "next", 4, ""), "not-yours")
        self.status = SeatStatus("801", state=SeatState.TALKING, reason=LISTENS, call=Card("of others"))
        self.assertEqual(self.asks("set_outcome", "of others", 4, ""), "not-yours")

    def test_just_before_midnight(self) -> None:
        """What came of a talk that ended at five to twelve can still be said at five past."""
        midnight = NOON.replace(hour=0) + timedelta(days=1)
        call = self.call()
        for ended, result in ((timedelta(minutes=5), None), (timedelta(hours=2), "not-yours")):
            at = CallRow.update(ended_ms=to_ms(midnight - ended)).where(CallRow.id == call)
            self.store.run(at.execute)
            self.now = midnight + timedelta(minutes=5)
            self.assertEqual(self.asks("set_outcome", call, 1, ""), result)

    def test_complaint(self) -> None:
        """The recordings of the call are kept, whatever deletes others."""
        call = self.call()
        self.assertIsNone(self.asks("set_outcome", call, 3, "too loud"))
        self.store.run(index.catch_up_all)
        row = RecordingRow.get(RecordingRow.call_id == call)
        self.assertEqual((row.class_, row.protected), ("complaint", True))

    def test_recorded_after_the_complaint(self) -> None:
        """Also a recording that the agent only starts when the caller has begun to complain; and the proof holds."""
        call = self.call()
        self.assertIsNone(self.asks("set_outcome", call, 3, ""))
        self.now += timedelta(seconds=5)
        self.tell(Kind.RECORDING, call, file="later.wav")
        self.store.run(index.catch_up_all)
        later = RecordingRow.get(RecordingRow.file == "later.wav")
        self.assertEqual((later.class_, later.protected), ("complaint", True))
        self.assertEqual([how for _, how in self.store.run(list, index_breaks([later], up_to=1000))], [None])

    def test_message_is_no_talk(self) -> None:
        """A message that the caller has left in the same call is a letter with rules of its own: it is not kept so."""
        call = self.call()
        self.tell(Kind.RECORDING, call, file="message.wav", message=True)
        self.assertIsNone(self.asks("set_outcome", call, 3, "too loud"))
        kept = [event.data["file"] for event in timeline(call) if event.kind == "recording_noted"]
        self.assertEqual(kept, [f"{call}-recorded.wav"])

    def test_no_complaint(self) -> None:
        """What protects nothing keeps nothing: recordings go when their time is over."""
        call = self.call()
        self.assertIsNone(self.asks("set_outcome", call, 1, "two pots"))
        self.store.run(index.catch_up_all)
        self.assertFalse(RecordingRow.get(RecordingRow.call_id == call).protected)

    def test_nonsense(self) -> None:
        """A code the shop does not have, and what is none."""
        call = self.call()
        self.assertEqual(self.asks("set_outcome", call, 9, ""), "not-saved")
        for bad in (0, True, "1", 10, None):
            self.assertEqual(self.asks("set_outcome", call, bad, ""), "bad-argument", repr(bad))
        self.assertEqual(self.asks("set_outcome", call, 1, "x" * 501), "bad-argument")


class HistoryTests(DeskCase):
    def test_who_served(self) -> None:
        """All who have talked, the queue, how long; the newest first, in any spelling of the number."""
        self.call(queue="orders", agents=("801", "802"), length_s=90)
        self.call(number="13800138000")
        later = self.call(number=f"+86{LI}", direction="out")
        first, second = self.calls(f"0086{LI}")
        self.assertEqual((first["call"], first["direction"]), (later, "out"))
        self.assertEqual([one["number"] for one in second["agents"]], ["801", "802"])
        self.assertEqual((second["queues"], second["number"]), (["orders"], LI))

    def test_of_a_member(self) -> None:
        """The calls from all his telephones, and the notes on him and on each of them."""
        self.call()
        self.call(number="01062345678")
        self.assertEqual(len(self.calls("member 1007")), 2)
        self.assertEqual(self.calls("member 1"), [])
        self.asks("note_contact", f"+86{LI}"[1:], "speaks Cantonese")
        self.asks("note_contact", "member 1007", "deaf in one ear", person="802")
        notes = self.asks("list_contacts", "member 1007", "")["notes"]
        self.assertEqual(
            [(one["text"], one["by"]) for one in notes], [("deaf in one ear", "802"), ("speaks Cantonese", "801")]
        )
        self.assertEqual([one["text"] for one in self.asks("list_contacts", LI, "")["notes"]], ["speaks Cantonese"])

    def test_who_has_looked(self) -> None:
        """Whoever reads the history of a customer is in the event log, once a talk; a number alone is no customer."""
        for contact in (LI, "member 1007", "member 1007"):
            self.asks("list_contacts", contact, "")
        (look,) = EventRow.select().where(EventRow.kind == "audit")
        said = json.loads(look.data)
        self.assertEqual((look.person, said["act"], said["target"]), ("801", "list_contacts", "customer 1007"))

    def test_pages(self) -> None:
        """Fifty a page, none twice, none left out, also of calls that came in the same millisecond."""
        calls = [self.call(at=NOON) for _ in range(PAGE + 7)]
        self.asks("note_contact", LI, "stands on the first page only")
        first = self.asks("list_contacts", LI, "")
        second = self.asks("list_contacts", LI, first["next"])
        self.assertEqual((len(first["calls"]), len(first["notes"])), (PAGE, 1))
        self.assertEqual((second["next"], second["notes"]), ("", []))
        self.assertEqual(sorted(one["call"] for one in first["calls"] + second["calls"]), sorted(calls))

    def test_indexed(self) -> None:
        """However many calls there are, those of a number are found by an index."""
        asked: list[tuple[str, Any]] = []
        execute = self.store.database.execute_sql

        def noting(sql: str, params: Any = None, *more: Any) -> Any:
            asked.append((sql, params))
            return execute(sql, params, *more)

        self.call()
        self.patch(self.store.database, "execute_sql", noting)
        self.calls(LI, f"{2**50}:x")
        (sql, params), *_ = [one for one in asked if 'FROM "calls"' in one[0]]
        plan = " ".join(str(row) for row in execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall())
        self.assertIn("USING INDEX calls_by_number", plan)
        self.assertNotIn("TEMP B-TREE", plan)

    def test_nonsense(self) -> None:
        """What is no number, no member, no place, no note."""
        for bad in ("", "1", "member", "member x", "١٢٣٤", 5, None, "1; DROP"):
            self.assertEqual(self.asks("list_contacts", bad, ""), "bad-argument", repr(bad))
        for bad in ("x", "1:'", 5):
            self.assertEqual(self.asks("list_contacts", LI, bad), "bad-argument", repr(bad))
        for bad in ("", "   ", "x" * 501, "a\0b"):
            self.assertEqual(self.asks("note_contact", LI, bad), "bad-argument", repr(bad))
