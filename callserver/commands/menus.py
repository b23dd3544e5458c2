"""`callserver menus`: the menus of a shop, and whether its files can be loaded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click
from twisted.logger import globalLogBeginner

from callserver.commands.menu_paths import paths, replay_calls
from callserver.commands.options import Group, language_option, require_shop
from callserver.commands.proving import is_right, read_all, tests_hold
from callserver.commands.start import shop_option
from callserver.config import nearest
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.menu_files.picture import Picture
from callserver.ivr.menu_files.reading import ReadMenu
from callserver.server.shop_folder import ShopFolder
from callserver.server.tested import test_files
from callserver.server.trial import Trial
from callserver.wire.catalogue import Complaint
from callserver.wire.cells import printable
from callserver.wire.terminal import complaint, here


@click.group(cls=Group, help=here("The menus that answer callers: list, check, test and draw them."))
def menus() -> None:
    pass


@menus.command("list", help=here("List all menus, where each comes from, and which lines it answers."))
@shop_option
def list_menus(shop: Path) -> None:
    def work(trial: Trial, folder: ShopFolder) -> bool:
        reading = folder.reading()
        for name, menu in sorted(trial.menus.items()):
            lines = [reading.line_section(n) for n, line in reading.config.lines.items() if line.menu == name]
            source = menu.path.name if isinstance(menu, FileMenu) else type(menu).__module__.rpartition(".")[2]
            click.echo(printable(f"{name:16}  {source:24}  {', '.join(dict.fromkeys(lines))}".rstrip()))
        for problem in trial.found.problems:
            click.echo(printable(complaint(problem)), err=True)
        return True

    _with_trial(shop, work)


@menus.command("check", help=here("Check menu files: every mistake with its line. Exit code 1: something is wrong."))
@shop_option
@click.option("--strict", is_flag=True, help=here("What is only a remark is a mistake too."))
@click.argument("names", nargs=-1, metavar="NAME...")
def check(shop: Path, strict: bool, names: tuple[str, ...]) -> None:
    def work(trial: Trial, folder: ShopFolder) -> bool:
        read = read_all(trial)
        chosen = [_chosen(name, read, trial.menus) for name in names] or list(read)
        return all([is_right(trial, path, read[path], strict) for path in chosen])  # noqa: C419 - all are told

    _with_trial(shop, work)


@menus.command("picture", help=here("Draw a menu file: NAME.svg in this folder, or --output."))
@shop_option
@language_option
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=here("The file to write."))
@click.argument("name")
def picture(shop: Path, language: str, output: Path | None, name: str) -> None:
    def work(trial: Trial, folder: ShopFolder) -> bool:
        read = read_all(trial)
        path = _chosen(name, read, trial.menus)
        menu, target = read[path].menu, output or Path(f"{path.stem}.svg")
        if menu is None:
            return is_right(trial, path, read[path], strict=False)
        target.write_text(Picture(menu, language).svg(), "utf-8")
        click.echo(here("{file} is drawn.", file=str(target)))
        return True

    _with_trial(shop, work)


@menus.command(
    "test", help=here("Run the tests beside menus, NAME.test.ini. Exit code 1: one fails, and its call is shown.")
)
@shop_option
@click.argument("names", nargs=-1, metavar="NAME...")
def test(shop: Path, names: tuple[str, ...]) -> None:
    def work(trial: Trial, folder: ShopFolder) -> bool:
        files = test_files(trial.folders)
        for name in names:
            if name_of(name) not in files:
                raise Complaint("no tests of {menu}; {hint}", menu=repr(name), hint=nearest(name_of(name), files))
        chosen = [name_of(name) for name in names] or list(files)
        failed = [name for name in chosen if not tests_hold(trial, name, files[name])]
        return not failed

    _with_trial(shop, work)


menus.add_command(paths)
menus.add_command(replay_calls, "replay")


def _chosen(name: str, read: dict[Path, ReadMenu], menus_there: Collection[str]) -> Path:
    by_name = {name_of(path.stem): path for path in reversed(read)}
    wanted = name_of(Path(name).name.removesuffix(".ini"))
    if wanted not in by_name and wanted in menus_there:
        raise Complaint("menu {menu} is written in Python: it has no file to check", menu=repr(name))
    if wanted not in by_name:
        raise Complaint("no menu {menu}; {hint}", menu=repr(name), hint=nearest(wanted, by_name))
    return by_name[wanted]


def _with_trial(shop: Path, work: Callable[[Trial, ShopFolder], Any]) -> None:
    """Do it with the shop's menus; exit code 1 where it says that something is wrong."""
    folder = ShopFolder(shop)
    require_shop(folder)
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)
    trial = Trial(folder)
    try:
        is_right = work(trial, folder)
    finally:
        trial.close()
    sys.exit(0 if is_right else 1)
