"""
Which menu each line has, in which version, and whether it is in service: while the server runs, without a stop.

What somebody wants stands in the database (`callserver lines` has checked and tried it there, in a process of its own),
and is followed every two seconds. config.ini counts for a line of which nobody has said otherwise since it was written.

Races, and what holds in them:

- *A load while a caller rings or talks.* A call is given its line's set of menus when it begins, once (`serve`), and
  all that sends it on later takes menus from that set: the runner keeps it by the call. So the load is one assignment
  to `bound`, and no caller ever hears two versions.
- *Two loads at once.* Rows are numbered by the database; the highest counts. A set that is still being made when the
  next row comes is bound for a moment and then replaced: `follow` runs once at a time.
- *A version that cannot be revived* (a Python file whose import fails here and not in the process that tried it):
  nothing is assigned, the row is marked as refused, and the one before counts, also at the next start.
- *Killed in between.* Rows are whole or not there; the next start reads the same rows. It takes no file that somebody
  is just writing, unless a menu has never been accepted before.
- *The database does not answer.* Lines stay as they are. At a start callers go to a person until it does (`Books`).
- *A line that nobody could load anything for* is answered by a person, and is an alarm: a telephone is never dead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from twisted.logger import Logger

from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.line import LineInService
from callserver.calls.vocabulary import Kind
from callserver.config import Config
from callserver.ivr.discovery import Found
from callserver.ivr.interfaces import IMenu
from callserver.ivr.loading import loads
from callserver.ivr.loading.loads import Load, Wishes
from callserver.ivr.loading.revival import revive
from callserver.ivr.loading.version import BUILT_IN, reached, version_of
from callserver.server.shop_menus import ShopMenus
from callserver.server.world import World
from callserver.store.database import Store
from callserver.store.following import Follower
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase
from callserver.wire.states import LineState

log = Logger()

REVIVAL_S = 30.0  # so long the import of a menu's Python may take
OLDER = N_("its call is on the version of before")
OPEN_BY_HAND = N_("hours {name}: open by hand until {until}")
CLOSED_BY_HAND = N_("hours {name}: closed by hand until {until}")
READ_OUT = N_("read out until {until}: {text}")


@dataclass(frozen=True)
class Bound:
    """What a line's calls come to from now on. `menus`: all that they can come to, by name."""

    load: Load
    menus: Mapping[str, IMenu] = field(repr=False)


class Lines(Protocol):
    """The shop's lines, by number; none before calls are answered."""

    @property
    def lines(self) -> Mapping[int, LineInService]: ...


