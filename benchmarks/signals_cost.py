"""What the detectors of all lines cost a 20-ms tick, beside libspandsp's equivalents called from a small C loop.

Recorded voices on every line; keys, call progress (China), regular tones and fax tones all running. CPU time of one
core, the best of several runs, each of all its ticks, ours and theirs in turn. A table, results/signals_cost.json and
.png.

    python -m benchmarks.signals_cost
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: one core

import ctypes.util
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.signals_corpus import need_corpora, voices
from callserver.dsp.echo.canceller import EchoCanceller
from callserver.dsp.fax_tones.bank import FAX_FREQS, FaxToneBank
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.front_end import FrontEnd
from callserver.dsp.keys.bank import DtmfBank
from callserver.dsp.keys.tone_windows import TONES_HZ
from callserver.dsp.progress.bank import ProgressBank, progress_freqs
from callserver.dsp.progress.plans import PLANS
from callserver.dsp.progress.regular import RegularToneBank

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "signals_cost.json"
PLOT = HERE / "results" / "signals_cost.png"
AIMS_MS = {20: 0.1, 200: 0.3, 1000: 1.5}
WARM_TICKS = 25
Frames = list[FloatArray]


@dataclass
class Result:
    """Milliseconds of CPU a tick, for so many lines."""

    n_lines: int
    all_ms: float
    front_end_ms: float
    keys_ms: float
    progress_ms: float
    regular_ms: float
    fax_ms: float
    canceller_ms: float  # on lines that all play, the echo 10 dB down; comes on top
    spandsp_ms: float | None


def frames_of_voices(n_lines: int, n_ticks: int, seed: int) -> Frames:
    """Some other piece of speech on every line, tick by tick, shape (n_lines, 160)."""
    rng, sounds = np.random.default_rng(seed), [corpus.sound for corpus in voices()]
    length = n_ticks * BLOCK_SAMPLES
    lines = np.zeros((n_lines, length), np.float32)
    for number, line in enumerate(lines):
        sound = sounds[number % len(sounds)]
        start = rng.integers(0, len(sound) - length)
        line[:] = sound[start : start + length]
    return [np.ascontiguousarray(lines[:, n : n + BLOCK_SAMPLES]) for n in range(0, length, BLOCK_SAMPLES)]


def cost_ms(work: Callable[[FloatArray], object], frames: Frames) -> float:
    """CPU a tick, after some ticks to get warm."""
    for frame in frames[:WARM_TICKS]:
        work(frame)
    start = time.process_time()
    for frame in frames[WARM_TICKS:]:
        work(frame)
    return 1000 * (time.process_time() - start) / (len(frames) - WARM_TICKS)


def ours(n_lines: int, frames: Frames) -> dict[str, float]:
    """The whole, and the front end with each detector alone, less the front end."""

    def run(*names: str) -> float:
        plan = PLANS["cn"]
        front_end = FrontEnd(n_lines, [*TONES_HZ, *progress_freqs(plan), *FAX_FREQS])
        banks = {
            "keys": DtmfBank(n_lines, front_end),
            "progress": ProgressBank(n_lines, plan, front_end),
            "regular": RegularToneBank(n_lines, front_end),
            "fax": FaxToneBank(n_lines, front_end),
        }
        chosen = [banks[name] for name in names]

        def tick(frame: FloatArray) -> None:
            spectrum = front_end.measure(frame)
            for bank in chosen:
                bank.hear(spectrum)

        return cost_ms(tick, frames)

    front_end = run()
    alone = {name: run(name) - front_end for name in ("keys", "progress", "regular", "fax")}
    return {
        "all": run("keys", "progress", "regular", "fax"),
        "front_end": front_end,
        "canceller": canceller(frames),
        **alone,
    }


def canceller(frames: Frames) -> float:
    """All lines play, and all hear themselves after 60 ms."""
    echoes = iter([*[np.zeros_like(frames[0])] * 3, *(frame * np.float32(0.3) for frame in frames)])
    echo_canceller = EchoCanceller(len(frames[0]))
    return cost_ms(lambda frame: echo_canceller.clean(next(echoes), frame), frames)


@contextmanager
def c_loop() -> Iterator[Callable[[Frames], float] | None]:
    """libspandsp's cost a tick, or None without compiler or library."""
    library = ctypes.util.find_library("spandsp")
    if not library or not which("gcc"):
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        program, sound = Path(folder) / "loop", Path(folder) / "sound"
        source = str(HERE / "signals_cost.c")
        subprocess.run(["gcc", "-O2", "-o", str(program), source, f"-l:{library}"], check=True)

        def run(frames: Frames) -> float:
            np.concatenate([np.rint(frame * 32767).astype("<i2").reshape(-1) for frame in frames]).tofile(sound)
            command = [str(program), str(sound), str(len(frames[0])), str(len(frames))]
            return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1000

        yield run


