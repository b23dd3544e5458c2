"""The sections of the shop's own config.ini that stand in a rehearsal's script."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from callserver.config import EMULATED, SINGLE_SECTIONS, ConfigError, ExchangeConfig, Sentence, nearest, read_config
from callserver.rehearsal.sections import ScriptMistake, Section, Source

SHOP_DEFAULTS = {"recording": "[recording]\nannounce = yes\n", "line": "[line 1-20]\ndevice = emulated\n"}
OURS = ("rehearsal", "callers", "agent", "fault")


def check_section(source: Source, section: Section, kind: str) -> None:
    """
    A section that is none of a rehearsal's own.

    :raises ScriptMistake: nor one of config.ini, or of a line that is no emulated one
    """
    if section.head not in SINGLE_SECTIONS and kind not in ("line", "queue"):
        known = [*OURS, *SINGLE_SECTIONS, "line", "queue"]
        raise source.about(section, Sentence("no such section; {hint}", hint=nearest(kind, known)))
    if kind == "line" and section.values.get("device", (EMULATED,))[0] != EMULATED:
        raise source.at(section, "device", Sentence("a rehearsal has emulated lines only"))


def shop_number(source: Source) -> str:
    """What callers dial."""
    settings = next((section.values for section in source.sections if section.head == "exchange"), {})
    return settings.get("number", (ExchangeConfig.number,))[0]


def shop_text(source: Source) -> str:
    """
    The shop's own sections, each on its line, so that mistakes in them are found at the right one.

    :raises ScriptMistake: as config.ini's reader says
    """
    lines, theirs = [], False
    for line in source.text.splitlines():
        if head := re.match(r"\s*\[\s*(\w*)", line):
            theirs = head[1] not in OURS
        lines.append(re.sub(r"\s#.*$", "", line).strip() if theirs else "")
    kinds = {section.head.partition(" ")[0] for section in source.sections}
    lines += [text for kind, text in SHOP_DEFAULTS.items() if kind not in kinds]
    text = "\n".join(lines) + "\n"
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.ini"
        file.write_text(text, "utf-8")
        try:
            read_config(file, {})
        except ConfigError as problem:
            raise _placed(source, file, problem) from problem
    return text


def _placed(source: Source, file: Path, problem: ConfigError) -> ScriptMistake:
    """The first thing that config.ini's reader says, at its place in the script."""
    found = problem.findings[0]
    if not found.line:
        return ScriptMistake("{file}: {complaint}", file=str(source.path), complaint=found.complaint)
    values = next((one.values for one in source.sections if one.head == found.section), {})
    _, _, key_column, value_column = values.get(found.key, ("", 0, 2, 2))
    column = key_column if "no such setting" in str(problem) else value_column
    said = Sentence(found.msgid.removeprefix("{file}, line {line}: "), **found.details)
    return source.mistake(found.line, column, said)
