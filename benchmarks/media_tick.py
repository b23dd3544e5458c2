"""What one 20-ms tick of the whole bank costs: prints a table, writes benchmarks/results/media_tick.json.

Lines and headsets talk through the patch bay with the real detectors; every line is recorded to disk, by real threads.
No serial ports and no network: what is measured is `PatchBay.tick` alone, in real time, 50 ticks a second.

    python -m benchmarks.media_tick --seconds 20
"""

import json
import platform
import time
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from twisted.internet import reactor

from callserver.dsp.codecs import MU_LAW
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.tones import dtmf
from callserver.media.disk_room import DiskRoom
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.media.tick import Tick
from callserver.wire.catalogue import fill

RESULTS = Path(__file__).parent / "results" / "media_tick.json"
SETTINGS = [(0, "idle"), (1, "talk"), (20, "talk"), (20, "talk, recorded"), (20, "talk, recorded, keys")]
AIM_MS = 1.0


@dataclass
class Result:
    """One setting's figures; all times in milliseconds."""

    n_lines: int
    what: str
    n_ticks: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    late_p999_ms: float
    late_max_ms: float
    cpu_share: float  # of one core, the whole process with its disk threads


class Nobody:
    """Listens to a leg, and does nothing."""

    def key(self, digit: str, at_s: float) -> None:
        pass

    def tone(self, name: str) -> None:
        pass


def speech(seconds: float, seed: int) -> FloatArray:
    """Noise with the long-term spectrum and the syllables of speech, at about -18 dBm0."""
    rng, n_samples = np.random.default_rng(seed), round(8000 * seconds)
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    freqs_hz = np.fft.rfftfreq(n_samples, 1 / 8000)
    spectrum *= np.where(freqs_hz < 300, freqs_hz / 300, np.minimum(1, (600 / np.maximum(freqs_hz, 1)) ** 1.5))
    sound = np.fft.irfft(spectrum, n_samples) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(n_samples) / 8000))
    return (0.12 * sound / sound.std()).astype(np.float32)


def _alarm(msgid: str, /, **details: object) -> None:
    click.echo(fill("en", msgid, details))


def measure(n_lines: int, what: str, seconds: float, folder: Path) -> Result:
    """Run one setting in real time."""
    bay = PatchBay(reactor)
    names = count()
    recorder = Recorder(reactor, bay, DiskRoom(folder), _alarm, lambda: str(next(names)))
    recorder.startService()
    legs = open_legs(bay, n_lines, recorder if "recorded" in what else None)
    blocks = [far_end(seed, "keys" in what) for seed in range(len(legs))]
    tick_ms: list[float] = []

    def tick() -> None:
        for leg, sound in zip(legs, blocks, strict=True):
            at = len(tick_ms) % (len(sound) // BLOCK_SAMPLES) * BLOCK_SAMPLES
            leg.receive(sound[at : at + BLOCK_SAMPLES])
        start_s = time.perf_counter()
        bay.tick()
        tick_ms.append((time.perf_counter() - start_s) * 1000)

    ticker = Tick(reactor, tick, needed=bool(legs))
    cpu_s = run_for(seconds, ticker)
    wait_for(recorder)
    return Result(
        n_lines,
        what,
        len(tick_ms),
        *(round(float(value), 3) for value in np.percentile(tick_ms or [0.0], [50, 99, 100])),  # idle: no tick at all
        round(ticker.lateness.percentile_ms(0.999), 1),
        round(ticker.lateness.max_ms, 1),
        round(cpu_s / seconds, 4),
    )


def open_legs(bay: PatchBay, n_lines: int, recorder: Recorder | None) -> list[Leg]:
    """Each line talks with a headset."""
    legs = []
    for n in range(n_lines):
        pair = [bay.open_leg(f"{kind} {n}", MU_LAW, len, list, Nobody(), kind == "line") for kind in ("line", "seat")]
        for leg in pair:
            leg.serve(f"call {n}")
        bay.set_gains(f"call {n}", dict.fromkeys([(pair[0], pair[1]), (pair[1], pair[0])], 1.0))
        if recorder:
            recorder.start(f"call {n}", pair[0])
        legs += pair
    return legs


def far_end(seed: int, presses_keys: bool) -> bytes:
    """Six seconds of one far end, in mu-law."""
    sound = speech(6.0, seed)
    if presses_keys and seed % 2 == 0:
        sound[8000:16000] = dtmf("12345", 100, 100)
    return MU_LAW.encode(sound).tobytes()


def run_for(seconds: float, ticker: Tick) -> float:
    """Let the reactor run; gives the CPU seconds of the process."""
    cpu_s = time.process_time()
    ticker.startService()
    reactor.callLater(seconds, reactor.crash)
    reactor.run()
    ticker.stopService()
    return time.process_time() - cpu_s


def wait_for(recorder: Recorder) -> None:
    """Finish the recordings."""
    reactor.callLater(0, lambda: recorder.stopService().addBoth(lambda _: reactor.crash()))
    reactor.run()


def table(results: list[Result]) -> Table:
    """For people."""
    shown = Table(title=f"one tick (aim: {AIM_MS} ms with 20 lines recorded); CPU of one core")
    for heading in ("lines", "what", "p50 ms", "p99 ms", "max ms", "late p99.9", "late max", "CPU"):
        shown.add_column(heading, justify="left" if heading == "what" else "right")
    for result in results:
        _, what, _, *times_ms, cpu_share = asdict(result).values()
        shown.add_row(str(result.n_lines), what, *map(str, times_ms), f"{cpu_share:.1%}")
    return shown


@click.command(help="Measure what one 20-ms tick of the patch bay costs.")
@click.option("--seconds", default=10.0, show_default=True, help="How long each setting runs, in real time.")
def main(seconds: float) -> None:
    """Measure, show, write."""
    results = []
    for n_lines, what in track(SETTINGS, "measuring", transient=True):
        with TemporaryDirectory() as folder:
            results.append(measure(n_lines, what, seconds, Path(folder)))
    Console().print(table(results))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    conditions = {"seconds": seconds, "machine": platform.machine(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({"conditions": conditions, "results": [asdict(r) for r in results]}, indent=2))
    click.echo(f"written to {RESULTS}")


if __name__ == "__main__":
    main()
