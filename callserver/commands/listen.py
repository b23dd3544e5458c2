"""`callserver listen FILE.wav`: what the server's ear makes of a recording."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from callserver.commands.options import language_option
from callserver.commands.start import shop_option
from callserver.dsp.hearing import Heard, hear_tracks
from callserver.dsp.progress.plan_files import FILE_NAME, PlanFileError, load_plan
from callserver.dsp.progress.plans import PLANS, Plan, plan
from callserver.dsp.sound.files import SoundFileError, read_tracks
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import N_, fill, known, text
from callserver.wire.cells import printable
from callserver.wire.terminal import error, here
from callserver.wire.words import code_text

LINES = {  # what was heard; {details} are its figures
    "key": N_("key {key}  {levels}, twist {twist_db} dB, off by {offsets} %, purity {purity}"),
    "key_end": N_("key {key} ends"),
    "no_key": N_("nearly key {key}: {reasons}  {duration_ms} ms, {levels}, off by {offsets} %, purity {purity}"),
    "tone": N_("{tone}  {freqs_hz} Hz, {level_dbm0} dBm0, purity {purity}"),
    "tone_end": N_("{tone} ends"),
    "no_tone": N_("nearly a tone: {reasons}  {freqs_hz} Hz, {level_dbm0} dBm0, purity {purity}, rhythm {rhythm_s} s"),
    "fax": N_("fax {signal}  {freq_hz} Hz, {level_dbm0} dBm0"),
    "caller": N_("caller ID {number} {name} {absence} {date_time}"),
    "no_caller": N_("damaged caller ID: {reasons}  {bytes}"),
    "failed": N_("detector failed: {detector_word}: {problem}; the others hear on"),
    "line": N_("line: level {level_dbm0}, noise {noise_dbm0}, hum {hum_dbm0} dBm0, DC {dc}, sound {sound_percent} %"),
}
REASONS = (  # why it was none, as the detectors say it
    N_("too short"),
    N_("too weak"),
    N_("off frequency"),
    N_("too much twist"),
    N_("not pure enough"),
    N_("no such frequency"),
    N_("no such rhythm"),
    N_("no stop bit"),
    N_("no more characters"),
    N_("too faint against the noise"),
)
HELP = (
    here("Print every key, tone, fax signal and caller ID in a recording."),
    here("Each has its figures; what nearly was one is told with the reason why it was none."),
)


@click.command(help="\n\n".join(HELP))
@click.argument("recording", metavar="FILE.wav", type=click.Path(path_type=Path, dir_okay=False))
@shop_option
@click.option("--country", type=click.Choice(list(PLANS)), help=here("Whose tones; else the shop's."))
@language_option
@click.option("--json", "as_json", is_flag=True, help=here("One object a line, for other programs."))
def listen(recording: Path, shop: Path, country: str | None, language: str, as_json: bool) -> None:
    try:
        tracks, tones = read_tracks(recording), plan(country) if country else shop_plan(shop)
    except (SoundFileError, PlanFileError) as problem:
        sys.exit(error(problem))
    for heard in sorted(hear_tracks(tracks, tones), key=lambda heard: heard.at_s):
        click.echo(_json(heard) if as_json else line_of(heard, language, several=len(tracks) > 1))


def shop_plan(shop: Path) -> Plan:
    """
    The tones of this shop's exchange: those it has learned, else its country's.

    :raises PlanFileError: its own plan cannot be used
    :raises ConfigError: config.ini cannot be used
    """
    folder = ShopFolder(shop)
    if (shop / FILE_NAME).exists():
        return load_plan(shop / FILE_NAME)
    return plan(folder.known_config().exchange.country) if folder.config_file.exists() else plan("cn")


def _json(heard: Heard) -> str:
    fields = {"at_s": heard.at_s, "track": heard.track + 1, "event": heard.what, **heard.figures}
    return json.dumps(fields, ensure_ascii=False)


def line_of(heard: Heard, language: str, several: bool) -> str:
    """One line of text, with the track if there are several."""
    words = {name: _word(name, value, language) for name, value in heard.figures.items()}
    if "detector" in words:
        words["detector_word"] = words["detector"]
    if "twist_db" in words:
        words["levels"] = f"{words['low_dbm0']}/{words['high_dbm0']} dBm0"
        words["offsets"] = f"{words['low_offset_percent']}/{words['high_offset_percent']}"
    track = f"  [{heard.track + 1}]" if several else ""
    return f"{heard.at_s:9.3f} s{track}  {fill(language, known(language, LINES[heard.what]), words)}".rstrip()


def _word(name: str, value: Any, language: str) -> str:
    if name == "tone":
        return code_text(value, language)
    if name == "reasons":
        return text(language, ", ").join(known(language, reason) for reason in value)
    if isinstance(value, list):
        return ("+" if name == "freqs_hz" else "/").join(map(str, value))
    return "" if value is None else printable(str(value))
