"""What the fax modems cost and how much noise they bear, beside libspandsp's in the same run.

Cost: the share of one core (CPU time) that one transmission and one reception take, by speed; for ours also listening
while nothing comes, and the longest single block. libspandsp's bits come from and go to its own bit-error tester, so no
Python runs in its loop. Noise: the lowest S/N (white noise over 4 kHz, steps of half a dB) at which some bursts that
libspandsp sends are heard without any error, training included. A table, results/fax_modems.json and .png.

    python -m benchmarks.fax_modems
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: one core

import ctypes
import json
import time
from collections.abc import Callable
from ctypes import c_void_p
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES, FloatArray
from callserver.fax.hdlc import FrameReader, burst_bits
from callserver.fax.modems.frame_ear import FrameEar
from callserver.fax.modems.receiver import ImageReceiver
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.scramblers import Bits, bits_of
from callserver.fax.modems.v21 import v21_sound
from callserver.fax.modulations import Modulation
from callserver.fax.signals import Asked, FrameHeard, Heard, ImageHeard, Listen, SendFrames, SendImage
from callserver.fax.soft_modem import SoftModem
from tests.fax import bad_lines
from tests.peers import spandsp_modems as spandsp
from tests.peers.spandsp import MISSING

HERE = Path(__file__).parent
RESULTS, PLOT = HERE / "results" / "fax_modems.json", HERE / "results" / "fax_modems.png"
LEVEL_DBM0 = -14.0
SETTLE_BLOCKS = 110  # silence and the longest training
BERT_PATTERN = 10  # BERT_PATTERN_ITU_O152_11
STEP_DB, MOST_DB = 0.5, 34.0
N_FRAMES = 8
SILENCE = np.zeros(BLOCK_SAMPLES, np.float32)


@dataclass
class Result:
    """Shares of one core in percent, milliseconds, decibels; `None` where libspandsp is missing."""

    modem: str
    send: float
    receive: float
    longest_ms: float
    send_theirs: float | None
    receive_theirs: float | None
    noise_db: float
    noise_theirs_db: float | None


def name_of(modulation: Modulation) -> str:
    return f"{modulation.recommendation} {modulation.bit_rate}"


def share(work: Callable[[], object], n_blocks: int) -> float:
    """Percent of a core, when each call is 20 ms of sound."""
    start = time.process_time()
    for _ in range(n_blocks):
        work()
    return 100 * (time.process_time() - start) / (n_blocks * BLOCK_MS / 1000)


def request(modulation: Modulation, seconds: float) -> tuple[Asked, Asked]:
    """For the sender and for the listener."""
    if modulation is Modulation.V21:
        return SendFrames(frames(round(seconds * 300 / 8 / 250))), Listen()
    octets = np.random.default_rng(1).bytes(round(modulation.bit_rate * seconds / 8))
    return SendImage(modulation, False, octets), Listen(modulation)


def frames(n_frames: int, n_octets: int = 240) -> tuple[bytes, ...]:
    rng = np.random.default_rng(2)
    return tuple(b"\xff\x13" + rng.bytes(n_octets) for _ in range(n_frames))


def cost(modulation: Modulation, seconds: float) -> tuple[float, float, float]:
    """Sending, receiving data, and the longest block of a whole reception in milliseconds."""
    to_send, to_hear = request(modulation, seconds + SETTLE_BLOCKS / 50 + 2)
    heard: list[Heard] = []
    sender, listener = SoftModem(heard.append), SoftModem(heard.append)
    sender.asked(to_send)
    listener.asked(to_hear)
    n_blocks = round(seconds * 50)
    longest, sound = 0.0, []
    for _ in range(SETTLE_BLOCKS):
        sound.append(sender.exchange(SILENCE))
    sending = share(lambda: sound.append(sender.exchange(SILENCE)), n_blocks)
    noisy = bad_lines.with_noise(np.concatenate(sound), LEVEL_DBM0 - 32).reshape(-1, BLOCK_SAMPLES)
    for block in noisy[:SETTLE_BLOCKS]:
        start = time.process_time()
        listener.exchange(block)
        longest = max(longest, time.process_time() - start)
    rest = iter(noisy[SETTLE_BLOCKS:])
    return sending, share(lambda: listener.exchange(next(rest)), n_blocks), 1000 * longest


def idle(image: Modulation | None, seconds: float) -> float:
    """Listening to a quiet line."""
    listener = SoftModem(lambda heard: None)
    listener.asked(Listen(image))
    noise = iter(bad_lines.with_noise(np.zeros(round(seconds * 8000), np.float32), -50).reshape(-1, BLOCK_SAMPLES))
    return share(lambda: listener.exchange(next(noise)), round(seconds * 50))


def cost_of_spandsp(modulation: Modulation, seconds: float) -> tuple[float, float]:
    """Its sender and its receiver, both with its bit-error tester at the other end."""
    library = spandsp.load()
    library.bert_init.restype = c_void_p
    tester = c_void_p(library.bert_init(None, 1 << 30, BERT_PATTERN, 300, 20))
    sender = spandsp.Sender(modulation, ctypes.cast(library.bert_get_bit, spandsp.GET_BIT), tester)
    receiver = spandsp.Receiver(modulation, ctypes.cast(library.bert_put_bit, spandsp.PUT_BIT), tester)
    n_blocks, sound = round(seconds * 50), [sender.send(SETTLE_BLOCKS * BLOCK_SAMPLES)]
    sending = share(lambda: sound.append(sender.send(BLOCK_SAMPLES)), n_blocks)
    receiver.hear(sound[0])
    blocks = iter(sound[1:])
    return sending, share(lambda: receiver.hear(next(blocks)), n_blocks)


def bits_heard(modulation: Modulation, sound: FloatArray) -> Bits:
    """By ours."""
    receiver = ImageReceiver(scheme_of(modulation))
    events = [event for block in sound.reshape(-1, BLOCK_SAMPLES) for event in receiver.feed(block)]
    return bits_of(b"".join(event.octets for event in events if isinstance(event, ImageHeard)))


def bits_heard_by_spandsp(modulation: Modulation, sound: FloatArray) -> Bits:
    """Its carrier detection would take noise before the burst for the burst: it hears none of that."""
    receiver = spandsp.Receiver(modulation)
    receiver.set_cutoff(-30.0)
    receiver.hear(sound)
    return np.array(receiver.bits, np.uint8)


def images_borne(modulation: Modulation, heard: Callable[[Modulation, FloatArray], Bits], before_s: float) -> float:
    bits = bits_of(np.random.default_rng(3).bytes(modulation.bit_rate * 5 // 8))
    sent = spandsp.sent(modulation, bits, LEVEL_DBM0)

    def exact(noise_dbm0: float, seed: int) -> bool:
        sound = bad_lines.with_noise(bad_lines.padded(sent, before_s), noise_dbm0, seed)
        return np.array_equal(heard(modulation, sound)[: len(bits)], bits)

    return lowest(exact)


def frames_borne(good_frames: Callable[[FloatArray], int]) -> float:
    bits = np.frombuffer(burst_bits(frames(N_FRAMES, 20), 38, 5), np.uint8)
    sent = np.concatenate(list(v21_sound(bits, LEVEL_DBM0)))

    def exact(noise_dbm0: float, seed: int) -> bool:
        return good_frames(bad_lines.with_noise(bad_lines.padded(sent), noise_dbm0, seed)) == N_FRAMES

    return lowest(exact)


def lowest(exact: Callable[[float, int], bool], n_bursts: int = 3) -> float:
    """The S/N below which the first error comes, going down."""
    for step in range(round(MOST_DB / STEP_DB)):
        ratio_db = MOST_DB - step * STEP_DB
        if not all(exact(LEVEL_DBM0 - ratio_db, seed) for seed in range(n_bursts)):
            return ratio_db + STEP_DB
    return 0.0


def good_frames(sound: FloatArray) -> int:
    ear = FrameEar()
    events = [event for block in sound.reshape(-1, BLOCK_SAMPLES) for event in ear.feed(block)]
    return sum(isinstance(event, FrameHeard) and event.good for event in events)


def good_frames_by_spandsp(sound: FloatArray) -> int:
    receiver = spandsp.Receiver(Modulation.V21)
    receiver.set_cutoff(-30.0)
    receiver.hear(sound)
    return sum(frame.good for frame in FrameReader().feed_bits(bytes(receiver.bits)))


def measure(modulation: Modulation, seconds: float) -> Result:
    click.echo(f"{name_of(modulation)} ...", err=True)
    sending, receiving, longest_ms = cost(modulation, seconds)
    result = Result(name_of(modulation), sending, receiving, longest_ms, None, None, 0.0, None)
    if modulation is Modulation.V21:
        result.noise_db = frames_borne(good_frames)
    elif not MISSING:
        result.noise_db = images_borne(modulation, bits_heard, 0.1546)
    if MISSING:
        return result
    result.send_theirs, result.receive_theirs = cost_of_spandsp(modulation, seconds)
    if modulation is Modulation.V21:
        result.noise_theirs_db = frames_borne(good_frames_by_spandsp)
    else:
        result.noise_theirs_db = images_borne(modulation, bits_heard_by_spandsp, 0.0)
    return result


def draw(results: list[Result]) -> None:
    """Cost and noise, side by side, if matplotlib is there."""
    try:
        import matplotlib
    except ImportError:
        click.echo("no plot: pip install matplotlib", err=True)
        return
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, (costs, noise) = pyplot.subplots(1, 2, figsize=(13, 5))
    places, names = np.arange(len(results)), [result.modem for result in results]
    costs.bar(places - 0.2, [result.receive for result in results], 0.4, label="reception")
    costs.bar(places + 0.2, [result.send for result in results], 0.4, label="transmission")
    costs.plot(places, [result.receive_theirs or np.nan for result in results], "ks", label="libspandsp's reception")
    costs.set(ylabel="% of one core", title="Cost of one fax")
    noise.plot(places, [result.noise_db for result in results], "o", label="callserver")
    noise.plot(places, [result.noise_theirs_db or np.nan for result in results], "ks", label="libspandsp")
    noise.set(ylabel="S/N in dB, 4 kHz", title="No errors down to")
    for axes in (costs, noise):
        axes.set_xticks(places, names, rotation=45, ha="right")
        axes.grid(True, alpha=0.3)
        axes.legend()
    figure.savefig(PLOT, dpi=110, bbox_inches="tight")


def show(results: list[Result], idle_shares: tuple[float, float]) -> None:
    """The table."""
    columns = ("modem", "send %", "theirs", "receive %", "theirs", "longest ms", "no errors at dB", "theirs")
    table = Table(*columns, title="Share of one core, longest 20-ms block, S/N without errors")

    def cell(value: float | None, digits: int = 2) -> str:
        return "-" if value is None else f"{value:.{digits}f}"

    for r in results:
        cells = (r.send, r.send_theirs, r.receive, r.receive_theirs, r.longest_ms)
        table.add_row(r.modem, *map(cell, cells), cell(r.noise_db, 1), cell(r.noise_theirs_db, 1))
    Console().print(table)
    click.echo("listening to a quiet line: {:.2f} %, for an image of V.17, too: {:.2f} %".format(*idle_shares))


@click.command(help=__doc__)
@click.option("--seconds", default=10.0, show_default=True, help="of each transmission whose cost is measured")
@click.option("--modem", multiple=True, help="only these, as V17_14400")
def main(seconds: float, modem: list[str]) -> None:
    """Run it."""
    chosen = [Modulation[name] for name in modem] or list(Modulation)
    results = [measure(modulation, seconds) for modulation in chosen]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=1))
    draw(results)
    show(results, (idle(None, seconds), idle(Modulation.V17_14400, seconds)))


if __name__ == "__main__":
    main()
