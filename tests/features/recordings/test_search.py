"""Recordings are found by whatever one remembers of a call."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.features.recordings import index
from callserver.features.recordings.search import NoSuchRecording, find
from callserver.features.recordings.tables import RecordingRow, TagRow
from callserver.store.tables import CallRow
from callserver.wire.catalogue import Complaint
from tests.features.recordings.log_case import NOON, LogCase


class FilterTests(LogCase):
    def setUp(self) -> None:
        super().setUp()
        self.first = self.talked("13912345678", queue="sales", order="1001", length_s=30)
        self.second = self.talked("01062345678", line="line 2", agents=("802", "803"), queue="service", length_s=200)
        self.third = self.talked(None, line="seat 801", agents=(), direction="internal", by="801", length_s=5)
        self.out = self.talked("13900000000", line="line 3", direction="out", result="busy", agents=(), length_s=9)

    def test_all(self) -> None:
        """The newest first."""
        self.assertEqual(self.found(), [self.out, self.third, self.second, self.first])

    def test_each(self) -> None:
        """Each filter finds what fits it, and nothing else."""
        filters: list[tuple[dict[str, Any], list[str]]] = [
            ({"since": self.one(self.third).started}, [self.out, self.third]),
            ({"until": self.one(self.second).started}, [self.first]),
            ({"number": "13912345678"}, [self.first]),
            ({"number": "139*"}, [self.out, self.first]),
            ({"number": "*2345678"}, [self.second, self.first]),
            ({"number": "*234*"}, [self.second, self.first]),
            ({"number": "0106234567?"}, [self.second]),
            ({"number": "?39*"}, [self.out, self.first]),
            ({"number": "139?"}, []),
            ({"number": "139????67?"}, []),
            ({"number": "+86*"}, []),
            ({"agent": "803"}, [self.second]),
            ({"queue": "sales"}, [self.first]),
            ({"line": "2"}, [self.second]),
            ({"line": "seat 801"}, [self.third]),
            ({"direction": "out"}, [self.out]),
            ({"shortest_s": 30}, [self.second, self.first]),
            ({"longest_s": 30}, [self.out, self.third, self.first]),
            ({"shortest_s": math.inf}, []),
            ({"shortest_s": 1e300}, []),
            ({"longest_s": math.inf}, [self.out, self.third, self.second, self.first]),
            ({"outcome": "busy"}, [self.out]),
            ({"outcome": "answered"}, [self.second, self.first]),
            ({"order": "1001"}, [self.first]),
            ({"agent": "802", "queue": "service"}, [self.second]),
            ({"agent": "803", "heard_by": "802"}, [self.second]),
            ({"agent": "803", "heard_by": "801"}, []),
            ({"agent": "802", "queue": "sales"}, []),
            ({"agent": "801", "number": "139*", "longest_s": 40}, [self.first]),
            ({"call_id": "call-2"}, [self.second]),
        ]
        for wanted, files in filters:
            self.assertEqual(self.found(**wanted), files, str(wanted))

    def test_what_is_shown(self) -> None:
        """Of a recording one sees who talked with whom, where it waited, what was ordered."""
        one = self.one(self.second)
        self.assertEqual((one.agents, one.queues, one.caller), (("802", "803"), ("service",), "01062345678"))
        self.assertEqual(self.one(self.first).orders, ("1001",))
        self.assertEqual(self.one(self.third).by, "801")

    def test_notes(self) -> None:
        """A note is found by any part of it, in whatever letters; SQL in it is only letters."""
        note = "Kunde '; DROP TABLE recordings; -- 100% 好_评 =1+1"
        self.successResultOf(self._note(self.first, note))
        self.assertEqual(self.one(self.first).note, note)
        for part in ("kunde", "'; DROP", "100%", "好_评", "=1+1", "TABLE"):
            self.assertEqual(self.found(note=part), [self.first], part)
        for part in ("10%0", "_", "%", "好X评", "nothing"):
            self.assertEqual(self.found(note=part), [self.first] if part in note else [], part)

    def _note(self, file: str, note: str) -> Any:
        from twisted.internet.defer import Deferred

        return Deferred.fromCoroutine(self.records.note(self.one(file), "801", note))

    def test_bad_filters(self) -> None:
        """Wildcards alone, letters, a page of nowhere: a clear no, and no list of everything."""
        for bad in ("*", "***", "?*", "12a", "1' OR '1'='1", "1" * 33):
            self.assertRaises(Complaint, self.found, number=bad)
        self.assertRaises(Complaint, self.found, shortest_s=float("nan"))
        self.assertEqual((self.found(longest_s=float("inf")) != [], self.found(shortest_s=float("inf"))), (True, []))
        for unstorable in ("\0", "\udcc4\udce3"):
            for name in ("agent", "queue", "note", "class_", "line"):
                self.assertEqual(self.found(**{name: unstorable}), [], name)
        for place in ("x", "1", "1-2-3", "-"):
            self.assertRaises(Complaint, self.page, place)

    def test_garbage(self) -> None:
        """What no database takes, as a shell or a program may send it: it is found nowhere."""
        for name in ("agent", "queue", "line", "order", "note", "class_", "outcome", "call_id"):
            self.assertEqual(self.found(**{name: "\udcff\0x"}), [], name)

    def test_pages(self) -> None:
        """Page after page: each recording once, whatever comes meanwhile; also where several began at once."""
        for _ in range(25):
            self.talked(at=NOON)
        all_of_them = self.found()
        seen: list[str] = []
        place = ""
        while True:
            page = self.page(place, 4)
            seen += [one.file for one in page.found]
            place = page.next
            if not place:
                break
            self.talked(at=NOON + timedelta(days=1))
        self.assertEqual(seen, all_of_them)

    def test_pages_of_an_agent(self) -> None:
        """The same where one looks for an agent."""
        for _ in range(9):
            self.talked(at=NOON, agents=("809", "808"))
        page = self.page(agent="809", limit=5)
        rest = self.page(page.next, agent="809", limit=5)
        self.assertEqual((len(page.found), len(rest.found), rest.next), (5, 4, ""))
        self.assertEqual(len({one.number for one in page.found + rest.found}), 9)

    def test_one(self) -> None:
        """By its number, or the beginning of its file's name; not by anything else."""
        number = self.one(self.second).number
        self.assertEqual(self.store.run(find, str(number)).file, self.second)
        for bad in ("99", "call", "*", "", "1;2", "../etc", "9" * 30):
            self.assertRaises(NoSuchRecording, self.store.run, find, bad)


