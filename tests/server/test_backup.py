"""A shop in one file and out of it again: whole, checked, and never half of one."""

import json
import os
import shutil
import sqlite3
import stat
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.event_log import EventLog
from callserver.server import backup_file
from callserver.server import restore as restoring
from callserver.server.backup_file import BackupError
from callserver.server.backups import NightlyBackup, backups, last_backup, make_backup
from callserver.server.restore import finish, is_unfinished, restore
from callserver.server.shop_folder import Life, ShopFolder
from callserver.store.tables import CallRow
from callserver.wire.alarms import alarm_text
from tests.server.virtual_server import VirtualServer
from tests.shop import MemoryBook

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class BackupTestCase(SynchronousTestCase):
    """A shop that has lived, with a prompt, a menu and a recording; and its backup."""

    def setUp(self) -> None:
        self.top = Path(self.mktemp()).absolute()
        self.top.mkdir()
        self.shop = self.make_shop("shop")
        self.file = self.top / "backup.zip"
        self.empty = ShopFolder(self.top / "empty")
        self.empty.path.mkdir()

    def make_shop(self, name: str, goods: int = 7) -> ShopFolder:
        server = VirtualServer(self, self.top / name).open()
        server.until(server.server.store.write(lambda: [call(f"call {n}") for n in range(goods)]))
        server.close()
        folder = server.folder
        for part in (
            "prompts/zh/welcome.wav",
            "plugins/hours.py",
            "faxes/a.tif",
            "proofs/call-1.wav",
            "recordings/a.wav",
        ):
            (folder.path / part).parent.mkdir(parents=True, exist_ok=True)
            (folder.path / part).write_text(f"{name} {part}")
        return folder

    def back_up(self, **options: bool) -> None:
        make_backup(self.shop, self.shop.config(), NOW, target=self.file, **options)

    def restored(self, folder: ShopFolder, *, replace: bool = False) -> restoring.Restored:
        return restore(folder, self.file, NOW, replace=replace)

    def refused(self, work: Callable[[], object]) -> str:
        with self.assertRaises(BackupError) as caught:
            work()
        return str(caught.exception)

    def n_calls(self, folder: ShopFolder) -> int:
        with sqlite3.connect(folder.path / "callserver.db") as database:
            (n,) = database.execute("SELECT count(*) FROM calls").fetchone()
        database.close()
        return int(n)


def call(name: str) -> None:
    CallRow.insert(id=name, node="callserver", direction="in", channel="line 1", started_ms=0, ended_ms=1).execute()