class LineMenus(Follower):
    """
    `bound`: by line; a line that is not there has no menu, and people answer.

    :param config: as it counts now
    """

    def __init__(
        self,
        world: World,
        store: Store,
        menus: ShopMenus,
        config: Callable[[], Config],
        lines: Lines,
        events: EventLog,
    ) -> None:
        super().__init__(world.reactor, at_once=False)
        self.bound: dict[int, Bound] = {}
        self._world, self._store, self._menus = world, store, menus
        self._config, self._lines, self._events = config, lines, events
        self._wishes = Wishes()
        self._sets: dict[str, Mapping[str, IMenu]] = {}  # by version, while a line or a call has it
        self._under_way: dict[int, tuple[Call, str]] = {}  # by line: its call, and the version it began with
        self._refused: dict[int, str] = {}  # by line: why what was loaded last is not used
        self._in_service: dict[int, bool] = {}  # as lines were told last

    # A call

    def serve(self, number: int, call: Call) -> tuple[str, Mapping[str, IMenu] | None, str]:
        """A call begins at a line: its menu, the set it keeps to its end (None: whatever there is), the version."""
        bound = self.bound.get(number)
        if bound is None:
            return self._config().lines[number].menu, None, BUILT_IN
        self._under_way[number] = call, bound.load.version
        call.when_ended().addCallback(lambda _: self._over(number, call))
        return bound.load.menu, bound.menus, bound.load.version

    def is_older(self, number: int) -> bool:
        """Whether a line's call goes on in another version than the next one will have."""
        under_way, bound = self._under_way.get(number), self.bound.get(number)
        return under_way is not None and bound is not None and under_way[1] != bound.load.version

    def _over(self, number: int, call: Call) -> None:
        if self._under_way.get(number, (None,))[0] is call:
            del self._under_way[number]
            self._show(number)
            self._forget_sets()

    # Following

    async def restore(self) -> None:
        """At a start, before calls are answered: what each line had, or else what the files say."""
        self._wishes = await self._store.read(loads.wishes)
        self._menus.switches.become(self._wishes.switches)
        newest = await self._store.read(loads.newest)
        without: dict[str, list[int]] = {}
        for number, settings in self._config().lines.items():
            if not await self._restore_line(number) and not await self._begin(number, newest):
                without.setdefault(settings.menu, []).append(number)
        for menu, numbers in without.items():
            self._events.alarm(
                N_("menu {menu} cannot be used: callers of lines {lines} get a person"),
                menu=repr(menu),
                lines=", ".join(map(str, numbers)),
            )

    async def _restore_line(self, number: int) -> bool:
        """What it had; where that cannot be used, what it had before that, and so on."""
        while (load := self._wanted(number)) is not None:
            if await self._bind(load):
                return True
            self._wishes = await self._store.read(loads.wishes)  # it is marked as refused
        return False

    async def follow(self) -> None:
        """What has been said since is done; a database that does not answer leaves everything as it is."""
        try:
            new = await self._store.read(loads.wishes)
        except Exception:
            log.failure("what lines are to have cannot be read; they stay as they are")
            return
        before, self._wishes = self._wishes, new
        self._menus.switches.become(new.switches)
        try:
            for number in self._config().lines:
                load = self._wanted(number)
                if load is not None and load != before.loads.get(number):
                    await self._bind(load)
        except Exception:
            self._wishes = before  # one line's trouble costs the others this look, and no more
            raise
        self.apply()

    def apply(self) -> None:
        """Lines are loaded, in service and shown as they are to be; harmless at any time."""
        for number, line in self._lines.lines.items():
            self._load_line(number, line)
            wanted = self.is_enabled(number)
            if self._in_service.get(number, False) is not wanted and self._has_menu(number):
                self._in_service[number] = wanted
                (line.enable if wanted else partial(line.disable, now=self._at_once(number)))()
            elif not wanted and self._at_once(number) and line.call is not None and line.call.ended is None:
                line.disable(now=True)  # it was to be so after its call, and now somebody will not wait
            self._show(number)

    def take_files(self, numbers: Collection[int]) -> None:
        """The files were read anew, and are right: lines have what they say of their menus from now on."""
        for number in numbers:
            wanted = self._wanted(number)
            load = self._from_files(number, wanted.menu if wanted is not None else self._config().lines[number].menu)
            bound = self.bound.get(number)
            if load is not None and (bound is None or _what(bound.load) != _what(load)):
                self._keep(load)
                self._assign(load, self._menus.serving)
        self.apply()

    def anew(self, found: Found, config: Config) -> set[str]:
        """The menus that lines would have in another version if these files and settings were taken."""
        names: set[str] = set()
        for number, settings in config.lines.items():
            said, bound = self._wishes.loads.get(number), self.bound.get(number)
            name = said.menu if said is not None and said.configured == settings.menu else settings.menu
            version = version_of(name, found)
            if version is not None and (bound is None or bound.load.version != version.name):
                names.add(name)
        return names

    def is_enabled(self, number: int) -> bool:
        """Whether a line is to be in service."""
        configured = self._config().lines[number].enabled
        said = self._wishes.services.get(number)
        return said.enabled if said is not None and said.configured == configured else configured

    @property
    def menus(self) -> Collection[str]:
        """Of all lines, by name."""
        return {bound.load.menu for bound in self.bound.values()}

    def about(self, number: int) -> dict[str, Any]:
        """A line's part of the server's status; times are moments."""
        bound = self.bound.get(number)
        return {
            "menu": self.menu_of(number),
            "version": bound.load.version if bound is not None else "",
            "loaded": bound.load.at if bound is not None else None,
            "refused": self._refused.get(number, ""),
            "older": self.is_older(number),
            "enabled": self.is_enabled(number),
        }

    def menu_of(self, number: int) -> str:
        """The name of what a line has, or is to have; "" is none."""
        bound = self.bound.get(number)
        return bound.load.menu if bound is not None else self._config().lines[number].menu

    def _wanted(self, number: int) -> Load | None:
        """What somebody has loaded, unless config.ini names another menu since."""
        said = self._wishes.loads.get(number)
        return said if said is not None and said.configured == self._config().lines[number].menu else None

    def _at_once(self, number: int) -> bool:
        said = self._wishes.services.get(number)
        return said is not None and said.at_once

    async def _begin(self, number: int, newest: Mapping[str, str]) -> bool:
        """A line that nobody has loaded: its menu as it was accepted last, else as its file is, if that is right."""
        name = self._config().lines[number].menu
        accepted = Load(number, name, newest.get(name, ""), name, self._events.now())
        if accepted.version and await self._bind(accepted):
            return True
        load = self._from_files(number, name)
        if load is not None:
            self._keep(load)
            self._assign(load, self._menus.serving)
        return load is not None

    def _from_files(self, number: int, name: str) -> Load | None:
        """What the files say of a menu, as a load of a line; None: they do not have it."""
        if name not in self._menus.serving:
            return None
        version = version_of(name, self._menus.found)
        configured = self._config().lines[number].menu
        return Load(number, name, version.name if version else BUILT_IN, configured, self._events.now())

    def _keep(self, load: Load) -> None:
        version = version_of(load.menu, self._menus.found)
        self._store.write(loads.load, load, version).addErrback(partial(log.failure, "a version of a menu is not kept"))

    async def _bind(self, load: Load) -> bool:
        """Whether a line has this from now on; what cannot be used is refused, and told."""
        bound = self.bound.get(load.line)
        if bound is not None and _what(bound.load) == _what(load):
            return True
        try:
            menus = await self._set(load)
        except Exception as problem:
            why = str(problem) or type(problem).__name__
            channel = f"line {load.line}"
            if self._refused.get(load.line) != why:
                self._events.alarm(N_("menu {menu} was not loaded: {problem}"), channel, menu=load.menu, problem=why)
            self._refused[load.line] = why
            if load.id:
                await self._store.write(loads.refuse, load.id, why)
            return False
        self._assign(load, menus)
        return True

    async def _set(self, load: Load) -> Mapping[str, IMenu]:
        """
        All menus of a load.

        :raises Exception: whatever an import does
        """
        if load.menu == "" or loads.is_built_in(load):
            if load.menu and load.menu not in self._menus.built_in:
                raise LookupError(f"no menu {load.menu}")
            return self._menus.serving
        if load.version not in self._sets:
            version = await self._store.read(loads.version, load.version)
            if version is None:
                raise LookupError(f"no version {load.version}")
            making = self._world.apart(revive, version, self._menus.built_in, self._menus.switches)
            self._sets[load.version] = await making.addTimeout(REVIVAL_S, self._world.reactor)
        return self._sets[load.version]

    def _assign(self, load: Load, menus: Mapping[str, IMenu]) -> None:
        self._refused.pop(load.line, None)
        self.bound[load.line] = Bound(load, dict(menus) if menus is self._menus.serving else menus)
        self._events.write(Kind.LOADED, channel=f"line {load.line}", menu=load.menu, version=load.version)
        self._show(load.line)
        self._forget_sets()

    def _forget_sets(self) -> None:
        """Versions that no line and no call has any more."""
        used = {one.load.version for one in self.bound.values()} | {version for _, version in self._under_way.values()}
        for version in self._sets.keys() - used:
            del self._sets[version]

    # The lines

    def _has_menu(self, number: int) -> bool:
        return self.menu_of(number) != ""

    def _load_line(self, number: int, line: LineInService) -> None:
        state = line.state
        if self._has_menu(number) and state is LineState.NOT_LOADED:
            line.load(self.menu_of(number))
        elif not self._has_menu(number) and state is LineState.LOADED:
            line.unload()

    def _show(self, number: int) -> None:
        line, bound = self._lines.lines.get(number), self.bound.get(number)
        if line is None:
            return
        menu = " ".join((bound.load.menu, bound.load.version)).strip() if bound is not None else self.menu_of(number)
        line.describe(menu, (*((Phrase(OLDER),) if self.is_older(number) else ()), *self._otherwise(bound)))

    def _otherwise(self, bound: Bound | None) -> Iterator[Phrase]:
        """What its callers find or hear that the files do not say."""
        now, zone = self._events.now(), self._config().server.zone
        for menu in reached(bound.load.menu, bound.menus) if bound is not None else ():
            for name in menu.written.hours:
                switch = self._menus.switches.switch(name, now)
                if switch is not None:
                    until = f"{switch.until.astimezone(zone):%m-%d %H:%M}"
                    said = OPEN_BY_HAND if switch.is_open else CLOSED_BY_HAND
                    yield Phrase(said, {"name": name, "until": until})
            notice = self._menus.switches.notice(menu.name, now)
            if notice is not None:
                yield Phrase(READ_OUT, {"text": notice.text, "until": f"{notice.until.astimezone(zone):%m-%d %H:%M}"})


def _what(load: Load) -> tuple[str, str]:
    return load.menu, load.version
