"""What a new config.ini changes while the server runs, and what it changes only at the next start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from callserver.config import Config
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

SINGLE = ("server", "exchange", "agents", "recording")
NOW = {  # settings that a running server takes over; those of queues all
    "server": {"plugins", "prompts", "stop_wait_s"},
    "line": {"menu", "enabled"},
}
LATER = N_("[{section}] {key} counts from the next start on.")
NEW, GONE = N_("[{section}] is new: from the next start on."), N_("[{section}] is gone: from the next start on.")
CHANGED = N_("[{section}] {key} = {value}")


@dataclass(frozen=True)
class Change:
    """
    From one config.ini to the next.

    `config`: what counts now; `told`: each setting that is another, and from when on it counts
    """

    config: Config
    told: tuple[Phrase, ...]


def change(old: Config, new: Config) -> Change:
    """What a running server makes of it."""
    told: list[Phrase] = []
    single = {name: _merged(name, name, getattr(old, name), getattr(new, name), told) for name in SINGLE}
    lines = _each("line", old.lines, new.lines, told)
    queues = _each("queue", old.queues, new.queues, told)
    return Change(replace(old, **single, lines=lines, queues=queues), tuple(told))


def _each(kind: str, old: Mapping[Any, Any], new: Mapping[Any, Any], told: list[Phrase]) -> dict[Any, Any]:
    told += [Phrase(NEW, {"section": f"{kind} {name}"}) for name in new.keys() - old.keys()]
    told += [Phrase(GONE, {"section": f"{kind} {name}"}) for name in old.keys() - new.keys()]
    return {name: _merged(kind, f"{kind} {name}", one, new.get(name, one), told) for name, one in old.items()}


def _merged(kind: str, section: str, old: Any, new: Any, told: list[Phrase]) -> Any:
    now = {}
    for key in _different(old, new):
        if kind == "queue" or key in NOW.get(kind, ()):
            now[key] = getattr(new, key)
            told.append(Phrase(CHANGED, {"section": section, "key": key, "value": _shown(now[key])}))
        else:
            told.append(Phrase(LATER, {"section": section, "key": key}))
    return replace(old, **now)


def _different(old: Any, new: Any) -> Iterator[str]:
    return (one.name for one in fields(old) if getattr(old, one.name) != getattr(new, one.name))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