def picture(folder: Path) -> dict[str, bytes]:
    """Every file under it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class BackupTests(BackupTestCase):
    def test_there_and_back(self) -> None:
        """Database, settings, prompts and menus come back on an empty machine, for their owner alone."""
        self.back_up()
        self.restored(self.empty)
        self.assertEqual(self.n_calls(self.empty), 7)
        for part in ("config.ini", "prompts/zh/welcome.wav", "plugins/hours.py", "faxes/a.tif"):
            self.assertEqual((self.empty.path / part).read_bytes(), (self.shop.path / part).read_bytes())
        self.assertFalse((self.empty.path / "recordings").exists())
        life, before = self.empty.life(), self.shop.life()
        assert life is not None
        assert before is not None
        self.assertEqual((life.shop, life.demo, life.database), (before.shop, True, "callserver.db"))
        modes = {stat.S_IMODE(p.stat().st_mode) for p in self.empty.path.rglob("*")}
        self.assertLessEqual(modes, {0o600, 0o700})
        again = VirtualServer(self, self.empty.path).open()
        self.assertEqual(len(again.records()), 7)

    def test_proofs_of_orders(self) -> None:
        """What proves an order is in every backup, also without the recordings it was cut out of."""
        self.back_up()
        self.restored(self.empty)
        self.assertEqual((self.empty.path / "proofs/call-1.wav").read_text(), "shop proofs/call-1.wav")

    def test_recordings_by_choice(self) -> None:
        """Recordings are in it when they are asked for."""
        self.back_up(recordings=True)
        self.restored(self.empty)
        self.assertEqual((self.empty.path / "recordings/a.wav").read_text(), "shop recordings/a.wav")

    def test_recordings_that_change(self) -> None:
        """One that is encrypted or compressed while the backup is made is in it as it is then; one deleted is not."""
        recordings = self.shop.recordings
        (recordings / "b.wav").write_text("deleted meanwhile")
        snapshot = backup_file.snapshot

        def compressed(database: Path, copy: Path) -> None:
            snapshot(database, copy)
            (recordings / "a.wav").rename(recordings / "a.flac")
            (recordings / "b.wav").unlink()

        self.patch(backup_file, "snapshot", compressed)
        self.back_up(recordings=True)
        self.restored(self.empty)
        self.assertEqual([path.name for path in self.empty.recordings.iterdir()], ["a.flac"])

    def test_while_it_runs(self) -> None:
        """A backup beside a server that writes, with what has not yet left its -wal, is one moment of it."""
        server = VirtualServer(self, self.shop.path).open()
        server.until(server.server.store.write(call, "call 7"))
        other = sqlite3.connect(self.shop.path / "callserver.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO calls (id, node, direction, channel, started_ms) VALUES ('half', '', '', '', 0)")
        self.back_up()
        other.execute("ROLLBACK")
        other.close()
        server.close()
        self.restored(self.empty)
        self.assertEqual(self.n_calls(self.empty), 8)

    def test_what_is_not_in_it(self) -> None:
        """No first passwords, no logs, no links, no copies of other times."""
        (self.shop.path / "link").symlink_to("/etc/passwd")
        (self.shop.path / "callserver.log.1").write_text("log")
        os.mkfifo(self.shop.path / "pipe")
        make_backup(self.shop, self.shop.config(), NOW)
        self.back_up()
        with zipfile.ZipFile(self.file) as archive:
            names = set(archive.namelist())
        self.assertEqual(
            names,
            {
                "manifest.json",
                "database.db",
                "shop/config.ini",
                "shop/prompts/zh/welcome.wav",
                "shop/plugins/hours.py",
                "shop/faxes/a.tif",
                "shop/proofs/call-1.wav",
            },
        )

    def test_prompts_elsewhere(self) -> None:
        """The announcer's prompts are in it also where they lie outside the shop's folder."""
        (self.top / "studio").mkdir()
        (self.top / "studio" / "hello.wav").write_text("hello")
        config = self.shop.config_file
        config.write_text(config.read_text().replace("[server]", f"[server]\nprompts = {self.top / 'studio'}"))
        self.back_up()
        self.restored(self.empty)
        self.assertEqual((self.empty.path / "prompts" / "hello.wav").read_text(), "hello")

    def test_places(self) -> None:
        """A file that is there, a folder that is not, the shop's own folder, a link into it: a line, and no file."""
        self.file.write_text("mine")
        self.assertIn("nothing is overwritten", self.refused(self.back_up))
        self.assertEqual(self.file.read_text(), "mine")
        (self.top / "link").symlink_to(self.shop.path)
        for place in (self.top / "no" / "b.zip", self.shop.path / "b.zip", self.top / "link" / "plugins" / "b.zip"):
            before = picture(self.top)
            self.refused(lambda place=place: make_backup(self.shop, self.shop.config(), NOW, target=place))
            self.assertEqual(picture(self.top), before)

    def test_full_disk(self) -> None:
        """No room: said, and nothing is left of it."""
        with patch.object(backup_file, "_copied", side_effect=OSError(28, "No space left on device")):
            self.assertIn("No space left on device", self.refused(self.back_up))
        self.assertEqual([p.name for p in self.top.iterdir() if p.is_file()], [])

    def test_damaged_database(self) -> None:
        """No backup is made of a damaged database, and none is thrown away for it."""
        make_backup(self.shop, self.shop.config(), NOW)
        (self.shop.path / "callserver.db").write_bytes(b"rubbish")
        self.refused(lambda: make_backup(self.shop, self.shop.config(), NOW + timedelta(days=1)))
        self.assertEqual(len(backups(self.shop, self.shop.config())), 1)

    def test_no_shop(self) -> None:
        """Where no shop lives nothing is backed up, and nothing made."""
        self.shop.config_file.rename(self.empty.config_file)
        self.refused(lambda: make_backup(self.empty, self.empty.config(), NOW))
        self.assertEqual(len(list(self.empty.path.iterdir())), 1)

    def test_as_many_as_are_kept(self) -> None:
        """Old ones go when a new one is there; what has another name stays; the last is known."""
        text = self.shop.config_file.read_text()
        self.shop.config_file.write_text(text + "[backup]\nkeep = 2\n")
        config = self.shop.config()
        for day in range(4):
            make_backup(self.shop, config, NOW + timedelta(days=day))
        (self.shop.path / "backups" / "before-the-move.zip").write_text("mine")
        self.assertEqual([made.day for _, made in backups(self.shop, config)], [5, 4])
        self.assertTrue((self.shop.path / "backups" / "before-the-move.zip").exists())
        self.assertEqual(last_backup(self.shop, config), NOW + timedelta(days=3))


