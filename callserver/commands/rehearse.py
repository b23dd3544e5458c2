"""`callserver rehearse SCRIPT`: a day of the shop in minutes, on virtual time, with what may go wrong."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import click
from twisted.logger import globalLogBeginner

from callserver.rehearsal.rehearsal import Rehearsal, Result
from callserver.rehearsal.report import figures, table, write
from callserver.rehearsal.script import Script, most_faults, read
from callserver.rehearsal.shrink import LeftOut, shrink
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import error, here, person_language

PROGRESS_S = 2.0
BROKEN, MISTAKE = 1, 2


class Numbers(click.ParamType[frozenset[int]]):
    """3,17"""

    name = "numbers"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        if isinstance(value, frozenset):
            return value
        try:
            return frozenset(int(number) for number in str(value).split(",") if number)
        except ValueError:
            self.fail(f"{value!r}: needs numbers, as in 3,17", param, ctx)


HELP = (
    here("Rehearse a day of the shop in minutes."),
    here(
        "The same server, on virtual time: callers and agents of SCRIPT, real sound, faults by seed. The same seed "
        "gives the same event log, byte by byte."
    ),
    here(
        "Exit code 1: an invariant was broken, or a caller failed without a fault to blame; 2: a mistake in the script."
    ),
)


@click.command(help="\n\n".join(HELP))
@click.argument("script", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seed", type=int, help=here("Seed, instead of the script's."))
@click.option("--visits", type=click.IntRange(1), help=here("So many, instead of the script's."))
@click.option("--without", type=Numbers(), default=frozenset(), help=here("Visits that do not take place: 3,17."))
@click.option("--without-faults", type=Numbers(), default=frozenset(), help=here("Faults that do not happen."))
@click.option("--shrink", "shrinks", is_flag=True, help=here("Look for less that is still wrong."))
@click.option("--json", "as_json", is_flag=True, help=here("For other programs."))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help=here("Folder for event log, timeline, recordings and what everybody heard."),
)
def rehearse(
    script: Path,
    seed: int | None,
    visits: int | None,
    without: frozenset[int],
    without_faults: frozenset[int],
    shrinks: bool,
    as_json: bool,
    out: Path | None,
) -> None:
    left_out = LeftOut(without, without_faults)
    with _mistakes_told():
        wanted = _with(read(script), seed=seed, visits=visits)
        _check(left_out, wanted.visits, most_faults(wanted))
        if out is not None:
            _make(out)
    result = _run(wanted, out, left_out)
    if out is not None:
        write(result, out)
    told = table(result, _again(wanted, left_out), person_language())
    click.echo(json.dumps(figures(result), ensure_ascii=False, indent=1) if as_json else told)
    with _mistakes_told():
        _check(left_out, result.n_visits, result.n_faults)
    if shrinks:
        click.echo(_shrunk(wanted, result, left_out), err=True)
    sys.exit(0 if result.passed else BROKEN)


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """What whoever typed the command has to mend ends it."""
    try:
        yield
    except Complaint as mistake:
        click.echo(error(mistake), err=True)
        sys.exit(MISTAKE)


def _check(left_out: LeftOut, n_visits: int, n_faults: int) -> None:
    """What is left out must be there: before a rehearsal as far as the script says how many come, and after it."""
    for option, numbers, most in (
        ("--without", left_out.visits, n_visits),
        ("--without-faults", left_out.faults, n_faults),
    ):
        for number in sorted(numbers):
            if not most:
                raise Complaint("{option} {number}: there are none", option=option, number=number)
            if not 1 <= number <= most:
                raise Complaint("{option} {number}: there are 1 to {most}", option=option, number=number, most=most)


def _shrunk(script: Script, found: Result, left_out: LeftOut) -> str:
    if found.passed:
        return here("Nothing is wrong, so there is nothing to shrink.")
    return _again(script, shrink(script, found, left_out, _tell_step))


def _make(out: Path) -> None:
    """The folder of a rehearsal; its shop is the sign that one was there."""
    try:
        (out / "shop").mkdir(parents=True)
    except FileExistsError as used:
        raise Complaint("{folder} holds a rehearsal already; name another folder", folder=str(out)) from used
    except OSError as problem:
        raise Complaint("{folder} cannot be made ({problem})", folder=str(out), problem=problem.strerror) from problem


def _run(script: Script, out: Path | None, left_out: LeftOut) -> Result:
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)  # else errors of the server come to the terminal
    progress = Progress(script.visits)
    rehearsal = Rehearsal(
        script, keep=out, without=left_out.visits, without_faults=left_out.faults, on_progress=progress.tell
    )
    result = rehearsal.run()
    progress.clear()
    return result


def _tell_step(visits: int, faults: int, still_wrong: bool) -> None:
    wrong = here("{visits} visits, {faults} faults: still wrong", visits=visits, faults=faults)
    well = here("{visits} visits, {faults} faults: all is well", visits=visits, faults=faults)
    click.echo(wrong if still_wrong else well, err=True)


def _with(script: Script, seed: int | None, visits: int | None) -> Script:
    """What the command line says goes before the script."""
    return replace(script, seed=script.seed if seed is None else seed, visits=visits or script.visits)


def _again(script: Script, left_out: LeftOut) -> str:
    """The command that repeats it."""
    parts = [f"bin/callserver rehearse {script.path} --seed {script.seed} --visits {script.visits}"]
    for option, numbers in (("--without", left_out.visits), ("--without-faults", left_out.faults)):
        if numbers:
            parts.append(f"{option} {','.join(map(str, sorted(numbers)))}")
    return " ".join(parts)


class Progress:
    """A line on the terminal that is renewed, once it takes more than a moment."""

    def __init__(self, visits: int) -> None:
        self._visits, self._told_s, self._shown = visits, monotonic() + PROGRESS_S, False

    def tell(self, n: int, virtual_s: float, wall_s: float) -> None:
        if monotonic() < self._told_s:
            return
        self._told_s, self._shown = monotonic() + PROGRESS_S, True
        speed = virtual_s / max(wall_s, 0.001)
        told = here(
            "{n} of {all} visits, {virtual_s} s in {wall_s} s ({speed}x)",
            n=n,
            all=self._visits,
            virtual_s=round(virtual_s),
            wall_s=round(wall_s),
            speed=round(speed),
        )
        click.echo(f"\r{told} ", nl=not sys.stderr.isatty(), err=True)

    def clear(self) -> None:
        """What follows begins on a line of its own."""
        if self._shown and sys.stderr.isatty():
            click.echo("\r" + " " * 78 + "\r", nl=False, err=True)
