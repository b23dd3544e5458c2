"""
The house measured: modules, functions, circles of imports, files that a 'hold' passes.

    python -m benchmarks.structure [--json]
"""

import ast
import json
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import click
import grimp
import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

import callserver
from benchmarks.hold_walk import hold

HOUSE = Path(callserver.__file__).parent
AIMS = {"median": 10, "p90": 40, "circles": 0, "hold": 10}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def spread(lengths: dict[str, int]) -> dict[str, Any]:
    """Median, 90th percentile and the longest of lines by name."""
    lines = [*lengths.values()]
    longest = max(lengths, key=lambda name: lengths[name])
    return {
        "n": len(lines), "lines": sum(lines), "median": float(np.median(lines)),
        "p90": float(np.percentile(lines, 90)), "max": lengths[longest], "longest": longest,
    }  # fmt: skip


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and lines of each function of a file, from `def` to its last line."""
    room = path.relative_to(HOUSE)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            assert node.end_lineno is not None
            yield f"{room}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def circles() -> list[list[str]]:
    """Circles of imports between files, under TYPE_CHECKING as well; each is cut before the next is looked for."""
    graph = grimp.build_graph("callserver", cache_dir=None, exclude_type_checking_imports=False)
    imported = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    found = []
    while True:
        try:
            TopologicalSorter(imported).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]  # each is imported by the next; the last one is the first
            imported[circle[1]].discard(circle[0])
            found.append(circle)
        else:
            return found


def measure() -> dict[str, Any]:
    """All figures."""
    paths = [path for path in sorted(HOUSE.rglob("*.py")) if path.stat().st_size]
    lengths = {str(path.relative_to(HOUSE)): len(path.read_text("utf-8").splitlines()) for path in paths}
    walk = hold()
    return {
        "modules": spread(lengths),
        "functions": spread(dict(one for path in paths for one in functions(path))),
        "circles": circles(),
        "hold": {
            "way": [*dict.fromkeys(name for way in walk.ways.values() for name in way)],
            **{f"way to the {goal}": way for goal, way in walk.ways.items()},
            "all that ran": walk.all,
        },
    }


def show(figures: dict[str, Any]) -> None:
    """As a table and lists."""
    console = Console(width=80, highlight=False)
    table = Table("", "number", "median lines", "90 % under", "longest", "which")
    for name in ("modules", "functions"):
        one = figures[name]
        table.add_row(name, f"{one['n']}", f"{one['median']:g}", f"{one['p90']:g}", f"{one['max']}", one["longest"])
    console.print(table)
    console.print(f"aim for functions: median under {AIMS['median']}, 90 % under {AIMS['p90']}")
    console.print(f"\ncircles of imports: {len(figures['circles'])} (aim {AIMS['circles']})")
    for circle in figures["circles"]:
        console.print("  " + " > ".join(name.removeprefix("callserver.") for name in circle))
    walk = figures["hold"]
    console.print(
        f"\nfiles that 'hold' passes, perspective to gains and board: {len(walk['way'])} (aim {AIMS['hold']})"
    )
    for name, files in walk.items():
        if name != "way":
            console.print(f"  {name}: {len(files)}")
            console.print(Padding(", ".join(files), (0, 0, 0, 4)))


@click.command(help=__doc__)
@click.option("--json", "as_json", is_flag=True, help="for other programs")
def main(as_json: bool) -> None:
    """Measure and tell."""
    figures = measure()
    if as_json:
        click.echo(json.dumps(figures, indent=1))
    else:
        show(figures)


if __name__ == "__main__":
    main()
