"""
The script of a whole rehearsal: the shop, who calls, who answers, what goes wrong.

    [rehearsal]
    seed = 1
    visits = 100

    [line 1-20]                  # this and all other sections of config.ini: the shop's settings
    device = emulated

    [callers shoppers]
    per_hour = 120
    patience_s = 60-300          # a range is drawn from
    wants_person = 0.4           # a chance

    [agent 801]
    talks_s = 20-60

    [fault unplugged]
    per_hour = 2
    lasts_s = 5-20

A mistake is a `ScriptMistake` (callserver.rehearsal.sections) that names file, line, column and the nearest right word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from random import Random
from typing import Any, TypeVar, get_type_hints

from callserver.config import Sentence, Unfit, nearest
from callserver.desktop.script import Step
from callserver.desktop.sound import SoundUnusable, read_blocks
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.rehearsal.agent_script import read_agent_script
from callserver.rehearsal.fault_kinds import FAULTS
from callserver.rehearsal.sections import Section, Source, no_such_file
from callserver.rehearsal.shop_settings import OURS, check_section, shop_number, shop_text
from callserver.rehearsal.telephone_script import read_telephone_script
from callserver.server.first_start import FIRST_STAFF
from callserver.wire.catalogue import N_

SHOPPER = "shopper"  # the caller that is drawn and needs no script of his own
HOURS_MAX, COUNT_MAX, RATE_MAX = 1000.0, 10_000_000, 100_000.0
RATE_MIN = 0.1  # a hundred visits in the longest rehearsal
NUMBER = re.compile(r"[0-9]{7,15}")  # E.164 has 15 digits at most; shorter ones are the shop's own

HIGHEST = {"per_hour": RATE_MAX, "hours": HOURS_MAX, "at_s": HOURS_MAX * 3600}

T = TypeVar("T")


@dataclass(frozen=True)
class Span:
    """From `low` to `high`, each as likely."""

    low: float
    high: float

    def draw(self, random: Random) -> float:
        return random.uniform(self.low, self.high)


@dataclass(frozen=True)
class Callers:
    """[callers NAME]: people who call alike. Chances are of each call, `wrong_keys` of each question."""

    name: str
    script: str = SHOPPER  # or the file of a telephone script (callserver.emulator.script)
    text: str = ""  # of that file
    folder: Path = Path()
    per_hour: float = 60.0
    number: str = ""  # the first one; without it drawn for each call
    withheld: float = 0.1
    english: float = 0.2
    wrong_keys: float = 0.05
    wants_person: float = 0.4
    hang_up: float = 0.1  # at any moment
    patience_s: Span = Span(60, 300)  # for a person, talk included
    voice: str = ""  # WAV file that he speaks to the agent


@dataclass(frozen=True)
class Agent:
    """[agent NUMBER]: one of the staff; chances are of each call."""

    number: str
    logs_in_s: Span = Span(0, 10)
    answers_s: Span = Span(1, 4)
    talks_s: Span = Span(15, 60)
    misses: float = 0.03
    holds: float = 0.1
    holds_s: Span = Span(3, 15)
    pauses: float = 0.05
    pauses_s: Span = Span(20, 120)
    calls: int = 0  # so many, then he logs out; 0: he stays
    voice: str = ""  # WAV file that he speaks to each caller
    script: str = ""  # file of a script (callserver.desktop.script): what he does, instead of all of the above
    steps: tuple[Step, ...] = ()  # of that file
    folder: Path = Path()


@dataclass(frozen=True)
class Fault:
    """[fault KIND]: what goes wrong, at drawn moments or at a given one."""

    kind: str
    per_hour: float = 0.0
    at_s: float | None = None
    lasts_s: Span = Span(2, 12)


@dataclass(frozen=True)
class Script:
    """The whole file. `shop`: the text of the shop's config.ini."""

    path: Path
    shop: str
    seed: int = 1
    visits: int = 100
    hours: float | None = None  # callers come for so long; then `visits` is a limit only if the script says it
    byte_modems: float = 0.1  # share of the lines that run through a whole emulated modem, byte by byte
    deliver: int = 0  # pieces of each item that come beside what the demo shop has
    callers: tuple[Callers, ...] = ()
    agents: tuple[Agent, ...] = ()
    faults: tuple[Fault, ...] = ()


def read(path: Path) -> Script:
    """
    Read and check a script, with the telephone scripts and sounds it names.

    :raises ScriptMistake: on the first thing that is wrong
    """
    source = Source(path)
    _check_once(source)
    found: dict[str, list[Any]] = {"callers": [], "agent": [], "fault": []}
    own: dict[str, Any] = {}
    for section in source.sections:
        kind, _, name = section.head.partition(" ")
        if kind not in OURS:
            check_section(source, section, kind)
        elif kind == "rehearsal":
            own = _settings(source, section, Script, left_out=("path", "shop", "callers", "agents", "faults"))
        else:
            found[kind].append(_READERS[kind](source, section, name))
    if "hours" in own:
        own.setdefault("visits", COUNT_MAX)
    if not found["callers"]:
        raise source.mistake(1, 1, Sentence("nobody calls; add a section, as in: [callers shoppers]"))
    own |= {"callers": tuple(found["callers"]), "agents": tuple(found["agent"]), "faults": tuple(found["fault"])}
    return Script(path, shop_text(source), **own)


