"""Whether a menu may be loaded: its checks, its walk and the tests beside it; whatever is wrong is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from callserver.commands.try_menu import story
from callserver.config import nearest
from callserver.ivr.loading.version import led_to
from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.folder import TESTS, menu_files, problem_at, read_files
from callserver.ivr.menu_files.ini import name_of, shown
from callserver.ivr.menu_files.lint import lint, unrecorded
from callserver.ivr.menu_files.reading import ReadMenu
from callserver.ivr.trying.beside import misses, read_tests
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.walk import Walked, walk
from callserver.server.trial import Trial
from callserver.wire.catalogue import Complaint
from callserver.wire.cells import printable
from callserver.wire.terminal import complaint, here


def proves(trial: Trial, menu: str) -> bool:
    """
    Whether a menu, and all it leads to, may be loaded as its files were read.

    :raises Complaint: there is no such menu
    """
    read, names = read_all(trial), led_to(menu, trial.found) or [menu]
    by_name = {name_of(path.stem): path for path in reversed(read)}
    if menu not in trial.menus and menu not in by_name:
        raise Complaint("no menu {menu}; {hint}", menu=repr(menu), hint=nearest(menu, trial.menus))
    files = [by_name[name] for name in names if name in by_name]
    right = [is_right(trial, path, read[path], strict=False) for path in files]
    python = {trial.found.files[name] for name in names if name in trial.found.files} - set(files)
    right += [not told(problem, python) for problem in trial.found.problems]
    tests = test_files(trial)
    return all(right) and all([tests_hold(trial, name, tests[name]) for name in names if name in tests])  # noqa: C419


def told(problem: Complaint, files: set[Path]) -> bool:
    """Whether a problem is of one of these files; then it is told."""
    place = str(problem.details.get("place", "")).rpartition(":")[0]
    if Path(place) not in files:
        return False
    click.echo(printable(complaint(problem)))
    return True


def read_all(trial: Trial) -> dict[Path, ReadMenu]:
    """Every menu file of the shop, looked at together."""
    paths = [path for folder in trial.folders for path in menu_files(folder)]
    return read_files(paths, trial.known(), trial.found.texts)


def is_right(trial: Trial, path: Path, read: ReadMenu, strict: bool) -> bool:
    """Whether a file can be loaded; what is wrong with it, or may not be meant, is told."""
    remarks, faults = list(read.remarks), list(read.faults)
    if read.menu is not None:
        now = datetime.now(trial.zone)
        remarks += lint(read.menu, now.date(), read.allowed)
        remarks += unrecorded(read.menu, trial.prompts, read.allowed)
        walked = list(walk(FileMenu(read.menu, path), trial.menus, now))
        faults += [_lost(one) for one in walked if one.is_wrong]
        if not faults:
            click.echo(here("{file}: can be loaded; {n} ways walked.", file=path.name, n=len(walked)))
    for fault in (*faults, *remarks):
        click.echo(printable(complaint(problem_at(path, fault))))
    return not faults and not (strict and remarks)


def test_files(trial: Trial) -> dict[str, Path]:
    """The tests beside menus, by the menu's name."""
    return {name_of(path.name.removesuffix(TESTS)): path for path in reversed(list(_test_files(trial)))}


def tests_hold(trial: Trial, name: str, path: Path) -> bool:
    """Of one menu; what fails is told."""
    tests, faults = read_tests(path.read_bytes())
    if name not in trial.menus:
        faults.append(Fault("no menu {menu}; {hint}", 1, menu=repr(name), hint=nearest(name, trial.menus)))
        tests = []
    for one in tests:
        outcome = trial.call(name, Script(one.keys), one.at, one.caller, one.outcomes)
        failed = list(misses(one, outcome))
        faults += failed
        if failed:
            click.echo("\n".join(printable(line) for line in (str(one.name), *story(outcome, trial.menus, name))))
    for fault in faults:
        click.echo(printable(complaint(problem_at(path, fault))))
    click.echo(here("{file}: {n} tests, {failed} faults.", file=path.name, n=len(tests), failed=len(faults)))
    return not faults


def _test_files(trial: Trial) -> Iterator[Path]:
    for folder in trial.folders:
        yield from sorted(folder.glob(f"*{TESTS}"))


def _lost(walked: Walked) -> Fault:
    """A caller who goes this way gets nowhere."""
    at = f"{walked.at:%Y-%m-%d %H:%M}"
    return Fault("keys {keys} at {at}: {ended}", 1, keys=shown(walked.keys.strip()), at=at, ended=walked.ended)
