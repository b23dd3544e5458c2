"""The shop's own menus are found in its plugins folder; what is wrong with one is named, and the rest works."""

import time
from pathlib import Path
from threading import Thread

from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.discovery import MenuProblem, find_menus
from callserver.wire.catalogue import told

MENU = """from zope.interface import implementer
from callserver.ivr.interfaces import IMenu

@implementer(IMenu)
class Hours:
    name = "{name}"
    async def run(self, call):
        await call.answer()

hours = Hours()
"""


class FolderCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def write(self, text: str, file: str = "a.py") -> None:
        (self.folder / file).write_text(text, "utf-8")

    def problems(self, text: str | None = None, **how: float) -> list[str]:
        """What is told of a file, without the folder; a good menu beside it is there all the same."""
        if text is not None:
            self.write(text)
        self.write(MENU.format(name="good"), "z.py")
        menus, problems, *_ = find_menus(self.folder, **how)  # type: ignore[arg-type]
        self.assertIn("good", menus)
        for problem in problems:
            self.assertIsInstance(problem, MenuProblem)
            self.assertNotEqual(told(problem, "zh"), told(problem, "en"))
        return [str(problem).removeprefix(f"{self.folder}/") for problem in problems]


class DiscoveryTests(FolderCase):
    def test_found_by_name(self) -> None:
        """Each file with a menu gives one, under the menu's own name."""
        self.write(MENU.format(name="hours"))
        self.write(MENU.format(name="fault"), "b.py")
        menus, problems, *_ = find_menus(self.folder)
        self.assertEqual((sorted(menus), problems), (["fault", "hours"], []))

    def test_no_folder(self) -> None:
        """No folder, no menus of one's own."""
        self.assertEqual(find_menus(self.folder / "nowhere")[:2], ({}, []))

    def test_example(self) -> None:
        """The examples we ship are menus without a mistake."""
        menus, problems, *_ = find_menus(Path(__file__).parents[2] / "plugins", taken=["shop"])
        self.assertEqual(problems, [])
        self.assertIn("message", menus)

    def test_dataclass(self) -> None:
        """A menu may be made of dataclasses with annotations that are read late."""
        text = MENU.format(name="x").replace("@implementer", "@dataclass\n@implementer")
        text = "from __future__ import annotations\nfrom dataclasses import dataclass\n" + text
        self.assertEqual(self.problems(text.replace('    name = "x"', '    n: int = 3\n    name: str = "x"')), [])

    def test_shadow_files(self) -> None:
        """What a Mac or Python itself leaves in a folder is no menu's file."""
        (self.folder / "._a.py").write_bytes(b"\x00\x05\x16\x07")
        self.write("", "__init__.py")
        self.assertEqual(self.problems(), [])


