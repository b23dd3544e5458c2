"""A shop's groups, queues, hours and offices are set while calls go on, and are always of one piece."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.acd.organisation.book import OrganisationBook
from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.parts import Organisation, Part
from callserver.acd.organisation.taking_over import take_over
from callserver.acd.routing.candidates import Member
from callserver.acd.routing.settings import QueueSettings, Strategy
from callserver.acd.staff.book import StaffBook
from callserver.calls.event_log import EventLog
from callserver.config import QueueConfig, read_hours
from callserver.store.database import Store
from callserver.store.tables import EventRow
from callserver.wire.catalogue import Complaint
from callserver.wire.targets import Target, TargetKind
from tests.alarms import Alarms
from tests.shop import MemoryBook
from tests.store import postgres
from tests.store.inline import InlineStore

SHANGHAI = ZoneInfo("Asia/Shanghai")
PASSWORD = "tea-and-cups"


class OrganisationTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.clock = self.store.reactor
        self.events = EventLog(MemoryBook(), self.clock, "test")
        self.told: list[tuple[Organisation, Organisation]] = []
        self.waiting: dict[str, int] = {}
        self.book = self.open_book()
        self.staff = StaffBook(self.store, self.clock)  # type: ignore[arg-type]
        for number, name in (("801", "Li Mei"), ("802", "Wang Fang"), ("803", "Zhao Gang")):
            self.successResultOf(self.staff.add(number, name, PASSWORD, ()))
        self.store.run(take_over, {"operator": QueueConfig()})
        self.successResultOf(Deferred.fromCoroutine(self.book.follow()))
        self.told.clear()

    def open_book(self) -> OrganisationBook:
        return OrganisationBook(
            self.store,  # type: ignore[arg-type]
            self.clock,
            self.events,
            lambda: SHANGHAI,
            on_change=lambda *change: self.told.append(change),
            waiting=lambda queue: self.waiting.get(queue, 0),
        )

    def save(self, part: Part, called: str, **settings: str) -> None:
        self.successResultOf(self.book.save(part, called, settings))

    def refused(self, answer: Deferred[object]) -> str:
        """What is said; nothing has changed."""
        before = self.book.now
        said = str(self.failureResultOf(answer, Complaint).value)
        self.successResultOf(Deferred.fromCoroutine(self.book.follow()))
        self.assertEqual(self.book.now, before)
        return said

    def not_saved(self, part: Part, called: str, **settings: str) -> str:
        return self.refused(self.book.save(part, called, settings))

    def not_deleted(self, part: Part, name: str) -> str:
        return self.refused(self.book.delete(part, name))

    def test_groups(self) -> None:
        """People are asked by level, then in the order in which they stand; nobody is in a group twice."""
        self.save(Part.GROUP, "sales", members="803, 801, 802/2", number="700")
        self.assertEqual(self.book.members("sales"), (Member("803", 1, 1), Member("801", 1, 2), Member("802", 2, 3)))
        group = self.book.group_of("700")
        assert group is not None
        self.assertEqual(group.name, "sales")
        self.assertEqual(self.book.members("nobody"), ())
        self.assertIn(
            "803 is in the list twice: write it once", self.not_saved(Part.GROUP, "sales", members="803, 801, 803")
        )

    def test_lists_grow_and_shrink(self) -> None:
        """One is added to a list, or taken from it, without writing all the others again."""
        self.save(Part.GROUP, "sales", members="801")
        self.save(Part.GROUP, "sales", **{"members+": "802/2, 803"})
        self.assertEqual([one.number for one in self.book.members("sales")], ["801", "803", "802"])
        self.save(Part.GROUP, "sales", **{"members-": "801, 802"})
        self.assertEqual([one.number for one in self.book.members("sales")], ["803"])
        self.assertIn("'801' is not there", self.not_saved(Part.GROUP, "sales", **{"members-": "801"}))
        self.assertIn("is no list; write number=VALUE", self.not_saved(Part.GROUP, "sales", **{"number+": "7"}))

    def test_queues(self) -> None:
        """A queue has what was set, and the rest as it is by itself."""
        self.save(Part.GROUP, "sales", members="801")
        self.save(Part.QUEUE, "tea", group="sales", strategy="ring-all", skills="zh:3", on_timeout="queue operator")
        self.assertEqual(
            self.book.settings["tea"],
            QueueSettings(
                "tea",
                group="sales",
                strategy=Strategy.RING_ALL,
                skills={"zh": 3},
                on_timeout=Target(TargetKind.QUEUE, "operator"),
            ),
        )
        self.assertEqual(list(self.book.settings), ["operator", "tea"])
        self.save(Part.QUEUE, "tea", strategy="", skills="", group="", on_timeout="")
        self.assertEqual(self.book.settings["tea"], QueueSettings("tea"))

    def test_what_is_wrong_is_said(self) -> None:
        """Each mistake names the thing, the setting, and what would be right."""
        self.save(Part.GROUP, "sales", members="801")
        for settings, said in (
            ({"ring_s": "1"}, "queue operator, ring_s: needs a number from 3 to 120"),
            ({"rings_s": "20"}, "no such setting; did you mean 'ring_s'?"),
            ({"strategy": "all"}, "did you mean 'ring_all'?"),
            ({"group": "salse"}, "queue operator, group: there is no group salse; did you mean 'sales'?"),
            ({"calendar": "main"}, "there is no calendar main, nor any other; make it first"),
            ({"on_full": "queue tea"}, "queue operator, on_full: there is no queue tea; there is only operator"),
            ({"on_exit": "seat 899"}, "there is no person 899"),
            ({"on_exit": "the boss"}, "needs a place, as in: queue service, seat 802"),
            ({"on_full": "queue operator"}, "callers would go round and round: operator > operator"),
            ({"exit_key": "12"}, "needs one key of a telephone"),
            ({"by_language": "perhaps"}, "needs yes or no"),
        ):
            self.assertIn(said, self.not_saved(Part.QUEUE, "operator", **settings))
        self.assertIn("is no name", self.not_saved(Part.QUEUE, "sales team"))
        self.assertIn("there is no queue tee", self.not_deleted(Part.QUEUE, "tee"))

    def test_what_is_named_stays(self) -> None:
        """Nothing goes that something else names; where it is named is said, and it goes when it is not any more."""
        self.save(Part.GROUP, "sales", members="801", number="700")
        self.save(Part.CALENDAR, "main", hours="mon-fri 09:00-18:00")
        self.save(Part.QUEUE, "tea", group="sales", calendar="main", on_nobody="seat 803")
        self.save(Part.OFFICE, "1", name="Beijing", phone="01062345678", calendar="main")
        self.save(Part.REGION, "north", offices="1")
        self.save(Part.REGION, "beijing", parent="north", codes="010")
        self.save(Part.CALLERS, "vip", queue="tea", numbers="13912345678")
        said = self.not_deleted(Part.CALENDAR, "main")
        self.assertEqual(said, "calendar main is named by queue tea (calendar), office 1 (calendar): change that first")
        self.assertIn("named by queue tea (group)", self.not_deleted(Part.GROUP, "sales"))
        self.assertIn("named by class of callers vip (queue)", self.not_deleted(Part.QUEUE, "tea"))
        self.assertIn("named by region north (offices)", self.not_deleted(Part.OFFICE, "1"))
        self.assertIn("named by region beijing (parent)", self.not_deleted(Part.REGION, "north"))
        self.assertIn("person 801 is named by group sales (members)", self.refused(self.staff.delete("801")))
        self.assertIn("person 803 is named by queue tea (on_nobody)", self.refused(self.staff.delete("803")))
        for part, name in (
            (Part.CALLERS, "vip"),
            (Part.QUEUE, "tea"),
            (Part.GROUP, "sales"),
            (Part.REGION, "beijing"),
            (Part.REGION, "north"),
            (Part.OFFICE, "1"),
            (Part.CALENDAR, "main"),
        ):
            self.successResultOf(self.book.delete(part, name))
        self.successResultOf(self.staff.delete("801"))
        self.assertIn("a shop needs a queue", self.not_deleted(Part.QUEUE, "operator"))

    def test_numbers_are_ones_own(self) -> None:
        """A group's number is no person's and no other group's, and who comes later gets another."""
        self.assertIn(
            "group sales, number: 801 is Li Mei's already: choose another",
            self.not_saved(Part.GROUP, "sales", number="801"),
        )
        self.save(Part.GROUP, "sales", number="700")
        self.assertIn("700 is group sales's already", self.not_saved(Part.GROUP, "service", number="700"))
        self.assertIn("700", self.refused(self.staff.add("700", "Qian", PASSWORD, ())))

    def test_numbers_that_are_keyed(self) -> None:
        """Who keys a number reaches one place: those of queues and offices are nobody else's either."""
        self.save(Part.OFFICE, "3", name="north", phone="02562345678")
        self.assertIn("number: 3 is office north's already", self.not_saved(Part.QUEUE, "operator", number="3"))
        self.save(Part.QUEUE, "operator", number="710")
        self.assertIn("number: 710 is", self.not_saved(Part.GROUP, "sales", number="710"))
        self.assertEqual((self.book.queue_of("710"), self.book.queue_of("711")), ("operator", None))
        self.save(Part.GROUP, "sales", number="700", members="801")
        self.assertEqual((list(self.book.rung_by("700")), list(self.book.rung_by("701"))), (["801"], []))

    def test_regions(self) -> None:
        """The longest code that a number begins with says where a caller lives; without offices the parent's count."""
        self.save(Part.OFFICE, "1", name="Nanjing", phone="02562345678")
        self.save(Part.OFFICE, "2", name="Suzhou", phone="051262345678")
        self.save(Part.REGION, "jiangsu", offices="1, 2")
        self.save(Part.REGION, "suzhou", parent="jiangsu", codes="0512, 1390620", offices="2, 1")
        self.save(Part.REGION, "nanjing", parent="jiangsu", codes="025, 139")
        for number, region in (("051287654321", "suzhou"), ("13906201234", "suzhou"), ("13912345678", "nanjing")):
            self.assertEqual(self.book.region_of(number), region)
        self.assertEqual(self.book.region_of("01062345678"), "")
        self.assertEqual(self.book.whole_region_of("13906201234"), "jiangsu suzhou")
        self.assertEqual(self.book.whole_region_of("01062345678"), "")
        self.assertEqual([one.number for one in self.book.offices_of("suzhou")], ["2", "1"])
        self.assertEqual([one.number for one in self.book.offices_of("nanjing")], ["1", "2"])
        self.assertEqual(self.book.offices_of(""), ())
        self.assertIn("nanjing", self.not_saved(Part.REGION, "jiangsu", parent="nanjing"))
        self.assertIn(
            "region suzhou, codes: 025 is region nanjing's already", self.not_saved(Part.REGION, "suzhou", codes="025")
        )

    def test_callers(self) -> None:
        """A number has one class."""
        self.save(Part.CALLERS, "vip", priority="5", numbers="139 1234 5678, 010-87654321")
        vip = self.book.class_of("13912345678")
        assert vip is not None
        self.assertEqual((vip.name, vip.priority), ("vip", 5))
        self.assertIsNone(self.book.class_of("13900000000"))
        self.assertIn("is in class vip already", self.not_saved(Part.CALLERS, "late", numbers="01087654321"))

    def test_followed(self) -> None:
        """What another process changes holds within two seconds; who has to know is told once."""
        self.book.startService()
        self.addCleanup(self.book.stopService)
        elsewhere = OrganisationBook(self.store, self.clock, self.events, lambda: SHANGHAI)  # type: ignore[arg-type]
        self.successResultOf(elsewhere.save(Part.QUEUE, "operator", {"ring_s": "20"}))
        self.assertEqual(self.book.settings["operator"].ring_s, 15)
        self.clock.advance(2)
        self.assertEqual(self.book.settings["operator"].ring_s, 20)
        self.clock.advance(10)
        self.assertEqual(len(self.told), 1)

    def test_people_wait(self) -> None:
        """A queue in which callers wait is not deleted."""
        self.save(Part.QUEUE, "tea")
        self.waiting["tea"] = 2
        self.assertIn("callers wait in queue tea: 2", self.not_deleted(Part.QUEUE, "tea"))
        self.waiting["tea"] = 0
        self.successResultOf(self.book.delete(Part.QUEUE, "tea"))

    def test_who_did_it(self) -> None:
        """Each change is in the event log with who made it; one that was refused is not there as made."""
        self.successResultOf(self.book.save(Part.QUEUE, "tea", {"ring_s": "20"}, by="801"))
        self.not_saved(Part.QUEUE, "tea", ring_s="1")
        self.successResultOf(self.book.delete(Part.QUEUE, "tea", by="802"))
        rows = self.store.run(lambda: [(row.kind, row.person, row.data) for row in EventRow.select()])
        self.assertEqual([(kind, person) for kind, person, _ in rows], [("audit", "801"), ("audit", "802")])
        self.assertIn("queue tea", rows[0][2])

    def test_taken_over_once(self) -> None:
        """Queues of config.ini come in once, as they were set; their hours are told as before and close nothing."""
        store = InlineStore()
        config = {"sales": QueueConfig(ring_s=20, hours=read_hours("mon-fri 09:00-18:00")), "tea": QueueConfig()}
        self.assertEqual(store.run(take_over, config), ["sales", "tea"])
        self.assertEqual(store.run(take_over, {"other": QueueConfig()}), [])
        book = OrganisationBook(store, store.reactor, self.events, lambda: SHANGHAI)  # type: ignore[arg-type]
        self.successResultOf(Deferred.fromCoroutine(book.follow()))
        self.assertEqual(book.settings["sales"], QueueSettings("sales", ring_s=20, calendar="sales"))
        self.assertEqual(list(book.settings), ["sales", "tea"])
        self.assertEqual(book.hours("sales"), read_hours("mon-fri 09:00-18:00"))
        self.assertTrue(book.is_open("sales", datetime(2026, 1, 4, 12, tzinfo=UTC)), "a Sunday")


