"""Random keys on good and bad lines, heard by our receiver and by libspandsp: a table, and results/dtmf_keys.json.

Keys of 40 ms, 93 to 100 ms apart, anywhere in AT&T's window of ITU-T Q.24 (0 to -25 dBm0 a tone, the low tone 8 dB
stronger to 4 dB weaker, frequencies to 1.5 % off), with random phases and places in the blocks. Under a prompt: keys
of 80 to 120 ms, while recorded voices play and come back.

    python -m benchmarks.dtmf_keys
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.signals_corpus import PROMPTS, voices
from callserver.dsp.ear import Ear
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.keys.bank import KeyDown, KeyEvent
from tests.dsp.bad_lines import (
    Line,
    Press,
    Sender,
    compare,
    listen,
    offset_by_dc,
    through_8_bits,
    through_a_law,
    through_ima_adpcm,
    tilted,
    with_echo,
    with_hum,
    with_noise,
)
from tests.peers.spandsp import MISSING, Receiver

RESULTS = Path(__file__).parent / "results" / "dtmf_keys.json"
N_CHANNELS, N_KEYS = 80, 50
UNDER_SPEECH_SAMPLES = 800  # a loud syllable of what is played can hide the first half of a key
LATE_SAMPLES = 1600  # so long after a key ends spandsp may still report it
LINES: dict[str, Line] = {
    "clean": lambda sound: sound,
    "tilt 3 dB": tilted,
    "DC 2,000": offset_by_dc,
    "8-bit unsigned": through_8_bits,
    "A-law": through_a_law,
    "IMA ADPCM": through_ima_adpcm,
    "hum 60 Hz -9 dBm0": with_hum(60, -9),
    "hum 180 Hz -22 dBm0": with_hum(180, -22),
    "hum 50 Hz -9 dBm0": with_hum(50, -9),
    "hum 150 Hz -22 dBm0": with_hum(150, -22),
    "echo 10 dB down, 1..20 ms": with_echo(10, 20),
}


@dataclass
class Result:
    """One line."""

    line: str
    keys: int
    missed: int
    false: int
    spandsp_missed: int | None = None
    spandsp_false: int | None = None


@dataclass
class Material:
    """Sound received, shape (n_channels, n), what was pressed in it, and what was played meanwhile."""

    line: str
    sound: FloatArray
    pressed: list[Press]
    played: FloatArray | None = None


def judge(material: Material, events: list[KeyEvent]) -> Result:
    """Ours, and theirs if it is there."""
    missed, false = compare(material.pressed, events, 40 if material.played is None else UNDER_SPEECH_SAMPLES)
    result = Result(material.line, len(material.pressed), len(missed), len(false))
    if not MISSING:
        result.spandsp_missed, result.spandsp_false = spandsp(material)
    return result


def spandsp(material: Material) -> tuple[int, int]:
    """How many keys it misses and invents, fed 20 ms at a time."""
    missed = false = 0
    for channel, sound in enumerate(material.sound):
        receiver = Receiver()
        heard = receiver.hear(np.clip(sound, -1, 1), 160)
        receiver.close()
        for press in (press for press in material.pressed if press.channel == channel):
            match = [(key, at) for key, at in heard if key == press.key and press.start < at < press.end + LATE_SAMPLES]
            if match:
                heard.remove(match[0])
            missed += not match
        false += len(heard)
    return missed, false


def on_lines(rng: np.random.Generator) -> Iterator[Result]:
    """AT&T's window on each line, then noise."""
    sound, pressed = Sender().send(rng, N_CHANNELS, N_KEYS)
    for name, line in LINES.items():
        material = Material(name, line(sound), pressed)
        yield judge(material, listen(material.sound))
    for snr_db in (18, 15, 12, 10):
        sender = Sender((50, 50), (50, 50), offset=0, low_dbm0=(-10, -10), twist_db=(0, 0))
        sound, pressed = sender.send(rng, N_CHANNELS, N_KEYS)
        material = Material(f"S/N {snr_db} dB, 50 ms, nominal", with_noise(-7 - snr_db)(sound), pressed)
        yield judge(material, listen(material.sound))


def under_prompts(rng: np.random.Generator) -> Iterator[Result]:
    """Recorded voices coming back 3 dB down through hybrids, 40 to 300 ms late; with and without the canceller."""
    sender = Sender((80, 120), (80, 300), low_dbm0=(-16, -8), twist_db=(-2, 4), weakest_dbm0=-18)
    sound, pressed = sender.send(rng, N_CHANNELS // 2, N_KEYS)
    later = [replace(press, start=press.start + RATE_HZ, end=press.end + RATE_HZ) for press in pressed]
    received = np.pad(sound, ((0, 0), (RATE_HZ, 160)))[:, : (sound.shape[1] + RATE_HZ) // 160 * 160]
    played = prompts(rng, *received.shape)
    received = np.clip(received + echo(rng, played), -1, 1)
    material = Material("prompt's echo 3 dB down", received, later, played)
    yield judge(replace(material, line=f"{material.line}, no canceller"), listen(received))
    ear = Ear(len(received))
    ticks = range(0, received.shape[1], 160)
    events = [event for n in ticks for event in ear.feed(received[:, n : n + 160], played[:, n : n + 160])]
    missed, false = compare(later, [event for event in events if isinstance(event, KeyDown)], UNDER_SPEECH_SAMPLES)
    yield Result(f"{material.line}, canceller", len(later), len(missed), len(false))


def prompts(rng: np.random.Generator, n_channels: int, n_samples: int) -> FloatArray:
    """A piece of some recorded voice on each channel."""
    sounds = [corpus.sound for corpus in voices()]
    played = np.zeros((n_channels, n_samples), np.float32)
    for channel in range(n_channels):
        sound = sounds[channel % len(sounds)]
        start = rng.integers(0, len(sound) - n_samples)
        played[channel] = sound[start : start + n_samples]
    return played


def echo(rng: np.random.Generator, played: FloatArray) -> FloatArray:
    """8 ms of decaying response a channel, its power 3 dB below what was played."""
    heard = np.zeros_like(played)
    for channel, delay in enumerate(rng.integers(320, 2400, len(played)).tolist()):
        response = rng.standard_normal(64) * np.exp(-np.arange(64) / 16)
        response *= 10 ** (-3 / 20) / np.sqrt(np.sum(response**2))
        heard[channel, delay:] = np.convolve(played[channel], response)[: played.shape[1] - delay]
    return heard


def share(count: int | None, keys: int) -> str:
    """In per cent."""
    return "-" if count is None else f"{100 * count / keys:.2f} %"


@click.command(help=__doc__)
def main() -> None:
    """Run it."""
    rng = np.random.default_rng(7)
    results = list(on_lines(rng))
    if PROMPTS.exists():
        results += under_prompts(rng)
    table = Table("line", "keys", "missed", "false", "libspandsp missed", "false", title="Keys")
    for r in results:
        peer = share(r.spandsp_missed, r.keys), "-" if r.spandsp_false is None else str(r.spandsp_false)
        table.add_row(r.line, str(r.keys), share(r.missed, r.keys), str(r.false), *peer)
    Console().print(table, "aim: at most 0.5 % missed on each line, none at S/N 12 dB, 1 % under a prompt, none false")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=1))


if __name__ == "__main__":
    main()
