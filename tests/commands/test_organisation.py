"""An admin sets up groups, queues, hours and offices: help that helps, and mistakes in words."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
from click.testing import CliRunner, Result
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.forms import FORMS
from callserver.acd.organisation.parts import CALLED
from callserver.acd.organisation.taking_over import take_over
from callserver.acd.staff import passwords
from callserver.acd.staff.book import StaffBook
from callserver.acd.staff.form import STAFF_FORM
from callserver.commands import books, organisation, staff
from callserver.commands.backup import backup, restore_command
from callserver.commands.unit import unit
from callserver.config import QueueConfig
from callserver.server.shop_folder import TOP
from callserver.store.tables import EventRow
from callserver.wire.cells import cells
from tests.commands.test_staff import OpenedStore

MORNING = """[main]
hours = mon-fri 09:00-18:00
days = 2026-10-01..2026-10-07 closed 国庆节

[night]
night = on
"""


class OrganisationCommandTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp())
        self.shop.mkdir()
        (self.shop / "config.ini").write_bytes((TOP / "config.ini").read_bytes())
        self.store = OpenedStore()
        self.waiting = 0
        for replaced in (
            patch.object(passwords, "N", 2),
            patch.object(books, "Store", lambda *where: self.store),
            patch.object(books, "react", self.run_story),
            patch.object(books, "look", lambda shop: {"queues": [{"queue": "tea", "waiting": self.waiting}]}),
            patch.dict("os.environ", {"CALLSERVER_LANGUAGE": "en"}),
        ):
            replaced.start()
            self.addCleanup(replaced.stop)
        self.store.run(take_over, {"operator": QueueConfig()})
        book = StaffBook(self.store, self.store.reactor)  # type: ignore[arg-type]
        for number, name in (("801", "Li Mei"), ("802", "Wang Fang")):
            self.successResultOf(book.add(number, name, "tea-and-cups", ()))

    def run_story(self, story: Callable[[Any], Deferred[None]]) -> None:
        failed: list[Any] = []
        story(self.store.reactor).addErrback(failed.append)
        if failed:
            raise failed[0].value

    def command(self, words: str, typed: str | None = None) -> Result:
        called, command, *rest = shlex.split(words)
        group: click.Group = staff.staff if called == "staff" else getattr(organisation, called)
        return CliRunner().invoke(group, [command, "--shop", str(self.shop), *rest], input=typed)

    def done(self, words: str, typed: str | None = None) -> str:
        result = self.command(words, typed)
        self.assertEqual(result.exit_code, 0, f"{words}: {result.output}{result.exception}")
        return result.stdout

    def said(self, words: str, typed: str | None = None) -> str:
        """What a command that is refused says."""
        result = self.command(words, typed)
        self.assertNotEqual(result.exit_code, 0, words)
        return result.output.splitlines()[-1]

    def test_a_shop_is_set_up(self) -> None:
        """Hours, a group, a queue, an office with its regions, known callers; each is listed as it was set."""
        for words in (
            'hours add main "hours=mon-fri 09:00-18:00" "days=2026-10-01..2026-10-07 closed National Day"',
            'groups add sales number=700 "members=801, 802/2"',
            "queues add tea group=sales calendar=main ring_s=20 on-timeout='queue operator'",
            "offices add 1 name=Beijing phone=010-62345678 calendar=main",
            "regions add north offices=1",
            "regions add beijing parent=north codes=010",
            "callers add vip priority=5 queue=tea numbers=13912345678",
            "staff set 801 phone=62345678 skills=zh:5,en:2 'caps=national 10min'",
        ):
            self.done(words)
        self.assertIn("ring_s=20", self.done("queues list"))
        self.assertIn("number=700  members=801, 802/2", self.done("groups list"))
        self.assertRegex(self.done("hours list"), r"main +\[(open|closed) now\]  hours=mon-fri 09:00-18:00")
        self.assertIn("phone=01062345678", self.done("offices list"))
        self.assertIn("parent=north  codes=010", self.done("regions list"))
        self.assertIn("priority=5  queue=tea", self.done("callers list"))
        self.assertIn("phone=62345678", self.done("staff show 801"))
        self.assertIn("'caps=national 10min'", self.done("staff show 801"))

    def test_shown_as_it_is_set(self) -> None:
        """What `show` prints is what `set` takes, for every kind."""
        self.test_a_shop_is_set_up()
        for words in ("hours {} main", "groups {} sales", "queues {} tea", "offices {} 1", "regions {} beijing"):
            before = self.done(words.format("show"))
            self.done(" ".join((words.format("set"), *before.splitlines())))
            self.assertEqual(self.done(words.format("show")), before)

    def test_night_switch_and_holidays(self) -> None:
        """One word closes at once; a holiday is added to the others."""
        self.done("hours add main 'hours=mon-sun 00:00-24:00'")
        self.assertIn("[open now]", self.done("hours list"))
        self.assertIn("[closed now]", self.done("hours set main night=on"))
        self.done("hours set main night=automatic 'days+=2099-01-01 closed'")
        self.assertIn("2099-01-01", self.done("hours set main 'days+=2099-05-01 closed'"))
        self.assertNotIn("2099-01-01", self.done("hours set main days-=2099-01-01"))

    def test_no_shop(self) -> None:
        """A folder without a shop: every command says so alike, as other mistakes are said, and makes nothing there."""
        elsewhere = Path(self.mktemp())
        for command in (organisation.queues.commands["list"], staff.staff.commands["list"], backup, unit):
            result = CliRunner().invoke(command, ["--shop", str(elsewhere)])
            self.assertEqual(result.output.strip(), f"Error: {elsewhere.absolute()}: no shop here (no config.ini)")
        result = CliRunner().invoke(restore_command, ["--shop", str(elsewhere), str(elsewhere / "backup.zip")])
        self.assertIn("does not exist", result.output)
        self.assertFalse(elsewhere.exists())

    def test_refusals(self) -> None:
        """What is refused is said as a mistake, with the code by which a script can tell it."""
        said = self.said("staff pin 801 --pin-stdin", "801\n")
        self.assertTrue(said.startswith("Error: the new password cannot be taken"), said)
        self.assertTrue(said.endswith(" [weak-password]"), said)

    def test_nothing_there(self) -> None:
        """An empty list is said to be so, beside what a program reads."""
        result = self.command("groups list")
        self.assertEqual((result.stdout, result.stderr), ("", "There are none yet.\n"))

    def test_lists(self) -> None:
        """Every list is told in the language that is asked for, and to programs."""
        self.done("hours add main 'hours=mon-sun 00:00-24:00'")
        self.assertIn("[现在开放]", self.done("hours list --language zh"))
        (listed,) = json.loads(self.done("hours list --json"))
        self.assertEqual((listed["name"], listed["settings"]["night"]), ("main", "automatic"))
        for called in ("groups", "queues", "hours", "offices", "regions", "callers", "staff"):
            self.assertIsInstance(json.loads(self.done(f"{called} list --json --language zh")), list)

    def test_regions_that_overlap(self) -> None:
        """What may be a slip is saved, and said."""
        self.done("regions add jiangsu codes=139")
        result = self.command("regions add suzhou codes=1390620")
        self.assertEqual(result.exit_code, 0)
        self.assertIn("Note: region suzhou, codes: overlaps region jiangsu", result.stderr)

    def test_mistakes(self) -> None:
        """Each is one line that says what would be right; nothing is changed."""
        before = self.done("queues export")
        for words, said in (
            ("queues add operator", "there is queue operator already"),
            ("queues set tee ring_s=20", "there is no queue tee; there is only operator"),
            ("queues set operator ring_s", "'ring_s' is not KEY=VALUE, as in ring_s=20"),
            ("queues set operator", "Say what to set: KEY=VALUE; show prints what there is."),
            ("queues set operator rings=1", "queue operator, rings: no such setting; did you mean 'ring_s'?"),
            (
                "queues set operator ring_s=1 ring_s=5",
                "ring_s= is given twice: give it once; items of a list have commas between",
            ),
            ("queues set operator group=sales", "there is no group sales, nor any other; make it first"),
            ("queues set operator on_full=queue", "needs a place, as in: queue service"),
            ("queues delete operator", "a shop needs a queue: callers wait there for a person"),
            ("groups add sales members=899", "group sales, members: there is no person 899"),
            ("groups add 'my group'", "is no name: that is 1 to 32 letters, figures, - or _"),
            ("offices add x", "is no internal number"),
            ("offices add phone=200", "'phone=200' is a setting, and NUMBER comes before it: "),
            ("queues set ring_s=5 group=tea", "is a setting, and NAME comes before it: "),
            ("hours show main", "there is no calendar yet"),
            ("staff set 899 phone=1", "nobody has the number 899; there are 801, 802"),
            ("staff set 801 pin=1234", "no such setting"),
            ("staff add 803 Li phone=x", "person 803, phone: is no telephone number"),
            ("staff add 110 Li", "110 is an emergency number: choose another"),
            ("staff set 801 phone=119", "person 801, phone: 119 is an emergency number: choose another"),
            ("groups add sales number=120", "group sales, number: 120 is an emergency number"),
            ("offices add 1 phone=1-10", "office 1, phone: 110 is an emergency number"),
            ("queues set operator 'on_full=number 110'", "queue operator, on_full: 110 is an emergency number"),
        ):
            self.assertIn(said, self.said(words), words)
        self.assertEqual(self.done("queues export"), before)

    def test_no_ini(self) -> None:
        """What is wrong with a file is said in our words, with its line."""
        with patch.dict("os.environ", {"CALLSERVER_LANGUAGE": "zh"}):
            for text in ("nonsense\n", "[main]\n= 1\n", "[a]\n[a]\n", "[a]\nnight=on\nnight=off\n"):
                self.assertRegex(self.said("hours import -", text), "第 [0-9] 行")
            self.assertNotRegex(self.said("hours add main 'hours=thu 08:00-08:60'"), "minute|must")

    def test_the_first_queue_goes(self) -> None:
        """Whoever deletes it is told where callers come from now on."""
        self.done("queues add tea")
        said = self.command("queues delete operator").stderr
        self.assertIn("Callers whom no menu sends to a queue wait in tea from now on.", said)

    def test_staff_in_eighty_columns(self) -> None:
        """All rights of a person are there, and no line is longer, also where nobody looks at a screen."""
        self.done("staff rights 801 " + " ".join(staff.NAMES))
        for language in ("en", "zh"):
            said = self.done(f"staff list --language {language}")
            self.assertLessEqual(max(map(cells, said.splitlines())), 80)
            self.assertIn("force-log-out", said)

    def test_callers_wait(self) -> None:
        """A queue in which callers of the running server wait is not deleted."""
        self.done("queues add tea")
        self.waiting = 3
        self.assertIn("callers wait in queue tea: 3", self.said("queues delete tea"))
        self.waiting = 0
        self.done("queues delete tea")

    def test_a_queue_that_names_itself(self) -> None:
        """It is deleted as others are: nothing is left that names it."""
        self.done("queues add tea")
        self.done("queues set tea exit_key=9 'on_exit=queue tea'")
        self.done("queues delete tea")

    def test_export_and_import(self) -> None:
        """All of one kind as a text, and back; a mistake in one of them and none comes in."""
        self.done("hours import -", MORNING)
        self.assertEqual(self.done("hours export").strip(), MORNING.strip())
        self.done("hours delete main")
        broken = MORNING + "[third]\nhours = 9-18\n"
        self.assertIn("'9-18' is no time span", self.said("hours import -", broken))
        self.assertNotIn("main", self.done("hours list"))
        file = self.shop / "hours.ini"
        file.write_text(MORNING, "utf-8-sig")
        self.done(f"hours import {file}")
        self.assertIn("main", self.done("hours list"))
        self.assertIn("is no INI text", self.said("hours import -", "nonsense\n"))
        self.assertIn("cannot be read", self.said(f"hours import {self.shop}/none.ini"))
        self.done("queues import -", "[a]\non_timeout = queue b\n[b]\n")

    def test_pin(self) -> None:
        """Shown once, or read from standard input; it is never on the command line, nor shown later."""
        pin = self.done("staff pin 801").strip()
        self.assertRegex(pin, "^[0-9]{6}$")
        self.assertIn("PIN", self.done("staff list").splitlines()[0])
        self.assertNotIn(pin, self.done("staff show 801") + self.done("staff list"))
        self.assertEqual(self.done("staff pin 801 --pin-stdin", "4711\n"), "")
        self.assertIn("a PIN needs 4 to 12 digits", self.said("staff pin 801 --pin-stdin", "12\n"))
        self.done("staff pin 801 --none")
        self.assertNotIn("PIN", self.done("staff list"))

    def test_who_did_it(self) -> None:
        """What an admin changes is in the event log as his."""
        self.done("groups add sales members=801")
        rows = self.store.run(lambda: [(row.kind, row.data) for row in EventRow.select()])
        self.assertEqual([kind for kind, _ in rows], ["audit"])
        self.assertIn('"by": "admin"', rows[0][1])
        self.assertIn("save_groups", rows[0][1])

    def test_help_helps(self) -> None:
        """Help names every setting, on 80 columns, for every kind."""
        self.test_a_shop_is_set_up()
        for called in (*CALLED.values(), "staff"):
            group: click.Group = staff.staff if called == "staff" else getattr(organisation, called)
            said = CliRunner().invoke(group, ["set", "--help"], terminal_width=80).output
            self.assertLessEqual(max(map(cells, said.splitlines())), 80, said)
            form = next((FORMS[part] for part, name in CALLED.items() if name == called), STAFF_FORM)
            for key in form.settings:
                self.assertRegex(said, rf"(?m)^ *{key} ", called)
            with patch.dict("os.environ", COLUMNS="80"):
                listed = self.done(f"{called} list").splitlines()
            self.assertTrue(listed)
            self.assertLessEqual(max(map(cells, listed)), 80)
