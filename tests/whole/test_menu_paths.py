"""Path statistics and replay, as an admin asks for them when some callers have been there."""

from click.testing import CliRunner

from callserver.commands.menus import menus
from callserver.wire.cells import cells
from tests.server.test_line_menus import LineMenusCase


class PathsTests(LineMenusCase):
    def ask(self, command: str, language: str = "en", *options: str) -> str:
        arguments = [command, "--shop", str(self.shop.folder.path), "front", "--days", "3650", "--language", language]
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
        self.assertIn('"median_s"', self.ask("paths", "en", "--json"))
        self.assertIn("2 calls, 2 as they were", self.ask("replay"))
        self.change("front.ini", "press 2 = menu reserve\n", "")
        said = self.ask("replay")
        self.assertIn("a key that was taken is none any more, from step main on", said)
        self.assertIn("2 calls, 1 as they were", said)
