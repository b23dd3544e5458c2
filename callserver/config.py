"""config.ini -> frozen dataclasses; every mistake is one line that says where it is and what would be right."""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from configparser import ConfigParser, Error
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import tzlocal

EMULATED = "emulated"


class Sentence:
    """
    English with its details; `callserver.wire.catalogue.told` says it in other languages.

    A `callserver.wire.catalogue.Sentence`, though that name is not here to be inherited from: config imports no wire.
    """

    def __init__(self, msgid: str, /, **details: object) -> None:
        self.msgid, self.details = msgid, details

    def __str__(self) -> str:
        return self.msgid.format(**self.details) if self.details else self.msgid


class ConfigError(Sentence, Exception):
    """A setting that cannot be used; the text names file, line, section, key and the nearest known name."""


class Unfit(Sentence, ValueError):
    """What is wrong with a value; where it stands is added by who knows it."""


@dataclass(frozen=True)
class ServerConfig:
    """[server]"""

    node: str = "callserver"  # names this process in every event
    plugins: str = "plugins"  # folder of the shop's own menus
    prompts: str = ""  # folder of the shop's own recordings; they replace ours by name
    database: str = "callserver.db"  # file in the shop folder, or postgresql://...
    time_zone: str = ""  # IANA name, as Asia/Shanghai: days and times of day are the shop's; "" is the computer's zone

    @property
    def zone(self) -> tzinfo:
        """The shop's time zone, for `datetime.astimezone`."""
        return ZoneInfo(self.time_zone) if self.time_zone else system_zone()


@dataclass(frozen=True)
class ExchangeConfig:
    """[exchange]: what the lines are connected to; the emulated exchange when a line's device is `emulated`."""

    country: str = "cn"
    number: str = "8008"  # the shop's own number; the emulated exchange hunts over its lines


@dataclass(frozen=True)
class LineConfig:
    """[line N] or [line N-M]"""

    device: str
    menu: str = "shop"
    enabled: bool = True
    keys: str = "sound"  # who hears keys: "sound" (our detector) or "modem" (its reports); never both
    ring_stop_s: float = 6.0  # no further ring for so long: the caller has given up
    guard_s: float = 1.0  # on hook for so long before the line is used again


@dataclass(frozen=True)
class AgentsConfig:
    """[agents]: the channel of the agents' desktop program."""

    host: str = "127.0.0.1"
    port: int = 8787
    seats: int = 4
    away_s: float = 30.0  # so long a caller waits with music for an agent whose program is gone
    log_out_s: float = 300.0  # so long after its loss the agent is logged out


@dataclass(frozen=True)
class QueueConfig:
    """[queue NAME]"""

    ring_s: float = 15.0  # a seat rings so long before the offer counts as missed
    retry_s: float = 5.0  # so long a seat that has missed a call is not asked again
    misses: int = 3  # so many in a row pause the agent
    wait_for_paused: bool = True  # whether callers wait when all who could answer pause
    wrap_up_s: float = 10.0
    max_wait_s: float = 1800.0
    comfort_s: float = 60.0  # a word to the waiting, so often


@dataclass(frozen=True)
class RecordingConfig:
    """[recording]; `announce` has no default: whether callers are told is the shop's decision."""

    announce: bool
    calls: str = "all"  # "all" or "none"


@dataclass(frozen=True)
class Config:
    """The whole file."""

    recording: RecordingConfig
    server: ServerConfig = field(default_factory=ServerConfig)
    exchange: ExchangeConfig = field(default_factory=ExchangeConfig)
    agents: AgentsConfig = field(default_factory=AgentsConfig)
    lines: Mapping[int, LineConfig] = field(default_factory=dict)
    queues: Mapping[str, QueueConfig] = field(default_factory=dict)