class ProblemTests(FolderCase):
    """What is wrong with a menu's file: one line that names file, line and reason."""

    def one(self, text: str, *words: str, line: int | None) -> None:
        (problem,) = self.problems(text)
        self.assertTrue(problem.startswith(f"a.py:{line}: " if line else "a.py: "), problem)
        for word in words:
            self.assertIn(word, problem)

    def test_does_not_import(self) -> None:
        """An import that fails, with its line; also in what the file calls."""
        self.one("import os\nimport no_such_module", "no_such_module", line=2)
        self.one("def f():\n    return 1 / 0\nx = f()\n", "ZeroDivisionError", line=2)
        self.one("class Odd(Exception):\n    def __str__(self):\n        return 1\nraise Odd\n", "Odd", line=4)

    def test_not_python(self) -> None:
        """A slip in the language, other bytes, a folder, a file one may not read."""
        self.one("import os\ndef f(:\n    pass\n", "not Python", line=2)
        self.one("x = 1\n\ty = 2\n", "not Python", line=2)
        (self.folder / "a.py").write_bytes(b"x = '\xe9'\n")
        self.assertEqual(len(self.problems()), 1)
        (self.folder / "a.py").write_bytes(b"x = 1\0\n")
        self.assertEqual(len(self.problems()), 1)
        (self.folder / "a.py").unlink()
        (self.folder / "a.py").mkdir()
        self.assertEqual(len(self.problems()), 1)

    def test_runs_the_reactor(self) -> None:
        """A file that ends like Twisted's examples keeps no server from starting."""
        self.one("from twisted.internet import reactor\nreactor.run()\n", "the server runs the reactor", line=2)

    def test_exit(self) -> None:
        """sys.exit and its likes end no server."""
        self.one("import sys\nsys.exit(0)\n", "end the server", line=2)
        self.one("raise SystemExit\n", "end the server", line=1)
        self.one("raise GeneratorExit('x')\n", "GeneratorExit", line=1)
        self.one("import asyncio\nraise asyncio.CancelledError\n", "CancelledError", line=2)

    def test_hangs(self) -> None:
        """An import that does not end is broken off, also if it catches everything, and told."""
        for text in ("import time\ntime.sleep(60)\n", "while True:\n    pass\n", STUBBORN):
            began_s = time.monotonic()
            (problem,) = self.problems(text, limit_s=0.1)
            self.assertLess(time.monotonic() - began_s, 30)
            self.assertIn("does not end in 0.1 s", problem)

    def test_hangs_in_another_thread(self) -> None:
        """So is one that a running server reads anew: its thread is free again, else the server could not end."""

        def read(text: str, told: list[str]) -> None:
            told += self.problems(text, limit_s=0.1)

        for text in ("while True:\n    pass\n", STUBBORN.replace("time.sleep(60)", "while True: pass")):
            told: list[str] = []
            reading = Thread(target=read, args=(text, told), daemon=True)
            reading.start()
            reading.join(30)
            self.assertFalse(reading.is_alive(), text)
            self.assertIn("does not end in 0.1 s", told[0])

    def test_no_implementer(self) -> None:
        """A class that looks like a menu and does not say so."""
        self.one(MENU.format(name="x").replace("@implementer(IMenu)\n", ""), "Hours", "@implementer(IMenu)", line=4)

    def test_no_instance(self) -> None:
        """A class instead of an instance."""
        self.one(MENU.format(name="x").replace("hours = Hours()\n", ""), "hours = Hours()", line=5)
        self.one(MENU.format(name="x").replace("= Hours()", "= Hours"), "hours = Hours()", line=5)

    def test_run(self) -> None:
        """A run that is not async, has the wrong arguments, is missing, or gives one thing after the other."""
        menu = MENU.format(name="x")
        self.one(menu.replace("async def", "def").replace("await call.answer()", "pass"), "async", line=7)
        for wrong in ("(self)", "(call)", "(self, call, more)", "(self, *, call)"):
            text = menu.replace("(self, call)", wrong).replace("await call.answer()", "pass")
            self.one(text, "async def run(self, call)", line=7)
        self.one(menu.replace("await call.answer()", "yield"), "yield", line=7)
        self.one(menu.replace("async def run", "async def runs"), "no run", line=5)

    def test_name(self) -> None:
        """No name, one that is no text, one that no config.ini could say, one that fails."""
        menu = MENU.format(name="x")
        self.one(menu.replace('    name = "x"\n', ""), "no name", line=5)
        for wrong in ("5", "None", '""', '" x"', '"x\\ny"', "b'x'"):
            self.assertEqual(len(self.problems(menu.replace('"x"', wrong))), 1, wrong)
        self.one(menu.replace('name = "x"', "name = property(lambda self: 1 / 0)"), "no name", line=6)

    def test_same_name_twice(self) -> None:
        """Of two menus with one name the first is used, and the other told; so in one file and in two."""
        self.write(MENU.format(name="hours"))
        self.write(MENU.format(name="hours"), "b.py")
        menus, problems, *_ = find_menus(self.folder)
        self.assertEqual(type(menus["hours"]).__module__, "callserver_plugins.a")
        self.assertEqual(
            [str(problem) for problem in problems],
            [f"{self.folder}/b.py:10: a menu hours is there already, in {self.folder}/a.py; this one is not used"],
        )
        (self.folder / "b.py").unlink()
        self.one(MENU.format(name="x") + "more = Hours()\n", "there already", line=11)

    def test_name_of_the_server(self) -> None:
        """A menu cannot take the place of one of the server's own."""
        self.write(MENU.format(name="shop"))
        menus, (problem,), *_ = find_menus(self.folder, taken=["shop"])
        self.assertEqual(menus, {})
        self.assertIn("a.py:10: the server itself has a menu shop", str(problem))

    def test_no_menu(self) -> None:
        """A file without anything like a menu."""
        self.one("x = 1\n", "no menu", line=1)

    def test_strange_objects(self) -> None:
        """What answers every question with an exception is no menu, and no end of the server."""
        odd = "class Odd:\n    def __getattribute__(self, name):\n        raise RuntimeError\nodd = Odd()\n"
        self.assertEqual(self.problems(odd + MENU.format(name="x")), [])


class SourceTests(FolderCase):
    """Mistakes that are seen in the text: the menu is used all the same, and who wrote it is told."""

    def lines(self, *body: str) -> list[str]:
        text = MENU.format(name="x").replace(
            "        await call.answer()\n", "".join(f"        {one}\n" for one in body)
        )
        text = "import time\nfrom callserver.ivr.dialogue import choose\n" + text
        return self.problems(text)

    def test_forgotten_await(self) -> None:
        """A forgotten await, however the answer is used."""
        for code in (
            'call.play("welcome")',
            'x = call.collect("x")',
            'if call.collect("x") == "1": pass',
            'x = int(await call.collect("x")) if choose(call, "x", keys="1") else 0',
            'choose(call, "x", keys="12")',
            "self.run(call)",
            'return call.play("x")',
            'while not call.collect("x"): pass',
        ):
            (problem,) = self.lines(code)
            self.assertTrue(problem.startswith("a.py:10: await is missing"), problem)

    def test_await_elsewhere(self) -> None:
        """What is awaited later, or handed on, is no mistake."""
        self.assertEqual(self.lines('x = call.collect("x")', "await x"), [])
        self.assertEqual(self.lines('x = Deferred.fromCoroutine(call.play("x"))'), [])
        self.assertEqual(self.lines('await choose(call, "x", keys="1")', "call.forget_keys()"), [])

    def test_helper(self) -> None:
        """Also in a function beside the menu, whatever it calls its caller."""
        text = MENU.format(name="x") + "\nasync def greet(caller: 'ICall'):\n    caller.play('x')\n"
        self.assertEqual(self.problems(text), ["a.py:13: await is missing before caller.play(...)"])

    def test_sleep(self) -> None:
        """time.sleep would stop every call."""
        (problem,) = self.lines("time.sleep(3)")
        self.assertTrue(problem.startswith("a.py:10: time.sleep(...) stops the whole server"), problem)

    def test_language(self) -> None:
        """A language there is not."""
        self.assertEqual(self.lines('call.language = "fr"'), ["a.py:10: there is no language 'fr'; there are zh, en"])
        self.assertEqual(self.lines('call.language = "en"'), [])


STUBBORN = """import time
end = time.monotonic() + 0.5
while time.monotonic() < end:
    try:
        time.sleep(60)
    except BaseException:
        pass
time.sleep(60)
"""
