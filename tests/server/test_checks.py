"""`check` opens everything the settings name: what a shop may get wrong, and what it is told."""

import json
import os
import pty
import re
import shutil
import socket
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from peewee import SqliteDatabase
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.parts import Part
from callserver.acd.organisation.rules import save
from callserver.acd.organisation.staff_tables import StaffRow
from callserver.acd.organisation.tables import QueueRow
from callserver.acd.organisation.taking_over import take_over
from callserver.commands.check import check as check_command
from callserver.config import Grade, QueueConfig
from callserver.dsp.sound.files import write_wav
from callserver.dsp.tones import beep
from callserver.features.shopping.web import extra
from callserver.ivr.prompts import CATALOGUE
from callserver.server import shop_folder
from callserver.server.checks import database, devices
from callserver.server.checks.named import Places, named_by_files, unknown_in_python
from callserver.server.checks.shop import before_start, check, mistakes
from callserver.server.lock import locked
from callserver.server.shop_folder import TOP, Life, ShopFolder
from callserver.store import tables
from callserver.store.opening import database_at, open_database
from callserver.wire.catalogue import LANGUAGES
from tests.shop_files import SETTINGS

ENGLISH = {"CALLSERVER_LANGUAGE": "en"}


def write_wav_at(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_wav(path, beep(1000, 100))


class ShopCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(tempfile.mkdtemp())  # short: a socket's path may not be long
        self.addCleanup(shutil.rmtree, self.path)
        self.folder = ShopFolder(self.path)
        self.patch(shop_folder, "OUR_PROMPTS", self.few_prompts())
        self.write()

    def few_prompts(self) -> Path:
        """What callers hear without the shop's own recordings."""
        folder = Path(self.mktemp())
        write_wav_at(folder / "music.wav")
        for language in LANGUAGES:
            write_wav_at(folder / language / "main-menu.wav")
            (folder / language / CATALOGUE).write_text('[sentences]\nmain-menu = "M"\n')
        return folder

    def write(self, **settings: str) -> None:
        """A shop without a mistake but for these: section_key=value."""
        sections: dict[str, dict[str, str]] = {name: dict(values) for name, values in SETTINGS.items()}
        for name, value in settings.items():
            section, _, key = name.partition("_")
            sections.setdefault(section.replace("line", "line ") if section != "line" else section, {})[key] = value
        text = "".join(
            f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
            for section, values in sections.items()
        )
        self.folder.config_file.write_text(text, "utf-8")

    def told(self, *grades: Grade) -> list[str]:
        """What `check` says, each at its line, without the shop's folder."""
        _, findings = check(self.folder)
        wanted = [finding for finding in findings if finding.grade in (grades or tuple(Grade))]
        lines = self.folder.config_file.read_text("utf-8").splitlines()
        for finding in wanted:
            if finding.line:
                self.assertIn(lines[finding.line - 1].partition(" = ")[0], (finding.key, f"[{finding.section}]"))
        return [re.sub(", line [0-9]+", "", str(finding)).replace(f"{self.path}/", "") for finding in wanted]

    def assert_told(self, said: str, **settings: str) -> None:
        """This one mistake, in file, line, section and key, with what to do."""
        self.write(**settings)
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [said])