class IndexTests(LogCase):
    def test_made_again(self) -> None:
        """Thrown away and made again from the event log it is the same to the last letter."""
        for n in range(30):
            self.talked(str(13900000000 + n), queue="sales", order=str(n))
        self.look()
        before = self._rows()
        self.store.run(index.rebuild)
        self.assertEqual(self._rows(), ([], []))
        self.look()
        self.assertEqual(self._rows(), before)

    def _rows(self) -> tuple[list[Any], list[Any]]:
        tags = TagRow.select(TagRow.kind, TagRow.value, TagRow.started_ms, TagRow.number)
        order = TagRow.number, TagRow.kind, TagRow.value
        return list(RecordingRow.select().order_by(RecordingRow.number).tuples()), list(tags.order_by(*order).tuples())

    def test_in_bits(self) -> None:
        """However often the server looks meanwhile, the index comes to the same."""
        self.talked(queue="sales")
        self.look()
        whole = self._rows()
        self.store.run(index.rebuild)
        while self.store.run(index.catch_up):
            pass
        self.assertFalse(self.store.run(index.is_behind))
        self.assertEqual(self._rows(), whole)

    def test_a_long_log(self) -> None:
        """More events than are read at a time."""
        for _ in range(150):
            self.talked()
        self.assertEqual(len(self.page(limit=500).found), 150)

    def test_messages_are_none(self) -> None:
        """What callers leave in a box is not in this list: it belongs to the box."""
        self.tell(Kind.RECORDING, "call-9", file="message.wav", message=True)
        self.assertEqual(self.found(), [])

    def test_running(self) -> None:
        """One that still runs is in the list, without a length."""
        self.talked()
        self.tell(Kind.RECORDING, "call-1", file="second.wav")
        self.assertEqual(self.page().found[0].length_s, None)

    def test_before(self) -> None:
        """One on demand begins with what was said before it was asked for."""
        self.tell(Kind.RECORDING, "call-8", file="on-demand.wav", before_s=10.0, person="801")
        self.assertEqual(self.one("on-demand.wav").started, self.now - timedelta(seconds=10))

    def test_came_along(self) -> None:
        """A colleague who was consulted first and then joined has talked in the call, too: he finds it as his own."""
        self.tell(Kind.RECORDING, "call-9", file="joined.wav")
        self.tell(Kind.MERGED, "call-9", call="call-10", parties=["seat 802", "line 2"])
        self.tell(Kind.RECORDING_END, "call-9", file="joined.wav", length_s=5.0)
        self.store.run(CallRow.insert(id="call-9", node="x", direction="in", channel="line 1", started_ms=0).execute)
        self.assertEqual(self.found(heard_by="802"), ["joined.wav"])
        self.assertEqual(self.one("joined.wav").agents, ("802",))

    def test_what_came_of_it(self) -> None:
        """A caller who waited and gave up; one who waited twice: what came of the last wait."""
        gave_up = self.talked(agents=(), queue="sales", outcome="abandoned")
        self.talked()
        self.assertEqual(self.found(outcome="abandoned"), [gave_up])
        self.tell(Kind.ENTRY, "call-1", queue="service")
        self.tell(Kind.LEAVE, "call-1", queue="service", outcome="overflowed")
        self.tell(Kind.END, "call-1", by="caller", reason="caller_gone")
        self.assertEqual(self.found(outcome="overflowed", queue="sales"), [gave_up])

    def test_in_the_house(self) -> None:
        """Of two colleagues both have talked: who has called, and who was called."""
        file = self.talked(None, line="seat 801", agents=("802",), direction="internal")
        self.assertEqual(self.one(file).agents, ("801", "802"))

    def test_an_order_afterwards(self) -> None:
        """What was ordered in a call and booked later is found by its number."""
        file = self.talked()
        self.look()
        self.tell(Kind.ORDER, "call-1", order="77")
        self.assertEqual(self.found(order="77"), [file])
