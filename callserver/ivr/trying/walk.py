"""Every key, and silence, at every question of a menu file, in each language, at one moment of each of its hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.steps import Choice, ChooseLanguage, Digits
from callserver.ivr.trying.call import TryCall
from callserver.ivr.trying.keys import SILENCE, Script
from callserver.ivr.trying.run import ASKS, run_menu

CALLS_MAX = 5000  # of one walk
WRONG = ("broken", "person: too", "person: the same question", "person: no menu")


@dataclass(frozen=True)
class Walked:
    """One way to its end. `steps`: by which it went."""

    at: datetime
    keys: str
    ended: str
    steps: tuple[str, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether it came to no end that the file knows."""
        return self.ended.startswith(WRONG)


@implementer(IMenu)
@dataclass(frozen=True)
class NotEntered:
    """In place of a menu in Python."""

    name: str

    async def run(self, call: ICall) -> None:
        """Nothing."""


def walk(menu: FileMenu, menus: Mapping[str, IMenu], now: datetime) -> Iterator[Walked]:
    """
    All ways through it and the files it leads to; a question is gone on from once in each language and moment.

    :param now: by the shop's clock, aware
    """
    inside = {name: one if isinstance(one, FileMenu) else NotEntered(name) for name, one in menus.items()}
    files = {name: FileMenu(one.written, one.path, inside) for name, one in inside.items() if isinstance(one, FileMenu)}
    inside.update(files)
    for at in _moments(files, now):
        yield from _ways(files[menu.name], files, at)


def _moments(files: Mapping[str, FileMenu], now: datetime) -> list[datetime]:
    found = {now}
    for menu in files.values():
        for hours in menu.written.hours.values():
            found |= {moment.replace(tzinfo=now.tzinfo) for _, moment in hours.moments(now.replace(tzinfo=None))}
    return sorted(found)


def _ways(menu: FileMenu, files: Mapping[str, FileMenu], at: datetime) -> Iterator[Walked]:
    seen: set[tuple[str, str, str]] = set()
    left = [""]
    for _ in range(CALLS_MAX):
        if not left:
            return
        keys = left.pop()
        call = TryCall(Script(keys, asks=True), at)
        ended = run_menu(menu, call)
        steps = [(str(one.data["menu"]), str(one.data["step"])) for one in call.trace if one.kind == "step"]
        if ended != ASKS:
            yield Walked(at, keys, ended, tuple(step for _, step in steps))
        elif (where := (*steps[-1], call.language)) not in seen:
            seen.add(where)
            left += [f"{keys} {key}" for key in _answers(files, *steps[-1])]


def _answers(files: Mapping[str, FileMenu], menu: str, name: str) -> list[str]:
    step = files[menu].written.steps[name]
    if isinstance(step, Choice | ChooseLanguage):
        return [*step.keys, *_silences(step)]
    return ["7" * step.most + "#", *_silences(step)] if isinstance(step, Digits) else [SILENCE]


def _silences(step: Choice | ChooseLanguage | Digits) -> list[str]:
    return [" ".join([SILENCE] * step.asking.tries)] if isinstance(step, Choice | Digits) else [SILENCE]
