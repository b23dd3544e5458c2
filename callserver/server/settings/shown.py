"""Settings as rows for a screen: each with what is to be known of it, in both languages; never a password."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callserver.config import Config, Finding, LineConfig, QueueConfig, Reading, ServerConfig
from callserver.config.described import Described, described, kind_of, may_be_secret
from callserver.config.ini_file import Section
from callserver.config.meanings import ITSELF, MEANINGS
from callserver.config.settings import SINGLE_SECTIONS
from callserver.server.reload import counts_now
from callserver.wire.catalogue import LANGUAGES, told

Row = dict[str, Any]
NOW, RESTART, NEVER = "now", "restart", "never"
URL = "://"  # of a database's place, which may have a password in it


def both(sentence: object) -> Row:
    """In words, for programs that have no catalogue."""
    return {language: told(sentence, language) for language in LANGUAGES}


def sections(reading: Reading) -> list[Section]:
    """Those there can be, and those that stand in the file besides, in the file's order."""
    there = [one for one in reading.sections.values() if kind_of(one.name) is not None]
    missing = [Section(name, 0) for name in SINGLE_SECTIONS if name not in reading.sections]
    return sorted(there, key=lambda one: one.line or len(there) * 10_000) + missing


def section_row(section: Section) -> Row:
    """What a section is about."""
    kind = kind_of(section.name)
    assert kind is not None
    return {"section": section.name, "meaning": both(MEANINGS[kind][ITSELF]), "line": section.line}


def keys(chosen: Sequence[Section]) -> list[tuple[Section, str]]:
    """The settings of sections, each with its own."""
    return [(section, key) for section in chosen for key in described(kind_of(section.name) or ServerConfig)]


def row(section: Section, key: str, reading: Reading, running: Config) -> Row:
    """
    One setting.

    :param running: as they count now
    """
    kind = kind_of(section.name)
    assert kind is not None
    return _row(section, key, described(kind)[key], kind) | {
        "effect": effect(kind, section.name, key),
        "waits": _waits(section.name, kind, key, reading, running),
    }


def effect(kind: type, section: str, key: str) -> str:
    """From when on a saved setting counts."""
    if kind is QueueConfig:
        return NEVER  # the database has the queues
    return NOW if counts_now(section.partition(" ")[0], key) else RESTART


def finding_row(finding: Finding) -> Row:
    """What is wrong, for the place where the setting is shown."""
    return {
        "section": finding.section,
        "key": finding.key,
        "grade": finding.grade.value,
        "sentence": both(finding.complaint),
    }


def is_secret(kind: type | None, key: str, value: str) -> bool:
    """Whether this value is not to be shown."""
    return may_be_secret(kind, key) and URL in value


def _row(section: Section, key: str, one: Described, kind: type) -> Row:
    setting = section.settings.get(key)
    value = setting.value if setting is not None else one.default or ""
    secret = is_secret(kind, key, value)
    return {
        "section": section.name,
        "key": key,
        "meaning": both(one.meaning),
        "kind": one.kind,
        "unit": both(one.unit) if one.unit is not None else None,
        "low": one.low,
        "high": one.high,
        "choices": list(one.choices),
        "default": one.default,
        "value": "" if secret else value,
        "secret": secret,
        "line": setting.line if setting is not None else 0,
        "variable": setting.variable if setting is not None else "",
    }


def _waits(section: str, kind: type, key: str, reading: Reading, running: Config) -> bool:
    """It was changed, and the server goes on with what it was before until its next start."""
    if kind is QueueConfig:
        return False
    if kind is LineConfig:
        numbers = [number for number in reading.config.lines if reading.line_section(number) == section]
        return any(
            number not in running.lines
            or getattr(running.lines[number], key) != getattr(reading.config.lines[number], key)
            for number in numbers
        )
    return bool(getattr(getattr(running, section), key) != getattr(getattr(reading.config, section), key))