class PostgresTests(TestCase):
    """The same statements on PostgreSQL."""

    timeout = 60
    if reason := postgres.missing():
        skip = reason

    async def test_a_shop_is_set_up(self) -> None:
        """Made, changed, named, refused, deleted."""
        store = Store(postgres.new_database(), reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        book = OrganisationBook(store, reactor, EventLog(MemoryBook(), reactor, "test"), lambda: SHANGHAI)
        await store.write(take_over, {"operator": QueueConfig()})
        await StaffBook(store, reactor).add("801", "Li Mei", PASSWORD, ())
        await book.save(Part.GROUP, "sales", {"members": "801/2", "number": "700"})
        await book.save(Part.CALENDAR, "main", {"hours": "mon-fri 09:00-18:00", "days": "2026-10-01 closed"})
        await book.save(Part.QUEUE, "operator", {"group": "sales", "calendar": "main"})
        await book.save(Part.OFFICE, "1", {"phone": "01062345678"})
        await book.save(Part.REGION, "beijing", {"codes": "010", "offices": "1"})
        await book.save(Part.CALLERS, "vip", {"numbers": "13912345678"})
        self.assertEqual(book.now, await store.read(lambda: book.now))
        await self.assertFailure(book.delete(Part.GROUP, "sales"), OrganisationError)
        await book.save(Part.QUEUE, "operator", {"group": ""})
        await book.delete(Part.GROUP, "sales")
        again = OrganisationBook(store, reactor, EventLog(MemoryBook(), reactor, "test"), lambda: SHANGHAI)
        await again.follow()
        self.assertEqual(again.now, book.now)
        self.assertEqual(again.offices_of(again.region_of("01087654321"))[0].phone, "01062345678")

    async def test_two_at_once(self) -> None:
        """A calendar does not go while another process names it: the second looks when the first has written."""
        import psycopg

        url = postgres.new_database()
        store = Store(url, reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        book = OrganisationBook(store, reactor, EventLog(MemoryBook(), reactor, "test"), lambda: SHANGHAI)
        await store.write(take_over, {"operator": QueueConfig()})
        await book.save(Part.CALENDAR, "main", {})
        with psycopg.connect(url) as elsewhere:
            elsewhere.execute("UPDATE organisation SET revision = revision + 1")
            deleting = book.delete(Part.CALENDAR, "main")
            await deferLater(reactor, 0.2)
            self.assertNoResult(deleting)
            elsewhere.execute('UPDATE queues SET settings = \'{"calendar": "main"}\'')
        await self.assertFailure(deleting, OrganisationError)
        await book.follow()
        self.assertEqual(book.settings["operator"].calendar, "main")
