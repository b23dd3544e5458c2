"""Whether a menu may be loaded: its checks, its walk and the tests beside it; whatever is wrong is told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from callserver.commands.try_menu import story
from callserver.config import nearest
from callserver.ivr.loading.version import led_to
from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.folder import menu_files, problem_at, read_files
from callserver.ivr.menu_files.ini import name_of, shown
from callserver.ivr.menu_files.lint import lint, unrecorded
from callserver.ivr.menu_files.reading import ReadMenu
from callserver.ivr.trying.walk import Walked, walk
from callserver.server.tested import test_files, tested
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
    broken = [one for one in trial.problems_of(menu) if Path(one.file) not in files]
    for problem in broken:
        click.echo(printable(complaint(problem)))
    tests = test_files(trial.folders)
    return not broken and all(right) and all([tests_hold(trial, name, tests[name]) for name in names if name in tests])  # noqa: C419


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


def tests_hold(trial: Trial, name: str, path: Path) -> bool:
    """Of one menu; what fails is told."""
    done = tested(trial, name, path)
    for test, outcome in done.calls:
        click.echo("\n".join(printable(line) for line in (test, *story(outcome, trial.menus, name))))
    for problem in done.problems:
        click.echo(printable(complaint(problem)))
    click.echo(here("{file}: {n} tests, {failed} faults.", file=path.name, n=done.n, failed=len(done.problems)))
    return not done.problems


def _lost(walked: Walked) -> Fault:
    """A caller who goes this way gets nowhere."""
    at = f"{walked.at:%Y-%m-%d %H:%M}"
    return Fault("keys {keys} at {at}: {ended}", 1, keys=shown(walked.keys.strip()), at=at, ended=walked.ended)