class NightWorld:
    """A clock, and threads that are quick."""

    def __init__(self) -> None:
        self.reactor = Clock()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=round(self.reactor.seconds()))

    def local_now(self) -> datetime:
        return self.now().replace(tzinfo=None)

    def in_thread(self, job: Callable[..., object], *args: object) -> Deferred[object]:
        return maybeDeferred(job, *args)


class NightTests(BackupTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.world, self.book = NightWorld(), MemoryBook()
        events = EventLog(self.book, self.world.reactor, "test")
        config = self.shop.config()
        self.config = replace(config, server=replace(config.server, time_zone="UTC"))
        self.nightly = NightlyBackup(self.shop, self.config, self.world, events)  # type: ignore[arg-type]
        self.nightly.startService()

    def pass_days(self, n: int) -> None:
        for _ in range(n * 144):
            self.world.reactor.advance(600)

    def test_one_a_night(self) -> None:
        """The server backs itself up at the hour of config.ini, every night, and says so; stopped, no more."""
        self.pass_days(3)
        hours = [(made.hour, made.minute) for _, made in backups(self.shop, self.config)]
        self.assertEqual(hours, [(3, 30)] * 3)
        self.assertEqual([event.data["state"] for event in self.book.events], ["backed up"] * 3)
        self.nightly.stopService()
        self.assertEqual(self.world.reactor.getDelayedCalls(), [])

    def test_not_made(self) -> None:
        """What hinders it is an alarm; the next night it is tried again."""
        (self.shop.path / "backups").write_text("in the way")
        self.pass_days(1)
        (alarm,) = self.book.events
        self.assertIn("the nightly backup was not made", alarm_text(alarm.data, "en"))
        self.flushLoggedErrors(BackupError)
        (self.shop.path / "backups").unlink()
        self.pass_days(1)
        self.assertEqual(len(backups(self.shop, self.config)), 1)


class RestoreTests(BackupTestCase):
    def test_shop_that_is_there(self) -> None:
        """It is refused; with `replace` the shop that was there is kept aside, whole, and its -wal is read no more."""
        self.back_up()
        theirs = self.make_shop("theirs", goods=3)
        (theirs.path / "callserver.db-wal").write_bytes(b"newer")
        before = picture(theirs.path)
        self.assertIn("--replace", self.refused(lambda: self.restored(theirs)))
        self.assertEqual(picture(theirs.path), before)
        done = self.restored(theirs, replace=True)
        self.assertEqual(self.n_calls(theirs), 7)
        assert done.aside is not None
        for part in ("config.ini", "callserver.db", "callserver.db-wal", "shop.json", "first-passwords/800"):
            self.assertEqual((done.aside / part).read_bytes(), before[part])
        self.assertFalse((theirs.path / "callserver.db-wal").exists())
        self.assertFalse((theirs.path / "first-passwords").exists())
        self.assertEqual((theirs.path / "recordings/a.wav").read_text(), "theirs recordings/a.wav")

    def test_broken_shop(self) -> None:
        """Settings that cannot be read, a database that is none: restored all the same."""
        self.back_up()
        self.shop.config_file.write_bytes(b"\xff\xfe no settings")
        (self.shop.path / "callserver.db").write_bytes(b"rubbish")
        self.restored(self.shop, replace=True)
        self.assertEqual(self.n_calls(self.shop), 7)

    def test_first_passwords_are_void(self) -> None:
        """Who had not changed his first password needs a new one, and that is said."""
        self.back_up()
        done = self.restored(self.empty)
        self.assertIn("800, 801, 802, 803, 804", str(done.news[0]))

    def test_database_elsewhere(self) -> None:
        """Settings that put the database outside the folder, or on one of its own files: it goes into the folder."""
        outside = self.top / "outside.db"
        for place in (
            str(outside),
            "../../outside.db",
            "config.ini",
            "callserver.lock",
            "shop.json",
            "recordings",
            "prompts",
        ):
            shutil.rmtree(self.empty.path)
            self.empty.path.mkdir()
            self.file.unlink(missing_ok=True)
            self.write_backup(
                {"shop/config.ini": b"[recording]\nannounce = no\n[server]\ndatabase = %s\n" % place.encode()}
            )
            done = self.restored(self.empty)
            self.assertFalse(outside.exists())
            self.assertIn("no place in the shop's folder", str(done.news[0]), place)
            self.assertEqual(self.empty.config().server.database, "callserver.db")
            self.assertEqual(self.n_calls(self.empty), 7)

    def test_database_in_a_folder_of_its_own(self) -> None:
        """It goes where the settings want it, inside the shop's folder."""
        config = self.shop.config_file
        config.write_text(config.read_text().replace("[server]", "[server]\ndatabase = data/shop.db"))
        (self.shop.path / "data").mkdir()
        (self.shop.path / "callserver.db").rename(self.shop.path / "data" / "shop.db")
        self.back_up()
        self.restored(self.empty)
        self.assertTrue((self.empty.path / "data" / "shop.db").exists())

    def write_backup(self, files: dict[str, bytes], **manifest: object) -> None:
        """A backup file as somebody else would make one."""
        self.back_up()
        with zipfile.ZipFile(self.file) as archive:
            said = json.loads(archive.read("manifest.json"))
            content = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"} | files
        said["files"] = {n: {"bytes": len(b), "sha256": backup_file.sha256(b).hexdigest()} for n, b in content.items()}
        with zipfile.ZipFile(self.file, "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
            archive.writestr("manifest.json", json.dumps(said | manifest))

    def test_names_that_lead_elsewhere(self) -> None:
        """Neither up, nor to the root, nor by a link, nor onto what is not the shop's; nothing is changed."""
        bad = (
            "../evil",
            "/etc/evil",
            "shop/../../evil",
            "shop/a/../b",
            "shop//a",
            "shop/a\\b",
            "shop/",
            "evil",
            "shop/c:x",
        )
        for name in (*bad, "shop/callserver.lock", "shop/restore.ready/x", "shop/backups/x", "shop/config.ini/x"):
            self.file.unlink(missing_ok=True)
            self.write_backup({name: b"evil"})
            before = picture(self.empty.path)
            self.refused(lambda: self.restored(self.empty))
            self.assertEqual(picture(self.empty.path), before, name)
            self.assertEqual(sorted(p.name for p in self.top.iterdir()), ["backup.zip", "empty", "shop"])

    def test_link_in_it(self) -> None:
        """A symbolic link is refused, also one that the manifest vouches for."""
        self.write_backup({"shop/link": b"/etc/passwd"})
        with zipfile.ZipFile(self.file) as archive:
            content = {info.filename: archive.read(info) for info in archive.infolist()}
        with zipfile.ZipFile(self.file, "w") as archive:
            for name, data in content.items():
                info = zipfile.ZipInfo(name)
                info.external_attr = (0o120777 if name == "shop/link" else 0o100600) << 16
                archive.writestr(info, data)
        self.assertIn("may not hold", self.refused(lambda: self.restored(self.empty)))

    def test_something_else(self) -> None:
        """A text, a tar, another zip, nothing, a folder, no file: one line each."""
        with tarfile.open(self.top / "b.tar", "w") as archive:
            archive.add(self.shop.config_file)
        with zipfile.ZipFile(self.top / "b.zip", "w") as other:
            other.writestr("a", "b")
        (self.top / "text").write_text("Dear diary")
        (self.top / "nothing").touch()
        for name in ("b.tar", "b.zip", "text", "nothing", "shop", "missing"):
            self.file = self.top / name
            self.assertNotIn("\n", self.refused(lambda: self.restored(self.empty)))
        self.assertEqual(list(self.empty.path.iterdir()), [])

    def test_newer(self) -> None:
        """A backup of a newer version is refused by its format, or by its database."""
        self.write_backup({}, format=2, callserver="9.9")
        self.assertIn("newer version of callserver (9.9)", self.refused(lambda: self.restored(self.empty)))
        with sqlite3.connect(self.shop.path / "callserver.db") as database:
            database.execute("INSERT INTO schema_migration (name, applied) VALUES ('9000_x', '2030-01-01')")
        database.close()
        self.file.unlink()
        self.back_up()
        self.assertIn("9000_x", self.refused(lambda: self.restored(self.empty)))
        self.assertEqual(list(self.empty.path.iterdir()), [])

    def test_damaged_database_in_it(self) -> None:
        """A backup whose database is damaged, however well the sums agree, is refused."""
        self.write_backup({"database.db": b"SQLite format 3\0" + bytes(9000)})
        self.refused(lambda: self.restored(self.empty))
        self.assertEqual(list(self.empty.path.iterdir()), [])

    def test_no_room(self) -> None:
        """Said before anything is unpacked."""
        self.back_up()
        with patch.object(restoring, "SPARE_BYTES", 10**18):
            self.assertIn("MB", self.refused(lambda: self.restored(self.empty)))
        self.assertEqual(list(self.empty.path.iterdir()), [])

    def test_any_damage(self) -> None:
        """Cut anywhere, any bits flipped: the very shop, or one line and nothing."""
        self.back_up()
        self.patch(restoring.passwords, "stored", lambda password: "x$eA==$eA==")  # takes its time
        whole = self.file.read_bytes()

        @settings(max_examples=80, deadline=None, database=None)
        @given(st.integers(0, len(whole) - 1), st.integers(0, 255), st.booleans())
        def check(at: int, mask: int, cut: bool) -> None:
            damaged = bytearray(whole[:at] if cut else whole)
            if not cut:
                damaged[at] ^= mask
            self.file.write_bytes(damaged)
            shutil.rmtree(self.empty.path)
            self.empty.path.mkdir()
            try:
                self.restored(self.empty)
            except BackupError as problem:
                self.assertNotIn("\n", str(problem))
                self.assertEqual(list(self.empty.path.iterdir()), [])
            else:
                self.assertEqual(self.n_calls(self.empty), 7)

        check()


class KilledTests(BackupTestCase):
    """A restore that is killed between any two changes of the disk, and again while it is finished."""

    def test_killed_anywhere(self) -> None:
        """After it there is the old shop or the new one, never half of one, however often it is killed."""
        self.back_up()
        self.patch(restoring.passwords, "stored", lambda password: "x$eA==$eA==")  # takes its time
        theirs = self.make_shop("theirs", goods=3)
        n_old = n_new = 0
        for n_steps in range(200):
            work = ShopFolder(self.top / "work")
            shutil.rmtree(work.path, ignore_errors=True)
            shutil.copytree(theirs.path, work.path)
            alive = self.kill_after(n_steps, lambda work=work: self.restored(work, replace=True))
            for patience in count(n_steps % 3):
                if self.kill_after(patience, lambda work=work: finish(work.path)):
                    break
            self.assertFalse(is_unfinished(work.path))
            self.assertEqual([p.name for p in work.path.iterdir() if p.name.startswith("restore.")], [])
            new = self.n_calls(work) == 7
            self.check_whole(work, "shop" if new else "theirs")
            n_old, n_new = n_old + (not new), n_new + new
            if alive:
                break
        self.assertGreater(min(n_old, n_new), 5, "kills before and after the moment at which it is decided")

    def check_whole(self, folder: ShopFolder, name: str) -> None:
        self.assertEqual(self.n_calls(folder), 7 if name == "shop" else 3)
        life, origin = folder.life(), ShopFolder(self.top / name).life()
        assert isinstance(life, Life)
        assert origin is not None
        self.assertEqual(life.shop, origin.shop)
        for part in ("prompts/zh/welcome.wav", "plugins/hours.py"):
            self.assertEqual((folder.path / part).read_text(), f"{name} {part}")
        self.assertEqual((folder.path / "first-passwords").exists(), name == "theirs")

    def kill_after(self, n_steps: int, work: Callable[[], object]) -> bool:
        """Let it do so many changes of the disk; False if it was killed at the next."""
        left = [n_steps]

        def step(real: Callable[..., object]) -> Callable[..., object]:
            def one(*args: object, **kw: object) -> object:
                if left[0] == 0:
                    raise Killed
                left[0] -= 1
                return real(*args, **kw)

            return one

        with (
            patch.object(os, "open", step(os.open)),
            patch.object(os, "rename", step(os.rename)),
            patch.object(os, "mkdir", step(os.mkdir)),
            patch.object(os, "unlink", step(os.unlink)),
            patch.object(os, "rmdir", step(os.rmdir)),
        ):
            try:
                work()
            except Killed:
                return False
        return True


class Killed(BaseException):
    """kill -9: nothing tidies up, as far as that can be had in one process."""