def system_zone() -> tzinfo:
    """The computer's time zone, with its rules for summer time where they can be found; else its offset of today."""
    try:
        return tzlocal.get_localzone()
    except Exception:  # TZ=CST-8 and the like have no IANA name, and /etc may hold anything
        return datetime.now().astimezone().tzinfo or UTC


SINGLE_SECTIONS: dict[str, type] = {
    "server": ServerConfig,
    "exchange": ExchangeConfig,
    "agents": AgentsConfig,
    "recording": RecordingConfig,
}
COUNTRIES = ("cn", "us", "gb", "de", "fr", "it", "es", "ru", "jp", "au", "in", "hk", "tw", "sg", "br")
RANGES: dict[tuple[type, str], tuple[float, float]] = {
    (LineConfig, "ring_stop_s"): (2, 20),
    (LineConfig, "guard_s"): (0.2, 10),
    (AgentsConfig, "port"): (0, 65535),
    (AgentsConfig, "seats"): (1, 200),
    (AgentsConfig, "away_s"): (5, 120),
    (AgentsConfig, "log_out_s"): (120, 86400),
    (QueueConfig, "ring_s"): (3, 120),
    (QueueConfig, "retry_s"): (0, 60),
    (QueueConfig, "misses"): (1, 100),
    (QueueConfig, "wrap_up_s"): (0, 3600),
    (QueueConfig, "max_wait_s"): (10, 7200),
    (QueueConfig, "comfort_s"): (15, 600),
}
CHOICES: dict[tuple[type, str], tuple[str, ...]] = {
    (LineConfig, "keys"): ("sound", "modem"),
    (RecordingConfig, "calls"): ("all", "none"),
    (ExchangeConfig, "country"): COUNTRIES,
}
YES_NO = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
LINES_MAX = 200

T = TypeVar("T")


class _Source:
    """The file's text beside its parsed values, so that an error can name the line."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self.path, self._environment = path, environment
        self.parser = ConfigParser(interpolation=None, default_section="", comment_prefixes=("#", ";"))
        try:
            text = path.read_text("utf-8-sig")  # Windows editors put a mark in front
            self.parser.read_string(text, source=path.name)
        except OSError as problem:
            raise ConfigError("{file}: cannot be read ({problem})", file=path, problem=problem.strerror) from problem
        except UnicodeDecodeError as problem:
            raise ConfigError("{file}: not UTF-8 text (byte {byte})", file=path, byte=problem.start) from problem
        except Error as problem:
            raise ConfigError("{file}: {problem}", file=path, problem=" ".join(str(problem).split())) from problem
        self._text = text.splitlines()

    def line_of(self, section: str, key: str | None = None) -> int:
        """Number of the line with the section's head, or with the key inside it; 0 for one from the environment."""
        inside = False
        for number, text in enumerate(self._text, 1):
            head = re.match(r"\s*\[(.+)\]", text)
            if head:
                inside = head[1] == section
            if inside and (head if key is None else re.match(rf"\s*{re.escape(key)}\s*[=:]", text, re.IGNORECASE)):
                return number
        return 0

    def error(self, complaint: Sentence, section: str, key: str | None = None) -> ConfigError:
        where = {"file": self.path, "line": self.line_of(section, key), "section": f"[{section}]"}
        if key is None:
            return ConfigError("{file}, line {line}: {section}: {complaint}", **where, complaint=complaint)
        return ConfigError("{file}, line {line}: {section} {key}: {complaint}", **where, key=key, complaint=complaint)

    def values(self, section: str) -> dict[str, str]:
        """The section's settings, with those of CALLSERVER_SECTION_KEY in the environment over them."""
        values = dict(self.parser[section]) if self.parser.has_section(section) else {}
        prefix = "CALLSERVER_" + re.sub(r"\W", "_", section).upper() + "_"
        for name, value in self._environment.items():
            if name.startswith(prefix):
                values[name.removeprefix(prefix).lower()] = value
        return values