class CheckTests(ShopCase):
    def test_all_right(self) -> None:
        """A shop without a mistake: nothing is said, made or changed."""
        before = sorted(self.path.iterdir())
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])
        self.assertEqual(sorted(self.path.iterdir()), before)

    def test_all_at_once(self) -> None:
        """Mistakes of all kinds are told together, in the order of the file."""
        self.write(
            server_database="data/shop.db",
            server_prompts="recorded",
            agents_port="x",
            line1_menu="fault",
            line1_device="/dev/null",
            line1_ring_stop_s="3",
        )
        places = [line.partition("]")[0] + "] " + line.partition("] ")[2].partition(":")[0] for line in self.told()]
        self.assertEqual(
            [place.removeprefix("config.ini: ") for place in places if "config.ini" in place],
            [
                "[server] database",
                "[server] prompts",
                "[agents] port",
                "[line 1] device",
                "[line 1] menu",
                "[line 1] ring_stop_s",
            ],
        )

    def test_faxes(self) -> None:
        """Mail that goes nowhere, and a line for faxes where there is no engine for them."""
        said = "config.ini: [fax] mail_to: nothing is mailed: mail_server and mail_from are both needed"
        self.assert_told(said, fax_mail_to="a@example.com")
        said = "config.ini: [line 1] fax: nothing is received: [fax] engines = 0"
        self.assert_told(said, fax_engines="0", line1_fax="receive")

    def test_no_lines(self) -> None:
        """A shop that nobody can call."""
        self.folder.config_file.write_text("[agents]\nport = 0\n[recording]\nannounce = no\n")
        self.assertEqual(self.told(Grade.MISTAKE), ["config.ini: no [line]: nobody can call"])

    def test_ring_stop_of_each_country(self) -> None:
        """The default waits longer than any country's silence between two rings."""
        for country in ("cn", "us", "gb", "de", "fr", "it", "es", "ru", "jp", "au", "in", "hk", "tw", "sg", "br"):
            self.write(exchange_country=country)
            self.assertEqual(self.told(Grade.MISTAKE), [], country)


class DiallingTests(ShopCase):
    def test_groups(self) -> None:
        """Calls out that are kept to a group no line has, with the groups there are."""
        self.assert_told(
            "config.ini: [dialling] group: no line of group 'gms' for calls out; did you mean 'gsm'?",
            line1_group="gsm",
            dialling_group="gms",
        )

    def test_nobody_can_be_called(self) -> None:
        """Lines for callers alone are a note."""
        self.write(line1_direction="in")
        notes = [note for note in self.told(Grade.NOTE) if "config.ini" in note]  # a disk may be short of room besides
        self.assertEqual(notes, ["Note: config.ini: every [line] has direction = in: nobody can be called"])


class MenuTests(ShopCase):
    def test_no_such_menu(self) -> None:
        """The section whose menu there is not, with the nearest name."""
        self.assert_told("config.ini: [line 1] menu: no menu 'massage'; did you mean 'message'?", line1_menu="massage")

    def test_no_such_menu_to_transfer_to(self) -> None:
        """The same for the menus that agents at telephones have numbers for."""
        self.assert_told(
            "config.ini: [agents] menu_numbers: no menu 'massage'; did you mean 'message'?",
            agents_menu_numbers="91 shop, 92 massage",
        )

    def test_emergency_number_of_a_menu(self) -> None:
        """Who keys 110 calls the police, and no menu: the server does not start with that."""
        self.write(agents_menu_numbers="91 shop, 110 shop")
        said = "config.ini: [agents] menu_numbers: 110 is an emergency number: choose another"
        self.assertEqual(self.told(Grade.STOPS), [said])

    def test_own_menu(self) -> None:
        """A menu of the shop's own, in its folder of menus, is found; so is ours beside it."""
        (self.path / "plugins").mkdir()
        source = (TOP / "plugins" / "message.py").read_text("utf-8").replace('"message"', '"fault"')
        (self.path / "plugins" / "fault.py").write_text(source, "utf-8")
        for menu in ("fault", "message", "shop"):
            self.write(line1_menu=menu)
            self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [], menu)

    def test_broken_files(self) -> None:
        """Each menu file that is broken, by its file and line; none of them ends the check."""
        (self.path / "plugins").mkdir()
        (self.path / "plugins" / "a.py").write_text("import sys\nsys.exit(3)\n")
        (self.path / "plugins" / "b.py").write_text("\ndef (")
        said = self.told(Grade.STOPS, Grade.MISTAKE)
        places = [one.partition(" plugins: ")[2].partition(": ")[0] for one in said]
        self.assertEqual(places, ["plugins/a.py:2", "plugins/b.py:2"])

    def test_a_queue_there_is_not(self) -> None:
        """A queue whose name is misspelt in the settings, or in a menu, is named where the menu asks for it."""
        (self.path / "plugins").mkdir()
        source = (TOP / "plugins" / "message.py").read_text("utf-8").replace('"message"', '"fault"')
        source = source.replace("await call.answer()", 'await call.transfer_to_queue("operator")')
        (self.path / "plugins" / "fault.py").write_text(source, "utf-8")
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])
        with self.folder.config_file.open("a") as file:
            file.write("[queue operater]\n")
        _, findings = check(self.folder)
        said = "plugins/fault.py, line 15: no queue operator; did you mean 'operater'?"
        self.assertIn(said, [str(finding).replace(f"{self.path}/", "") for finding in findings])

    def test_folder_elsewhere(self) -> None:
        """A relative path begins in the shop's folder; one that meant the program's is told what to write."""
        self.assert_told(
            "config.ini: [server] plugins: no folder menus: make it, or leave plugins empty",
            server_plugins="menus",
        )
        self.write(server_plugins="tests")
        (said,) = self.told(Grade.MISTAKE)
        self.assertIn(f"a relative path begins in the shop's folder; if {TOP / 'tests'} is meant, write that", said)


