"""`callserver try` and `callserver menus` as a shop's admin uses them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy
from typing import TypeVar

from click.testing import CliRunner, Result
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.menus import menus
from callserver.commands.try_menu import try_menu
from callserver.features.shopping import sample
from callserver.features.shopping.tables import Order
from callserver.server.shop_folder import ShopFolder
from callserver.store import tables
from callserver.store.opening import database_at, open_database
from tests.run import TOP

T = TypeVar("T")

EXAMPLES = TOP / "tests" / "ivr" / "menu_files"
DAY = ["--at", "2026-03-02 10:00"]


class MenuCommandsCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = ShopFolder(Path(self.mktemp()))
        self.folder.prepare()
        self.plugins = self.folder.path / "plugins"
        self.plugins.mkdir()
        for example in EXAMPLES.glob("*.ini"):
            copy(example, self.plugins)

    def run_command(self, command: object, *arguments: str, typed: str = "") -> Result:
        options = ["--shop", str(self.folder.path), *arguments]
        if command is menus:
            options = [arguments[0], "--shop", str(self.folder.path), *arguments[1:]]
        return CliRunner().invoke(command, options, input=typed, env={"LANG": "en_US.UTF-8"})  # type: ignore[arg-type]


class TryTests(MenuCommandsCase):
    def test_menu_in_a_file(self) -> None:
        """Each step with its line, what is heard in both languages, what each key does, and how it ends."""
        done = self.run_command(try_menu, "front", "--keys", "2 1", "--at", "2026-02-17 18:40")
        self.assertEqual(done.exit_code, 0, done.output)
        for line in (
            "0:00 welcome (front.ini:8)",
            "0:01   key 2",
            "0:01   holiday Spring Festival",
            "“We are closed for the holiday.” (店铺放假，祝您节日快乐。)",
            "“We are back February twenty-fourth nine AM . To leave",
            "→ plugin message",
            "Ends: the menu is over",
        ):
            self.assertIn(line, done.output)

    def test_no_number(self) -> None:
        """What is no telephone number calls nobody."""
        done = self.run_command(try_menu, "front", "--keys", "1", "--caller", "abc")
        self.assertIn("'abc' is no telephone number", str(done.exception) + done.output)

    def test_check_of_a_menu_in_python(self) -> None:
        """It has no file: that is said, and not that there is no such menu."""
        done = self.run_command(menus, "check", "shop")
        self.assertIn("is written in Python", str(done.exception) + done.output)

    def test_menu_in_python(self) -> None:
        """An order by the shop's own menu: what the database would do is said, and nothing of it stays."""
        done = self.run_command(try_menu, "shop", "--keys", "1 1 1001# 1 2# 2 1 1 hangup", *DAY)
        self.assertEqual(done.exit_code, 0, done.output)
        self.assertRegex(done.output, r"Database: .*order_lines 1, .*orders 1, .*rolled back")
        again = self.run_command(try_menu, "shop", "--keys", "1 1 1001# 1 2# 2 1 1 hangup", *DAY)
        self.assertIn("五十件", done.output)
        self.assertIn("五十件", again.output)
        self.assertFalse(Path(self.folder.database(self.folder.config())).exists())

    def test_database_as_it_is(self) -> None:
        """A database that a server holds is read while it goes on, and not written to."""
        path = self.folder.database(self.folder.config())
        database = database_at(path)
        tables.database.initialize(database)
        open_database(database, path)
        self.addCleanup(database.close)
        with database.atomic("IMMEDIATE"):  # somebody is writing
            done = self.run_command(try_menu, "shop", "--keys", "1 1 1001# hangup", *DAY)
        self.assertEqual(done.exit_code, 0, done.output)
        self.assertIn("没有这个编号的商品", done.output)  # it is a shop without goods

    def test_outcomes(self) -> None:
        """What becomes of a hand-over can be set; what is not, is taken."""
        done = self.run_command(try_menu, "front", "--keys", "1 0 -", *DAY, "--set", "queue operator=no_agent")
        self.assertIn("→ queue operator no_agent", done.output)
        self.assertIn("night (front.ini:34)", done.output)
        self.assertIn("→ queue operator answered", self.run_command(try_menu, "front", "--keys", "1 0", *DAY).output)

    def test_asks(self) -> None:
        """Without keys, it stops at each question and asks; what cannot be pressed is told."""
        done = self.run_command(try_menu, "front", *DAY, typed="1\nx\n0\n5\n")
        self.assertIn("write keys as", done.output)
        self.assertIn("rating = 5", done.output)
        self.assertEqual(done.output.count("welcome (front.ini:8)"), 1)

    def test_breaks(self) -> None:
        """A menu that breaks is told with its place; exit code 1."""
        text = (TOP / "plugins" / "message.py").read_text("utf-8").replace('"message"', '"mine"')
        (self.plugins / "mine.py").write_text(text.replace("await call.answer()", "call.no_such_act()"))
        done = self.run_command(try_menu, "mine", "--keys", "", *DAY)
        self.assertEqual(done.exit_code, 1)
        self.assertRegex(done.output, r"broken: AttributeError.*mine\.py:\d+")

    def test_refused(self) -> None:
        """Unknown menus, moments and outcomes are told in words."""
        for arguments, words in (
            (["frnt"], "did you mean 'front'?"),
            (["front", "--at", "noon"], "is no moment"),
            (["front", "--set", "operator"], "write as queue operator=no_agent"),
            (["front", "--set", "queue operater=no_agent"], "no queue 'operater'; there is only operator"),
            (["front", "--set", "queue operator=away"], "'away' never becomes of a queue; there are answered, closed"),
        ):
            done = self.run_command(try_menu, *arguments, "--keys", "")
            self.assertIn(words, str(done.exception))

    def test_mistakes_of_others(self) -> None:
        """Only what is wrong with the menu's own file, and with those it leads to, is told."""
        (self.plugins / "other.ini").write_text("[choice main]\n", "utf-8")
        (self.plugins / "other.py").write_text("def (")
        self.assertNotIn("other.", self.run_command(try_menu, "front", "--keys", "1 0 5", *DAY).output)
        (self.plugins / "reserve.ini").write_text("[choice main]\n", "utf-8")
        done = self.run_command(try_menu, "front", "--keys", "1 0 5", *DAY)
        self.assertIn("reserve.ini:1: [choice main] needs press 1", done.output)
        self.assertNotIn("other.", done.output)
        self.assertIn("other.py:1: not Python", self.run_command(try_menu, "other", "--keys", "", *DAY).output)

    def test_keep(self) -> None:
        """With --keep the order stands in the shop's database, after a question; who says no changes nothing."""
        path = self.folder.database(self.folder.config())

        def in_database(act: Callable[[], T]) -> T:
            database = database_at(path)
            tables.database.initialize(database)
            open_database(database, path)
            try:
                return act()
            finally:
                database.close()

        in_database(lambda: sample.load(datetime(2026, 3, 1, tzinfo=UTC)))
        before = in_database(lambda: Order.select().count())
        order = ["shop", "--keys", "1 1 1001# 1 2# 2 1 1 hangup", *DAY, "--keep"]
        self.assertIn("rolled back", self.run_command(try_menu, *order, typed="n\n").output)
        self.assertEqual(in_database(lambda: Order.select().count()), before)
        done = self.run_command(try_menu, *order, typed="y\n")
        self.assertRegex(done.output, r"Database: .*orders 1.*; kept")
        self.assertEqual(in_database(lambda: Order.select().count()), before + 1)
        self.assertEqual(self.run_command(try_menu, "shop", *DAY, "--keep").exit_code, 2)  # nobody was asked for keys


