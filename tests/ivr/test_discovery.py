"""The shop's own menus are found in its plugins folder."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.discovery import find_menus

MENU = """
from zope.interface import implementer
from callserver.ivr.interfaces import IMenu

@implementer(IMenu)
class Hours:
    name = "{name}"
    async def run(self, call):
        await call.answer()

hours = Hours()
"""


class DiscoveryTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def test_found_by_name(self) -> None:
        """Each file with a menu gives one, under the menu's own name."""
        (self.folder / "a.py").write_text(MENU.format(name="hours"))
        (self.folder / "b.py").write_text(MENU.format(name="fault"))
        self.assertEqual(sorted(find_menus(self.folder)), ["fault", "hours"])

    def test_broken_file(self) -> None:
        """A file that does not import is logged with its name; the others are there."""
        (self.folder / "a.py").write_text("import no_such_module")
        (self.folder / "b.py").write_text(MENU.format(name="hours"))
        self.assertEqual(list(find_menus(self.folder)), ["hours"])
        self.assertEqual(len(self.flushLoggedErrors(ModuleNotFoundError)), 1)

    def test_same_name_twice(self) -> None:
        """Of two menus with one name the first file's is used."""
        (self.folder / "a.py").write_text(MENU.format(name="hours"))
        (self.folder / "b.py").write_text(MENU.format(name="hours"))
        self.assertEqual(type(find_menus(self.folder)["hours"]).__module__, "callserver_plugins.a")

    def test_no_folder(self) -> None:
        """No folder, no menus of one's own."""
        self.assertEqual(find_menus(self.folder / "nowhere"), {})

    def test_example(self) -> None:
        """The example we ship is a menu."""
        self.assertIn("message", find_menus(Path(__file__).parents[2] / "plugins"))
