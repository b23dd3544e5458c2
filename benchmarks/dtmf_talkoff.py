"""What the server's ear invents from voices, music and tones: a table, and results/dtmf_talkoff.json.

Keys, ours and libspandsp's; fax machines; and tones of a far end that is gone (not looked for where tones are played).
Voices and music at several speeds (speed and pitch together) and at other pitches (pitch alone).

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

from benchmarks.signals_corpus import (
    Corpus,
    actors,
    at_pitch,
    at_speed,
    music,
    need_corpora,
    side_by_side,
    synthetic,
    tones,
    voices,
)
from callserver.calls.line import GONE_TONES
from callserver.dsp.ear import DetectorFailed, Ear
from callserver.dsp.fax_tones.bank import FaxHeard
from callserver.dsp.frames import FloatArray
from callserver.dsp.keys.bank import KeyDown
from callserver.dsp.progress.bank import ToneHeard
from tests.peers.spandsp import MISSING, Receiver

RESULTS = Path(__file__).parent / "results" / "dtmf_talkoff.json"
AIM_PER_HOUR = 0.13  # NTT: 6 in 46 h
N_CHANNELS = 64


@dataclass
class Counts:
    """What is heard where nothing is to be heard; `failures`: of detectors."""

    false_keys: int = 0
    false_faxes: int = 0
    false_ends: int = 0
    failures: int = 0


@dataclass
class Result:
    """One corpus at one speed or pitch."""

    name: str
    kind: str
    hours: float
    active_dbm0: float
    counts: Counts
    spandsp_false_keys: int | None


def heard(sound: FloatArray) -> Counts:
    """Ours, on a Chinese line."""
    sounds, ear, counts = side_by_side(sound, N_CHANNELS), Ear(N_CHANNELS), Counts()
    for n in range(0, sounds.shape[1], 1600):
        for event in ear.feed(sounds[:, n : n + 1600]):
            counts.false_keys += isinstance(event, KeyDown)
            counts.false_faxes += isinstance(event, FaxHeard)
            counts.false_ends += isinstance(event, ToneHeard) and event.name in GONE_TONES
            counts.failures += isinstance(event, DetectorFailed)
    return counts


def spandsp_false_keys(sound: FloatArray) -> int | None:
    """Theirs, with its own defaults."""
    if MISSING:
        return None
    receiver = Receiver()
    try:
        return len(receiver.hear(sound))
    finally:
        receiver.close()


def corpora(speeds: list[float], pitches: list[int]) -> Iterator[Corpus]:
    """Voices and music at all speeds and pitches, synthetic speech and tones as they are."""
    for corpus in (*voices(), *actors(), *music()):
        yield from (at_speed(corpus, speed) for speed in speeds)
        for cents in pitches:
            other = at_pitch(corpus, cents)
            yield Corpus(other.name, f"{other.kind}, other pitch", other.sound)
    yield from (*synthetic(), *tones())


def show(results: list[Result]) -> None:
    """By kind, with the hard one apart."""
    columns = ("sound", "hours", "level, dBm0", "false keys", "an hour", "false faxes", "far end gone", "failures")
    table = Table(*columns, "libspandsp keys", "an hour", title="Talk-off")
    by_kind = defaultdict(list)
    for result in results:
        by_kind[result.kind].append(result)
    by_kind["voices and actors"] = by_kind["voices"] + by_kind["actors"]
    for kind, group in by_kind.items():
        hours, ours = sum(r.hours for r in group), sum(r.counts.false_keys for r in group)
        theirs = sum(r.spandsp_false_keys or 0 for r in group)
        level = f"{min(r.active_dbm0 for r in group):.0f} to {max(r.active_dbm0 for r in group):.0f}"
        others = [
            str(sum(getattr(r.counts, name) for r in group)) for name in ("false_faxes", "false_ends", "failures")
        ]
        if kind == "tones":
            others[:2] = "-", "-"
        peer = ("-", "-") if MISSING else (str(theirs), f"{theirs / hours:.2f}")
        table.add_row(kind, f"{hours:.2f}", level, str(ours), f"{ours / hours:.2f}", *others, *peer)
    Console().print(
        table, f"aim: at most {AIM_PER_HOUR} an hour on at least 10 h of voices, none on music and synthesis"
    )


@click.command(help=__doc__)
@click.option("--speed", "speeds", multiple=True, type=float, default=[0.8, 0.9, 1.0, 1.1, 1.25], show_default=True)
@click.option("--pitch", "pitches", multiple=True, type=int, default=[-300, -150, 150, 300], help="In cents.")
def main(speeds: list[float], pitches: list[int]) -> None:
    """Run it."""
    need_corpora()
    results = []
    for corpus in corpora(list(speeds), list(pitches)):
        sound = np.ascontiguousarray(corpus.sound)
        counts, theirs = heard(sound), spandsp_false_keys(sound)
        results.append(
            Result(corpus.name, corpus.kind, round(corpus.hours, 3), round(corpus.active_dbm0, 1), counts, theirs)
        )
        click.echo(f"{corpus.name}: {corpus.hours:.2f} h, {counts}, libspandsp {theirs} keys", err=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=1))
    show(results)


if __name__ == "__main__":
    main()
