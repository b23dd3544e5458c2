"""Which small changes benchmarks/mutants.py draws."""

import ast

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.mutation_points import draw, places

SOURCE = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    LIMIT = 1

def f(李: int | None, *, b: "int | str" = 2) -> list[int] | None:
    x: int | None = 李 + b
    return x if x > 3 else None
"""


class PlacesTests(SynchronousTestCase):
    def test_annotations_do_not_run(self) -> None:
        """Only what runs is changed: not annotations, not what is there for mypy."""
        lines = SOURCE.splitlines()
        found = {lines[line - 1][column:].split()[0].rstrip("):,") for line, column in places(SOURCE)}
        self.assertEqual(found & {"|", "1", "int", "None"}, set())
        self.assertLessEqual({"2", "+", ">", "3", "x"}, found)

    def test_same_seed(self) -> None:
        """The same seed draws the same mutants, all different and all of them Python."""
        mutants = draw({"a.py": SOURCE, "b.py": SOURCE}, 8, seed=5)
        self.assertEqual(mutants, draw({"b.py": SOURCE, "a.py": SOURCE}, 8, seed=5))
        self.assertNotEqual(mutants, draw({"a.py": SOURCE, "b.py": SOURCE}, 8, seed=6))
        texts = {(mutant.path, ast.dump(ast.parse(mutant.text))) for mutant in mutants}
        self.assertEqual(len(texts), 8)
        self.assertNotIn(ast.dump(ast.parse(SOURCE)), {text for _, text in texts})

    def test_more_than_there_are(self) -> None:
        """A sample larger than the code takes every place once."""
        self.assertLessEqual(len(draw({"a.py": SOURCE}, 1000, seed=1)), len(places(SOURCE)))
        self.assertEqual(draw({"a.py": "'''Only words.'''\n"}, 10, seed=1), [])
