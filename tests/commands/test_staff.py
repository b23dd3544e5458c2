"""An admin keeps the staff book: what is wrong is said in words, and no password stands on a command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner, Result
from peewee import OperationalError
from twisted.internet.defer import Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import passwords
from callserver.acd.staff.book import StaffBook
from callserver.commands import books, staff
from callserver.server.shop_folder import TOP
from callserver.wire.cells import cells
from callserver.wire.refusals import Refusal, Refused
from tests.store.inline import InlineStore


class OpenedStore(InlineStore):
    """As the commands open and close it."""

    def visit(self) -> Deferred[None]:
        return succeed(None)

    def stop(self) -> Deferred[None]:
        return succeed(None)


class StaffCommandTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp())
        self.shop.mkdir()
        (self.shop / "config.ini").write_bytes((TOP / "config.ini").read_bytes())
        self.store = OpenedStore()
        self.book = StaffBook(self.store, self.store.reactor)  # type: ignore[arg-type]
        for replaced in (
            patch.object(passwords, "N", 2),
            patch.object(books, "Store", lambda *where: self.store),
            patch.object(books, "react", self.run_story),
            patch.dict("os.environ", {"CALLSERVER_LANGUAGE": "en"}),
        ):
            replaced.start()
            self.addCleanup(replaced.stop)

    def run_story(self, story: Callable[[Any], Deferred[None]]) -> None:
        failed: list[Any] = []
        story(self.store.reactor).addErrback(failed.append)
        if failed:
            raise failed[0].value

    def command(self, *arguments: str, typed: str | bytes | None = None) -> Result:
        command, *rest = arguments
        return CliRunner().invoke(staff.staff, [command, "--shop", str(self.shop), *rest], input=typed)

    def said(self, *arguments: str, typed: str | bytes | None = None) -> str:
        """What a command that is refused says."""
        result = self.command(*arguments, typed=typed)
        self.assertNotEqual(result.exit_code, 0)
        return result.output.splitlines()[-1]

    def done(self, *arguments: str, typed: str | bytes | None = None) -> str:
        """What a command that is done writes to standard output."""
        result = self.command(*arguments, typed=typed)
        self.assertEqual(result.exit_code, 0, result.output + str(result.exception))
        return result.stdout

    def log_in(self, number: str, password: str) -> Refusal | None:
        answer = self.book.log_in(number, password, "10.0.0.7")
        self.store.reactor.advance(1)
        failed: list[Any] = []
        answer.addErrback(failed.append)
        if not failed:
            return None
        failed[0].trap(Refused)
        code: Refusal = failed[0].value.code
        return code

    def test_eighty_columns(self) -> None:
        """On a terminal of 80 columns no line is longer: neither all 18 rights nor a long name."""
        self.done("add", "801", "欧阳龙井绿茶茶叶有限公司的客服代表", "--right", "supervisor")
        with patch.dict("os.environ", COLUMNS="80"):
            said = self.done("list").splitlines()
        self.assertTrue(said)
        self.assertLessEqual(max(map(cells, said)), 80)

    def test_somebody_new(self) -> None:
        """His first password is shown once, alone on standard output; it is good for nothing but its own change."""
        first = self.done("add", "801", "Li Mei").strip()
        self.assertRegex(first, r"^([a-z2-9]{4}-){3}[a-z2-9]{4}$")
        self.assertNotEqual(first, self.done("add", "802", "Wang Fang").strip(), "everybody has his own")
        self.assertNotIn(first, self.done("list"))
        self.assertIn("first password", self.done("list"))
        self.assertIs(self.log_in("801", first), Refusal.MUST_CHANGE)
        self.successResultOf(self.book.change_password("801", first, "tea-and-cups", "10.0.0.7"))
        self.assertIsNone(self.log_in("801", "tea-and-cups"))
        self.assertNotIn("first password", self.done("list").splitlines()[0])

    def test_numbers(self) -> None:
        """Who is there already, who is not, and what is no number, in words with what there is."""
        self.done("add", "900", "Zhao Gang")
        self.assertEqual(self.said("add", "900", "Li"), "Error: there is somebody with the number 900 already")
        for command in (("password", "999"), ("rights", "999", "pick-up"), ("unlock", "999"), ("delete", "999")):
            self.assertEqual(self.said(*command), "Error: nobody has the number 999; there is only 900")
        for number in ("abc", "", "80 1", "123456789", "-", "8.5", "八百"):
            self.assertIn("is no staff number: that is 1 to 8 digits", self.said("add", "--", number, "Li"), number)
            self.assertIn("is no staff number", self.said("disable", "--", number))
        for name in ("", " ", "x" * 65, "a\x1b[2J"):
            self.assertIn("is no name: that is 1 to 64 readable characters", self.said("add", "801", name))
        self.done("add", "８０１", "李　明")
        self.assertIn("801      李 明", self.done("list"))

    def test_rights(self) -> None:
        """A mistyped right is told, with those it may have been; the right ones hold."""
        self.done("add", "801", "Li Mei")
        self.assertIn("'anser-queued'; there is answer-queued", self.said("rights", "801", "anser-queued"))
        self.assertIn("'xyz'; there is supervisor, answer-internal", self.said("add", "802", "W", "--right", "xyz"))
        self.assertEqual(self.done("rights", "801", "PICK_UP", "grab").split(), ["801", "pick-up,", "grab"])
        self.assertIn("--none", self.said("rights", "801"))
        self.assertIn("-", self.done("rights", "801", "--none"))
        self.successResultOf(Deferred.fromCoroutine(self.book.follow()))
        self.assertEqual(self.book.rights("801"), frozenset())

    def test_password_from_standard_input(self) -> None:
        """Its first line and nothing else; never shown again; the rules hold; what is no text is told."""
        result = self.command("add", "801", "Li Mei", "--password-stdin", typed="tea and cups\r\nsecond line\n")
        self.assertEqual((result.exit_code, result.stdout), (0, ""))
        self.assertNotIn("tea and cups", result.output)
        self.assertIs(self.log_in("801", "tea and cups"), Refusal.MUST_CHANGE)
        for typed, rule in (
            ("short\n", "at least 8 characters"),
            (" tea and cups\n", "a blank at one of its ends"),
            ("tea and cups \n", "a blank at one of its ends"),
            ("tea\0and\0cups\n", "characters that nobody can type"),
            ("x1y2" * 2500, "more than 128 characters"),
            ("80180180\n", "too few different characters"),
            ("", "There is no password on standard input."),
            ("\n", "There is no password on standard input."),
            (b"\xff\xfe\xfd", "not written in UTF-8"),
        ):
            self.assertIn(rule, self.said("password", "801", "--password-stdin", typed=typed))
        self.assertIs(self.log_in("801", "tea and cups"), Refusal.MUST_CHANGE)
        self.done("add", "900", "Zhao Gang", "--right", "supervisor")
        said = self.said("password", "900", "--password-stdin", typed="tea+cups\n")
        self.assertIn("a supervisor's needs at least 12 characters", said)

    def test_no_password_on_the_command_line(self) -> None:
        """Others see a command line; there is no option for a password."""
        self.assertIn("No such option", self.said("add", "801", "Li Mei", "--password", "tea and cups"))

    def test_reset(self) -> None:
        """A supervisor who forgot his password, or is locked out, gets another one from the admin."""
        self.done("add", "900", "Zhao Gang", "--right", "supervisor")
        self.assertIs(self.log_in("900", "no idea what"), Refusal.LOG_IN)
        first = self.done("password", "900").strip()
        self.assertIs(self.log_in("900", first), Refusal.MUST_CHANGE)

    def test_disabled(self) -> None:
        """Disabled, he does not get in and keeps what he has; enabled, he does; deleted, his number is free."""
        self.done("add", "801", "Li Mei", "--right", "grab")
        self.successResultOf(self.book.change_password("801", self.done("password", "801").strip(), "tea-cups", "x"))
        self.done("disable", "801")
        self.assertIn("[disabled]", self.done("list"))
        self.assertIs(self.log_in("801", "tea-cups"), Refusal.LOG_IN)
        self.done("enable", "801")
        self.assertIsNone(self.log_in("801", "tea-cups"))
        self.done("delete", "801")
        self.assertIs(self.log_in("801", "tea-cups"), Refusal.LOG_IN)
        self.done("add", "801", "Wang Fang")
        self.assertIs(self.log_in("801", "tea-cups"), Refusal.LOG_IN)

    def test_last_supervisor(self) -> None:
        """Nobody takes the shop's only supervisor away, in whatever way; with a second one it can be done."""
        self.done("add", "900", "Zhao Gang", "--right", "supervisor")
        ways = (("delete", "900"), ("disable", "900"), ("rights", "900", "--none"), ("rights", "900", "pick-up"))
        for way in ways:
            self.assertIn("900 Zhao Gang is the only supervisor", self.said(*way))
        self.done("add", "901", "Li Mei", "--right", "supervisor")
        self.done("disable", "901")
        self.assertIn("is the only supervisor", self.said("delete", "900"), "one who may not log in is none")
        self.done("enable", "901")
        self.done("delete", "900")

    def test_becomes_supervisor(self) -> None:
        """Who is made supervisor has to choose a longer password before he gets in again."""
        self.done("add", "801", "Li Mei")
        self.successResultOf(self.book.change_password("801", self.done("password", "801").strip(), "tea-cups", "x"))
        self.done("rights", "801", "supervisor")
        self.assertIs(self.log_in("801", "tea-cups"), Refusal.MUST_CHANGE)
        weak = self.failureResultOf(self.book.change_password("801", "tea-cups", "tea+cups", "x"), Refused)
        self.assertIs(weak.value.code, Refusal.WEAK_PASSWORD)
        self.successResultOf(self.book.change_password("801", "tea-cups", "tea+cups+walnuts", "x"))
        self.assertIsNone(self.log_in("801", "tea+cups+walnuts"))

    def test_two_admins(self) -> None:
        """What the second one does stands on what the first has left: no half change, no person twice."""
        self.done("add", "900", "Zhao Gang", "--right", "supervisor")
        self.done("add", "901", "Li Mei", "--right", "supervisor")
        first, second = self.book.delete("900"), self.book.delete("901")
        self.successResultOf(first)
        self.assertIn("only supervisor", str(self.failureResultOf(second).value))
        one, other = self.book.add("801", "A", "tea-and-cups", ()), self.book.add("801", "B", "tea-and-cups", ())
        self.assertEqual(self.successResultOf(one).name, "A")
        self.assertIn("already", str(self.failureResultOf(other).value))
        changed = self.book.change_password("801", "tea-and-cups", "walnuts+dates", "x")
        self.successResultOf(changed)
        self.done("password", "801")
        self.assertIs(self.log_in("801", "walnuts+dates"), Refusal.LOG_IN)

    def test_unlock(self) -> None:
        """One account, or all that came from one address; one of the two is to be named."""
        self.done("add", "801", "Li Mei")
        for n in range(25):
            self.log_in(f"7{n}", "a wrong one")
        first = self.done("password", "801").strip()
        self.assertIs(self.log_in("801", first), Refusal.LOG_IN, "its address is locked")
        self.assertIn("20", self.command("unlock", "--address", "10.0.0.7").stderr)
        self.assertIs(self.log_in("801", first), Refusal.MUST_CHANGE)
        self.done("unlock", "801")
        for arguments in ((), ("801", "--address", "10.0.0.7")):
            self.assertIn("Name a staff number, or --address", self.said("unlock", *arguments))

    def test_table_missing(self) -> None:
        """A database that lacks one is told in a line."""
        self.patch(self.store, "read", lambda *job: fail(OperationalError("no such table: staff")))
        self.assertIn("callserver.db: no such table: staff", self.said("list"))
