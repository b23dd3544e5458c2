"""The shop's folder: which one is meant, whose eyes it is for, and what it remembers of its life."""

import os
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.demo import only_for_trying
from callserver.server.lock import FolderError, locked
from callserver.server.rescue import make_good
from callserver.server.shop_folder import TOP, Life, ShopFolder, default_shop

BORN = datetime(2026, 1, 5, tzinfo=UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class PrivateTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.addCleanup(os.umask, os.umask(0o022))
        self.folder = ShopFolder(Path(self.mktemp()).absolute())
        self.folder.path.mkdir(mode=0o755)

    def test_what_is_there(self) -> None:
        """Whoever made the folder, with whatever umask: from the start on nobody else reads what is in it."""
        (self.folder.path / "recordings").mkdir()
        names = ("callserver.db", "callserver.db-wal", "callserver.db-shm", "callserver.log", "callserver.log.1")
        files = [self.folder.path / name for name in (*names, "spool.jsonl", "spool.refused.jsonl", "agents.key.pem")]
        files.append(self.folder.recordings / "a.wav")
        for file in files:
            file.touch(mode=0o644)
        self.folder.prepare()
        self.assertEqual({mode(file) for file in (*files, self.folder.config_file)}, {0o600})
        self.assertEqual({mode(self.folder.recordings), mode(self.folder.spoken)}, {0o700})

    def test_what_comes(self) -> None:
        """Files that the server, SQLite or twistd make while it runs are its owner's alone."""
        with locked(self.folder.path):
            file = self.folder.path / "later"
            file.touch()
            self.assertEqual(mode(file), 0o600)

    def test_link(self) -> None:
        """A link leads out of the folder: what it leads to stays as it is."""
        outside = self.folder.path.with_name("outside")
        outside.touch(mode=0o644)
        (self.folder.path / "callserver.log").symlink_to(outside)
        self.folder.prepare()
        self.assertEqual(mode(outside), 0o644)

    def test_database_elsewhere(self) -> None:
        """Also a database of another name, or in another place."""
        self.folder.config_file.write_text("[recording]\nannounce = no\n[server]\ndatabase = ../books\n")
        database = self.folder.path.with_name("books")
        with sqlite3.connect(database) as connection:
            connection.execute("CREATE TABLE schema_migration (id)")
        connection.close()
        self.assertEqual(mode(database), 0o644)
        make_good(self.folder, self.folder.config(), BORN)
        self.assertEqual(mode(database), 0o600)


class WhichShopTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.addCleanup(os.chdir, os.getcwd())
        place = Path(self.mktemp())
        place.mkdir()
        os.chdir(place)

    def test_from_another_folder(self) -> None:
        """A command given elsewhere means the shop beside the checkout, and makes no second one."""
        self.assertEqual(default_shop({}), TOP / "shop")

    def test_shop_here(self) -> None:
        """A shop in this folder goes before it."""
        Path("shop").mkdir()
        self.assertEqual(default_shop({}), TOP / "shop")
        Path("shop/config.ini").touch()
        self.assertEqual(default_shop({}), Path("shop"))

    def test_chosen(self) -> None:
        """The environment goes before both."""
        self.assertEqual(default_shop({"CALLSERVER_SHOP": "/srv/shop"}), Path("/srv/shop"))


class LifeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = ShopFolder(Path(self.mktemp()))
        self.folder.path.mkdir()

    def test_kept(self) -> None:
        """What is kept of a life is what was known of it."""
        self.assertIsNone(self.folder.life())
        life = Life("a shop", BORN, "callserver.db", demo=True)
        self.folder.keep_life(life)
        self.assertEqual(self.folder.life(), life)

    def test_damaged(self) -> None:
        """A life file that cannot be read says that the shop has lived: nothing begins anew for it."""
        for content in (b"", b"{", b"[]", b'{"shop": 1}', b"\xff", b'{"shop": "a", "born": "today", "database": "b"}'):
            self.folder.life_file.write_bytes(content)
            self.assertIsNotNone(self.folder.life(), content)

    def test_of_version_0_1(self) -> None:
        """So do the traces of the first version."""
        (self.folder.path / "first-password.txt").write_text("secret")
        self.assertIsNotNone(self.folder.life())

    def test_of_copies(self) -> None:
        """So does what only a shop that has lived has: backups, and what was moved aside of it."""
        for trace in ("backups/callserver-20260302T033000Z.zip", "callserver.db.damaged-20260302T090000Z"):
            path = self.folder.path / trace
            path.parent.mkdir(exist_ok=True)
            path.touch()
            self.assertIsNotNone(self.folder.life(), trace)
            path.unlink()
            self.assertIsNone(self.folder.life())

    def test_demo_in_a_real_shop(self) -> None:
        """No made-up caller orders in a real shop."""
        only_for_trying(self.folder)
        self.folder.keep_life(Life("a shop", BORN, "callserver.db", demo=True))
        only_for_trying(self.folder)
        self.folder.keep_life(Life("a shop", BORN, "callserver.db"))
        self.assertRaises(FolderError, only_for_trying, self.folder)
