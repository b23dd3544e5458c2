"""
A day in minutes: the same day twice, and small days with faults by many seeds.

    python -m benchmarks.rehearsals                      # docs/rehearsals/day.ini twice, then 200 seeds of faults.ini
    python -m benchmarks.rehearsals --visits 50 --seeds 10

Prints how much faster than the clock on the wall each ran and the hash of its event log; exit code 1 if two runs of the
same day differ, an invariant was broken, or a caller failed without a fault to blame. What is broken is printed with
the command that repeats it. Every rehearsal runs on one core, in a process of its own with a hash seed of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import click

TOP = Path(__file__).parents[1]
DAY, FAULTS = TOP / "docs/rehearsals/day.ini", TOP / "docs/rehearsals/faults.ini"
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def rehearse(script: Path, hash_seed: int, *options: str) -> dict[str, object]:
    """The figures of one rehearsal; with "complaint" if it did not pass."""
    command = [sys.executable, "-m", "callserver", "rehearse", str(script), "--json", *options]
    environment = os.environ | ONE_CORE | {"PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(TOP)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    figures: dict[str, object] = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    if done.returncode:
        figures["complaint"] = f"bin/callserver rehearse {script} {' '.join(options)}  (exit code {done.returncode})"
    return figures


def told(name: str, figures: dict[str, object]) -> str:
    """One line."""
    return (
        f"{name:16} {figures.get('visits', 0):>5} visits  {figures.get('virtual_s', 0):>9} s virtual  "
        f"{figures.get('speed', 0):>6}x  {figures.get('virtual_s_a_cpu_s', 0):>6} s a CPU-second  "
        f"{str(figures.get('event_log_sha256', ''))[:16]}"
    )


@click.command()
@click.option("--visits", type=int, help="Of the day, instead of the script's.")
@click.option("--seeds", type=int, default=200, show_default=True, help="Small days with faults.")
def main(visits: int | None, seeds: int) -> None:
    """See the module."""
    options = ("--visits", str(visits)) if visits else ()
    days = [rehearse(DAY, hash_seed, *options) for hash_seed in (1, 2)]
    for n, day in enumerate(days, 1):
        click.echo(told(f"day, run {n}", day))
    same = days[0].get("event_log_sha256") == days[1].get("event_log_sha256")
    click.echo(f"event logs of the two runs: {'alike, byte by byte' if same else 'DIFFERENT'}")
    small = []
    for seed in range(1, seeds + 1):
        small.append(rehearse(FAULTS, seed, "--seed", str(seed)))
        click.echo(told(f"faults, seed {seed}", small[-1]))
    complaints = [str(one["complaint"]) for one in [*days, *small] if "complaint" in one]
    click.echo(f"{len(days) + len(small)} rehearsals, {len(complaints)} with something broken")
    for complaint in complaints:
        click.echo(complaint)
    sys.exit(int(bool(complaints) or not same))


if __name__ == "__main__":
    main()
