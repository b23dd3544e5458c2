"""The library, the records of faxes, the outbox, and when a fax is tried again."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from callserver.config import read_hours
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Document, DocumentError, Fax, Job, Step
from callserver.features.faxing.rules.retries import FREE, HOPELESS, next_try, within
from callserver.features.faxing.tables import JobRow, JobState
from callserver.features.faxing.words import not_reached, result_text
from callserver.store.reading import NotOne
from callserver.wire.dial_results import DialResult
from callserver.wire.fax_results import BROKEN, LIMIT, FaxResult
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY_RESULT = [
    *(not_reached(result) for result in DialResult if result is not DialResult.ANSWERED),
    *(result.value for result in FaxResult if result is not FaxResult.SUCCESS),
    BROKEN,
    LIMIT,
]


class RetryTests(SynchronousTestCase):
    def due(self, result: str, tries: int = 0, **about: Any) -> timedelta | None:
        came = next_try(result, tries, NOW, most=5, **about)
        return None if came.due is None else came.due - NOW

    def test_busy(self) -> None:
        """Soon, and each time a little later."""
        busy = not_reached(DialResult.BUSY)
        self.assertEqual([self.due(busy, n) for n in range(3)], [timedelta(minutes=5 * n) for n in (1, 2, 3)])

    def test_a_person_answers(self) -> None:
        """He is rung once more after half an hour, and then left in peace."""
        silent = (DialResult.NO_MACHINE, DialResult.SILENCE, DialResult.RINGBACK_THEN_SILENCE)
        for result in ("no_fax", *map(not_reached, silent)):
            self.assertEqual(self.due(result), timedelta(minutes=30), result)
            self.assertIsNone(self.due(result, 1), result)

    def test_nobody_answers(self) -> None:
        """It only rings: half an hour later, and an hour, to the last try."""
        no_answer = not_reached(DialResult.NO_ANSWER)
        self.assertEqual([self.due(no_answer, n) for n in range(3)], [timedelta(minutes=30 * n) for n in (1, 2, 3)])
        self.assertIsNone(self.due(no_answer, 4))

    def test_hopeless(self) -> None:
        """A number that may not be dialled, or that there is not, and a document that is gone are not tried again."""
        for result in (DialResult.REFUSED, DialResult.UNALLOCATED):
            self.assertIsNone(self.due(not_reached(result)))
        for result in (FaxResult.PAGE_GONE, FaxResult.IMPOSSIBLE, FaxResult.POLLING_REFUSED, FaxResult.TOO_MANY_PAGES):
            self.assertIsNone(self.due(result.value), result)

    def test_machine_that_cannot_now(self) -> None:
        """One without paper, one that is not ready, and the shop's own cap on calls: not before half an hour."""
        for result in (FaxResult.CANNOT_RECEIVE.value, FaxResult.NOT_READY.value, LIMIT):
            self.assertEqual(self.due(result), timedelta(minutes=30), result)

    def test_no_line(self) -> None:
        """Nothing was dialled: no try is counted, however often."""
        came = next_try(not_reached(DialResult.NO_LINE), 4, NOW, most=5)
        self.assertEqual((came.tries, came.due), (4, NOW + timedelta(minutes=1)))

    def test_every_result_comes_to_an_end(self) -> None:
        """Whatever comes of it, there is a last try; and each has words in both languages."""
        for result in EVERY_RESULT:
            self.assertTrue(all(result_text(result, language) != result for language in ("zh", "en")), result)
            if result not in FREE:
                self.assertIsNone(self.due(result, 4), result)
                self.assertEqual(self.due(result) is None, result in HOPELESS, result)

    def test_hours(self) -> None:
        """Within the hours at once, outside them when they begin; over a weekend; till midnight; over it."""
        hours = read_hours("mon-fri 08:00-18:00")
        self.assertEqual(within(NOW, hours, SHANGHAI), NOW)
        evening, friday = NOW + timedelta(hours=10), NOW + timedelta(days=4, hours=12)
        self.assertEqual(within(evening, hours, SHANGHAI).astimezone(SHANGHAI).isoformat(), "2026-03-03T08:00:00+08:00")
        self.assertEqual(within(friday, hours, SHANGHAI).astimezone(SHANGHAI).isoformat(), "2026-03-09T08:00:00+08:00")
        late = within(evening, read_hours("mon-sun 18:00-24:00"), SHANGHAI)
        self.assertEqual(late, evening)
        night, small_hours = read_hours("mon-thu 20:00-02:00"), NOW.astimezone(SHANGHAI).replace(hour=1)  # monday
        self.assertEqual(within(small_hours + timedelta(days=4), night, SHANGHAI), small_hours + timedelta(days=4))
        self.assertEqual(within(small_hours, night, SHANGHAI), small_hours.replace(hour=20))
        for always in ("mon-sun 00:00-24:00", "sat-fri 00:00-24:00"):
            self.assertEqual(within(evening, read_hours(always), SHANGHAI), evening, always)
        self.assertEqual(self.due(not_reached(DialResult.NO_ANSWER), hours=hours, zone=SHANGHAI), timedelta(minutes=30))


class LibraryTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)

    def add(self, number: str = "12", **about: Any) -> Any:
        document = Document(number, about.get("title", "价目表"), "price list", f"{number}.tif", 3)
        return self.store.run(lambda: rules.add_document(document, NOW, replace=about.get("replace", False)))

    def test_add_and_remove(self) -> None:
        """One is found by its number, listed in order, and gone when it is removed."""
        for number in ("12", "3"):
            self.add(number)
        self.assertEqual([one.number for one in self.store.run(rules.all_documents)], ["3", "12"])
        self.assertEqual(self.store.run(rules.find_document, "12").title("zh"), "价目表")
        self.assertEqual(self.store.run(rules.remove_document, "12"), "12.tif")
        self.assertIsNone(self.store.run(rules.find_document, "12"))

    def test_what_is_none(self) -> None:
        """A number that callers cannot key, one that is taken, no title: each in words."""
        self.add()
        for number, about in (("0", {}), ("123456789", {}), ("1a", {}), ("12", {}), ("5", {"title": ""})):
            self.assertRaises(DocumentError, self.add, number, **about)
        self.assertEqual(self.add(replace=True), "12.tif")
        self.assertRaises(DocumentError, self.store.run, rules.remove_document, "99")


class RecordTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)

    def fax(self, new_id: str, **about: Any) -> None:
        self.store.run(rules.begin_fax, Fax(new_id, "in", "call-1", "line 1", "13912345678", NOW, **about))

    def test_a_fax(self) -> None:
        """It is unfinished until its end is told; then it has pages, result and every step in order."""
        self.fax("a1", file="a1.tif")
        self.assertEqual([one.id for one in self.store.run(rules.unfinished)], ["a1"])
        steps = [Step(0, False, ">", "CED"), Step(3280, True, "<", "DCS")]
        self.store.run(lambda: rules.end_fax("a1", NOW, "success", pages=2, remote_id="021", steps=steps))
        self.assertEqual(self.store.run(rules.unfinished), [])
        found = self.store.run(rules.find_fax, "a")
        self.assertEqual((found.pages, found.result, found.remote_id), (2, "success", "021"))
        self.assertEqual(self.store.run(rules.trace, "a1"), steps)

    def test_long_enough(self) -> None:
        """The pages of a fax that came are forgotten when they are old, its record is not; what was sent has none."""
        self.fax("old", file="old.tif")
        self.fax("new", file="new.tif")
        self.fax("on", file="on.tif")
        for new_id, days in (("old", 0), ("new", 5)):
            self.store.run(partial(rules.end_fax, new_id, NOW + timedelta(days=days), "success", pages=1))
        self.assertEqual(self.store.run(rules.forget_pages, NOW + timedelta(days=3)), ["old.tif"])
        self.assertEqual(self.store.run(rules.forget_pages, NOW + timedelta(days=3)), [])
        found = {one.id: one.file for one in self.store.run(rules.list_faxes)}
        self.assertEqual(found, {"old": None, "new": "new.tif", "on": "on.tif"})

    def test_whose(self) -> None:
        """His own and nobody's are listed for a person, those of others are not; deleted ones for nobody."""
        self.fax("a1", person="801")
        self.fax("b1", person="802")
        self.fax("c1")
        self.fax("d1")
        self.store.run(rules.delete_fax, "d1", "801")
        own = self.store.run(rules.list_faxes, 50, None, "801")
        self.assertEqual({one.id for one in own}, {"a1", "c1"})
        self.assertEqual(len(self.store.run(rules.list_faxes)), 3)
        self.assertEqual(self.store.run(rules.find_fax, "d1").deleted_by, "801")

    def test_which(self) -> None:
        """An id that fits none, or several, is told so."""
        self.fax("ab1")
        self.fax("ab2")
        self.assertRaises(NotOne, self.store.run, rules.find_fax, "ab")
        self.assertRaises(NotOne, self.store.run, rules.find_fax, "zz")


class OutboxTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        self.job = Job("j1", "62345678", "offer", "j1.tif", 3, NOW, NOW)
        self.store.run(rules.add_job, self.job)

    def now(self) -> Job:
        found = self.store.run(rules.find_job, "j1")
        assert isinstance(found, Job)
        return found

    def test_a_try_that_fails(self) -> None:
        """It waits for its next time, with the pages that were confirmed; then it is due again."""
        self.assertTrue(self.store.run(rules.under_way, "j1"))
        self.assertEqual(self.store.run(rules.due_jobs, NOW), [])
        came = next_try("hung_up", 0, NOW, most=5)
        self.store.run(rules.page_sent, "j1", 2)
        self.store.run(lambda: rules.tried("j1", came, "hung_up", sent=False))
        job = self.now()
        self.assertEqual((job.state, job.pages_sent, job.tries, job.result), (JobState.WAITING, 2, 1, "hung_up"))
        self.assertEqual(self.store.run(rules.due_jobs, NOW), [])
        self.assertEqual([one.id for one in self.store.run(rules.due_jobs, NOW + timedelta(minutes=5))], ["j1"])

    def test_sent_and_given_up(self) -> None:
        """The end of it, either way, is the end of it."""
        for sent, state in ((True, JobState.SENT), (False, JobState.FAILED)):
            self.store.run(lambda: JobRow.update(state="under way").execute())
            self.store.run(lambda sent=sent: rules.tried("j1", rules.Try(5, None), "busy", sent=sent))
            self.assertIs(self.now().state, state)

    def test_cancelled(self) -> None:
        """One that waits can be cancelled, and is not sent then; one that is under way cannot."""
        self.assertTrue(self.store.run(rules.cancel_job, "j1"))
        self.assertFalse(self.store.run(rules.under_way, "j1"))
        self.assertFalse(self.store.run(rules.cancel_job, "j1"))

    def test_somebody_needs_the_file(self) -> None:
        """A fax that came, or a document, keeps its pages when one that sends them on is through."""
        self.store.run(rules.under_way, "j1")
        self.assertTrue(self.store.run(rules.is_needed, "j1.tif"))
        self.store.run(lambda: rules.tried("j1", rules.Try(1, None), "success", sent=True))
        self.assertFalse(self.store.run(rules.is_needed, "j1.tif"))
        self.store.run(lambda: rules.begin_fax(Fax("f1", "in", "c", "line 1", None, NOW, file="j1.tif")))
        self.assertTrue(self.store.run(rules.is_needed, "j1.tif"))
        self.store.run(rules.delete_fax, "f1", "801")
        self.assertFalse(self.store.run(rules.is_needed, "j1.tif"))
        self.store.run(lambda: rules.add_document(Document("7", "价目表", "price list", "j1.tif", 1), NOW))
        self.assertTrue(self.store.run(rules.is_needed, "j1.tif"))

    def test_killed(self) -> None:
        """What the server was killed in is tried again."""
        self.store.run(rules.under_way, "j1")
        self.store.run(rules.forget_under_way)
        self.assertIs(self.now().state, JobState.WAITING)
        self.assertTrue(self.store.run(rules.is_needed, "j1.tif"))
        self.store.run(rules.cancel_job, "j1")
        self.assertFalse(self.store.run(rules.is_needed, "j1.tif"))
