"""Where code can be changed by a hair: cosmic-ray's operators over Python source, without annotations."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

Position = tuple[int, int]  # line from 1, column from 0, in characters
Change = tuple[str, int]  # the name of cosmic-ray's operator, and which of its occurrences in the source

NEED_ARGUMENTS = ("VariableReplacer", "VariableInserter")


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    path: str
    line: int
    operator: str
    occurrence: int
    text: str  # the whole changed file


class _Finder(Visitor):
    """Counts the occurrences as cosmic-ray's MutationVisitor does, for all operators in one walk."""

    def __init__(self) -> None:
        self.found: dict[Position, list[Change]] = defaultdict(list)
        self._count: Counter[str] = Counter()

    def visit(self, node: object) -> object:
        for name, operator in _operators().items():
            for start, _ in operator.mutation_positions(node):
                self.found[start].append((name, self._count[name]))
                self._count[name] += 1
        return node


@cache
def _operators() -> dict[str, Operator]:
    names = (name for name in operator_names() if not name.endswith(NEED_ARGUMENTS))
    return {name: get_operator(name)() for name in names}


def places(source: str) -> dict[Position, list[Change]]:
    """Every place that can be changed, and the changes cosmic-ray knows for it; annotations do not run."""
    finder = _Finder()
    finder.walk(get_ast(source))
    idle = list(_idle_ranges(source))
    return {
        at: changes for at, changes in sorted(finder.found.items()) if not any(low <= at < high for low, high in idle)
    }


def _idle_ranges(source: str) -> Iterator[tuple[Position, Position]]:
    lines = source.splitlines()

    def position(line: int, n_bytes: int) -> Position:
        return line, len(lines[line - 1].encode()[:n_bytes].decode())

    for node in ast.walk(ast.parse(source)):
        for part in _idle_parts(node):
            assert part.end_lineno is not None
            assert part.end_col_offset is not None
            yield position(part.lineno, part.col_offset), position(part.end_lineno, part.end_col_offset)


def _idle_parts(node: ast.AST) -> list[ast.expr | ast.stmt]:
    """What of this node is only for mypy."""
    if isinstance(node, ast.arg | ast.AnnAssign):
        return [node.annotation] if node.annotation else []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.returns] if node.returns else []
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return [*node.body]
    return []


def draw(sources: dict[str, str], n_mutants: int, seed: int) -> list[Mutant]:
    """
    So many mutants: each place is as likely as any other, then each change of the place.

    :param sources: by path
    :return: fewer if there are not so many places; those that are no Python are drawn again
    """
    random = Random(seed)
    all_places = [(path, at, changes) for path in sorted(sources) for at, changes in places(sources[path]).items()]
    random.shuffle(all_places)
    drawn: list[Mutant] = []
    for path, (line, _), changes in all_places:
        if len(drawn) == n_mutants:
            break
        name, occurrence = random.choice(changes)
        text = mutate_code(sources[path], _operators()[name], occurrence)
        if text is not None and _runs(text, sources[path]):
            drawn.append(Mutant(path, line, name.partition("/")[2], occurrence, text))
    return drawn


def _runs(text: str, original: str) -> bool:
    """Whether the change is one, and Python."""
    try:
        return ast.dump(ast.parse(text)) != ast.dump(ast.parse(original))
    except SyntaxError:
        return False