class PromptTests(ShopCase):
    def test_folder(self) -> None:
        """A folder that is not there is told, not silently passed over; a relative one is the shop's."""
        self.assert_told(
            "config.ini: [server] prompts: no folder recorded: make it, or leave prompts empty",
            server_prompts="recorded",
        )
        write_wav_at(self.path / "recorded" / "zh" / "Main-Menu.WAV")
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])

    def test_recordings_nobody_hears(self) -> None:
        """Those in the folder prompts are heard, whether it is named or not; a named one without any is told."""
        write_wav_at(self.path / "prompts" / "zh" / "main-menu.wav")
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])
        (self.path / "recorded").mkdir()
        self.write(server_prompts="recorded")
        (note,) = [one for one in self.told(Grade.NOTE) if "prompts" in one]
        self.assertEqual(
            note,
            "Note: config.ini: [server] prompts: no recording in recorded, and ours are heard; "
            "yours go into recorded/zh and recorded/en",
        )

    def test_each_recording(self) -> None:
        """Each recording that cannot be heard; a likely slip in a name is a note."""
        folder = self.path / "recorded" / "zh"
        folder.mkdir(parents=True)
        (folder / "welcome.wav").write_bytes(b"")
        (folder / "goodbye.mp3").write_bytes(b"ID3")
        write_wav_at(folder / "main-mneu.wav")
        self.write(server_prompts="recorded")
        place = "config.ini: [server] prompts: recorded/zh/"
        self.assertEqual(
            self.told(Grade.MISTAKE),
            [
                f"{place}goodbye.mp3: is no WAV file; convert it to one (PCM)",
                f"{place}welcome.wav: is empty; record it again, or delete it and run bin/render-prompts",
            ],
        )
        notes = [note for note in self.told(Grade.NOTE) if "prompts" in note]
        self.assertEqual(notes, [f"Note: {place}main-mneu.wav: no prompt is called so; did you mean 'main-menu'?"])