def most_faults(script: Script) -> int:
    """So many can happen at most: one at each given moment; how many are drawn is not known."""
    return COUNT_MAX if any(fault.per_hour for fault in script.faults) else len(script.faults)


def _check_once(source: Source) -> None:
    first: dict[str, int] = {}
    for section in source.sections:
        head = f"callers {SHOPPER}" if section.head == "callers" else section.head
        if head in first and not head.startswith("fault "):
            raise source.about(section, Sentence("stands in line {line} already", line=first[head]))
        first[head] = section.line


def _callers(source: Source, section: Section, name: str) -> Callers:
    settings = _settings(source, section, Callers, left_out=("name", "text", "folder"))
    callers = Callers(name or SHOPPER, folder=source.path.parent, **settings)
    _check_sound(source, section, callers.voice, read_wav)
    if callers.script == SHOPPER:
        return callers
    file = source.path.parent / callers.script
    if not file.is_file():
        raise source.at(section, "script", no_such_file(source.path.parent, callers.script, "*.txt", SHOPPER))
    return replace(callers, folder=file.parent, text=read_telephone_script(file, shop_number(source)))


def _agent(source: Source, section: Section, name: str) -> Agent:
    if not name.isdecimal():
        raise source.about(section, Sentence("needs a staff number, as in: [agent 801]"))
    if name not in FIRST_STAFF:
        said = Sentence("not on the shop's staff; {hint}", hint=nearest(name, FIRST_STAFF))
        raise source.about(section, said, column=2 + len("agent "))
    agent = Agent(name, **_settings(source, section, Agent, left_out=("number", "steps", "folder")))
    _check_sound(source, section, agent.voice, read_blocks)
    if not agent.script:
        return agent
    file = source.path.parent / agent.script
    if not file.is_file():
        raise source.at(section, "script", no_such_file(source.path.parent, agent.script, "*.txt"))
    return replace(agent, folder=file.parent, steps=read_agent_script(file))


def _check_sound(source: Source, section: Section, voice: str, read_sound: Callable[[Path], object]) -> None:
    """:param read_sound: as who speaks it will"""
    if not voice:
        return
    file = source.path.parent / voice
    if not file.is_file():
        raise source.at(section, "voice", no_such_file(source.path.parent, voice, "*.wav"))
    try:
        read_sound(file)
    except (SoundUnusable, SoundFileError) as problem:
        raise source.at(section, "voice", problem) from problem


def _fault(source: Source, section: Section, name: str) -> Fault:
    if name not in FAULTS:
        said = Sentence("no such fault; {hint}", hint=nearest(name, FAULTS))
        raise source.about(section, said, column=2 + len("fault "))
    fault = Fault(name, **_settings(source, section, Fault, left_out=("kind",)))
    if not fault.per_hour and fault.at_s is None:
        raise source.about(section, Sentence("when? It needs per_hour or at_s"))
    if fault.per_hour and fault.at_s is not None:
        key = max(("per_hour", "at_s"), key=lambda key: section.values[key][1])  # the later line
        raise source.at(section, key, Sentence("per_hour or at_s, not both"), value=False)
    return fault


_READERS: dict[str, Callable[[Source, Section, str], Any]] = {"callers": _callers, "agent": _agent, "fault": _fault}


def _settings(source: Source, section: Section, kind: type, left_out: tuple[str, ...]) -> dict[str, Any]:
    known = {one.name: one for one in fields(kind) if one.name not in left_out}
    hints = get_type_hints(kind)
    settings = {}
    for key, (text, *_) in section.values.items():
        if key not in known:
            raise source.at(section, key, Sentence("no such setting; {hint}", hint=nearest(key, known)), value=False)
        assert known[key].default is not MISSING
        try:
            settings[key] = _value(hints[key], key, text, low=RATE_MIN if (kind, key) == (Callers, "per_hour") else 0.0)
        except Unfit as problem:
            said = Sentence("{value}: {problem}", value=repr(text), problem=problem)
            raise source.at(section, key, said) from problem
    return settings


def _value(hint: Any, key: str, text: str, low: float) -> Any:
    if key == "number" and not NUMBER.fullmatch(text):
        raise Unfit("needs 7 to 15 digits, as in: 13912345678")
    if hint is str:
        return text
    if hint is Span:
        return _span(text)
    if hint is int:
        return int(_number(text, COUNT_MAX, N_("needs a whole number from {low} to {high}"), 0, int))
    if key in HIGHEST:
        return _number(text, HIGHEST[key], N_("needs a number from {low} to {high}"), low)
    return _number(text, 1.0, N_("needs a chance from {low} to {high}"))


def _number(text: str, high: float, needs: str, low: float = 0.0, kind: Callable[[str], float] = float) -> float:
    try:
        value = kind(text)
    except ValueError:
        value = -1.0
    if not low <= value <= high:
        raise Unfit(needs, low=f"{low:.15g}", high=f"{high:.15g}")  # 3600000, not 3.6e+06
    return value


def _span(text: str) -> Span:
    low, dash, high = text.partition("-")
    needs = N_("needs seconds, or a range as in 5-20, from {low} to {high}")
    bounds = [_number(part.strip(), 3600 * HOURS_MAX, needs) for part in (low, high or low)]
    if (dash and not high.strip()) or bounds[0] > bounds[1]:
        raise Unfit("a range needs its smaller end first, as in 5-20")
    return Span(*bounds)
