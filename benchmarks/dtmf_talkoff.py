"""Keys invented from voices and music, by our receiver and by libspandsp: a table, and results/dtmf_talkoff.json.

python -m benchmarks.dtmf_talkoff
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.signals_corpus import Corpus, actors, at_speed, music, need_corpora, side_by_side, synthetic, voices
from callserver.dsp.frames import FloatArray
from callserver.dsp.keys.bank import DtmfBank, KeyDown
from tests.peers.spandsp import MISSING, Receiver

RESULTS = Path(__file__).parent / "results" / "dtmf_talkoff.json"
AIM_PER_HOUR = 0.13  # NTT: 6 in 46 h
N_CHANNELS = 64


@dataclass
class Result:
    """One corpus at one speed."""

    name: str
    kind: str
    hours: float
    active_dbm0: float
    false_keys: int
    spandsp_false_keys: int | None


def false_keys(sound: FloatArray) -> int:
    """Ours."""
    sounds, bank = side_by_side(sound, N_CHANNELS), DtmfBank(N_CHANNELS)
    events = (event for n in range(0, sounds.shape[1], 1600) for event in bank.feed(sounds[:, n : n + 1600]))
    return sum(isinstance(event, KeyDown) for event in events)


def spandsp_false_keys(sound: FloatArray) -> int | None:
    """Theirs, with its own defaults."""
    if MISSING:
        return None
    receiver = Receiver()
    try:
        return len(receiver.hear(sound))
    finally:
        receiver.close()


def corpora(speeds: list[float]) -> Iterator[Corpus]:
    """Voices at all speeds, music and synthetic speech as they are."""
    for corpus in (*voices(), *actors()):
        yield from (at_speed(corpus, speed) for speed in speeds)
    yield from (*music(), *synthetic())


def show(results: list[Result]) -> None:
    """By kind, with the hard one apart."""
    table = Table("sound", "hours", "level, dBm0", "false keys", "an hour", "libspandsp", "an hour", title="Talk-off")
    by_kind = defaultdict(list)
    for result in results:
        by_kind[result.kind].append(result)
    by_kind["voices and actors"] = by_kind["voices"] + by_kind["actors"]
    for kind, group in by_kind.items():
        hours, ours = sum(r.hours for r in group), sum(r.false_keys for r in group)
        theirs = sum(r.spandsp_false_keys or 0 for r in group)
        level = f"{min(r.active_dbm0 for r in group):.0f} to {max(r.active_dbm0 for r in group):.0f}"
        peer = ("-", "-") if MISSING else (str(theirs), f"{theirs / hours:.2f}")
        table.add_row(kind, f"{hours:.2f}", level, str(ours), f"{ours / hours:.2f}", *peer)
    Console().print(
        table, f"aim: at most {AIM_PER_HOUR} an hour on at least 10 h of voices, none on music and synthesis"
    )


@click.command(help=__doc__)
@click.option("--speed", "speeds", multiple=True, type=float, default=[0.8, 0.9, 1.0, 1.1, 1.25], show_default=True)
def main(speeds: list[float]) -> None:
    """Run it."""
    need_corpora()
    results = []
    for corpus in corpora(list(speeds)):
        sound = np.ascontiguousarray(corpus.sound)
        counts = false_keys(sound), spandsp_false_keys(sound)
        results.append(Result(corpus.name, corpus.kind, round(corpus.hours, 3), round(corpus.active_dbm0, 1), *counts))
        click.echo(f"{corpus.name}: {corpus.hours:.2f} h, {counts[0]} false keys, libspandsp {counts[1]}", err=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=1))
    show(results)


if __name__ == "__main__":
    main()
