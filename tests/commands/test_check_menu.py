"""`callserver check-menu` as somebody who writes a menu uses it."""

import re
from pathlib import Path

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands import check_menu as command
from callserver.commands.check_menu import check_menu
from callserver.ivr.interfaces import ICall
from callserver.ivr.interruption import Interrupted
from tests.run import TOP

DOCS = TOP / "docs" / "menus.md"


class CheckMenuTests(SynchronousTestCase):
    def setUp(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        self.file = folder / "mine.py"
        (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
        self.example: str = example

    def check(self, text: str, *options: str) -> tuple[int, str]:
        self.file.write_text(text, "utf-8")
        done = CliRunner().invoke(check_menu, [str(self.file), *options], env={"LANG": "en_US.UTF-8"})
        return done.exit_code, done.output.replace(str(self.file), "mine.py")

    def test_example_of_the_manual(self) -> None:
        """What the manual says to copy works when copied: no mistake, and the caller hears it."""
        code, told = self.check(self.example, "--keys", "1 12345678# 2")
        self.assertEqual(code, 0, told)
        for heard in ("menu opening", "input 1\n", "input 12345678\n", "input 2\n", "end, by menu: menu over"):
            self.assertIn(heard, told)

    def test_every_mistake(self) -> None:
        """All mistakes at once, each with its line."""
        text = self.example.replace('await call.play("welcome")', 'call.play("wellcome")')
        text = text.replace('await call.play("beep-record")', 'call.language = "fr"')
        code, told = self.check(text)
        self.assertEqual(code, 1)
        line = text.splitlines().index('        call.play("wellcome")') + 1
        self.assertIn(f"mine.py:{line}: await is missing before call.play(...)", told)
        self.assertIn(f"mine.py:{line}: there is no prompt 'wellcome'", told)
        self.assertIn("there is no language 'fr'", told)

    def test_no_menu(self) -> None:
        """A file that gives no menu is told why; nothing is called."""
        code, told = self.check(self.example.replace("opening = Opening()", ""))
        self.assertEqual(code, 1)
        self.assertIn("Opening is a class; add a line opening = Opening() below it", told)
        self.assertNotIn("menu opening", told)

    def test_breaks_in_the_call(self) -> None:
        """What goes wrong only when somebody calls is shown with its line too."""
        code, told = self.check(self.example.replace("        await call.answer()", "        call.no_such_act()"))
        self.assertEqual(code, 1)
        self.assertRegex(told, r"menu opening broke on line 1, at mine.py:\d+: AttributeError")
        self.assertEqual(len(self.flushLoggedErrors(AttributeError)), 1)

    def test_never_ends(self) -> None:
        """A menu that would keep the whole server waiting is broken off, as there, and told with its line."""
        self.patch(command, "BLOCKED_S", 0.2)
        for wrong in ("pass", "try: call.id\n          except BaseException: pass", "import time; time.sleep(1000)"):
            text = self.example.replace("        await call.answer()", f"        while True:\n          {wrong}")
            code, told = self.check(text)
            self.assertEqual(code, 1)
            self.assertRegex(told, r"menu opening broke on line 1, at mine.py:\d+: .*held up the whole server")
            self.assertEqual(len(self.flushLoggedErrors(Interrupted)), 1)

    def test_name_of_the_server(self) -> None:
        """A menu that is called like the server's own."""
        code, told = self.check(self.example.replace('name = "opening"', 'name = "shop"'))
        self.assertEqual(code, 1)
        self.assertIn("the server itself has a menu shop", told)


class ManualTests(SynchronousTestCase):
    def test_every_attribute(self) -> None:
        """The manual has everything that a call can do."""
        manual = DOCS.read_text("utf-8")
        for name in vars(ICall) | ICall.__annotations__:
            if not name.startswith("_"):
                self.assertIn(f"call.{name}", manual)
