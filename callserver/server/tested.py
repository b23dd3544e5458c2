"""
The tests beside menus: run in a process that has nothing else to do, and there alone.

A trial opens the shop's database as its process's one database, and a menu in Python may never end: neither may happen
in the server. `callserver menus test` and `lines load` are such processes; for a reload the server starts this module.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callserver.config import nearest
from callserver.ivr.discovery import MenuProblem
from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.folder import TESTS, problem_at
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.trying.beside import Outcome, misses, read_tests
from callserver.ivr.trying.keys import Script
from callserver.server.shop_folder import ShopFolder
from callserver.server.trial import Trial
from callserver.wire.catalogue import Complaint, Sentence

CHILD = (sys.executable, "-m", "callserver.server.tested")


@dataclass
class Tested:
    """
    What came of one menu's tests.

    :param n: so many tests
    :param calls: those that went otherwise than expected, by the test's name
    """

    n: int
    problems: list[MenuProblem] = field(default_factory=list)
    calls: list[tuple[str, Outcome]] = field(default_factory=list)


def test_files(folders: Sequence[Path]) -> dict[str, Path]:
    """The tests beside menus, by the menu's name; of two folders' the first."""
    found = [path for folder in folders for path in sorted(folder.glob(f"*{TESTS}"))]
    return {name_of(path.name.removesuffix(TESTS)): path for path in reversed(found)}


def tested(trial: Trial, name: str, path: Path) -> Tested:
    """Run one menu's tests; whatever they do with the database is rolled back."""
    tests, faults = read_tests(path.read_bytes(), trial.known())
    if name not in trial.menus:
        faults.append(Fault("no menu {menu}; {hint}", 1, menu=repr(name), hint=nearest(name, trial.menus)))
        tests = []
    done = Tested(len(tests))
    for one in tests:
        outcome = trial.call(name, Script(one.keys), one.at, one.caller, one.outcomes)
        if failed := list(misses(one, outcome)):
            faults += failed
            done.calls.append((one.name, outcome))
    done.problems += [problem_at(path, fault) for fault in faults]
    return done


def failing(shop: Path, menus: Collection[str], limit_s: float) -> list[Complaint]:
    """
    What fails in the tests of these menus, run in a child.

    :raises subprocess.SubprocessError: it does not end in time, or has not ended well
    """
    path = os.pathsep.join(map(os.path.abspath, sys.path))  # it finds what this process finds
    command, around = [*CHILD, str(shop), *menus], os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, timeout=limit_s, check=True, env=around)
    return [_sentence(kept) for kept in json.loads(done.stdout)]


def _sentence(kept: Mapping[str, Any]) -> Complaint:
    details = {name: _sentence(one) if isinstance(one, dict) else one for name, one in kept["details"].items()}
    return Complaint(kept["msgid"], **details)


def _plain(sentence: Sentence) -> dict[str, Any]:
    """For the way to another process."""
    details = {name: _plain(one) if isinstance(one, Sentence) else one for name, one in sentence.details.items()}
    return {"msgid": sentence.msgid, "details": details}


def _problems(shop: Path, menus: Sequence[str]) -> Iterator[MenuProblem]:
    trial = Trial(ShopFolder(shop))
    try:
        files = test_files(trial.folders)
        for name in menus:
            yield from tested(trial, name, files[name]).problems
    finally:
        trial.close()


def main() -> None:
    """For the server: a shop's folder, and menus; problems as JSON."""
    with redirect_stdout(sys.stderr):  # a menu may print
        found = [_plain(one) for one in _problems(Path(sys.argv[1]), sys.argv[2:])]
    print(json.dumps(found, default=str))


if __name__ == "__main__":
    main()