class MenusTests(MenuCommandsCase):
    def test_check(self) -> None:
        """All mistakes of all files with their lines; exit code 1."""
        fresh = self.run_command(menus, "check")
        self.assertEqual(fresh.exit_code, 0)
        self.assertNotIn("L9", fresh.output)  # where nothing is recorded yet, that is no news
        front = self.plugins / "front.ini"
        front.write_bytes(front.read_text("utf-8").replace("queue operator", "queue operater").encode("gb18030"))
        done = self.run_command(menus, "check", "front")
        self.assertEqual(done.exit_code, 1)
        self.assertIn("front.ini:27: no queue 'operater'; did you mean 'operator'?", done.output)
        self.assertIn("front.ini:1: is not UTF-8", done.output)
        self.assertEqual(
            self.run_command(menus, "check", "survey").output.splitlines()[0],
            "survey.ini: can be loaded; 12 ways walked.",
        )

    def test_strict(self) -> None:
        """A remark is told with its line; it keeps a menu from nothing, unless one is strict."""
        survey = self.plugins / "survey.ini"
        survey.write_text(survey.read_text("utf-8") + "[say lost]\nplay = goodbye\nthen = hangup\n", "utf-8")
        done = self.run_command(menus, "check", "survey")
        self.assertEqual(done.exit_code, 0)
        self.assertIn("survey.ini:13: L4: no call ever comes to [say lost]", done.output)
        self.assertEqual(self.run_command(menus, "check", "--strict", "survey").exit_code, 1)

    def test_picture(self) -> None:
        """A menu is drawn into a file."""
        file = self.folder.path / "front.svg"
        done = self.run_command(menus, "picture", "front", "--output", str(file))
        self.assertEqual(done.exit_code, 0, done.output)
        self.assertTrue(file.read_text("utf-8").startswith("<svg"))

    def test_tests(self) -> None:
        """The tests beside a menu hold; one that does not is told with its line, and its call is shown."""
        done = self.run_command(menus, "test")
        self.assertEqual(done.exit_code, 0, done.output)
        for told in ("front.test.ini: 4 tests, 0 faults.", "reception.test.ini: 3 tests, 0 faults."):  # one of ours
            self.assertIn(told, done.output)
        front = self.plugins / "front.ini"
        front.write_text(front.read_text("utf-8").replace("press 0 = talk", "press 0 = night"), "utf-8")
        done = self.run_command(menus, "test", "front")
        self.assertEqual(done.exit_code, 1)
        self.assertIn("front.test.ini:6: does not hear 'talk'", done.output)
        self.assertIn("night (front.ini:34)", done.output)

    def test_list(self) -> None:
        """Every menu, where it comes from, and which lines it answers."""
        done = self.run_command(menus, "list").output
        self.assertRegex(done, r"shop +menu +line 1-20")
        self.assertRegex(done, r"front +front\.ini")
