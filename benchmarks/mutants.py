"""
How many small changes of the code the tests notice.

    python -m benchmarks.mutants [--seed 1] [--sample 100] [--room callserver/store ...] [--tests tests.store ...]
                                 [--again]

Draws mutants with cosmic-ray's operators, each place in callserver/ as likely as any other, and runs the tests on a
copy of the tree with the one change: first those that import the changed file, then the others; not tests.peers and
tests.whole. A test that hangs has noticed. What has been tried stands in results/ and is not tried again; --again
tries those that survived again, after tests were added.
"""

import difflib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Timer

import click
import grimp
from rich.console import Console
from rich.table import Table

from benchmarks.mutation_points import Mutant, draw

TOP = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
LEFT_OUT = ("tests.peers", "tests.whole")
SILENCE_S = 90.0  # no test takes so long
MEMORY_KB = 8_000_000  # a change can make a list endless
FAILED_TEST = re.compile(r"^(tests[\w.]*\.[A-Z]\w*\.test_\w+)$", re.MULTILINE)
NOTICED, HANGS, SURVIVED = "noticed", "hangs", "survived"


@dataclass(frozen=True)
class Trial:
    """What the tests made of one mutant."""

    key: str
    path: str
    line: int
    operator: str
    outcome: str
    by: str  # the test that failed
    diff: str


def key_of(mutant: Mutant) -> str:
    """The same for the same change of the same file."""
    return sha256(f"{mutant.path}\n{mutant.text}".encode()).hexdigest()[:16]


def diff_of(mutant: Mutant, original: str) -> str:
    """The changed lines."""
    lines = difflib.unified_diff(original.splitlines(), mutant.text.splitlines(), lineterm="", n=0)
    return "\n".join([*lines][3:])


# Which tests, in which order


@cache
def _imports() -> grimp.ImportGraph:
    return grimp.build_graph("callserver", "tests", cache_dir=None)


def test_modules(wanted: tuple[str, ...]) -> list[str]:
    """All modules of these tests that are run."""
    paths = sorted((TOP / "tests").rglob("test_*.py"))
    names = [".".join(path.relative_to(TOP).with_suffix("").parts) for path in paths]
    return [name for name in names if name.startswith(wanted) and not name.startswith(LEFT_OUT)]


def near_and_far(path: str, tests: Sequence[str]) -> tuple[list[str], list[str]]:
    """
    Of these tests those that may notice a change of this file, and the others.

    Near are those that import it, over however many files; those of the same name and room come first.
    """
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    importing = _imports().find_downstream_modules(module)
    room, name = module.split(".")[1:-1], module.rpartition(".")[2]

    def distance(test: str) -> tuple[bool, bool, int]:
        chain = _imports().find_shortest_chain(test, module)
        return not test.endswith(f"test_{name}"), test.split(".")[1:-1] != room, len(chain or ())

    near = sorted((test for test in tests if test in importing), key=distance)
    return near, [test for test in tests if test not in near]


# One mutant