class DatabaseTests(ShopCase):
    def test_place(self) -> None:
        """A folder that is not there; a folder in the file's place; a file that is no database, or another's."""
        (self.path / "a.db").mkdir()
        (self.path / "b.db").write_bytes(b"no database at all, but long enough to look like one" * 99)
        other = SqliteDatabase(self.path / "c.db")
        other.execute_sql("CREATE TABLE theirs (id)")
        other.close()
        for name, said in {
            "data/shop.db": "no folder data: make it",
            "a.db": "a.db is no file",
            "b.db": "b.db: this file is no database",
            "c.db": "c.db: holds tables, but not those of callserver",
        }.items():
            self.assert_told(f"config.ini: [server] database: {said}", server_database=name)

    def test_gone(self) -> None:
        """A shop that has lived has had a database; a new one is not expected to."""
        self.write(server_database="shop.db")
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])
        self.folder.keep_life(Life("a shop", datetime(2026, 3, 2, tzinfo=UTC), "shop.db"))
        for lose in (lambda: None, (self.path / "shop.db").touch):
            lose()
            self.assert_told(
                "config.ini: [server] database: the database shop.db is gone or empty", server_database="shop.db"
            )

    def test_server_that_is_not_there(self) -> None:
        """A database server that cannot be reached, without the password in the message."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.write(server_database=f"postgresql://me:very-secret@127.0.0.1:{port}/shop")
        (said,) = self.told(Grade.STOPS, Grade.MISTAKE)
        self.assertIn(f"[server] database: 127.0.0.1:{port}/shop", said)
        self.assertNotIn("secret", said)

    def test_driver(self) -> None:
        """A database without its driver says what to install."""

        def without_driver(path_or_url: str) -> None:
            raise ImportError("No module named 'psycopg'")

        self.patch(database, "database_at", without_driver)
        self.assert_told(
            "config.ini: [server] database: the driver is missing: .venv/bin/pip install 'psycopg[binary]'",
            server_database="postgresql://127.0.0.1/shop",
        )


class ChannelTests(ShopCase):
    def test_port_in_use(self) -> None:
        """Another program's port; our own server's is no mistake."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            said = f"config.ini: [agents] port: {port}: another program listens there; take another port"
            self.assert_told(said, agents_port=port)
            with locked(self.path):
                self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])

    def test_not_ours_to_take(self) -> None:
        """A port of the administrator's, for a user."""

        def refused(*arguments: object) -> None:
            raise PermissionError(13, "Permission denied")

        self.patch(socket.socket, "bind", refused)
        self.assert_told(
            "config.ini: [agents] port: 80: ports below 1024 are the administrator's; take one from 1024 on",
            agents_port="80",
        )

    def test_address_of_another_computer(self) -> None:
        """192.0.2.1 is nobody's (RFC 5737)."""
        self.assert_told(
            "config.ini: [agents] host: 192.0.2.1: this computer has no such address; 0.0.0.0 is all it has",
            agents_host="192.0.2.1",
        )


class InterfaceTests(ShopCase):
    def test_port_in_use(self) -> None:
        """Another program has the port of the shop's interface; while the interface is closed nobody minds."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = str(other.getsockname()[1])
            said = f"config.ini: [interface] port: {port}: another program listens there; take another port"
            self.assert_told(said, interface_enabled="yes", interface_port=port)
            self.write(interface_port=port)
            self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])

    def test_port_of_the_agents(self) -> None:
        """One port for two things."""
        said = "config.ini: [interface] port: 28787: the agents' channel has this port; take another one"
        self.assert_told(said, interface_enabled="yes", interface_port="28787", agents_port="28787")

    def test_library_is_missing(self) -> None:
        """Without the extra the interface says what to install; the shop itself starts."""
        self.patch(extra, "find_spec", lambda module: None)
        (said,) = self.told_with(interface_enabled="yes", interface_port="0")
        self.assertIn('[interface] enabled: no program is answered: klein is missing; install "callserver[interf', said)

    def test_hosts(self) -> None:
        """Hosts for messages are names, not addresses of pages."""
        (said,) = self.told_with(interface_webhook_hosts="shop.example.com, https://erp/x")
        self.assertIn("'https://erp/x' is no host; write shop.example.com, with commas between", said)

    def told_with(self, **settings: str) -> list[str]:
        self.write(**settings)
        return self.told(Grade.STOPS, Grade.MISTAKE)


class CertificateTests(ShopCase):
    def make(self, since: timedelta, until: timedelta) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now + since, now + until)
        made = builder.sign(key, hashes.SHA256())
        private = serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
        (self.path / "agents.key.pem").write_bytes(pem)
        (self.path / "agents.certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def test_times(self) -> None:
        """One that holds; one that has expired; one that does not hold yet, for the clock is wrong."""
        day = timedelta(days=1)
        for since, until, said in (
            (-day, day, ""),
            (-3 * day, -2 * day, "agents.certificate.pem: expired on"),
            (2 * day, 3 * day, "agents.certificate.pem: holds from"),
        ):
            self.make(since, until)
            self.assertEqual([one[: len(said)] for one in self.told(Grade.MISTAKE)], [said] if said else [])

    def test_unreadable(self) -> None:
        """No certificate, or without its key: the server cannot start, and this is said before."""
        self.make(timedelta(0), timedelta(days=9))
        (self.path / "agents.key.pem").unlink()
        (said,) = self.told(Grade.STOPS)
        self.assertIn("agents.certificate.pem and agents.key.pem cannot be used", said)


class DeviceTests(ShopCase):
    def test_not_there(self) -> None:
        """A modem that is not plugged in is a note: its line comes when it does; the ports there are, are named."""
        ports = self.path / "by-path"
        self.patch(devices, "BY_PATH", ports)
        self.write(line1_device="/dev/ttyACM77")
        place = "Note: config.ini: [line 1] device: /dev/ttyACM77 is not there now"
        self.assertIn(f"{place}: its line comes into service when it is plugged in", self.told(Grade.NOTE))
        ports.mkdir()
        (ports / "usb-1").touch()
        self.assertIn(f"{place}; there are by-path/usb-1", self.told(Grade.NOTE))

    def test_no_serial_port(self) -> None:
        """A file, a folder, another kind of device."""
        (self.path / "file").touch()
        for device in (f"{self.path}/file", "/tmp", "/dev/null"):
            name = device.replace(f"{self.path}/", "")
            self.assert_told(f"config.ini: [line 1] device: {name} is no serial port", line1_device=device)

    def test_one_modem_by_two_names(self) -> None:
        """Two names of one port are one modem."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        port, link = os.ttyname(slave), self.path / "modem"
        link.symlink_to(port)
        self.write(line1_device=port, line2_device=str(link))
        self.assertEqual(
            self.told(Grade.MISTAKE),
            [f"config.ini: [line 2] device: the same modem as {port} of [line 1]"],
        )

    def test_forbidden(self) -> None:
        """Without the right to it, the group that has it is named; a running server's modems are left alone."""
        opened = []

        def refused(device: str) -> None:
            opened.append(device)
            raise PermissionError(13, "Permission denied")

        self.patch(devices, "_open_once", refused)
        self.write(line1_device="/dev/null")
        self.assertIn(
            "Note: config.ini: [line 1] device: no right to /dev/null: take the server's user into the group root",
            self.told(Grade.NOTE),
        )
        with locked(self.path):
            self.told()
        self.assertEqual(opened, ["/dev/null"])


