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
        raise click.UsageError(
            f"{len(tones)} tones in the recording; --as names one.  录音中有多个音，--as 只能命名一个。"
        )
    named: dict[str, StudiedTone] = {}
    for tone in tones:
        key = name or likely_name(tone.cadence, country)
        if key not in named or tone.cycles > named[key].cycles:
            named[key] = tone
    return named


@click.command()
@click.argument("recording", metavar="FILE.wav", type=click.Path(path_type=Path, dir_okay=False))
@shop_option
@click.option("--as", "name", type=click.Choice(list(TONE_NAMES)), help="What the tone is.  指定此音的名称。")
@click.option(
    "--country",
    type=click.Choice(list(PLANS)),
    default="cn",
    show_default=True,
    help="The plan to start from.  基础制式。",
)
@click.option("--dry-run", is_flag=True, help="Print only, store nothing.  只显示，不保存。")
@click.option("--json", "as_json", is_flag=True, help="For other programs.  JSON 格式。")
def learn_tones(recording: Path, shop: Path, name: str | None, country: str, dry_run: bool, as_json: bool) -> None:
    """
    Measure the tones in a recording of your line and keep them as the shop's plan.

    Record dial tone, ring-back, busy tone for two cycles at least, one or several in one file; each is named by what
    it resembles, or with --as. The plan is the file tones.ini in the shop's folder.

    测量线路录音中的信号音（拨号音、回铃音、忙音等，每种至少两个周期），
    保存为店铺的信号音制式（店铺目录中的 tones.ini）。
    """
    try:
        named = learn(study_tones(read_wav(recording)), plan(country), name)
        if named and not dry_run:
            shop.mkdir(parents=True, exist_ok=True)
            store_tones(shop / FILE_NAME, country, {key: tone.cadence for key, tone in named.items()})
    except (SoundFileError, PlanFileError, OSError) as problem:
        sys.exit(str(problem))
    if not named:
        sys.exit(f"{recording}: no tone in it that repeats or lasts two seconds.  没有找到重复或持续两秒以上的音。")
    _show(named, as_json)
    if not dry_run and not as_json:
        click.echo(f"-> {shop / FILE_NAME}")


def _show(named: dict[str, StudiedTone], as_json: bool) -> None:
    for name, tone in named.items():
        text = cadence_text(tone.cadence)
        if as_json:
            figures = {"tone": name, "cadence": text, "at_s": round(tone.at_s, 3), "cycles": round(tone.cycles, 1)}
            click.echo(json.dumps({**figures, "level_dbm0": round(tone.level_dbm0, 1)}))
        else:
            click.echo(
                f"{name} {TONE_NAMES[name]}: {text}  ({tone.level_dbm0:.1f} dBm0, at {tone.at_s:.1f} s, "
                f"{tone.cycles:.1f} cycles)"
            )