def copy_tree(folder: Path) -> Path:
    """The project without what git ignores; recorded prompts are not copied, only linked."""
    _imports()  # as they are now
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=TOP, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        source, target = TOP / name, folder / name
        if source.is_file() and not name.startswith("voice-prompts/"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (folder / "voice-prompts").symlink_to(TOP / "voice-prompts")
    return folder


def run_tests(tree: Path, names: Sequence[str]) -> tuple[str, str]:
    """The outcome in this tree, and the test that failed first."""
    if not names:
        return SURVIVED, ""
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    trial = [sys.executable, "-m", "twisted.trial", "-x", f"--temp-directory={tree}/_trial_temp", *names]
    limited = ["sh", "-c", f'ulimit -v {MEMORY_KB}; exec nice -n 10 "$@"', "sh", *trial]
    process = subprocess.Popen(
        limited, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=environment, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    said, hung = [], False

    def kill() -> None:
        nonlocal hung
        hung = True
        os.killpg(process.pid, signal.SIGKILL)

    timer = Timer(SILENCE_S, kill)
    timer.start()
    for line in process.stdout:
        timer.cancel()
        said.append(line)
        timer = Timer(SILENCE_S, kill)
        timer.start()
    process.wait()
    timer.cancel()
    if hung:
        return HANGS, said[-1].strip() if said else ""
    failed = FAILED_TEST.findall("".join(said))
    return (NOTICED, failed[0] if failed else "") if process.returncode else (SURVIVED, "")


def try_mutant(mutant: Mutant, tree: Path, tests: Sequence[str]) -> tuple[str, str]:
    """A test that fails only once has noticed nothing: the machine was busy."""
    (tree / mutant.path).write_text(mutant.text, "utf-8")
    for names in near_and_far(mutant.path, tests):
        outcome, by = run_tests(tree, names)
        if outcome == NOTICED and by:
            outcome, _ = run_tests(tree, [by])
            if outcome == SURVIVED:
                outcome, by = run_tests(tree, names)
        if outcome != SURVIVED:
            return outcome, by
    return SURVIVED, ""


def check_unchanged(tree: Path, tests: Sequence[str]) -> None:
    """
    The tests pass in a copy with no change, or the sample would say nothing.

    :raises click.ClickException: they do not
    """
    with tempfile.TemporaryDirectory(prefix="callserver-mutant-") as folder:
        outcome, by = run_tests(shutil.copytree(tree, Path(folder) / "tree", symlinks=True), tests)
    if outcome != SURVIVED:
        raise click.ClickException(f"without any change: {outcome} by {by}")


def try_in_a_copy(mutant: Mutant, original: str, tree: Path, tests: Sequence[str]) -> Trial:
    """Copy this tree, change the copy, run the tests."""
    with tempfile.TemporaryDirectory(prefix="callserver-mutant-") as folder:
        outcome, by = try_mutant(mutant, shutil.copytree(tree, Path(folder) / "tree", symlinks=True), tests)
    return Trial(
        key_of(mutant), mutant.path, mutant.line, mutant.operator, outcome, by, diff_of(mutant, original)
    )  # fmt: skip


# The sample


def sources(tree: Path, rooms: Sequence[str]) -> dict[str, str]:
    """All files in these folders, or these files."""
    paths = [path for room in rooms for path in (sorted((tree / room).rglob("*.py")) or [tree / room])]
    return {str(path.relative_to(tree)): path.read_text("utf-8") for path in paths}


def known(file: Path) -> dict[str, Trial]:
    """What has been tried, by key; the last word counts."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {trial.key: trial for trial in (Trial(**json.loads(line)) for line in lines)}


def try_all(
    mutants: Sequence[Mutant], originals: dict[str, str], tree: Path, tests: Sequence[str], jobs: int
) -> Iterator[Trial]:
    """So many side by side, as they end."""
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(try_in_a_copy, one, originals[one.path], tree, tests) for one in mutants]
        for done in as_completed(waiting):
            yield done.result()


def show(trials: Sequence[Trial], seed: int) -> None:
    """Survivors one by one, then the rooms, then the whole."""
    console = Console(width=80, highlight=False)
    for trial in sorted(trials, key=lambda trial: (trial.path, trial.line)):
        if trial.outcome == SURVIVED:
            console.print(f"{trial.path}:{trial.line} {trial.operator}\n{trial.diff}\n", markup=False, soft_wrap=True)
    table = Table("room", "mutants", "noticed", "survived")
    drawn, survived = Counter(map(room_of, trials)), Counter(room_of(t) for t in trials if t.outcome == SURVIVED)
    for room in sorted(drawn):
        table.add_row(room, *map(str, (drawn[room], drawn[room] - survived[room], survived[room])))
    console.print(table)
    n_noticed = len(trials) - survived.total()
    hangs = sum(trial.outcome == HANGS for trial in trials)
    share = n_noticed / max(len(trials), 1)
    console.print(f"seed {seed}: {n_noticed} of {len(trials)} noticed ({share:.0%}), {hangs} of them by hanging")


def room_of(trial: Trial) -> str:
    """callserver/store/journal.py: store."""
    return trial.path.split("/")[1].removesuffix(".py")


@click.command(help=__doc__)
@click.option("--seed", default=1, show_default=True)
@click.option("--sample", default=100, show_default=True, help="mutants")
@click.option("--room", "rooms", multiple=True, default=["callserver"], help="a folder or file; may be given again")
@click.option("--tests", multiple=True, default=["tests"], help="whose names begin so; may be given again")
@click.option("--jobs", default=2, show_default=True, help="side by side")
@click.option("--again", is_flag=True, help="try those that survived once more")
def main(seed: int, sample: int, rooms: tuple[str, ...], tests: tuple[str, ...], jobs: int, again: bool) -> None:
    """Run it."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "mutants.jsonl"
    tried = known(file)
    with tempfile.TemporaryDirectory(prefix="callserver-mutants-") as folder:
        tree = copy_tree(Path(folder))  # who works on the project meanwhile disturbs nothing
        originals, names = sources(tree, rooms), test_modules(tests)
        mutants = draw(originals, sample, seed)
        rest = [m for m in mutants if key_of(m) not in tried or (again and tried[key_of(m)].outcome == SURVIVED)]
        if rest:
            check_unchanged(tree, names)
        with file.open("a", encoding="utf-8") as results:
            for n, trial in enumerate(try_all(rest, originals, tree, names, jobs), 1):
                print(json.dumps(asdict(trial)), file=results, flush=True)
                click.echo(f"{n}/{len(rest)} {trial.path}:{trial.line} {trial.outcome} {trial.by}", err=True)
                tried[trial.key] = trial
    show([tried[key_of(mutant)] for mutant in mutants], seed)


if __name__ == "__main__":
    main()