class OrganisationTests(ShopCase):
    def setUp(self) -> None:
        """A shop that has lived: its queues and offices are in the database."""
        super().setUp()
        self.folder.keep_life(Life("a shop", datetime(2026, 3, 2, tzinfo=UTC), "callserver.db"))
        where = str(self.path / "callserver.db")
        opened = database_at(where)
        tables.database.initialize(opened)
        self.addCleanup(opened.close)
        open_database(opened, where)
        with opened.atomic():
            take_over({"operator": QueueConfig()})
            save(Part.QUEUE, "operator", {"on_nobody": "menu shop"})
            save(Part.OFFICE, "1", {"phone": "62345678"})
        opened.close()

    def test_what_was_set_fits_no_more(self) -> None:
        """A number that was barred later is named with its place in the database, and the command that mends it."""
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [])
        self.write(dialling_premium="6234")
        said = (
            "callserver.db: [office 1] phone: 62345678 is never dialled: it is a premium number, or no whole one; "
            "docs/lines.md has those that are; change it by bin/callserver offices set 1 phone=..."
        )
        self.assertEqual(self.told(Grade.STOPS, Grade.MISTAKE), [said])
        self.assertIn(said, [str(one).replace(f"{self.path}/", "") for one in before_start(self.folder)[1]])

    def test_menu_numbers_that_come_later(self) -> None:
        """A number that config.ini gives a menu, and the database somebody: the group, and the person, are named."""
        self.store("61", exit_key="5", call_back_key="5")
        self.write(agents_menu_numbers="61 shop, 62 shop")
        self.assertEqual(
            self.told(Grade.STOPS, Grade.MISTAKE),
            [
                "config.ini: [agents] menu_numbers: number 62 is Li Mei's already: menu shop needs another",
                "callserver.db: [group tea] number: 61 is menu shop's already: choose another; "
                "change it by bin/callserver groups set tea number=...",
                "callserver.db: [queue operator] exit_key: 5 is its call_back_key too: one key does one thing; "
                "change it by bin/callserver queues set operator exit_key=...",
            ],
        )

    def store(self, number: str, **settings: str) -> None:
        """A group of this number, a person 62, and a queue that an older version let be set so."""
        where = str(self.path / "callserver.db")
        opened = database_at(where)
        tables.database.initialize(opened)
        with opened.connection_context(), opened.atomic():
            save(Part.GROUP, "tea", {"number": number})
            QueueRow.update(settings=json.dumps(settings)).execute()
            StaffRow.create(number="62", name="Li Mei", password="", rights="[]", skills="{}")