def measure(n_lines: int, n_ticks: int, n_runs: int, theirs: Callable[[Frames], float] | None) -> Result:
    """The best of some runs."""
    best: dict[str, float] = {}
    peer: float | None = None
    for seed in range(n_runs):
        frames = frames_of_voices(n_lines, n_ticks, seed)
        for name, value in ours(n_lines, frames).items():
            best[name] = min(value, best.get(name, value))
        if theirs:
            peer = min(theirs(frames), peer or np.inf)
    figures = {f"{name}_ms": round(value, 4) for name, value in best.items()}
    return Result(n_lines, **figures, spandsp_ms=peer)


def draw(results: list[Result]) -> None:
    """Cost against lines, if matplotlib is there."""
    try:
        import matplotlib
    except ImportError:
        click.echo("no plot: pip install matplotlib", err=True)
        return
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 5))
    lines = [result.n_lines for result in results]
    axes.loglog(
        lines, [result.all_ms for result in results], "o-", label="callserver: keys, progress, regular tones, fax"
    )
    axes.loglog(lines, [result.front_end_ms for result in results], "o:", label="of it the shared front end")
    if results[0].spandsp_ms is not None:
        axes.loglog(lines, [result.spandsp_ms for result in results], "s-", label="libspandsp in a C loop")
    axes.loglog(list(AIMS_MS), list(AIMS_MS.values()), "kx", label="aim")
    axes.set(
        xlabel="lines", ylabel="ms of one core per 20-ms tick", title="Cost of all detectors, real speech on all lines"
    )
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(PLOT, dpi=120, bbox_inches="tight")


def show(results: list[Result]) -> None:
    """The table."""
    columns = (
        "lines",
        "all",
        "aim",
        "front end",
        "keys",
        "progress",
        "regular",
        "fax",
        "libspandsp",
        "ours / theirs",
        "+ canceller",
    )
    table = Table(*columns, title="ms of one core per 20-ms tick")
    for r in results:
        parts = (r.front_end_ms, r.keys_ms, r.progress_ms, r.regular_ms, r.fax_ms)
        peer = ("-", "-") if r.spandsp_ms is None else (f"{r.spandsp_ms:.3f}", f"{r.all_ms / r.spandsp_ms:.2f}")
        aim, cells = AIMS_MS.get(r.n_lines, "-"), [f"{part:.3f}" for part in parts]
        table.add_row(str(r.n_lines), f"{r.all_ms:.3f}", str(aim), *cells, *peer, f"{r.canceller_ms:.3f}")
    Console().print(table)


@click.command(help=__doc__)
@click.option("--lines", multiple=True, type=int, default=[20, 50, 200, 1000], show_default=True)
@click.option("--ticks", default=400, show_default=True, help="of each run")
@click.option("--runs", default=3, show_default=True)
def main(lines: list[int], ticks: int, runs: int) -> None:
    """Run it."""
    need_corpora()
    with c_loop() as theirs:
        results = [measure(n_lines, ticks if n_lines < 500 else ticks // 2, runs, theirs) for n_lines in lines]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=1))
    draw(results)
    show(results)


if __name__ == "__main__":
    main()
