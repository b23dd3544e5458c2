"""A shop of the last version opens under this one, and everything it had is there, at its new place."""

import json
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase
from playhouse.migrations import Runner
from twisted.internet import reactor
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.acd.organisation import rules
from callserver.acd.organisation.parts import Group, Organisation, Part
from callserver.acd.organisation.taking_over import take_over
from callserver.acd.routing.candidates import Member
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.staff import passwords
from callserver.acd.staff import rules as staff_rules
from callserver.config import Grade, QueueConfig, read_hours
from callserver.features.shopping.tables import Product
from callserver.server.checks.shop import check
from callserver.server.shop_folder import Life
from callserver.store import reading
from callserver.store.database import Store
from callserver.store.opening import MIGRATIONS, database_at
from callserver.store.tables import from_ms
from callserver.wire.rights import Right
from tests.alarms import Alarms
from tests.server.virtual_server import VirtualServer
from tests.store import postgres

LAST = "0005_shop"
BORN_MS = 1767600000000
GOOD = "tea-and-cups"
QUEUES = "[queue sales]\nring_s = 20\nhours = mon-fri 09:00-18:00\n[queue repairs]\nwait_for_paused = no\n"
STAFF = {
    "801": ("李明", [3, 9], {"zh": 5, "en": 2}, ["sales", "tea"]),
    "802": ("Wang Fang", [3], {}, ["sales"]),
    "900": ("Zhao Gang", [1], {}, []),
}


def make_old(database: Any) -> None:
    """A database as the last version left it: a day's records, goods, and people who have chosen their passwords."""
    with database.connection_context():
        Runner(database, str(MIGRATIONS)).up(LAST)
        insert(database, "shop", id="the shop", born_ms=BORN_MS, demo=False)
        insert(database, "products", number="101", name_zh="茶", name_en="Tea", price_fen=990, stock=7, order_limit=5)
        insert(database, "calls", id="call-1", node="shop", direction="in", channel="line 1", started_ms=BORN_MS)
        event = {"at_ms": BORN_MS, "uptime_s": 1.5, "node": "shop", "call_id": "call-1", "data": '{"count": 1}'}
        insert(database, "events", uid="run-1", kind="ring", **event)
        for number, (name, rights, skills, groups) in STAFF.items():
            lists = {"rights": json.dumps(rights), "skills": json.dumps(skills), "groups": json.dumps(groups)}
            given = {"password": passwords.stored(GOOD), "locked": False, "must_change": False}
            insert(database, "staff", number=number, name=name, disabled=number == "802", **lists, **given)


def insert(database: Any, table: str, **columns: object) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join([database.param] * len(columns))
    database.execute_sql(f'INSERT INTO "{table}" ({names}) VALUES ({values})', tuple(columns.values()))


class UpgradeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.patch(passwords, "N", 2)
        self.path = Path(self.mktemp()).absolute()
        self.path.mkdir()
        make_old(SqliteDatabase(self.path / "callserver.db"))

    def open(self) -> VirtualServer:
        shop = VirtualServer(self, self.path, server=QUEUES)
        shop.folder.keep_life(Life("the shop", from_ms(BORN_MS), "callserver.db", False))
        return shop.open()

    def test_everything_is_there(self) -> None:
        """Calls, events, goods, people with rights, skills and passwords; groups and queues at their new place."""
        shop = self.open()
        self.assertEqual([call.id for call in shop.records()], ["call-1"])
        self.assertEqual([event.kind for event in shop.ask(reading.timeline, "call-1")], ["ring"])
        self.assertEqual(shop.ask(lambda: Product.get_by_id("101").stock), 7)
        people = {person.number: person for person in shop.ask(staff_rules.everybody)}
        self.assertEqual(set(people), set(STAFF))
        self.assertEqual((people["801"].name, people["801"].skills), ("李明", {"zh": 5, "en": 2}))
        self.assertEqual(people["801"].rights, {Right.ANSWER_QUEUED, Right.DIAL_INTERNAL})
        self.assertEqual((people["802"].disabled, people["801"].phone, people["801"].has_pin), (True, "", False))
        self.assertEqual(shop.until(shop.server.centre.staff.log_in("801", GOOD, "10.0.0.7")).number, "801")
        self.check_organisation(shop.ask(rules.load))
        self.assertEqual(list(shop.server.centre.queues.by_name), ["sales", "repairs"])
        self.assertEqual(shop.server.life.born if shop.server.life else None, from_ms(BORN_MS))

    def check_organisation(self, found: Organisation) -> None:
        check_groups(self, found)
        self.assertEqual(found.queues["sales"], QueueSettings("sales", ring_s=20, calendar="sales"))
        self.assertEqual(found.queues["repairs"], QueueSettings("repairs", wait_for_paused=False))
        self.assertEqual(found.calendars["sales"].hours, read_hours("mon-fri 09:00-18:00"))

    def test_callers_are_served(self) -> None:
        """A caller who finds nobody there is told the hours of the shop's first queue, as before."""
        told = self.open().call()
        self.assertIn("nobody-logged-in", told)
        self.assertIn("our-hours-are", told)

    def test_opened_again(self) -> None:
        """What is changed in the database stays; config.ini does not come in a second time."""
        shop = self.open()
        shop.until(shop.server.centre.organisation.save(Part.QUEUE, "sales", {"ring_s": "30"}))
        shop.until(shop.server.centre.organisation.delete(Part.QUEUE, "repairs"))
        shop.close()
        again = self.open()
        found = again.ask(rules.load)
        self.assertEqual((list(found.queues), found.queues["sales"].ring_s), (["sales"], 30))

    def test_told(self) -> None:
        """`check` says, at its place, that a section counts no more and where queues are changed."""
        shop = self.open()
        shop.close()
        _, findings = check(shop.folder)
        notes = [one for one in findings if one.section.startswith("queue ")]
        self.assertEqual([one.section for one in notes], ["queue sales", "queue repairs"])
        self.assertTrue(all(one.grade is Grade.NOTE and one.line for one in notes))
        self.assertIn("change it by bin/callserver queues, and delete this section", str(notes[0]))


class PostgresTests(TestCase):
    """The same migration on PostgreSQL."""

    timeout = 60
    if reason := postgres.missing():
        skip = reason

    async def test_everything_is_there(self) -> None:
        """People with what they had, and their groups."""
        self.patch(passwords, "N", 2)
        url = postgres.new_database()
        make_old(database_at(url))
        store = Store(url, reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        await store.write(take_over, {"sales": QueueConfig(ring_s=20)})
        check_groups(self, await store.read(rules.load))
        people = await store.read(staff_rules.everybody)
        self.assertEqual([person.number for person in people], sorted(STAFF))
        self.assertEqual(people[0].skills, {"zh": 5, "en": 2})


def check_groups(case: SynchronousTestCase, found: Organisation) -> None:
    """Everybody is where he was, at the first level."""
    sales = Group("sales", "", (Member("801", 1, 1), Member("802", 1, 2)))
    case.assertEqual(found.groups, {"sales": sales, "tea": Group("tea", "", (Member("801", 1, 1),))})