class HoursTests(ShopCase):
    def test_overlap(self) -> None:
        """Hours of which one span holds hours of another."""
        self.assert_told(
            "config.ini: [dialling] international_hours: "
            "sat 12:00-14:00 overlaps mon-sun 09:00-18:00: write each hour once",
            dialling_international_hours="mon-sun 09:00-18:00, sat 12:00-14:00",
        )

    def test_no_length(self) -> None:
        """Hours that end when they begin."""
        self.assert_told(
            "config.ini: [fax] hours: mon 09:00-09:00 ends when it begins: write 00:00-24:00 for a whole day",
            fax_hours="mon 09:00-09:00",
        )

    def test_queues_that_menus_name(self) -> None:
        """Where the shop's files send callers, however it is written."""
        (self.path / "repair.py").write_text(
            "async def run(self, call):\n"
            "    await call.transfer_to_queue('tea', 3)\n"
            "    await call.transfer_to_queue(queue='cups')\n"
            "    await call.transfer_to_office(queue='repairs')\n"
            "    await call.transfer_to_queue(self.queue)\n"
        )
        (self.path / "broken.py").write_text("def (")
        (self.path / "reception.ini").write_text(
            "[choice main]\nzh = 销售请按1。\nen = For sales, press 1.\npress 1 = queue sales\npress 2 = queue tea\n",
            "utf-8",
        )
        (self.path / "broken.ini").write_text("[choice main]\npress 1 = queue nobody\nno key", "utf-8")
        named = {
            "queue tea": "repair.py:2",
            "queue cups": "repair.py:3",
            "queue repairs": "repair.py:4",
            "queue sales": "reception.ini:4",
        }
        self.assertEqual(named_by_files([self.path]), named)


class PlacesOfMenusTests(ShopCase):
    def told_of(self, menu: str, may_dial: str) -> list[str]:
        (self.path / "plugins").mkdir(exist_ok=True)
        (self.path / "plugins" / "front.ini").write_text(menu, "utf-8")
        self.write(menus_may_dial=may_dial)
        return [str(one).replace(f"{self.path}/", "") for one in before_start(self.folder)[1]]

    def test_offices_and_numbers(self) -> None:
        """Where a menu file leads to an office there is not, or a number that no line dials, is told with its line."""
        menu = "[choice main]\nzh = 请按1。\nen = Press 1.\npress 1 = office 3\npress 4 = office nearest\n"
        numbers = "press 2 = number 16812345\npress 3 = number 62345678\n"
        said = "\n".join(self.told_of(menu + numbers, "16812345, 62345678"))
        self.assertIn("front.ini:6: 16812345 is never dialled", said)
        self.assertIn("[menus] may_dial: 16812345 is never dialled", said)
        said = "\n".join(self.told_of(menu, "62345678"))
        self.assertIn("plugins/front.ini, line 4: no office 3; there is only nearest", said)
        self.assertNotIn("may_dial", said)

    def test_mailboxes(self) -> None:
        """Where a menu leads to a mailbox there is not, its file and line are told; in Python too."""
        (self.path / "plugins").mkdir()
        (self.path / "plugins" / "word.py").write_text(
            "async def run(self, call):\n    await call.leave_message('7')\n"
        )
        said = "\n".join(self.told_of("[go main]\nto = mailbox 12\n", ""))
        self.assertIn("plugins/front.ini, line 2: no mailbox 12", said)
        self.assertIn("plugins/word.py, line 2: no mailbox 7", said)

    def test_mailbox_of_no_number(self) -> None:
        """A bare `mailbox` in a menu is the general one; where there is none, that is what is told."""
        said = "\n".join(self.told_of("[go main]\nto = mailbox\n", ""))
        self.assertIn("front.ini, line 2: there is no general mailbox: give its number in config.ini", said)
        menu = self.path / "plugins" / "word.py"
        menu.write_text("async def run(self, call):\n    await call.leave_message('')\n")
        self.assertEqual(list(unknown_in_python(menu, Places((), (), ("70",), "70"))), [])
        self.assertEqual(len(list(unknown_in_python(menu, Places((), (), ("70",), "71")))), 1)

    def test_general_mailbox(self) -> None:
        """So is one that config.ini names for whoever nobody has served: nobody would look there."""
        self.write(voicemail_general="77")
        self.assertIn("[voicemail] general: no mailbox 77", "\n".join(map(str, before_start(self.folder)[1])))


