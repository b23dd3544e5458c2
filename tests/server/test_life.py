"""A first life begins once; whatever becomes of a database later, nobody gets a demo shop or a first password."""

import os
import shutil
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.acd.staff import passwords
from callserver.acd.staff.rules import everybody
from callserver.emulator.phone import Phone
from callserver.features.shopping import rules
from callserver.features.shopping.tables import (
    BasketLine,
    Order,
    OrderLine,
    OrderStep,
    PointsMovement,
    Price,
    Product,
    StockMovement,
)
from callserver.server.backups import backups, make_backup
from callserver.server.greeting import greeting
from callserver.server.shop_folder import ShopFolder
from callserver.store import database as store_database
from callserver.store.opening import StoreError
from callserver.store.tables import ShopRow
from callserver.wire.messages import Phrase
from callserver.wire.refusals import Refused
from tests.server.virtual_server import VirtualServer

DATABASE = "callserver.db"
GOODS = (BasketLine, OrderLine, OrderStep, StockMovement, PointsMovement, Order, Price, Product)
NOBODY = "nobody-logged-in"


def counts() -> tuple[int, int]:
    """Goods and staff."""
    return Product.select().count(), StaffRow.select().count()


def forget_goods_and_staff() -> None:
    for table in (*GOODS, StaffRow):
        table.delete().execute()


def sample_item() -> None:
    """As `callserver goods add` enters one."""
    rules.save_item("1001", rules.Name("龙井绿茶", "Longjing green tea"), 20, datetime.now(UTC), price_fen=6800)


class LifeTestCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp()).absolute()
        self.database = self.path / DATABASE

    def open(self, **settings: str) -> VirtualServer:
        return VirtualServer(self, self.path, **settings).open()

    def lived(self, **settings: str) -> None:
        """A shop that has been open once, and is closed."""
        self.open(**settings).close()

    def spoil(self, how: str) -> bytes | None:
        """What a disk, a person, another program does to a database; what is there then."""
        content = self.database.read_bytes()
        for part in ("-wal", "-shm"):
            self.database.with_name(DATABASE + part).unlink(missing_ok=True)
        if how == "deleted":
            self.database.unlink()
            return None
        spoiled = {
            "nothing in it": b"",
            "a text": b"Dear diary, " * 999,
            "first page gone": bytes(4096) + content[4096:],
            "other pages gone": content[:4096] + bytes(len(content) - 4096),
            "cut": content[: len(content) // 2 + 100],
            "rubbish": os.urandom(len(content)),
        }[how]
        self.database.write_bytes(spoiled)
        return spoiled

    WAYS = ("deleted", "nothing in it", "a text", "first page gone", "other pages gone", "cut", "rubbish")


class FirstLifeTests(LifeTestCase):
    def test_to_try(self) -> None:
        """Who has emulated lines only gets demo goods, and is told that it is a demo."""
        shop = self.open()
        n_goods, n_staff = shop.ask(counts)
        self.assertGreater(n_goods, 3)
        self.assertEqual(n_staff, 5)
        assert shop.server.life is not None
        self.assertTrue(shop.server.life.demo)

    def test_a_password_each(self) -> None:
        """The first staff have a password each, which only the owner of the folder can read, and must change it."""
        shop = self.open()
        people = shop.ask(everybody)
        self.assertTrue(all(person.must_change for person in people))
        found = {shop.folder.first_password(person.number) for person in people}
        self.assertEqual(len(found), 5)
        for file in shop.folder.first_passwords.iterdir():
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        refusal = self.log_in(shop, "801")
        self.assertIn("MUST_CHANGE", refusal)

    def log_in(self, shop: VirtualServer, number: str) -> str:
        """How the server answers to a first password."""
        password = shop.folder.first_password(number)
        try:
            shop.until(shop.server.centre.staff.log_in(number, password, "10.0.0.1"))
        except Refused as refused:
            return refused.code.name
        return "in"

    def test_left_by_a_killed_first_start(self) -> None:
        """An empty file, or what SQLite keeps beside it: no trace of a life; the first life begins whole."""
        for n, parts in enumerate(((DATABASE,), (DATABASE, DATABASE + "-wal"), (DATABASE + "-wal",))):
            self.path = self.path.with_name(f"shop {n}")
            self.path.mkdir()
            for part in parts:
                (self.path / part).write_bytes(b"" if part == DATABASE else os.urandom(500))
            for _ in range(2):
                shop = self.open()
                self.assertEqual(shop.ask(counts)[1], 5, parts)
                shop.close()

    def test_shared_password(self) -> None:
        """In a shop of version 0.1, who still has the password that all were given must choose his own now."""
        self.lived()
        database = sqlite3.connect(self.database)
        kept = passwords.stored("of-all-of-us")
        database.execute("UPDATE staff SET password = ?, must_change = 0 WHERE number != '802'", [kept])
        database.execute("UPDATE staff SET must_change = 0")
        database.commit()
        database.close()
        (self.path / "first-password.txt").write_text("of-all-of-us\n")
        shop = self.open()
        must = {person.number for person in shop.ask(everybody) if person.must_change}
        self.assertEqual(must, {"800", "801", "803", "804"})
        self.assertFalse((self.path / "first-password.txt").exists())

    def test_real_lines(self) -> None:
        """A shop with a real line has no demo goods: nobody is sold what there is not, people serve him."""
        shop = self.open(device="/dev/ttyACM0")
        self.assertEqual(shop.ask(counts), (0, 5))
        assert shop.server.life is not None
        self.assertFalse(shop.server.life.demo)
        self.assertIn("shopping has no data: its callers go to a person", shop.alarms())

    def test_goods_come(self) -> None:
        """The first goods are entered while the server runs: the next caller shops, without a start."""
        shop = self.open(device="emulated")
        shop.until(shop.server.store.write(forget_goods_and_staff))
        shop.close()
        again = self.open()
        self.assertEqual(again.call()[0], NOBODY)
        again.until(again.server.store.write(sample_item))
        again.wait(3)
        self.assertEqual(again.call()[0], "zh/welcome")

    def test_only_once(self) -> None:
        """Who clears out goods and staff finds them cleared out at the next start."""
        shop = self.open()
        shop.until(shop.server.store.write(forget_goods_and_staff))
        shop.close()
        again = self.open()
        self.assertEqual(again.ask(counts), (0, 0))
        self.assertEqual(again.call()[0], NOBODY)

    def test_one_transaction(self) -> None:
        """Whatever fails in it, there is nothing of it; the next start does it all, with the same passwords."""
        for fails in ("load", "add_staff"):
            place = (
                f"callserver.features.shopping.sample.{fails}"
                if fails == "load"
                else "callserver.server.first_start.add_staff"
            )
            shutil.rmtree(self.path, ignore_errors=True)
            with patch(place, side_effect=RuntimeError("killed")):
                shop = VirtualServer(self, self.path)
                self.assertRaises(RuntimeError, shop.until, shop.server.ready)
                self.assertEqual(shop.ask(counts), (0, 0))
                self.assertEqual(shop.ask(ShopRow.select().count), 0)
                shop.close()
            self.assertIsNone(shop.folder.life())
            before = shop.folder.first_password("800")
            again = self.open()
            self.assertEqual(again.ask(counts)[1], 5)
            self.assertEqual(again.folder.first_password("800"), before)
            again.close()

    def test_killed_after_the_commit(self) -> None:
        """The database knows that it lives, the folder was not told yet: it is told now, and nothing begins anew."""
        shop = self.open()
        shop.until(shop.server.store.write(forget_goods_and_staff))
        shop.close()
        life = shop.folder.life()
        shop.folder.life_file.unlink()
        again = self.open()
        self.assertEqual(again.ask(counts), (0, 0))
        self.assertEqual(again.folder.life(), life)

    def test_older_version(self) -> None:
        """A shop of an older version, which has no life file, keeps what it has and gets nothing new."""
        shop = self.open()
        shop.until(shop.server.store.write(lambda: [table.delete().execute() for table in (ShopRow, *GOODS)]))
        shop.close()
        shop.folder.life_file.unlink()
        again = self.open()
        self.assertEqual(again.ask(counts), (0, 5))
        assert again.server.life is not None
        self.assertEqual(again.folder.life(), again.server.life)

    def test_somebody_elses_file(self) -> None:
        """A new shop whose settings name a file of somebody else's: one line, and the file is as it was."""
        self.path.mkdir()
        (self.path / "diary.txt").write_text("Dear diary")
        shop = VirtualServer(self, self.path, server="database = diary.txt")
        with self.assertRaises(StoreError) as caught:
            shop.until(shop.server.ready)
        self.assertIn("diary.txt: this file is no database", str(caught.exception))
        self.assertEqual((self.path / "diary.txt").read_text(), "Dear diary")

    def test_wal_of_another(self) -> None:
        """A -wal that lies where a new database shall be belongs to another one: it is kept, and not read."""
        self.path.mkdir()
        (self.path / (DATABASE + "-wal")).write_bytes(b"not ours")
        shop = self.open()
        self.assertEqual(shop.ask(counts)[1], 5)
        (kept,) = self.path.glob("*.unfinished-*-wal")
        self.assertEqual(kept.read_bytes(), b"not ours")


class LossTests(LifeTestCase):
    def test_no_backup(self) -> None:
        """However a database is lost: it is kept and told, callers go to a person, and nobody gets in."""
        for how in self.WAYS:
            shutil.rmtree(self.path, ignore_errors=True)
            self.lived()
            first = ShopFolder(self.path).first_password("800")
            spoiled = self.spoil(how)
            shop = self.open()
            self.assertEqual(shop.ask(counts), (0, 0), how)
            self.assertEqual(shop.call()[0], NOBODY, how)
            self.assertIn("no good backup", " ".join(shop.alarms()), how)
            self.assertRaises(Refused, shop.until, shop.server.centre.staff.log_in("800", first, "x"))
            self.assertEqual(shop.folder.first_numbers(), [], "they open nothing")
            self.assertIn("is gone or empty" if spoiled in (None, b"") else "it is kept as", greeting(shop.server), how)
            self.assertIn("no good backup", greeting(shop.server), how)
            self.assertNotIn("First passwords", greeting(shop.server), how)
            self.assertEqual(
                [kept.read_bytes() for kept in self.path.glob("*.damaged-*Z")], [spoiled] * (spoiled is not None)
            )
            shop.close()
            again = self.open()  # nothing gets better by itself, and nothing worse
            self.assertEqual((again.ask(counts), again.call()[0]), ((0, 0), NOBODY), how)
            again.close()

    def test_backup(self) -> None:
        """The last good backup takes its place; first passwords of that time are void, others hold."""
        for how in self.WAYS:
            shutil.rmtree(self.path, ignore_errors=True)
            shop = self.open()
            shop.until(
                shop.server.store.write(
                    lambda: StaffRow.update(must_change=False).where(StaffRow.number == "801").execute()
                )
            )
            make_backup(shop.folder, shop.server.config, shop.world.now())
            first = {number: shop.folder.first_password(number) for number in ("800", "801")}
            shop.close()
            self.spoil(how)
            again = self.open()
            self.assertGreater(again.ask(counts)[0], 3, how)
            self.assertIn("what has happened since is not in it", greeting(again.server), how)
            said = " ".join(again.alarms())
            self.assertIn("the backup of", said, how)
            self.assertIn("new ones are needed (bin/callserver staff password NUMBER): 800, 802, 803, 804", said)
            log_in = again.server.centre.staff.log_in
            self.assertRaises(Refused, again.until, log_in("800", first["800"], "x"))
            self.assertEqual(again.until(log_in("801", first["801"], "x")).number, "801")
            again.close()

    def test_first_page_gone_beside_its_wal(self) -> None:
        """After a kill the -wal may hold all that the file has lost: nothing is lost, no older state taken."""
        shop = self.open()
        make_backup(shop.folder, shop.server.config, shop.world.now())
        shop.until(shop.server.store.write(lambda: StaffRow.update(name="Li").execute()))
        other = self.path.with_name(self.path.name + "-killed")
        shutil.copytree(self.path, other)
        shop.close()
        (other / DATABASE).write_bytes(os.urandom(4096))
        again = VirtualServer(self, other).open()
        self.assertEqual({person.name for person in again.ask(everybody)}, {"Li"})
        self.assertEqual(list(other.glob("*.damaged-*")), [])

    def test_newest_backup_is_damaged(self) -> None:
        """The one before it is taken."""
        shop = self.open()
        for _ in range(2):
            make_backup(shop.folder, shop.server.config, shop.world.now())
            shop.wait(60)
        newest, _ = backups(shop.folder, shop.server.config)[0]
        shop.close()
        newest.write_bytes(newest.read_bytes()[:-1000])
        self.spoil("rubbish")
        again = self.open()
        self.assertGreater(again.ask(counts)[0], 3)
        self.assertIn(newest.name, " ".join(again.alarms()))

    def test_backup_of_another_shop(self) -> None:
        """A backup of another shop that lies in the folder is not ours to take."""
        other = Path(self.mktemp())
        theirs = VirtualServer(self, other).open()
        file, _ = make_backup(theirs.folder, theirs.server.config, theirs.world.now())
        theirs.close()
        with patch("tests.server.virtual_server.Random", lambda seed: __import__("random").Random("another")):
            self.lived()
        (self.path / "backups").mkdir()
        shutil.copy(file, self.path / "backups")
        self.spoil("deleted")
        self.assertEqual(self.open().ask(counts), (0, 0))

    def test_wrong_path(self) -> None:
        """Another path in the settings is no loss: nothing is made there, nothing moved; callers go to a person."""
        self.lived()
        shop = VirtualServer(self, self.path, server="database = cals.db")
        shop.wait(10)
        self.assertFalse(shop.server.ready.called)
        self.assertEqual(shop.call()[0], NOBODY)
        self.assertFalse((self.path / "cals.db").exists())
        self.assertIn(f"this shop's database is {self.database}", shop.waits[0])
        shop.close()
        self.assertGreater(self.open().ask(counts)[0], 3)

    def test_moved(self) -> None:
        """A database that was moved, and its path in the settings with it, is the same shop."""
        self.lived()
        self.database.rename(self.path / "moved.db")
        shop = self.open(server="database = moved.db")
        self.assertGreater(shop.ask(counts)[0], 3)
        life = shop.folder.life()
        assert life is not None
        self.assertEqual(life.database, "moved.db")

    def test_foreign(self) -> None:
        """A database of another program in its place stays as it is; it is put right while the start waits."""
        self.lived()
        ours = self.path / "kept"
        self.database.rename(ours)
        with sqlite3.connect(self.database) as other:
            other.execute("CREATE TABLE photos (id)")
        before = self.database.read_bytes()
        shop = VirtualServer(self, self.path)
        shop.wait(10)
        self.assertIn("holds tables, but not those of callserver", shop.waits[0])
        self.assertEqual(shop.call()[0], NOBODY)
        self.assertEqual(self.database.read_bytes(), before)
        ours.rename(self.database)
        shop.open()
        self.assertGreater(shop.ask(counts)[0], 3)
        (call,) = shop.records()
        self.assertIsNotNone(call.ended_at)
        self.assertIn("main-menu", shop.call(), "the shop's own menu serves again")

    def test_newer_version(self) -> None:
        """A database of a newer version is not touched; callers are answered."""
        self.lived()
        with sqlite3.connect(self.database) as other:
            other.execute("INSERT INTO schema_migration (name, applied) VALUES ('9000_x', '2030-01-01')")
        other.close()
        shop = VirtualServer(self, self.path)
        shop.wait(10)
        self.assertIn("made by another version", shop.waits[0])
        self.assertEqual(shop.call()[0], NOBODY)

    def test_folder_in_its_place(self) -> None:
        """Somebody has made a folder of that name: said, waited for."""
        self.lived()
        self.database.rename(self.path / "kept")
        self.database.mkdir()
        shop = VirtualServer(self, self.path)
        shop.wait(10)
        self.assertEqual(shop.call()[0], NOBODY)
        self.assertEqual(len(shop.waits), 1)


class LockedTests(LifeTestCase):
    def locked(self) -> tuple[VirtualServer, sqlite3.Connection]:
        """A shop that has lived starts while another program holds its database: both."""
        self.lived()
        other = sqlite3.connect(self.database, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        self.patch(store_database, "WRITE_PATIENCE_S", 0.0)
        shop = VirtualServer(self, self.path)
        shop.wait(10)
        return shop, other

    def caller(self, shop: VirtualServer) -> Phone:
        """Somebody who has called, and was answered."""
        assert shop.server.exchange is not None
        phone = shop.server.exchange.add_phone("13912345678")
        phone.dial("8008")
        shop.wait(4)
        return phone

    def test_locked_at_start(self) -> None:
        """Another program holds the database for two minutes: callers are answered, and their calls are kept."""
        shop, other = self.locked()
        self.assertFalse(shop.server.ready.called)
        self.assertEqual(shop.call()[0], NOBODY)
        shop.wait(110)
        self.assertEqual(len(shop.waits), 1, "said once")
        other.execute("ROLLBACK")
        shop.open()
        (call,) = shop.records()
        self.assertEqual((call.caller_number, call.end_reason), ("13912345678", "nobody_there"))
        self.assertIn("main-menu", shop.call())

    def test_stop_while_it_waits(self) -> None:
        """A stop lets those who are talked in go on also while the start still waits for its database."""
        shop, other = self.locked()
        phone = self.caller(shop)
        told: list[Phrase] = []
        dry = shop.server.drain(told.append)
        shop.wait(1)
        self.assertFalse(dry.called)
        other.execute("ROLLBACK")
        shop.until(shop.server.ready)
        self.assertEqual(shop.server.status.state, "stopping")
        phone.hang_up()
        shop.until(dry)

    def test_a_call_over_the_end_of_the_lock(self) -> None:
        """Who is on the line when the database comes back is not closed as left over from the run before."""
        shop, other = self.locked()
        phone = self.caller(shop)
        self.assertEqual(len(shop.server.calls), 1)
        other.execute("ROLLBACK")
        shop.open()
        shop.wait(3)
        phone.hang_up()
        shop.wait(60)
        (call,) = shop.records()
        self.assertEqual(call.end_reason.partition(":")[0], "caller_hung_up")

    def test_stopped_while_it_waits(self) -> None:
        """The start that waits can be stopped; nothing is left running."""
        self.lived()
        (self.path / DATABASE).rename(self.path / "kept")
        (self.path / DATABASE).mkdir()
        shop = VirtualServer(self, self.path)
        shop.wait(10)
        shop.close()
        shop.wait(300)
        self.assertFalse(shop.server.ready.called)
        self.assertEqual(shop.folder.spool.exists(), True)
