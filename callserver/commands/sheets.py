"""Lists from and to files, for the commands of the shop's books."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import click

from callserver.commands.books import tell
from callserver.commands.calls import list_width
from callserver.features.shopping.books.table import Fault
from callserver.store.on_disk import write_whole
from callserver.store.sheets.csv_sheets import read_csv, write_csv
from callserver.store.sheets.sheet import BYTES_MAX, Sheet, SheetError, Written
from callserver.wire.catalogue import Complaint, plural
from callserver.wire.cells import cut
from callserver.wire.terminal import error, here, person_language

T = TypeVar("T")

STANDARD = Path("-")
STAGED = 2000  # rows at a time
NAMED = 5  # where there are many
CHECK_LINES = 20
QUIET_S, STEP_S = 2.0, 2.0  # who waits longer is told how far it is

file_argument = click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
check_option = click.option("--check", is_flag=True, help=here("Only say what would be done; change nothing."))


class Progress:
    """Tells how far it is, when it takes longer than two seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._due_s = clock, clock() + QUIET_S

    def rows(self, n: int) -> None:
        """So many are read."""
        self._tell(lambda: here("{n} rows read", n=n))

    def checked(self, n: int) -> None:
        """So many are looked at."""
        self._tell(lambda: here("{n} rows checked", n=n))

    def staged(self, n: int, of: int) -> None:
        """So many of those that change are made ready."""
        self._tell(lambda: here("{n} of {all} made ready", n=n, all=of))

    def written(self, n: int) -> None:
        """So many are written."""
        self._tell(lambda: here("{n} rows written", n=n))

    def _tell(self, words: Callable[[], str]) -> None:
        if self._clock() >= self._due_s:
            self._due_s = self._clock() + STEP_S
            tell(words())


def read_sheet(file: Path, progress: Progress) -> Sheet:
    """A CSV or XLSX file, by its name; - is a CSV on standard input. What is wrong with it ends the command."""
    try:
        data = _data(file)
        if file.suffix.lower() in (".xlsx", ".xlsm"):
            from callserver.store.sheets.xlsx_sheets import read_xlsx  # takes its time to be imported

            sheet = read_xlsx(data, progress.rows)
        else:
            sheet = read_csv(data, progress.rows)
    except SheetError as problem:
        raise SystemExit(error(Complaint("{file}: {problem}", file=file.name, problem=problem))) from problem
    if sheet.read_as:
        tell(here("{file}: read as {read_as}", file=file.name, read_as=sheet.read_as))
    return sheet


def write_sheet(file: Path, titles: Sequence[str], rows: Iterable[Sequence[Written]]) -> None:
    """A CSV or XLSX file, by its name; - is a CSV on standard output."""
    if file == STANDARD:
        sys.stdout.buffer.write(write_csv(titles, rows))
        return
    listed = list(rows)
    if file.suffix.lower() == ".xlsx":
        from callserver.store.sheets.xlsx_sheets import write_xlsx

        data = write_xlsx(titles, listed, Progress().written)
    elif file.suffix.lower() == ".csv":
        data = write_csv(titles, listed)
    else:
        raise Complaint("{file}: name it .xlsx or .csv, by what it shall be", file=file.name)
    write_file(file, data)
    tell(here("{file}: {n} rows", file=str(file), n=len(listed)))


def write_file(file: Path, data: bytes) -> None:
    """
    All of it, or nothing; a device (/dev/null) or a link is written into, and stays what it is.

    :raises Complaint: there is no such folder, no room, no leave
    """
    is_plain = not os.path.lexists(file) or (file.is_file() and not file.is_symlink())
    try:
        if is_plain:
            write_whole(file, data)
        else:
            file.write_bytes(data)
    except OSError as problem:
        raise Complaint("{file}: cannot be written: {problem}", file=str(file), problem=problem.strerror) from problem


async def stage(
    rows: Iterator[T], n_all: int, progress: Progress, put: Callable[[list[T]], Coroutine[Any, Any, object]]
) -> None:
    """Make ready what is to change, some rows at a time: others have their turn between."""
    n = 0
    while some := list(islice(rows, STAGED)):
        await put(some)
        n += len(some)
        progress.staged(n, n_all)


def stop_at_faults(faults: Sequence[Fault], file: Path) -> None:
    """All of them are told, and nothing is done."""
    if faults:
        language = person_language()
        for fault in faults:
            tell(fault.told(language, file.name))
        words = plural(
            language,
            "nothing was changed: mend {n} mistake, then import again",
            "nothing was changed: mend these {n} mistakes, then import again",
            len(faults),
        )
        raise SystemExit(error(words))


def tell_plan(
    new: Sequence[str],
    changed: Sequence[tuple[str, Mapping[str, str], Mapping[str, str]]],
    same: int,
    titles: Mapping[str, str],
    *,
    check: bool,
) -> None:
    """
    What a list does, or, where it is only checked, would do: then with the first lines of it.

    :param new: what is, each in words
    :param changed: what is, with its settings before and after
    :param titles: of the list's columns, by key
    """
    figures = {"new": len(new), "changed": len(changed), "same": same}
    tell(here("new: {new}, changed: {changed}, as before: {same}", **figures))
    if not check:
        return
    lines = [f"+ {one}" for one in new[:CHECK_LINES]]
    for name, before, after in changed[:CHECK_LINES]:
        turned = [
            f"{here(titles[key])} {before[key] or '–'} → {after[key] or '–'}"
            for key in after
            if after[key] != before[key]
        ]
        lines.append(f"* {name} {', '.join(turned)}")
    n_more = len(new) + len(changed) - len(lines)
    for line in [*lines, *([here("… and {n} more", n=n_more)] if n_more else [])]:
        click.echo(cut(line, list_width()))
    tell(here("Only checked: nothing was changed."))


def some_of(names: Sequence[str]) -> str:
    """The first of many."""
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


def _data(file: Path) -> bytes:
    try:
        with click.open_file(str(file), "rb") as opened:
            data: bytes = opened.read(BYTES_MAX + 1)
    except OSError as problem:
        raise SheetError("cannot be read ({problem})", problem=problem.strerror) from problem
    if len(data) > BYTES_MAX:
        raise SheetError("is larger than {n} MB: make several files of it", n=BYTES_MAX // 1_000_000)
    return data
