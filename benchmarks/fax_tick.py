"""What a 20-ms tick costs with faxes in it: 16 recorded lines that talk, four receptions by V.17 at 14 400 bit/s.

The bank of media_tick, in real time with real recording threads; beside it, in the same tick, soft modems that each
hear a page. CPU share of one core of the whole process, the tick's percentiles and its lateness. Aims: 45 % of a core,
99.9 % of the ticks within 20 ms. A table, results/fax_tick.json.

    python -m benchmarks.fax_tick
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from twisted.internet import reactor

from benchmarks.media_tick import far_end, open_legs, run_for, wait_for
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.fax.modulations import Modulation
from callserver.fax.signals import ImageHeard, Listen, SendImage
from callserver.fax.soft_modem import SoftModem
from callserver.media.disk_room import DiskRoom
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.media.tick import Tick
from tests.fax.bad_lines import with_noise

RESULTS = Path(__file__).parent / "results" / "fax_tick.json"
SETTINGS = [(16, 0), (0, 4), (16, 4)]
PAGE_S = 20.0


@dataclass
class Result:
    """One setting's figures; all times in milliseconds."""

    n_lines: int
    n_faxes: int
    n_octets: int  # received
    p50_ms: float
    p99_ms: float
    p999_ms: float
    max_ms: float
    late_max_ms: float
    cpu_share: float


class Reception:
    """A soft modem that hears one page after the other."""

    def __init__(self, page: FloatArray) -> None:
        self.n_octets = 0
        self._modem = SoftModem(self._heard)
        self._modem.asked(Listen(Modulation.V17_14400))
        self._blocks: Iterator[FloatArray] = cycle(page.reshape(-1, BLOCK_SAMPLES))

    def tick(self) -> None:
        self._modem.exchange(next(self._blocks))

    def _heard(self, heard: object) -> None:
        if isinstance(heard, ImageHeard):
            self.n_octets += len(heard.octets)


def page() -> FloatArray:
    """As it comes from the far end, and three seconds of silence."""
    sender = SoftModem(lambda heard: None)
    sender.asked(SendImage(Modulation.V17_14400, False, np.random.default_rng(1).bytes(round(PAGE_S * 1800))))
    silence = np.zeros(BLOCK_SAMPLES, np.float32)
    sound = np.concatenate([sender.exchange(silence) for _ in range(round((PAGE_S + 4.5) * 50))])
    return with_noise(sound, -46.0)


def measure(n_lines: int, n_faxes: int, seconds: float, folder: Path) -> Result:
    """Run one setting in real time."""
    bay = PatchBay(reactor)
    recorder = Recorder(reactor, bay, DiskRoom(folder), lambda msgid, /, **details: None, lambda: str(time.time_ns()))
    recorder.startService()
    legs = open_legs(bay, n_lines, recorder)
    sounds = [far_end(seed, True) for seed in range(len(legs))]
    coming = page()
    # Their trainings do not fall on one tick.
    receptions = [Reception(np.roll(coming, number * 37 * BLOCK_SAMPLES)) for number in range(n_faxes)]
    tick_ms: list[float] = []

    def tick() -> None:
        for leg, sound in zip(legs, sounds, strict=True):
            at = len(tick_ms) % (len(sound) // BLOCK_SAMPLES) * BLOCK_SAMPLES
            leg.receive(sound[at : at + BLOCK_SAMPLES])
        start_s = time.perf_counter()
        bay.tick()
        for reception in receptions:
            reception.tick()
        tick_ms.append((time.perf_counter() - start_s) * 1000)

    ticker = Tick(reactor, tick, needed=True)
    cpu_s = run_for(seconds, ticker)
    wait_for(recorder)
    return Result(
        n_lines,
        n_faxes,
        sum(reception.n_octets for reception in receptions),
        *(round(float(value), 3) for value in np.percentile(tick_ms, [50, 99, 99.9, 100])),
        round(ticker.lateness.max_ms, 1),
        round(cpu_s / seconds, 4),
    )


def table(results: list[Result]) -> Table:
    """For people."""
    shown = Table(title="one tick with faxes; CPU of one core (aim: 45 %)")
    for heading in ("lines", "faxes", "octets", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "late max", "CPU"):
        shown.add_column(heading, justify="right")
    for result in results:
        *figures, cpu_share = asdict(result).values()
        shown.add_row(*map(str, figures), f"{cpu_share:.1%}")
    return shown


@click.command(help=__doc__)
@click.option("--seconds", default=30.0, show_default=True, help="How long each setting runs, in real time.")
def main(seconds: float) -> None:
    """Measure, show, write."""
    results = []
    for n_lines, n_faxes in SETTINGS:
        with TemporaryDirectory() as folder:
            results.append(measure(n_lines, n_faxes, seconds, Path(folder)))
    Console().print(table(results))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=1))


if __name__ == "__main__":
    main()
