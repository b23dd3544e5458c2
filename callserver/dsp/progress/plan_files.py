"""A shop's own tone plan, as learned from its line: a small ini file on top of a country's plan."""

from configparser import ConfigParser, Error
from dataclasses import replace
from pathlib import Path

from callserver.dsp.progress.plans import TONE_NAMES, Plan, plan
from callserver.dsp.tones import Burst, Cadence
from callserver.wire.catalogue import LANGUAGES, N_, Complaint, text

LEARNED = N_("Learned by callserver learn-tones; burst/pause in seconds.")
FILE_NAME = "tones.ini"


class PlanFileError(Complaint):
    """A plan file cannot be used; the text names file, section, key and what is wrong."""


class BurstUnfit(Complaint, ValueError):
    """What stands for one burst is none that a line could bring."""


def cadence_text(cadence: Cadence) -> str:
    """
    A cadence as people write it: `450 0.35/0.35`, `440+480 2/4`, `400x16 1/2`, `450` for a tone without end; several
    bursts with commas between them, a weaker one with its decibels: `425 0.375/0.375, 425 0.375/0.375 -10dB`.
    """
    return ", ".join(_burst_text(burst) for burst in cadence.bursts)


def read_cadence(text: str) -> Cadence:
    """
    The same, read.

    :raises ValueError: naming the burst that cannot be read
    """
    return Cadence(tuple(_read_burst(part.strip()) for part in text.split(",")))


def load_plan(path: Path) -> Plan:
    """
    The plan of a country with the tones of this file in their places.

    :raises PlanFileError: unreadable, an unknown country or tone, or a cadence that cannot be read
    """
    parser = _parser(path)
    try:
        base = plan(parser.get("plan", "country", fallback="cn"))
    except ValueError as problem:
        raise PlanFileError(
            "{file}: {setting}: {problem}", file=str(path), setting="[plan] country", problem=problem
        ) from problem
    tones = dict(base.tones)
    for name, written in parser["tones"].items() if parser.has_section("tones") else ():
        tones[name] = _tone(path, name, written)
    return replace(base, tones=tones)


def store_tones(path: Path, country: str, tones: dict[str, Cadence]) -> None:
    """
    Add tones to a plan file, or make it; what else it holds is kept.

    :raises PlanFileError: the file that is there cannot be read
    """
    parser = _parser(path) if path.exists() else ConfigParser(interpolation=None)
    for section in ("plan", "tones"):
        if not parser.has_section(section):
            parser.add_section(section)
    parser["plan"]["country"] = country
    parser["tones"].update({name: cadence_text(cadence) for name, cadence in tones.items()})
    with path.open("w", encoding="utf-8") as file:
        for language in LANGUAGES:
            file.write(f"# {text(language, LEARNED)}\n")
        parser.write(file)


def _parser(path: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8-sig"), str(path))
    except (OSError, UnicodeError, Error) as problem:
        raise PlanFileError("{file}: {problem}", file=str(path), problem=problem) from problem
    return parser


def _tone(path: Path, name: str, text: str) -> Cadence:
    if name not in TONE_NAMES:
        raise PlanFileError(
            "{file}: [tones] {tone}: no such tone; there are {names}",
            file=str(path),
            tone=name,
            names=", ".join(TONE_NAMES),
        )
    try:
        return read_cadence(text)
    except ValueError as problem:
        raise PlanFileError(
            "{file}: {setting}: {problem}", file=str(path), setting=f"[tones] {name}", problem=problem
        ) from problem


def _burst_text(burst: Burst) -> str:
    tone = "+".join(f"{freq_hz:g}" for freq_hz in burst.frequencies_hz)
    modulation = f"x{burst.modulation_hz:g}" if burst.modulation_hz else ""
    times = f" {burst.on_s:g}/{burst.off_s:g}" if burst.on_s < float("inf") else ""
    weaker = f" {burst.relative_db:g}dB" if burst.relative_db else ""
    return tone + modulation + times + weaker


def _read_burst(text: str) -> Burst:
    words = text.split()
    try:
        relative_db = float(words.pop().removesuffix("dB")) if text.endswith("dB") else 0.0
        tone, _, modulation = words[0].partition("x")
        on_s, off_s = (float(part) for part in words[1].split("/")) if len(words) == 2 else (float("inf"), 0.0)
        freqs_hz, modulation_hz = tuple(float(part) for part in tone.split("+")), float(modulation or 0)
    except (ValueError, IndexError):
        raise BurstUnfit("{burst} is no burst; write 450 0.35/0.35", burst=repr(text)) from None
    sane = all(100 <= freq_hz < 3800 for freq_hz in freqs_hz) and on_s > 0 and off_s >= 0 and len(words) <= 2
    if not sane or not 0 <= modulation_hz < 100:
        raise BurstUnfit("{burst}: frequencies from 100 to 3800 Hz, times above 0", burst=repr(text))
    return Burst(freqs_hz, on_s, off_s, modulation_hz, relative_db)
