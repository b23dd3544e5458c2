"""bin/test counts right, whatever becomes of the tests; and no test class can hide what failed."""

import ast
import contextlib
import io
from pathlib import Path
from unittest import TestCase

from twisted.trial.unittest import SynchronousTestCase

from tests.run import TOP, Count, count, run_tests

SUITE = """
import os
from twisted.trial.unittest import SynchronousTestCase

class One(SynchronousTestCase):
    def test_passes(self): ...
    def test_passes_too(self): ...
    def test_fails(self): self.fail("no")
    def test_breaks(self): raise KeyError
    def test_skipped(self): ...
    test_skipped.skip = "not here"
"""
UNEXPECTED = """
    def test_works_after_all(self): ...
    test_works_after_all.todo = "some day"
"""
HANGS = """
    def test_never_ends(self): __import__("time").sleep(1000)
"""
DIES = """
    def test_dies(self): os._exit(0)
"""


class CountTests(SynchronousTestCase):
    def run_suite(self, text: str, workers: int, limit_s: float = 60.0) -> Count:
        folder = Path(self.mktemp()).absolute()
        folder.mkdir()
        (folder / "test_suite.py").write_text(text)
        self.shown = io.StringIO()
        with contextlib.redirect_stdout(self.shown):
            return run_tests("", ["test_suite"], workers, top=folder, limit_s=limit_s)

    def test_all_outcomes(self) -> None:
        """A failure and an error are two failures, in one process or in two."""
        for workers in (1, 2):
            self.assertEqual(self.run_suite(SUITE, workers), Count(passed=2, failed=2), workers)

    def test_unexpected_success(self) -> None:
        """A success nobody expected is a failure; told by two processes it breaks trial's report, and is one too."""
        self.assertEqual(self.run_suite(SUITE + UNEXPECTED, 1), Count(passed=2, failed=3))
        self.assertGreaterEqual(self.run_suite(SUITE + UNEXPECTED, 2).failed, 1)

    def test_a_process_that_dies(self) -> None:
        """A test that takes its process along is a failure, even with exit code 0."""
        for workers in (1, 2):
            self.assertGreaterEqual(self.run_suite(SUITE + DIES, workers).failed, 1, workers)

    def test_hangs(self) -> None:
        """A test that does not end is a failure too, and the stack says which it is."""
        self.assertGreaterEqual(self.run_suite(SUITE + HANGS, workers=2, limit_s=10.0).failed, 1)
        self.assertIn("in test_never_ends", self.shown.getvalue())

    def test_not_even_started(self) -> None:
        """A module that does not import, or no output at all, is a failure."""
        self.assertEqual(self.run_suite("import nothing_such", 1), Count(0, 1))
        self.assertEqual(count("", 0), Count(0, 1))

    def test_last_line(self) -> None:
        """What a test prints is not counted, nor is what is said after trial's last line."""
        said = "PASSED (successes=9)\n...\nFAILED (failures=1, errors=2, successes=30)\n\nbye (successes=1)\n"
        self.assertEqual(count(said, 1), Count(30, 3))


class ClassTests(SynchronousTestCase):
    def test_no_assertion_is_hidden(self) -> None:
        """A helper with the name of one of unittest's own methods, `fail` for instance, makes a class pass always."""
        of_unittest = {name for name in dir(TestCase) if not name.startswith("_")}
        ours = {"setUp", "setUpClass", "tearDown", "tearDownClass", "run"}
        for path in sorted((TOP / "tests").rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    names = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
                    self.assertEqual(names & of_unittest - ours, set(), f"{path.name}, {node.name}")
