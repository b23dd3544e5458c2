"""Path statistics and replay, as an admin asks for them when some callers have been there."""

import sqlite3
from contextlib import closing

from click.testing import CliRunner
from twisted.internet.defer import Deferred

from callserver.commands.menus import menus
from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.wire.cells import cells
from tests.server.test_line_menus import DIAL, NEXT, LineMenusCase

SHOP_FIRST = "press 1 = plugin shop"  # of the manual's main menu


class PathsTests(LineMenusCase):
    def ask(self, command: str, language: str = "en", *options: str, menu: str = "front") -> str:
        arguments = [command, "--shop", str(self.shop.folder.path), menu, "--days", "3650", "--language", language]
        done = CliRunner().invoke(menus, [*arguments, *options], env={"LANG": "en_US.UTF-8", "COLUMNS": "80"})
        self.assertEqual(done.exit_code, 0, done.output)
        return done.output

    def test_paths_and_replay(self) -> None:
        """Where two callers went, in both languages; after a key has gone from the file one ends otherwise."""
        self.open()
        self.call("1", "2", "4#", "1")
        self.call("2", "0", "1")
        version = self.menus[1][1]
        self.shop.close()
        said = self.ask("paths")
        self.assertIn(f"version {version}: 2 calls; 0 hung up in it, 1 went to a person", said)
        self.assertIn("last keys before a person: 2 0 (1)", said)
        self.assertRegex(said, r"reserve\.people +1 +0 ")
        for language in ("zh", "en"):
            self.assertLessEqual(max(map(cells, self.ask("paths", language).splitlines())), 80)
        self.assertRegex(said, r"main .*\n  answered after \d+\.\d s; keys 2 \(1\), 0 \(1\)")
        self.assertIn('"median_s"', self.ask("paths", "en", "--json"))
        self.assertIn("2 calls, 2 as they were", self.ask("replay"))
        self.change("front.ini", "press 2 = menu reserve\n", "")
        said = self.ask("replay")
        self.assertIn("a key that was taken is none any more, from step main on", said)
        self.assertIn("2 calls, 1 as they were", said)

    def test_hung_up_in_python(self) -> None:
        """Who hung up in the shop's own menu, on the way of a file, still does; where it is left out, that is told."""
        self.open()
        self.shop.until(self.leave("1", "1", "1"))  # to the shop, to order
        self.shop.until(self.leave("1"))  # before he pressed anything
        self.shop.close()
        self.assertIn("plugin shop ", self.ask("paths"))
        said = self.ask("paths", menu="shop")
        self.assertIn(f"through front, version {self.menus[1][1]}: 1 calls; 1 hung up in it", said)
        self.assertRegex(said, r"\nen/choose-language +1 +1 ")
        self.assertIn("2 calls, 2 as they were", self.ask("replay"))
        self.change("front.ini", SHOP_FIRST, "press 1 = menu reserve")
        said = self.ask("replay")
        self.assertIn("ends otherwise, from step main on", said)
        self.assertIn("2 calls, 1 as they were", said)

    def test_to_a_person_in_python(self) -> None:
        """Who asked for a person there comes to one again, and who let the menu end ends the same."""
        self.open()
        self.call("1", "1", "1", "0", "1")
        self.shop.close()
        self.assertIn("1 calls; 0 hung up in it, 1 went to a person", self.ask("paths", menu="shop"))
        self.assertIn("1 calls, 1 as they were", self.ask("replay"))

    def test_python(self) -> None:
        """
        A menu in Python is replayed as a file is; a call with a PIN up to that. What its callers had has been sold
        since: that is no fault of the menu, which nobody has changed.
        """
        self.open(menu="shop")
        self.call("1", "1", "9999#", "1001#", "1", "0")
        self.shop.until(self.leave("1", "1", "1001#"))
        self.shop.until(self.leave("1", "3", "1234#"))
        self.shop.close()
        said = self.ask("replay", menu="shop")
        self.assertIn("3 calls, 3 as they were", said)
        self.assertIn("1 of them up to their first secret", said)
        with closing(sqlite3.connect(self.shop.folder.path / "callserver.db")) as books, books:
            books.execute("UPDATE products SET stock = 0 WHERE number = '1001'")
        said = self.ask("replay", menu="shop")
        self.assertIn("3 calls, 2 as they were", said)
        self.assertIn("1 of them cannot be judged", said)
        self.assertNotIn("otherwise", said)

    def leave(self, *keys: str) -> Deferred[list[ScriptEvent]]:
        """A caller who presses this, hears what is said then, and hangs up."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        pressed = "".join(f"{NEXT}press {key}\n" for key in keys)
        return run_script(exchange, f"{DIAL.format(number=13912345678)}{pressed}{NEXT}hang up\nwait 20\n")