def nearest(name: str, known: Iterable[str]) -> Sentence:
    """The likest of the known names, or what there is."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, 1, 0.5)
    return Sentence("did you mean {name}?", name=repr(close[0])) if close else _there_are(known)


def _there_are(known: Iterable[str]) -> Sentence:
    return Sentence("there are {names}", names=", ".join(known))


def _boolean(text: str) -> bool:
    if text.lower() not in YES_NO:
        raise Unfit("needs yes or no")
    return YES_NO[text.lower()]


def _number(kind: Callable[[str], T], low: float, high: float) -> Callable[[str], T]:
    def convert(text: str) -> T:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:  # type: ignore[operator]
            span = {"low": f"{low:g}", "high": f"{high:g}"}
            if kind is int:
                raise Unfit("needs a whole number from {low} to {high}", **span)
            raise Unfit("needs a number from {low} to {high}", **span)
        return value

    return convert


def _choice(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in allowed:
            raise Unfit("{hint}", hint=nearest(text, allowed))
        return text

    return convert


def _time_zone(text: str) -> str:
    if text and text not in (known := available_timezones()):
        close = nearest(text, known) if difflib.get_close_matches(text, known, 1, 0.5) else None
        raise Unfit("no such time zone; {hint}", hint=close or "Asia/Shanghai, Europe/Berlin ...")
    return text


def _converter(kind: type, key: str, hint: type) -> Callable[[str], Any]:
    if (kind, key) in CHOICES:
        return _choice(CHOICES[kind, key])
    if (kind, key) == (ServerConfig, "time_zone"):
        return _time_zone
    if hint is bool:
        return _boolean
    return _number(hint, *RANGES[kind, key]) if hint in (int, float) else str


def _read(source: _Source, section: str, kind: type[T]) -> T:
    values = source.values(section)
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    settings: dict[str, Any] = {}
    for key, text in values.items():
        if key not in known:
            raise source.error(Sentence("no such setting; {hint}", hint=nearest(key, known)), section, key)
        try:
            settings[key] = _converter(kind, key, hints[key])(text)
        except Unfit as problem:
            raise source.error(
                Sentence("{value}: {problem}", value=repr(text), problem=problem), section, key
            ) from problem
    for key, one in known.items():
        if key not in settings and one.default is MISSING and one.default_factory is MISSING:
            raise source.error(Sentence("the setting {key} is needed", key=repr(key)), section)
    return kind(**settings)


def _line_numbers(source: _Source, section: str) -> range:
    span = re.fullmatch(r"line (\d+)(?:-(\d+))?", section)
    first, last = (int(span[1]), int(span[2] or span[1])) if span else (0, 0)
    if not 1 <= first <= last <= LINES_MAX:
        raise source.error(
            Sentence("needs numbers from 1 to {most}, as in [line 3] or [line 1-20]", most=LINES_MAX), section
        )
    return range(first, last + 1)


def read_config(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """
    Read and check the whole file.

    :raises ConfigError: on the first thing that is wrong
    """
    source = _Source(path, environment)
    lines: dict[int, LineConfig] = {}
    queues: dict[str, QueueConfig] = {}
    for section in source.parser.sections():
        kind, _, name = section.partition(" ")
        if kind == "line" and name:
            for number in _line_numbers(source, section):
                if number in lines:
                    raise source.error(
                        Sentence("line {line} is already described by another section", line=number), section
                    )
                lines[number] = _read(source, section, LineConfig)
        elif kind == "queue" and name:
            queues[name] = _read(source, section, QueueConfig)
        elif section not in SINGLE_SECTIONS:
            known = [*SINGLE_SECTIONS, "line 1", "queue operator"]
            raise source.error(Sentence("no such section; {hint}", hint=nearest(section, known)), section)
    return Config(
        **{name: _read(source, name, kind) for name, kind in SINGLE_SECTIONS.items()},
        lines=lines,
        queues=queues or {"operator": QueueConfig()},
    )
