"""`callserver learn-tones FILE.wav`: measure the tones of the shop's own exchange and keep them as its plan."""

import json
import math
import sys
from pathlib import Path

import click

from callserver.commands.start import shop_option
from callserver.dsp.progress.plan_files import FILE_NAME, PlanFileError, cadence_text, store_tones
from callserver.dsp.progress.plans import PLANS, TONE_NAMES, Plan, plan
from callserver.dsp.progress.study import StudiedTone, study_tones
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.dsp.tones import Burst, Cadence
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import error, here, person_language
from callserver.wire.words import code_text

SHORTEST_S, FOR_EVER_S = 0.02, 30.0  # for the comparison of cadences


def likely_name(cadence: Cadence, country: Plan) -> str:
    """The tone of the country's plan whose rhythm and frequency are nearest."""
    return min(country.tones, key=lambda name: _distance(cadence, country.tones[name]))


def _distance(one: Cadence, other: Cadence) -> float:
    ours, theirs = _features(one), _features(other)
    pairs = zip(ours, theirs, strict=False)
    near = [math.dist(a, b) for a, b in pairs]
    return sum(near) / len(near) + 3 * abs(len(ours) - len(theirs))


def _features(cadence: Cadence) -> list[tuple[float, float, float]]:
    """Frequency and times of each burst, as logarithms; the steps of a howler are one burst."""
    features: list[tuple[float, float, float]] = []
    before: Burst | None = None
    for burst in cadence.bursts:
        on, off = (math.log(min(max(seconds, SHORTEST_S), FOR_EVER_S)) for seconds in (burst.on_s, burst.off_s))
        if before is not None and before.off_s == 0 and before.frequencies_hz == burst.frequencies_hz:
            features.pop()
        features.append((3 * math.log(min(burst.frequencies_hz)), on, off))
        before = burst
    return features


def learn(tones: list[StudiedTone], country: Plan, name: str | None) -> dict[str, StudiedTone]:
    """
    Each tone under its name: the one given, or the likeliest; of two with one name the one with more cycles.

    :raises click.UsageError: a name for more than one tone
    """
    if name is not None and len(tones) > 1:
        raise click.UsageError(here("{n} tones in the recording; --as names one.", n=len(tones)))
    named: dict[str, StudiedTone] = {}
    for tone in tones:
        key = name or likely_name(tone.cadence, country)
        if key not in named or tone.cycles > named[key].cycles:
            named[key] = tone
    return named


HELP = (
    here("Measure the tones in a recording of your line and keep them as the shop's plan."),
    here(
        "Record dial tone, ring-back, busy tone for two cycles at least, one or several in one file; each is named by "
        "what it resembles, or with --as. The plan is the file tones.ini in the shop's folder."
    ),
)


@click.command(help="\n\n".join(HELP))
@click.argument("recording", metavar="FILE.wav", type=click.Path(path_type=Path, dir_okay=False))
@shop_option
@click.option(
    "--as", "name", metavar="TONE", type=click.Choice(TONE_NAMES), help=here("What the tone is: busy, for instance.")
)
@click.option(
    "--country",
    type=click.Choice(list(PLANS)),
    default="cn",
    show_default=True,
    help=here("The plan to start from."),
)
@click.option("--dry-run", is_flag=True, help=here("Print only, store nothing."))
@click.option("--json", "as_json", is_flag=True, help=here("For other programs."))
def learn_tones(recording: Path, shop: Path, name: str | None, country: str, dry_run: bool, as_json: bool) -> None:
    try:
        named = learn(study_tones(read_wav(recording)), plan(country), name)
        if named and not dry_run:
            shop.mkdir(parents=True, exist_ok=True)
            store_tones(shop / FILE_NAME, country, {key: tone.cadence for key, tone in named.items()})
    except (SoundFileError, PlanFileError, OSError) as problem:
        sys.exit(error(problem))
    if not named:
        sys.exit(error(Complaint("{file}: no tone in it that repeats or lasts two seconds.", file=str(recording))))
    _show(named, as_json)
    if not dry_run and not as_json:
        click.echo(f"-> {shop / FILE_NAME}")


def _show(named: dict[str, StudiedTone], as_json: bool) -> None:
    for name, tone in named.items():
        cadence = cadence_text(tone.cadence)
        if as_json:
            figures = {"tone": name, "cadence": cadence, "at_s": round(tone.at_s, 3), "cycles": round(tone.cycles, 1)}
            click.echo(json.dumps({**figures, "level_dbm0": round(tone.level_dbm0, 1)}))
        else:
            found = here(
                "({level} dBm0, at {at} s, {cycles} cycles)",
                level=f"{tone.level_dbm0:.1f}",
                at=f"{tone.at_s:.1f}",
                cycles=f"{tone.cycles:.1f}",
            )
            click.echo(f"{name} ({code_text(name, person_language())}): {cadence}  {found}")