class StartTests(ShopCase):
    def test_the_same_list(self) -> None:
        """Whoever reads the settings, `check`, a start or a reload, finds the same in them."""
        (self.path / "plugins").mkdir()
        (self.path / "plugins" / "b.py").write_text("def (")
        self.write(
            server_prompts="recorded",
            agents_prot="1",
            dialling_international_hours="mon 09:00-12:00, mon 11:00-13:00",
            dialling_group="gsm",
            line1_menu="fault",
            line1_ring_stop_s="3",
            line2_device="/tmp",
        )
        _, checked = check(self.folder)
        found, starting = before_start(self.folder)
        reading = self.folder.reading()
        reloading = mistakes(reading, self.folder, found, Places(["operator"]), running=True)
        self.assertEqual(len([one for one in checked if one.grade is not Grade.NOTE]), 8)
        for said in (starting, reloading):
            self.assertEqual([str(one) for one in said], [str(one) for one in checked])

    def test_before_start(self) -> None:
        """A start looks at the same; a damaged database is the store's to mend, a missing modem may come."""
        (self.path / "callserver.db").write_bytes(b"no database at all" * 99)
        self.write(line1_device="/dev/ttyACM77")
        self.assertEqual({finding.grade for finding in before_start(self.folder)[1]}, {Grade.NOTE})
        self.write(agents_host="192.0.2.1", server_database="data/shop.db")
        stops = [finding.key for finding in before_start(self.folder)[1] if finding.grade is Grade.STOPS]
        self.assertEqual(stops, ["database", "host"])


class CommandTests(ShopCase):
    def run_check(self, *arguments: str) -> Result:
        return CliRunner().invoke(check_command, ["--shop", str(self.path), *arguments], env=ENGLISH)

    def test_exit_code(self) -> None:
        """0 when nothing is wrong but what may be mended by plugging in; 1 with each mistake and their number."""
        self.write(line1_device="/dev/ttyACM77")
        result = self.run_check()
        self.assertEqual(result.exit_code, 0, result.output)
        self.assertIn("config.ini: all right; lines: 1, seats: 5.", result.output)
        self.write(line1_menu="fault", agents_prot="1")
        result = self.run_check()
        self.assertEqual(result.exit_code, 1)
        self.assertIn("[agents] prot: no such setting", result.output)
        self.assertTrue(result.output.endswith("Mistakes: 2\n"), result.output)

    def test_json(self) -> None:
        """The same for other programs."""
        self.write(line1_menu="fault")
        result = self.run_check("--json")
        self.assertEqual(result.exit_code, 1)
        told = json.loads(result.output)
        self.assertFalse(told["ok"])
        (mistake,) = [one for one in told["findings"] if one["grade"] != "note"]
        place = {name: mistake[name] for name in ("line", "section", "key")}
        self.assertEqual(place, {"line": 10, "section": "line 1", "key": "menu"})

    def test_no_shop(self) -> None:
        """A folder without a shop says what makes one."""
        self.folder.config_file.unlink()
        result = self.run_check()
        self.assertEqual(result.exit_code, 1)
        self.assertIn("config.ini: there is no such file; the first start in a folder makes it", result.output)
